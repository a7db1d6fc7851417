"""RESOURCE-PRODUCT: resources of BC and products of Sales of type Services (rule E2)."""

from __future__ import annotations

from mapping import product_units, products
from mapping.counted import CountedIn
from mapping.field import Direction
from mapping.fields import both, needed, on, to_sales
from mapping.filters import equals
from mapping.kinds import Number
from mapping.lookups import Lookup
from mapping.model import Table, TableMapping
from mapping.ours import Page
from mapping.policies import Brings, Mode
from mapping.values import Side

SERVICES = 3
"""product.producttypecode: Services."""

RELATED = (products.SALES_SETUP, products.PRICE_LINES, products.VENDOR, products.unit_of_group("baseUnitOfMeasure"))
UNIT_GROUPS = {
    "related": (*RELATED, *product_units.related("baseUnitOfMeasure", "RESOURCE UOM")),
    "rules": products.RULES_IN_GROUPS,
}
"""What is otherwise where each has a unit group of its own."""

RESOURCE_PRODUCT = TableMapping(
    name="RESOURCE-PRODUCT",
    bc=Table(name="resources"),
    sales=products.PRODUCTS,
    page=Page(76),
    direction=Direction.BOTH,
    keep=products.inside(SERVICES),
    types={Side.SALES: [equals("producttypecode", SERVICES)]},
    never={Side.BC: [products.NotWriteIn("Resource")]},
    resting=products.RESTING,
    needs=("UNIT OF MEASURE", "RESOURCE UOM"),
    natural_keys=(("number",),),
    born={Side.SALES: {"producttypecode": SERVICES, "productstructure": 1, "quantitydecimal": 2}},
    inactive=products.INACTIVE,
    also={Side.BC: ("blocked",), Side.SALES: products.READ},
    ensures=(products.DEFAULT_PRICE_LIST,),
    related=RELATED,
    watches=(products.VENDORS,),
    rules=products.RULES,
    brings=(
        Brings(mapping="UNIT GROUP", column="sourceId", of="id", sales="_defaultuomscheduleid_value"),
        Brings(
            mapping="RESOURCE UOM",
            column="resourceNumber",
            of="number",
            sales="_defaultuomid_value",
            same=(("code", "baseUnitOfMeasure"),),
        ),
    ),
    counted_in=(
        CountedIn("UNIT OF MEASURE", key="code", of="baseUnitOfMeasure"),
        CountedIn("UNIT GROUP", key="sourceId", of="id"),
        CountedIn("RESOURCE UOM", key="resourceNumber", of="number"),
    ),
    variants={Mode.UNIT_GROUPS: UNIT_GROUPS},
    names={Side.BC: ("number", "name"), Side.SALES: products.NAMES},
    fields=on(
        "resources",
        "products",
        *products.fields_of_all(
            needed(both("name", "name")),
            to_sales("capacity", "quantityonhand", Number()),
            both(
                "baseUnitOfMeasure",
                "defaultuomscheduleid",
                Lookup(mapping="UNIT OF MEASURE", target="uomschedules", nav="defaultuomscheduleid", codes="unitsOfMeasure"),
                once=Side.SALES,
            ),
            *product_units.unit_rows(
                "baseUnitOfMeasure",
                units="resourceUnitsOfMeasure",
                mapping="RESOURCE UOM",
                groups="resourceUnitGroups",
            ),
        ),
    ),
)
