"""One mapping of the file: a declared one changed, or one of people's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mapping import schema
from mapping.criteria import Criterion
from mapping.directions import in_direction
from mapping.extensions import Accepted, Extensions
from mapping.field import Direction
from mapping.filters import KnownCode
from mapping.model import Keep, Table, TableMapping
from mapping.modes import forms
from mapping.overlay.columns import SYSTEMS, Columns
from mapping.overlay.fields import Raw, Rows, units
from mapping.overlay.filters import conditions
from mapping.overlay.functions import Functions
from mapping.overlay.given import constants, inactive, templates
from mapping.overlay.mistakes import Mistakes, close_to
from mapping.parts import ALONE
from mapping.policies import Bound, Companies, ConflictPolicy, DeletionPolicy, LeavingPolicy, StartRule
from mapping.values import Side

PLAIN = {
    "enabled": ("enabled", bool),
    "companies": ("companies", Companies),
    "onlyCoupled": ("only_coupled", bool),
    "conflict": ("conflict", ConflictPolicy),
    "deletion": ("deletion", DeletionPolicy),
    "leaving": ("leaving", LeavingPolicy),
    "startRule": ("start_rule", StartRule),
    "category": ("category", str),
    "minutes": ("minutes", int),
    "wake": ("wakes", bool),
    "inactivityTimeout": ("inactivity", int),
}
"""Keys that say one property of a mapping: its name there, and how it is read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What all mappings of one file are read with: every mapping's Sales table by name, the shared templates, the functions."""

    world: Mapping[str, str]
    templates: Mapping[str, Raw]
    functions: Functions
    mistakes: Mistakes


def changed(declared: TableMapping, raw: Raw, reading: Reading) -> TableMapping:
    """A mapping that Couplet comes with, as the file changes it, in every mode."""
    for key in (key for key in ("bc", "sales") if key in raw):
        reading.mistakes.add(
            f"{declared.name}.{key}", "the tables of a mapping of Couplet stay.", "Declare a mapping of your own under another name."
        )
    own = {mode: replace(reading, mistakes=reading.mistakes.copy()) for mode in forms(declared)}
    found = {mode: _completed(_turned(form, raw, own[mode]), raw, own[mode]) for mode, form in forms(declared).items()}
    # A row that there is in one mode only is no mistake: the file is the same in all.
    everywhere = set.intersection(*(each.mistakes.paths for each in own.values()))
    for each in (each for each in own[None].mistakes.found if each.path in everywhere):
        reading.mistakes.add(each.path, each.what, each.remedy)
    variants = {mode: {name: getattr(found[mode], name) for name in values} for mode, values in declared.variants.items()}
    return replace(found[None], variants=variants)


def added(name: str, raw: Raw, reading: Reading) -> TableMapping | None:
    """A mapping of people's own; None when it cannot be made, which is noted."""
    lacking = [key for key in ("bc", "sales", "fields", "naturalKeys") if key not in raw]
    for key in lacking:
        if not reading.mistakes.under(f"{name}.{key}"):
            what = {"fields": "the field rows", "naturalKeys": "the fields by which an uncoupled partner is found"}.get(key, "the table")
            reading.mistakes.add(
                f"{name}.{key}", f"is missing; there is no mapping {name} to change.", f"Name {what}. {close_to(name, reading.world)}"
            )
    if "bc" in lacking or "sales" in lacking:
        return None
    tables = {side: _table(name, side, raw, reading.mistakes) for side in Side}
    direction = Direction(raw.get("direction", Direction.TO_SALES))
    creates = frozenset(side for side in Side if direction.reaches(side))
    new = TableMapping(name=name, bc=tables[Side.BC], sales=tables[Side.SALES], direction=direction, fields=(), creates=creates)
    return _completed(new, raw, reading)


def _table(name: str, side: Side, raw: Raw, mistakes: Mistakes) -> Table:
    given = raw[side.value] if isinstance(raw[side.value], Mapping) else {"table": raw[side.value]}
    table = str(given.get("table", ""))
    own = _own_columns(raw, side)
    if table not in schema.names(side) and not own:
        declare = f"Or declare the columns of a table of your own under {name}.columns.{side}."
        mistakes.add(f"{name}.{side}", f"{SYSTEMS[side]} has no table {table}.", f"{close_to(table, schema.names(side))} {declare}")
    if side is Side.BC:
        return Table(name=table, id=given.get("key", "id"), changed=given.get("changed", "lastModifiedDateTime"))
    key = given.get("key", f"{_singular(table)}id")
    known = schema.table(side, table)
    if known and key not in known:
        mistakes.add(f"{name}.sales", f"the key of {table} is not {key}.", f'Name it: sales = {{ table = "{table}", key = "..." }}.')
    return Table(name=table, id=key, changed=given.get("changed", "modifiedon"))


def _singular(table: str) -> str:
    """The logical name behind an entity set, as the platform makes it."""
    return f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")


def _turned(declared: TableMapping, raw: Raw, reading: Reading) -> TableMapping:
    """A declared mapping in the direction that the file wants."""
    wanted = Direction(raw.get("direction", declared.direction))
    if wanted is declared.direction:
        return declared
    if declared.direction is Direction.BOTH:
        return in_direction(declared, wanted)
    if declared.sales.is_choice:
        reading.mistakes.add(
            f"{declared.name}.direction", "choices follow the codes of Business Central.", f"Leave it {declared.direction}."
        )
        return declared
    return replace(declared, direction=wanted)


def _completed(mapping: TableMapping, raw: Raw, reading: Reading) -> TableMapping:
    """The mapping with everything else that the file says of it."""
    columns = {side: Columns(side, mapping.table(side).name, _own_columns(raw, side)) for side in Side}
    rows = Rows(
        mapping=mapping.name,
        direction=mapping.direction,
        columns=columns,
        world=reading.world,
        mistakes=reading.mistakes,
        leaned_on=_leaned_on(mapping),
    )
    mapping = replace(mapping, also=_still_read(mapping, raw))
    own = {side: frozenset(found.own) for side, found in columns.items() if found.own}
    mapping = replace(mapping, **_field_rows(mapping, rows, raw.get("fields", {})), own=own)
    mapping = replace(mapping, **{name: read(raw[key]) for key, (name, read) in PLAIN.items() if key in raw})
    mapping = _filtered(mapping, raw, columns, reading.mistakes)
    mapping = _found(mapping, raw, reading.mistakes)
    mapping = constants(mapping, raw, columns, reading.mistakes)
    mapping = templates(mapping, raw, columns, reading.templates, reading.mistakes)
    mapping = inactive(mapping, raw, columns, reading.mistakes)
    mapping = _extended(mapping, raw, reading)
    _check_together(mapping, raw, reading)
    return mapping


def _field_rows(mapping: TableMapping, rows: Rows, raw: Raw) -> dict[str, Any]:
    """The rows in force: those that are kept in step, and those that go with a new row only, which may share a name with one of them."""
    kept, at_first = ({member.name for unit in found for member in unit.members} for found in (mapping.fields, mapping.given))
    fields = units(
        rows, mapping.fields, {name: given for name, given in raw.items() if name in kept or name not in at_first}, mapping.offered
    )
    out = {name: {"enabled": False} for name in kept if raw.get(name, {}).get("enabled") is False}
    given = units(rows, mapping.given, {name: out.get(name, {}) if name in kept else raw[name] for name in at_first & raw.keys()})
    if not (fields or given or len(rows.mistakes)):
        what = "no field row is left, so that there is nothing to synchronise."
        rows.mistakes.add(f"{mapping.name}.fields", what, "Leave or add at least one.")
    return {"fields": fields, "given": given}


def _leaned_on(mapping: TableMapping) -> frozenset[str]:
    """Rows without which nothing is made, or whose code table a filter of Couplet asks."""
    codes = {keep.codes for keeps in mapping.keep.values() for keep in keeps if isinstance(keep, KnownCode)}
    members = [member for unit in (*mapping.fields, *mapping.given) for member in unit.members]
    return frozenset(member.name for member in members if member.needed or getattr(member.kind, "codes", None) in codes - {None})


def _still_read(mapping: TableMapping, raw: Raw) -> Mapping[Side, tuple[str, ...]]:
    """The columns of rows that are taken out are read on: rules of Couplet look at them."""
    gone = {name for name, given in raw.get("fields", {}).items() if given.get("enabled") is False}
    members = [member for unit in (*mapping.fields, *mapping.given) for member in unit.members if member.name in gone]
    shown = {side: [member.shown(side) for member in members if member.column(side)] for side in Side}
    return {side: tuple(dict.fromkeys((*mapping.also.get(side, ()), *shown[side]))) for side in Side}


def _own_columns(raw: Raw, side: Side) -> Mapping[str, Raw]:
    """The columns that the file declares; one whose type is wrong is taken for text, so that nothing else is said of it."""
    return {name: {"type": "String", **facts} for name, facts in raw.get("columns", {}).get(side.value, {}).items()}


def _filtered(mapping: TableMapping, raw: Raw, columns: Mapping[Side, Columns], mistakes: Mistakes) -> TableMapping:
    """The filters of the file in the place of the declared ones, or beside them; what they look at is read."""
    keep: dict[Side, Sequence[Keep]] = dict(mapping.keep)
    also = dict(mapping.also)
    for side in Side:
        own = _conditions(mapping.name, "filters", side, raw, columns, mistakes)
        more = _conditions(mapping.name, "moreFilters", side, raw, columns, mistakes) or []
        keep[side] = [*(keep.get(side, ()) if own is None else own), *more]
        asked = (str(getattr(each, "column", "")) for each in (*(own or ()), *more))
        also[side] = tuple(dict.fromkeys((*also.get(side, ()), *asked)))
    return replace(mapping, keep=keep, also=also)


def _conditions(name: str, key: str, side: Side, raw: Raw, columns: Mapping[Side, Columns], mistakes: Mistakes) -> list[Keep] | None:
    texts = raw.get(key, {}).get(side.value)
    return None if texts is None else conditions(texts, columns[side], f"{name}.{key}.{side}", mistakes)


def _found(mapping: TableMapping, raw: Raw, mistakes: Mistakes) -> TableMapping:
    """Keys, criteria, needs, sides on which rows are made, the brake and single conflict policies."""
    changes: dict[str, Any] = {}
    changes |= {key: kind(raw[key]) for key, kind in (("needs", tuple), ("shares", frozenset)) if key in raw}
    for key, name in (("creates", "creates"), ("askedOnly", "asked_only")):
        if key in raw:
            changes[name] = frozenset(map(Side, raw[key]))
    if "naturalKeys" in raw:
        changes["natural_keys"] = tuple(tuple(key) for key in raw["naturalKeys"])
    if "criteria" in raw:
        changes["criteria"] = tuple(_criterion(each) for each in raw["criteria"])
    if "bound" in raw:
        changes["bound"] = replace(mapping.bound, **raw["bound"]) if raw["bound"] else Bound()
    if "leavings" in raw:
        changes["leavings"] = {Side(side): LeavingPolicy(policy) for side, policy in raw["leavings"].items()}
    if "conflicts" in raw:
        changes["conflicts"] = {name: ConflictPolicy(policy) for name, policy in raw["conflicts"].items()}
    mapping = replace(mapping, **changes)
    names = {member.name: member for unit in mapping.fields for member in unit.members}
    for place, fields in enumerate(mapping.natural_keys):
        for name in fields:
            if name not in names:
                at = f"{mapping.name}.naturalKeys[{place}]" if "naturalKeys" in raw else f"{mapping.name}.naturalKeys"
                mistakes.add(at, f"there is no field row {name}.", f"Write the natural keys anew. {close_to(name, names)}")
    if not mapping.names:
        shown = [names[name] for name in (mapping.natural_keys or ((),))[0] if name in names]
        mapping = replace(mapping, names={side: tuple(member.column(side) for member in shown) for side in Side})
    return mapping


def _criterion(raw: Any) -> Criterion:
    given: Raw = {"field": raw} if isinstance(raw, str) else raw
    return Criterion(field=given["field"], case_sensitive=given.get("caseSensitive", False), priority=given.get("priority", 1))


def _extended(mapping: TableMapping, raw: Raw, reading: Reading) -> TableMapping:
    """The mapping with people's own functions."""
    found = {
        key: reading.functions.named(raw[key], f"{mapping.name}.{key}", reading.mistakes)
        for key in ("accept", "beforeWrite", "afterWrite", "match")
        if key in raw
    }
    accept = found.get("accept")
    extensions = Extensions(before_write=found.get("beforeWrite"), after_write=found.get("afterWrite"), match=found.get("match"))
    mapping = replace(mapping, extensions=extensions)
    if accept is None:
        return mapping
    keep: dict[Side, Sequence[Keep]] = {side: [*mapping.keep.get(side, ()), Accepted(mapping.name, side, accept)] for side in Side}
    return replace(mapping, keep=keep)


def _check_together(mapping: TableMapping, raw: Raw, reading: Reading) -> None:
    """What is right alone and wrong together."""
    name, mistakes = mapping.name, reading.mistakes
    reached = {side for side in Side if any(unit.direction.reaches(side) for unit in (*mapping.fields, *mapping.given))}
    for key in ALONE & raw.keys() if mapping.part_of else ():
        mistakes.add(f"{name}.{key}", f"{name} goes with {mapping.part_of}, never by itself.", f"Set it for {mapping.part_of}.")
    for side in Side:
        if mapping.direction.reaches(side) and side not in reached and not mistakes.under(f"{name}.fields"):
            mistakes.add(f"{name}.direction", f"no field row goes to {SYSTEMS[side]}.", "Let a row go there, or change the direction.")
        for key in ("creates", "askedOnly"):
            if side.value in raw.get(key, ()) and not mapping.direction.reaches(side):
                mistakes.add(f"{name}.{key}", f"the mapping does not go to {SYSTEMS[side]}.", f"Take {side} out, or change the direction.")
    two_way = [unit.name for unit in mapping.fields if unit.direction is Direction.BOTH]
    for unit in raw.get("conflicts", {}):
        if unit not in two_way:
            mistakes.add(f"{name}.conflicts.{unit}", "is no field row or group that goes both ways.", close_to(unit, two_way))
    named = [(f"{each}[{place}]", other) for each in ("needs", "shares") for place, other in enumerate(raw.get(each, ()))]
    for where, other in named:
        if other not in reading.world:
            mistakes.add(f"{name}.{where}", f"there is no mapping {other}.", close_to(other, reading.world))
    members = [member.name for unit in mapping.fields for member in unit.members]
    for place, one in enumerate(mapping.criteria if "criteria" in raw else ()):
        if one.field not in members:
            mistakes.add(f"{name}.criteria[{place}]", f"there is no field row {one.field}.", close_to(one.field, members))
    if 0 < mapping.inactivity < mapping.minutes and {"minutes", "inactivityTimeout"} & raw.keys():
        mistakes.add(
            f"{name}.inactivityTimeout", f"is shorter than the {mapping.minutes} minutes between runs.", "Make it longer, or 0 for off."
        )
