"""State and status: which pairs belong together, which changes need an action, which rows are closed to edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.sales import errors
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.schema import Table
from sandbox.sales.store import Row

EDITABLE: dict[str, tuple[int, ...]] = {"opportunity": (0,), "quote": (0,), "salesorder": (0,), "invoice": (0,)}
"""States in which a document takes edits; tables that are not here always do."""
LENIENT = {**EDITABLE, "salesorder": (0, 1)}
"""The same where a submitted order takes edits, too: the switch `submittedIsEditable`."""
LINE_OF = {
    "opportunityproduct": ("opportunity", "opportunityid"),
    "quotedetail": ("quote", "quoteid"),
    "salesorderdetail": ("salesorder", "salesorderid"),
    "invoicedetail": ("invoice", "invoiceid"),
}
BY_ACTION: dict[str, dict[int, tuple[str, str]]] = {
    "opportunity": {
        1: ("0x80100005", "An opportunity is won by the WinOpportunity message, not by setting its state."),
        2: ("0x80100005", "An opportunity is lost by the LoseOpportunity message, not by setting its state."),
    },
    "quote": {
        2: ("0x80040233", "A quote is won by the WinQuote message, not by setting its state."),
        3: ("0x80040233", "A quote is closed by the CloseQuote message, not by setting its state."),
    },
    "salesorder": {
        2: ("0x80040233", "An order is canceled by the CancelSalesOrder message, not by setting its state."),
        3: ("0x80040233", "An order is fulfilled by the FulfillSalesOrder message, not by setting its state."),
    },
}
FROM: dict[tuple[str, int], tuple[tuple[int, ...], str, str]] = {
    ("quote", 1): ((0, 1), "0x80100003", "A quote can be activated only while it is a draft."),
    ("invoice", 2): ((0, 2), "0x80100000", "Only an active invoice can be paid."),
    ("invoice", 3): ((0, 2, 3), "0x80100001", "Only an active or paid invoice can be canceled."),
    ("product", 0): ((0, 1, 2, 3), "0x8004f977", "This product cannot be activated."),
    ("product", 1): ((0, 1, 3), "0x8004f978", "A draft product cannot be retired."),
    ("product", 2): ((2,), "0x8004f912", "A published product cannot go back to draft."),
    ("product", 3): ((0, 3), "0x8004f913", "Only an active product can be revised."),
}


def bad_status(table: Table, status: int, state: int, row_id: str) -> Refused:
    label = table.states[state].label.replace(" ", "")
    return Refused(
        "0x80048408",
        f"{status} is not a valid status code for state code {table.name.capitalize()}State.{label} on {table.name} with Id {row_id}.",
    )


def on_create(table: Table, row: Row, changes: Row, row_id: str) -> None:
    """A row is born in the default state; a status of another state is refused."""
    if not table.states:
        return
    changes.pop("statecode", None)
    state = row["statecode"]
    status = changes.get("statuscode")
    if status is not None and status not in table.states[state].statuses:
        raise bad_status(table, status, state, row_id)
    row["statuscode"] = status if status is not None else table.states[state].default


def editable(table_name: str, switches: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The states in which a document takes edits; None for a table that always does."""
    return (LENIENT if switches.get("submittedIsEditable") else EDITABLE).get(table_name)


def on_update(table: Table, old: Row, changes: Row, row_id: str, states: tuple[int, ...] | None, by_action: bool = False) -> None:
    """Check a change of state and complete the pair; then whether the row is open to the other changes."""
    if not table.states:
        return
    if "statecode" in changes or "statuscode" in changes:
        _pair(table, old, changes, row_id)
        if not by_action:
            _allowed(table, old, changes)
    if states is None or by_action:
        return
    others = set(changes) - {"statecode", "statuscode"}
    if others and old["statecode"] not in states and changes.get("statecode", old["statecode"]) not in states:
        raise errors.read_only(table.name, row_id)


def _pair(table: Table, old: Row, changes: Row, row_id: str) -> None:
    state = changes.get("statecode")
    if state is None:
        state = changes["statecode"] = old["statecode"]
    if state not in table.states:
        raise Refused("0x80048408", f"{state} is not a valid state code on {table.name} with Id {row_id}.")
    status = changes.get("statuscode")
    if status is None:
        status = changes["statuscode"] = table.states[state].default
    if status not in table.states[state].statuses:
        raise bad_status(table, status, state, row_id)


def _allowed(table: Table, old: Row, changes: Row) -> None:
    state, before = changes["statecode"], old["statecode"]
    needed = BY_ACTION.get(table.name, {}).get(state)
    if needed is not None and state != before:
        raise Refused(*needed)
    rule = FROM.get((table.name, state))
    if rule is not None and before not in rule[0]:
        raise Refused(rule[1], rule[2])


def check_parent(db: Database, table: Table, row: Row, switches: Mapping[str, Any]) -> None:
    """A line takes edits only while its header does and its price isn't locked."""
    parent = LINE_OF.get(table.name)
    if parent is None:
        return
    header = db.referenced(parent[0], row, parent[1])
    if header is None:
        return
    if header["statecode"] not in (editable(parent[0], switches) or ()) or header.get("ispricelocked") is True:
        raise Refused("0x80043b09", "The parent record is read-only: its lines cannot be changed.")
