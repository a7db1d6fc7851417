"""ITEM UOM and RESOURCE UOM: each unit of an item or resource is a unit in the unit group of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapping.beside import Related
from mapping.field import Direction, FieldMapping
from mapping.fields import needed, on, to_sales
from mapping.kinds import Exact, Number
from mapping.lookups import Lookup
from mapping.model import Addition, Draft, Rule, Table, TableMapping
from mapping.policies import Mode, Review
from mapping.price_lines import COLUMNS, steps_of_lines
from mapping.products import DEFAULT_PRICE_LIST, RETIRED
from mapping.unit_groups import STATE, UNIT_GROUP
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

UNITS = "units of the group"
PRODUCT = Related(
    name="product",
    side=Side.SALES,
    table="products",
    key="_defaultuomscheduleid_value",
    through=UNIT_GROUP.name,
    columns=("productid", "price", "statecode", "_defaultuomscheduleid_value"),
)
"""The product whose unit group it is."""

LINES = Related(name="lines of the unit", side=Side.SALES, table="productpricelevels", key="_uomid_value", of="uomid", columns=COLUMNS)


@dataclass(frozen=True, slots=True)
class UnitQuantity(Number):
    """How many of the base unit a unit counts; that of the base unit itself stays 1 in Sales."""

    precision: int = 5

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        written = Number.write(self, field, side, value, pair, world)
        if isinstance(written, Written) and side is Side.SALES:
            if written.holds == "0":
                return Refusal(code="invalid_value", detail="a unit must count more than 0")
            if pair.get(side, {}).get("isschedulebaseuom") and written.holds != "1":
                return Refusal(code="base_unit_differs", detail="it is the base unit of its unit group in Sales, which counts 1")
        return written


def group_of(number: str, codes: str) -> tuple[str, Lookup]:
    """The column of BC that holds the number of the item or resource, and the reference to its unit group."""
    return number, Lookup(mapping=UNIT_GROUP.name, target="uomschedules", nav="uomscheduleid", codes=codes, many=True, first=True)


def units_of_group(number: str) -> tuple[Related, ...]:
    """The unit group, and the units in it."""
    return (
        Related(
            name="group",
            side=Side.SALES,
            table="uomschedules",
            key="uomscheduleid",
            of=number,
            through=UNIT_GROUP.name,
            columns=("uomscheduleid", "name", "statecode"),
        ),
        Related(
            name=UNITS,
            side=Side.SALES,
            table="uoms",
            key="_uomscheduleid_value",
            of=number,
            through=UNIT_GROUP.name,
            columns=("uomid", "name", "_uomscheduleid_value", "isschedulebaseuom"),
        ),
        replace(PRODUCT, of=number),
        LINES,
    )


def counts_in_base_unit(number: str, codes: str) -> Rule:
    """The rule of units whose item or resource stands in BC's column `number`."""

    def rule(draft: Draft, world: World) -> Addition:
        """A new unit counts the base unit of its group, which must be active (behaviour.md, section 14.4)."""
        group = _group(draft.rows[Side.BC], number, codes, world)
        row = world.row("group", group)
        if row and row["statecode"] != STATE["statecode"]:
            return Addition(refusal=Refusal(code="unit_group_inactive", detail=f"unit group {row['name']} is inactive"))
        base = next((each for each in world.rows(UNITS, group) if each["isschedulebaseuom"]), None)
        if draft.creates is not Side.SALES or base is None:
            return Addition()
        return Addition(values={Side.SALES: {"baseuom@odata.bind": f"/uoms({base['uomid']})"}})

    return rule


def priced_in_the_default_list(number: str, codes: str) -> Rule:
    """The rule of units whose item or resource stands in BC's column `number`."""

    def rule(draft: Draft, world: World) -> Addition:
        """A unit of a product has its line in the default price list: the product's price times the quantity (section 14.3)."""
        product = world.row(PRODUCT.name, _group(draft.rows[Side.BC], number, codes, world))
        price_list, unit = world.row("price list", "*").get("pricelevelid"), draft.ids.get(Side.SALES)
        if not (product and price_list and unit) or product["statecode"] == RETIRED["statecode"]:
            return Addition()
        units = {unit: str(draft.rows[Side.BC]["quantityPerUnitOfMeasure"])}
        lines = world.rows(LINES.name, unit)
        return Addition(after=tuple(steps_of_lines(product["productid"], price_list, str(product["price"] or 0), units, lines, world)))

    return rule


def _group(unit: Row, number: str, codes: str, world: World) -> str | None:
    """The unit group in Sales of the item or resource of a unit."""
    spoken = str(unit[number]).upper()
    return world.partner(UNIT_GROUP.name, Side.BC, world.codes[codes].ids.get(spoken, spoken))


def own_units(name: str, table: str, column: str, codes: str) -> TableMapping:
    """The mapping of a BC table of units, whose `column` has the number of the item or resource, and whose unit groups are in `codes`."""
    number, group = group_of(column, codes)
    return TableMapping(
        name=name,
        bc=Table(name=table),
        sales=Table(name="uoms", id="uomid", changed="modifiedon"),
        direction=Direction.TO_SALES,
        needs=(UNIT_GROUP.name,),
        # inside the unit group of the item or resource
        natural_keys=((number, "code"),),
        creates=frozenset({Side.SALES}),
        makes_unmatched=True,
        only_in=Mode.UNIT_GROUPS,
        review=Review(own={Side.SALES: 1}),
        also={Side.SALES: ("isschedulebaseuom",)},
        related=units_of_group(number),
        rules=(counts_in_base_unit(number, codes), priced_in_the_default_list(number, codes)),
        ensures=(DEFAULT_PRICE_LIST,),
        names={Side.BC: (number, "code"), Side.SALES: ("name",)},
        fields=on(
            table,
            "uoms",
            needed(to_sales(number, "uomscheduleid", group, once=Side.SALES)),
            needed(to_sales("code", "name", Exact())),
            needed(to_sales("quantityPerUnitOfMeasure", "quantity", UnitQuantity())),
        ),
    )


ITEM_UOM = own_units("ITEM UOM", "itemUnitsOfMeasure", "itemNumber", "itemUnitGroups")
RESOURCE_UOM = own_units("RESOURCE UOM", "resourceUnitsOfMeasure", "resourceNumber", "resourceUnitGroups")
