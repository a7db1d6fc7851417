"""Ledgers: stock entries, and what customers owe, pay and get back."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.amounts import lines_of, rate
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.drafts import SETTERS, Draft, convert
from sandbox.business_central.tables import Row


def stock(company: Company, number: str, quantity: float, kind: str = "", about: Row | None = None) -> Row:
    """Post an item ledger entry; the item's inventory moves, its stamp does not. Raises Refused."""
    item = company.table("Item").find(number)
    if item is None:
        raise errors.no_related_row("Item Journal Line", "Item No.", number, "Item")
    entries = company.table("Item Ledger Entry")
    sign = "Positive_x0020_Adjmt_x002E_" if quantity > 0 else "Negative_x0020_Adjmt_x002E_"
    entry = entries.insert(
        {
            "Entry No.": entries.order[-1] + 1 if entries.order else 1,
            "Item No.": number,
            "Quantity": quantity,
            "Posting Date": company.environment.clock.today(),
            "Entry Type": kind or sign,
            "Description": item.get("Description", ""),
            **(about or {}),
        }
    )
    company.add_total("Inventory", number, quantity)
    return entry


def owe(company: Company, posted: Row, amount: float, kind: str = "Application") -> None:
    """Change what a customer owes by an amount in the invoice's currency, with the ledger entry that says so."""
    local, number = round(amount * rate(company, posted.get("Currency Code", "")), 2), posted["Sell-to Customer No."]
    for total in ("Balance (LCY)", "Balance Due", "Balance Due (LCY)"):
        company.add_total(total, number, local)
    entries = company.table("Detailed Cust. Ledg. Entry")
    entries.insert(
        {
            "Entry No.": entries.order[-1] + 1 if entries.order else 1,
            "Entry Type": kind,
            "Posting Date": company.environment.clock.today(),
            "Document No.": posted["No."],
            "Invoice No.": posted["No."],
            "Customer No.": number,
            "Amount (LCY)": local,
        }
    )


def pay(company: Company, posted: Row, amount: float | None = None) -> None:
    """A payment applied to a posted invoice; without an amount all that remains. Raises Refused."""
    left = company.total("Remaining Amount", posted["No."])
    amount = left if amount is None else amount
    if not posted.get("Posted") or posted["Status"] not in ("Open", "Paid") or not 0 < amount <= left:
        raise errors.dialog("The payment cannot be applied to the invoice.")
    company.totals["Remaining Amount"][posted["No."]] = tidy(left - amount)
    owe(company, posted, -amount)
    if left == amount:
        company.table("Sales Invoice").modify({**posted, "Status": "Paid"})


def unapply(company: Company, posted: Row) -> None:
    """Take back the payments of an invoice. Raises Refused."""
    paid = tidy(posted.get("Amount Including VAT", 0) - company.total("Remaining Amount", posted["No."]))
    if not posted.get("Posted") or posted["Status"] not in ("Open", "Paid") or paid <= 0:
        raise errors.dialog("There is no application to unapply.")
    company.totals["Remaining Amount"][posted["No."]] = posted["Amount Including VAT"]
    owe(company, posted, paid)
    company.table("Sales Invoice").modify({**posted, "Status": "Open"})


def cancel(company: Company, posted: Row) -> None:
    """Cancel a posted, unpaid invoice: nothing remains, the goods come back. Raises Refused."""
    left = company.total("Remaining Amount", posted["No."])
    if not posted.get("Posted") or posted["Status"] != "Open" or left != posted.get("Amount Including VAT"):
        raise errors.dialog("You cannot cancel this posted sales invoice because it is fully or partially paid, or not open.")
    with company.environment.journal.atomic():
        company.totals["Remaining Amount"][posted["No."]] = 0
        owe(company, posted, -left)
        for line in lines_of(company, posted):
            if line.get("API Type") == "Item":
                stock(company, line["No."], line.get("Quantity", 0), "Sale", {"Document No.": posted["No."]})
        company.table("Sales Invoice").modify({**posted, "Status": "Canceled"})


def _set_inventory(draft: Draft, value: Any) -> None:
    """`items.inventory`: refused on insert, an adjustment posted on change."""
    if draft.inserting:
        raise errors.dialog("Inventory cannot be changed during on insert.")
    number = draft.get("No.")
    difference = tidy(convert("Decimal", "inventory", value, draft) - draft.company.total("Inventory", number))
    if difference:
        stock(draft.company, number, difference)


SETTERS["flow:Inventory"] = _set_inventory
