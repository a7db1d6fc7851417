"""What is left of the catalogue where Business Central serves only its standard API v2.0 (design: two profiles)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from mapping import schema
from mapping.beside import Related, Watch
from mapping.field import FieldMapping
from mapping.filters import Between, Blank, Filled, KnownCode, OneOf
from mapping.lookups import Lookup
from mapping.model import TableMapping, Unit
from mapping.parts import Part
from mapping.reduced import reduced, spared_units
from mapping.values import Side

STANDARD = "business_central"
"""The schema of API v2.0."""
NO_ACTION = "API v2.0 has no action"
"""Why something is not done with a record: people do it in Business Central instead."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A mapping, or one of its fields, that one side lacks something for, and why in words.

    Business Central lacks Couplet's extension, Sales the tables that Couplet adds.
    """

    mapping: str
    field: str | None
    why: str
    side: Side = Side.BC

    def __str__(self) -> str:
        return f"{self.mapping} {self.field}" if self.field else self.mapping


def available(
    catalogue: Mapping[str, TableMapping], extended: bool, tables: Collection[str] | None = None
) -> tuple[dict[str, TableMapping], list[Unavailable]]:
    """The mappings that can work on this Business Central, and by name what cannot; `tables` are those that its extension serves."""
    if extended:
        return _with_extension(catalogue, tables)
    missing = [Unavailable(name, None, why) for name, mapping in catalogue.items() if (why := _why_unavailable(mapping))]
    gone = {one.mapping for one in missing}
    served = {name: _standard(mapping, gone) for name, mapping in catalogue.items() if name not in gone}
    fields = [one for name in served for one in _missing_fields(catalogue[name], gone)]
    supplied = [one for name in served for one in _missing_supplies(catalogue[name])]
    unknown = [one for name in served for one in _missing_filters(catalogue[name])]
    actions = [Unavailable(name, action, f"{NO_ACTION} {action}") for name in served for action in catalogue[name].actions]
    return served, [*missing, *fields, *actions, *supplied, *unknown]


def as_served(catalogue: Mapping[str, TableMapping], serves: Callable[[str], bool]) -> dict[str, TableMapping]:
    """Each mapping as it is where Business Central does not serve some table that it could read, such as one of its past."""
    served: dict[str, TableMapping] = {}
    for name, mapping in catalogue.items():
        lacking = [values for table, values in mapping.unserved.items() if not serves(table)]
        served[name] = replace(mapping, **{key: value for values in lacking for key, value in values.items()}) if lacking else mapping
    return served


def _with_extension(
    catalogue: Mapping[str, TableMapping], tables: Collection[str] | None
) -> tuple[dict[str, TableMapping], list[Unavailable]]:
    """All mappings but those of tables that this version of BC, or of the extension, has not (table 7002 Sales Price, rule E3)."""
    missing = [
        Unavailable(name, None, f"the Couplet extension serves no table {mapping.bc.name} here")
        for name, mapping in catalogue.items()
        if tables is not None and not _of_ones_own(mapping) and mapping.bc.name not in {*schema.tables(STANDARD), *tables}
    ]
    gone = {one.mapping for one in missing}
    if not gone:
        return dict(catalogue), []
    left = {name: reduced(mapping, spared_units(mapping, gone), gone) for name, mapping in catalogue.items() if name not in gone}
    fields = [
        Unavailable(name, member.name, _why_missing(member, gone) or f"its group {unit.name} is not served whole")
        for name in left
        for unit in catalogue[name].fields
        if unit.name not in {kept.name for kept in left[name].fields}
        for member in unit.members
    ]
    return left, [*missing, *fields]


def _why_unavailable(mapping: TableMapping) -> str | None:
    """Why a mapping cannot work at all: its table, or what its filters, constants and templates speak of, is not served."""
    if _of_ones_own(mapping):
        return None
    if mapping.bc.name not in schema.tables(STANDARD):
        return f"API v2.0 does not serve the table {mapping.bc.name}"
    lacking = next((column for column in _spoken_of(mapping) if not _served(mapping, column)), None)
    return f"its filters, constants or templates need {lacking}, which API v2.0 does not serve" if lacking else None


def _spoken_of(mapping: TableMapping) -> Iterator[str]:
    """The columns of BC that filters ask, and that constants and templates write."""
    yield from (keep.column for keep in mapping.keep.get(Side.BC, ()) if isinstance(keep, Blank | Filled | OneOf | Between))
    yield from mapping.constants.get(Side.BC, ())
    for side, templates in mapping.templates.items():
        for template in templates:
            asked = template.where if side is Side.SALES else ()
            yield from (keep.column for keep in asked if isinstance(keep, Blank | Filled | OneOf | Between))
            yield from (template.values or {}) if side is Side.BC else ()


def _served(mapping: TableMapping, column: str) -> bool:
    return column in mapping.own.get(Side.BC, ()) or schema.is_standard(mapping.bc.name, column)


def _of_ones_own(mapping: TableMapping) -> bool:
    """Whether the company serves the table itself: by an API page of its own, named with publisher, group and version."""
    return "/" in mapping.bc.name


def _standard(mapping: TableMapping, gone: set[str]) -> TableMapping:
    """The mapping with what API v2.0 serves of it, and what takes the place of the rest."""
    kept = tuple(unit for unit in spared_units(mapping, gone) if _unit_served(unit, gone))
    present = {unit.name for unit in kept}
    units = (*kept, *(unit for unit in mapping.standard if unit.name not in present))
    also, keep = mapping.also.get(Side.BC, ()), mapping.keep.get(Side.BC, ())
    if not _of_ones_own(mapping):
        also = tuple(column for column in also if _served(mapping, column))
        # What leads nowhere without its column is found out by the row that is named as missing, or by waiting.
        keep = tuple(each for each in keep if not isinstance(each, KnownCode) or _served(mapping, each.column))
    left = reduced(mapping, units, gone)
    return replace(
        left,
        given=_given(left, gone),
        related=tuple(each for each in left.related if _related_served(mapping, each)),
        also={**mapping.also, Side.BC: also},
        keep={**mapping.keep, Side.BC: keep} if keep else mapping.keep,
        supplies=mapping.supplies if _supplies_served(mapping) else None,
        parts=tuple(replace(part, sought=_sought(part)) for part in mapping.parts),
        watches=tuple(watch for watch in mapping.watches if _watch_served(mapping, watch)),
        gone=mapping.gone and replace(mapping.gone, related=tuple(each for each in mapping.gone.related if _read_served(each))),
    )


def _watch_served(mapping: TableMapping, watch: Watch) -> bool:
    """Whether a table can be watched, and the record shows what its rows name."""
    return schema.is_standard(watch.table, watch.column) and (watch.across or _served(mapping, watch.key))


def _read_served(related: Related) -> bool:
    """Whether related rows can be read."""
    read = [column for column in (*related.columns, related.key) if column] if related.side is Side.BC else []
    return all(schema.is_standard(related.table, column) for column in read)


def _sought(part: Part) -> Mapping[Side, tuple[str, str]]:
    """By which columns lines are asked for: API v2.0 takes the ids of documents, which the extension's pages work out."""
    bc = part.lines.bc.name
    return {side: pair for side, pair in part.sought.items() if side is Side.SALES or schema.is_standard(bc, pair[0])}


def _related_served(mapping: TableMapping, related: Related) -> bool:
    """Whether related rows can be read, and the record shows which they are."""
    if not _read_served(related):
        return False
    if related.beside:
        return all(_related_served(mapping, each) for each in mapping.related if each.name == related.beside)
    asks_bc = bool(related.of) and ((related.side is Side.BC) is not related.across or bool(related.through))
    return not asks_bc or _served(mapping, related.of)


def _given(mapping: TableMapping, gone: set[str]) -> tuple[Unit, ...]:
    """What a new row takes beside the fields, as far as API v2.0 takes it, and what takes the place of the rest."""
    kept = tuple(unit for unit in mapping.given if _unit_served(unit, gone) and not _only_read(unit))
    present = {unit.name for unit in kept}
    return (*kept, *(unit for unit in mapping.standard_given if unit.name not in present))


def _unit_served(unit: Unit, gone: set[str]) -> bool:
    return not any(_why_missing(member, gone) for member in unit.members)


def _only_read(unit: Unit) -> bool:
    """Whether API v2.0 shows a value that it does not take."""
    return any((schema.tables(STANDARD).get(member.bc_table, {}).get(member.bc) or {}).get("readOnly") for member in unit.members)


def _missing_fields(mapping: TableMapping, gone: set[str]) -> list[Unavailable]:
    """The fields of all units that are left out; a group is left out whole (rule B4)."""
    left_out = [unit for unit in mapping.fields if not _unit_served(unit, gone)]
    only_read = [unit for unit in mapping.given if _unit_served(unit, gone) and _only_read(unit)]
    ungiven = [unit for unit in mapping.given if not _unit_served(unit, gone) and unit.name not in {each.name for each in left_out}]
    refused = [Unavailable(mapping.name, unit.name, "API v2.0 shows it, and takes none for a new row") for unit in only_read]
    left_out += ungiven
    return refused + [
        Unavailable(mapping.name, member.name, _why_missing(member, gone) or f"its group {unit.name} is not served whole")
        for unit in left_out
        for member in unit.members
    ]


def _missing_filters(mapping: TableMapping) -> Iterator[Unavailable]:
    """What cannot be told apart without a table that API v2.0 does not serve."""
    for keep in mapping.never.get(Side.BC, ()):
        table = getattr(keep, "table", "")
        if table and table not in schema.tables(STANDARD):
            yield Unavailable(mapping.name, getattr(keep, "what", table), f"API v2.0 does not serve {table}")


def _missing_supplies(mapping: TableMapping) -> list[Unavailable]:
    """What BC's own templates would give to new rows: API v2.0 serves no templates and applies none (rule E8)."""
    if _supplies_served(mapping) or mapping.supplies is None:
        return []
    why = f"API v2.0 gives new rows nothing of {mapping.supplies.page}"
    return [Unavailable(mapping.name, name, why) for name in mapping.supplies.needs]


def _supplies_served(mapping: TableMapping) -> bool:
    return mapping.supplies is not None and mapping.supplies.table in schema.tables(STANDARD)


def _why_missing(member: FieldMapping, gone: set[str]) -> str | None:
    if isinstance(member.kind, Lookup) and member.kind.without(gone) is None:
        return f"its mapping {member.kind.mapping} is unavailable"
    served = not member.bc or Side.BC in member.own or schema.is_standard(member.bc_table, member.bc)
    return None if served else f"API v2.0 does not serve {member.bc_table}.{member.bc}"
