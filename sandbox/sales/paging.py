"""Lists of rows: filter, order, pages and their cookies.

The ordered result of a query is kept while its table doesn't change, so that following pages cost nothing but their rows. A cookie holds
the place and the sort values of the last row: after a change the next page starts behind those values.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any
from urllib.parse import quote, unquote

import orjson

from sandbox.odata import sort_rows
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.filters import Filter
from sandbox.sales.options import MAX_PAGE
from sandbox.sales.schema import Table
from sandbox.sales.shapes import Wish, context, ordering, shape
from sandbox.sales.store import Row

RESULTS_KEPT = 12
PERIOD = re.compile(r"CRM\.(?:Last|Next|This|Older|To|Yes)")
COUNT_LIMIT = 5000
Order = Sequence[tuple[Callable[[Row], Any], bool]]


class Lists:
    """Answers `GET <set>`; keeps the last results."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.results: OrderedDict[tuple[str, str, str, str], tuple[list[int], list[Row]]] = OrderedDict()

    def result(self, table: Table, text: str, order_text: str, order: Order, user_id: str) -> tuple[list[Row], list[int]]:
        """All rows of a query in order (by primary key at last), with a stamp of what they depend on."""
        key, stamp = (table.name, text, order_text, user_id), self._stamp(table, text, order_text)
        kept = self.results.get(key)
        if kept is None or kept[0] != stamp:
            found = Filter(self.db, table, text, user_id).rows()
            rows = sort_rows(sorted(found, key=lambda row: row[table.id]), order)
            kept = self.results[key] = (stamp, rows)
            while len(self.results) > RESULTS_KEPT:
                self.results.popitem(last=False)
        self.results.move_to_end(key)
        return kept[1], stamp

    def _stamp(self, table: Table, text: str, order_text: str) -> list[int]:
        """Writes of the table; of the whole database where other tables count; the second where the time of day does."""
        others = "/" in text + order_text or "_value" in order_text
        now = int(time.time()) if PERIOD.search(text) else 0
        return [self.db.store(table.name).writes, self.db.version if others else 0, now]

    def page(self, table: Table, call: Call, count_rows: Callable[[int], None]) -> Answer:
        """One page of a set."""
        options, prefer = call.options, call.prefer
        if options.get("$deltatoken") or prefer.track_changes:
            raise Refused("0x80060888", "Change tracking is answered elsewhere.")
        wish = Wish(options.get("$select"), options.get("$expand"), prefer.annotations, call.caller.user_id, call.base)
        show = shape(self.db, table, wish)
        text, order_text = options.filter() or "", options.get("$orderby") or ""
        order = ordering(self.db, table, order_text, call.caller.user_id)
        rows, stamp = self.result(table, text, order_text, order, call.caller.user_id)
        start, number = _start(table, rows, order, stamp, options.get("$skiptoken"))
        size, more_pages = _size(options.get("$top"), prefer.page_size)
        part = rows[start : start + size]
        count_rows(len(part))
        value: dict[str, Any] = {"@odata.context": context(call.base, table, wish)}
        if options.get("$count") == "true":
            value["@odata.count"] = min(len(rows), COUNT_LIMIT)
            if prefer.annotations:
                value["@Microsoft.Dynamics.CRM.totalrecordcount"] = min(len(rows), COUNT_LIMIT)
                value["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] = len(rows) > COUNT_LIMIT
        value["value"] = [show(row) for row in part]
        if more_pages and start + size < len(rows):
            value["@odata.nextLink"] = _next_link(
                table, call, number + 1, [start + size, stamp, part[-1][table.id], [read(part[-1]) for read, _ in order]]
            )
        answer = json_answer(value)
        answer.headers.update(prefer.applied("odata.maxpagesize", "odata.include-annotations"))
        return answer


def _size(top: str | None, page_size: int | None) -> tuple[int, bool]:
    """Rows of this answer, and whether a next link may follow: `$top` is ignored beside a page size."""
    if page_size is not None:
        return page_size, True
    if top is None:
        return MAX_PAGE, True
    if not top.isdigit():
        raise Refused("0x80060888", f"Invalid value '{top}' for $top query option found. It must be a non-negative integer.")
    return min(int(top), MAX_PAGE), False


def _next_link(table: Table, call: Call, number: int, place: list[Any]) -> str:
    """`place` is where to go on: position, state of the table, last id, its sort values."""
    cookie = f'<cookie pagenumber="{number}" pagingcookie="{quote(orjson.dumps(place).decode())}" istracking="False" />'
    kept = "&".join(part for part in call.query.split("&") if part and "skiptoken" not in part.partition("=")[0])
    return f"{call.base}{table.set}?{kept}{'&' if kept else ''}$skiptoken={quote(cookie)}"


def _start(table: Table, rows: list[Row], order: Order, stamp: list[int], token: str | None) -> tuple[int, int]:
    """Where the page of a cookie begins, and the page's number."""
    if token is None:
        return 0, 1
    try:
        number = int(token.split('pagenumber="', 1)[1].split('"', 1)[0])
        at, then, last_id, values = orjson.loads(unquote(token.split('pagingcookie="', 1)[1].split('"', 1)[0]))
    except (IndexError, ValueError) as wrong:
        raise Refused("0x8004112a", "The paging cookie is invalid.") from wrong
    if then == stamp:
        return int(at), number
    wanted = ([(value is not None, value) for value in values], last_id)
    keyed = cmp_to_key(lambda left, right: _compare(left, right, order))
    place = bisect_right(rows, keyed(wanted), key=lambda row: keyed(([_sortable(read(row)) for read, _ in order], row[table.id])))
    return place, number


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value


def _compare(left: Any, right: Any, order: Order) -> int:
    for one, other, (_, descending) in zip(left[0], right[0], order, strict=True):
        if one != other:
            return (-1 if one < other else 1) * (-1 if descending else 1)
    return int(left[1] > right[1]) - int(left[1] < right[1])
