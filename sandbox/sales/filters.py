"""`$filter` over a table: names and values as Dataverse reads them, single-valued paths, and its query functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sandbox.odata import (
    And,
    BadQuery,
    Column,
    Dialect,
    Function,
    Literal,
    Node,
    Not,
    OneOf,
    Or,
    Predicate,
    as_comparable,
    compile_filter,
    conjuncts,
    equal_values,
    parse_filter,
)
from sandbox.sales import errors
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.lambdas import take_out
from sandbox.sales.periods import PERIODS, Period
from sandbox.sales.schema import Column as Stored
from sandbox.sales.schema import Table
from sandbox.sales.store import Row
from sandbox.sales.values import guid

_TEXT = r"'(?:[^']|'')*'"
_LIST = rf"\[(?:{_TEXT}|[^\]'])*\]"
CALL = re.compile(rf"{_TEXT}|\bMicrosoft\.Dynamics\.CRM\.(?P<name>(?!In\(|any\(|all\()\w+)\((?P<arguments>(?:{_TEXT}|{_LIST}|[^()'])*)\)")
ARGUMENT = re.compile(rf"(Property(?:Name|Values|Value[12]?))\s*=\s*({_LIST}|{_TEXT}|[^,]+)")
VALUE = re.compile(rf"{_TEXT}|[^,\s]+")


def unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


class TableDialect(Dialect):
    """Compares as the database does: text without case, guids in any case, times to the second."""

    null_differs = True

    def __init__(self, db: Database, table: Table, calls: Sequence[tuple[str, dict[str, list[str]]]], user_id: str) -> None:
        self.db = db
        self.table = table
        self.calls = calls
        self.user_id = user_id

    def column(self, path: str) -> Column:
        name, _, rest = path.partition("/")
        if rest:
            return self._through(name, rest)
        found = self.table.by_key.get(name)
        if found is None:
            raise errors.unknown_property(self.table.name, name)
        return reading(found)

    def _through(self, name: str, rest: str) -> Column:
        """A column of the row behind a single-valued navigation property."""
        if name not in self.table.navigation:
            raise errors.unknown_property(self.table.name, name)
        lookup, target = self.table.navigation[name]
        if target not in self.db.stores:
            raise errors.unknown_property(self.table.name, name)
        inner = TableDialect(self.db, self.db.schema.tables[target], self.calls, self.user_id).column(rest)
        rows, key, read = self.db.rows(target), lookup.key, inner.read

        def through(row: Row) -> Any:
            other = rows.get(row.get(key, ""))
            return read(other) if other is not None else None

        return Column(inner.kind, through)

    def value(self, column: Column, literal: Literal) -> Any:
        if literal.value is None:
            return None
        if column.kind == "guid" and literal.kind not in ("guid", "text"):
            raise BadQuery(f"A guid cannot be compared with '{literal.value}'.")
        if column.kind in ("number", "bool") and literal.kind == "text":
            return _from_text(column.kind, str(literal.value))
        if column.kind == "guid" and literal.kind == "text":
            raise BadQuery(
                "A binary operator with incompatible types was detected. Found operand types 'Edm.Guid' and 'Edm.String' "
                "for operator kind 'Equal'."
            )
        compared = as_comparable(column.kind, literal.value)
        return compared.rstrip(" ") if column.kind == "text" else compared

    def function(self, function: Function) -> Predicate:
        if not function.name.startswith("Microsoft.Dynamics.CRM."):
            raise BadQuery(f"An unknown function with name '{function.name}' was found.")
        match function.args:
            case (Literal("number", at),):
                name, arguments = self.calls[int(at)]
                return self._lambda(name, arguments) if name in ("any", "all") else self._call(name, arguments)
        raise BadQuery("A query function takes PropertyName and PropertyValue(s).")

    def _lambda(self, kind: str, arguments: dict[str, list[str]]) -> Predicate:
        """Whether any, or all, rows of a collection fit a condition."""
        collection = self.db.schema.collections.get((self.table.name, arguments["nav"][0]))
        if collection is None:
            raise errors.unknown_property(self.table.name, arguments["nav"][0])
        child = self.db.schema.tables[collection.to]
        fits = Filter(self.db, child, arguments["condition"][0], self.user_id).fits or (lambda row: True)
        key, own, store, every = child.columns[collection.column].key, self.table.id, self.db.store(child.name), kind == "all"
        return lambda row: (all if every else any)(fits(store.rows[found]) for found in store.with_value(key, row[own]))

    def _call(self, name: str, arguments: dict[str, list[str]]) -> Predicate:
        column = self.column(arguments["PropertyName"][0])
        texts = [text for key in ("PropertyValue", "PropertyValue1", "PropertyValue2", "PropertyValues") for text in arguments.get(key, [])]
        special = self._users(name, column)
        if special is not None:
            return special
        if name in PERIODS:
            return _in_period(column, PERIODS[name], texts)
        test = TESTS.get(name)
        if test is None:
            raise errors.unknown_segment(f"Microsoft.Dynamics.CRM.{name}")
        values = [_comparable(column, text) for text in texts]
        read, check = column.read, test
        return lambda row: (held := read(row)) is not None and check(held, values)

    def _users(self, name: str, column: Column) -> Predicate | None:
        read = column.read
        unit = self.db.rows("systemuser").get(self.user_id, {}).get("_businessunitid_value")
        wanted = {
            "EqualUserId": (self.user_id, True),
            "NotEqualUserId": (self.user_id, False),
            "EqualBusinessId": (unit, True),
            "NotEqualBusinessId": (unit, False),
        }.get(name)
        if wanted is None:
            return None
        value, same = wanted
        return lambda row: (read(row) == value) is same


def _comparable(column: Column, text: str) -> Any:
    return _from_text(column.kind, text) if column.kind in ("number", "bool") else as_comparable(column.kind, text)


def _from_text(kind: str, text: str) -> Any:
    if kind == "bool":
        return text.lower() in ("true", "1")
    try:
        return float(text)
    except ValueError as wrong:
        raise BadQuery(f"'{text}' is no number.") from wrong


def _in_period(column: Column, period: Callable[[int], Period], texts: Sequence[str]) -> Predicate:
    low, high = period(int(texts[0]) if texts else 1)
    read = column.read
    return lambda row: (held := read(row)) is not None and low <= held < high


def _day(value: Any) -> Any:
    """The day of a moment in microseconds."""
    return value // 86_400_000_000


TESTS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "NotIn": lambda held, values: held not in values,
    "Between": lambda held, values: values[0] <= held <= values[1],
    "NotBetween": lambda held, values: not values[0] <= held <= values[1],
    "On": lambda held, values: bool(_day(held) == _day(values[0])),
    "NotOn": lambda held, values: bool(_day(held) != _day(values[0])),
    "OnOrAfter": lambda held, values: bool(_day(held) >= _day(values[0])),
    "OnOrBefore": lambda held, values: bool(_day(held) <= _day(values[0])),
}


def reading(column: Stored) -> Column:
    """How a column is read for comparing."""
    key, kind = column.key, column.kind
    if kind == "text":
        return Column(kind, lambda row: held.casefold().rstrip(" ") if (held := row.get(key)) is not None else None)
    if kind == "datetime":
        return Column(kind, lambda row: as_comparable("datetime", held) if (held := row.get(key)) is not None else None)
    return Column(kind, lambda row: row.get(key))


class Filter:
    """A compiled `$filter`: candidates by an index where one column is compared for equality, then the predicate."""

    def __init__(self, db: Database, table: Table, text: str | None, user_id: str) -> None:
        self.db = db
        self.table = table
        self.tree: Node | None = None
        self.fits: Predicate | None = None
        if not text:
            return
        calls: list[tuple[str, dict[str, list[str]]]] = []
        try:
            self.tree = _typed(parse_filter(_take_out(take_out(text, calls), calls)))
            self.fits = compile_filter(self.tree, TableDialect(db, table, calls, user_id))
        except BadQuery as wrong:
            raise Refused("0x80060888", str(wrong)) from wrong

    def rows(self) -> Iterable[Row]:
        rows = self.db.rows(self.table.name)
        ids = self._candidates()
        found: Iterable[Row] = rows.values() if ids is None else [rows[row_id] for row_id in ids if row_id in rows]
        fits = self.fits
        return list(found) if fits is None else [row for row in found if fits(row)]

    def _candidates(self) -> list[str] | None:
        for part in conjuncts(self.tree) if self.tree is not None else ():
            found = equal_values(part)
            if found is None or found[0] not in self.table.by_key:
                continue
            column = self.table.by_key[found[0]]
            if column.kind not in ("guid", "text") or any(value.value is None for value in found[1]):
                continue
            values = [str(value.value).lower() if column.kind == "guid" else value.value for value in found[1]]
            if column.name == self.table.id:
                return list(dict.fromkeys(values))
            store = self.db.store(self.table.name)
            return list(dict.fromkeys(row_id for value in values for row_id in store.with_value(column.key, value)))
        return None


def _typed(node: Node) -> Node:
    """`In(...)` quotes guids; elsewhere a quoted guid is a wrong type. The `in` operator is not there."""
    match node:
        case OneOf(field, values, spelled):
            if spelled != "crm":
                raise BadQuery("The query node In is not supported.")
            return OneOf(field, tuple(Literal("guid", found) if (found := guid(str(value.value))) else value for value in values), spelled)
        case And(parts):
            return And(tuple(_typed(part) for part in parts))
        case Or(parts):
            return Or(tuple(_typed(part) for part in parts))
        case Not(part):
            return Not(_typed(part))
    return node


def _take_out(text: str, calls: list[tuple[str, dict[str, list[str]]]]) -> str:
    """Replace each query function by one that only carries its number: the parser doesn't know named arguments."""

    def replace(found: re.Match[str]) -> str:
        if not found["name"]:
            return found[0]
        pairs = ARGUMENT.findall(found["arguments"])
        arguments = {name: [unquoted(item) for item in VALUE.findall(value.strip("[]"))] for name, value in pairs}
        if "PropertyName" not in arguments:
            raise BadQuery("A query function takes PropertyName and PropertyValue(s).")
        calls.append((found["name"], arguments))
        return f"Microsoft.Dynamics.CRM.{found['name']}({len(calls) - 1})"

    return CALL.sub(replace, text)
