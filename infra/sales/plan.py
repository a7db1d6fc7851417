"""What there is in an organisation, and the steps to what there should be: values, without I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from infra.sales.schema import Column, Key, Lookup, OwnTable, Schema

ACTIVE, FAILED = "Active", "Failed"
LOOKUPS = ("Lookup", "Customer", "Owner")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A column or key that is there: type and length of the one, columns and index status of the other."""

    type: str = ""
    length: int = 0
    columns: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """A table as the organisation has it; of its columns those that somebody added."""

    tracked: bool = True
    columns: Mapping[str, Found] = field(default_factory=dict)
    keys: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddTable:
    """Make a table of ours."""

    what: OwnTable

    @property
    def table(self) -> str:
        return self.what.name

    def __str__(self) -> str:
        return f"add the table {self.what.name}"


@dataclass(frozen=True, slots=True)
class AddColumn:
    """Add a column to a table."""

    what: Column

    @property
    def table(self) -> str:
        return self.what.table

    def __str__(self) -> str:
        size = f"({self.what.length})" if self.what.length else ""
        return f"add the column {self.what.table}.{self.what.name} {self.what.type}{size}"


@dataclass(frozen=True, slots=True)
class AddLookup:
    """Add a lookup with its relationship."""

    what: Lookup

    @property
    def table(self) -> str:
        return self.what.table

    def __str__(self) -> str:
        return f"add the lookup {self.what.table}.{self.what.name} to {self.what.target}"


@dataclass(frozen=True, slots=True)
class AddKey:
    """Add an alternate key; its index is built afterwards."""

    what: Key

    @property
    def table(self) -> str:
        return self.what.table

    def __str__(self) -> str:
        return f"add the key {self.what.table}.{self.what.name} over {', '.join(self.what.columns)}"


@dataclass(frozen=True, slots=True)
class Reactivate:
    """Let the index of a key that failed be built once more."""

    what: Key

    @property
    def table(self) -> str:
        return self.what.table

    def __str__(self) -> str:
        return f"build the index of the key {self.what.table}.{self.what.name} again, which failed"


@dataclass(frozen=True, slots=True)
class Track:
    """Switch change tracking on for a table; nobody can switch it off again."""

    table: str

    def __str__(self) -> str:
        return f"switch change tracking on for {self.table}"


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish what was changed in these tables."""

    tables: tuple[str, ...]

    @property
    def table(self) -> str:
        return ""

    def __str__(self) -> str:
        return f"publish {', '.join(self.tables)}"


Step = AddTable | AddColumn | AddLookup | AddKey | Reactivate | Track | Publish


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps in their order; what stands in the way, in words; and keys whose index is still being built."""

    steps: tuple[Step, ...] = ()
    obstacles: tuple[str, ...] = ()
    building: tuple[Key, ...] = ()


def plan(schema: Schema, present: Mapping[str, Present]) -> Plan:
    """From what there is to what there should be; nothing is left to do where it is the same."""
    steps = (*_tables(schema, present), *_columns(schema, present), *_keys(schema, present), *_tracking(schema, present))
    changed = tuple(dict.fromkeys(step.table for step in steps))
    return Plan(
        steps=(*steps, Publish(changed)) if steps else (),
        obstacles=tuple(_obstacles(schema, present)),
        building=tuple(key for key in schema.keys if _status(key, present) not in ("", ACTIVE, FAILED)),
    )


def _tables(schema: Schema, present: Mapping[str, Present]) -> Iterator[Step]:
    yield from (AddTable(table) for table in schema.tables if table.name not in present)


def _columns(schema: Schema, present: Mapping[str, Present]) -> Iterator[Step]:
    yield from (AddColumn(column) for column in schema.columns if column.name not in _of(present, column.table).columns)
    yield from (AddLookup(lookup) for lookup in schema.lookups if lookup.name not in _of(present, lookup.table).columns)


def _keys(schema: Schema, present: Mapping[str, Present]) -> Iterator[Step]:
    for key in schema.keys:
        status = _status(key, present)
        if status in ("", FAILED):
            yield Reactivate(key) if status else AddKey(key)


def _tracking(schema: Schema, present: Mapping[str, Present]) -> Iterator[Step]:
    yield from (Track(table) for table in schema.tracked if table in present and not present[table].tracked)


def _status(key: Key, present: Mapping[str, Present]) -> str:
    found = _of(present, key.table).keys.get(key.name)
    return found.status if found else ""


def _of(present: Mapping[str, Present], table: str) -> Present:
    return present.get(table, Present())


def _obstacles(schema: Schema, present: Mapping[str, Present]) -> Iterator[str]:
    """What somebody must settle by hand before anything is changed."""
    own = {table.name for table in schema.tables}
    yield from (f"Sales has no table {name}" for name in schema.touched if name not in present and name not in own)
    for column in schema.columns:
        found = _of(present, column.table).columns.get(column.name)
        if found and found.type != column.type:
            yield f"{column.table}.{column.name} is there as {found.type}, not as {column.type}: rename or delete it"
        elif found and found.length < column.length:
            yield f"{column.table}.{column.name} takes {found.length} characters, not {column.length}: make it longer"
    for lookup in schema.lookups:
        found = _of(present, lookup.table).columns.get(lookup.name)
        if found and found.type not in LOOKUPS:
            yield f"{lookup.table}.{lookup.name} is there as {found.type}, not as a lookup: rename or delete it"
    for key in schema.keys:
        found = _of(present, key.table).keys.get(key.name)
        if found and set(found.columns) != set(key.columns):
            yield f"{key.table}: the key {key.name} is over {', '.join(found.columns)}, not {', '.join(key.columns)}: delete it"
