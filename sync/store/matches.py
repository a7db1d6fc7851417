"""What match-based coupling found: lists of ids, in parts, beside the jobs of the mapping. Ids only, no data of people (rule G2).

The row that counts all lists is written last: while it is missing, the lists are not complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sync.store import keys, tables
from sync.store.records import from_row, join, split, to_json, to_row
from sync.store.tables import Entity, Operation, Table

KIND = "match"

PART = 400
"""Entries of one row, and of one step of the work that follows."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one match found: how long each of its lists is. `order` is what was asked for."""

    id: str
    company: str
    mapping: str
    at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)

    def parts(self, name: str) -> int:
        """How many parts a list has."""
        return -(-self.counts.get(name, 0) // PART)


class Matches:
    """All reports; one partition a mapping."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def store(self, report: Report, lists: Mapping[str, Sequence[Any]]) -> Report:
        """Write the lists, then the row that counts them. Twice is once."""
        counted = Report(**{**vars(report), "counts": {name: len(items) for name, items in lists.items()}})
        parts = [(name, number) for name in lists for number in range(counted.parts(name))]
        packs = tables.packed(parts, lambda part: [_part(counted, *part, lists[part[0]][part[1] * PART : (part[1] + 1) * PART])])
        for pack in packs:
            await self._table.transact([operation for _, operations in pack for operation in operations])
        await self._table.transact([tables.put(to_row(counted, _key(counted.company, counted.mapping, counted.id)))])
        return counted

    async def get(self, company: str, mapping: str, id: str) -> Report | None:
        """A report, or None as long as it is not complete."""
        row = await self._table.get(_key(company, mapping, id))
        return from_row(Report, row) if row else None

    async def part(self, report: Report, name: str, number: int) -> list[Any]:
        """One part of a list."""
        row = await self._table.get(_part_key(report, name, number))
        return list(json.loads(join(row, "items"))) if row else []

    async def some(self, report: Report, name: str, start: int, limit: int) -> list[Any]:
        """Up to `limit` entries of a list from `start` on."""
        found: list[Any] = []
        for number in range(start // PART, report.parts(name)):
            found += await self.part(report, name, number)
            if len(found) >= start % PART + limit:
                break
        return found[start % PART : start % PART + limit]

    async def forget(self, company: str, mapping: str, before: datetime) -> None:
        """Delete the reports of a mapping that were begun before a moment."""
        partition = keys.own_partition(company, mapping, kind=KIND)
        old = [row["RowKey"] async for row in self._table.range(partition, keys.newest_first(before), columns=("id",))]
        for start in range(0, len(old), tables.OPERATIONS):
            await self._table.transact([tables.delete((partition, name)) for name in old[start : start + tables.OPERATIONS]])


def _key(company: str, mapping: str, id: str) -> tuple[str, str]:
    _, row = keys.split_job_id(id) or ("", keys.encode(id))
    return keys.own_partition(company, mapping, kind=KIND), row


def _part_key(report: Report, name: str, number: int) -> tuple[str, str]:
    partition, row = _key(report.company, report.mapping, report.id)
    return partition, keys.SEPARATOR.join((row, name, f"{number:06d}"))


def _part(report: Report, name: str, number: int, items: Sequence[Any]) -> Operation:
    partition, row = _part_key(report, name, number)
    entity: Entity = {"PartitionKey": partition, "RowKey": row, **split("items", to_json(items))}
    return tables.put(entity)
