"""Sales documents: quotes, orders and draft invoices with their lines, before anything is posted."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors, fulfilment, lines, navigation, terms, writes
from sandbox.business_central.amounts import HEADERS, lines_of, outstanding, retotal
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import SETTERS, Draft, rule
from sandbox.business_central.masters import BEFORE_DELETE, after_write, before_insert
from sandbox.business_central.schema import NO_DATE
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View

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
    "Shipment Method Code": "Shipment Method Code",
    "Salesperson Code": "Salesperson Code",
    "Shipping Agent Code": "Shipping Agent Code",
}
FROM_PAYER = {
    "Currency Code": "Currency Code",
    "Payment Terms Code": "Payment Terms Code",
    "Prices Including VAT": "Prices Including VAT",
    "VAT Bus. Posting Group": "VAT Bus. Posting Group",
}
WHILE_OPEN = {
    "Sell-to Customer No.",
    "Bill-to Customer No.",
    "Currency Code",
    "Payment Terms Code",
    "Prices Including VAT",
    "VAT Bus. Posting Group",
    "Payment Discount %",
    "Prepayment %",
    "Requested Delivery Date",
    "Promised Delivery Date",
    "Shipping Agent Code",
    "Invoice Discount Amount",
}
"""Fields of a header that only an open document takes."""
ADDRESS = ("Address", "Address 2", "City", "County", "Post Code", "Country/Region Code")
AFTER_POSTING = {"Due Date", "Promised Pay Date", "Dispute Status", "Dispute Status Id"}


def is_document(shown: View) -> bool:
    return shown.page.table.name in (*HEADERS, *CHILD_TABLES)


def create(shown: View, body: Row, preset: Row) -> Row:
    """A header with the lines in its body, all or nothing; or a line of the parent that the URL or the body names. Raises Refused."""
    if shown.page.table.name in CHILD_TABLES and "Document Id" not in preset and not body.get("documentId"):
        raise errors.dialog("You must specify an Id or a Document Id to get the lines.")
    with shown.company.environment.journal.atomic():
        row = writes.create(shown, body, preset)
        for name, children in body.items():
            link = shown.page.navigation.get(name)
            child = navigation.target_view(shown, link) if link and name in navigation.CHILDREN else None
            if child is not None:
                _create_lines(child, children, row["SystemId"])
        return shown.table.rows[row["SystemId"]]


def _create_lines(child: View, children: list[Row], document_id: str) -> None:
    """The lines of a new header one by one; it is added up once."""
    child.company.unsettled.add(document_id)
    try:
        for line in children:
            writes.create(child, line, {navigation.CHILDREN[child.page.set]: document_id})
    finally:
        child.company.unsettled.discard(document_id)
    retotal(child.company, document_id)


def update(shown: View, row_id: str, body: Row, match: str | None) -> Row:
    """PATCH of a header or line; children in the body are refused. Raises Refused."""
    if any(name in navigation.CHILDREN for name in body):
        raise errors.bad_request("Deep update is not supported.")
    return writes.update(shown, row_id, body, match)


def remove(shown: View, row_id: str, match: str | None) -> None:
    """A line with what is attached to it, or a header with its lines. Raises Refused."""
    with shown.company.environment.journal.atomic():
        row = writes.deletable(shown, row_id, match)
        if shown.page.table.name in CHILD_TABLES:
            lines.drop(shown.company, row)
        else:
            writes.delete(shown, row)
            drop_lines(shown.company, row)
            outstanding(shown.company, row.get("Sell-to Customer No.", ""))


def drop_lines(company: Company, header: Row) -> None:
    """The lines of a header that is gone."""
    for line in lines_of(company, header):
        fulfilment.forget(company, line)
        company.table("Sales Line").delete(line["SystemId"])


def _not_while_shipped(company: Company, header: Row) -> None:
    """What was shipped has to be invoiced before its order goes. Raises Refused."""
    for line in lines_of(company, header):
        if line.get("Quantity Shipped", 0) != line.get("Quantity Invoiced", 0):
            raise errors.field_error(f"Qty. Shipped Not Invoiced must be equal to '0' in Sales Line: Line No.={line['Line No.']}.")


BEFORE_DELETE.setdefault("Sales Header", []).insert(0, _not_while_shipped)


@rule("Sales Header", "Sell-to Customer No.")
def _sell_to_order(draft: Draft, number: str) -> None:
    _sell_to(draft, number)


@rule("Sales Invoice", "Sell-to Customer No.")
def _sell_to(draft: Draft, number: str) -> None:
    """Names, addresses, terms and salesperson come from the customer; what concerns the payment from who pays."""
    customer = _customer(draft, number)
    fields = draft.table.fields
    draft.row.update({field: customer.get(source, "") for field, source in FROM_CUSTOMER.items() if field in fields})
    draft.row.update({f"Ship-to {part}": customer.get(part, "") for part in (*ADDRESS, "Name")})
    _bill_to(draft, customer.get("Bill-to Customer No.") or number)


def _customer(draft: Draft, number: str) -> Row:
    """A customer who may have documents of this kind. Raises Refused."""
    customer = draft.company.table("Customer").find(number)
    if customer is None:
        raise errors.dialog("The sell-to customer cannot be found.")
    if customer.get("Blocked") == "All" or (customer.get("Blocked") == "Invoice" and draft.table.name == "Sales Invoice"):
        raise errors.dialog(f"You cannot create this type of document when Customer {number} is blocked with type {customer['Blocked']}")
    return customer


@rule("Sales Header", "Bill-to Customer No.")
def _bill_to(draft: Draft, number: str) -> None:
    """Name and address of who pays, and what goes with it."""
    payer = _customer(draft, number)
    draft.row.update({f"Bill-to {part}": payer.get(part, "") for part in (*ADDRESS, "Name")})
    draft.row.update({field: payer.get(source, draft.table.fields[field].blank) for field, source in FROM_PAYER.items()})
    draft.row["Bill-to Customer No."] = number
    terms.follow(draft)


@before_insert("Sales Header", "Sales Invoice")
def _new_header(draft: Draft) -> None:
    if not draft.row.get("Sell-to Customer No."):
        raise errors.dialog('A "customerNumber" or a "customerId" must be provided.')
    invoice = draft.table.name == "Sales Invoice"
    draft.row["No."] = draft.company.next_number("Invoice" if invoice else draft.row["Document Type"])
    for field in ("Document Date", "Posting Date"):
        if draft.get(field) == NO_DATE:
            draft.row[field] = draft.company.environment.clock.today()
    if draft.get("Due Date") == NO_DATE:
        draft.row["Due Date"] = terms.due_date(draft)
    draft.row["Status"] = "Draft" if invoice else "Open"


@after_write("Sales Header", "Sales Invoice")
def _header_written(draft: Draft) -> None:
    before, row = draft.before, draft.row
    if before is None:
        return
    changed = {field for field in row if row[field] != before.get(field)} - {"SystemModifiedAt", "version"}
    if row.get("Posted") and changed - AFTER_POSTING:
        raise errors.dialog("The invoice has been posted and can no longer be modified.")
    if row.get("Status") == "Released" and changed & WHILE_OPEN:
        raise lines.must_be_open(row)
    if "Invoice Discount Amount" in changed:
        retotal(draft.company, row["SystemId"])


def _partial_shipping(draft: Draft, value: Any) -> None:
    draft.row["Shipping Advice"] = "Partial" if value else "Complete"


SETTERS["partialShipping"] = _partial_shipping
