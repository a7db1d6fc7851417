"""Bound actions: what a call of `.../Microsoft.NAV.<name>` on a row does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business_central import posting
from sandbox.business_central.company import Company
from sandbox.business_central.ledger import cancel
from sandbox.business_central.tables import Row
from sandbox.business_central.templates import applying

Act = Callable[[Company, Row, Row], Any]


def _alone(action: Callable[[Company, Row], Any]) -> Act:
    """An action without parameters."""
    return lambda company, row, body: action(company, row)


ACTIONS: dict[tuple[str, str], Act] = {
    ("salesOrders", "shipandinvoice"): _alone(posting.ship_and_invoice),
    ("salesOrders", "release"): _alone(posting.release),
    ("salesOrders", "reopen"): _alone(posting.reopen),
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
