"""Tables, columns, lookups and relationships, read from the JSON files in `schema/`.

A `Table` says what exists; it holds no rows. Columns may be added while running (metadata writes), so each simulator owns its copy.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "schema"
NAMESPACE = uuid.UUID("6f4d4a1e-5d0c-4c93-9d5b-0d5f7c1f5a11")
READ_AS_LOOKUP = ("Lookup", "Customer", "Owner")
CHOICES = ("Picklist", "State", "Status")
KINDS = {
    "String": "text",
    "Memo": "text",
    "Uniqueidentifier": "guid",
    "Lookup": "guid",
    "Customer": "guid",
    "Owner": "guid",
    "DateTime": "datetime",
    "Boolean": "bool",
}
EDM = {
    "String": "Edm.String",
    "Memo": "Edm.String",
    "Uniqueidentifier": "Edm.Guid",
    "Boolean": "Edm.Boolean",
    "DateTime": "Edm.DateTimeOffset",
    "Money": "Edm.Decimal",
    "Decimal": "Edm.Decimal",
    "Double": "Edm.Double",
    "BigInt": "Edm.Int64",
}


@dataclass
class Column:
    """One column; `key` is its name in a row as GET shows it (`_x_value` for lookups).

    `published` holds the options that metadata shows while `options` has newer ones that nobody has published yet.
    """

    name: str
    type: str
    schema: str
    length: int = 0
    min: float | None = None
    max: float | None = None
    precision: int = 0
    source: int = 0
    create: bool = False
    update: bool = False
    required: str = "None"
    default: Any = None
    format: str = ""
    behavior: str = "UserLocal"
    choice: str = ""
    custom: bool = False
    options: dict[int, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    published: dict[int, str] | None = None

    @cached_property
    def key(self) -> str:
        return f"_{self.name}_value" if self.type in READ_AS_LOOKUP else self.name

    @property
    def kind(self) -> str:
        """How a filter compares it: text, guid, datetime, bool or number."""
        return KINDS.get(self.type, "number")

    @property
    def edm(self) -> str:
        if self.type == "DateTime" and self.behavior == "DateOnly":
            return "Edm.Date"
        return EDM.get(self.type, "Edm.Guid" if self.type in READ_AS_LOOKUP else "Edm.Int32")

    @property
    def date_only(self) -> bool:
        return self.type == "DateTime" and self.behavior == "DateOnly"

    @classmethod
    def of(cls, name: str, raw: dict[str, Any]) -> Column:
        raw = {"schema": name, **raw, "options": {int(value): label for value, label in raw.get("options", {}).items()}}
        if raw["type"] == "Boolean" and not raw["options"]:
            raw["options"] = {1: "Yes", 0: "No"}
        return cls(name=name, **raw)


@dataclass(frozen=True)
class State:
    """A statecode with its default and its possible statuscodes."""

    value: int
    label: str
    default: int
    statuses: tuple[int, ...]


@dataclass(frozen=True)
class Collection:
    """A one-to-many navigation property and what a delete of the one does to the many: cascade, restrict or removelink."""

    owner: str
    name: str
    to: str
    column: str
    delete: str


@dataclass(frozen=True)
class Association:
    """A many-to-many relationship between two tables."""

    name: str
    set: str
    left: str
    right: str


@dataclass
class Key:
    """An alternate key; it enforces and resolves only while Active."""

    name: str
    schema: str
    columns: tuple[str, ...]
    status: str = "Active"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Table:
    """What the platform knows about a table. `name` is the logical name, `set` the entity set name."""

    name: str
    set: str
    schema: str
    id: str
    primary_name: str
    ownership: str
    bulk: bool
    required: tuple[str, ...]
    states: dict[int, State]
    columns: dict[str, Column]
    tracking: bool = True
    keys: list[Key] = field(default_factory=list)
    generation: int = 0
    custom: bool = False

    @property
    def metadata_id(self) -> str:
        return str(uuid.uuid5(NAMESPACE, self.name))

    def changed(self) -> None:
        """Forget what was derived from the columns."""
        self.generation += 1
        for derived in ("by_key", "navigation", "defaults", "has_money"):
            self.__dict__.pop(derived, None)

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns.values()}

    @cached_property
    def navigation(self) -> dict[str, tuple[Column, str]]:
        """Exact name of each single-valued navigation property, with the lookup column and, if it is the only one, the target."""
        found: dict[str, tuple[Column, str]] = {}
        for column in self.columns.values():
            for target, nav in column.targets.items():
                found[nav] = (column, "" if nav in found else target)
        return found

    @cached_property
    def defaults(self) -> dict[str, Any]:
        found = {column.key: column.default for column in self.columns.values() if column.default is not None}
        if self.states:
            first = next(iter(self.states.values())) if self.name != "product" else self.states[2]
            found["statecode"], found["statuscode"] = first.value, first.default
        return found

    @cached_property
    def has_money(self) -> tuple[Column, ...]:
        """Money columns that have a base column beside them."""
        return tuple(column for column in self.columns.values() if column.type == "Money" and f"{column.name}_base" in self.columns)

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Table:
        states = {item["state"]: State(item["state"], item["label"], item["default"], tuple(item["statuses"])) for item in raw["states"]}
        columns = {name: Column.of(name, column) for name, column in raw["columns"].items()}
        return cls(
            name=raw["name"],
            set=raw["set"],
            schema=raw["schema"],
            id=raw["id"],
            primary_name=raw["primaryName"],
            ownership=raw["ownership"],
            bulk=raw["bulk"],
            required=tuple(raw["required"]),
            states=states,
            columns=columns,
        )


class Schema:
    """All tables by logical name and by entity set, with their relationships."""

    def __init__(self) -> None:
        files = sorted(path for path in FOLDER.glob("*.json") if not path.name.startswith("_"))
        self.tables = {table.name: table for table in (Table.of(orjson.loads(path.read_bytes())) for path in files)}
        self.sets = {table.set: table for table in self.tables.values()}
        raw = orjson.loads((FOLDER / "_relationships.json").read_bytes())
        collections = [Collection(r["from"], r["name"], r["to"], r["column"], r["delete"]) for r in raw["collections"]]
        self.collections = {(item.owner, item.name): item for item in collections}
        self.associations = [Association(r["name"], r["set"], r["from"], r["to"]) for r in raw["associations"]]

    def behavior(self, owner: str, to: str, column: str) -> str:
        """What deleting a row of `owner` does to rows of `to` that point at it."""
        for item in self.collections.values():
            if (item.owner, item.to, item.column) == (owner, to, column):
                return item.delete
        return "removelink"

    def pointing_at(self, name: str) -> Iterator[tuple[Table, Column]]:
        """Lookup columns that may hold a row of this table, without the platform's own (createdby, owning...)."""
        for table in self.tables.values():
            for column in table.columns.values():
                if name in column.targets and (column.create or column.update):
                    yield table, column
