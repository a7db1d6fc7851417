"""OData query options for both simulators: `$filter` to a predicate over rows, `$orderby`, `$expand`.

`parse_filter(text)` gives a small tree of our own (odata-query reads the text); `compile_filter(tree, dialect)` turns it into a
function of a row. A `Dialect` says how one product names fields, compares values and treats null. Trees are cached and never
changed. Text that cannot be read raises `BadQuery`; what a product refuses (an `or` over two fields in Business Central) it finds
by walking the tree before compiling.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sandbox.odata_text import (
    And,
    BadQuery,
    Compare,
    Expand,
    Field,
    Function,
    Literal,
    Node,
    Not,
    OneOf,
    Or,
    conjuncts,
    equal_values,
    fields_of,
    parse_expand,
    parse_filter,
    parse_orderby,
    split_list,
)

__all__ = [
    "And",
    "BadQuery",
    "Column",
    "Compare",
    "Dialect",
    "Expand",
    "Field",
    "Function",
    "Literal",
    "Node",
    "Not",
    "OneOf",
    "Or",
    "Predicate",
    "Read",
    "Row",
    "as_comparable",
    "as_sorted",
    "compile_filter",
    "conjuncts",
    "equal_values",
    "fields_of",
    "microseconds",
    "parse_expand",
    "parse_filter",
    "parse_orderby",
    "sort_rows",
    "split_list",
]

Row = dict[str, Any]
Read = Callable[[Row], Any]
Predicate = Callable[[Row], bool]


@dataclass(frozen=True)
class Column:
    """How a field is read for comparing: `read(row)` gives a comparable (text casefolded, times as sortable values) or None for null."""

    kind: str
    read: Read


class Dialect:
    """What `compile_filter` asks of a product: names, values, null. Subclass it per product and entity set."""

    null_differs = True
    """Whether `field ne 'x'` is true of a null."""

    def column(self, path: str) -> Column:
        """The column behind a path; raise what the product answers to an unknown name."""
        raise NotImplementedError

    def value(self, column: Column, literal: Literal) -> Any:
        """A literal in the comparable form of a column; None for null. Override it for blanks, enums, or own conversions."""
        if literal.value is None:
            return None
        return as_comparable(column.kind, literal.value)

    def function(self, function: Function) -> Predicate:
        """A predicate for a function the common part does not know; raise what the product answers."""
        raise BadQuery(f"An unknown function with name '{function.name}' was found.")


def as_comparable(kind: str, value: Any) -> Any:
    """A value as its column kind compares it: text without case, datetimes as UTC microseconds, the rest as it is. Raises BadQuery."""
    if kind == "text":
        return str(value).casefold().rstrip(" ")
    if kind == "guid":
        return str(value).lower()
    if kind == "datetime" and not isinstance(value, int):
        return microseconds(str(value))
    if kind == "number" and not isinstance(value, int | float):
        raise BadQuery(f"'{value}' is no number.")
    return value


def as_sorted(column: Column) -> Callable[[dict[str, Any]], Any]:
    """How a column is read for `$orderby`: ids in the order of SQL Server's uniqueidentifier, the rest as it is compared."""
    if column.kind != "guid":
        return column.read
    return lambda row: in_sql_order(held) if (held := column.read(row)) is not None else None


def in_sql_order(guid: str) -> str:
    """A guid as a text that sorts as SQL Server sorts it: the last group first, the bytes of the first three from the right."""
    one, two, three, four, five = guid.split("-")
    return f"{five}{four}" + "".join(_from_the_right(group) for group in (three, two, one))


def _from_the_right(group: str) -> str:
    return "".join(group[place : place + 2] for place in range(len(group) - 2, -1, -2))


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


@lru_cache(maxsize=4096)
def microseconds(text: str) -> int:
    """Microseconds since 1970 of `2024-01-31T10:00:00.12Z` (or of a date); a time without zone is UTC. Raises BadQuery."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadQuery(f"'{text}' is no date and time.") from wrong
    return ((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) - _EPOCH) // _MICROSECOND


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_MIRROR = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def compile_filter(node: Node, dialect: Dialect) -> Predicate:
    """A function of a row that says whether it fits. Raises BadQuery or what the dialect raises."""
    match node:
        case And(parts):
            tests = [compile_filter(part, dialect) for part in parts]
            return lambda row: all(test(row) for test in tests)
        case Or(parts):
            tests = [compile_filter(part, dialect) for part in parts]
            return lambda row: any(test(row) for test in tests)
        case Not(part):
            inner = compile_filter(part, dialect)
            return lambda row: not inner(row)
        case Compare():
            return _compile_compare(node, dialect)
        case OneOf(field, values):
            column = dialect.column(field.path)
            wanted, read = {dialect.value(column, value) for value in values}, column.read
            return lambda row: read(row) in wanted
        case Function():
            return _compile_function(node, dialect)
        case Field(path):
            read = dialect.column(path).read
            return lambda row: read(row) is True
    raise BadQuery("The filter is no condition.")


def _compile_compare(node: Compare, dialect: Dialect) -> Predicate:
    op, left, right = node.op, node.left, node.right
    if isinstance(left, Literal):
        op, left, right = _MIRROR.get(op, op), right, left
    if isinstance(left, Function) and isinstance(right, Literal) and right.kind == "bool" and op in ("eq", "ne"):
        wanted = right.value is (op == "eq")
        inner = compile_filter(left, dialect)
        return lambda row: inner(row) is wanted
    column = _column(left, dialect)
    read, test = column.read, _COMPARE[op]
    if not isinstance(right, Literal):
        other = _column(right, dialect).read
        return lambda row: test(read(row), other(row))
    value = dialect.value(column, right)
    if op == "eq":
        return lambda row: bool(read(row) == value)
    if op == "ne":
        nulls = dialect.null_differs or value is None
        return lambda row: read(row) != value and (nulls or read(row) is not None)
    if value is None:
        return lambda row: False
    return lambda row: (held := read(row)) is not None and test(held, value)


def _column(node: Node, dialect: Dialect) -> Column:
    match node:
        case Field(path):
            return dialect.column(path)
        case Function("tolower" | "toupper", (Field(path),)):
            return dialect.column(path)
    raise BadQuery("Only a field can stand on the left of a comparison.")


def _compile_function(node: Function, dialect: Dialect) -> Predicate:
    test = _TEXT_TESTS.get(node.name)
    if test is None:
        return dialect.function(node)
    match node.args:
        case (left, Literal("text", value)):
            read, part = _column(left, dialect).read, str(value).casefold()
            return lambda row: (held := read(row)) is not None and test(held, part)
    raise BadQuery(f"{node.name} takes a field and a text.")


def sort_rows(rows: Sequence[Row], keys: Sequence[tuple[Read, bool]]) -> list[Row]:
    """Rows in the order of (read, descending) keys; nulls come first going up."""
    ordered = list(rows)
    for read, descending in reversed(keys):
        ordered.sort(key=lambda row, read=read: (read(row) is not None, read(row)), reverse=descending)  # type: ignore[misc]
    return ordered
