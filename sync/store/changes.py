"""What jobs changed, field by field, kept for some days (rule H1): read by job, read by record, erased with a record.

The changes of up to a hundred records that were written together are one row, `j:<job>|<random>`; each changed record has a pointer to
it, `r:<record>|<job>|<random>`. Rows that a job made carry no replaced values and need no pointer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from mapping.values import Side
from sync.store import keys, tables
from sync.store.jobs import Listing
from sync.store.records import join, moment, split, to_json
from sync.store.tables import Entity, Refusal, Table
from sync.telemetry.trace import operation

CHANGES = "changes"
JOB = "j:"
RECORD = "r:"

RECORDS = tables.OPERATIONS - 1
"""Changes of one row, whose pointers go with it in one transaction."""

FORGOTTEN = 20
"""Rows that are read at once to be deleted."""

CHARACTERS, MOST_CHARACTERS = 200_000, 400_000
"""Characters of one row, and of one that holds a single change; the service takes 1 MiB in UTF-16."""

CUT = 2_000
"""Characters that are kept of a text where all of a change's texts together are too long."""

SHORTENED = "cut"
"""Marks a field whose values are not all there: it can be read, and not be put back."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one write did to one record on one side.

    `kind` is inserted, modified or deleted. `fields` maps the name of a unit, or of a column that a special rule wrote, to `before` and
    `after` in comparable form and `back`, the properties that put it back. `operation` is the trace id of the work that wrote it.
    """

    bc_id: str
    sales_id: str
    side: Side
    at: datetime
    kind: str = "modified"
    job: str = ""
    operation: str = ""
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Changes:
    """All that is remembered of replaced values: one partition a mapping."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def put(self, company: str, mapping: str, job: str, changes: Sequence[Change]) -> list[str]:
        """Keep what a job is about to replace, or has made; the names of the rows that hold it."""
        partition, names = _partition(company, mapping), []
        for part in _parts(changes):
            name = f"{_job(job)}{keys.SEPARATOR}{token_hex(6)}"
            rows = [tables.create(_row(partition, JOB + name, job, operation(), part))]
            await self._table.transact([*rows, *(tables.create(_pointer(partition, id, name)) for id in _pointed(part))])
            names.append(name)
        return names

    async def of_job(self, company: str, mapping: str, job: str, *, limit: int = 200, cursor: str | None = None) -> Listing:
        """The changes of a job, in whole rows of up to a hundred records until `limit` is reached."""
        partition, low = _partition(company, mapping), f"{JOB}{_job(job)}{keys.SEPARATOR}"
        found: list[Change] = []
        after = cursor if cursor and cursor.startswith(low) else ""
        async for row in self._table.range(partition, after + " " if after else low, low + tables.LAST, page=min(limit, tables.PAGE)):
            found += _changes(row)
            if len(found) >= limit:
                return Listing(found, row["RowKey"])
        return Listing(found, None)

    async def of_record(self, company: str, mapping: str, bc_id: str, *, limit: int = 50) -> list[Change]:
        """The changes of a record, those of the newest job first."""
        partition = _partition(company, mapping)
        pointers = await self._pointers(partition, bc_id)
        rows = await self._table.rows(partition, [JOB + name for name in pointers[:limit]])
        parts = [rows[JOB + name] for name in pointers[:limit] if JOB + name in rows]
        return [change for row in parts for change in reversed(_changes(row)) if change.bc_id == bc_id and change.fields]

    async def withdraw(self, company: str, mapping: str, names: Iterable[str], writes: Set[tuple[str, Side]]) -> None:
        """Take out what was kept for writes, by BC id and side, that were not carried out."""
        partition = _partition(company, mapping)
        for name in names if writes else ():
            await self._leave_out(partition, name, lambda change: (change.bc_id, change.side) in writes)

    async def erase(self, company: str, mapping: str, bc_ids: Iterable[str]) -> None:
        """Forget the replaced values of records that people took away (rule G2)."""
        partition, gone = _partition(company, mapping), set(bc_ids)
        gate = asyncio.Semaphore(tables.IN_FLIGHT)

        async def pointed(bc_id: str) -> list[str]:
            async with gate:
                return await self._pointers(partition, bc_id)

        for name in sorted({name for names in await asyncio.gather(*map(pointed, gone)) for name in names}):
            await self._leave_out(partition, name, lambda change: change.bc_id in gone)

    async def _leave_out(self, partition: str, name: str, out: Callable[[Change], bool]) -> None:
        """A row without some of its changes, and without the pointers of the records that are no longer in it."""
        while row := await self._table.get((partition, JOB + name)):
            changes = _changes(row)
            rest = [change for change in changes if not out(change)]
            unpointed = _pointed(changes) - _pointed(rest)
            gone = [tables.delete((partition, _pointer_key(bc_id, name))) for bc_id in unpointed]
            written = tables.replace(_row(partition, JOB + name, row["job"], row.get("operation", ""), rest), row["etag"])
            if not isinstance(await self._table.transact([written, *gone]), Refusal):
                break

    async def forget(self, company: str, mapping: str, before: datetime) -> int:
        """Delete the changes of jobs that began before a moment; how many rows they were."""
        partition = _partition(company, mapping)
        gone = 0
        # One by one: a month without this timer would not fit into memory
        async for row in self._table.range(partition, JOB + keys.newest_first(before), JOB + tables.LAST, page=FORGOTTEN):
            name = row["RowKey"].removeprefix(JOB)
            pointers = [(partition, _pointer_key(bc_id, name)) for bc_id in _pointed(_changes(row))]
            await self._table.transact([tables.delete((partition, row["RowKey"])), *map(tables.delete, pointers)])
            gone += 1
        return gone

    async def _pointers(self, partition: str, bc_id: str) -> list[str]:
        """The names of the rows that hold changes of a record, newest job first."""
        low = _pointer_key(bc_id, "")
        rows = [row["RowKey"] async for row in self._table.range(partition, low, low + tables.LAST, columns=("RowKey",))]
        return [row.removeprefix(low) for row in rows]


def _pointed(changes: Iterable[Change]) -> set[str]:
    """The records that a row of changes has pointers for."""
    return {change.bc_id for change in changes if change.fields}


def _parts(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Changes as rows hold them: bounded in number and in length."""
    part: list[Change] = []
    size = 0
    for change in map(_bounded, changes):
        length = len(to_json(_plain(change)))
        if part and (len(part) == RECORDS or size + length > CHARACTERS):
            yield part
            part, size = [], 0
        part.append(change)
        size += length
    if part:
        yield part


def _bounded(change: Change) -> Change:
    """A change as a row can hold it: where its texts are too long, with the beginnings of the long ones."""
    if len(to_json(_plain(change))) <= MOST_CHARACTERS:
        return change
    return replace(change, fields={name: _shortened(one) for name, one in change.fields.items()})


def _shortened(one: Mapping[str, Any]) -> Mapping[str, Any]:
    before, after = _cut(one["before"]), _cut(one["after"])
    whole = before == one["before"] and after == one["after"]
    return one if whole else {"before": before, "after": after, "back": {}, SHORTENED: True}


def _cut(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_cut(each) for each in value]
    return f"{value[:CUT]}… ({len(value)} characters)" if isinstance(value, str) and len(value) > CUT else value


def _partition(company: str, mapping: str) -> str:
    return keys.own_partition(company, mapping, kind=CHANGES)


def _job(job: str) -> str:
    """The part of a job's id that sorts newer jobs first."""
    return (keys.split_job_id(job) or ("", keys.encode(job)))[1]


def _pointer_key(bc_id: str, name: str) -> str:
    return f"{RECORD}{keys.encode(bc_id)}{keys.SEPARATOR}{name}"


def _pointer(partition: str, bc_id: str, name: str) -> Entity:
    return {"PartitionKey": partition, "RowKey": _pointer_key(bc_id, name)}


def _row(partition: str, name: str, job: str, operation: str, changes: Sequence[Change]) -> Entity:
    told = split("changes", to_json([_plain(each) for each in changes]))
    return {"PartitionKey": partition, "RowKey": name, "job": job, "operation": operation, **told}


def _plain(change: Change) -> list[Any]:
    return [change.bc_id, change.sales_id, change.side, moment(change.at), change.kind, change.fields]


def _changes(row: Entity) -> list[Change]:
    of = {"job": str(row["job"]), "operation": str(row.get("operation", ""))}
    return [
        Change(bc_id=bc_id, sales_id=sales_id, side=Side(side), at=datetime.fromisoformat(at), kind=kind, fields=fields, **of)
        for bc_id, sales_id, side, at, kind, fields in json.loads(join(row, CHANGES))
    ]
