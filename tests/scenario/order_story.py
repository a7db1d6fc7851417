"""The long story of the random orders: written, taken over, shipped, invoiced, paid, and told back, while the host dies again and again."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import zip_longest

import httpx

from sandbox.running import Sandbox
from tests.scenario.company import Company
from tests.scenario.engine import engine_on
from tests.scenario.order_company import order_company
from tests.scenario.order_expected import INVOICE_STATES, ORDER_STATES
from tests.scenario.order_people import STEPS, OrderPeople
from tests.scenario.people import People, Row
from tests.scenario.random_orders import INVOICED, Fate, Order

MAPPINGS = ("SALESORDER-ORDER", "POSTEDSALESINV-INV")
TABLES = {
    "bc": ("salesOrders", "salesOrderLines", "salesInvoices", "salesInvoiceLines"),
    "sales": ("salesorders", "salesorderdetails", "invoices", "invoicedetails"),
}
LOOK_SECONDS, COMPARE_SECONDS, RUN_SECONDS, PATIENCE = 0.5, 4.0, 10.0, 180.0
LIVES = (0.3, 4.0)
"""Seconds that a host lives at least and at most."""


class NotArrived(AssertionError):
    """Something did not come in time."""


@dataclass
class Ended:
    """What is there when the story is over."""

    orders: list[Order]
    ids: dict[int, str]
    invoices: dict[int, list[str]]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    couplings: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    deaths: int = 0

    def by_id(self, table: str, column: str = "id") -> dict[str, Row]:
        """The rows of a table by id."""
        return {row[column]: row for row in self.rows[table]}

    def order(self, order: Order) -> Row:
        """The order in Sales."""
        return self.by_id("salesorders", "salesorderid")[self.ids[order.place]]


class Story:
    """Everybody who takes part."""

    def __init__(self, sandbox: Sandbox, orders: list[Order], seed: int, deaths: int) -> None:
        self.sandbox, self.orders, self.dice = sandbox, orders, random.Random(seed)
        self.deaths, self.died = deaths, 0
        self.people = OrderPeople(People(sandbox.business_central), People(sandbox.sales))

    async def told(self) -> Ended:
        """The story from its beginning to its end."""
        try:
            await self._begin()
            async with self._mortal():
                await self._written()
                await self._worked_on()
            await self._in_step()
            return await self._ended()
        finally:
            await asyncio.gather(self.people.bc.close(), self.people.sales.close())

    async def _begin(self) -> None:
        """A company in step, orders switched on on both sides."""
        async with engine_on(self.sandbox, fresh=True) as engine:
            await engine.seed(*order_company())
            await engine.sync(create="both")
            for mapping in MAPPINGS:
                await engine.switch(mapping, enabled=True, onlyCoupled=False)
            await engine.look(*MAPPINGS)
        await self.people.open_the_catalogue()
        await asyncio.to_thread(self.sandbox.start_host)

    @contextlib.asynccontextmanager
    async def _mortal(self) -> AsyncIterator[None]:
        """Inside, the host is killed at random moments and started again."""
        killer = asyncio.create_task(self._kill())
        try:
            yield
        finally:
            killer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killer

    async def _kill(self) -> None:
        while self.died < self.deaths:
            await asyncio.sleep(self.dice.uniform(*LIVES))
            await asyncio.shield(asyncio.to_thread(self.sandbox.restart_host))
            self.died += 1

    async def _written(self) -> None:
        """Sales people write and submit all orders; each is in BC after a while."""
        for order in self.dice.sample(self.orders, len(self.orders)):
            await self.people.write(order)
        await self._until("all orders are in Business Central", self._all_taken_over)

    async def _all_taken_over(self) -> bool:
        return {row["salesorderid"] for row in await self.people.sales.rows("salesorders") if row["lastbackofficesubmit"]} >= {
            *self.people.ids.values()
        }

    async def _worked_on(self) -> None:
        """The back office does its work step by step, in any order; what it deletes is submitted once more."""
        await self.people.find_in_bc(self.orders)
        for steps in zip_longest(*(STEPS[order.fate] for order in self.orders)):
            doing: dict[str, list[Order]] = {}
            for order, step in zip(self.orders, steps, strict=True):
                if step:
                    doing.setdefault(step, []).append(order)
            for step in self.dice.sample(sorted(doing), len(doing)):
                await self.people.carry_out(step, self.dice.sample(doing[step], len(doing[step])))
        deleted = [order for order in self.orders if order.fate is Fate.DELETED]
        await self._until("deleted orders are open in Sales again", lambda: self._found_deleted(deleted), pause=COMPARE_SECONDS)
        for order in deleted:
            await self.people.submit(order)

    async def _found_deleted(self, deleted: list[Order]) -> bool:
        """What nobody told of is found by the daily comparison; a host that dies over it is asked again."""
        if await self._states(deleted, {Fate.DELETED: (0, 2)}):
            return True
        await self._ask(f"mappings/{MAPPINGS[0]}/compare")
        return False

    async def _ask(self, *paths: str) -> None:
        """Somebody presses a button of Couplet; where the host dies over it, nothing happens."""
        host = self.sandbox.endpoints
        async with httpx.AsyncClient(headers={"x-functions-key": host["functionKey"]}, trust_env=False, timeout=30) as api:
            for path in paths:
                with contextlib.suppress(httpx.HTTPError):
                    await api.post(f"{host['functions']}/api/{path}")

    async def _in_step(self) -> None:
        await self._until("all orders are what became of them", lambda: self._states(self.orders, ORDER_STATES))
        await self._until("all orders are taken over", self._all_taken_over)
        await self._until("all invoices are what became of them", self._invoices_in_step)
        company = Company(self.sandbox)
        try:
            await asyncio.to_thread(company.settled)
        finally:
            company.close()

    async def _states(self, orders: list[Order], wanted: dict[Fate, tuple[int, int]]) -> bool:
        rows = {row["salesorderid"]: (row["statecode"], row["statuscode"]) for row in await self.people.sales.rows("salesorders")}
        return all(rows[self.people.ids[order.place]] == wanted[order.fate] for order in orders)

    async def _invoices_in_step(self) -> bool:
        numbers = {row["id"]: row["number"] for row in await self.people.bc.rows("salesInvoices")}
        there = {row["invoicenumber"]: (row["statecode"], row["statuscode"]) for row in await self.people.sales.rows("invoices")}
        last = [(self.people.invoices[order.place][-1], INVOICE_STATES[order.fate]) for order in self.orders if order.fate in INVOICED]
        return there.keys() == {*numbers.values()} and all(there[numbers[id_]] == wanted for id_, wanted in last)

    async def _until(
        self, what: str, seen: Callable[[], Awaitable[bool]], *, pause: float = LOOK_SECONDS, seconds: float = PATIENCE
    ) -> None:
        begun = asked = time.monotonic()
        while not await seen():
            now = time.monotonic()
            if now > begun + PATIENCE:
                raise NotArrived(f"not so after {PATIENCE:g} s: {what}")
            if now > asked + RUN_SECONDS:
                # A host that dies before it sends a look it has noted is found out after a quarter of an hour only
                await self._ask(*(f"mappings/{mapping}/run" for mapping in MAPPINGS))
                asked = now
            await asyncio.sleep(pause)

    async def _ended(self) -> Ended:
        ended = Ended(self.orders, self.people.ids, self.people.invoices, deaths=self.died)
        for people, side in ((self.people.bc, "bc"), (self.people.sales, "sales")):
            ended.rows |= {table: await people.rows(table) for table in TABLES[side]}
        company = Company(self.sandbox)
        try:
            ended.couplings = await asyncio.to_thread(company.couplings)
            ended.problems = await asyncio.to_thread(company.problems)
        finally:
            company.close()
        return ended
