"""The words in which a mapping is written: each makes one unit of the merge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mapping.field import Direction, FieldMapping, Kind
from mapping.kinds import Text
from mapping.model import Unit
from mapping.values import Side

Way = Callable[..., Unit]
"""One of `both`, `to_sales` and `from_sales`."""


def both(bc: str, sales: str, kind: Kind | None = None, *, name: str = "", once: Side | None = None) -> Unit:
    """A field that travels both ways."""
    return _unit(bc, sales, Direction.BOTH, kind, name, once)


def to_sales(bc: str, sales: str, kind: Kind | None = None, *, name: str = "", once: Side | None = None) -> Unit:
    """A field that travels from BC to Sales only."""
    return _unit(bc, sales, Direction.TO_SALES, kind, name, once)


def from_sales(bc: str, sales: str, kind: Kind | None = None, *, name: str = "") -> Unit:
    """A field that travels from Sales to BC only."""
    return _unit(bc, sales, Direction.FROM_SALES, kind, name, None)


def numbered(bc: str, sales: str, kind: Kind, *, keep_typed: bool = False) -> Unit:
    """A number that BC gives and Sales shows, written in the run that made the record (rule B2)."""
    unit = _unit(bc, sales, Direction.TO_SALES, kind, "", None)
    return Unit(unit.name, (replace(unit.members[0], at_once=True, keep_typed=keep_typed),))


def needed(unit: Unit) -> Unit:
    """A field without which no row is made: its problem is the record's."""
    return Unit(unit.name, tuple(replace(member, needed=True) for member in unit.members))


def late(unit: Unit) -> Unit:
    """A field that is written right after the row was made, not with it."""
    return Unit(unit.name, tuple(replace(member, late=True) for member in unit.members))


def group(name: str, *units: Unit) -> Unit:
    """Fields that are merged as one value (rule B4)."""
    return Unit(name, tuple(member for unit in units for member in unit.members))


def on(bc_table: str, sales_table: str, *units: Unit) -> tuple[Unit, ...]:
    """The units of a mapping, told which tables they belong to, so that they know their lengths."""
    return tuple(
        Unit(unit.name, tuple(replace(member, bc_table=bc_table, sales_table=sales_table) for member in unit.members)) for unit in units
    )


def _unit(bc: str, sales: str, direction: Direction, kind: Kind | None, name: str, once: Side | None) -> Unit:
    called = name or bc or sales
    sides = frozenset({once}) if once else frozenset()
    return Unit(called, (FieldMapping(bc=bc, sales=sales, direction=direction, kind=kind or Text(), name=called, once=sides),))
