"""The schema as data: tables with BC fields, and pages, which show fields of one table under API names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import orjson

NO_GUID = "00000000-0000-0000-0000-000000000000"
NO_DATE = "0001-01-01"
NO_TIME = -62_135_596_800_000
"""Milliseconds of 0001-01-01T00:00:00Z: an empty DateTime."""

BLANK: dict[str, Any] = {
    "Text": "",
    "Code": "",
    "DateFormula": "",
    "BLOB": "",
    "Decimal": 0,
    "Integer": 0,
    "Boolean": False,
    "Guid": NO_GUID,
    "Date": NO_DATE,
    "DateTime": NO_TIME,
    "Enum": "_x0020_",
}
EDM = {
    "Text": "Edm.String",
    "Code": "Edm.String",
    "DateFormula": "Edm.String",
    "BLOB": "Edm.String",
    "Decimal": "Edm.Decimal",
    "Integer": "Edm.Int32",
    "Boolean": "Edm.Boolean",
    "Guid": "Edm.Guid",
    "Date": "Edm.Date",
    "DateTime": "Edm.DateTimeOffset",
}
STANDARD, EXTENSION, INTERNAL, FULL = "v2.0", "couplet", "internal", "full"
"""Where a page is served: API v2.0, the extension, or nowhere: what only seeds and hands reach, and what people see of all others."""


@dataclass(frozen=True)
class FieldDef:
    """A field of a table: kind (Text, Code, Decimal, Enum, ...), length of texts, the table its value must exist in."""

    name: str
    kind: str
    length: int = 0
    relation: str = ""
    enum: str = ""
    members: tuple[str, ...] = ()
    not_blank: bool = False
    init: Any = None
    minimum: float | None = None
    maximum: float | None = None

    @property
    def blank(self) -> Any:
        if self.init is not None:
            return self.init
        return self.members[0] if self.members else BLANK[self.kind]


@dataclass(frozen=True)
class TableDef:
    name: str
    key: tuple[str, ...]
    fields: dict[str, FieldDef]


@dataclass(frozen=True)
class Property:
    """A property of a page: a field of its table, the id behind a code field (`via`), or a calculation (`calc`)."""

    name: str
    kind: str
    field: FieldDef | None = None
    via: tuple[str, str] | None = None
    calc: str = ""
    read_only: bool = False
    enum: str = ""
    members: tuple[str, ...] = ()
    variable: bool = False
    """Whether the page works it out: what is no field of the real table cannot be filtered."""

    @property
    def blank(self) -> Any:
        if self.field:
            return self.field.blank
        return self.members[0] if self.members else BLANK[self.kind]

    @property
    def edm(self) -> str:
        return f"Microsoft.NAV.{self.enum}" if self.enum else EDM[self.kind]


@dataclass(frozen=True)
class Navigation:
    name: str
    target: str | None
    many: bool


@dataclass(frozen=True)
class Page:
    """An API page: entity set, entity type, table, allowed operations (letters I, M, D), properties in page order."""

    route: str
    set: str
    type: str
    table: TableDef
    ops: str
    webhook: bool
    properties: dict[str, Property]
    navigation: dict[str, Navigation]
    where: dict[str, Any] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    takes: dict[str, dict[str, str]] = field(default_factory=dict)
    """The parameters of bound actions that have any, with their kinds, by action."""

    @property
    def stamped(self) -> bool:
        return "lastModifiedDateTime" in self.properties

    @property
    def by_lower(self) -> dict[str, str]:
        return _lower_names(self)

    def __hash__(self) -> int:
        return id(self)


@cache
def _lower_names(page: Page) -> dict[str, str]:
    return {name.lower(): name for name in page.properties}


def encode(member: str) -> str:
    """An enum member as JSON and filters write it: every character outside of A-Z, a-z, 0-9 and _ as `_xHHHH_`."""
    return re.sub(r"[^A-Za-z0-9_]", lambda found: f"_x{ord(found[0]):04X}_", member)


def decode(member: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), member)


def _load(name: str) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(resources.files(__package__).joinpath("schema", name).read_bytes())
    return data


_SYSTEM = {"SystemId": "Guid", "SystemModifiedAt": "DateTime", "SystemCreatedAt": "DateTime", "SystemModifiedBy": "Guid"}
_RENAMED = {"notBlank": "not_blank", "min": "minimum", "max": "maximum"}


def _field(name: str, raw: dict[str, Any]) -> FieldDef:
    given: dict[str, Any] = {_RENAMED.get(key, key): tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return FieldDef(name, **given)


@cache
def tables() -> dict[str, TableDef]:
    """All tables by name; each also has the system fields."""
    found = {}
    for name, raw in _load("tables.json").items():
        fields = {field_name: _field(field_name, value) for field_name, value in raw["fields"].items()}
        fields |= {system: FieldDef(system, kind) for system, kind in _SYSTEM.items()}
        found[name] = TableDef(name, tuple(raw["key"]), fields)
    return found


def _property(table: TableDef, raw: dict[str, Any]) -> Property:
    held = table.fields[raw["field"]] if "field" in raw else None
    via, calc = raw.get("via"), raw.get("calc", "")
    return Property(
        name=raw["name"],
        kind=held.kind if held else raw["kind"],
        field=held,
        via=(via[0], via[1]) if via else None,
        calc=calc,
        read_only=raw.get("readOnly", False),
        enum=held.enum if held else raw.get("enum", ""),
        members=held.members if held else tuple(raw.get("members", ())),
        variable=raw.get("variable", bool(calc) and not calc.startswith("flow:") and "source" not in raw),
    )


@cache
def pages() -> dict[tuple[str, str], Page]:
    """All pages by (route, entity set)."""
    found = {}
    for route, name in ((STANDARD, "standard.json"), (EXTENSION, "extension.json"), (INTERNAL, "internal.json")):
        for entity_set, raw in _load(name).items():
            table = tables()[raw["table"]]
            found[route, entity_set] = Page(
                route=route,
                set=entity_set,
                type=raw["type"],
                table=table,
                ops=raw["ops"],
                webhook=raw["webhook"],
                properties={prop["name"]: _property(table, prop) for prop in raw["properties"]},
                navigation={item[0]: Navigation(item[0], item[1], item[2] == "many") for item in raw["navigation"]},
                where=raw.get("where", {}),
                actions=tuple(raw.get("actions", ())),
                takes=raw.get("takes", {}),
            )
    return found


@cache
def full_page(entity_set: str) -> Page | None:
    """All that any page shows of an entity set, as people see it on BC's own pages: there nothing but what BC keeps itself is read-only."""
    everything = pages()
    found = [everything[key] for route in (STANDARD, EXTENSION, INTERNAL) if (key := (route, entity_set)) in everything]
    if not found or found[0].route == INTERNAL:
        return found[0] if found else None
    properties = {name: _typed(prop) for page in found for name, prop in page.properties.items()}
    stamp = properties.pop("lastModifiedDateTime", None)
    if stamp is not None:
        properties[stamp.name] = stamp
    return replace(found[0], route=FULL, properties=properties)


def _typed(prop: Property) -> Property:
    """A property as a person can type it."""
    typed = prop.field.name not in _SYSTEM if prop.field else prop.calc.startswith("flow:")
    return replace(prop, read_only=False) if typed else prop
