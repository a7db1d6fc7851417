"""Ledgers: stock entries, and what customers owe, pay and get back."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.amounts import lines_of, rate, recalculate, retotal
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


def owe(company: Company, posted: Row, amount: float, kind: str = "Application", by: str = "") -> None:
    """Change what a customer owes by an amount in the invoice's currency, with the ledger entry that says so.

    `by` is the payment or credit memo; without one it is the invoice itself.
    """
    local, number = round(amount * rate(company, posted.get("Currency Code", "")), 2), posted["Sell-to Customer No."]
    for total in ("Balance (LCY)", "Balance Due", "Balance Due (LCY)"):
        company.add_total(total, number, local)
    entries = company.table("Detailed Cust. Ledg. Entry")
    entries.insert(
        {
            "Entry No.": entries.order[-1] + 1 if entries.order else 1,
            "Entry Type": kind,
            "Posting Date": company.environment.clock.today(),
            "Document No.": by or posted["No."],
            "Invoice No.": posted["No."],
            "Customer No.": number,
            "Amount (LCY)": local,
        }
    )


def _state(company: Company, posted: Row, status: str) -> None:
    """The state of an invoice moves the row of API v2.0, which keeps it there, and not the posted invoice that the extension shows."""
    if posted["Status"] != status:
        stamped = company.environment.switches["profile"] == "standard"
        company.table("Sales Invoice").modify({**posted, "Status": status}, stamped=stamped)


def _is_due(company: Company, posted: Row) -> bool:
    return bool(posted.get("Posted")) and posted["Status"] in ("Open", "Paid")


def pay(company: Company, posted: Row, amount: float | None = None) -> str:
    """A payment applied to a posted invoice; without an amount all that remains. Answers its number. Raises Refused."""
    left = company.total("Remaining Amount", posted["No."])
    amount = left if amount is None else amount
    if not _is_due(company, posted) or not 0 < amount <= left:
        raise errors.dialog("The payment cannot be applied to the invoice.")
    payment = company.next_number("Payment")
    company.totals["Remaining Amount"][posted["No."]] = tidy(left - amount)
    owe(company, posted, -amount, by=payment)
    _state(company, posted, "Paid" if left == amount else posted["Status"])
    return payment


def unapply(company: Company, posted: Row) -> None:
    """Take back the payments of an invoice. Raises Refused."""
    paid = tidy(posted.get("Amount Including VAT", 0) - company.total("Remaining Amount", posted["No."]))
    if not _is_due(company, posted) or paid <= 0:
        raise errors.dialog("There is no application to unapply.")
    company.totals["Remaining Amount"][posted["No."]] = posted["Amount Including VAT"]
    owe(company, posted, paid, by=company.next_number("Payment"))
    _state(company, posted, "Open")


def cancel(company: Company, posted: Row) -> str:
    """Cancel a posted, unpaid invoice by a credit memo: nothing remains, the goods come back, an order that is still there is open again.

    Answers the number of the credit memo. Raises Refused.
    """
    left = company.total("Remaining Amount", posted["No."])
    if not posted.get("Posted") or posted["Status"] != "Open" or left != posted.get("Amount Including VAT"):
        raise errors.dialog("You cannot cancel this posted sales invoice because it is fully or partially paid, or not open.")
    with company.environment.journal.atomic():
        memo = company.next_number("Credit Memo")
        company.totals["Remaining Amount"][posted["No."]] = 0
        owe(company, posted, -left, by=memo)
        for line in lines_of(company, posted):
            if line.get("API Type") == "Item":
                stock(company, line["No."], line.get("Quantity", 0), "Sale", {"Document No.": memo})
            _open_again(company, line)
        _state(company, posted, "Canceled")
        return memo


def _open_again(company: Company, posted_line: Row) -> None:
    """The line of an order that a cancelled invoice was of counts as neither shipped nor invoiced, if the order is still there."""
    order = company.table("Sales Header").find(("Order", posted_line.get("Order No.", "")))
    lines = company.table("Sales Line")
    line = lines.find((order["SystemId"], posted_line.get("Order Line No.", 0))) if order else None
    if order is not None and line is not None and posted_line.get("Quantity"):
        changed = dict(line)
        for field in ("Quantity Shipped", "Quantity Invoiced"):
            changed[field] = tidy(line.get(field, 0) - posted_line["Quantity"])
        recalculate(changed)
        lines.modify(changed)
        retotal(company, order["SystemId"])


def _set_inventory(draft: Draft, value: Any) -> None:
    """`items.inventory`: refused on insert, an adjustment posted on change."""
    if draft.inserting:
        raise errors.dialog("Inventory cannot be changed during on insert.")
    number = draft.get("No.")
    difference = tidy(convert("Decimal", "inventory", value, draft) - draft.company.total("Inventory", number))
    if difference:
        stock(draft.company, number, difference)


SETTERS["flow:Inventory"] = _set_inventory
