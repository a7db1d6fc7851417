"""The text of OData query options: `$filter` to a small tree, `$orderby`, `$expand`. Import it through `sandbox.odata`."""

# mypy: disable-error-code="name-defined,untyped-decorator,no-untyped-call"
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from odata_query import ast, exceptions, grammar


class BadQuery(ValueError):
    """A query option that cannot be read."""


@dataclass(frozen=True)
class Field:
    """A property, or a path such as `primarycontactid/fullname`."""

    path: str


@dataclass(frozen=True)
class Literal:
    """A constant; `kind` is text, number, bool, guid, date, datetime or null; guids are lower-case text, dates and datetimes their text."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Function:
    """A function call such as `contains(name,'x')`; the name is in lower case, product functions keep their namespace."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Compare:
    """`left op right` with op one of eq, ne, gt, ge, lt, le."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class OneOf:
    """`field in (…)`, or Dataverse's `Microsoft.Dynamics.CRM.In`; `spelled` tells which: `in` or `crm`."""

    field: Field
    values: tuple[Literal, ...]
    spelled: str


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    part: Node


Node = Field | Literal | Function | Compare | OneOf | And | Or | Not


class _Lexer(grammar.ODataLexer):
    """The library's lexer with two repairs: `allowed` and `nullable` are names, and years before 1000 are dates."""

    tokens = grammar.ODataLexer.tokens

    @_(r"any\b")  # noqa: F821 - sly's own decorator
    def ANY(self, token: Any) -> Any:
        token.value = ast.Any()
        return token

    @_(r"all\b")  # noqa: F821 - sly's own decorator
    def ALL(self, token: Any) -> Any:
        token.value = ast.All()
        return token

    @_(r"null\b")  # noqa: F821 - sly's own decorator
    def NULL(self, token: Any) -> Any:
        token.value = ast.Null()
        return token

    @_(r"(?:true|false)\b")  # noqa: F821 - sly's own decorator
    def BOOLEAN(self, token: Any) -> Any:
        token.value = ast.Boolean(token.value)
        return token

    @_(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)?")  # noqa: F821 - sly's own decorator
    def DATETIME(self, token: Any) -> Any:
        token.value = ast.DateTime(token.value)
        return token

    @_(r"\d{4}-\d\d-\d\d")  # noqa: F821 - sly's own decorator
    def DATE(self, token: Any) -> Any:
        token.value = ast.Date(token.value)
        return token


_TEXT = r"'(?:[^']|'')*'"
_LISTS = re.compile(
    rf"(?P<text>{_TEXT})|(?P<crm>\bMicrosoft\.Dynamics\.CRM\.In\(\s*PropertyName\s*=\s*'(?P<name>[\w/]+)'\s*,"
    rf"\s*PropertyValues\s*=\s*\[(?P<values>(?:{_TEXT}|[^\]'])*)\]\s*\))"
    rf"|\b(?P<field>[\w/]+)\s+in\s*\((?P<items>(?:{_TEXT}|[^()'])*)\)",
    re.IGNORECASE,
)
_ITEM = re.compile(rf"\s*({_TEXT}|[^,']+?)\s*(?:,|$)")
_GUID = re.compile(r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_KINDS: dict[type, str] = {
    ast.String: "text",
    ast.GUID: "guid",
    ast.DateTime: "datetime",
    ast.Date: "date",
    ast.Boolean: "bool",
    ast.Integer: "number",
    ast.Float: "number",
    ast.Null: "null",
}
_OPS: dict[type, str] = {ast.Eq: "eq", ast.NotEq: "ne", ast.Gt: "gt", ast.GtE: "ge", ast.Lt: "lt", ast.LtE: "le"}


@lru_cache(maxsize=2048)
def parse_filter(text: str) -> Node:
    """Read a `$filter` (already percent-decoded). Raises BadQuery."""
    lists: list[OneOf] = []

    def take_out(found: re.Match[str]) -> str:
        if found["text"]:
            return found["text"]
        lists.append(_one_of(found))
        return f"_list_ eq {len(lists) - 1}"

    try:
        tree = grammar.ODataParser().parse(_Lexer().tokenize(_LISTS.sub(take_out, text.strip())))
    except exceptions.ODataException as wrong:
        raise BadQuery(f"Syntax error in '{text[:200]}': {wrong}") from wrong
    if tree is None:
        raise BadQuery("An empty filter.")
    return _node(tree, lists)


def _one_of(found: re.Match[str]) -> OneOf:
    values = tuple(_item(item) for item in _ITEM.findall(found["values"] if found["crm"] else found["items"]))
    if not values:
        raise BadQuery("A list of values is empty.")
    return OneOf(Field(found["name"] or found["field"]), values, "crm" if found["crm"] else "in")


def _item(text: str) -> Literal:
    if text.startswith("'"):
        return Literal("text", text[1:-1].replace("''", "'"))
    if _GUID.fullmatch(text):
        return Literal("guid", text.lower())
    if _NUMBER.fullmatch(text):
        return Literal("number", float(text) if "." in text else int(text))
    raise BadQuery(f"'{text}' is no value for a list.")


def _node(tree: Any, lists: list[OneOf]) -> Node:
    """The library's tree as ours; a taken-out list comes back in its place."""
    if isinstance(tree, ast.Identifier | ast.Attribute):
        return Field(_path(tree))
    if isinstance(tree, ast.Compare):
        left, right = _node(tree.left, lists), _node(tree.right, lists)
        if left == Field("_list_") and isinstance(right, Literal):
            return lists[int(right.value)]
        return Compare(_OPS[type(tree.comparator)], left, right)
    if isinstance(tree, ast.BoolOp):
        parts = tuple(_node(part, lists) for part in _flat(tree, type(tree.op)))
        return And(parts) if isinstance(tree.op, ast.And) else Or(parts)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return Not(_node(tree.operand, lists))
    if isinstance(tree, ast.Call):
        return Function(_name(tree.func.full_name()), tuple(_node(part, lists) for part in tree.args))
    return _literal(tree)


def _literal(tree: Any) -> Literal:
    kind = _KINDS.get(type(tree))
    if kind is None:
        raise BadQuery(f"{type(tree).__name__} expressions are not supported.")
    if kind == "guid":
        return Literal(kind, tree.val.lower())
    return Literal(kind, tree.val if kind in ("date", "datetime") else tree.py_val)


def _name(name: str) -> str:
    return name if "." in name else name.lower()


def _path(tree: Any) -> str:
    return f"{_path(tree.owner)}/{tree.attr}" if isinstance(tree, ast.Attribute) else str(tree.full_name())


def _flat(tree: Any, op: type) -> list[Any]:
    """The parts of `a or b or c`, without recursion: a hundred ids make a deep tree."""
    parts: list[Any] = []
    while isinstance(tree, ast.BoolOp) and isinstance(tree.op, op):
        parts.append(tree.right)
        tree = tree.left
    return [tree, *reversed(parts)]


def fields_of(node: Node) -> Iterator[str]:
    """Every field path that a tree names."""
    match node:
        case Field(path):
            yield path
        case And(parts) | Or(parts) | Function(_, parts):
            for part in parts:
                yield from fields_of(part)
        case Compare(_, left, right):
            yield from fields_of(left)
            yield from fields_of(right)
        case OneOf(field):
            yield field.path
        case Not(part):
            yield from fields_of(part)


def conjuncts(node: Node) -> tuple[Node, ...]:
    """The parts that must all be true: a chance for an index."""
    return node.parts if isinstance(node, And) else (node,)


def equal_values(node: Node) -> tuple[str, list[Literal]] | None:
    """`(field, values)` when a tree says nothing but that one field equals one of some values (`a eq 1 or a eq 2`, `in`); else None."""
    if isinstance(node, OneOf):
        return node.field.path, list(node.values)
    parts = node.parts if isinstance(node, Or) else (node,)
    found: dict[str, list[Literal]] = {}
    for part in parts:
        match part:
            case Compare("eq", Field(path), Literal() as value):
                found.setdefault(path, []).append(value)
            case _:
                return None
    return next(iter(found.items())) if len(found) == 1 else None


def split_list(text: str, separator: str = ",") -> list[str]:
    """Split at separators outside of quotes and parentheses; parts are stripped, empty ones left out."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == separator and not quoted and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part for raw in (*parts, text[start:]) if (part := raw.strip())]


@lru_cache(maxsize=512)
def parse_orderby(text: str) -> tuple[tuple[str, bool], ...]:
    """`$orderby` as (field, descending) pairs. Raises BadQuery."""
    keys = []
    for part in split_list(text):
        words = part.split()
        if len(words) > 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
            raise BadQuery(f"Syntax error in $orderby '{part}'.")
        keys.append((words[0], words[-1].lower() == "desc" and len(words) == 2))
    return tuple(keys)


@dataclass(frozen=True)
class Expand:
    """One `$expand` item: the navigation property and its own options (`$select`, `$filter`, `$expand`, ...)."""

    name: str
    options: dict[str, str]


def parse_expand(text: str) -> list[Expand]:
    """`$expand` items with their options in parentheses, nested ones left as text."""
    items = []
    for part in split_list(text):
        name, opened, rest = part.partition("(")
        if opened and not rest.endswith(")"):
            raise BadQuery(f"Syntax error in $expand '{part}'.")
        options = dict(option.split("=", 1) for option in split_list(rest[:-1], ";") if "=" in option)
        items.append(Expand(name.strip(), options))
    return items
