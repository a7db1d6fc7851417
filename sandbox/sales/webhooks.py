"""Webhooks: steps registered on messages, the context they are sent, delivery with one retry."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree

import httpx
import orjson

from sandbox.sales.base import load
from sandbox.sales.database import Database, Event
from sandbox.sales.messages import context_of
from sandbox.sales.store import Row

WEBHOOK = 8
RETRIED = (502, 503, 504)
TIMEOUT_SECONDS = 60
BIGGEST = 256 * 1024
DROPPED = ("ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages")
SUCCEEDED, FAILED = 30, 31
QUIET_TABLES = ("asyncoperation", "sdkmessageprocessingstep", "serviceendpoint")


class Webhooks:
    """`notice` turns writes into deliveries, `deliver` starts them; `pending` are those under way."""

    def __init__(self, db: Database, switches: Mapping[str, Any]) -> None:
        self.db = db
        self.switches = switches
        self.waiting: list[tuple[Row, Event]] = []
        self.pending: set[asyncio.Task[None]] = set()
        self.host = ""

    def notice(self, events: Iterable[Event]) -> None:
        """Find the steps that each write concerns."""
        steps = self.db.rows("sdkmessageprocessingstep")
        if not steps:
            return
        for event in events:
            if event.table not in QUIET_TABLES:
                self.waiting += [(step, event) for step in steps.values() if self._concerns(step, event)]

    def _concerns(self, step: Row, event: Event) -> bool:
        if step["statecode"] != 0:
            return False
        message = self.db.referenced("sdkmessage", step, "sdkmessageid")
        only = self.db.referenced("sdkmessagefilter", step, "sdkmessagefilterid")
        if message is None or message["name"] != event.message or (only is not None and only["primaryobjecttypecode"] != event.table):
            return False
        wanted = {name.strip() for name in (step.get("filteringattributes") or "").split(",") if name.strip()}
        changed = {key.removeprefix("_").removesuffix("_value") for key in event.changes}
        return event.message != "Update" or not wanted or bool(wanted & changed)

    def deliver(self, host: str | None = None) -> None:
        """Start what waits; needs a running loop. `host` is the organisation's address, kept for deliveries that know none."""
        self.host = host or self.host
        waiting, self.waiting = self.waiting, []
        if not waiting or self.switches["webhooksLost"]:
            return
        for step, event in waiting:
            for _ in range(2 if self.switches["webhooksDoubled"] else 1):
                task = asyncio.get_running_loop().create_task(self._send(step, event, self.host))
                self.pending.add(task)
                task.add_done_callback(self.pending.discard)

    async def drain(self) -> None:
        """Wait until everything under way has arrived or failed."""
        while self.pending:
            await asyncio.gather(*self.pending)

    async def _send(self, step: Row, event: Event, host: str) -> None:
        endpoint = self.db.referenced("serviceendpoint", step, "eventhandler")
        if endpoint is None or endpoint.get("contract") != WEBHOOK:
            return
        body, headers = message_of(self.db, step, event, host)
        params = _authenticate(endpoint, headers)
        status = 0
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, verify=_tls()) as client:
            for _ in range(2):
                try:
                    status = (await client.post(str(endpoint["url"]), content=body, headers=headers, params=params)).status_code
                except httpx.HTTPError:
                    status = 0
                    break
                if status not in RETRIED:
                    break
        self._finish(step, event, 200 <= status < 300, status)

    def _finish(self, step: Row, event: Event, good: bool, status: int) -> None:
        """The async job of a delivery: kept when it failed, or when the step doesn't delete its successes."""
        if good and step.get("asyncautodelete") is True:
            return
        load(
            self.db,
            "asyncoperation",
            {
                "asyncoperationid": str(uuid.uuid4()),
                "name": step.get("name"),
                "operationtype": 1,
                "messagename": event.message,
                "primaryentitytype": event.table,
                "statecode": 3,
                "statuscode": SUCCEEDED if good else FAILED,
                "message": None if good else f"The webhook call failed because the endpoint answered with status {status}.",
            },
        )


@cache
def _tls() -> ssl.SSLContext:
    """Read once: a thousand deliveries would each read all certificates."""
    return ssl.create_default_context()


def message_of(db: Database, step: Row, event: Event, host: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a delivery; over 256 KB the big parts are left out and a header says so."""
    context = context_of(db, step, event)
    body = orjson.dumps(context)
    headers = {
        "Content-Type": "application/json",
        "x-ms-dynamics-organization": host,
        "x-ms-dynamics-entity-name": event.table,
        "x-ms-dynamics-request-name": event.message,
        "x-ms-correlation-request-id": context["CorrelationId"],
    }
    if len(body) > BIGGEST:
        body = orjson.dumps({name: value for name, value in context.items() if name not in DROPPED})
        headers["x-ms-dynamics-msg-size-exceeded"] = "true"
    return body.replace(b"/Date(", b"\\/Date(").replace(b")/", b")\\/"), headers


def _authenticate(endpoint: Row, headers: dict[str, str]) -> dict[str, str]:
    """The query parameters that carry the secret; headers are filled in place."""
    kind, value = endpoint.get("authtype"), endpoint.get("authvalue") or ""
    if kind == 4:
        return {"code": value}
    settings = {item.get("name", ""): item.get("value", "") for item in ElementTree.fromstring(value or "<settings/>").iter("setting")}
    if kind == 5:
        headers.update(settings)
        return {}
    return settings
