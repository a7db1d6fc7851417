"""Filters on rows: each tells in words why a row is outside, or None.

They are applied to rows, never to queries, so that leaving is seen (rule C1). Each is data: it can be shown, compared, and read from text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mapping.values import Row, Side
from mapping.world import World

BLANKS = (None, "", "_x0020_", "00000000-0000-0000-0000-000000000000", "0001-01-01", "0001-01-01T00:00:00Z")
"""What both services show for a blank: null, empty text, BC's blank enum member, empty id and empty date."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Rows in which the column is blank."""

    column: str

    def __call__(self, row: Row, world: World) -> str | None:
        return None if row.get(self.column) in BLANKS else f"{self.column} is {row.get(self.column)}"

    def __str__(self) -> str:
        return f"{self.column} is blank"


@dataclass(frozen=True, slots=True)
class Filled:
    """Rows in which the column is not blank."""

    column: str

    def __call__(self, row: Row, world: World) -> str | None:
        return f"{self.column} is blank" if row.get(self.column) in BLANKS else None

    def __str__(self) -> str:
        return f"{self.column} is not blank"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Rows in which the column has one of the values, or with `negated` none of them; text in whatever case."""

    column: str
    values: tuple[Any, ...]
    negated: bool = False

    def __call__(self, row: Row, world: World) -> str | None:
        value = row.get(self.column)
        hit = any(_same(value, each) for each in self.values)
        return None if hit is not self.negated else f"{self.column} is {value}{'' if self.negated else f', not {self._listed()}'}"

    def __str__(self) -> str:
        if len(self.values) == 1:
            return f"{self.column} {'!=' if self.negated else '='} {self._listed()}"
        return f"{self.column} {'not in' if self.negated else 'in'} {self._listed()}"

    def _listed(self) -> str:
        return ", ".join(str(each) for each in self.values)


@dataclass(frozen=True, slots=True)
class Between:
    """Rows in which the column lies in a range; a missing bound is none, a blank is in no range."""

    column: str
    least: Any = None
    most: Any = None

    def __call__(self, row: Row, world: World) -> str | None:
        least, most = _folded(self.least), _folded(self.most)
        value = _comparable(row.get(self.column), least if least is not None else most)
        inside = value is not None and (least is None or value >= least) and (most is None or value <= most)
        return None if inside else f"{self.column} is {row.get(self.column)}, not in {self._range()}"

    def __str__(self) -> str:
        return f"{self.column} in {self._range()}"

    def _range(self) -> str:
        return f"{'' if self.least is None else self.least}..{'' if self.most is None else self.most}"


@dataclass(frozen=True, slots=True)
class KnownCode:
    """Rows whose code leads somewhere in a code table."""

    column: str
    codes: str
    what: str

    def __call__(self, row: Row, world: World) -> str | None:
        known = str(row.get(self.column) or "").upper() in world.codes[self.codes].ids
        return None if known else f"{self.column} {row.get(self.column)} {self.what}"

    def __str__(self) -> str:
        return f"{self.column} leads to one of {self.codes}"


@dataclass(frozen=True, slots=True)
class Coupled:
    """Rows whose column names a coupled record of one of these mappings."""

    column: str
    mappings: tuple[str, ...]
    side: Side = Side.BC

    def __call__(self, row: Row, world: World) -> str | None:
        id_ = str(row.get(self.column))
        known = any(world.partner(name, self.side, id_) for name in self.mappings)
        return None if known else f"its {' or '.join(self.mappings)} is not coupled"

    def __str__(self) -> str:
        return f"{self.column} is a coupled {' or '.join(self.mappings)}"


class Broken(str):
    """The reason of a filter that could not be asked: the record is neither inside nor outside, but a problem."""

    __slots__ = ()


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return bool(_folded(value) == _folded(wanted))
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, Decimal):
        return value is not None and Decimal(str(value)) == wanted
    return bool(value == wanted)


def _comparable(value: Any, bound: Any) -> Any:
    """A row's value in the terms of a range's bound; None when it cannot be compared."""
    if value in BLANKS:
        return None
    try:
        if isinstance(bound, Decimal):
            return Decimal(str(value))
        if isinstance(bound, datetime):
            return datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        if isinstance(bound, date):
            return date.fromisoformat(str(value)[:10])
    except (ValueError, ArithmeticError):
        return None
    return _folded(str(value))


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def blank(column: str) -> Blank:
    """Rows in which the column is blank."""
    return Blank(column)


def filled(column: str) -> Filled:
    """Rows in which the column is not blank."""
    return Filled(column)


def equals(column: str, value: Any) -> OneOf:
    """Rows in which the column has this value."""
    return OneOf(column, (value,))


def one_of(column: str, *values: Any) -> OneOf:
    """Rows in which the column has one of these values."""
    return OneOf(column, values)


def known_code(column: str, codes: str, what: str) -> KnownCode:
    """Rows whose code leads somewhere in a code table."""
    return KnownCode(column, codes, what)


def coupled(column: str, *mappings: str, side: Side = Side.BC) -> Coupled:
    """Rows of a side whose column names a coupled record of one of these mappings."""
    return Coupled(column, mappings, side)


def but(column: str, *values: Any) -> OneOf:
    """Rows in which the column has none of these values."""
    return OneOf(column, values, negated=True)
