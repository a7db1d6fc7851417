"""Rows as JSON: selected columns, etag, annotations, expanded rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sandbox.odata import BadQuery, as_sorted, parse_expand, parse_orderby, sort_rows, split_list
from sandbox.sales import errors
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.filters import Filter, TableDialect
from sandbox.sales.options import MAX_PAGE
from sandbox.sales.schema import CHOICES, Collection, Column, Table
from sandbox.sales.store import Row

MAX_EXPAND = 15
FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"
ON_DEMAND = {"annotation": {"documentbody"}}
NEVER = {"serviceendpoint": {"authvalue"}}
Shape = Callable[[Row], Row]


@dataclass(frozen=True)
class Wish:
    """What a reader wants of each row; `base` is the service address for links."""

    select: str | None = None
    expand: str | None = None
    annotations: tuple[str, ...] = ()
    user_id: str = ""
    base: str = ""


def etag(row: Row) -> str:
    return f'W/"{row["versionnumber"]}"'


def selected(table: Table, select: str | None) -> list[str]:
    """Row keys of `$select` with the primary key, and the currency beside money."""
    hidden = NEVER.get(table.name, set())
    if not select or select == "*":
        hidden = hidden | ON_DEMAND.get(table.name, set())
        return [key for key in table.by_key if key not in hidden]
    keys: dict[str, None] = {}
    for name in split_list(select):
        column = table.by_key.get(name)
        if column is None:
            raise errors.unknown_property(table.name, name)
        keys[name] = None
        if column.type == "Money":
            keys["_transactioncurrencyid_value"] = None
    keys[table.id] = None
    return [key for key in keys if key not in hidden]


def context(base: str, table: Table, wish: Wish, single: bool = False) -> str:
    inner = ",".join(
        part for part in (wish.select, *(f"{item.name}({item.options.get('$select', '')})" for item in _expands(wish))) if part
    )
    return f"{base}$metadata#{table.set}{f'({inner})' if inner else ''}{'/$entity' if single else ''}"


def _expands(wish: Wish) -> list[Any]:
    return parse_expand(wish.expand) if wish.expand else []


def shape(db: Database, table: Table, wish: Wish) -> Shape:
    """A function from a stored row to its JSON object."""
    keys = selected(table, wish.select)
    parts: list[Callable[[Row, Row], None]] = []
    if wish.annotations:
        parts.append(_annotate(db, table, keys, wish.annotations))
    try:
        expands = _expands(wish)
    except BadQuery as wrong:
        raise Refused("0x80060888", str(wrong)) from wrong
    if len(expands) > MAX_EXPAND:
        raise Refused("0x80060888", f"The number of expanded properties is larger than the allowed {MAX_EXPAND}.")
    parts += [_expand(db, table, item.name, item.options, wish) for item in expands]

    def plain(row: Row) -> Row:
        get = row.get
        return {"@odata.etag": f'W/"{row["versionnumber"]}"', **{key: get(key) for key in keys}}

    if not parts:
        return plain

    def full(row: Row) -> Row:
        shown = plain(row)
        for part in parts:
            part(row, shown)
        return shown

    return full


def _expand(db: Database, table: Table, name: str, options: dict[str, str], wish: Wish) -> Callable[[Row, Row], None]:
    inner = Wish(options.get("$select"), options.get("$expand"), wish.annotations, wish.user_id, wish.base)
    if name in table.navigation:
        return _expand_single(db, table, name, inner)
    collection = db.schema.collections.get((table.name, name))
    if collection is not None:
        return _expand_collection(db, table, collection, options, inner)
    for link in db.schema.associations:
        if link.name == name and table.name in (link.left, link.right):
            return _expand_association(db, table, link.name, link.right if link.left == table.name else link.left, inner)
    raise errors.unknown_property(table.name, name)


def _expand_single(db: Database, table: Table, name: str, inner: Wish) -> Callable[[Row, Row], None]:
    column, target = table.navigation[name]
    shapes = _shapes(db, [kind for kind in ([target] if target else column.targets) if kind in db.stores], inner)

    def add(row: Row, shown: Row) -> None:
        value = row.get(column.key)
        kind = next((kind for kind in shapes if value in db.stores[kind].rows), None)
        shown[name] = None if kind is None else shapes[kind](db.stores[kind].rows[str(value)])
        if kind == "systemuser":
            shown[name]["ownerid"] = value

    return add


def _shapes(db: Database, kinds: Sequence[str], inner: Wish) -> dict[str, Shape]:
    """A shape per possible target; one that lacks a selected column is left out, unless all do."""
    found: dict[str, Shape] = {}
    refusal: Refused | None = None
    for kind in kinds:
        try:
            found[kind] = shape(db, db.schema.tables[kind], inner)
        except Refused as refused:
            refusal = refused
    if refusal is not None and not found:
        raise refusal
    return found


def _expand_collection(
    db: Database, table: Table, collection: Collection, options: dict[str, str], inner: Wish
) -> Callable[[Row, Row], None]:
    child = db.schema.tables[collection.to]
    key, store, show = child.columns[collection.column].key, db.store(collection.to), shape(db, child, inner)
    fits = Filter(db, child, options.get("$filter"), inner.user_id).fits
    order = ordering(db, child, options.get("$orderby"), inner.user_id)
    top = int(options.get("$top", MAX_PAGE))

    def add(row: Row, shown: Row) -> None:
        rows = [store.rows[found] for found in store.with_value(key, row[table.id])]
        rows = sort_rows([item for item in rows if fits is None or fits(item)], order)
        shown[collection.name] = [show(item) for item in rows[:top]]
        if len(rows) > MAX_PAGE and "$top" not in options:
            query = f"?$filter={key} eq {row[table.id]}"
            shown[f"{collection.name}@odata.nextLink"] = f"{inner.base}{child.set}{query}"

    return add


def _expand_association(db: Database, table: Table, name: str, other: str, inner: Wish) -> Callable[[Row, Row], None]:
    show, rows = shape(db, db.schema.tables[other], inner), db.rows(other)
    mine = 0 if next(link for link in db.schema.associations if link.name == name).left == table.name else 1

    def add(row: Row, shown: Row) -> None:
        shown[name] = [
            show(rows[pair[1 - mine]]) for pair in sorted(db.links[name]) if pair[mine] == row[table.id] and pair[1 - mine] in rows
        ]

    return add


def ordering(db: Database, table: Table, text: str | None, user_id: str) -> list[tuple[Callable[[Row], Any], bool]]:
    """`$orderby` as (read, descending); choices go by label, lookups by the name of the row behind them."""
    if not text:
        return []
    try:
        keys = parse_orderby(text)
    except BadQuery as wrong:
        raise Refused("0x80060888", str(wrong)) from wrong
    dialect = TableDialect(db, table, (), user_id)
    return [(_label_of(db, table.by_key.get(name)) or as_sorted(dialect.column(name)), descending) for name, descending in keys]


def _label_of(db: Database, column: Column | None) -> Callable[[Row], Any] | None:
    if column is None or (column.type not in CHOICES and not column.targets):
        return None
    if column.targets:
        return lambda row: (name_of(db, column, row[column.key]) or "").casefold() if row.get(column.key) else None
    labels = {value: label.casefold() for value, label in column.options.items()}
    return lambda row: labels.get(row.get(column.key, ""))


def name_of(db: Database, column: Column, value: str) -> str | None:
    """The primary name of the row that a lookup points at."""
    for target in column.targets:
        row = db.stores[target].rows.get(value) if target in db.stores else None
        if row is not None:
            return row.get(db.schema.tables[target].primary_name)
    return None


def _annotate(db: Database, table: Table, keys: Sequence[str], wanted: tuple[str, ...]) -> Callable[[Row, Row], None]:
    columns = [table.by_key[key] for key in keys if key in table.by_key]
    formatted, logical, nav = (any(fnmatchcase(name, pattern) for pattern in wanted) for name in (FORMATTED, LOGICAL_NAME, NAVIGATION))
    if not formatted:
        columns = [column for column in columns if column.targets]

    def add(row: Row, shown: Row) -> None:
        for column in columns:
            value = row.get(column.key)
            if value is None:
                continue
            if formatted and (text := format_value(db, column, row, value)) is not None:
                shown[f"{column.key}@{FORMATTED}"] = text
            if column.targets and column.kind == "guid" and (logical or nav):
                target = db.target_of(column.name, table, value)
                if logical:
                    shown[f"{column.key}@{LOGICAL_NAME}"] = target
                if nav:
                    shown[f"{column.key}@{NAVIGATION}"] = column.targets[target]

    return add


def format_value(db: Database, column: Column, row: Row, value: Any) -> str | None:
    """A value as a person of the organisation's language reads it; None where the service gives no text (plain strings, ids)."""
    if column.options:
        return column.options.get(int(value))
    if column.targets:
        return name_of(db, column, value)
    if column.type == "Money":
        currency = db.rows("transactioncurrency").get(row.get("_transactioncurrencyid_value", ""), {})
        return f"{currency.get('currencysymbol', '')}{value:,.2f}"
    if column.type in ("Integer", "BigInt", "Decimal", "Double"):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.{column.precision}f}"
    if column.type == "DateTime":
        year, month, day = value[:10].split("-")
        return f"{int(month)}/{int(day)}/{year}" + (f" {value[11:16]}" if len(value) > 10 and column.format != "DateOnly" else "")
    return None
