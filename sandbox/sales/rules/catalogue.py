"""Products, price lists and price list items."""

from __future__ import annotations

from sandbox.sales.errors import Refused
from sandbox.sales.money import CURRENCY
from sandbox.sales.rules.write import Write

PERCENTAGE_LIMIT = 100_000
BY_AMOUNT = 1
RETIRED = 1
MOST_DECIMALS = 5
DEFAULT_OF = (("product", "_pricelevelid_value"), ("account", "_defaultpricelevelid_value"), ("contact", "_defaultpricelevelid_value"))


def product(write: Write) -> None:
    row = write.row
    if row.get("productnumber") is None:
        raise Refused("0x80043b05", "The product number cannot be null.")
    if write.creating and write.db.organization.get("createproductswithoutparentinactivestate") is True:
        row["statecode"], row["statuscode"] = 0, 1
    if row.get("_defaultuomscheduleid_value") is None:
        raise Refused("0x80043b13", "The default unit group of a product is missing.")
    if row.get("_defaultuomid_value") is None:
        raise Refused("0x80043b0d", "The default unit of a product is missing.")
    unit = write.target("uom", "defaultuomid")
    if unit is not None and unit["_uomscheduleid_value"] != row["_defaultuomscheduleid_value"]:
        raise Refused("0x80043b14", "The default unit is not of the product's unit group.")
    decimals = row.get("quantitydecimal")
    if decimals is None:
        row["quantitydecimal"] = 2
    if not 0 <= row["quantitydecimal"] <= MOST_DECIMALS:
        raise Refused("0x80043b07", "The decimals of the quantity must lie between 0 and 5.")
    if write.old is not None:
        _changed_product(write)


def _changed_product(write: Write) -> None:
    if write.changed("_defaultuomscheduleid_value"):
        raise Refused("0x80043b14", "The unit group of a product cannot be changed.")
    if write.changed(CURRENCY):
        store = write.db.store("productpricelevel")
        for item in store.with_value("_productid_value", write.row_id):
            if store.rows[item].get("pricingmethodcode") != BY_AMOUNT:
                raise Refused("0x80048cfa", "The currency of a product cannot be changed while it has percentage prices.")


def price_list(write: Write) -> None:
    if write.row.get("name") is None:
        raise Refused("0x80043b0e", "The name of a price list is missing.")
    if write.row["statecode"] == 0 or (write.old is not None and write.old["statecode"] == write.row["statecode"]):
        return
    for table, key in DEFAULT_OF:
        if write.db.rows(table) and write.db.store(table).with_value(key, write.row_id):
            raise Refused("0x80043b04", "A price list that is the default of a record cannot be deactivated.")


def price_currency(write: Write) -> None:
    if write.row.get(CURRENCY) is None:
        write.row[CURRENCY] = write.db.organization["_basecurrencyid_value"]
    items = write.db.store("productpricelevel")
    if write.old is not None and write.changed(CURRENCY) and items.with_value("_pricelevelid_value", write.row_id):
        raise Refused("0x80048cea", "The currency of a price list with items cannot be changed.")


def price_item(write: Write) -> None:
    row = write.row
    item_product, price_level = write.target("product", "productid"), write.target("pricelevel", "pricelevelid")
    unit = write.target("uom", "uomid")
    if row.get("_productid_value") is None:
        raise Refused("0x80043b11", "The product is missing.")
    if row.get("_uomid_value") is None:
        raise Refused("0x80043b0d", "The unit is missing.")
    if row.get("_pricelevelid_value") is None or price_level is None:
        raise Refused("0x80043b12", "The price list is missing.")
    if item_product is not None:
        if item_product["statecode"] == RETIRED:
            raise Refused("0x80061009", "A retired product cannot be added to a price list.")
        if unit is not None and unit["_uomscheduleid_value"] != item_product.get("_defaultuomscheduleid_value"):
            raise Refused("0x80043b14", "The unit is not of the product's unit group.")
        row["_uomscheduleid_value"] = item_product.get("_defaultuomscheduleid_value")
        row["productnumber"] = item_product["productnumber"]
    _pricing(write)
    if write.changed(CURRENCY) and row[CURRENCY] is not None and row[CURRENCY] != price_level.get(CURRENCY):
        raise Refused("0x80048cea", "The currency of a price list item must be that of its price list.")
    row[CURRENCY] = price_level.get(CURRENCY)
    write.changes.setdefault(CURRENCY, row[CURRENCY])


def _pricing(write: Write) -> None:
    row = write.row
    if row.get("pricingmethodcode") == BY_AMOUNT:
        if row.get("amount") is None:
            raise Refused("0x80043b10", "The amount of a price list item is missing.")
    elif not 0 <= row.get("percentage", -1) < PERCENTAGE_LIMIT:
        raise Refused("0x80043b0c", "The percentage must be at least 0 and below 100,000.")


BEFORE = {"product": (product,), "pricelevel": (price_list, price_currency), "productpricelevel": (price_item,)}
