"""Rule E2: a product is drafted, priced in the default price list, published; its state follows the item."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Create, Side, Step
from sync.run.work import handle
from sync.services.model import Answer, Service
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import Record, Row, item, product, sales_currency, unit_group

pytestmark = pytest.mark.rule("E2")

MAPPINGS = ("UNIT OF MEASURE", "ITEM-PRODUCT")
ACTIVE, RETIRED, DRAFT, REVISION = 0, 1, 2, 3


async def price_of(engine: Engine, row: Row) -> list[float]:
    """A product's amounts in its default price list."""
    lines = await engine.sales.rows("productpricelevels", _productid_value=row["productid"], _pricelevelid_value=row["_pricelevelid_value"])
    return [line["amount"] for line in lines]


async def made(engine: Engine, mine: Record) -> Row:
    """The product of an item after a full synch."""
    await engine.seed(mine)
    await engine.sync(*MAPPINGS)
    return await engine.partner("ITEM-PRODUCT", mine)


@pytest.mark.case("T124", "T409")
@pytest.mark.feature("F125")
async def test_an_item_becomes_a_published_product_with_a_price(engine: Engine) -> None:
    found = await made(engine, item("I1", unitPrice=12.5, displayName="Desk"))
    assert (found["productnumber"], found["name"], found["statecode"], found["price"]) == ("I1", "Desk", ACTIVE, 12.5)
    assert await price_of(engine, found) == [12.5]


@pytest.mark.case("T407")
@pytest.mark.feature("F122")
async def test_it_counts_in_the_one_unit_of_its_unit_group(engine: Engine) -> None:
    found = await made(engine, item("I1", unit="BOX"))
    [unit] = await engine.sales.rows("uoms", uomid=found["_defaultuomid_value"])
    assert (unit["name"], unit["_uomscheduleid_value"]) == ("BOX", found["_defaultuomscheduleid_value"])


@pytest.mark.case("T397", "T398", "T403")
@pytest.mark.feature("F127")
async def test_all_prices_stand_in_one_price_list_in_local_currency(engine: Engine) -> None:
    await engine.seed(item("I1"), item("I2"))
    await engine.sync(*MAPPINGS)
    [price_list] = await engine.sales.rows("pricelevels")
    assert price_list["_transactioncurrencyid_value"] == sales_currency("EUR")
    assert {row["_pricelevelid_value"] for row in await engine.sales.rows("products")} == {price_list["pricelevelid"]}
    assert len(await engine.sales.rows("productpricelevels")) == 2


@pytest.fixture
async def short_leases(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet whose leases end after a second, so that a dead worker's records are soon free."""
    async with engine_on(sandbox_processes, fresh=True, LEASE_SECONDS="1") as engine:
        yield engine


class Killed(BaseException):
    """The worker's process died."""


class Mortal:
    """The Sales service of a worker that dies after so many writes of products; the price list that they need is not counted."""

    def __init__(self, living: Service, writes: int) -> None:
        self._living, self._writes = living, writes
        self.side, self.page, self.rows, self.count = living.side, living.page, living.rows, living.count

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        needed = any(isinstance(step, Create) and step.table == "pricelevels" for step in steps)
        if not self._writes and not needed:
            raise Killed
        self._writes -= not needed
        answers: list[Answer] = await self._living.write(steps)
        return answers


async def die_after(engine: Engine, writes: int) -> dict[str, Any]:
    """Synchronise all items until the worker dies; the message that it leaves behind."""
    living = engine.ctx
    await engine.begin_sync("ITEM-PRODUCT")
    engine._use(replace(living, services={**living.services, Side.SALES: Mortal(living.services[Side.SALES], writes)}))
    while message := await engine.message():
        try:
            await handle(engine.environment, message)
        except Killed:
            engine._use(living)
            await asyncio.sleep(1.1)
            return message
    raise AssertionError("the worker did not die")


CRASHES = pytest.mark.parametrize(
    ("writes", "left"),
    [(0, []), (1, [(DRAFT, [])]), (2, [(DRAFT, [12.5])])],
    ids=["before the draft", "after the draft", "after the price"],
)


async def left_behind(engine: Engine) -> list[tuple[int, list[float]]]:
    """State and amounts of every product."""
    lines, products = await engine.sales.rows("productpricelevels"), await engine.sales.rows("products")
    return [(row["statecode"], [line["amount"] for line in lines if line["_productid_value"] == row["productid"]]) for row in products]


@CRASHES
async def test_a_crash_on_the_way_leaves_a_product_that_the_next_worker_completes(
    short_leases: Engine, writes: int, left: list[tuple[int, list[float]]]
) -> None:
    engine, mine = short_leases, item("I1", unitPrice=12.5)
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE")
    message = await die_after(engine, writes)
    assert await left_behind(engine) == left
    await handle(engine.environment, message)
    await engine.drain()
    found = await engine.partner("ITEM-PRODUCT", mine)
    assert found["_pricelevelid_value"]
    assert await left_behind(engine) == [(ACTIVE, [12.5])]
    assert not await engine.problems()


@CRASHES
async def test_a_product_left_half_made_is_completed_by_the_next_look(
    short_leases: Engine, writes: int, left: list[tuple[int, list[float]]]
) -> None:
    engine, mine = short_leases, item("I1", unitPrice=12.5)
    await engine.look("ITEM-PRODUCT")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE")
    await die_after(engine, writes)
    assert await left_behind(engine) == left
    # As after a full synch that somebody cancelled: while one walks, looks wait for its end.
    await engine.ctx.store.entries.merge(engine.ctx.company, "ITEM-PRODUCT", full_job=None)
    await engine.look("ITEM-PRODUCT")
    assert await left_behind(engine) == [(ACTIVE, [12.5])]


@pytest.mark.case("T404")
async def test_a_new_price_updates_product_and_line(engine: Engine) -> None:
    mine = item("I1", unitPrice=12.5)
    await made(engine, mine)
    await engine.edit(mine, unitPrice=13)
    await engine.look("ITEM-PRODUCT")
    found = await engine.partner("ITEM-PRODUCT", mine)
    assert (found["price"], await price_of(engine, found)) == (13, [13])


@pytest.mark.case("T404")
async def test_a_price_that_stays_writes_nothing(engine: Engine) -> None:
    mine = item("I1", unitPrice=12.345)
    await made(engine, mine)
    await engine.look(*MAPPINGS)
    await engine.reset_counters()
    await engine.sync(*MAPPINGS)
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T679", "T680")
async def test_a_blocked_item_retires_its_product_and_an_unblocked_one_activates_it(engine: Engine) -> None:
    mine = item("I1")
    await made(engine, mine)
    await engine.edit(mine, blocked=True)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == RETIRED
    await engine.edit(mine, blocked=False)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == ACTIVE


async def test_what_happened_while_an_item_was_blocked_arrives_when_it_is_unblocked(engine: Engine) -> None:
    mine = item("I1", unitPrice=12.5)
    await made(engine, mine)
    await engine.edit(mine, blocked=True)
    await engine.look("ITEM-PRODUCT")
    await engine.edit(mine, unitPrice=14, displayName="Better desk")
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["name"] == "Item I1"
    await engine.edit(mine, blocked=False)
    await engine.look("ITEM-PRODUCT")
    await engine.look("ITEM-PRODUCT")
    found = await engine.partner("ITEM-PRODUCT", mine)
    assert (found["name"], found["price"], found["statecode"], await price_of(engine, found)) == ("Better desk", 14, ACTIVE, [14])


async def test_a_blocked_item_is_never_made_a_product(engine: Engine) -> None:
    await engine.seed(item("I1", blocked=True))
    await engine.sync(*MAPPINGS)
    assert not await engine.sales.rows("products")


@pytest.mark.case("T682")
async def test_a_product_retired_by_hand_is_activated_again_and_blocks_nothing(engine: Engine) -> None:
    mine = item("I1")
    found = await made(engine, mine)
    await engine.sales.hand("retire", id=found["productid"])
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(mine))["blocked"] is False
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == ACTIVE


async def test_a_product_under_revision_is_left_alone(engine: Engine) -> None:
    mine = item("I1")
    found = await made(engine, mine)
    await engine.sales.edit("products", found["productid"], statecode=REVISION, statuscode=REVISION)
    await engine.edit(mine, blocked=True)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == REVISION
    await engine.edit(mine, blocked=False)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(mine))["blocked"] is False
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == REVISION


async def test_a_draft_of_somebody_is_not_touched(engine: Engine) -> None:
    theirs = product("P1", statecode=DRAFT, statuscode=0)
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS)
    assert (await engine.row(theirs))["statecode"] == DRAFT
    assert not await engine.bc.rows("items")


@pytest.mark.case("T056")
async def test_stock_that_business_central_works_out_stands_on_the_product(engine: Engine) -> None:
    assert (await made(engine, item("I1", inventory=7)))["quantityonhand"] == 7


async def test_a_negative_price_arrives_as_zero(engine: Engine) -> None:
    found = await made(engine, item("I1", unitPrice=-5, inventory=-3))
    assert (found["price"], found["quantityonhand"], await price_of(engine, found)) == (0, 0, [0])


@pytest.mark.case("T125")
async def test_an_item_without_base_unit_is_named_and_nothing_is_made(engine: Engine) -> None:
    blank = {"baseUnitOfMeasureId": "00000000-0000-0000-0000-000000000000", "baseUnitOfMeasureCode": "", "baseUnitOfMeasure": ""}
    await engine.seed(item("I1", **blank), item("I2"))
    await engine.sync(*MAPPINGS)
    assert [row["productnumber"] for row in await engine.sales.rows("products")] == ["I2"]
    assert [code for code, _ in await engine.problems("ITEM-PRODUCT")] == ["no_base_unit"]


async def test_an_item_whose_unit_is_not_coupled_waits_for_it(engine: Engine) -> None:
    mine = item("I1", unit="BOX")
    await engine.seed(mine)
    await engine.sync("ITEM-PRODUCT")
    assert ("waiting_for_parent", "baseUnitOfMeasureId") in await engine.problems("ITEM-PRODUCT")
    await engine.sync("UNIT OF MEASURE")
    assert (await engine.partner("ITEM-PRODUCT", mine))["statecode"] == ACTIVE
    assert not await engine.problems()


async def test_an_item_born_in_sales_gets_its_number_back_at_once(engine: Engine) -> None:
    theirs = product("OWN-1", name="Chair")
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS)
    mine = await engine.partner("ITEM-PRODUCT", theirs)
    assert (mine["displayName"], mine["baseUnitOfMeasureCode"], mine["type"]) == ("Chair", "PCS", "Inventory")
    assert (await engine.row(theirs))["productnumber"] == mine["number"]
    assert not await engine.problems()


async def test_prices_of_an_item_born_in_sales_stay_until_somebody_changes_them(engine: Engine) -> None:
    theirs = product("OWN-1", price=99)
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS)
    await engine.sync(*MAPPINGS)
    assert (await engine.row(theirs))["price"] == 99
    mine = await engine.partner("ITEM-PRODUCT", theirs)
    await engine.bc.edit("items", mine["id"], unitPrice=120)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(theirs))["price"] == 120


@pytest.mark.case("T151")
async def test_other_sorts_of_products_stay_out(engine: Engine) -> None:
    service = product("S1", producttypecode=3)
    await engine.seed(*unit_group(), service)
    await engine.sync(*MAPPINGS)
    assert await engine.coupling("ITEM-PRODUCT", service) is None
    assert not await engine.bc.rows("items")
