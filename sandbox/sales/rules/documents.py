"""Opportunities, quotes, orders and invoices with their lines: numbers, currency, prices and totals."""

from __future__ import annotations

import secrets
import string

from sandbox.sales import states
from sandbox.sales.errors import Refused
from sandbox.sales.money import CURRENCY
from sandbox.sales.rules.write import Write
from sandbox.sales.store import Row

SUFFIX = string.ascii_uppercase + string.digits
NUMBERED = {
    "quote": ("quotenumber", "quoteprefix", "currentquotenumber"),
    "salesorder": ("ordernumber", "orderprefix", "currentordernumber"),
    "invoice": ("invoicenumber", "invoiceprefix", "currentinvoicenumber"),
}
INPUTS = ("discountamount", "discountpercentage", "freightamount", "isrevenuesystemcalculated")


def number(write: Write) -> None:
    """A number of the organisation's series unless one is given: `ORD-01000-K3X9QT`."""
    column, prefix, counter = NUMBERED[write.table.name]
    if write.row.get(column) is not None or not write.creating:
        return
    organization = write.db.organization
    suffix = "".join(secrets.choice(SUFFIX) for _ in range(organization["uniquespecifierlength"]))
    write.row[column] = f"{organization[prefix]}-{organization[counter]:05d}-{suffix}"
    organization[counter] += 1


def revision(write: Write) -> None:
    if write.creating:
        write.row.setdefault("revisionnumber", 0)


def header(write: Write) -> None:
    """Customer columns, and one currency for document and price list."""
    row = write.row
    customer = row.get("_customerid_value")
    accounts = write.db.rows("account")
    if "_customerid_value" in write.changes and "accountid" in write.table.columns:
        row["_accountid_value"] = customer if customer in accounts else None
        row["_contactid_value"] = None if customer in accounts else customer
    price_level = write.target("pricelevel", "pricelevelid")
    if write.creating and row.get(CURRENCY) is None:
        row[CURRENCY] = (price_level or {}).get(CURRENCY) or write.db.organization["_basecurrencyid_value"]
        write.changes[CURRENCY] = row[CURRENCY]
    if price_level is not None and price_level.get(CURRENCY) != row.get(CURRENCY):
        raise Refused("0x80048cf6", "The currency of the record differs from the currency of its price list.")
    opportunity = write.target("opportunity", "opportunityid") if write.table.name != "opportunity" else None
    if opportunity is not None and opportunity.get(CURRENCY) != row.get(CURRENCY):
        raise Refused("0x80048cef", "The currency of the record differs from the currency of its opportunity.")


def line(write: Write) -> None:
    """Check a line and work out its amounts."""
    row = write.row
    states.check_parent(write.db, write.table, row, write.rows.switches)
    parent_table, parent_column = states.LINE_OF[write.table.name]
    head = write.target(parent_table, parent_column)
    if head is None:
        raise Refused("0x80043b15", f"The {parent_table} of the line is missing.")
    row[CURRENCY] = write.changes[CURRENCY] = head.get(CURRENCY)
    for mine, theirs in (("statecode", "statecode"), ("ispricelocked", "ispricelocked")):
        if f"{parent_table}{mine}" in write.table.columns:
            row[f"{parent_table}{mine}"] = head.get(theirs)
    (_write_in if row.get("isproductoverridden") is True else _catalogue)(write, head)
    _sequence(write)
    _amounts(row)


def _sequence(write: Write) -> None:
    """A new line goes behind the last one unless it says where it stands; the switch `numberLines` leaves it without a place."""
    row, (_, column) = write.row, states.LINE_OF[write.table.name]
    if write.creating and row.get("sequencenumber") is None and write.rows.switches.get("numberLines", True):
        store = write.db.store(write.table.name)
        taken = [store.rows[row_id].get("sequencenumber") or 0 for row_id in store.with_value(f"_{column}_value", row[f"_{column}_value"])]
        row["sequencenumber"] = max(taken, default=0) + 1


def _write_in(write: Write, head: Row) -> None:
    row = write.row
    if row.get("_productid_value") is not None:
        raise Refused("0x80043afb", "A line takes a product of the catalogue or a description of its own, not both.")
    if row.get("_uomid_value") is not None:
        raise Refused("0x80043afa", "A line with a description of its own must not carry a unit.")
    _need_quantity(row)
    row[write.table.primary_name] = row.get("productdescription")


def _catalogue(write: Write, head: Row) -> None:
    row = write.row
    if write.creating and write.changes.get("productdescription") and row.get("_productid_value") is not None:
        raise Refused("0x80043afb", "A line takes a product of the catalogue or a description of its own, not both.")
    product = write.target("product", "productid")
    if product is None:
        raise Refused("0x80043b11", "The product is missing.")
    if row.get("_uomid_value") is None:
        raise Refused("0x80043b0d", "The unit is missing.")
    _need_quantity(row)
    if head.get("_pricelevelid_value") is None:
        raise Refused("0x80043b12", "The price list is missing on the document.")
    if product["statecode"] != 0 and (write.creating or write.changed("_productid_value")):
        raise Refused("0x8004f908", "Only active products can be added.")
    unit = write.target("uom", "uomid")
    if unit is not None and unit["_uomscheduleid_value"] != product.get("_defaultuomscheduleid_value"):
        raise Refused("0x80043b14", "The unit is not of the product's unit group.")
    row[write.table.primary_name] = product["name"]
    if "productnumber" in write.table.columns:
        row["productnumber"] = product["productnumber"]
    if row.get("ispriceoverridden") is not True or row.get("priceperunit") is None:
        row["priceperunit"] = _list_price(write, head, product)


def _need_quantity(row: Row) -> None:
    if row.get("quantity") is None:
        raise Refused("0x80081012", "The quantity is missing.")


def _list_price(write: Write, head: Row, product: Row) -> float:
    items = write.db.store("productpricelevel")
    for item_id in items.with_value("_productid_value", product["productid"]):
        item = items.rows[item_id]
        if (item["_pricelevelid_value"], item["_uomid_value"]) == (head["_pricelevelid_value"], write.row["_uomid_value"]):
            return float(item.get("amount") or 0)
    return float(product.get("price") or 0)


def _amounts(row: Row) -> None:
    quantity, price = row.get("quantity") or 0, row.get("priceperunit") or 0
    row["baseamount"] = round(quantity * price, 4)
    volume = (row.get("volumediscountamount") or 0) * quantity
    extended = row["baseamount"] - volume - (row.get("manualdiscountamount") or 0) + (row.get("tax") or 0)
    row["extendedamount"] = round(extended, 4)


def line_written(write: Write) -> None:
    parent_table, parent_column = states.LINE_OF[write.table.name]
    recalculate(write, parent_table, write.row[f"_{parent_column}_value"])


def header_written(write: Write) -> None:
    """A new or newly discounted header has new totals."""
    if write.creating or any(write.changed(name) for name in INPUTS):
        recalculate(write, write.table.name, write.row_id)


def recalculate(write: Write, header_name: str, header_id: str) -> None:
    """Totals of a header from its lines, unless the organisation switched the calculation off."""
    db = write.db
    head = db.rows(header_name).get(header_id)
    if head is None or db.organization.get("oobpricecalculationenabled") is False:
        return
    totals = totals_of(write, header_name, head)
    if any(head.get(key) != value for key, value in totals.items()):
        write.rows.change(db.schema.tables[header_name], header_id, totals, write.caller, by_action=True)


def totals_of(write: Write, header_name: str, head: Row) -> Row:
    """The computed amounts of a document."""
    detail, (_, column) = next((name, parent) for name, parent in states.LINE_OF.items() if parent[0] == header_name)
    store = write.db.store(detail)
    lines = [store.rows[line_id] for line_id in store.with_value(f"_{column}_value", head[write.db.schema.tables[header_name].id])]
    tax = sum(item.get("tax") or 0 for item in lines)
    goods = sum(item.get("extendedamount") or 0 for item in lines) - tax
    discount = (head.get("discountamount") or 0) + goods * (head.get("discountpercentage") or 0) / 100
    total = goods - discount + (head.get("freightamount") or 0) + tax
    found: Row = {
        "totallineitemamount": goods,
        "totallineitemdiscountamount": sum(item.get("manualdiscountamount") or 0 for item in lines),
        "totaltax": tax,
        "totaldiscountamount": discount,
        "totalamountlessfreight": goods - discount,
        "totalamount": total,
    }
    if header_name == "opportunity" and head.get("isrevenuesystemcalculated") is True:
        found["estimatedvalue"] = total
    return {key: round(float(value), 4) for key, value in found.items()}


def keep_line(write: Write) -> None:
    states.check_parent(write.db, write.table, write.row, write.rows.switches)


HEADERS = ("opportunity", "quote", "salesorder", "invoice")
BEFORE = {
    "opportunity": (header,),
    "quote": (header, number, revision),
    "salesorder": (header, number),
    "invoice": (header, number),
    **dict.fromkeys(states.LINE_OF, (line,)),
}
AFTER = {**dict.fromkeys(HEADERS, (header_written,)), **dict.fromkeys(states.LINE_OF, (line_written,))}
AFTER_DELETE = dict.fromkeys(states.LINE_OF, (line_written,))
BEFORE_DELETE = dict.fromkeys(states.LINE_OF, (keep_line,))
