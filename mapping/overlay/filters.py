"""Filters as people write them: `country in DE, AT`, `email is not blank`, `number in C100..C199`, `creditLimit >= 1000`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mapping.filters import Between, Blank, Filled, OneOf
from mapping.model import Keep
from mapping.overlay.columns import DATES, NUMBERS, Columns, Facts, value_of
from mapping.overlay.mistakes import Mistakes

CONDITION = re.compile(
    r"\s*(?P<column>[A-Za-z_][\w]*)\s*"
    r"(?:\bis\s+(?P<blank>(?:not\s+)?blank)"
    r"|(?P<sign>>=|<=|!=|<>|=)\s*(?P<value>.*\S)"
    r"|(?P<negated>\bnot\s+)?\bin\s+(?P<values>.*\S))\s*"
)
VALUE = re.compile(r"""\s*(?:'(?P<one>(?:[^']|'')*)'|"(?P<two>[^"]*)"|(?P<bare>[^,'"]*?[^,'"\s]))\s*(?:,|$)""")
RANGE = re.compile(r"(?P<least>.*?)\s*\.\.\s*(?P<most>.*)")
MOST_VALUES = 200
HOW = "Write a column, then `is blank`, `is not blank`, `= value`, `!= value`, `in a, b`, `not in a, b`, `in 10..20`, `>= 10` or `<= 20`."


def conditions(texts: Sequence[str], columns: Columns, path: str, mistakes: Mistakes) -> list[Keep]:
    """The filters that these texts say; what is wrong is noted."""
    found = (condition(text, columns, f"{path}[{place}]", mistakes) for place, text in enumerate(texts) if isinstance(text, str))
    return [each for each in found if each]


def condition(text: str, columns: Columns, path: str, mistakes: Mistakes) -> Keep | None:
    """One filter; None when it says none."""
    found = CONDITION.fullmatch(text)
    if not found:
        mistakes.add(path, f"{text[:80]!r} is no filter.", HOW)
        return None
    name = found["column"]
    if columns.missing(name, path, mistakes):
        return None
    facts, column = columns.facts(name) or {}, columns.shown(name)
    if found["blank"]:
        return Filled(column) if found["blank"].startswith("not") else Blank(column)
    if found["sign"] in (">=", "<="):
        least, most = (found["value"], "") if found["sign"] == ">=" else ("", found["value"])
        return _between(column, least, most, facts, path, mistakes)
    listed = found["values"] or ""
    as_range = RANGE.fullmatch(listed) if "'" not in listed and '"' not in listed else None
    if as_range and not found["negated"]:
        return _between(column, as_range["least"], as_range["most"], facts, path, mistakes)
    return _one_of(column, found, facts, path, mistakes)


def _one_of(column: str, found: re.Match[str], facts: Facts, path: str, mistakes: Mistakes) -> Keep | None:
    single = found["value"] is not None
    texts = _values(found["value"] if single else found["values"])
    if not texts or (single and len(texts) > 1):
        mistakes.add(path, "the values cannot be read.", "Put a value with a comma or quotes in it in quotes; " + HOW)
        return None
    if len(texts) > MOST_VALUES:
        mistakes.add(path, f"lists {len(texts)} values.", f"It may list {MOST_VALUES}.")
        return None
    values = tuple(value_of(text, facts, path, mistakes) for text in texts)
    return OneOf(column, values, negated=bool(found["negated"]) or found["sign"] in ("!=", "<>"))


def _values(text: str) -> list[str]:
    """The values of a list; none when it cannot be read."""
    values, place = [], 0
    while place < len(text):
        found = VALUE.match(text, place)
        if not found:
            return []
        values.append(
            found["bare"] if found["bare"] is not None else found["two"] if found["two"] is not None else found["one"].replace("''", "'")
        )
        place = found.end()
    return values if not text.rstrip().endswith(",") else []


def _between(column: str, least: str, most: str, facts: Facts, path: str, mistakes: Mistakes) -> Keep | None:
    if not least.strip() and not most.strip():
        mistakes.add(path, "the range has neither beginning nor end.", HOW)
        return None
    bounds: list[Any] = [_bound(text.strip().strip("'\""), facts, path, mistakes) if text.strip() else None for text in (least, most)]
    low, high = bounds
    if low is not None and type(low) is type(high) and low > high:
        mistakes.add(path, "the range ends before it begins.", "Exchange the two bounds.")
        return None
    return Between(column, low, high)


def _bound(text: str, facts: Facts, path: str, mistakes: Mistakes) -> Any:
    kind = facts["type"]
    if kind in ("Boolean", "Guid", "Uniqueidentifier", "Lookup", "Customer", "Owner"):
        mistakes.add(path, f"a column of type {kind} knows no ranges.", "List the values: `in a, b`.")
        return None
    value = value_of(text, facts, path, mistakes)
    if value is None:
        return None
    if kind in NUMBERS:
        return Decimal(str(value))
    if kind in DATES:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        return moment if "T" in str(value) and moment.tzinfo else date(moment.year, moment.month, moment.day)
    return str(value)
