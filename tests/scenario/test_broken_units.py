"""UNIT OF MEASURE: unit groups of Sales that cannot be those of a unit are refused by name, and the rest of the list goes through."""

from __future__ import annotations

import pytest

from sync.errors import by_code
from tests.scenario.engine import Engine
from tests.scenario.world import Record, coded, in_sales, item

BROKEN = {
    "NONE": "unit_group_broken",
    "SEVERAL": "unit_group_broken",
    "DOZEN": "base_unit_differs",
    "PART": "base_unit_differs",
    "ASLEEP": "unit_group_inactive",
    "TWIN": "ambiguous_match",
}
"""What is wrong with the group of each unit, and the problem that says so."""


def group(code: str, key: str = "", **values: object) -> Record:
    """A unit group `NAV <code>` as people made it."""
    row = {"name": f"NAV {code}", "baseuomname": code, "statecode": 0, "statuscode": 1}
    return in_sales("uomschedules", key or f"NAV {code}", **{**row, **values})


def unit(of: Record, name: str, **values: object) -> Record:
    """The unit of a group as people made it."""
    row = {"name": name, "_uomscheduleid_value": of.id, "quantity": 1, "isschedulebaseuom": True}
    return in_sales("uoms", f"{of.values['name']}/{name}", **{**row, **values})


def broken_groups() -> list[Record]:
    several, dozen, part, asleep = (group(code) for code in ("SEVERAL", "DOZEN", "PART", "ASLEEP"))
    asleep.values.update(statecode=1, statuscode=2)
    twins = [group("TWIN", key=key) for key in ("one", "another")]
    base = unit(several, "SEVERAL")
    return [
        *(group("NONE"), several, dozen, part, asleep, *twins),
        *(base, unit(several, "SECOND", quantity=5, isschedulebaseuom=False, _baseuom_value=base.id)),
        *(unit(dozen, "DOZEN", quantity=12), unit(part, "PART", isschedulebaseuom=False), unit(asleep, "ASLEEP")),
        *(unit(each, each.id[:8]) for each in twins),
    ]


@pytest.mark.rule("B9")
@pytest.mark.feature("F122")
@pytest.mark.parametrize("create", ["toSales"])
async def test_each_broken_unit_group_is_a_problem_of_its_own_and_the_others_are_coupled(engine: Engine, create: str) -> None:
    odd = group("ODD")
    await engine.seed(*coded("unitsOfMeasure", {code: code for code in (*BROKEN, "ODD", "NEW")}))
    await engine.seed(*broken_groups(), odd, unit(odd, "Odd name"))
    await engine.sync("UNIT OF MEASURE", create=create)
    names = {row["id"]: row["code"] for row in await engine.bc.rows("unitsOfMeasure")}
    found = {names[row.key.partition(":")[2]]: row for row in await engine.problem_rows("UNIT OF MEASURE") if row.key.startswith("bc")}
    assert {code: row.code for code, row in found.items()} == BROKEN
    told = (await engine.api.get("problems?mapping=UNIT%20OF%20MEASURE&limit=200")).json["value"]
    assert {row["code"]: row["remedy"] for row in told} == {code: by_code(code).remedy for code in set(BROKEN.values())}
    coupled = {names[each.bc_id] for each in await engine.couplings("UNIT OF MEASURE")}
    assert coupled == {"PCS", "BOX", "ODD", "NEW"}
    assert [row["name"] for row in await engine.sales.rows("uoms", _uomscheduleid_value=odd.id)] == ["ODD"]


@pytest.mark.rule("E2")
@pytest.mark.feature("F122")
async def test_an_item_is_no_product_while_the_group_of_its_base_unit_is_broken(engine: Engine) -> None:
    box = group("BOX")
    await engine.seed(box, unit(box, "BOX"), item("I1", unit="BOX"), item("I2", unit="PCS"))
    await engine.sync("UNIT OF MEASURE")
    await engine.sales.insert("uoms", name="TWIN PACK", quantity=2, **{
        "uomscheduleid@odata.bind": f"/uomschedules({box.id})", "baseuom@odata.bind": f"/uoms({unit(box, 'BOX').id})",
    })  # fmt: skip
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    assert sorted(await engine.problems("UNIT OF MEASURE", "ITEM-PRODUCT")) == [("unit_group_broken", None), ("unit_group_broken", None)]
    assert [row["productnumber"] for row in await engine.sales.rows("products")] == ["I2"]
