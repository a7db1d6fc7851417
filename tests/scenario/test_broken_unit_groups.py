"""UNIT GROUP, ITEM UOM and RESOURCE UOM: rows that break a rule of units are refused by name, and the rest of the list goes through."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from sync.errors import by_code
from tests.scenario.engine import Engine, engine_on
from tests.scenario.units import UNITS, item_unit, resource, resource_unit, units_of
from tests.scenario.world import Record, in_sales, item, product

GROUPS = {"ASLEEP": "unit_group_inactive", "SHARED": "unit_group_shared", "TWIN": "ambiguous_match"}
"""Items whose unit group in Sales is broken, and the problem that says so."""


@pytest.fixture
async def engine(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet in unit group mode, before its first synch."""
    async with engine_on(sandbox_processes, fresh=True, UNIT_GROUPS="true") as fresh:
        yield fresh


def group(number: str, key: str = "", **values: object) -> tuple[Record, Record]:
    """The unit group of an item as people made it, with its base unit PCS."""
    name = f"ITEM {number} UOM GR"
    row = {"name": name, "baseuomname": "PCS", "statecode": 0, "statuscode": 1}
    found = in_sales("uomschedules", key or name, **{**row, **values})
    return found, in_sales("uoms", f"{found.id}/PCS", name="PCS", _uomscheduleid_value=found.id, quantity=1, isschedulebaseuom=True)


def counted_in(number: str, of: tuple[Record, Record]) -> Record:
    return product(number, _defaultuomscheduleid_value=of[0].id, _defaultuomid_value=of[1].id)


def broken() -> list[Record]:
    """Items with broken groups or units, and a resource and an item that are all right."""
    shared, asleep = group("SHARED"), group("ASLEEP", statecode=1, statuscode=2)
    twins = [each for key in ("one", "another") for each in group("TWIN", key=key)]
    numbers = ("SHARED", "ASLEEP", "TWIN", "ZERO", "BASE", "GOOD")
    return [
        *(item(number) for number in numbers),
        *(item_unit(number, "PCS") for number in numbers if number != "BASE"),
        *(*shared, *asleep, *twins, *group("BASE"), counted_in("P-1", shared), counted_in("P-2", shared)),
        *(item_unit("ZERO", "NIL", 0), item_unit("BASE", "PCS", 4), item_unit("GOOD", "BOX", 12)),
        *(resource("LIFT"), resource_unit("LIFT", "PCS"), resource_unit("LIFT", "BOX", 0)),
        item_unit("NOBODY", "PCS"),
    ]


@pytest.mark.rule("B9")
@pytest.mark.feature("F123")
async def test_each_broken_group_and_unit_is_a_problem_and_all_others_are_coupled(engine: Engine) -> None:
    await engine.seed(*broken())
    await engine.sync(*UNITS, create="toSales")
    items = {row["id"]: row["number"] for row in await engine.bc.rows("items")}
    groups = {row["id"]: items.get(row["sourceId"], "LIFT") for row in await engine.bc.rows("unitGroups")}
    assert await found(engine, "UNIT GROUP", groups) == GROUPS
    units = {row["id"]: f"{row['itemNumber']} {row['code']}" for row in await engine.bc.rows("itemUnitsOfMeasure")}
    waiting = {f"{number} PCS": "waiting_for_parent" for number in ("NOBODY", "SHARED", "ASLEEP", "TWIN")}
    assert await found(engine, "ITEM UOM", units) == {"ZERO NIL": "invalid_value", "BASE PCS": "base_unit_differs", **waiting}
    assert [row.code for row in await engine.problem_rows("RESOURCE UOM")] == ["invalid_value"]
    assert {groups[each.bc_id] for each in await engine.couplings("UNIT GROUP")} == {"ZERO", "BASE", "GOOD", "LIFT"}
    assert await units_of(engine, "ITEM GOOD UOM GR") == {"ITEM GOOD UOM GR": 1, "PCS": 1, "BOX": 12}
    assert await units_of(engine, "RESOURCE LIFT UOM GR") == {"RESOURCE LIFT UOM GR": 1, "PCS": 1}


async def found(engine: Engine, mapping: str, names: dict[str, str]) -> dict[str, str]:
    """The codes of the open problems by what their record is called; each code has a remedy."""
    rows = [row for row in await engine.problem_rows(mapping) if row.key.startswith("bc:")]
    assert all(by_code(row.code).remedy for row in rows)
    return {names[row.key.partition(":")[2]]: row.code for row in rows}


async def test_a_base_unit_that_is_too_long_or_unknown_in_bc_is_a_problem_of_the_product(engine: Engine) -> None:
    for name in UNITS:
        await engine.api.patch(f"mappings/{name.replace(' ', '%20')}", {"onlyCoupled": False})
    engine.ctx = await engine.environment.context(None)
    for number, unit in (("P-1", "A box of a dozen"), ("P-2", "DOZEN"), ("P-3", "PCS")):
        own = in_sales("uomschedules", number, name=number, baseuomname=unit, statecode=0, statuscode=1)
        base = in_sales("uoms", number, name=unit, _uomscheduleid_value=own.id, quantity=1, isschedulebaseuom=True)
        await engine.seed(own, base, counted_in(number, (own, base)))
    await engine.sync("ITEM-PRODUCT")
    assert sorted(await engine.problems()) == [("too_long", "defaultUnit"), ("unknown_reference", "defaultUnit")]
    assert [row["baseUnitOfMeasureCode"] for row in await engine.bc.rows("items")] == ["PCS"]


async def test_an_item_without_base_unit_is_no_product_and_the_others_are(engine: Engine) -> None:
    await engine.seed(item("NONE", unit=""), item("GOOD"), item_unit("GOOD", "PCS"))
    await engine.sync(*UNITS, "ITEM-PRODUCT")
    assert await engine.problems() == [("no_base_unit", "defaultUnit")]
    assert [row["productnumber"] for row in await engine.sales.rows("products")] == ["GOOD"]
