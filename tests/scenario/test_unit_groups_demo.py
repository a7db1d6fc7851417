"""The demo company in unit group mode: what a full synch makes of its items, resources and products."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.company.generate import generate
from sandbox.company.model import Company
from sandbox.company.modes import UNIT_GROUPS
from sandbox.running import Sandbox
from tests.expected.modes import ended_as_expected
from tests.scenario.engine import Engine
from tests.scenario.on_demo import engine_on_demo
from tests.scenario.world import Row

COMPANY = generate(0.03)
SOURCES = {
    "ITEM-PRODUCT": ("ITEM", "itemUnitsOfMeasure", "itemNumber"),
    "RESOURCE-PRODUCT": ("RESOURCE", "resourceUnitsOfMeasure", "resourceNumber"),
}
"""The sort in the name of the unit group, and BC's table of units with its column of numbers."""

UNITS = ("CURRENCY", "UNIT GROUP", "ITEM UOM", "RESOURCE UOM")
KNOWN = {"no_base_unit", "unit_group_fixed", "waiting_for_parent"}
"""No base unit in BC; products that were there before, in a group that others share."""


@pytest.fixture
async def engine(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet in unit group mode, before its first synch of the demo company."""
    async with engine_on_demo(sandbox_processes, COMPANY, UNIT_GROUPS="true") as fresh:
        yield fresh


def company_rows(company: Company, side: str, table: str) -> list[Row]:
    return list((company.bc if side == "bc" else company.sales)[table])


@pytest.mark.feature("F123")
@pytest.mark.timeout(200)
async def test_each_new_product_has_its_own_group_its_units_and_a_price_in_each(engine: Engine) -> None:
    await engine.sync(*UNITS, *SOURCES, create="both")
    before = {row["productid"] for row in company_rows(COMPANY, "sales", "products")}
    groups = {row["uomscheduleid"]: row["name"] for row in await engine.sales.rows("uomschedules")}
    units = {row["uomid"]: row for row in await engine.sales.rows("uoms")}
    products = {row["productid"]: row for row in await engine.sales.rows("products")}
    made = 0
    for name, (source, table, column) in SOURCES.items():
        numbers = {row["id"]: row["number"] for row in await engine.bc.rows(engine.ctx.mappings[name].bc.name)}
        counted = await engine.bc.rows(table)
        for each in await engine.couplings(name):
            product, number = products[each.sales_id], numbers[each.bc_id]
            if each.sales_id in before:
                continue
            made += 1
            wanted = {row["code"]: row["quantityPerUnitOfMeasure"] for row in counted if row[column] == number}
            group = product["_defaultuomscheduleid_value"]
            own = {row["name"]: row["quantity"] for row in units.values() if row["_uomscheduleid_value"] == group}
            assert groups[group] == f"{source} {number} UOM GR"
            assert own == wanted | {f"{source} {number} UOM GR": 1}
            assert await prices(engine, product, units) == {code: round(product["price"] * size, 2) for code, size in wanted.items()}
    assert made > len(before)
    await ended_as_expected(engine, COMPANY.expected["modes"][UNIT_GROUPS])
    assert {code for code, _ in await engine.problems(*SOURCES)} <= KNOWN
    await engine.reset_counters()
    await engine.sync(*UNITS, *SOURCES, create="both")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def prices(engine: Engine, product: Row, units: dict[str, Row]) -> dict[str, float]:
    """The amounts of a product in its default price list by unit."""
    lines = await engine.sales.rows(
        "productpricelevels", _productid_value=product["productid"], _pricelevelid_value=product["_pricelevelid_value"]
    )
    return {units[line["_uomid_value"]]["name"]: line["amount"] for line in lines}
