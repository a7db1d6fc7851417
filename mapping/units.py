"""UNIT OF MEASURE: each BC unit is a unit group of Sales called `NAV <code>`, with exactly one unit in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapping.beside import Related
from mapping.field import Direction, FieldMapping
from mapping.fields import on, to_sales
from mapping.kinds import Exact
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.ours import Page
from mapping.policies import Mode, Review
from mapping.steps import Update
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

PREFIX = "NAV "
ACTIVE = 0


@dataclass(frozen=True, slots=True)
class GroupName(Exact):
    """The unit group's name: `NAV ` and the code."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        return Exact.write(self, field, side, f"{PREFIX}{value}", pair, world)


def one_unit_of_that_name(draft: Draft, world: World) -> Addition:
    """An active group holds one unit, its base unit, called as in BC; another name is put right (behaviour.md, section 14.4)."""
    code = draft.rows[Side.BC]["code"]
    if draft.creates is Side.SALES:
        return Addition(values={Side.SALES: {"baseuomname": code}})
    units = world.rows("units", draft.ids.get(Side.SALES))
    broken = _inactive(draft.rows[Side.SALES], code) or unfit(units, f"{PREFIX}{code}")
    if broken:
        return Addition(refusal=broken)
    if units[0]["name"] != code:
        return Addition(after=(Update(side=Side.SALES, table="uoms", id=units[0]["uomid"], values={"name": code}),))
    return Addition()


def _inactive(group: Row, code: str) -> Refusal | None:
    active = group.get("statecode") == ACTIVE
    return None if active else Refusal(code="unit_group_inactive", detail=f"unit group {PREFIX}{code} is inactive")


def unfit(units: Sequence[Row], group: str) -> Refusal | None:
    """Why these units of a group are not the one unit that records of BC can count in."""
    if len(units) != 1:
        return Refusal(code="unit_group_broken", detail=f"unit group {group} must hold one unit, it has {len(units) or 'none'}")
    if not units[0]["isschedulebaseuom"] or float(units[0]["quantity"] or 0) != 1:
        return Refusal(code="base_unit_differs", detail=f"the unit of unit group {group} must be its base unit and count 1")
    return None


UNIT_COLUMNS = ("uomid", "name", "_uomscheduleid_value", "isschedulebaseuom", "quantity")
"""What tells whether a unit is the one of its group."""

UNIT_OF_MEASURE = TableMapping(
    name="UNIT OF MEASURE",
    bc=Table(name="unitsOfMeasure"),
    sales=Table(name="uomschedules", id="uomscheduleid", changed="modifiedon"),
    page=Page(209, "Code", "code"),
    direction=Direction.TO_SALES,
    natural_keys=(("code",),),
    creates=frozenset({Side.SALES}),
    makes_unmatched=True,
    only_in=Mode.SINGLE_UNITS,
    review=Review(own={Side.SALES: 1}),
    inactive={Side.SALES: {"statecode": 1, "statuscode": 2}},
    also={Side.SALES: ("statecode", "statuscode")},
    related=(
        Related(
            name="units",
            side=Side.SALES,
            table="uoms",
            key="_uomscheduleid_value",
            of="uomscheduleid",
            columns=UNIT_COLUMNS,
        ),
    ),
    rules=(one_unit_of_that_name,),
    names={Side.BC: ("code", "displayName"), Side.SALES: ("name",)},
    fields=on("unitsOfMeasure", "uomschedules", to_sales("code", "name", GroupName())),
)
