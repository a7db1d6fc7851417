"""Sales documents: quotes, orders and draft invoices with their lines, before anything is posted."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors, navigation, writes
from sandbox.business_central.calculations import LINE_TYPES
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.drafts import SETTERS, Draft, rule
from sandbox.business_central.filters import member_of
from sandbox.business_central.masters import after_write, before_insert
from sandbox.business_central.schema import NO_DATE, NO_GUID
from sandbox.business_central.tables import Row, Table
from sandbox.business_central.views import View

HEADERS = ("Sales Header", "Sales Invoice")
CHILD_TABLES = ("Sales Line",)
FROM_CUSTOMER = {
    "Sell-to Customer Name": "Name",
    "Sell-to Address": "Address",
    "Sell-to Address 2": "Address 2",
    "Sell-to City": "City",
    "Sell-to County": "County",
    "Sell-to Post Code": "Post Code",
    "Sell-to Country/Region Code": "Country/Region Code",
    "Sell-to Phone No.": "Phone No.",
    "Sell-to E-Mail": "E-Mail",
    "Currency Code": "Currency Code",
    "Payment Terms Code": "Payment Terms Code",
    "Shipment Method Code": "Shipment Method Code",
    "Salesperson Code": "Salesperson Code",
    "Shipping Agent Code": "Shipping Agent Code",
}
ADDRESS = ("Address", "Address 2", "City", "County", "Post Code", "Country/Region Code")
AFTER_POSTING = {"Due Date", "Promised Pay Date", "Dispute Status", "Dispute Status Id"}
MONEY = ("Quantity", "Unit Price", "Line Discount %", "Line Discount Amount")


def is_document(shown: View) -> bool:
    return shown.page.table.name in (*HEADERS, *CHILD_TABLES)


def create(shown: View, body: Row, preset: Row) -> Row:
    """A header with the lines in its body, all or nothing; or a line of the parent that the URL or the body names. Raises Refused."""
    if shown.page.table.name in CHILD_TABLES and "Document Id" not in preset and not body.get("documentId"):
        raise errors.dialog("You must specify an Id or a Document Id to get the lines.")
    with shown.company.environment.journal.atomic():
        row = writes.create(shown, body, preset)
        for name, lines in body.items():
            link = shown.page.navigation.get(name)
            child = navigation.target_view(shown, link) if link and name in navigation.CHILDREN else None
            if child is not None:
                for line in lines:
                    writes.create(child, line, {navigation.CHILDREN[name]: row["SystemId"]})
        return shown.table.rows[row["SystemId"]]


def update(shown: View, row_id: str, body: Row, match: str | None) -> Row:
    """PATCH of a header or line; children in the body are refused. Raises Refused."""
    if any(name in navigation.CHILDREN for name in body):
        raise errors.bad_request("Deep update is not supported.")
    return writes.update(shown, row_id, body, match)


def remove(shown: View, row_id: str, match: str | None) -> None:
    with shown.company.environment.journal.atomic():
        row = shown.row(row_id)
        writes.remove(shown, row_id, match)
        if shown.page.table.name in CHILD_TABLES:
            retotal(shown.company, row["Document Id"])
        else:
            for line in lines_of(shown.company, row):
                shown.company.table("Sales Line").delete(line["SystemId"])
            outstanding(shown.company, row.get("Sell-to Customer No.", ""))


def lines_of(company: Company, header: Row) -> list[Row]:
    lines = company.table("Sales Line")
    return sorted(lines.lookup("Document Id", header["SystemId"]), key=lines.key_of)


def header_of(company: Company, document_id: str) -> tuple[Table, Row]:
    """The header a line belongs to. Raises Refused."""
    for name in HEADERS:
        row = company.table(name).rows.get(document_id)
        if row is not None:
            return company.table(name), row
    raise errors.dialog("The document of the line cannot be found.")


@rule("Sales Header", "Sell-to Customer No.")
def _sell_to_order(draft: Draft, number: str) -> None:
    _sell_to(draft, number)


@rule("Sales Invoice", "Sell-to Customer No.")
def _sell_to(draft: Draft, number: str) -> None:
    """Names, addresses, terms and salesperson come from the customer."""
    customer = draft.company.table("Customer").find(number)
    if customer is None:
        raise errors.dialog("The sell-to customer cannot be found.")
    if customer.get("Blocked") == "All" or (customer.get("Blocked") == "Invoice" and draft.table.name == "Sales Invoice"):
        raise errors.dialog(f"You cannot create this type of document when Customer {number} is blocked with type {customer['Blocked']}")
    fields = draft.table.fields
    taken = {field: customer.get(source, "") for field, source in FROM_CUSTOMER.items() if field in fields}
    for party in ("Bill-to", "Ship-to"):
        taken |= {f"{party} {part}": customer.get(part, "") for part in (*ADDRESS, "Name")}
    draft.row.update(taken)
    draft.row["Bill-to Customer No."] = number


@before_insert("Sales Header", "Sales Invoice")
def _new_header(draft: Draft) -> None:
    if not draft.row.get("Sell-to Customer No."):
        raise errors.dialog('A "customerNumber" or a "customerId" must be provided.')
    invoice = draft.table.name == "Sales Invoice"
    draft.row["No."] = draft.company.next_number("Invoice" if invoice else draft.row["Document Type"])
    for field in ("Document Date", "Posting Date", *(("Due Date",) if invoice else ())):
        if draft.get(field) == NO_DATE:
            draft.row[field] = draft.company.environment.clock.today()
    draft.row["Status"] = "Draft" if invoice else "Open"


@after_write("Sales Header", "Sales Invoice")
def _header_written(draft: Draft) -> None:
    before, row = draft.before, draft.row
    if before is None:
        return
    changed = {field for field in row if row[field] != before.get(field)} - {"SystemModifiedAt", "version"}
    if row.get("Posted") and changed - AFTER_POSTING:
        raise errors.dialog("The invoice has been posted and can no longer be modified.")
    if row.get("Status") == "Released" and changed & {"Sell-to Customer No.", "Currency Code", "Payment Terms Code"}:
        raise must_be_open(row)


def must_be_open(header: Row) -> errors.Refused:
    return errors.field_error(
        f"Status must be equal to 'Open' in Sales Header: Document Type={header.get('Document Type', 'Invoice')}, "
        f"No.={header['No.']}. Current value is '{header['Status']}'."
    )


def _partial_shipping(draft: Draft, value: Any) -> None:
    draft.row["Shipping Advice"] = "Partial" if value else "Complete"


SETTERS["partialShipping"] = _partial_shipping


def _line_type(draft: Draft, value: Any) -> None:
    """The kind of a line under the names of its table."""
    wanted = member_of((*LINE_TYPES.values(), "Item", "Resource", "Fixed_x0020_Asset", "Allocation_x0020_Account"), str(value))
    draft.row["API Type"] = next((kind for kind, name in LINE_TYPES.items() if name == wanted), wanted)


SETTERS["salesLineType"] = _line_type


@rule("Sales Line", "No.")
def _line_object(draft: Draft, number: str) -> None:
    """Description, price and unit come from the item or resource."""
    if {"itemId", "accountId"} <= set(draft.given):
        raise errors.dialog('Both "itemId" and "accountId" are specified. Specify only one of them.')
    kind = draft.given.get("lineType") or draft.row.get("API Type") or "Item"
    draft.row["API Type"] = kind
    if kind not in ("Item", "Resource") or not number:
        return
    found = draft.company.table(kind).find(number)
    if found is None:
        raise errors.no_related_row("Sales Line", "No.", number, kind)
    if found.get("Blocked"):
        raise errors.field_error(f"Blocked must be equal to 'No' in {kind}: No.={number}. Current value is 'Yes'.")
    draft.row["Description"] = found.get("Description" if kind == "Item" else "Name", "")
    draft.row["Unit Price"] = found.get("Unit Price", 0)
    draft.row["Unit of Measure Code"] = found.get("Sales Unit of Measure") or found.get("Base Unit of Measure", "")


@rule("Sales Line", "Line Discount %")
def _discount_percent(draft: Draft, value: float) -> None:
    draft.row["Line Discount Amount"] = tidy(round(draft.get("Quantity") * draft.get("Unit Price") * value / 100, 2))


@rule("Sales Line", "Line Discount Amount")
def _discount_amount(draft: Draft, value: float) -> None:
    gross = draft.get("Quantity") * draft.get("Unit Price")
    draft.row["Line Discount %"] = tidy(value / gross * 100) if gross else 0


@rule("Sales Line", "Quantity")
def _quantity(draft: Draft, value: float) -> None:
    if value < draft.get("Quantity Shipped"):
        raise errors.field_error(f"Quantity must not be less than {draft.get('Quantity Shipped')} in Sales Line.")
    recalculate(draft.row)


@rule("Sales Line", "Unit Price")
def _unit_price(draft: Draft, value: float) -> None:
    recalculate(draft.row)


@rule("Sales Line", "Line No.")
def _line_number(draft: Draft, value: int) -> None:
    if not draft.inserting:
        raise errors.dialog("The value for sequence cannot be changed. Delete the line and add it again.")


@before_insert("Sales Line")
def _new_line(draft: Draft) -> None:
    _, header = header_of(draft.company, draft.row.get("Document Id", NO_GUID))
    taken = [line["Line No."] for line in lines_of(draft.company, header)]
    if draft.row.get("Line No.") in taken:
        raise errors.dialog("You cannot insert a line because a line already exists.")
    if not draft.row.get("Line No."):
        draft.row["Line No."] = max(taken, default=0) + 10000
    draft.row["Document Type"] = header.get("Document Type", "Invoice")
    recalculate(draft.row)


def recalculate(line: Row) -> None:
    """Amounts and open quantities of a line, in its document's currency."""
    gross = line.get("Quantity", 0) * line.get("Unit Price", 0)
    if line.get("Line Discount %"):
        line["Line Discount Amount"] = tidy(round(gross * line["Line Discount %"] / 100, 2))
    net = tidy(round(gross - line.get("Line Discount Amount", 0), 2))
    tax = tidy(round(net * line.get("VAT %", 0) / 100, 2))
    line.update(
        {
            "Line Amount Excluding Tax": net,
            "Amount": net,
            "Line Tax Amount": tax,
            "Tax Amount": tax,
            "Line Amount Including Tax": tidy(net + tax),
            "Amount Including VAT": tidy(net + tax),
            "Qty. to Ship": tidy(line.get("Quantity", 0) - line.get("Quantity Shipped", 0)),
            "Qty. to Invoice": tidy(line.get("Quantity", 0) - line.get("Quantity Invoiced", 0)),
        }
    )


@after_write("Sales Line")
def _line_written(draft: Draft) -> None:
    """The header moves for a new line or new amounts, not for a text."""
    _, header = header_of(draft.company, draft.row["Document Id"])
    money = draft.before is None or any(draft.row.get(field) != draft.before.get(field) for field in (*MONEY, "No."))
    if header.get("Posted"):
        raise errors.dialog("The invoice has been posted and can no longer be modified.")
    if money and header["Status"] == "Released":
        raise must_be_open(header)
    if money:
        retotal(draft.company, header["SystemId"])


def retotal(company: Company, document_id: str) -> None:
    """A header's totals from its lines, its row touched, and what the customer has outstanding."""
    table, header = header_of(company, document_id)
    lines = lines_of(company, header)
    net, gross = (tidy(sum(line.get(field, 0) for line in lines)) for field in ("Amount", "Amount Including VAT"))
    shipped = bool(lines) and all(line.get("Quantity Shipped", 0) >= line.get("Quantity", 0) for line in lines)
    if discount := header.get("Invoice Discount Amount", 0) if table.name == "Sales Header" else 0:
        net, gross = tidy(net - discount), tidy(gross - discount)
    totals = {"Amount": net, "Amount Including VAT": gross, "Total Tax Amount": tidy(gross - net)}
    table.modify({**header, **totals, "Completely Shipped": shipped})
    outstanding(company, header.get("Sell-to Customer No.", ""))


def rate(company: Company, currency: str) -> float:
    """Local currency per unit of a currency, by its newest rate; 1 for the local currency itself."""
    rows = company.table("Currency Exchange Rate").lookup("Currency Code", currency) if currency else []
    newest = max(rows, key=lambda row: str(row["Starting Date"]), default=None)
    if newest is None or not newest.get("Exchange Rate Amount"):
        return 1.0
    return float(newest.get("Relational Exch. Rate Amount", 0) / newest["Exchange Rate Amount"])


def outstanding(company: Company, customer: str) -> None:
    """Work out what a customer has ordered, not yet shipped, and shipped, not yet invoiced."""
    orders = shipped = 0.0
    for header in company.table("Sales Header").lookup("Sell-to Customer No.", customer):
        if header["Document Type"] == "Order":
            worth = rate(company, header.get("Currency Code", ""))
            for line in lines_of(company, header):
                each = line.get("Amount Including VAT", 0) / (line.get("Quantity", 0) or 1) * worth
                done = line.get("Quantity Shipped", 0)
                orders += each * (line.get("Quantity", 0) - done)
                shipped += each * (done - line.get("Quantity Invoiced", 0))
    company.totals["Outstanding Orders (LCY)"][customer] = tidy(round(orders, 2))
    company.totals["Shipped Not Invoiced (LCY)"][customer] = tidy(round(shipped, 2))
