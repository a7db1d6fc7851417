"""Rules of the lines of sales documents: what they sell, in which unit, at which price, discount and tax."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors, fulfilment
from sandbox.business_central.amounts import COMMENT, gross, header_of, lines_of, recalculate, retotal, rounded, unit_of, vat_percent
from sandbox.business_central.calculations import LINE_TYPES, OBJECT_TABLES
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.drafts import SETTERS, Draft, convert, rule
from sandbox.business_central.filters import member_of
from sandbox.business_central.masters import after_write, before_insert
from sandbox.business_central.schema import NO_GUID
from sandbox.business_central.tables import Row

MONEY = ("Quantity", "Unit Price", "Line Discount %", "Line Discount Amount", "VAT %")
SOLD = ("API Type", "No.")
WHILE_OPEN = ("Unit of Measure Code", "Shipment Date", "Requested Delivery Date", "Promised Delivery Date", "Location Code")
"""What else of a line only an open document takes."""
UNITS = {"Item": "Item Unit of Measure", "Resource": "Resource Unit of Measure"}


def kind_of(line: Row) -> str:
    return str(line.get("API Type", COMMENT))


def _header(draft: Draft) -> Row:
    return header_of(draft.company, draft.row.get("Document Id", NO_GUID))[1]


def _line_type(draft: Draft, value: Any) -> None:
    """The kind of a line under the names of its table."""
    wanted = member_of((*LINE_TYPES.values(), "Item", "Resource", "Fixed_x0020_Asset", "Allocation_x0020_Account"), str(value))
    draft.put("API Type", next((kind for kind, name in LINE_TYPES.items() if name == wanted), wanted))


SETTERS["salesLineType"] = _line_type


def _object_id(draft: Draft, value: Any) -> None:
    """What a line sells by its id, whatever it is. Raises Refused for an id of nothing that can be sold."""
    wanted = convert("Guid", "lineObjectId", value, draft)
    for kind, name in OBJECT_TABLES.items():
        row = draft.company.table(name).rows.get(wanted)
        if row is not None:
            draft.put("API Type", kind)
            draft.put("No.", row["No."])
            return
    raise errors.dialog("The line object values do not match to a specific item, resource or G/L account.")


SETTERS["lineObjectId"] = _object_id


@rule("Sales Line", "API Type")
def _kind(draft: Draft, kind: str) -> None:
    """Another kind of line begins anew."""
    if not draft.inserting:
        _not_shipped(draft, "Type")
        draft.row.update({"No.": "", "Description": "", "Unit of Measure Code": "", "Quantity": 0, "Unit Price": 0})
        draft.row.update({"Line Discount %": 0, "Line Discount Amount": 0, "VAT %": 0})


@rule("Sales Line", "No.")
def _line_object(draft: Draft, number: str) -> None:
    """Description, price, unit and tax come from the item, resource or account."""
    if {"itemId", "accountId"} <= set(draft.given):
        raise errors.dialog('Both "itemId" and "accountId" are specified. Specify only one of them.')
    _not_shipped(draft, "No.")
    kind = draft.row.setdefault("API Type", "Item")
    if kind not in OBJECT_TABLES or not number:
        return
    table = draft.company.table(OBJECT_TABLES[kind])
    found = table.find(number)
    if found is None and kind == "Account" and not table.rows:
        return  # a company without accounts has none to check against
    if found is None:
        raise errors.no_related_row("Sales Line", "No.", number, OBJECT_TABLES[kind])
    _can_be_sold(kind, found)
    draft.row["Description"] = found.get("Description" if kind == "Item" else "Name", "")
    draft.row["Unit of Measure Code"] = found.get("Sales Unit of Measure") or found.get("Base Unit of Measure", "")
    draft.row["VAT Prod. Posting Group"] = found.get("VAT Prod. Posting Group", "")
    draft.row["VAT %"] = vat_percent(draft.company, _header(draft).get("VAT Bus. Posting Group", ""), draft.row["VAT Prod. Posting Group"])
    _price(draft)


def _can_be_sold(kind: str, sold: Row) -> None:
    if sold.get("Blocked"):
        raise errors.field_error(f"Blocked must be equal to 'No' in {OBJECT_TABLES[kind]}: No.={sold['No.']}. Current value is 'Yes'.")
    if sold.get("Sales Blocked"):
        raise errors.dialog(f"You cannot sell item {sold['No.']} because the Sales Blocked check box is selected on the item card.")
    if kind == "Account" and not sold.get("Direct Posting", True):
        raise errors.field_error(f"Direct Posting must be equal to 'Yes' in G/L Account: No.={sold['No.']}. Current value is 'No'.")


@rule("Sales Line", "Unit of Measure Code")
def _unit(draft: Draft, code: str) -> None:
    """A unit of the item or resource itself; the price follows it."""
    kind, number = kind_of(draft.row), draft.get("No.")
    if kind in UNITS and code and number:
        sold = draft.company.table(kind).find(number) or {}
        if code != sold.get("Base Unit of Measure") and (number, code) not in draft.company.table(UNITS[kind]).ids:
            raise errors.no_related_row("Sales Line", "Unit of Measure Code", code, UNITS[kind])
        _price(draft)


def quantity_per_unit(company: Company, line: Row) -> float:
    """How many of the base unit one of the line's unit counts."""
    key = (line.get("No.", ""), line.get("Unit of Measure Code", ""))
    unit = company.table(UNITS[kind_of(line)]).find(key) if kind_of(line) in UNITS else None
    return float((unit or {}).get("Qty. per Unit of Measure") or 1)


def _price(draft: Draft) -> None:
    """The price of the card in the line's unit, with or without tax as the document has it."""
    kind = kind_of(draft.row)
    sold = draft.company.table(OBJECT_TABLES[kind]).find(draft.get("No.")) or {}
    price = sold.get("Unit Price", 0) * quantity_per_unit(draft.company, draft.row)
    within, wanted = bool(sold.get("Price Includes VAT")), bool(_header(draft).get("Prices Including VAT"))
    if within and not wanted:
        price /= 1 + vat_percent(draft.company, sold.get("VAT Bus. Posting Gr. (Price)", ""), sold.get("VAT Prod. Posting Group", "")) / 100
    elif wanted and not within:
        price *= 1 + draft.get("VAT %") / 100
    draft.row["Unit Price"] = tidy(price)
    _percent_again(draft)


@rule("Sales Line", "Line Discount %")
def _discount_percent(draft: Draft, value: float) -> None:
    _needs_type(draft, value)
    _percent_again(draft)


@rule("Sales Line", "Line Discount Amount")
def _discount_amount(draft: Draft, value: float) -> None:
    _needs_type(draft, value)
    whole = gross(draft.row, unit_of(draft.company, _header(draft)))
    percent = tidy(value / whole * 100) if whole else 0
    if not 0 <= percent <= 100:
        raise errors.field_error(f"Line Discount % must be between 0 and 100 in Sales Line. Value: {percent}.")
    draft.row["Line Discount %"] = percent


def _percent_again(draft: Draft) -> None:
    """A discount in per cent follows quantity and price."""
    unit = unit_of(draft.company, _header(draft))
    draft.row["Line Discount Amount"] = rounded(gross(draft.row, unit) * draft.get("Line Discount %") / 100, unit)


@rule("Sales Line", "Quantity")
def _quantity(draft: Draft, value: float) -> None:
    _needs_type(draft, value)
    shipped = draft.get("Quantity Shipped")
    if shipped and (value * shipped < 0 or abs(value) < abs(shipped)):
        raise errors.field_error(f"Quantity must not be less than {shipped} in Sales Line.")
    _percent_again(draft)


@rule("Sales Line", "Unit Price")
def _unit_price(draft: Draft, value: float) -> None:
    _needs_type(draft, value)
    if draft.get("Quantity Invoiced"):
        raise errors.field_error("Quantity Invoiced must be equal to '0' in Sales Line.")
    _percent_again(draft)


def _needs_type(draft: Draft, value: float) -> None:
    """A comment has no numbers."""
    if value and kind_of(draft.row) == COMMENT:
        raise errors.field_error("Type must have a value in Sales Line. It cannot be zero or empty.")


def _not_shipped(draft: Draft, field: str) -> None:
    if draft.get("Quantity Shipped"):
        raise errors.field_error(f"Quantity Shipped must be equal to '0' in Sales Line when {field} changes.")


@rule("Sales Line", "Attached to Line No.")
def _attached(draft: Draft, number: int) -> None:
    if number and number not in {line["Line No."] for line in lines_of(draft.company, _header(draft))}:
        raise errors.no_related_row("Sales Line", "Attached to Line No.", str(number), "Sales Line")


@rule("Sales Line", "Line No.")
def _line_number(draft: Draft, value: int) -> None:
    if not draft.inserting:
        raise errors.dialog("The value for sequence cannot be changed. Delete the line and add it again.")


@before_insert("Sales Line")
def _new_line(draft: Draft) -> None:
    header = _header(draft)
    taken = [line["Line No."] for line in lines_of(draft.company, header)]
    if draft.row.get("Line No.") in taken:
        raise errors.dialog("You cannot insert a line because a line already exists.")
    if not draft.row.get("Line No."):
        draft.row["Line No."] = max(taken, default=0) + 10000
    draft.row["Document Type"] = header.get("Document Type", "Invoice")
    draft.row.setdefault("API Type", COMMENT)


def _may_change(company: Company, header: Row) -> None:
    if header.get("Posted"):
        raise errors.dialog("The invoice has been posted and can no longer be modified.")
    if header["Status"] == "Released" and header["SystemId"] not in company.unsettled:
        raise must_be_open(header)


def must_be_open(header: Row) -> errors.Refused:
    return errors.field_error(
        f"Status must be equal to 'Open' in Sales Header: Document Type={header.get('Document Type', 'Invoice')}, "
        f"No.={header['No.']}. Current value is '{header['Status']}'."
    )


@after_write("Sales Line")
def _line_written(draft: Draft) -> None:
    """The header moves for a new line or new amounts, not for a text."""
    _, header = header_of(draft.company, draft.row["Document Id"])
    changed = {field for field in draft.table.fields if draft.before is None or draft.row.get(field) != draft.before.get(field)}
    money = draft.before is None or changed & {*MONEY, *SOLD}
    if money or header.get("Posted") or changed & {*WHILE_OPEN}:
        _may_change(draft.company, header)
    if money:
        line = dict(draft.row)
        recalculate(line, unit_of(draft.company, header))
        fulfilment.plan(draft.company, header, line)
        draft.row = draft.company.table("Sales Line").modify(line)
        retotal(draft.company, header["SystemId"])


def drop(company: Company, line: Row) -> None:
    """Delete a line with what is attached to it. Raises Refused where something of it was shipped and not invoiced."""
    _, header = header_of(company, line["Document Id"])
    _may_change(company, header)
    if tidy(line.get("Quantity Shipped", 0) - line.get("Quantity Invoiced", 0)):
        raise errors.field_error(f"Qty. Shipped Not Invoiced must be equal to '0' in Sales Line: Line No.={line['Line No.']}.")
    lines = company.table("Sales Line")
    for other in lines_of(company, header):
        if other["SystemId"] == line["SystemId"] or other.get("Attached to Line No.") == line["Line No."]:
            fulfilment.forget(company, other)
            lines.delete(other["SystemId"])
    retotal(company, header["SystemId"])
