"""Field rows that people added to the native mappings, took out or turned around, as text for mappings.toml. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mapping import schema
from mapping.field import FieldMapping
from mapping.model import TableMapping
from mapping.overlay import read
from mapping.values import Row, Side
from sync.takeover.switches import WAYS

NO_ROWS = frozenset({"owneridtype", "parentcustomeridtype", "customeridtype", "baseuomname", "uomscheduleid"})
"""Native rows for which Couplet needs none: they only say to which table a lookup leads (rule D8), or what a unit's group says."""

ITS_OWN = "bcbi_"
"""Begins the columns that the native connector brought with it; Couplet has columns of its own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field row: the line for mappings.toml, or why there can be none."""

    mapping: str
    name: str
    line: str = ""
    why: str = ""


def differences(mapping: TableMapping, rows: Sequence[Row]) -> list[Difference]:
    """What sets the native field rows of a mapping apart from those here; parts and options have rows of their own making."""
    if mapping.part_of or mapping.sales.is_choice:
        return []
    members = {_plain(member.sales): member for unit in mapping.fields for member in unit.members}
    properties = {row["fieldNumber"]: members[column].bc for row in rows if (column := _column_of(row)) in members}
    found = [one for row in rows if (one := _difference(mapping, members, properties, row))]
    return [*found, *_criteria(mapping, rows)]


def _column_of(row: Row) -> str:
    """The column of Sales that a native row is about."""
    return str(row["integrationFieldName"] or "").lower()


def _difference(mapping: TableMapping, members: Mapping[str, FieldMapping], properties: Mapping[int, str], row: Row) -> Difference | None:
    column, enabled = _column_of(row), row["status"] == "Enabled"
    if not column or column in NO_ROWS or column.startswith(ITS_OWN):
        return None
    if column in members:
        return _changed(mapping, members[column], row, enabled=enabled)
    if not enabled or column in _read_otherwise(mapping):
        return None
    return _added(mapping, row, column, properties.get(row["fieldNumber"]) or _property(mapping, str(row["fieldName"])))


def _changed(mapping: TableMapping, member: FieldMapping, row: Row, *, enabled: bool) -> Difference | None:
    if not enabled:
        return _checked(Difference(mapping.name, member.name, f"{member.name} = {{ enabled = false }}"))
    way = WAYS.get(row["direction"])
    if row["constantValue"] or way in (None, member.direction) or not way:
        return None
    return _checked(Difference(mapping.name, member.name, f'{member.name} = {{ direction = "{way}" }}'))


def _added(mapping: TableMapping, row: Row, column: str, name: str | None) -> Difference:
    """A row of people's own, and the `name` of the property of Business Central as far as it is known."""
    if row["constantValue"] or not row["fieldNumber"]:
        return Difference(mapping.name, column, why=f"writes the constant {row['constantValue']!r}: see docs/mapping.md, constants")
    if name is None:
        return Difference(mapping.name, column, why=f"no page shows {row['fieldName']}: see docs/extending.md, a page of your own")
    given = {"bc": f'"{name}"', "sales": f'"{_column(mapping, column)}"', "direction": f'"{WAYS[row["direction"]]}"'}
    given |= {key: "true" for key, flag in FLAGS.items() if row[flag]}
    taken = {member.name for unit in mapping.fields for member in unit.members}
    called = column if name in taken else name
    found = Difference(mapping.name, called, f"{called} = {{ {', '.join(f'{key} = {value}' for key, value in given.items())} }}")
    if row["transformationRule"]:
        return replace(found, line="", why=f"declare its transformation rule {row['transformationRule']} with it: {found.line}")
    return _checked(found)


FLAGS: Mapping[str, str] = {"notNull": "notNull", "clearOnFailure": "clearValueOnFailedSync"}


def _criteria(mapping: TableMapping, rows: Iterable[Row]) -> Iterator[Difference]:
    """What match-based coupling compares, where people said so and it is not what is compared here."""
    names = {_plain(member.sales): member.name for unit in mapping.fields for member in unit.members}
    asked = [row for row in rows if row["useForMatchBasedCoupling"] and _column_of(row) in names]
    found = {(names[_column_of(row)], row["matchPriority"] or 1, row["caseSensitiveMatching"]) for row in asked}
    if found and found != {(one.field, one.priority, one.case_sensitive) for one in mapping.match_criteria}:
        order = sorted(found, key=lambda one: (one[1], one[0]))
        each = [f'{{ field = "{name}", priority = {place}{", caseSensitive = true" * case} }}' for name, place, case in order]
        yield Difference(mapping.name, "criteria", f"criteria = [{', '.join(each)}]")


def _checked(found: Difference) -> Difference:
    """A line that the mappings file would not take is none."""
    mistakes = read(as_toml([found])).mistakes
    return replace(found, line="", why=f"{mistakes[0]}: {found.line}") if mistakes else found


def as_toml(found: Sequence[Difference]) -> str:
    """The lines as a mappings file; what cannot stand in one stands there as a comment."""
    text: list[str] = []
    for name in dict.fromkeys(one.mapping for one in found):
        own = [one for one in found if one.mapping == name]
        head = f"[{name}" if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'["{name}"'
        criteria = [one.line for one in own if one.line and one.name == "criteria"]
        fields = [one.line or f"# {one.name}: {one.why}" for one in own if one.name != "criteria"]
        text += [f"{head}]", *criteria, ""] if criteria else []
        text += [f"{head}.fields]", *fields, ""] if fields else []
    return "\n".join(text)


def _read_otherwise(mapping: TableMapping) -> set[str]:
    """Columns that the mapping reads or writes by a filter, a constant or a rule of its own, or offers as a row."""
    offered = {_plain(member.sales) for unit in (*mapping.offered, *mapping.given, *mapping.only_compared) for member in unit.members}
    columns = (*mapping.columns(Side.SALES), *mapping.born.get(Side.SALES, {}), *mapping.constants.get(Side.SALES, {}))
    return offered | {_plain(each) for each in columns}


def _plain(column: str) -> str:
    """A column as the native connector calls it: a lookup without the ornaments of the Web API."""
    return column.removeprefix("_").removesuffix("_value") if column.startswith("_") else column


def _column(mapping: TableMapping, column: str) -> str:
    lookup = f"_{column}_value"
    return lookup if schema.column(Side.SALES, mapping.sales.name, lookup) else column


def _property(mapping: TableMapping, field: str) -> str | None:
    """The property of the mapping's page that shows a field: they are called alike but for blanks, dots, and No. for number."""
    wanted = _letters(field)
    names = {_letters(name): name for name in schema.table(Side.BC, mapping.bc.name)}
    return names.get(wanted) or names.get(wanted.removesuffix("no") + "number")


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
