"""Dataclasses as table rows: one property a field, in camelCase, read back by the field's type.

Times are UTC in ISO form, mappings and lists JSON text, None an empty text (a merge can then clear a property).
"""

from __future__ import annotations

import json
import types
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

PART = 15_000
"""Characters of one property: longer texts go on in `<name>2`, `<name>3` ... (a property holds 32,768 UTF-16 units)."""


def camel(name: str) -> str:
    """A field's name as the name of its property."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def to_json(value: Any) -> str:
    """Compact JSON in ASCII: whatever text is in it passes every encoding on the way."""
    return json.dumps(value, separators=(",", ":"))


def moment(value: datetime) -> str:
    """A time as stored."""
    return value.astimezone(UTC).isoformat()


def split(name: str, text: str) -> dict[str, str]:
    """A text of any length as one property, or as many as it needs."""
    parts = [text[start : start + PART] for start in range(0, len(text), PART)] or [""]
    return {name if number == 1 else f"{name}{number}": part for number, part in enumerate(parts, 1)}


def join(row: Mapping[str, Any], name: str) -> str:
    """The text that `split` took apart."""
    text, number = str(row.get(name, "")), 2
    while part := row.get(f"{name}{number}"):
        text, number = text + part, number + 1
    return text


def pack(name: str, value: Any) -> dict[str, Any]:
    """One field as properties."""
    if value is None:
        return {camel(name): ""}
    if isinstance(value, bool | int):
        return {camel(name): value}
    if isinstance(value, datetime):
        return {camel(name): moment(value)}
    if isinstance(value, str):
        return split(camel(name), str(value))
    return split(camel(name), to_json(value))


def to_row(record: Any, key: tuple[str, str]) -> dict[str, Any]:
    """A dataclass as a row; its etag is the row's own and not stored in it."""
    row: dict[str, Any] = {"PartitionKey": key[0], "RowKey": key[1]}
    for field in fields(record):
        if field.name != "etag":
            row |= pack(field.name, getattr(record, field.name))
    return row


def from_row(cls: type[T], row: Mapping[str, Any]) -> T:
    """The dataclass a row was made from; what an older version did not write has its default."""
    columns = _columns(cast(Hashable, cls))
    values = {name: _unpack(kind, row, camel(name)) for name, kind, default in columns if not default or camel(name) in row}
    if "etag" in cls.__dataclass_fields__:  # type: ignore[attr-defined]
        values["etag"] = row["etag"]
    return cls(**values)


@cache
def _columns(cls: Any) -> list[tuple[str, Any, bool]]:
    """Name, type without None, and whether there is a default, of every stored field."""
    hints = get_type_hints(cls)
    return [
        (field.name, _plain(hints[field.name]), field.default is not MISSING or field.default_factory is not MISSING)
        for field in fields(cls)
        if field.name != "etag"
    ]


def _plain(hint: Any) -> tuple[Any, bool]:
    """The type of a field, and whether it may be None."""
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return kinds[0], True
    return hint, False


def _unpack(kind: tuple[Any, bool], row: Mapping[str, Any], name: str) -> Any:
    plain, optional = kind
    value = row.get(name, "")
    if isinstance(value, bool | int):
        return value
    if value == "" and optional:
        return None
    if plain is datetime:
        return datetime.fromisoformat(value)
    text = join(row, name)
    if plain is str:
        return text
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return plain(text)
    loaded = json.loads(text)
    return tuple(loaded) if get_origin(plain) is tuple else loaded
