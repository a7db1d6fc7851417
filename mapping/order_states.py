"""The states of an order on both sides, and how one that people are done with is written.

A Submitted, Fulfilled or Invoiced order of Sales is read-only: it is made Active, written and brought to its state again in one
transaction. So is a Released one of BC: it is reopened, written and released again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping.steps import Call, Halfway, Single, Step, Together, Update
from mapping.values import Row

ACTIVE, SUBMITTED, CANCELED, FULFILLED, INVOICED = range(5)

NEW: Mapping[str, int] = {"statecode": ACTIVE, "statuscode": 1}
PENDING: Mapping[str, int] = {"statecode": ACTIVE, "statuscode": 2}
IN_PROGRESS: Mapping[str, int] = {"statecode": SUBMITTED, "statuscode": 3}
COMPLETE: Mapping[str, int] = {"statecode": FULFILLED, "statuscode": 100001}
BILLED: Mapping[str, int] = {"statecode": INVOICED, "statuscode": 100003}

OPEN, RELEASED = "Open", "Released"
REOPENED = Halfway(column="documentStatus", before=RELEASED, between=OPEN)
GUARD = "yourReference"
"""A column of BC that a Released order takes, too: written as it stands, it says by its version whether somebody wrote meanwhile."""

_BY_ACTION = {FULFILLED: ("FulfillSalesOrder", "salesorders", "Fulfilled"), CANCELED: ("CancelSalesOrder", None, "Canceled")}
"""The states that only an action sets: where it is bound, and how the activity is called that it writes."""


def toggled(change: Update, order: Row, *within: Single) -> Step:
    """A change of an order as its state allows it; it ends in the state that the change names, else in the one that it has.

    `within` are steps on other rows that need the order open, too: its lines.
    """
    state = {name: change.values.get(name, order.get(name)) for name in ("statecode", "statuscode")}
    rest = {name: value for name, value in change.values.items() if name not in state}
    opens = order.get("statecode") != ACTIVE and bool(rest or within)
    moves = any(order.get(name) != value for name, value in state.items())
    steps: list[Single] = [replace(change, values=NEW)] if opens else []
    steps += [replace(change, values=rest)] if rest else []
    steps += within
    steps += [_closing(change, state)] if opens or moves else []
    if not steps:
        return change
    first, *others = steps
    return Together(side=change.side, steps=(first, *map(_unversioned, others))) if others else first


def reopened(change: Update, order: Row, *within: Single) -> Step:
    """A change of an order of BC, and of its lines within, as its status allows it: one that is Released is Released again afterwards.

    Neither action asks for the version that was read. A person who has reopened the order meanwhile would find it released under his hands.
    """
    guard = replace(change, values={GUARD: order.get(GUARD) or ""})
    changes: list[Single] = [change] if change.values else []
    if order.get("documentStatus") == RELEASED:
        open_, release = (Call(side=change.side, table=change.table, id=change.id, name=name, body={}) for name in ("reopen", "release"))
        return Together(side=change.side, steps=(guard, open_, *map(_unversioned, changes), *within, release))
    steps = changes or [guard]
    return Together(side=change.side, steps=(*steps, *within)) if within else steps[0]


def _closing(change: Update, state: Row) -> Single:
    """The step that brings an order to a state."""
    action = _BY_ACTION.get(state["statecode"])
    if action is None:
        return replace(change, values=state)
    close = {"subject": action[2], "salesorderid@odata.bind": f"/{change.table}({change.id})"}
    return Call(side=change.side, name=action[0], table=action[1], body={"OrderClose": close, "Status": state["statuscode"]})


def _unversioned(step: Single) -> Single:
    """The same step on whatever version: the ones before it made a new one."""
    return replace(step, version=None) if isinstance(step, Update) else step
