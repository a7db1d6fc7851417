"""Payment terms: when a document is due, and what is taken off for paying early."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from sandbox.business_central.drafts import Draft, rule
from sandbox.business_central.schema import NO_DATE

_PART = re.compile(r"([+-]?)(?:(C)([DWMQY])|(\d+)([DWMQY]))")
_MONTHS = {"M": 1, "Q": 3, "Y": 12}


def due(day: str, formula: str) -> str:
    """A day moved by a date formula such as `30D`, `CM+10D` or `1M`; one that cannot be read moves nothing."""
    moved = dt.date.fromisoformat(day)
    for sign, current, whole, count, unit in _PART.findall(formula.upper()):
        moved = _end_of(moved, whole) if current else _later(moved, int(count) * (-1 if sign == "-" else 1), unit)
    return moved.isoformat()


def _later(day: dt.date, count: int, unit: str) -> dt.date:
    if unit in "DW":
        return day + dt.timedelta(days=count * (7 if unit == "W" else 1))
    months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
    year, month = divmod(months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end_of(day: dt.date, unit: str) -> dt.date:
    """The last day of the week, month, quarter or year."""
    if unit == "D":
        return day
    if unit == "W":
        return day + dt.timedelta(days=6 - day.weekday())
    month = {"M": day.month, "Q": (day.month - 1) // 3 * 3 + 3, "Y": 12}[unit]
    return day.replace(month=month, day=calendar.monthrange(day.year, month)[1])


@rule("Sales Header", "Payment Terms Code", "Document Date")
def _of_order(draft: Draft, value: str) -> None:
    follow(draft)


@rule("Sales Invoice", "Payment Terms Code", "Document Date")
def _of_invoice(draft: Draft, value: str) -> None:
    follow(draft)


def follow(draft: Draft) -> None:
    """Due date and discount of the document by its terms."""
    terms = draft.company.table("Payment Terms").find(draft.get("Payment Terms Code")) or {}
    draft.row["Payment Discount %"] = terms.get("Discount %", 0)
    if draft.get("Document Date") != NO_DATE:
        draft.row["Due Date"] = due_date(draft)


def due_date(draft: Draft) -> str:
    """The day on which the document is to be paid."""
    terms = draft.company.table("Payment Terms").find(draft.get("Payment Terms Code")) or {}
    return due(draft.get("Document Date"), terms.get("Due Date Calculation", ""))
