"""A mapping in another direction: its rows follow where they can, and are left out where they cannot (native rows and tables)."""

from __future__ import annotations

from dataclasses import replace

from mapping.field import Direction
from mapping.model import TableMapping, Unit
from mapping.values import Side


def in_direction(mapping: TableMapping, direction: Direction) -> TableMapping:
    """The mapping going this way only: two-way rows go that way, rows of the other way are disabled, rows are made there only."""
    if direction in (Direction.BOTH, mapping.direction):
        return mapping
    target = Side.SALES if direction is Direction.TO_SALES else Side.BC
    return replace(
        mapping,
        direction=direction,
        fields=narrowed(mapping.fields, direction),
        standard=narrowed(mapping.standard, direction),
        creates=mapping.creates & {target},
    )


def narrowed(units: tuple[Unit, ...], direction: Direction) -> tuple[Unit, ...]:
    """The units that may go this way, going no other."""
    kept = [unit for unit in units if unit.direction in (Direction.BOTH, direction)]
    return tuple(Unit(unit.name, tuple(replace(member, direction=direction) for member in unit.members)) for unit in kept)
