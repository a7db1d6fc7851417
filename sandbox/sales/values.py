"""One value of a request body to what a row stores: type, length, range, options, precision. A converter per column, made once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sandbox.sales.database import number_text
from sandbox.sales.errors import Refused, bad_payload
from sandbox.sales.schema import CHOICES, Column, Table

Convert = Callable[[Any], Any]
GUID = re.compile(r"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d\d-\d\d")
EARLIEST = "1753-01-01"


def guid(value: str) -> str | None:
    """A guid in lower case with dashes, or None."""
    text = value.strip("{}")
    return text.lower() if GUID.fullmatch(text) else None


@lru_cache(maxsize=65536)
def moment(text: str) -> str | None:
    """A time as rows hold it: UTC to the second with a Z; None when the text is no time."""
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if value.tzinfo is not None:
        value = value.astimezone(dt.UTC)
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value.year >= 1000 else f"{value.year:04d}-01-01T00:00:00Z"


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _wrong_type(table: Table, column: Column, value: Any) -> Refused:
    return bad_payload(table.set, f"Cannot convert the literal '{value}' to the expected type '{column.edm}'.")


def _text(table: Table, column: Column) -> Convert:
    limit = column.length

    def convert(value: Any) -> Any:
        if not isinstance(value, str):
            raise _wrong_type(table, column, value)
        if limit and 2 * len(value) > limit and utf16_length(value) > limit:
            raise Refused(
                "0x80044331",
                f"A validation error occurred. The length of the '{column.name}' attribute of the '{table.name}' "
                f"entity exceeded the maximum allowed length of '{limit}'.",
            )
        return value or None

    return convert


def out_of_range(table: Table, column: Column, value: Any) -> Refused:
    return Refused(
        "0x80044330",
        f"A validation error occurred. The value {number_text(value)} of '{column.name}' on record of type "
        f"'{table.name}' is outside the valid range ({number_text(column.min)} to {number_text(column.max)}).",
    )


def _number(table: Table, column: Column) -> Convert:
    low = column.min if column.min is not None else float("-inf")
    high = column.max if column.max is not None else float("inf")
    whole = column.type in ("Integer", "BigInt")
    digits = column.precision if column.type in ("Decimal", "Double") else None

    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise _wrong_type(table, column, value)
        if not low <= value <= high:
            raise out_of_range(table, column, value)
        return value if digits is None else round(float(value), digits)

    return convert


def _choice(table: Table, column: Column) -> Convert:
    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(table, column, value)
        if value not in column.options and column.options:
            raise Refused(
                "0x8004431a",
                f"A validation error occurred. The value {value} of '{column.name}' on record of type '{table.name}' "
                f"is outside the valid range. Accepted Values: {','.join(map(str, column.options))}",
            )
        return value

    return convert


def _integer(table: Table, column: Column) -> Convert:
    """State and status only have their type checked here: whether a pair fits is the matter of states.py."""

    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(table, column, value)
        return value

    return convert


def _boolean(table: Table, column: Column) -> Convert:
    def convert(value: Any) -> Any:
        if not isinstance(value, bool):
            raise _wrong_type(table, column, value)
        return value

    return convert


def _guid(table: Table, column: Column) -> Convert:
    def convert(value: Any) -> Any:
        found = guid(value) if isinstance(value, str) else None
        if found is None:
            raise _wrong_type(table, column, value)
        return found

    return convert


def _time(table: Table, column: Column) -> Convert:
    def convert(value: Any) -> Any:
        found = moment(value) if isinstance(value, str) else None
        if found is None or (column.date_only and not DATE.fullmatch(value)):
            raise _wrong_type(table, column, value)
        if found < EARLIEST:
            raise Refused(
                "0x80040239",
                f"DateTime is less than minumum value supported by CrmDateTime. Actual value: {value}, "
                "Minimum value supported: 01/01/1753 00:00:00",
            )
        return found[:10] if column.date_only else found

    return convert


MAKERS: dict[str, Callable[[Table, Column], Convert]] = {
    "String": _text,
    "Memo": _text,
    "Integer": _number,
    "BigInt": _number,
    "Decimal": _number,
    "Money": _number,
    "Double": _number,
    "Boolean": _boolean,
    "Uniqueidentifier": _guid,
    "DateTime": _time,
    **dict.fromkeys(CHOICES, _choice),
    "State": _integer,
    "Status": _integer,
}


def converter(table: Table, column: Column) -> Convert:
    """A function from a body's value to the stored one; null is always allowed through (what may not be null is checked on the row)."""
    inner = MAKERS[column.type](table, column)
    return lambda value: None if value is None else inner(value)
