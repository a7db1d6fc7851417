"""Couplet with webhooks on: both simulators call the same HTTP functions as in life, over a port of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import uvicorn

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.hooks.keep import keep
from sync.hooks.keys import Keys
from sync.services.bc_subscriptions import Subscriptions, spelled
from sync.store import Job
from tests.scenario.engine import Engine, engine_on
from tests.scenario.people import People
from tests.scenario.world import account, customer

SECRET = "a secret of the tests that is long enough"
MINE, THEIRS = customer("C1"), account("A1")
"""The customer and the account that `Hooked.begin` brings into step."""

DELAY = 0.15
"""Seconds that Business Central waits before it tells, in place of 30."""


class Door:
    """A server that hands what it gets to the engine's HTTP API; it remembers what it got, and may be shut."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.url = ""
        self.heard: list[tuple[str, bytes]] = []
        self.shut: int | None = None
        self.echo = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        target = scope["path"].removeprefix("/api/") + "?" + scope["query_string"].decode()
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        sent: dict[str, str] = {}
        if self.shut or self.engine is None:
            status, answered = self.shut or 503, b""
        elif self.echo and target.startswith("theirs"):
            status, answered = 200, parse_qs(scope["query_string"].decode())["validationToken"][0].encode()
        else:
            answer = await self.engine.api.call(scope["method"], target, body, **headers)
            status, sent, answered = answer.status, dict(answer.headers), answer.body
        lines = [(name.lower().encode(), value.encode()) for name, value in sent.items() if name.lower() != "content-length"]
        self.heard.append((target, body))
        await send({"type": "http.response.start", "status": status, "headers": [*lines, (b"content-length", str(len(answered)).encode())]})
        await send({"type": "http.response.body", "body": answered})

    def told(self, side: Side) -> list[bytes]:
        """The notifications of one side so far, without handshakes."""
        route = "hooks/business-central" if side is Side.BC else "hooks/sales"
        return [body for target, body in self.heard if target.startswith(route) and "validationToken" not in target]


@asynccontextmanager
async def listening() -> AsyncIterator[Door]:
    """A door on a free port."""
    door = Door()
    server = uvicorn.Server(uvicorn.Config(door, host="127.0.0.1", port=0, log_level="error", lifespan="off", loop="asyncio"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    door.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield door
    finally:
        server.should_exit = True
        await serving


class Hooked:
    """An engine that is told of changes, and the door through which it is told."""

    def __init__(self, engine: Engine, door: Door, patch: pytest.MonkeyPatch) -> None:
        self.engine = engine
        self.door = door
        self._patch = patch

    def only(self, *mappings: str) -> None:
        """Let no other mapping be woken: what is not told of takes no time."""
        for name in self.engine.ctx.mappings:
            self.engine.change(name, wakes=name in mappings)

    async def begin(self) -> None:
        """A customer and its account are in step, nothing has happened for a while, and what happens from now on is told."""
        self.only("CURRENCY", "CUSTOMER")
        await self.engine.coupled()
        await self.engine.look("CURRENCY", "CUSTOMER")
        await self.keep()

    def settings_become(self, **settings: Any) -> None:
        """As after a restart with other settings."""
        changed = replace(self.engine.ctx.settings, **settings)
        self.engine.environment.settings = changed
        self.engine._use(replace(self.engine.ctx, settings=changed))

    def clock_is_late_by(self, milliseconds: int) -> None:
        """Couplet's clock goes with that of Business Central."""
        now = datetime.now(UTC) + timedelta(milliseconds=milliseconds)
        self._patch.setattr("sync.hooks.keep.now", lambda: now)

    def supports(self, resources: list[dict[str, str]]) -> None:
        """Business Central tells of no other tables."""
        found = frozenset(spelled(each["resource"]) for each in resources)

        async def supported(_: Subscriptions, company: str) -> frozenset[str]:
            return found

        self._patch.setattr(Subscriptions, "supported", supported)

    async def until(self, holds: Callable[[list[Any]], bool], people: People, table: str, seconds: float = 10) -> None:
        """Wait until what a table holds is as it should be."""
        async with asyncio.timeout(seconds):
            while not holds(await people.rows(table)):
                await asyncio.sleep(0.02)

    @property
    def keys(self) -> Keys:
        """The keys that both services were told."""
        return Keys(self.engine.ctx.settings)

    @property
    def bc_route(self) -> str:
        """Where Business Central sends its notifications, with the key."""
        return self.keys.bc_url.removeprefix(f"{self.door.url}/api/")

    async def keep(self, **options: Any) -> list[tuple[str, str, str]]:
        """What the timer does; what was done or would be, by side, resource and kind."""
        done = await keep(self.engine.environment, **options)
        return [(each.side, each.resource.rpartition("/")[2], each.do) for each in done if each.do != "keep"]

    async def told(self, side: Side, calls: int = 1, seconds: float = 10) -> None:
        """Wait until a side has told so many times."""
        async with asyncio.timeout(seconds):
            while len(self.door.told(side)) < calls:
                await asyncio.sleep(0.02)

    async def come_to_rest(self, quiet: float = 2 * DELAY + 0.2) -> int:
        """Work until neither a message nor a notification has come for a while; how many messages there were."""
        worked, loop = 0, asyncio.get_running_loop()
        until = loop.time() + quiet
        while loop.time() < until:
            heard = len(self.door.heard)
            done = await self.engine.drain()
            worked += done
            await asyncio.sleep(0.05)
            if done or len(self.door.heard) > heard:
                until = loop.time() + quiet
        return worked


@asynccontextmanager
async def hooked_on(sandbox: Sandbox, **settings: str) -> AsyncIterator[Hooked]:
    """Couplet before its first synch, told of every change that is made from now on."""
    async with listening() as door:
        wanted = {"WEBHOOK_URL": door.url, "WEBHOOK_SECRET": SECRET, "WEBHOOK_DELAY_SECONDS": "0", **settings}
        async with engine_on(sandbox, fresh=True, **wanted) as engine:
            door.engine = engine
            switches = {"webhookDelaySeconds": DELAY, "webhookRetrySeconds": [DELAY] * 3}
            await engine.bc.switch(**switches)
            with pytest.MonkeyPatch.context() as patch:
                yield Hooked(engine, door, patch)
            await engine.bc.switch(webhookDelaySeconds=30, webhookRetrySeconds=[60, 60, 60, 600, 6000], webhookFault="", clockOffsetMs=0)
            await engine.bc.reset()
            await engine.sales.reset()


async def phones(hooked: Hooked) -> set[str | None]:
    """The customer's phone number on both sides."""
    mine, theirs = await hooked.engine.row(MINE), await hooked.engine.row(THEIRS)
    return {mine["phoneNumber"] or None, theirs["telephone1"]}


async def jobs(hooked: Hooked) -> Sequence[Job]:
    """The jobs of the customers' mapping."""
    listing = await hooked.engine.ctx.store.jobs.list(hooked.engine.ctx.company, ["CUSTOMER"], limit=50)
    return listing.rows


async def looks(hooked: Hooked, table: str = "customers") -> int:
    """How often Couplet asked BC what changed in a table, since the counters were reset."""
    routes: dict[str, int] = (await hooked.engine.bc.counters())["byRoute"]
    return routes.get(f"GET {table}", 0)
