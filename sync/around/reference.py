"""Small tables that many records refer to, read whole and remembered for a while: currencies, countries, codes, partners."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from mapping import schema
from sync.heart.plan import Row, Side
from sync.services import odata
from sync.services.model import Query, Service

T = TypeVar("T")

REMEMBERED_SECONDS = 60.0
"""How old a remembered table may be: a stale one costs a record one more attempt, never a wrong value."""


class Reference:
    """What this process remembers of small tables, by name; each is read once, whoever asks first."""

    def __init__(self, seconds: float = REMEMBERED_SECONDS) -> None:
        self._seconds = seconds
        self._known: dict[str, tuple[float, Any]] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def get(self, name: str, read: Callable[[], Awaitable[T]]) -> T:
        """What is remembered under `name`, or what `read` brings."""
        async with self._turns.setdefault(name, asyncio.Lock()):
            until, value = self._known.get(name, (0.0, None))
            if until < time.monotonic():
                value = await read()
                self._known[name] = (time.monotonic() + self._seconds, value)
            known: T = value
            return known

    def forget(self, *names: str) -> None:
        """These tables were written to: read them again next time."""
        for name in names:
            self._known.pop(name, None)


async def all_rows(
    service: Service, table: str, columns: Sequence[str], filter: str | None = None, *, changed_since: datetime | None = None
) -> list[Row]:
    """Every row of a table, or of the part that a filter or a stamp selects, page by page."""
    page = await service.page(Query(table=table, columns=columns, filter=filter, size=SMALL, changed_since=changed_since))
    rows = list(page.rows)
    while page.next:
        page = await service.page(page.next, size=SMALL)
        rows += page.rows
    return rows


async def rows_where(service: Service, table: str, column: str, values: Iterable[str], columns: Sequence[str]) -> list[Row]:
    """The rows of a table whose column has one of the values, in as few requests as the addresses allow."""
    is_id = column.startswith("_") or (schema.column(service.side, table, column) or {}).get("type") in IDS
    wanted: list[object] = [UUID(value) if is_id else value for value in sorted(set(values))]
    parts = odata.chunks(wanted, 1 if (service.side, column) == ONE_BY_ONE else VALUES_A_REQUEST[service.side])
    found = await asyncio.gather(*(all_rows(service, table, columns, odata.one_of(column, part, service.side)) for part in parts))
    return [row for part in found for row in part]


IDS = ("Guid", "Uniqueidentifier")
"""Types of columns that hold ids, as both schemas call them."""

SMALL = 5000
"""Rows of one page: both services give that many at once."""

ONE_BY_ONE = (Side.BC, "documentId")
"""API v2.0 answers with the lines of one document only, whatever the filter says; pages of the extension are not asked so."""

VALUES_A_REQUEST = {Side.BC: 60, Side.SALES: 300}
"""Values in one filter: an address has room for about 8,000 characters in BC, 32,000 in Sales."""
