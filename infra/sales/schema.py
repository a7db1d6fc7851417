"""`schema.json` as values: every column, lookup and key with the table that it is on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

FILE = Path(__file__).with_name("schema.json")
TYPES = ("String", "Integer", "Decimal", "DateTime")
Made = TypeVar("Made")


class SchemaWrong(Exception):
    """The schema file cannot be used; `mistakes` names everything that is wrong with it."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column; `table` is the logical name of the table that it is on."""

    table: str
    name: str
    schema_name: str
    label: str
    type: str = "String"
    description: str = ""
    length: int = 0
    format: str = ""
    behavior: str = ""
    min: int = 0
    max: int = 0
    precision: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTable:
    """A table of Couplet with the column that names its rows."""

    name: str
    schema_name: str
    label: str
    plural: str
    description: str
    primary: Column


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup:
    """A column that refers to a row of another table."""

    table: str
    name: str
    schema_name: str
    label: str
    target: str
    relationship: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """An alternate key."""

    table: str
    name: str
    schema_name: str
    label: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """Everything that Couplet adds to an organisation, and the tables whose changes it follows."""

    tables: tuple[OwnTable, ...]
    columns: tuple[Column, ...]
    lookups: tuple[Lookup, ...]
    keys: tuple[Key, ...]
    tracked: tuple[str, ...]

    @property
    def touched(self) -> tuple[str, ...]:
        """Every table that is looked at or changed."""
        named = (each.table for part in (self.columns, self.lookups, self.keys) for each in part)
        return tuple(dict.fromkeys((*(table.name for table in self.tables), *named, *self.tracked)))


def read(path: Path = FILE) -> Schema:
    """The schema in a file; raises SchemaWrong."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise SchemaWrong([f"{path} cannot be read: {problem.strerror}"]) from problem
    except (ValueError, RecursionError) as problem:
        raise SchemaWrong([f"{path} is no JSON: {problem}"]) from problem
    if not isinstance(raw, dict):
        raise SchemaWrong([f"{path} must be a JSON object"])
    return _Reading().schema(raw)


class _Reading:
    """Reads the parts one by one and notes what is wrong, so that all of it can be told at once."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def schema(self, raw: dict[str, Any]) -> Schema:
        prefix = str(raw.get("prefix", ""))
        found = Schema(
            tables=tuple(self._made(raw, "tables", _table)),
            columns=tuple(column for each in self._made(raw, "columns", _columns) for column in each),
            lookups=tuple(self._made(raw, "lookups", _lookup)),
            keys=tuple(key for each in self._made(raw, "keys", _keys) for key in each),
            tracked=tuple(self._made(raw, "changeTracking", _name)),
        )
        if not self.mistakes:
            self.mistakes = list(_mistakes(found, prefix))
        if self.mistakes:
            raise SchemaWrong(self.mistakes)
        return found

    def _made(self, raw: dict[str, Any], part: str, make: Callable[[Any], Made]) -> Iterator[Made]:
        listed = raw.get(part, [])
        if not isinstance(listed, list):
            self.mistakes.append(f"{part} must be a list")
            return
        for place, each in enumerate(listed):
            try:
                yield make(each)
            except KeyError as missing:
                self.mistakes.append(f"{part}[{place}]: {missing} is missing")
            except (AttributeError, TypeError, ValueError) as problem:
                self.mistakes.append(f"{part}[{place}]: {problem}")


def _table(raw: dict[str, Any]) -> OwnTable:
    primary = _column(raw["name"], raw["primaryName"])
    return OwnTable(plural=_name(raw["plural"]), description=_name(raw.get("description", "")), primary=primary, **_names(raw))


def _columns(raw: dict[str, Any]) -> list[Column]:
    rest = {name: value for name, value in raw.items() if name != "on"}
    return [_column(table, rest) for table in _on(raw)]


def _column(table: str, raw: dict[str, Any]) -> Column:
    rest: dict[str, Any] = {name: value for name, value in raw.items() if name not in ("name", "schemaName", "label")}
    found = Column(table=table, **_names(raw), **rest)
    for one in fields(Column):
        if one.default is not MISSING and type(getattr(found, one.name)) is not type(one.default):
            raise TypeError(f"{one.name} must be {'a text' if isinstance(one.default, str) else 'a whole number'}")
    return found


def _names(raw: dict[str, Any]) -> dict[str, Any]:
    """The names that everything has."""
    return {"name": _name(raw["name"]), "schema_name": _name(raw["schemaName"]), "label": _name(raw["label"])}


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} must be a text")
    return value


def _on(raw: dict[str, Any]) -> list[str]:
    """The tables that something is on."""
    if not isinstance(raw["on"], list):
        raise TypeError("on must be a list of tables")
    return [_name(table) for table in raw["on"]]


def _lookup(raw: dict[str, Any]) -> Lookup:
    return Lookup(table=_name(raw["on"]), target=_name(raw["target"]), relationship=_name(raw["relationship"]), **_names(raw))


def _keys(raw: dict[str, Any]) -> list[Key]:
    columns = tuple(map(_name, raw["columns"]))
    return [Key(table=table, columns=columns, **_names(raw)) for table in _on(raw)]


def _mistakes(schema: Schema, prefix: str) -> Iterator[str]:
    """What is right by itself and wrong together."""
    if not prefix.isalnum():
        yield "prefix must be letters and digits"
    columns = [(column.table, column.name) for column in schema.columns]
    everything: tuple[OwnTable | Column | Lookup | Key, ...] = (*schema.tables, *schema.columns, *schema.lookups, *schema.keys)
    for named in everything:
        if not named.name.startswith(f"{prefix}_") or named.schema_name.lower() != named.name:
            yield f"{named.name}: a name begins with {prefix}_, and the schema name is the same in whatever case"
    for table, name in sorted({each for each in columns if columns.count(each) > 1}):
        yield f"{table}.{name} stands there more than once"
    for column in schema.columns:
        if column.type not in TYPES or (column.type == "String" and column.length < 1):
            yield f"{column.table}.{column.name}: a type is one of {', '.join(TYPES)}, and a String has a length"
    for key in schema.keys:
        for name in key.columns:
            if (key.table, name) not in columns:
                yield f"{key.table}: the key {key.name} names the column {name}, which is not added to it"
    own = {table.name for table in schema.tables}
    for lookup in schema.lookups:
        if lookup.target not in own:
            yield f"{lookup.table}.{lookup.name}: {lookup.target} is no table of the file"
