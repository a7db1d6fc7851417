"""UNIT GROUP: each unit group of BC, that of an item or a resource, is a unit group of Sales that holds its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from mapping.beside import Related
from mapping.criteria import Criterion
from mapping.field import Direction, FieldMapping
from mapping.fields import on, to_sales
from mapping.kinds import Exact
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.policies import Mode, Review
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

SUFFIX = "UOM GR"
STATE = {"statecode": 0, "statuscode": 1}
INACTIVE = {"statecode": 1, "statuscode": 2}
PRODUCTS = Related(
    name="products",
    side=Side.SALES,
    table="products",
    key="_defaultuomscheduleid_value",
    of="uomscheduleid",
    columns=("productid", "productnumber", "name", "_defaultuomscheduleid_value"),
)


def group_code(source: str, number: str) -> str:
    """What the unit group of an item or a resource is called in Sales: `ITEM 1000 UOM GR` (behaviour.md, section 14.4)."""
    return f"{source.upper()} {number} {SUFFIX}"


@dataclass(frozen=True, slots=True)
class GroupCode(Exact):
    """The generated code of a unit group: its number and sort in BC, its name in Sales."""

    column: ClassVar[str] = "sourceType"

    def looks_at(self, side: Side) -> tuple[str, ...]:
        return (self.column,) if side is Side.BC else ()

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        source = pair.get(Side.BC, {}).get(self.column)
        if side is Side.SALES:
            code = group_code(str(source), str(value))
            return Exact.write(self, field, side, code, pair, world) if source else Refusal(code="invalid_value", detail="of no item")
        prefix, number = (f"{source.upper()} " if source else str(value).partition(" ")[0] + " "), str(value).removesuffix(f" {SUFFIX}")
        return Exact.write(self, field, side, number.removeprefix(prefix), pair, world)


@dataclass(frozen=True, slots=True)
class BaseUnitName(GroupCode):
    """The name of the base unit that Sales makes together with a group, and never again (rule D5)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        there = pair.get(Side.SALES, {}).get("uomscheduleid") is not None
        if side is Side.SALES and there:
            return Written(values={}, holds=self.read(field, side, pair[side], world))  # type: ignore[arg-type]
        return GroupCode.write(self, field, side, value, pair, world)


def of_one_product_and_active(draft: Draft, world: World) -> Addition:
    """A group of Sales must be active, and belong to one product only (behaviour.md, section 14.4)."""
    group = draft.rows[Side.SALES]
    if draft.creates:
        return Addition()
    if group.get("statecode") != STATE["statecode"]:
        return Addition(refusal=Refusal(code="unit_group_inactive", detail=f"unit group {group.get('name')} is inactive"))
    return Addition(refusal=shared(world, draft.ids.get(Side.SALES), str(group.get("name"))))


def shared(world: World, group: str | None, name: str) -> Refusal | None:
    """Why a unit group can be that of no item: several products count in it."""
    products = [str(row.get("productnumber") or row.get("name")) for row in world.rows(PRODUCTS.name, group)]
    if len(products) < 2:
        return None
    shown = ", ".join(sorted(products)[:MOST_SHOWN])
    return Refusal(code="unit_group_shared", detail=f"unit group {name} is that of {len(products)} products: {shown}")


MOST_SHOWN = 10
"""Products that a refusal names."""

UNIT_GROUP = TableMapping(
    name="UNIT GROUP",
    bc=Table(name="unitGroups"),
    sales=Table(name="uomschedules", id="uomscheduleid", changed="modifiedon"),
    direction=Direction.TO_SALES,
    # by the number, then by number and sort: an item and a resource may have the same number
    natural_keys=(("sourceNumber", "sourceNumber"),),
    criteria=(Criterion(field="sourceNumber"),),
    creates=frozenset({Side.SALES}),
    makes_unmatched=True,
    only_in=Mode.UNIT_GROUPS,
    review=Review(own={Side.SALES: 1}),
    inactive={Side.SALES: INACTIVE},
    also={Side.SALES: ("statecode", "statuscode")},
    related=(PRODUCTS,),
    rules=(of_one_product_and_active,),
    names={Side.BC: ("sourceType", "sourceNumber"), Side.SALES: ("name",)},
    fields=on(
        "unitGroups",
        "uomschedules",
        to_sales("sourceNumber", "name", GroupCode()),
        to_sales("sourceNumber", "baseuomname", BaseUnitName(), name="baseUnit", once=Side.SALES),
    ),
)
