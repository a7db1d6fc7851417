"""The basics of fetchXml: attributes, conditions, orders, inner and outer links by id, count, top and page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from sandbox.odata import as_comparable, sort_rows
from sandbox.sales import errors
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.filters import reading
from sandbox.sales.options import MAX_PAGE
from sandbox.sales.schema import Table
from sandbox.sales.shapes import Wish, context, shape
from sandbox.sales.store import Row

Test = Callable[[Any, Sequence[Any]], bool]
LIKE = "%"


def _like(held: Any, values: Sequence[Any]) -> bool:
    pattern = str(values[0])
    core = pattern.strip(LIKE)
    if pattern.startswith(LIKE) and pattern.endswith(LIKE):
        return core in held
    if pattern.startswith(LIKE):
        return bool(held.endswith(core))
    return bool(held.startswith(core)) if pattern.endswith(LIKE) else bool(held == core)


OPERATORS: dict[str, Test] = {
    "eq": lambda held, values: bool(held == values[0]),
    "ne": lambda held, values: bool(held != values[0]),
    "gt": lambda held, values: held is not None and bool(held > values[0]),
    "ge": lambda held, values: held is not None and bool(held >= values[0]),
    "lt": lambda held, values: held is not None and bool(held < values[0]),
    "le": lambda held, values: held is not None and bool(held <= values[0]),
    "in": lambda held, values: held in values,
    "not-in": lambda held, values: held not in values,
    "null": lambda held, values: held is None,
    "not-null": lambda held, values: held is not None,
    "like": lambda held, values: held is not None and _like(held, values),
    "not-like": lambda held, values: held is None or not _like(held, values),
    "on-or-after": lambda held, values: held is not None and bool(held >= values[0]),
    "on-or-before": lambda held, values: held is not None and bool(held <= values[0]),
}


class Fetch:
    """Answers `GET <set>?fetchXml=...`."""

    def __init__(self, db: Database, read: Callable[[int], None]) -> None:
        self.db = db
        self.read = read

    def run(self, table: Table, call: Call) -> Answer:
        try:
            fetch = ElementTree.fromstring(call.options.others["fetchXml"])
        except (ElementTree.ParseError, KeyError) as wrong:
            raise Refused("0x80041129", f"The fetch XML cannot be read: {wrong}") from wrong
        entity = fetch.find("entity")
        if entity is None or entity.get("name") != table.name:
            raise Refused("0x80041129", f"The fetch XML must be about {table.name}.")
        rows = [row for row in self.db.rows(table.name).values() if self._fits(table, entity, row)]
        orders = [
            (reading(self._column(table, order.get("attribute", ""))).read, order.get("descending") == "true")
            for order in entity.findall("order")
        ]
        rows = sort_rows(sorted(rows, key=lambda row: row[table.id]), orders)
        return self._page(table, fetch, entity, rows, call)

    def _page(self, table: Table, fetch: ElementTree.Element, entity: ElementTree.Element, rows: list[Row], call: Call) -> Answer:
        page, count = int(fetch.get("page", "1")), min(int(fetch.get("count", MAX_PAGE)), MAX_PAGE)
        if fetch.get("top"):
            rows, page, count = rows[: int(fetch.get("top", "0"))], 1, MAX_PAGE
        part = rows[(page - 1) * count : page * count]
        self.read(len(part))
        names = [self._column(table, item.get("name", "")).key for item in entity.findall("attribute")]
        wish = Wish(",".join(names) or None, annotations=call.prefer.annotations)
        more = page * count < len(rows)
        value: dict[str, Any] = {
            "@odata.context": context(call.base, table, wish),
            "value": [shape(self.db, table, wish)(row) for row in part],
            "@Microsoft.Dynamics.CRM.morerecords": more,
        }
        if more:
            cookie = quote(quote(f'<cookie page="{page}"><{table.id} last="{{{part[-1][table.id]}}}" /></cookie>'))
            value["@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"] = (
                f'<cookie pagenumber="{page + 1}" pagingcookie="{cookie}" istracking="False" />'
            )
        return json_answer(value)

    @staticmethod
    def _column(table: Table, name: str) -> Any:
        column = table.columns.get(name)
        if column is None:
            raise errors.unknown_property(table.name, name)
        return column

    def _fits(self, table: Table, element: ElementTree.Element, row: Row) -> bool:
        """All filters and inner links of an element."""
        if not all(self._filter(table, item, row) for item in element.findall("filter")):
            return False
        return all(self._linked(link, row, table) for link in element.findall("link-entity"))

    def _filter(self, table: Table, element: ElementTree.Element, row: Row) -> bool:
        tests = [
            *(self._condition(table, item, row) for item in element.findall("condition")),
            *(self._filter(table, item, row) for item in element.findall("filter")),
        ]
        return (any if element.get("type") == "or" else all)(tests)

    def _condition(self, table: Table, element: ElementTree.Element, row: Row) -> bool:
        column = reading(self._column(table, element.get("attribute", "")))
        test = OPERATORS.get(element.get("operator", ""))
        if test is None:
            raise Refused("0x80041129", f"The operator {element.get('operator')} is not supported.")
        texts = [element.get("value", "")] if element.get("value") is not None else [item.text or "" for item in element.findall("value")]
        return test(column.read(row), [_value(column.kind, text) for text in texts])

    def _linked(self, link: ElementTree.Element, row: Row, table: Table) -> bool:
        other = self.db.schema.tables.get(link.get("name", ""))
        if other is None:
            raise Refused("0x80041129", f"The entity {link.get('name')} does not exist.")
        mine, theirs = self._column(table, link.get("to", "")).key, self._column(other, link.get("from", "")).key
        store = self.db.store(other.name)
        found = [store.rows[item] for item in store.with_value(theirs, row.get(mine))] if row.get(mine) is not None else []
        return link.get("link-type") == "outer" or any(self._fits(other, link, item) for item in found)


def _value(kind: str, text: str) -> Any:
    if kind == "number":
        return float(text)
    if kind == "bool":
        return text in ("1", "true")
    return as_comparable(kind, text.strip("{}") if kind == "guid" else text)
