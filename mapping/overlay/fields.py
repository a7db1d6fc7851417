"""Field rows of a mapping, changed, added and taken out as the file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mapping.field import Direction, FieldMapping
from mapping.lookups import Lookup
from mapping.model import Unit
from mapping.overlay.columns import Columns
from mapping.overlay.kinds import kind_of, knows_both_ways
from mapping.overlay.mistakes import Mistakes
from mapping.overlay.transforms import transformations
from mapping.plain import Choice, Flag
from mapping.values import Side

Raw = Mapping[str, Any]

FLAGS = {"notNull": "not_null", "late": "late", "needed": "needed", "atOnce": "at_once", "keepTyped": "keep_typed", "digest": "digest"}
FIXED = ("bc", "sales", "kind", "codes")
"""What is not changed in a row that Couplet comes with: a row of your own takes its place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """What the field rows of one mapping are read against; `leaned_on` are rows that Couplet's own filters and rules need."""

    mapping: str
    leaned_on: frozenset[str] = frozenset()
    direction: Direction
    columns: Mapping[Side, Columns]
    world: Mapping[str, str]
    mistakes: Mistakes

    def path(self, name: str) -> str:
        """Where a row stands in the file."""
        return f"{self.mapping}.fields.{name}"


def units(rows: Rows, declared: Sequence[Unit], raw: Mapping[str, Raw], offered: Sequence[Unit] = ()) -> tuple[Unit, ...]:
    """The units in force: those declared, with the changes of the file, the rows that it adds, and those offered that it enables."""
    declared = (*declared, *_enabled(rows, offered, raw))
    placed = [(unit.name if len(unit.members) > 1 else "", member) for unit in declared for member in unit.members]
    known = {member.name for _, member in placed}
    changed = [(raw.get(member.name, {}).get("group", group), _changed(rows, member, raw.get(member.name, {}))) for group, member in placed]
    added = [(given.get("group", ""), _added(rows, name, given)) for name, given in raw.items() if name not in known]
    gone = {name for name, given in raw.items() if given.get("enabled") is False}
    for name in sorted(gone & rows.leaned_on):
        rows.mistakes.add(f"{rows.path(name)}.enabled", "the mapping cannot do without this row.", "Leave it in.")
    kept = [(group, member) for group, member in (*changed, *added) if member and member.name not in gone]
    found = _grouped(kept)
    _agree(rows, found, raw)
    return found


def _enabled(rows: Rows, offered: Sequence[Unit], raw: Mapping[str, Raw]) -> list[Unit]:
    """The offered units of which the file enables a row; one that it changes without enabling it would do nothing, which is noted."""
    named = {unit.name: [member.name for member in unit.members if member.name in raw] for unit in offered}
    for name in (name for found in named.values() for name in found if "enabled" not in raw[name]):
        rows.mistakes.add(f"{rows.path(name)}.enabled", "is missing: the row is offered, but disabled.", "Add enabled = true.")
    return [unit for unit in offered if named[unit.name]]


def _grouped(members: Sequence[tuple[str, FieldMapping]]) -> tuple[Unit, ...]:
    """Members as units, each group where its first member stands."""
    places: dict[str, list[FieldMapping]] = {}
    for group, member in members:
        places.setdefault(group or member.name, []).append(member)
    return tuple(Unit(name, tuple(found)) for name, found in places.items())


def _changed(rows: Rows, member: FieldMapping, given: Raw) -> FieldMapping:
    if not given:
        return member
    path = rows.path(member.name)
    for key in (key for key in FIXED if key in given):
        rows.mistakes.add(
            f"{path}.{key}", "is Couplet's own.", "Take the row out (enabled = false) and add one of your own under another name."
        )
    direction = Direction(given.get("direction", member.direction))
    if direction is not member.direction and not knows_both_ways(member.kind):
        rows.mistakes.add(f"{path}.direction", f"{member.name} goes {member.direction} only.", "Leave its direction.")
        return member
    return _with(rows, replace(member, direction=direction), given, new_direction=direction is not member.direction)


def _added(rows: Rows, name: str, given: Raw) -> FieldMapping | None:
    path = rows.path(name)
    if given.get("enabled") is False and not {"bc", "sales"} & given.keys():
        rows.mistakes.add(path, "there is no such row to take out.", "Look at GET mappings/<name> for the names of the rows.")
        return None
    lacking = [side for side in Side if side.value not in given]
    for side in lacking:
        rows.mistakes.add(
            f"{path}.{side}", "is missing.", f"Name the {'property of Business Central' if side is Side.BC else 'column of Sales'}."
        )
    missing = [rows.columns[side].missing(given[side], f"{path}.{side}", rows.mistakes) for side in Side if side not in lacking]
    if lacking or any(missing):
        return None
    kind = kind_of(given, rows.columns, rows.world, path, rows.mistakes)
    if kind is None:
        return None
    own = {side: facts for side in Side if (facts := rows.columns[side].own.get(given[side]))}
    tables = {side: rows.columns[side].table for side in Side}
    member = FieldMapping(
        bc=given["bc"], sales=given["sales"], kind=kind, name=name, own=own, bc_table=tables[Side.BC], sales_table=tables[Side.SALES]
    )
    return _with(rows, replace(member, direction=Direction(given.get("direction", rows.direction))), given, new_direction=True)


def _with(rows: Rows, member: FieldMapping, given: Raw, *, new_direction: bool) -> FieldMapping:
    """A row with its flags and rules; what is wrong with them is noted."""
    path = rows.path(member.name)
    if rows.direction is not Direction.BOTH and member.direction is not rows.direction:
        what = f"{member.direction} is never used, as the mapping goes {rows.direction} only."
        rows.mistakes.add(f"{path}.direction", what, f"Write {rows.direction}, or change the direction of the mapping.")
    once = frozenset({Side(given["once"])}) if "once" in given else member.once
    for side in (side for side in Side if new_direction and member.direction.reaches(side)):
        rows.columns[side].locked(member.column(side), f"{path}.direction", rows.mistakes, new_only=side in once)
    changes: dict[str, Any] = {name: given[key] for key, name in FLAGS.items() if key in given}
    if "transform" in given:
        if isinstance(member.kind, Lookup | Choice | Flag):
            rows.mistakes.add(f"{path}.transform", "has no place in a row of this kind.", "Take it out.")
        else:
            changes["transform"] = transformations(given["transform"], member.direction, f"{path}.transform", rows.mistakes)
    if given.get("digest") and isinstance(member.kind, Lookup):
        rows.mistakes.add(f"{path}.digest", "has no place in a reference: it names a record, not a person's data.", "Take it out.")
    return replace(member, once=once, kind=_clearing(rows, member, given), **changes)


def _clearing(rows: Rows, member: FieldMapping, given: Raw) -> Any:
    """The kind with what a lookup does whose record is not coupled."""
    path, clear = rows.path(member.name), given.get("clearOnFailure")
    if clear and given.get("notNull", member.not_null):
        rows.mistakes.add(f"{path}.notNull", "cannot be together with clearOnFailure.", "Take one of them out.")
    if clear is None:
        return member.kind
    if not isinstance(member.kind, Lookup):
        rows.mistakes.add(f"{path}.clearOnFailure", "has a meaning in lookups only.", "Take it out.")
        return member.kind
    return replace(member.kind, blank=clear)


def _agree(rows: Rows, found: Sequence[Unit], raw: Mapping[str, Raw]) -> None:
    """What the rows must be together: one way in a group, and one row for each column that is written."""
    for unit in found:
        odd = next((member for member in unit.members if member.direction is not unit.direction), None)
        if odd:
            named = next((member.name for member in unit.members if "direction" in raw.get(member.name, {})), odd.name)
            what = f"differs from the other rows of the group {unit.name}, which is merged as one value."
            rows.mistakes.add(f"{rows.path(named)}.direction", what, "Give all rows of the group one direction.")
    for side in Side:
        _written_once(rows, side, [member for unit in found for member in unit.members if member.direction.reaches(side)], raw)


def _written_once(rows: Rows, side: Side, members: Sequence[FieldMapping], raw: Mapping[str, Raw]) -> None:
    first: dict[str, FieldMapping] = {}
    for member in members:
        other = first.setdefault(member.column(side), member)
        # of two rows that Couplet comes with, each is in force in a mode of its own
        if other is not member and member.column(side) and not raw.keys().isdisjoint({member.name, other.name}):
            named = member if member.name in raw else other
            rows.mistakes.add(
                f"{rows.path(named.name)}.{side}",
                f"{member.column(side)} is written by {other.name} and {member.name}.",
                "Take one of the two rows out, or let it go the other way.",
            )
