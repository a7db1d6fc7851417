"""Unit group mode: each item and resource has a unit group of its own in Sales, with all its units (behaviour.md, section 14.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.units import ALL, UNITS, item_unit, resource, resource_unit, units_of
from tests.scenario.world import Row, item


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
