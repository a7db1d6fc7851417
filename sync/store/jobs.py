"""Synch jobs: one run of one mapping each, newest first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sync.store import keys, tables
from sync.store.records import from_row, to_row
from sync.store.tables import Entity, Refusal, Table
from sync.telemetry.jobs import tell_of_job
from sync.telemetry.trace import operation


class Status(StrEnum):
    """Where a job, a full synch or one of its lines stands."""

    WAITING = "waiting"
    IN_PROCESS = "in process"
    SUCCESS = "success"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (Status.WAITING, Status.IN_PROCESS)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One synch job. `totals` holds counters per direction: `{"toSales": {"inserted": 3, ...}, "fromSales": {...}}`.

    `operation` is the trace id of the work that began it, by which its traces are found.
    """

    id: str
    company: str
    mapping: str
    kind: str
    started: datetime
    status: Status = Status.IN_PROCESS
    parent: str | None = None
    finished: datetime | None = None
    totals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    operation: str = ""

    @classmethod
    def new(cls, company: str, mapping: str, kind: str, *, parent: str | None = None, started: datetime | None = None) -> Job:
        """A job that begins now, with an id of its own; nothing is stored yet."""
        started = started or datetime.now(UTC)
        return cls.named(keys.job_id(mapping, started), company, mapping, kind, parent=parent, started=started)

    @classmethod
    def named(cls, id: str, company: str, mapping: str, kind: str, *, parent: str | None = None, started: datetime | None = None) -> Job:
        """A job whose id is known already: it began when the id was made, so that jobs stand in the order in which they began."""
        began = started or keys.moment_of(id)
        return cls(id=id, company=company, mapping=mapping, kind=kind, parent=parent, started=began, operation=operation())


@dataclass(frozen=True)
class Listing:
    """Some rows of a list, and the cursor that asks for those behind them; None at the end."""

    rows: Sequence[Any]
    cursor: str | None


class Jobs:
    """All synch jobs: one partition a mapping."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def start(self, job: Job) -> Job:
        """Store a job; when one with its id is there already (a message delivered twice), that one."""
        answer = await self._table.transact([tables.create(to_row(job, _key(job)))])
        if isinstance(answer, Refusal):
            return await self.get(job.company, job.id) or job
        return job

    async def note(self, job: Job) -> None:
        """Store what a job has learned meanwhile; only whoever works on it alone may."""
        await self._table.transact([tables.put(to_row(job, _key(job)))])

    async def finish(
        self,
        job: Job,
        *,
        status: Status,
        totals: Mapping[str, Mapping[str, int]],
        message: str | None = None,
        finished: datetime | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> Job:
        """Store how a job ended. Whoever handles the end writes it; twice is once."""
        ended = replace(
            job,
            status=status,
            totals=totals,
            message=job.message if message is None else message,
            finished=finished or datetime.now(UTC),
            details=details or job.details,
        )
        await self._table.transact([tables.put(to_row(ended, _key(job)))])
        tell_of_job(ended)
        return ended

    async def get(self, company: str, id: str) -> Job | None:
        """The job with the id, or None (also when it is no job's id)."""
        if not (parts := keys.split_job_id(id)):
            return None
        row = await self._table.get((keys.SEPARATOR.join((keys.partition(company), parts[0])), parts[1]))
        return from_row(Job, row) if row else None

    async def unfinished(self, company: str, mapping: str) -> list[Job]:
        """The jobs of a mapping that are still in process."""
        found = self._table.range(keys.partition(company, mapping), where="status eq @status", status=Status.IN_PROCESS.value)
        return [from_row(Job, row) async for row in found]

    async def forget(self, company: str, mapping: str, before: datetime) -> int:
        """Delete the jobs that began before a moment and are over; how many they were."""
        low = keys.newest_first(before)
        partition = keys.partition(company, mapping)
        where = "status ne @status"
        old = [row async for row in self._table.range(partition, low, where=where, columns=("status",), status=Status.IN_PROCESS.value)]
        for pack in tables.packed(old, lambda row: [tables.delete((partition, row["RowKey"]))]):
            await self._table.transact([operation for _, operations in pack for operation in operations])
        return len(old)

    async def list(self, company: str, mappings: Sequence[str], *, limit: int = 50, cursor: str | None = None) -> Listing:
        """The jobs of these mappings, newest first. The cursor is good for the same mappings only."""

        async def newest(mapping: str) -> list[Entity]:
            return await self._table.page(keys.partition(company, mapping), limit, cursor or "")

        found = [row for rows in await asyncio.gather(*map(newest, mappings)) for row in rows]
        found = sorted(found, key=lambda row: str(row["RowKey"]))[:limit]
        return Listing([from_row(Job, row) for row in found], found[-1]["RowKey"] if len(found) == limit else None)


def _key(job: Job) -> tuple[str, str]:
    mapping, row = keys.split_job_id(job.id) or ("", "")
    return keys.SEPARATOR.join((keys.partition(job.company), mapping)), row
