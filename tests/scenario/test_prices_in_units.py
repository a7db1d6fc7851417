"""Prices in several units: with unit groups every unit of a product can have its price, without them only the one that it counts in."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.pricing import LISTS, line, list_of, price_list
from tests.scenario.units import UNITS, item_unit
from tests.scenario.world import item

ONE = item("I1", unitPrice=10)
BOTH = (line("S1", 10, ONE, 9.5), line("S1", 20, ONE, 90, unitOfMeasureCode="BOX"))


async def by_unit(engine: Engine) -> dict[str, float]:
    """The prices of the list by the name of their unit."""
    head = await list_of(engine, "S1")
    units = {row["uomid"]: row["name"] for row in await engine.sales.rows("uoms")}
    rows = await engine.sales.rows("productpricelevels", _pricelevelid_value=head["pricelevelid"])
    return {units[row["_uomid_value"]]: row["amount"] for row in rows}


@pytest.mark.rule("E3")
async def test_with_unit_groups_each_unit_of_an_item_has_its_price(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, UNIT_GROUPS="true") as engine:
        await engine.seed(ONE, item_unit("I1", "PCS"), item_unit("I1", "BOX", 10), price_list("S1"), *BOTH)
        await engine.sync("CURRENCY", *UNITS, "ITEM-PRODUCT", *LISTS[3:], create="toSales")
        assert await by_unit(engine) == {"PCS": 9.5, "BOX": 90}
        assert await engine.problems() == []


@pytest.mark.rule("E3")
async def test_without_them_another_unit_is_a_problem_that_says_so(engine: Engine) -> None:
    await engine.seed(ONE, price_list("S1"), *BOTH)
    await engine.sync(*LISTS, create="toSales")
    assert await by_unit(engine) == {"PCS": 9.5}
    [row] = await engine.problem_rows("PLLINE-PRODPRICE")
    assert (row.code, row.message) == ("unknown_unit", "the product's unit group in Sales has no unit BOX")
