"""The engine without the host: the same messages from the same queue, worked one after the other in the test's own process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sandbox.running import Sandbox
from sync.around.reference import Reference
from sync.context import Context
from sync.environment import Environment
from sync.heart.coupling import Coupling, Lease
from sync.heart.plan import Side, StartRule
from sync.run.full import Order, start
from sync.run.looks import request_scan
from sync.run.recommend import CreateNew
from sync.run.work import handle
from sync.services.connections import Connections
from sync.services.http import Patience
from sync.services.model import Service
from sync.settings import Settings
from sync.store import FullSync, Line, Store
from tests.scenario.front_door import Api
from tests.scenario.people import People
from tests.scenario.storage import empty
from tests.scenario.world import COMPANY, Record, Row, account, company_contact, customer, standard_world

HURRIED = Patience(total=3.0, first=0.05, connect=2.0, answer=10.0)
"""Patience of a test: the same behaviour in a fraction of the time."""


TRADERS = {"customers": "Customer", "vendors": "Vendor"}
"""Tables whose rows have company contacts, and what a business relation calls them."""


class Died(BaseException):
    """The worker's process is gone."""


class Disturbed:
    """A service at whose next call of a method something happens, before or after it is carried out."""

    def __init__(self, service: Service, method: str, when: str, happens: Callable[[], Awaitable[Any]]) -> None:
        self._service, self._method, self._when, self._happens = service, method, when, happens
        self.happened = False

    def __getattr__(self, name: str) -> Any:
        return self._call if name == self._method else getattr(self._service, name)

    async def _call(self, asked: Any, **options: Any) -> Any:
        now = bool(asked) and not self.happened
        self.happened |= now
        if now and self._when == "before":
            await self._happens()
        answer = await getattr(self._service, self._method)(asked, **options)
        if now and self._when == "after":
            await self._happens()
        return answer


async def _die() -> None:
    raise Died


class Engine:
    """Couplet on a sandbox, driven message by message; its HTTP API; and the people who work on both sides."""

    def __init__(self, environment: Environment, ctx: Context, bc: People, sales: People) -> None:
        self.environment = environment
        self.ctx = ctx
        self.bc, self.sales = bc, sales
        self.api = Api(environment)

    def people(self, side: Side) -> People:
        """The people of one side."""
        return self.bc if side is Side.BC else self.sales

    # --- what Couplet does

    async def message(self) -> dict[str, Any] | None:
        """The next work message, taken from the queue; None when none is visible."""
        queue = self.environment.store.queue._client  # tests look behind the store's door
        taken = await queue.receive_message(visibility_timeout=60)
        if taken is None:
            return None
        await queue.delete_message(taken)
        content: dict[str, Any] = json.loads(taken.content)
        return content

    async def work(self, message: dict[str, Any]) -> None:
        """Work one message."""
        await handle(self.environment, message)

    async def drain(self, most: int = 1000) -> int:
        """Work messages until none is visible; how many they were."""
        for done in range(most):
            message = await self.message()
            if message is None:
                return done
            await handle(self.environment, message)
        raise AssertionError("the queue does not run empty")

    async def begin_sync(self, *mappings: str, create: str | None = "both", rule: str = "bcWins") -> FullSync:
        """Put a full synch of some mappings (all without names) on the queue.

        `create` is none, toSales, fromSales, both, or None for the recommendation.
        """
        wanted = None if create is None else CreateNew(create)
        full, in_the_way = await start(self.ctx, Order(mappings=mappings, create_new=wanted, start_rule=StartRule(rule)))
        assert in_the_way is None, f"full synch {in_the_way.id} is in the way"
        return full

    async def sync(self, *mappings: str, create: str | None = "both", rule: str = "bcWins") -> dict[str, Line]:
        """A full synch to its end, by mapping."""
        full = await self.begin_sync(*mappings, create=create, rule=rule)
        await self.drain()
        return {line.mapping: line for line in await self.ctx.store.full_syncs.lines(self.ctx.company, full.id)}

    async def ended(self, full: FullSync) -> bool:
        """Whether a full synch is over."""
        now = await self.ctx.store.full_syncs.get(self.ctx.company, full.id)
        return now is not None and now.status.over

    async def ask_for_a_look(self, *mappings: str) -> None:
        """What the timers do: put a look at these mappings (all without names) on the queue."""
        for name in mappings or self.ctx.mappings:
            await request_scan(self.ctx, name)

    async def look(self, *mappings: str) -> None:
        """Look at these mappings, and work at all that follows."""
        await self.ask_for_a_look(*mappings)
        await self.drain()

    async def die(self, side: Side, when: str) -> None:
        """Work until the worker dies at its next write to a side, `before` or `after` it was carried out; its message comes back."""
        message = None
        async with self._disturbed(side, "write", when, _die):
            try:
                while message := await self.message():
                    await handle(self.environment, message)
            except Died:
                assert message
                await self.ctx.store.queue.send(message)

    def before_the_next_write(self, side: Side, happens: Callable[[], Awaitable[Any]]) -> AbstractAsyncContextManager[None]:
        """Inside, something happens just before Couplet writes to a side for the first time."""
        return self._disturbed(side, "write", "before", happens)

    def after_the_next_page(self, side: Side, happens: Callable[[], Awaitable[Any]]) -> AbstractAsyncContextManager[None]:
        """Inside, something happens just after Couplet has read a page of a side for the first time."""
        return self._disturbed(side, "page", "after", happens)

    @asynccontextmanager
    async def _disturbed(self, side: Side, method: str, when: str, happens: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
        calm, service = self.ctx, Disturbed(self.ctx.services[side], method, when, happens)
        self.serve(side, service)
        yield
        self._use(calm)
        assert service.happened, f"no {method} of {side}"

    def serve(self, side: Side, service: Any) -> None:
        """From now on Couplet reads and writes a side through this service."""
        self._use(replace(self.ctx, services={**self.ctx.services, side: service}))

    async def leases_run_out(self, mapping: str) -> None:
        """As after some minutes: nobody works any more on what a dead worker had in hand."""
        past = datetime.now(UTC) - timedelta(minutes=1)
        held = [replace(each, lease=Lease(each.lease.owner, past)) for each in await self.couplings(mapping) if each.lease]
        assert all(await self.ctx.store.couplings.save(held))

    def change(self, name: str, *, like: str | None = None, **changes: Any) -> None:
        """Give a mapping other settings from now on, such as `only_coupled=False`; or add one that is `like` another."""
        mappings = {**self.ctx.mappings, name: replace(self.ctx.mappings[like or name], name=name, **changes)}
        self._use(replace(self.ctx, mappings=mappings))

    async def switch(self, name: str, **switches: Any) -> None:
        """A person changes run-time switches of a mapping."""
        answer = await self.api.patch(f"mappings/{name}", switches)
        assert answer.status == 200, answer.json
        self.ctx = await self.environment.context(None)

    async def forget_everything(self) -> None:
        """Empty the store, as on the first day."""
        await empty(self.ctx.store)
        self.forget()

    def forget(self) -> None:
        """As after a minute: small tables are read again. (In life they are remembered for a while.)"""
        self._use(replace(self.ctx, reference=Reference()))

    def _use(self, ctx: Context) -> None:
        self.ctx = ctx
        self.environment._contexts = dict.fromkeys(self.environment._contexts, ctx)

    # --- what both sides and the store hold

    async def seed(self, *records: Record) -> None:
        """Rows that were there before the story starts; every customer and vendor gets its company contact."""
        traders = [(record.values["number"], TRADERS[record.table]) for record in records if record.table in TRADERS]
        own = [each for number, kind in traders for each in company_contact(number, kind)]
        for side in Side:
            tables: dict[str, list[Row]] = {}
            for record in (*records, *own):
                if record.side is side:
                    tables.setdefault(record.table, []).append(record.values)
            if tables:
                await self.people(side).seed(tables)

    async def coupled(self, mine: Row | None = None, theirs: Row | None = None, rule: str = "bcWins") -> tuple[Record, Record]:
        """A customer and its account, in step; first marks are set, so that looks see only what changes from now on."""
        pair = customer("C1", **(mine or {})), account("A1", **{"accountnumber": "C1", "name": "Company C1", **(theirs or {})})
        await self.seed(*pair)
        await self.sync("CUSTOMER", rule=rule)
        return pair

    async def edit(self, record: Record, **values: Any) -> Row:
        """A person changes a record; in Sales, values as in a PATCH body."""
        return await self.people(record.side).edit(record.table, record.id, **values)

    async def delete(self, record: Record) -> None:
        """A person deletes a record."""
        await self.people(record.side).delete(record.table, record.id)

    async def row(self, record: Record) -> Row:
        """A record as its system holds it now."""
        return await self.people(record.side).row(record.table, record.id)

    async def coupling(self, mapping: str, record: Record) -> Coupling | None:
        """The coupling of a record."""
        found = await self.ctx.store.couplings.load(self.ctx.company, mapping, record.side, [record.id])
        return found.get(record.id)

    async def couplings(self, mapping: str) -> list[Coupling]:
        """All couplings of a mapping, with all that is remembered."""
        known = [each.bc_id async for each in self.ctx.store.couplings.walk(self.ctx.company, mapping)]
        return list((await self.ctx.store.couplings.load(self.ctx.company, mapping, Side.BC, known)).values())

    async def partner(self, mapping: str, record: Record) -> Row:
        """The row on the other side that a record is coupled to."""
        coupling = await self.coupling(mapping, record)
        assert coupling, f"{record.table} {record.id} is not coupled"
        id_ = coupling.bc_id if record.side is Side.SALES else coupling.sales_id
        return await self.people(record.side.other).row(self.ctx.mappings[mapping].table(record.side.other).name, id_)

    async def problems(self, *mappings: str) -> list[tuple[str, str | None]]:
        """Open problems as (code, field), one for each record or field in trouble."""
        return [(each["code"], each["field"]) for row in await self.problem_rows(*mappings) for each in row.details["problems"]]

    async def problem_rows(self, *mappings: str) -> list[Any]:
        """Open problems as stored, one row a record."""
        listing = await self.ctx.store.problems.list(self.ctx.company, mappings or list(self.ctx.mappings), limit=200)
        return list(listing.rows)

    async def totals(self, mapping: str) -> dict[str, dict[str, int]]:
        """The counters of the last job of a mapping."""
        listing = await self.ctx.store.jobs.list(self.ctx.company, [mapping], limit=1)
        assert listing.rows, f"no job of {mapping}"
        return {name: dict(counts) for name, counts in listing.rows[0].totals.items()}

    async def reset_counters(self) -> None:
        """Count requests and written rows from now on."""
        for side in Side:
            await self.people(side).reset_counters()

    async def written(self) -> dict[str, int]:
        """Rows written on each side since the counters were reset."""
        return {str(side): (await self.people(side).counters())["rowsWritten"] for side in Side}

    async def requests(self) -> dict[str, int]:
        """Requests to each side since the counters were reset."""
        return {str(side): (await self.people(side).counters())["requests"] for side in Side}


@asynccontextmanager
async def engine_on(sandbox: Sandbox, *, fresh: bool | Literal["factory"] = False, **settings: str) -> AsyncIterator[Engine]:
    """An engine on a running sandbox; a fresh one begins with the standard world and nothing else, on both sides and in the store.

    Sales has our columns then, unless it is to be fresh from the "factory".
    """
    known = Settings.load({**sandbox.app_settings, **settings})
    store, bc, sales = Store.open(known), People(sandbox.business_central), People(sandbox.sales)
    environment = Environment(known, store, Connections(known, patience=HURRIED))
    try:
        await store.create()
        if fresh:
            await asyncio.gather(bc.reset(), sales.reset(factory=fresh == "factory"), empty(store))
            await bc.seed({}, COMPANY)
        engine = Engine(environment, await environment.context(None), bc, sales)
        if fresh:
            await engine.seed(*standard_world())
        yield engine
    finally:
        await asyncio.gather(bc.close(), sales.close())
        await environment.close()
