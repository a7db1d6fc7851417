"""Customer price groups and price lists in BC: lists and lines that qualify for Sales, and some that do not."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.company.model import LOCAL_CURRENCY, Draft, Row, guid, mix
from sandbox.company.reference import sales_currency

LISTS_MAPPING, LINES_MAPPING = "PLHEADER-PRICE", "PLLINE-PRODPRICE"
VALID: Row = {"startingDate": "2024-01-01", "endingDate": "0001-01-01"}
OF_A_GROUP = "Customer_x0020_Price_x0020_Group"
GROUPS = (("RETAIL", "Retail customers"), ("DEALER", "Dealers"))
EVERY = 12
"""Every so many items have prices: a few dozen lines are enough to look at."""


@dataclass(frozen=True)
class PriceList:
    """One list: what differs from an active one for all customers, and what becomes of it in Sales."""

    code: str
    description: str
    values: Row = field(default_factory=dict)
    kept_out: bool = False
    there: bool = False


LISTS = (
    PriceList("S00001", "All customers"),
    PriceList("S00002", "Retail", {"sourceType": OF_A_GROUP, "sourceNumber": "RETAIL"}),
    PriceList("S00003", "Dealers", {"sourceType": OF_A_GROUP, "sourceNumber": "DEALER"}, there=True),
    PriceList("S00004", "Next year's prices", {"status": "Draft"}),
    PriceList("S00005", "Export", {"currencyCode": "USD"}),
    PriceList("S00006", "Prices and discounts", {"amountType": "Any"}, kept_out=True),
    PriceList("S00007", "With currencies of their own", {"allowUpdatingDefaults": True}, kept_out=True),
)
ODD_LINES: tuple[Row, ...] = (
    # every third line of the first list is one of these, which do not qualify
    {"startingDate": "2019-01-01", "endingDate": "2019-12-31"},
    {"startingDate": "2099-01-01"},
    {"minimumQuantity": 10},
    {"amountType": "Discount", "unitPrice": 0, "lineDiscountPercent": 15},
    {"status": "Draft"},
    {"variantCode": "RED"},
)
ODD_PRICES: tuple[Row, ...] = ({"minimumQuantity": 10}, {"endingDate": "2024-06-30"}, {"salesType": "Customer"}, {"variantCode": "RED"})


def add_prices(draft: Draft) -> None:
    """Groups, lists and a few lines each, with what is expected of the lists and lines."""
    for code, name in GROUPS:
        row = {"id": guid("customerPriceGroups", code), "code": code, "description": name, "priceIncludesVAT": False}
        draft.to_bc(
            "customerPriceGroups", row | {"allowInvoiceDiscount": True, "allowLineDiscount": True, "vATBusinessPostingGroupPrice": ""}
        )
        _add_group_prices(draft, code)
    outlook = draft.ledger.of("ITEM-PRODUCT")
    coupled = {pair["bcId"] for pair in outlook.pairs} | {*outlook.created_in_sales}
    for each in LISTS:
        head = _head(draft, each)
        for place, item in enumerate(_priced(draft), 1):
            _add_line(draft, each, head, place, item, coupled=item["id"] in coupled)


def _priced(draft: Draft) -> list[Row]:
    return [item for place, item in enumerate(draft.bc["items"]) if mix(draft.seed, place, 40) % EVERY == 0 or place == 0]


def _add_group_prices(draft: Draft, code: str) -> None:
    """Prices of table 7002, which counts where customer price groups are used; every third one does not qualify."""
    for place, item in enumerate(_priced(draft)):
        odd = ODD_PRICES[place // 3 % len(ODD_PRICES)] if place % 3 == 2 else {}
        row = {
            "id": guid("salesPrices", f"{code}/{place}"), "itemNumber": item["number"], "salesType": OF_A_GROUP, "salesCode": code,
            "currencyCode": "", "variantCode": "", "unitOfMeasureCode": item["baseUnitOfMeasure"] if place % 2 else "",
            "minimumQuantity": 0, "unitPrice": round(max(0, item["unitPrice"]) * 0.9, 2), "priceIncludesVAT": False,
            "allowInvoiceDiscount": True, "allowLineDiscount": True, "vatBusinessPostingGroupPrice": "", **VALID,
        }  # fmt: skip
        draft.to_bc("salesPrices", row | odd)


def _head(draft: Draft, each: PriceList) -> Row:
    row = {
        "id": guid("priceListHeaders", each.code), "code": each.code, "description": each.description, "sourceGroup": "Customer",
        "sourceType": "All_x0020_Customers", "sourceNumber": "", "priceType": "Sale", "amountType": "Price", "currencyCode": "", **VALID,
        "priceIncludesVAT": False, "allowUpdatingDefaults": False, "status": "Active", **each.values,
    }  # fmt: skip
    if each.kept_out:
        draft.ledger.apart(LISTS_MAPPING, "bc", row["id"], "out_of_filter")
    elif each.there:
        there = {
            "pricelevelid": guid("pricelevels", each.code), "name": each.code, "statecode": 0, "statuscode": 100001,
            "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY),
        }  # fmt: skip
        draft.ledger.pair(LISTS_MAPPING, row["id"], draft.to_sales("pricelevels", there)["pricelevelid"])
    else:
        draft.ledger.created(LISTS_MAPPING, "bc", row["id"])
    return draft.to_bc("priceListHeaders", row)


def _add_line(draft: Draft, each: PriceList, head: Row, place: int, item: Row, *, coupled: bool) -> None:
    odd = ODD_LINES[place // 3 % len(ODD_LINES)] if each is LISTS[0] and place % 3 == 0 else {}
    row = draft.to_bc("priceListLines", _line(each, head, place, item) | odd)
    if each.kept_out or odd or head["status"] != "Active":
        draft.ledger.apart(LINES_MAPPING, "bc", row["id"], "out_of_filter")
    elif coupled:
        draft.ledger.created(LINES_MAPPING, "bc", row["id"])
    else:
        draft.ledger.held(LINES_MAPPING, "bc", row["id"], "waiting_for_parent", field="assetID")


def _line(each: PriceList, head: Row, place: int, item: Row) -> Row:
    percent = 100 - 5 * int(each.code[-1])
    return {
        "id": guid("priceListLines", f"{each.code}/{place}"), "priceListCode": each.code, "lineNumber": place * 10000,
        "sourceType": head["sourceType"], "sourceNumber": head["sourceNumber"], "assetType": "Item", "assetNumber": item["number"],
        "assetID": item["id"], "variantCode": "", "currencyCode": head["currencyCode"], **VALID, "minimumQuantity": 0,
        "unitOfMeasureCode": item["baseUnitOfMeasure"] if place % 2 else "", "amountType": "Price", "lineDiscountPercent": 0,
        "unitPrice": round(max(0, item["unitPrice"]) * percent / 100, 2), "priceType": "Sale", "status": head["status"],
        "description": item["displayName"],
    }  # fmt: skip
