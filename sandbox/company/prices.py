"""Customer price groups and price lists in BC: lines that qualify for Sales, and lines that do not."""

from __future__ import annotations

from sandbox.company.model import Draft, Row, guid, mix

VALID: Row = {"startingDate": "2024-01-01", "endingDate": "0001-01-01"}
GROUPS = (("RETAIL", "Retail customers"), ("DEALER", "Dealers"))
LISTS: tuple[tuple[str, Row], ...] = (
    ("S00001", {"description": "All customers", "sourceType": "All_x0020_Customers", "sourceNumber": "", "status": "Active"}),
    ("S00002", {"description": "Retail", "sourceType": "Customer_x0020_Price_x0020_Group", "sourceNumber": "RETAIL", "status": "Active"}),
    ("S00003", {"description": "Dealers", "sourceType": "Customer_x0020_Price_x0020_Group", "sourceNumber": "DEALER", "status": "Active"}),
    ("S00004", {"description": "Next year's prices", "sourceType": "All_x0020_Customers", "sourceNumber": "", "status": "Draft"}),
)
ODD_LINES: tuple[Row, ...] = (
    # every twentieth line is one of these, which do not qualify
    {"startingDate": "2019-01-01", "endingDate": "2019-12-31"},
    {"startingDate": "2099-01-01"},
    {"minimumQuantity": 10},
    {"amountType": "Discount", "unitPrice": 0, "lineDiscountPercent": 15},
    {"status": "Draft"},
)


def add_prices(draft: Draft) -> None:
    """Groups, lists and about two lines an item."""
    for code, name in GROUPS:
        row = {"id": guid("customerPriceGroups", code), "code": code, "description": name, "priceIncludesVAT": False}
        draft.to_bc(
            "customerPriceGroups", row | {"allowInvoiceDiscount": True, "allowLineDiscount": True, "vATBusinessPostingGroupPrice": ""}
        )
    for code, values in LISTS:
        row = {"id": guid("priceListHeaders", code), "code": code, "sourceGroup": "Customer", "priceType": "Sale", "amountType": "Any"}
        row |= {"currencyCode": "", **VALID, "priceIncludesVAT": False, "allowUpdatingDefaults": False}
        draft.to_bc("priceListHeaders", row | values)
    lines = dict.fromkeys((code for code, _ in LISTS), 0)
    for place, item in enumerate(draft.bc["items"]):
        for code, header in LISTS:
            if mix(draft.seed, place, 40 + int(code[-1])) % 2:
                lines[code] += 1
                draft.to_bc("priceListLines", _line(code, header, lines[code], item))


def _line(code: str, header: Row, place: int, item: Row) -> Row:
    odd = ODD_LINES[place // 20 % len(ODD_LINES)] if place % 20 == 19 else {}
    percent = 100 - 5 * int(code[-1])
    return {
        "id": guid("priceListLines", f"{code}/{place}"), "priceListCode": code, "lineNumber": place * 10000,
        "sourceType": header["sourceType"], "sourceNumber": header["sourceNumber"], "assetType": "Item", "assetNumber": item["number"],
        "assetID": item["id"], "variantCode": "", "currencyCode": "", **VALID, "minimumQuantity": 0,
        "unitOfMeasureCode": item["baseUnitOfMeasure"], "amountType": "Price", "lineDiscountPercent": 0,
        "unitPrice": round(max(0, item["unitPrice"]) * percent / 100, 2), "priceType": "Sale", "status": header["status"],
        "description": item["displayName"],
    } | odd  # fmt: skip
