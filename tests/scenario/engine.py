"""The engine without the host: the same messages from the same queue, worked one after the other in the test's own process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sandbox.running import Sandbox
from sync.context import Context
from sync.environment import Environment
from sync.full import Order, start
from sync.services.connections import Connections
from sync.settings import Settings
from sync.store import Store
from sync.work import handle, request_scan


class Engine:
    """Couplet on a sandbox, driven message by message."""

    def __init__(self, environment: Environment, ctx: Context) -> None:
        self.environment = environment
        self.ctx = ctx

    async def drain(self, most: int = 1000) -> int:
        """Work messages until the queue is empty; how many they were."""
        queue = self.environment.store.queue._client  # tests look behind the store's door
        for done in range(most):
            message = await queue.receive_message(visibility_timeout=60)
            if message is None:
                return done
            await handle(self.environment, json.loads(message.content))
            await queue.delete_message(message)
        raise AssertionError("the queue does not run empty")

    async def full_sync(self, order: Order) -> dict[str, Any]:
        """A full synch to its end, by mapping."""
        full, in_the_way = await start(self.ctx, order)
        assert in_the_way is None
        await self.drain()
        return {line.mapping: line for line in await self.ctx.store.full_syncs.lines(self.ctx.company, full.id)}

    async def look(self, *mappings: str) -> None:
        """What the timers do: look at these mappings, and at all that follows."""
        for name in mappings or self.ctx.mappings:
            await request_scan(self.ctx, name)
        await self.drain()


@asynccontextmanager
async def engine_on(sandbox: Sandbox, **settings: str) -> AsyncIterator[Engine]:
    """An engine on a running sandbox, with a fresh store of the same Azurite."""
    known = Settings.load({**sandbox.app_settings, **settings})
    store = Store.open(known)
    await store.create()
    environment = Environment(known, store, Connections(known))
    try:
        yield Engine(environment, await environment.context(None))
    finally:
        await environment.close()
