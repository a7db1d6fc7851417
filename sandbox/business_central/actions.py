"""Bound actions: what a call of `.../Microsoft.NAV.<name>` on a row does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business_central import archives, errors, lines, posting
from sandbox.business_central.amounts import retotal
from sandbox.business_central.company import Company
from sandbox.business_central.ledger import cancel
from sandbox.business_central.tables import Row
from sandbox.business_central.templates import applying

Act = Callable[[Company, Row, Row], Any]


def _alone(action: Callable[[Company, Row], Any]) -> Act:
    """An action without parameters."""
    return lambda company, row, body: action(company, row)


def _invoice_discount(company: Company, document: Row, body: Row) -> None:
    """`{"amount"}`: the discount of the whole document, spread over its lines by BC. Raises Refused for a document that is not open."""
    amount = body.get("amount", 0)
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
        raise errors.bad_request("Cannot convert a value of 'amount' to the expected type 'Edm.Decimal'.")
    if document.get("Status") == "Released":
        raise lines.must_be_open(document)
    with company.environment.journal.atomic():
        company.table("Sales Header").modify({**document, "Invoice Discount Amount": amount})
        retotal(company, document["SystemId"])


ACTIONS: dict[tuple[str, str], Act] = {
    ("salesOrders", "shipandinvoice"): _alone(posting.ship_and_invoice),
    ("salesOrders", "release"): _alone(posting.release),
    ("salesOrders", "reopen"): _alone(posting.reopen),
    ("salesOrders", "archive"): _alone(archives.archive),
    ("salesOrders", "setinvoicediscount"): _invoice_discount,
    ("salesQuotes", "archive"): _alone(archives.archive),
    ("salesQuotes", "setinvoicediscount"): _invoice_discount,
    ("salesQuotes", "release"): _alone(posting.release),
    ("salesQuotes", "reopen"): _alone(posting.reopen),
    ("salesQuotes", "makeorder"): _alone(posting.make_order),
    ("salesQuotes", "makeinvoice"): _alone(posting.make_invoice),
    ("salesQuotes", "send"): _alone(posting.send),
    ("salesInvoices", "post"): _alone(posting.post),
    ("salesInvoices", "postandsend"): _alone(posting.post),
    ("salesInvoices", "send"): _alone(posting.send),
    ("salesInvoices", "cancel"): _alone(cancel),
    ("salesInvoices", "cancelandsend"): _alone(cancel),
    ("customers", "applytemplate"): applying("Customer", "Customer Templ."),
    ("vendors", "applytemplate"): applying("Vendor", "Vendor Templ."),
    ("items", "applytemplate"): applying("Item", "Item Templ."),
}
"""(entity set, name in lower case) -> what happens. A page answers only those it declares."""
