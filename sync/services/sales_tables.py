"""The Sales tables that Couplet works with: names, and which take many new rows in one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SalesTable:
    """One table: logical name, entity set, primary key, and whether it has `CreateMultiple`."""

    name: str
    set: str
    key: str
    bulk: bool


def _standard(name: str, plural: str, *, bulk: bool) -> SalesTable:
    return SalesTable(name, plural, f"{name}id", bulk)


# Microsoft's reference pages list the messages of each table; where an organisation lacks one the client falls back
STANDARD: Mapping[str, SalesTable] = {
    table.set: table
    for table in (
        _standard("account", "accounts", bulk=True),
        _standard("annotation", "annotations", bulk=False),
        _standard("businessunit", "businessunits", bulk=False),
        _standard("contact", "contacts", bulk=True),
        _standard("invoice", "invoices", bulk=True),
        _standard("invoicedetail", "invoicedetails", bulk=True),
        _standard("opportunity", "opportunities", bulk=True),
        _standard("opportunityproduct", "opportunityproducts", bulk=True),
        _standard("organization", "organizations", bulk=False),
        _standard("pricelevel", "pricelevels", bulk=True),
        _standard("product", "products", bulk=True),
        _standard("productpricelevel", "productpricelevels", bulk=False),
        _standard("quote", "quotes", bulk=True),
        _standard("quotedetail", "quotedetails", bulk=True),
        _standard("role", "roles", bulk=False),
        _standard("salesorder", "salesorders", bulk=True),
        _standard("salesorderdetail", "salesorderdetails", bulk=True),
        _standard("systemuser", "systemusers", bulk=False),
        _standard("team", "teams", bulk=False),
        _standard("transactioncurrency", "transactioncurrencies", bulk=False),
        _standard("uom", "uoms", bulk=False),
        _standard("uomschedule", "uomschedules", bulk=True),
    )
}
