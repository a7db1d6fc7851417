"""RESOURCE UOM: each unit of a resource is a unit in the unit group of the resource."""

from __future__ import annotations

from mapping.field import Direction
from mapping.fields import needed, on, to_sales
from mapping.item_units import UnitQuantity, counts_in_base_unit, group_of, priced_in_the_default_list, units_of_group
from mapping.kinds import Exact
from mapping.model import Table, TableMapping
from mapping.policies import Mode, Review
from mapping.products import DEFAULT_PRICE_LIST
from mapping.unit_groups import UNIT_GROUP
from mapping.values import Side

GROUPS = "resourceUnitGroups"
NUMBER, GROUP = group_of("resourceNumber", GROUPS)

RESOURCE_UOM = TableMapping(
    name="RESOURCE UOM",
    bc=Table(name="resourceUnitsOfMeasure"),
    sales=Table(name="uoms", id="uomid", changed="modifiedon"),
    direction=Direction.TO_SALES,
    needs=(UNIT_GROUP.name,),
    # inside the unit group of the resource
    natural_keys=((NUMBER, "code"),),
    creates=frozenset({Side.SALES}),
    makes_unmatched=True,
    only_in=Mode.UNIT_GROUPS,
    review=Review(own={Side.SALES: 1}),
    also={Side.SALES: ("isschedulebaseuom",)},
    related=units_of_group(NUMBER),
    rules=(counts_in_base_unit(NUMBER, GROUPS), priced_in_the_default_list(NUMBER, GROUPS)),
    ensures=(DEFAULT_PRICE_LIST,),
    names={Side.BC: (NUMBER, "code"), Side.SALES: ("name",)},
    fields=on(
        "resourceUnitsOfMeasure",
        "uoms",
        needed(to_sales(NUMBER, "uomscheduleid", GROUP, once=Side.SALES)),
        needed(to_sales("code", "name", Exact())),
        needed(to_sales("quantityPerUnitOfMeasure", "quantity", UnitQuantity())),
    ),
)
