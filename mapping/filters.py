"""Filters on rows: each tells in words why a row is outside, or None.

They are applied to rows, never to queries, so that leaving is seen (rule C1).
"""

from __future__ import annotations

from typing import Any

from mapping.model import Keep
from mapping.values import Row
from mapping.world import World

BLANKS = (None, "", "_x0020_", "00000000-0000-0000-0000-000000000000")
"""What both services show for a blank: null, empty text, BC's blank enum member and empty id."""


def blank(column: str) -> Keep:
    """Rows in which the column is blank."""
    return lambda row, world: None if row.get(column) in BLANKS else f"{column} is {row.get(column)}"


def filled(column: str) -> Keep:
    """Rows in which the column is not blank."""
    return lambda row, world: f"{column} is blank" if row.get(column) in BLANKS else None


def equals(column: str, value: Any) -> Keep:
    """Rows in which the column has this value."""
    return lambda row, world: None if row.get(column) == value else f"{column} is {row.get(column)}, not {value}"


def known_code(column: str, codes: str, what: str) -> Keep:
    """Rows whose code leads somewhere in a code table."""

    def keep(row: Row, world: World) -> str | None:
        return None if str(row.get(column) or "").upper() in world.codes[codes].ids else f"{column} {row.get(column)} {what}"

    return keep
