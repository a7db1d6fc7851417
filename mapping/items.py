"""ITEM-PRODUCT: items of BC and products of Sales of type Sales Inventory (rule E2)."""

from __future__ import annotations

from mapping import product_units, products
from mapping.beside import Watch
from mapping.counted import CountedIn
from mapping.field import Direction
from mapping.fields import both, needed, on, to_sales
from mapping.filters import equals
from mapping.kinds import Exact, Number
from mapping.lookups import Lookup
from mapping.model import Table, TableMapping
from mapping.ours import Page
from mapping.stock import Stock
from mapping.templates import Supplies
from mapping.values import Side

SALES_INVENTORY = 1
"""product.producttypecode: Sales Inventory."""

GROUPS = ("inventoryPostingGroupCode", "generalProductPostingGroupCode", "vatProductPostingGroup")
"""Posting groups without which no line of an item is posted."""

TEMPLATES = Supplies(
    table="itemTemplates",
    page="Item Templates",
    gives={name: name for name in (*GROUPS, "numberSeries", "itemCategoryCode")},
    needs=GROUPS,
    only={"type": "Inventory"},
)
"""What BC's templates give a new item; its base unit is that of its product, which always has one (rule E8)."""

RELATED = (products.SALES_SETUP, products.PRICE_LINES, products.VENDOR, products.unit_of_group("baseUnitOfMeasureId"))
ITEM_PRODUCT = TableMapping(
    name="ITEM-PRODUCT",
    bc=Table(name="items"),
    sales=products.PRODUCTS,
    page=Page(30),
    direction=Direction.BOTH,
    keep=products.inside(SALES_INVENTORY),
    types={Side.SALES: [equals("producttypecode", SALES_INVENTORY)]},
    never={Side.BC: [products.NotWriteIn("Item")]},
    resting=products.RESTING,
    needs=("UNIT OF MEASURE", "ITEM UOM"),
    natural_keys=(("number",),),
    born={
        Side.SALES: products.born(SALES_INVENTORY),
        Side.BC: {"type": "Inventory"},
    },
    supplies=TEMPLATES,
    inactive=products.INACTIVE,
    also={Side.BC: ("blocked", "baseUnitOfMeasureCode"), Side.SALES: products.READ},
    ensures=(products.DEFAULT_PRICE_LIST,),
    related=RELATED,
    watches=(Watch(table="itemLedgerEntries", column="itemNumber", key="number"), products.VENDORS),
    rules=products.RULES,
    brings=product_units.brought("ITEM UOM", "itemNumber", "baseUnitOfMeasureCode"),
    counted_in=(CountedIn("UNIT OF MEASURE", key="id", of="baseUnitOfMeasureId"), *product_units.counted_in("ITEM UOM", "itemNumber")),
    variants=products.in_groups(RELATED, product_units.related("baseUnitOfMeasureCode", "ITEM UOM")),
    stock=Stock(number="number", name="displayName", quantity="inventory", unit="baseUnitOfMeasureCode", shown="quantityonhand"),
    names={Side.BC: ("number", "displayName"), Side.SALES: products.NAMES},
    fields=on(
        "items",
        "products",
        *products.fields_of_all(
            needed(both("displayName", "name")),
            to_sales("unitVolume", "stockvolume", Number()),
            to_sales("grossWeight", "stockweight", Number()),
            to_sales("vendorItemNumber", "vendorpartnumber", Exact()),
            to_sales("inventory", "quantityonhand", Number()),
            both(
                "baseUnitOfMeasureId",
                "defaultuomscheduleid",
                Lookup(mapping="UNIT OF MEASURE", target="uomschedules", nav="defaultuomscheduleid"),
                once=Side.SALES,
            ),
            *product_units.unit_rows(
                "baseUnitOfMeasureCode",
                units="itemUnitsOfMeasure",
                mapping="ITEM UOM",
                groups="itemUnitGroups",
            ),
        ),
    ),
)
