"""What a job found out about pairs, page by page: lists of ids with a reason, beside the jobs. Ids only, no data of people (rule G2)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.heart.plan import Side
from sync.store import keys, tables
from sync.store.jobs import Listing
from sync.store.records import join, split, to_json
from sync.store.tables import Entity, Table

KIND = "finding"

CURSOR = r"[0-9]{8}\.[0-9]{1,6}"
"""The form of cursors: the page, and how many of its entries were told before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One pair: of which mapping, the ids as far as there are any, why it is on its list, and which fields it is about."""

    mapping: str
    bc_id: str
    sales_id: str
    why: str = ""
    fields: tuple[str, ...] = ()

    def of(self, side: Side) -> str:
        """The id of one side."""
        return self.bc_id if side is Side.BC else self.sales_id


class Findings:
    """The lists of all jobs; one partition a kind of job."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def put(self, company: str, job: str, page: int, lists: Mapping[str, Sequence[Finding]]) -> None:
        """Write the lists of one page; twice is once."""
        steps = [tables.put(_row(company, job, page, name, found)) for name, found in lists.items() if found]
        await self._table.transact(steps)

    async def counts(self, company: str, job: str) -> dict[str, dict[str, int]]:
        """How many pairs of each mapping are on each list."""
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        async for row in self._rows(company, job, "", ("list", "counts")):
            for mapping, count in json.loads(row["counts"]).items():
                counted[mapping][row["list"]] += count
        return {mapping: dict(found) for mapping, found in counted.items()}

    async def some(self, company: str, job: str, name: str, limit: int, cursor: str | None = None) -> Listing:
        """Up to `limit` entries of a list, those behind a cursor."""
        page, _, told = (cursor or "00000000.0").partition(".")
        skip, found = int(told), list[Finding]()
        async for row in self._rows(company, job, name, (), page):
            entries = _entries(row)[skip if row["page"] == page else 0 :]
            rest = limit - len(found)
            found += entries[:rest]
            if len(entries) >= rest:
                before = skip if row["page"] == page else 0
                return Listing(found, f"{row['page']}.{before + rest}")
        return Listing(found, None)

    async def forget(self, company: str, kind: str, before: datetime) -> None:
        """Delete what jobs of a kind found that began before a moment."""
        partition = keys.own_partition(company, kind, kind=KIND)
        old = [row["RowKey"] async for row in self._table.range(partition, keys.newest_first(before), columns=("list",))]
        for start in range(0, len(old), tables.OPERATIONS):
            await self._table.transact([tables.delete((partition, name)) for name in old[start : start + tables.OPERATIONS]])

    def _rows(self, company: str, job: str, name: str, columns: Sequence[str], page: str = "") -> AsyncGenerator[Entity, None]:
        partition, own = _place(company, job)
        low = keys.SEPARATOR.join((own, name, page)) if name else own + keys.SEPARATOR
        high = keys.SEPARATOR.join((own, name, tables.LAST)) if name else own + keys.SEPARATOR + tables.LAST
        return self._table.range(partition, low, high, columns=columns)


def _place(company: str, job: str) -> tuple[str, str]:
    kind, row = keys.split_job_id(job) or (keys.encode(job), "")
    return keys.own_partition(company, keys.decode(kind), kind=KIND), row


def _row(company: str, job: str, page: int, name: str, found: Sequence[Finding]) -> Entity:
    partition, own = _place(company, job)
    items: list[Any] = [[one.mapping, one.bc_id, one.sales_id, one.why, list(one.fields)] for one in found]
    return {
        "PartitionKey": partition,
        "RowKey": keys.SEPARATOR.join((own, name, f"{page:08d}")),
        "list": name,
        "page": f"{page:08d}",
        "counts": to_json(Counter(one.mapping for one in found)),
        **split("items", to_json(items)),
    }


def _entries(row: Entity) -> list[Finding]:
    return [
        Finding(mapping=mapping, bc_id=bc, sales_id=sales, why=why, fields=tuple(fields))
        for mapping, bc, sales, why, fields in json.loads(join(row, "items") or "[]")
    ]
