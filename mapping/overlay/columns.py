"""What is known of a mapping's columns: from the descriptions of the two APIs, and from `columns` in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mapping import schema
from mapping.overlay.mistakes import Mistakes, close_to
from mapping.overlay.shapes import said
from mapping.values import Side

SYSTEMS = {Side.BC: "Business Central", Side.SALES: "Sales"}
BIND = "@odata.bind"
LOOKUPS = ("Lookup", "Customer", "Owner")
TEXTS = ("String", "Code", "Memo", "Enum")
COUNTS = ("Int32", "Integer", "BigInt", "Picklist", "State", "Status")
NUMBERS = ("Decimal", "Money", "Double", *COUNTS)
DATES = ("Date", "DateTime", "DateTimeOffset")
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table on one side."""

    side: Side
    table: str
    own: Mapping[str, Facts] = field(default_factory=dict)

    @property
    def known(self) -> Mapping[str, Facts]:
        """Every column by name."""
        return {**schema.table(self.side, self.table), **self.own}

    def facts(self, name: str) -> Facts | None:
        """What is known of one column; of a lookup also by the name that rows show it under."""
        known = self.known
        return known.get(name) or known.get(name.removeprefix("_").removesuffix("_value"))

    def shown(self, name: str) -> str:
        """The name under which a row shows the column."""
        facts = self.known.get(name)
        return f"_{name}_value" if facts and facts["type"] in LOOKUPS else name

    def missing(self, name: str, path: str, mistakes: Mistakes) -> bool:
        """Whether the table has no such column, which is noted."""
        if self.facts(name) is not None:
            return False
        declare = f"Or declare it under columns.{self.side} of the mapping, if it is a column of your own."
        mistakes.add(path, f"{SYSTEMS[self.side]} has no column {name} in {self.table}.", f"{close_to(name, self.known)} {declare}")
        return True

    def locked(self, name: str, path: str, mistakes: Mistakes, *, new_only: bool = False) -> None:
        """Note a column that cannot be written, or with `new_only` cannot be written when a row is made."""
        facts = self.facts(name) or {}
        closed = facts.get("readOnly") or not facts.get("create", True) or (not new_only and not facts.get("update", True))
        if closed:
            mistakes.add(
                path, f"{SYSTEMS[self.side]} lets nobody write {name} of {self.table}.", "Take another column, or another direction."
            )


def value_of(text: Any, facts: Facts, path: str, mistakes: Mistakes) -> Any:
    """A value written in the file, as a row holds it; a wrong one is noted."""
    kind = str(facts["type"])
    try:
        return _typed(text, kind)
    except (ValueError, ArithmeticError):
        mistakes.add(path, f"{said(text)} is nothing that a column of type {kind} holds.", f"Write {LIKE.get(kind, 'a text')}.")
        return None


LIKE = {
    "Boolean": "true or false",
    "Date": "a date such as 2026-01-31",
    "DateTime": "a date such as 2026-01-31",
    "DateTimeOffset": "a moment such as 2026-01-31T12:00:00Z",
    **dict.fromkeys(("Guid", "Uniqueidentifier", *LOOKUPS), "an id such as 5d115c9c-44e3-ea11-bb43-000d3a2feca1"),
    **dict.fromkeys(NUMBERS, "a number"),
    **dict.fromkeys(COUNTS, "a whole number"),
}


def _typed(value: Any, kind: str) -> Any:
    if kind == "Boolean":
        return _flag(value)
    if kind in COUNTS:
        return int(_number(value))
    if kind in NUMBERS:
        return _number(value)
    if kind in DATES:
        return _moment(value)
    if isinstance(value, bool | int | float | date):
        raise ValueError(value)
    text = str(value)
    if kind in ("Guid", "Uniqueidentifier", *LOOKUPS):
        if not re.fullmatch(GUID, text):
            raise ValueError(text)
        return text.lower()
    return text


def _flag(value: Any) -> bool:
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if value not in known:
        raise ValueError(value)
    return known[value]


def _number(value: Any) -> Any:
    if isinstance(value, bool | date):
        raise ValueError(value)
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > Decimal(10) ** 15:
        raise ValueError(value)
    return int(number) if number == number.to_integral_value() else float(number)


def _moment(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if not isinstance(value, str):
        raise ValueError(value)
    datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value
