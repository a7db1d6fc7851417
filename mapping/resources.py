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
from mapping.values import Side

SERVICES = 3
"""product.producttypecode: Services."""

RELATED = (products.SALES_SETUP, products.PRICE_LINES, products.VENDOR, products.unit_of_group("baseUnitOfMeasure"))
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
    born={Side.SALES: products.born(SERVICES)},
    inactive=products.INACTIVE,
    also={Side.BC: ("blocked",), Side.SALES: products.READ},
    ensures=(products.DEFAULT_PRICE_LIST,),
    related=RELATED,
    watches=(products.VENDORS,),
    rules=products.RULES,
    brings=product_units.brought("RESOURCE UOM", "resourceNumber", "baseUnitOfMeasure"),
    counted_in=(
        CountedIn("UNIT OF MEASURE", key="code", of="baseUnitOfMeasure"),
        *product_units.counted_in("RESOURCE UOM", "resourceNumber"),
    ),
    variants=products.in_groups(RELATED, product_units.related("baseUnitOfMeasure", "RESOURCE UOM")),
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
