"""Price lists, price groups and prices of a story."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine
from tests.scenario.world import Record, Row, in_bc, in_sales, item, sales_currency

OPEN: Row = {"startingDate": "2024-01-01", "endingDate": "0001-01-01"}
LISTS = ("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT", "PLHEADER-PRICE", "PLLINE-PRODPRICE")
GROUPS = ("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT", "CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE")
TO_GROUP = "Customer_x0020_Price_x0020_Group"


def price_list(code: str, **values: Any) -> Record:
    """An active list of sales prices for all customers, in local currency, without end."""
    row = {
        "code": code, "description": f"List {code}", "sourceGroup": "Customer", "sourceType": "All_x0020_Customers", "sourceNumber": "",
        "priceType": "Sale", "amountType": "Price", "currencyCode": "", "priceIncludesVAT": False, "status": "Active",
        "allowUpdatingDefaults": False, **OPEN,
    }  # fmt: skip
    return in_bc("priceListHeaders", code, **{**row, **values})


def line(code: str, number: int, of: Record, price: float = 9.5, **values: Any) -> Record:
    """An active line of a list: a price of an item or resource in its base unit."""
    sort = {"items": "Item", "resources": "Resource"}[of.table]
    row = {
        "priceListCode": code, "lineNumber": number, "sourceType": "All_x0020_Customers", "sourceNumber": "", "assetType": sort,
        "assetNumber": of.values["number"], "assetID": of.id, "variantCode": "", "currencyCode": "", "minimumQuantity": 0,
        "unitOfMeasureCode": "", "amountType": "Price", "unitPrice": price, "lineDiscountPercent": 0, "priceType": "Sale",
        "status": "Active", "description": "", **OPEN,
    }  # fmt: skip
    return in_bc("priceListLines", f"{code}/{number}", **{**row, **values})


def price_group(code: str) -> Record:
    """A customer price group."""
    row = {"description": f"Group {code}", "priceIncludesVAT": False, "allowInvoiceDiscount": True, "allowLineDiscount": True}
    return in_bc("customerPriceGroups", code, code=code, vATBusinessPostingGroupPrice="", **row)


def group_price(code: str, of: Record, price: float = 9.5, **values: Any) -> Record:
    """A price of table 7002: an item's for a group, in its base unit."""
    row = {
        "itemNumber": of.values["number"], "salesType": TO_GROUP, "salesCode": code, "currencyCode": "", "variantCode": "",
        "unitOfMeasureCode": "", "minimumQuantity": 0, "unitPrice": price, "priceIncludesVAT": False, "allowInvoiceDiscount": True,
        "allowLineDiscount": True, "vatBusinessPostingGroupPrice": "", **OPEN,
    }  # fmt: skip
    key = "/".join(str(each) for each in (code, of.id, *values.values()))
    return in_bc("salesPrices", key, **{**row, **values})


def sales_list(name: str, **values: Any) -> Record:
    """An active price list of Sales, in euros."""
    row = {"name": name, "statecode": 0, "statuscode": 100001, "_transactioncurrencyid_value": sales_currency("EUR")}
    return in_sales("pricelevels", name, **{**row, **values})


async def prices_of(engine: Engine, name: str) -> dict[str, float]:
    """The prices of one price list of Sales, by product number."""
    [head] = await engine.sales.rows("pricelevels", name=name)
    rows = await engine.sales.rows("productpricelevels", _pricelevelid_value=head["pricelevelid"])
    return {row["productnumber"]: row["amount"] for row in rows}


async def list_of(engine: Engine, name: str) -> Row:
    """A price list of Sales."""
    [head] = await engine.sales.rows("pricelevels", name=name)
    return head


def two_items() -> tuple[Record, Record]:
    return item("I1", unitPrice=10), item("I2", unitPrice=20)
