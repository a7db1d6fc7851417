"""Constants, templates and inactive values of a mapping, as the file says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mapping.field import FieldMapping
from mapping.model import TableMapping, Template
from mapping.overlay.columns import BIND, LOOKUPS, SYSTEMS, Columns, value_of
from mapping.overlay.fields import Raw
from mapping.overlay.filters import conditions
from mapping.overlay.mistakes import Mistakes, close_to
from mapping.values import Side


def constants(mapping: TableMapping, raw: Raw, columns: Mapping[Side, Columns], mistakes: Mistakes) -> TableMapping:
    """The mapping with its constants: those of the file beside, or in the place of, the declared ones."""
    born = {side: dict(mapping.born.get(side, {})) for side in Side}
    always = {side: dict(mapping.constants.get(side, {})) for side in Side}
    for side in Side:
        for column, given in raw.get("constants", {}).get(side.value, {}).items():
            path = f"{mapping.name}.constants.{side}.{column}"
            once = isinstance(given, Mapping) and given.get("when") == "insert"
            value = _value(column, given["value"] if isinstance(given, Mapping) else given, columns[side], path, mistakes, new_only=once)
            _check_constant(mapping, side, column, once, columns[side], path, mistakes)
            (born if once else always)[side][column] = value
            (always if once else born)[side].pop(column, None)
    return replace(
        mapping,
        born={side: values for side, values in born.items() if values},
        constants={side: values for side, values in always.items() if values},
    )


def _check_constant(mapping: TableMapping, side: Side, column: str, once: bool, columns: Columns, path: str, mistakes: Mistakes) -> None:
    if not mapping.direction.reaches(side):
        mistakes.add(path, f"the mapping does not go to {SYSTEMS[side]}.", "Take it out, or change the direction.")
    writer = _writer(mapping, side, column)
    if writer:
        mistakes.add(path, f"is written by the field row {writer.name}, too.", "Take the row out (enabled = false), or the constant.")
    facts = columns.facts(column.removesuffix(BIND)) or {}
    if not once and (column.endswith(BIND) or facts.get("type") in LOOKUPS):
        mistakes.add(path, "a reference can be a constant of new rows only.", '{ value = "/table(id)", when = "insert" }.')


def _writer(mapping: TableMapping, side: Side, column: str) -> FieldMapping | None:
    members = (member for unit in mapping.fields for member in unit.members if member.direction.reaches(side))
    return next((member for member in members if member.column(side) == column.removesuffix(BIND)), None)


def _value(name: str, given: Any, columns: Columns, path: str, mistakes: Mistakes, *, new_only: bool) -> Any:
    """A value for a column, checked; a reference in Sales stands under its navigation property with `@odata.bind`."""
    if name.endswith(BIND):
        navs = [nav for facts in columns.known.values() for nav in (*facts.get("targets", {}).values(), facts.get("nav"))]
        if name.removesuffix(BIND) not in navs:
            mistakes.add(path, f"{columns.table} has no navigation property {name.removesuffix(BIND)}.", close_to(name, filter(None, navs)))
        return given
    if columns.missing(name, path, mistakes):
        return None
    columns.locked(name, path, mistakes, new_only=new_only)
    facts = columns.facts(name) or {}
    if facts["type"] in LOOKUPS:
        mistakes.add(path, "a reference is written by its navigation property.", f'"{name}{BIND}" = "/table(id)".')
        return None
    return value_of(given, facts, path, mistakes)


def templates(
    mapping: TableMapping, raw: Raw, columns: Mapping[Side, Columns], shared: Mapping[str, Raw], mistakes: Mistakes
) -> TableMapping:
    """The mapping with its templates per side; what their filters look at is read on the other side."""
    found, also = dict(mapping.templates), dict(mapping.also)
    for side in Side:
        given = raw.get("templates", {}).get(side.value)
        if given is None:
            continue
        path = f"{mapping.name}.templates.{side}"
        if side not in mapping.ever_creates:
            mistakes.add(path, f"the mapping makes no rows in {SYSTEMS[side]}.", "Take the templates out, or let it create there.")
        found[side] = tuple(_template(each, f"{path}[{place}]", side, columns, shared, mistakes) for place, each in enumerate(given))
        asked = (str(getattr(keep, "column", "")) for template in found[side] for keep in template.where)
        also[side.other] = tuple(dict.fromkeys((*also.get(side.other, ()), *asked)))
    return replace(mapping, templates=found, also=also)


def _template(raw: Raw, path: str, side: Side, columns: Mapping[Side, Columns], shared: Mapping[str, Raw], mistakes: Mistakes) -> Template:
    where = conditions(raw.get("where", ()), columns[side.other], f"{path}.where", mistakes)
    named, code = raw.get("use"), raw.get("bcTemplate", "")
    if (named is None) == ("values" not in raw) and (named is not None or not code):
        mistakes.add(path, "needs either use or values.", "Name a template, or say the values here.")
    if code and side is not Side.BC:
        mistakes.add(f"{path}.bcTemplate", "supplies rows of Business Central only.", "Take it out.")
    if named is not None and named not in shared:
        mistakes.add(f"{path}.use", f"there is no template {named}.", close_to(named, shared))
        return Template(name=named, values=None, where=where, priority=raw.get("priority", 0))
    given = raw.get("values") or shared.get(named or "", {}).get("values", {})
    values = {name: _value(name, value, columns[side], f"{path}.values.{name}", mistakes, new_only=True) for name, value in given.items()}
    return Template(name=named or path, values=values, code=code, where=where, priority=raw.get("priority", 0))


def inactive(mapping: TableMapping, raw: Raw, columns: Mapping[Side, Columns], mistakes: Mistakes) -> TableMapping:
    """The mapping with the values that make a row inactive."""
    found = dict(mapping.inactive)
    for side in Side:
        given = raw.get("inactive", {}).get(side.value)
        if given is not None:
            path = f"{mapping.name}.inactive.{side}"
            found[side] = {
                name: value_of(value, columns[side].facts(name) or {}, f"{path}.{name}", mistakes)
                for name, value in given.items()
                if not columns[side].missing(name, f"{path}.{name}", mistakes)
            }
    return replace(mapping, inactive=found)
