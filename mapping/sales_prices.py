"""SALESPRC-PRODPRICE: prices of customer price groups and the prices of products in price lists of Sales (rule E3).

They stand in table 7002 where it still exists, else in the price list lines that are assigned to a group.
"""

from __future__ import annotations

from typing import Any

from mapping.field import Direction
from mapping.fields import on, to_sales
from mapping.filters import equals, filled
from mapping.lookups import Lookup
from mapping.model import Table, TableMapping, Unit
from mapping.policies import Mode
from mapping.prices import (
    A_COPY,
    ASSETS,
    HEAD,
    HEADS,
    IN_CURRENCY,
    LINE_COLUMNS,
    OF_A_GROUP,
    OF_ITS_LIST,
    PRICE_COLUMNS,
    PRICES,
    QUALIFYING,
    QUALIFYING_LINES,
    CoupledList,
    dated,
    only_price,
    price_fields,
    related_products,
)
from mapping.values import Side

OLD, LINES = Table(name="salesPrices"), Table(name="priceListLines")
GROUPS = Lookup(mapping="CUSTPRCGRP-PRICE", target="pricelevels", nav="pricelevelid", codes="customerPriceGroups")
ITEMS = Lookup(mapping="ITEM-PRODUCT", target="products", nav="productid", codes="items", many=True)
OTHER_LISTS = (CoupledList("CUSTPRCGRP-PRICE"),)


def _prices(table: Table, group: Unit, product: Unit) -> dict[str, Any]:
    """The fields, keys and rules of prices that stand in one of the two tables."""
    [currency] = on(table.name, PRICES.name, to_sales("currencyCode", "transactioncurrencyid", IN_CURRENCY))
    return {
        "bc": table,
        "fields": on(table.name, PRICES.name, *price_fields(group, product, currency)),
        "only_compared": (currency,),
        "natural_keys": ((product.name, group.name, "unitOfMeasureCode"),),
        "rules": (only_price,),
        "related": related_products(product.name, group.name),
        "watches": (dated(table),),
    }


IN_TABLE_7002 = _prices(OLD, to_sales("salesCode", "pricelevelid", GROUPS, once=Side.SALES), to_sales("itemNumber", "productid", ITEMS))
IN_LINES = _prices(
    LINES,
    to_sales("sourceNumber", "pricelevelid", GROUPS, name="salesCode", once=Side.SALES),
    to_sales("assetID", "productid", ASSETS, name="itemNumber"),
)
FROM_LINES: dict[str, Any] = {
    **IN_LINES,
    "keep": {
        Side.BC: (
            equals("sourceType", OF_A_GROUP),
            filled("sourceNumber"),
            *QUALIFYING_LINES,
            OF_ITS_LIST,
        ),
        Side.SALES: OTHER_LISTS,
    },
    "related": (HEAD, *IN_LINES["related"]),
    "watches": (HEADS, *IN_LINES["watches"]),
    "also": {Side.BC: ("sourceType", "priceListCode", "lineNumber", "assetNumber", *LINE_COLUMNS)},
    "names": {Side.BC: ("sourceNumber", "priceListCode", "lineNumber", "assetNumber"), Side.SALES: ("productnumber",)},
}

SALESPRC_PRODPRICE = TableMapping(
    name="SALESPRC-PRODPRICE",
    only_in=Mode.PRICE_GROUPS,
    sales=PRICES,
    direction=Direction.TO_SALES,
    keep={Side.BC: (equals("salesType", OF_A_GROUP), filled("salesCode"), *QUALIFYING), Side.SALES: OTHER_LISTS},
    needs=("CUSTPRCGRP-PRICE", "ITEM-PRODUCT"),
    also={Side.BC: ("salesType", *PRICE_COLUMNS)},
    names={Side.BC: ("salesCode", "itemNumber"), Side.SALES: ("productnumber",)},
    unserved={"salesPrices": FROM_LINES},
    **IN_TABLE_7002,
    **A_COPY,
)
