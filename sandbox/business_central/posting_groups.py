"""What must be filled in before anything is posted: the posting groups of the customer and of what the lines sell."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.business_central import errors
from sandbox.business_central.amounts import lines_of
from sandbox.business_central.company import Company
from sandbox.business_central.tables import Row

OF_CUSTOMERS = ("Customer Posting Group", "Gen. Bus. Posting Group", "VAT Bus. Posting Group")
OF_GOODS = ("Gen. Prod. Posting Group", "VAT Prod. Posting Group")


def check(company: Company, document: Row) -> None:
    """Whether a document of this customer, with these lines, can be posted. Raises Refused for the first group that is missing."""
    number = document.get("Bill-to Customer No.") or document.get("Sell-to Customer No.", "")
    _filled("Customer", company.table("Customer").find(number) or {}, OF_CUSTOMERS)
    for line in lines_of(company, document):
        kind = line.get("API Type", "Item")
        if kind not in ("Item", "Resource") or not line.get("Quantity"):
            continue
        sold = company.table(kind).find(line.get("No.", "")) or {}
        stocked = kind == "Item" and sold.get("Type", "Inventory") == "Inventory"
        _filled(kind, sold, (*OF_GOODS, "Inventory Posting Group") if stocked else OF_GOODS)


def _filled(table: str, row: Row, fields: Iterable[str]) -> None:
    for field in fields:
        if not row.get(field):
            raise errors.field_error(f"{field} must have a value in {table}: No.={row.get('No.', '')}. It cannot be zero or empty.")
