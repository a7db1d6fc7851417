"""Unit group mode: each item and resource has a unit group of its own in Sales, with all its units (behaviour.md, section 14.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mapping.values import Side
from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.units import ALL, UNITS, item_unit, resource, resource_unit, units_of
from tests.scenario.world import Record, Row, id_of, item, product, unit_group


@pytest.fixture
async def engine(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet in unit group mode, before its first synch."""
    async with engine_on(sandbox_processes, fresh=True, UNIT_GROUPS="true") as fresh:
        yield fresh


async def group_of(engine: Engine, name: str) -> Row:
    [row] = await engine.sales.rows("uomschedules", name=name)
    return row


@pytest.mark.case("T133")
@pytest.mark.feature("F123")
async def test_the_unit_group_of_an_item_becomes_an_active_unit_group(engine: Engine) -> None:
    await engine.seed(item("1000"))
    await engine.sync("UNIT GROUP")
    found = await group_of(engine, "ITEM 1000 UOM GR")
    assert (found["statecode"], found["baseuomname"]) == (0, "ITEM 1000 UOM GR")


@pytest.mark.case("T134")
async def test_the_unit_group_of_a_resource_becomes_an_active_unit_group(engine: Engine) -> None:
    await engine.seed(resource("LIFT"), item("LIFT"))
    await engine.sync("UNIT GROUP")
    assert {(await group_of(engine, f"{sort} LIFT UOM GR"))["statecode"] for sort in ("ITEM", "RESOURCE")} == {0}


@pytest.mark.case("T136")
async def test_units_stand_in_the_group_with_their_quantity_and_count_its_base_unit(engine: Engine) -> None:
    await engine.seed(item("1000"), item_unit("1000", "PCS"), item_unit("1000", "BOX", 12), resource("LIFT"), resource_unit("LIFT", "PCS"))
    await engine.sync(*UNITS)
    assert await units_of(engine, "ITEM 1000 UOM GR") == {"ITEM 1000 UOM GR": 1, "PCS": 1, "BOX": 12}
    assert await units_of(engine, "RESOURCE LIFT UOM GR") == {"RESOURCE LIFT UOM GR": 1, "PCS": 1}
    base = {row["uomid"] for row in await engine.sales.rows("uoms") if row["isschedulebaseuom"]}
    assert {row["_baseuom_value"] for row in await engine.sales.rows("uoms") if not row["isschedulebaseuom"]} <= base
    assert not await engine.problems()


async def test_a_new_product_counts_in_its_base_unit_and_has_a_price_in_each_unit(engine: Engine) -> None:
    mine = item("1000", unitPrice=2.5)
    await engine.seed(mine, item_unit("1000", "PCS"), item_unit("1000", "BOX", 12))
    await engine.sync(*ALL)
    found = await engine.partner("ITEM-PRODUCT", mine)
    group = await group_of(engine, "ITEM 1000 UOM GR")
    [unit] = await engine.sales.rows("uoms", uomid=found["_defaultuomid_value"])
    assert (found["statecode"], found["_defaultuomscheduleid_value"], unit["name"]) == (0, group["uomscheduleid"], "PCS")
    assert await prices(engine, found) == {"PCS": 2.5, "BOX": 30}
    assert not await engine.problems()


async def prices(engine: Engine, of: Row) -> dict[str, float]:
    """The amounts of a product in the default price list by unit."""
    names = {row["uomid"]: row["name"] for row in await engine.sales.rows("uoms")}
    lines = await engine.sales.rows("productpricelevels", _productid_value=of["productid"])
    return {names[line["_uomid_value"]]: line["amount"] for line in lines}


async def test_a_unit_that_comes_later_has_its_price_and_follows_the_price_of_its_product(engine: Engine) -> None:
    mine = item("1000", unitPrice=2.5)
    await engine.seed(mine, item_unit("1000", "PCS"))
    await engine.sync(*ALL)
    await engine.seed(item_unit("1000", "BOX", 12))
    await engine.sync(*UNITS)
    found = await engine.partner("ITEM-PRODUCT", mine)
    assert await prices(engine, found) == {"PCS": 2.5, "BOX": 30}
    await engine.edit(mine, unitPrice=3)
    await engine.sync("ITEM-PRODUCT")
    assert await prices(engine, found) == {"PCS": 3, "BOX": 36}
    await engine.reset_counters()
    await engine.sync(*ALL)
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_the_quantity_of_a_unit_follows_and_its_price_too(engine: Engine) -> None:
    mine, box = item("1000", unitPrice=2), item_unit("1000", "BOX", 12)
    await engine.seed(mine, item_unit("1000", "PCS"), box)
    await engine.sync(*ALL)
    await engine.edit(box, quantityPerUnitOfMeasure=10)
    await engine.sync(*UNITS)
    assert await units_of(engine, "ITEM 1000 UOM GR") == {"ITEM 1000 UOM GR": 1, "PCS": 1, "BOX": 10}
    assert (await prices(engine, await engine.partner("ITEM-PRODUCT", mine)))["BOX"] == 20


async def test_another_base_unit_of_the_item_is_another_default_unit_of_its_product(engine: Engine) -> None:
    mine = item("1000")
    await engine.seed(mine, item_unit("1000", "PCS"), item_unit("1000", "BOX", 12))
    await engine.sync(*ALL)
    await engine.edit(mine, baseUnitOfMeasureCode="BOX")
    await engine.sync("ITEM-PRODUCT")
    found = await engine.partner("ITEM-PRODUCT", mine)
    [unit] = await engine.sales.rows("uoms", uomid=found["_defaultuomid_value"])
    assert unit["name"] == "BOX"
    await engine.edit(product_record(found), **{"defaultuomid@odata.bind": f"/uoms({await unit_id(engine, 'PCS')})"})
    await engine.sync("ITEM-PRODUCT")
    assert (await engine.row(mine))["baseUnitOfMeasureCode"] == "PCS"


def product_record(row: Row) -> Record:
    """A product as a record of the story."""
    return Record(Side.SALES, "products", str(row["productid"]), row)


async def unit_id(engine: Engine, name: str) -> str:
    [row] = await engine.sales.rows("uoms", name=name)
    return str(row["uomid"])


@pytest.mark.rule("D5")
async def test_a_product_in_another_unit_group_keeps_it_and_says_so(engine: Engine) -> None:
    mine = item("1000", unitPrice=7)
    await engine.seed(mine, item_unit("1000", "PCS"), *unit_group(), product("1000", price=1))
    await engine.sync(*ALL)
    found = await engine.partner("ITEM-PRODUCT", mine)
    assert (found["price"], found["_defaultuomscheduleid_value"]) == (7, id_of("sales uomschedules", "NAV PCS"))
    assert await engine.problems() == [("unit_group_fixed", "defaultUnit")]
