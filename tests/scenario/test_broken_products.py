"""Broken items, resources and products, from both sides in one run: each has the problem that it should, and the rest goes through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.broken import Broken, expect
from tests.scenario.engine import Engine
from tests.scenario.world import NO_ID, Record, id_of, in_bc, in_sales, item, product, resource, unit_group

NO_UNIT = {"baseUnitOfMeasureId": NO_ID, "baseUnitOfMeasureCode": "", "baseUnitOfMeasure": ""}
WAITS, MOST = "waiting_for_parent", 10**13
BOXES = {"_defaultuomscheduleid_value": id_of("sales uomschedules", "NAV BOX"), "_defaultuomid_value": id_of("sales uoms", "BOX")}


def service(number: str, **values: Any) -> Record:
    """An active product of type Services."""
    return product(number, producttypecode=3, **values)


ITEMS = (
    Broken("without a name", item("B1", displayName=""), (("required_missing", "displayName"),)),
    Broken("without base unit", item("B2", **NO_UNIT), (("no_base_unit", None),)),
    Broken("unit not coupled", item("B3", unit="BOX"), ((WAITS, "baseUnitOfMeasureId"),)),
    Broken("price too high for Sales", item("B4", unitPrice=MOST), (("invalid_value", "unitPrice"),), made=True),
    Broken("price, cost and stock below zero", item("B5", unitPrice=-1, unitCost=-2, inventory=-3), made=True),
    Broken("vendor that is not there", item("B6", vendorNumber="V404"), made=True),
    Broken("longest texts", item("B7", displayName="N" * 100, vendorItemNumber="V" * 50), made=True),
    Broken("blocked", item("B8", blocked=True)),
    Broken("the write-in item", item("FREE")),
)
PRODUCTS = (
    Broken("without a name", product("S1", name=None), (("required_missing", "displayName"),)),
    Broken("unit group that BC does not know", product("S2", **BOXES), ((WAITS, "baseUnitOfMeasureId"),)),
    Broken("name of two lines", product("S3", name="Chair\nwith wheels"), made=True),
    Broken("retired", product("S4", statecode=1, statuscode=2)),
    Broken("drafted", product("S5", statecode=2, statuscode=0)),
    Broken("under revision", product("S6", statecode=3, statuscode=3)),
    Broken("another type", product("S7", producttypecode=2)),
)
RESOURCES = (
    Broken("without a name", resource("R1", name=""), (("required_missing", "name"),)),
    Broken("without base unit", resource("R2", unit=""), (("no_base_unit", None),)),
    Broken("unit not coupled", resource("R3", unit="BOX"), ((WAITS, "baseUnitOfMeasure"),)),
    Broken("price and capacity below zero", resource("R4", unitPrice=-1, capacity=-8), made=True),
    Broken("vendor that is not there", resource("R5", vendorNumber="V404"), made=True),
    Broken("blocked", resource("R6", blocked=True)),
)
SERVICES = (
    Broken("without a name", service("T1", name=None), (("required_missing", "name"),)),
    Broken("unit group that BC does not know", service("T2", **BOXES), ((WAITS, "baseUnitOfMeasure"),)),
    Broken("retired", service("T3", statecode=1, statuscode=2)),
    Broken("drafted", service("T4", statecode=2, statuscode=0)),
)


@pytest.mark.rule("B9", "E2", "C1")
async def test_each_broken_item_resource_and_product_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    items, resources = [item("I1"), product("P1")], [resource("R100"), service("P100")]
    twins = in_sales("uoms", "BOX OF 12", name="BOX OF 12", _uomscheduleid_value=BOXES["_defaultuomscheduleid_value"], quantity=12)
    setup = in_bc("salesReceivablesSetup", "", writeInProductType="Item", writeInProductNumber="FREE")
    cases = (*ITEMS, *PRODUCTS, *RESOURCES, *SERVICES)
    await engine.seed(*unit_group(), *unit_group("BOX"), twins, setup, *(case.record for case in cases), *items, *resources)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", "RESOURCE-PRODUCT")
    await expect(engine, "ITEM-PRODUCT", (*ITEMS, *PRODUCTS), items)
    await expect(engine, "RESOURCE-PRODUCT", (*RESOURCES, *SERVICES), resources)


@pytest.mark.rule("A1", "A4")
async def test_a_number_that_an_item_and_a_resource_share_is_the_problem_of_the_second(engine: Engine) -> None:
    mine, other = item("X1"), resource("X1")
    await engine.seed(mine, other, item("I1"), resource("R1"))
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", "RESOURCE-PRODUCT", create="toSales")
    assert (await engine.partner("ITEM-PRODUCT", mine))["producttypecode"] == 1
    assert [code for code, _ in await engine.problems("ITEM-PRODUCT", "RESOURCE-PRODUCT")] == ["already_exists"]
    assert len(await engine.sales.rows("products")) == 3
    await engine.edit(other, number="X2")
    await engine.sync("RESOURCE-PRODUCT", create="toSales")
    assert (await engine.partner("RESOURCE-PRODUCT", other))["productnumber"] == "X2"
    assert not await engine.problems()
