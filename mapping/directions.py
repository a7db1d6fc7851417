"""A mapping in another direction: its rows follow where they can, and are left out where they cannot (native rows and tables)."""

from __future__ import annotations

from dataclasses import replace

from mapping.field import Direction
from mapping.model import TableMapping, Unit
from mapping.values import Side


def in_direction(mapping: TableMapping, direction: Direction) -> TableMapping:
    """The mapping going this way only: two-way rows go that way, rows of the other way are disabled, rows are made there only.

    A disabled row that finds partners still does: without the number a record that is there would be made again (rule A1).
    """
    if direction in (Direction.BOTH, mapping.direction):
        return mapping
    target = Side.SALES if direction is Direction.TO_SALES else Side.BC
    keys = {name for key in mapping.natural_keys for name in key} | {criterion.field for criterion in mapping.criteria}
    return replace(
        mapping,
        direction=direction,
        fields=narrowed(mapping.fields, direction),
        standard=narrowed(mapping.standard, direction),
        offered=narrowed(mapping.offered, direction),
        only_compared=tuple(unit for unit in _left_out(mapping.fields, direction) if keys & {member.name for member in unit.members}),
        creates=mapping.creates & {target},
        by_hand=mapping.by_hand & {target},
    )


def narrowed(units: tuple[Unit, ...], direction: Direction) -> tuple[Unit, ...]:
    """The units that may go this way, going no other."""
    left_out = _left_out(units, direction)
    kept = [unit for unit in units if unit not in left_out]
    return tuple(Unit(unit.name, tuple(replace(member, direction=direction) for member in unit.members)) for unit in kept)


def _left_out(units: tuple[Unit, ...], direction: Direction) -> list[Unit]:
    """The units that only go the other way."""
    return [unit for unit in units if unit.direction not in (Direction.BOTH, direction)]
