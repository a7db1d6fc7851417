"""What was paid of a posted invoice, as the state of the invoice in Sales: billed, partial, complete, canceled (rule E5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mapping.model import Addition, Draft
from mapping.steps import Together, Update
from mapping.timeline import told
from mapping.values import Row, Side
from mapping.world import World

BILLED: Mapping[str, Any] = {"statecode": 0, "statuscode": 4}
PARTIAL: Mapping[str, Any] = {"statecode": 2, "statuscode": 100002}
COMPLETE: Mapping[str, Any] = {"statecode": 2, "statuscode": 100001}
CANCELED: Mapping[str, Any] = {"statecode": 3, "statuscode": 100003}

PAID = ("status", "remainingAmount", "totalAmountIncludingTax")
STATE = ("statecode", "statuscode")
"""What the rule looks at, per side."""

ORDER, PAID_TOLD = "_salesorderid_value", "told paid"


def state_of(invoice: Row) -> Mapping[str, Any]:
    """The state of a posted invoice: by what remains of its amount, unless it was canceled by a corrective credit memo."""
    if invoice.get("status") == "Canceled":
        return CANCELED
    left, total = (abs(Decimal(str(invoice.get(column) or 0))) for column in ("remainingAmount", "totalAmountIncludingTax"))
    if left == 0:
        return COMPLETE
    return PARTIAL if left < total else BILLED


def paid_as_in_bc(draft: Draft, world: World) -> Addition:
    """The state follows BC's ledger, also backwards, whatever somebody made of it in Sales (rule E5).

    From a state that is not Active another one is reached by way of Active only, in one go: Sales pays and cancels active invoices.
    """
    invoice, id_ = draft.rows[Side.BC], draft.ids.get(Side.SALES)
    wanted = state_of(invoice)
    present = BILLED if draft.creates else {column: draft.rows[Side.SALES].get(column) for column in STATE}
    if id_ is None or present == wanted:
        return Addition()
    steps = tuple(Update(side=Side.SALES, table="invoices", id=id_, values=values) for values in (BILLED, wanted))
    by_way_of_active = BILLED["statecode"] not in (present["statecode"], wanted["statecode"])
    return Addition(after=(Together(side=Side.SALES, steps=steps),) if by_way_of_active else steps[1:])


def told_when_paid(draft: Draft, world: World) -> Addition:
    """A note on the timeline of the order that the invoice came from says when it was paid to the last cent; once."""
    order = draft.rows.get(Side.SALES, {}).get(ORDER)
    if draft.creates or not order or state_of(draft.rows[Side.BC]) != COMPLETE or draft.remembered.get(PAID_TOLD):
        return Addition()
    note = told("salesorder", order, f"Invoice {draft.rows[Side.BC]['number']} was paid.")
    return Addition(after=(note,), remembers={PAID_TOLD: True})
