"""Addresses of rows: the segments of a path, alternate keys, and what stands behind an `@odata.bind` or an `@odata.id`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.odata import split_list
from sandbox.sales import errors
from sandbox.sales.database import Database
from sandbox.sales.schema import Column, Table
from sandbox.sales.store import folded
from sandbox.sales.values import guid

ADDRESS = re.compile(r"(?:.*/api/data/v\d+\.\d+)?/?(?P<set>\w+)\((?P<key>.*)\)", re.DOTALL)
PLAIN = re.compile(r"/?(\w+)\(([\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12})\)")
UNQUOTED = ("Integer", "Decimal", "Money", "Double", "Picklist", "State", "Status", "BigInt", "Boolean")
NO_NAMED_PRIMARY_KEY = ("systemuser", "team")


@dataclass(frozen=True)
class Address:
    """A row by id, or by the values of an alternate key (by row key, as stored)."""

    table: Table
    id: str | None
    values: Mapping[str, Any]


def key_of(table: Table, text: str) -> Address:
    """Read what stands in the parentheses of `accounts(...)`, still percent-encoded or not."""
    found = guid(text)
    if found is not None:
        return Address(table, found, {})
    values: dict[str, Any] = {}
    for part in split_list(text):
        name, equals, value = part.partition("=")
        if not equals:
            raise errors.not_a_key(table.name)
        values[name.strip()] = value.strip()
    if list(values) == [table.id] and table.name not in NO_NAMED_PRIMARY_KEY and (found := guid(values[table.id])):
        return Address(table, found, {})
    return Address(table, None, _alternate(table, values))


def _alternate(table: Table, parts: dict[str, str]) -> dict[str, Any]:
    columns = {name: table.by_key.get(name) for name in parts}
    names = {column.name for column in columns.values() if column is not None}
    if None in columns.values() or not any(set(key.columns) == names and key.status == "Active" for key in table.keys):
        raise errors.not_a_key(table.name)
    return {name: _part(table, column, parts[name]) for name, column in columns.items() if column is not None}


def _part(table: Table, column: Column, text: str) -> Any:
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if column.kind == "guid" and (found := guid(text)):
        return found
    if column.type == "DateTime":
        return text
    if column.type in UNQUOTED:
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise errors.not_a_key(table.name) from None
    raise errors.not_a_key(table.name)


def find(db: Database, address: Address) -> str | None:
    """The id of the row, or None when there is none."""
    if address.id is not None:
        return address.id if address.id in db.rows(address.table.name) else None
    store = db.store(address.table.name)
    for index in store.unique:
        if set(index.keys) == set(address.values):
            return index.ids.get(tuple(folded(address.values[key]) for key in index.keys))
    return None


def missing(address: Address) -> errors.Refused:
    return errors.missing(address.table.name, address.id) if address.id else errors.missing_by_key(address.table.name)


class Resolver:
    """Turns references in bodies into (table, id); knows the Content-IDs of the change set it is in."""

    def __init__(self, db: Database, content: dict[str, str] | None = None) -> None:
        self.db = db
        self.content = content or {}

    def resolve(self, reference: str) -> tuple[str, str]:
        """`/accounts(<id>)`, an absolute URL, an alternate key URL or `$1`. Raises for a row that isn't there."""
        if reference.startswith("$"):
            reference = self.expand(reference)
        plain = PLAIN.fullmatch(reference)
        if plain is not None and (table := self.db.schema.sets.get(plain[1])):
            row_id = plain[2].lower()
            if row_id not in self.db.stores[table.name].rows:
                raise errors.missing(table.name, row_id)
            return table.name, row_id
        found = ADDRESS.fullmatch(reference)
        if found is None:
            raise errors.bad_payload("entity", f"Invalid URI '{reference}' in an entity reference.")
        address = key_of(self.db.table_of_set(found["set"]), unquote(found["key"]))
        target = find(self.db, address)
        if target is None:
            raise missing(address)
        return address.table.name, target

    def expand(self, reference: str) -> str:
        """`$1/rest` as the address that Content-ID 1 was created at."""
        label, slash, rest = reference[1:].partition("/")
        if label not in self.content:
            raise errors.Refused("0x80060888", f"Content-ID Reference: '${label}' does not exist in the batch context.")
        return self.content[label] + slash + rest
