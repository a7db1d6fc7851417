"""Unit group mode: each item and resource has a unit group of its own in Sales, with all its units (behaviour.md, section 14.4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from mapping.values import Side
from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.units import ALL, UNITS, item_unit, resource, resource_unit, units_of
from tests.scenario.world import Record, Row, id_of, in_sales, item, product, unit_group


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


def own_group(key: str, unit: str = "PCS") -> tuple[Record, Record]:
    """A unit group that people made in Sales, with one unit."""
    group = in_sales("uomschedules", key, name=key, baseuomname=unit, statecode=0, statuscode=1)
    return group, in_sales("uoms", f"{key}/{unit}", name=unit, _uomscheduleid_value=group.id, quantity=1, isschedulebaseuom=True)


def counted_in(group: tuple[Record, Record], number: str) -> Record:
    """A product of Sales that counts in this group."""
    return product(number, _defaultuomscheduleid_value=group[0].id, _defaultuomid_value=group[1].id)


async def open_up(engine: Engine) -> None:
    """Runs may make units by themselves."""
    for name in UNITS:
        assert (await engine.api.patch(f"mappings/{name.replace(' ', '%20')}", {"onlyCoupled": False})).status == 200
    engine.ctx = await engine.environment.context(None)


@pytest.mark.rule("A4")
async def test_a_product_born_in_sales_becomes_an_item_with_its_unit_and_its_group_is_the_items(engine: Engine) -> None:
    chairs = own_group("Chairs")
    mine = counted_in(chairs, "P-1")
    await engine.seed(*chairs, mine)
    await open_up(engine)
    await engine.sync("ITEM-PRODUCT")
    made = await engine.partner("ITEM-PRODUCT", mine)
    assert made["baseUnitOfMeasureCode"] == "PCS"
    assert [(await engine.coupling(name, record)) is not None for name, record in zip(UNITS, chairs, strict=False)] == [True, True]
    assert (await engine.row(chairs[0]))["name"] == f"ITEM {made['number']} UOM GR"
    await engine.sync(*ALL)
    assert not await engine.problems()
    assert len(await engine.sales.rows("uomschedules")) == 1


async def test_while_units_are_made_by_people_only_such_a_product_waits_for_its_unit(engine: Engine) -> None:
    chairs = own_group("Chairs")
    await engine.seed(*chairs, counted_in(chairs, "P-1"))
    await engine.sync("ITEM-PRODUCT")
    assert await engine.problems() == [("waiting_for_parent", "defaultUnit")]
    assert not await engine.bc.rows("items")


@pytest.mark.feature("F123")
async def test_a_group_that_several_products_share_is_that_of_no_item(engine: Engine) -> None:
    chairs = own_group("Chairs")
    await engine.seed(*chairs, counted_in(chairs, "P-1"), counted_in(chairs, "P-2"))
    await open_up(engine)
    await engine.sync("ITEM-PRODUCT")
    assert await engine.problems() == [("unit_group_shared", None)] * 2
    [row, *_] = await engine.problem_rows()
    assert "P-1, P-2" in row.message
    assert not await engine.bc.rows("items")


@pytest.mark.case("T655", "T656", "T470")
@pytest.mark.feature("F123")
async def test_the_mappings_of_units_show_what_they_are_and_take_no_other_sort_of_row(engine: Engine) -> None:
    for name, needs in {"UNIT GROUP": [], "ITEM UOM": ["UNIT GROUP"], "RESOURCE UOM": ["UNIT GROUP"]}.items():
        shown = (await engine.api.get(f"mappings/{name.replace(' ', '%20')}")).json
        assert (shown["direction"], shown["onlyCoupled"], shown["needs"]) == ("toSales", True, needs)
        assert not any(shown["filters"]["value"].values())
    refused = await engine.api.get("mappings/UNIT%20OF%20MEASURE")
    assert (refused.status, refused.json["type"]) == (404, "urn:couplet:not_in_this_mode")
    assert "UNIT_GROUPS=false" in refused.json["detail"]


async def test_the_group_of_a_new_unit_is_made_first_also_where_groups_are_only_kept_in_step(engine: Engine) -> None:
    await engine.look("ITEM UOM")
    assert (await engine.api.patch("mappings/ITEM%20UOM", {"onlyCoupled": False})).status == 200
    await asyncio.sleep(1.1)
    await engine.seed(item("1000"), item_unit("1000", "PCS"), item_unit("1000", "BOX", 12), item_unit("NOBODY", "PCS"))
    await engine.look("ITEM UOM")
    assert await units_of(engine, "ITEM 1000 UOM GR") == {"ITEM 1000 UOM GR": 1, "PCS": 1, "BOX": 12}
    assert await engine.problems() == [("waiting_for_parent", "itemNumber")]
