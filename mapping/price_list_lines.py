"""PLLINE-PRODPRICE: lines of price lists and the prices of products in price lists of Sales (rule E3)."""

from __future__ import annotations

from mapping.field import Direction
from mapping.fields import on, to_sales
from mapping.lookups import Lookup
from mapping.model import Table, TableMapping
from mapping.policies import Mode
from mapping.prices import (
    A_COPY,
    ASSETS,
    HEAD,
    HEADS,
    IN_CURRENCY,
    LINE_COLUMNS,
    OF_ITS_LIST,
    PRICES,
    QUALIFYING_LINES,
    CoupledList,
    dated,
    only_price,
    price_fields,
    related_products,
)
from mapping.values import Side

LINES = Table(name="priceListLines")
LIST = to_sales(
    "priceListCode",
    "pricelevelid",
    Lookup(mapping="PLHEADER-PRICE", target="pricelevels", nav="pricelevelid", codes="priceListHeaders"),
    once=Side.SALES,
)
PRODUCT = to_sales("assetID", "productid", ASSETS)
[CURRENCY] = on(LINES.name, PRICES.name, to_sales("currencyCode", "transactioncurrencyid", IN_CURRENCY))
FIELDS = on(LINES.name, PRICES.name, *price_fields(LIST, PRODUCT, CURRENCY))

PLLINE_PRODPRICE = TableMapping(
    name="PLLINE-PRODPRICE",
    only_in=Mode.PRICE_LISTS,
    bc=LINES,
    sales=PRICES,
    direction=Direction.TO_SALES,
    keep={
        Side.BC: (*QUALIFYING_LINES, OF_ITS_LIST),
        Side.SALES: (CoupledList("PLHEADER-PRICE"),),
    },
    needs=("PLHEADER-PRICE", "ITEM-PRODUCT"),
    natural_keys=(("assetID", "priceListCode", "unitOfMeasureCode"),),
    related=(
        HEAD,
        *related_products("assetID", "priceListCode"),
    ),
    watches=(
        HEADS,
        dated(LINES),
    ),
    rules=(only_price,),
    also={Side.BC: ("lineNumber", "assetNumber", *LINE_COLUMNS)},
    names={Side.BC: ("priceListCode", "lineNumber", "assetNumber"), Side.SALES: ("productnumber",)},
    only_compared=(CURRENCY,),
    fields=FIELDS,
    **A_COPY,
)
