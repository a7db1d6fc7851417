"""Items in BC; products and a price list in Sales."""

from __future__ import annotations

from sandbox.company.model import LOCAL_CURRENCY, VENDORS, Draft, Row, guid, mix
from sandbox.company.oddity import LOWER_CASE, Oddity, Values, oddities, settle
from sandbox.company.reference import ITEM_CATEGORIES, coded, sales_currency
from sandbox.company.words import COLOURS, GOODS, STYLES

MAPPING = "ITEM-PRODUCT"
PRICE_LIST = "Standardpreise Handel"
ITEM_UNITS = ("PCS", "PCS", "PCS", "SET", "PCS", "KG", "PALLET", "M")
SALES_INVENTORY = 1
WRITE_IN = "WRITE-IN"
"""The item of the sales setup that stands for products that nobody knows."""
FREIGHT = "8710"
"""The account of the sales setup on which freight is booked."""


def add_items(draft: Draft) -> None:
    """Items and products, with what is expected of them; a quarter of the items are products already."""
    draft.to_sales("pricelevels", {
        "pricelevelid": guid("pricelevels", PRICE_LIST), "name": PRICE_LIST, "statecode": 0, "statuscode": 100001,
        "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY),
    })  # fmt: skip
    for n in range(draft.size(400, least=10)):
        _regular(draft, n)
    for place, oddity in enumerate(oddities("items")):
        _odd(draft, oddity, place)
    _item_units(draft)

    draft.to_bc("salesReceivablesSetup", {
        "id": guid("salesReceivablesSetup", 0), "writeInProductType": "Item", "writeInProductNumber": WRITE_IN,
        "freightGLAccNumber": FREIGHT, "archiveOrders": True, "archiveQuotes": "Always",
    })  # fmt: skip


def _regular(draft: Draft, n: int) -> None:
    bits = mix(draft.seed, n, 30)
    good, style, colour = GOODS[bits % len(GOODS)], STYLES[(bits >> 5) % len(STYLES)], COLOURS[(bits >> 9) % len(COLOURS)]
    unit = ITEM_UNITS[(bits >> 13) % len(ITEM_UNITS)]
    item = _item(draft, f"{1000 + n}-{style[0]}", f"{style} {good}, {colour}", unit, bits)
    if n % 50 == 9:
        item["blocked"] = True
        draft.ledger.apart(MAPPING, "bc", item["id"], "out_of_filter")
    elif n % 4 == 0 and unit == "PCS":
        name = item["displayName"] if n % 8 else item["displayName"].upper()
        product = add_product(draft, item["number"], name, float(item["unitPrice"]) + n % 3)
        draft.ledger.pair(MAPPING, item["id"], product["productid"], {"displayName": item["displayName"]} if n % 8 == 0 else None)
    else:
        draft.ledger.created(MAPPING, "bc", item["id"])


def _item(draft: Draft, number: str, name: str, unit: str, bits: int) -> Row:
    category = ITEM_CATEGORIES[(bits >> 16) % len(ITEM_CATEGORIES)][0]
    price = 100 + (bits >> 4) % 90000
    unit_id = coded("unitsOfMeasure", unit)
    row = {
        "id": guid("items", number), "number": number, "displayName": name, "displayName2": "", "type": "Inventory",
        "itemCategoryId": coded("itemCategories", category), "itemCategoryCode": category, "blocked": False, "gtin": "",
        "inventory": (bits >> 20) % 300, "unitPrice": price / 100, "priceIncludesTax": False, "unitCost": price * 6 // 10 / 100,
        "baseUnitOfMeasureId": unit_id, "baseUnitOfMeasureCode": unit, "baseUnitOfMeasure": unit, "salesUnitOfMeasure": unit,
        "vendorNumber": f"V{1000 + bits % VENDORS}" if bits & 3 else "", "vendorItemNumber": f"L-{bits % 99999}" if bits & 1 else "",
        "grossWeight": (bits >> 6) % 4000 / 100, "netWeight": (bits >> 6) % 3500 / 100, "unitVolume": (bits >> 7) % 300 / 100,
        "itemDiscountGroup": "", "generalProductPostingGroupCode": "RETAIL", "inventoryPostingGroupCode": "RESALE",
        "vatProductPostingGroup": "NORMAL",
    }  # fmt: skip
    draft.to_bc("items", row)
    return row


def _item_units(draft: Draft) -> None:
    """The unit group of each item, its base unit, and for a third of what comes in pieces a box of 12."""
    for n, row in enumerate(draft.bc["items"]):
        unit_group(draft, "Item", row)
        base = row["baseUnitOfMeasure"]
        units = {base: 1} | ({"BOX": 12} if base == "PCS" and n % 3 == 0 else {})
        for code, quantity in units.items() if base else ():
            draft.to_bc("itemUnitsOfMeasure", {
                "id": guid("itemUnitsOfMeasure", f"{row['number']}/{code}"), "itemNumber": row["number"], "code": code,
                "quantityPerUnitOfMeasure": quantity, "quantityRoundingPrecision": 0, "weight": 0, "cubage": 0,
            })  # fmt: skip


def unit_group(draft: Draft, source: str, row: Row) -> None:
    """The unit group of an item or a resource."""
    key = f"{source}/{row['number']}"
    draft.to_bc("unitGroups", {"id": guid("unitGroups", key), "sourceType": source, "sourceId": row["id"], "sourceNumber": row["number"]})


def add_product(draft: Draft, number: str, name: str, price: float, *, sort: int = SALES_INVENTORY) -> Row:
    """An active product, counted in pieces."""
    row = {
        "productid": guid("products", number), "productnumber": number, "name": name, "price": price, "producttypecode": sort,
        "productstructure": 1, "quantitydecimal": 2, "statecode": 0, "statuscode": 1,
        "_defaultuomscheduleid_value": coded("uomschedules", "NAV PCS"), "_defaultuomid_value": coded("uoms", "NAV PCS/PCS"),
        "_transactioncurrencyid_value": sales_currency(LOCAL_CURRENCY), "_pricelevelid_value": None, "standardcost": None,
        "currentcost": None, "stockvolume": None, "stockweight": None, "vendorid": None, "vendorname": None, "vendorpartnumber": None,
        "quantityonhand": None,
    }  # fmt: skip
    return draft.to_sales("products", row)


def _odd(draft: Draft, oddity: Oddity, place: int) -> None:
    number = oddity.name.upper().replace("_", "-")[:20]
    name, bits = oddity.name.replace("_", " ").capitalize(), mix(draft.seed, place, 31)
    bc = [_odd_item(_item(draft, number, name, "PCS", bits), values)["id"] for values in oddity.bc]
    sales = [_odd_product(add_product(draft, number, name, 49.5), values)["productid"] for values in oddity.sales]
    settle(draft, MAPPING, oddity, bc, sales)


def _odd_item(row: Row, values: Values) -> Row:
    row.update({name: value for name, value in values.items() if name != "unit"})
    if (unit := values.get("unit")) is not None:
        row.update(
            baseUnitOfMeasureId=coded("unitsOfMeasure", unit), baseUnitOfMeasureCode=unit, baseUnitOfMeasure=unit, salesUnitOfMeasure=unit
        )
    return row


def _odd_product(row: Row, values: Values) -> Row:
    number = row["productnumber"]
    row.update({name: value for name, value in values.items() if name not in {"unit", "unitGroup"}})
    if values.get("productnumber") == LOWER_CASE:
        row["productnumber"] = number.lower()
    if group := values.get("unitGroup"):
        row.update(_defaultuomscheduleid_value=guid("uomschedules", group), _defaultuomid_value=guid("uoms", f"{group}/{values['unit']}"))
    return row
