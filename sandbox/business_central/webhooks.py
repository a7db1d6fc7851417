"""Subscriptions (to come)."""
from __future__ import annotations

from sandbox.business_central import errors
from sandbox.business_central.calls import Answer, Call
from sandbox.business_central.company import Environment
from sandbox.business_central.tables import Row
from sandbox.control import Receive, Send


class Webhooks:
    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.subscriptions: dict[str, Row] = {}

    def rows(self) -> list[Row]:
        return []

    async def answer(self, call: Call) -> Answer:
        return Answer.refusal(errors.no_resource("subscriptions"))

    async def lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
