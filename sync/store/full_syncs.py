"""Full synchs: a head row, and a row for each line (one mapping of the run) that workers change on its etag."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sync.errors import Conflict, Lost
from sync.store import keys, tables
from sync.store.jobs import Listing, Status
from sync.store.records import from_row, to_row
from sync.store.tables import Entity, Operation, Refusal, Table
from sync.telemetry.trace import operation

KIND = "full"
RUNNING = "~running"  # behind every head, whose keys are hexadecimal
ATTEMPTS = 20

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One mapping of a full synch; `to_sales` and `from_sales` hold `jobId`, `status` and the counters of a direction.

    `wish` is what a person decided about the line (`recommendation`, `createNew`, `criteria`), `creates` are the sides on which it may
    make rows. A line of the review is run by the full synch `run`.
    """

    mapping: str
    place: int = 0
    depends_on: tuple[str, ...] = ()
    direction: str = ""
    recommendation: str = ""
    status: Status = Status.WAITING
    total: int | None = None
    done: int = 0
    job: str | None = None
    to_sales: Mapping[str, Any] = field(default_factory=dict)
    from_sales: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    wish: Mapping[str, Any] = field(default_factory=dict)
    creates: tuple[str, ...] = ()
    run: str | None = None
    etag: str = ""


@dataclass(frozen=True, kw_only=True)
class FullSync:
    """The head of a full synch; `options` is what was asked for, `operation` the trace id of the call that began it."""

    id: str
    company: str
    started: datetime
    status: Status = Status.IN_PROCESS
    finished: datetime | None = None
    cancel_asked: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    operation: str = ""
    etag: str = ""

    @property
    def rehearsal(self) -> str | None:
        """The run's id when it is a dry run."""
        return self.id if self.options.get("dryRun") else None

    @classmethod
    def new(cls, company: str, options: Mapping[str, Any], *, started: datetime | None = None) -> FullSync:
        """A full synch that begins now, with an id of its own; nothing is stored yet."""
        started = started or datetime.now(UTC)
        return cls(id=keys.job_id(KIND, started), company=company, options=options, started=started, operation=operation())


class FullSyncs:
    """All full synchs of the companies; at most one of a company is in process."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def create(self, full: FullSync, lines: Sequence[Line]) -> FullSync | None:
        """Store a full synch with its lines. None when it is done, else the one that is in the way."""
        partition = _lines(full.company, full.id)
        await self._table.transact([tables.put(to_row(line, (partition, keys.encode(line.mapping)))) for line in lines])
        head = tables.create(to_row(full, _head(full.company, full.id)))
        if not isinstance(await self._table.transact([head, _occupy(full)]), Refusal):
            return None
        return await self.running(full.company)

    async def running(self, company: str) -> FullSync | None:
        """The full synch that is in process."""
        row = await self._table.get((_heads(company), RUNNING))
        return await self.get(company, row["id"]) if row else None

    async def get(self, company: str, id: str) -> FullSync | None:
        """The head with this id, or None."""
        row = await self._table.get(_head(company, id)) if _known(id) else None
        return from_row(FullSync, row) if row else None

    async def lines(self, company: str, id: str) -> list[Line]:
        """The lines of a full synch in their order."""
        found = [from_row(Line, row) async for row in self._table.range(_lines(company, id))]
        return sorted(found, key=lambda line: line.place)

    async def make_lines(self, company: str, id: str, lines: Sequence[Line]) -> None:
        """Store lines that are not there yet; those that are stay as they are."""
        partition = _lines(company, id)
        steps = [tables.create(to_row(line, (partition, keys.encode(line.mapping)))) for line in lines]
        while isinstance(answer := await self._table.transact(steps), Refusal):
            del steps[answer.index]

    async def drop_line(self, company: str, id: str, mapping: str) -> None:
        """Delete a line, if it is there."""
        await self._table.transact([tables.delete((_lines(company, id), keys.encode(mapping)))])

    async def change(self, company: str, id: str, change: Callable[[FullSync], FullSync | None]) -> FullSync:
        """Change the head as it stands now; `change` may be called again, and leaves it with None.

        A change from in process to over frees the place for another full synch, the opposite takes it; Conflict when it is taken.
        """

        def operations(old: FullSync, new: FullSync) -> list[Operation]:
            moves = []
            if new.status.over and not old.status.over:
                moves = [tables.delete((_heads(company), RUNNING))]
            elif old.status.over and not new.status.over:
                moves = [_occupy(new)]
            return [tables.replace(to_row(new, _head(company, id)), old.etag), *moves]

        return await self._change(FullSync, _head(company, id), change, operations)

    async def change_line(self, company: str, id: str, mapping: str, change: Callable[[Line], Line | None]) -> Line:
        """Change a line as it stands now; `change` may be called again, and leaves it with None."""
        key = (_lines(company, id), keys.encode(mapping))
        return await self._change(Line, key, change, lambda old, new: [tables.replace(to_row(new, key), old.etag)])

    async def _change(
        self, cls: type[T], key: tuple[str, str], change: Callable[[T], T | None], operations: Callable[[T, T], list[Operation]]
    ) -> T:
        for _ in range(ATTEMPTS):
            row = await self._table.get(key)
            if row is None:
                raise Lost(row=key[1])
            old = from_row(cls, row)
            new = change(old)
            if new is None:
                return old
            answer = await self._table.transact(operations(old, new))
            if not isinstance(answer, Refusal):
                return new
            if answer.index:
                raise Conflict("Another full synch is in process.")
        raise Conflict(row=key[1])

    async def forget(self, company: str, before: datetime) -> list[FullSync]:
        """Delete the full synchs that began before a moment and are over, with their lines; which they were."""
        rows = self._table.range(_heads(company), keys.newest_first(before), RUNNING)
        old = [from_row(FullSync, row) async for row in rows if row["RowKey"] != RUNNING]
        gone = [full for full in old if full.status.over]
        for full in gone:
            await self._table.empty(_lines(company, full.id))
            await self._table.transact([tables.delete(_head(company, full.id))])
        return gone

    async def list(self, company: str, *, limit: int = 20, cursor: str | None = None) -> Listing:
        """Heads, newest first."""
        rows = await self._table.page(_heads(company), limit, cursor or "", where="RowKey lt @end", end=RUNNING)
        return Listing([from_row(FullSync, row) for row in rows], rows[-1]["RowKey"] if len(rows) == limit else None)


def _known(id: str) -> bool:
    return (keys.split_job_id(id) or ("",))[0] == KIND


def _heads(company: str) -> str:
    return keys.own_partition(company, kind=KIND)


def _head(company: str, id: str) -> tuple[str, str]:
    return _heads(company), id.rpartition("-")[2]


def _lines(company: str, id: str) -> str:
    return keys.own_partition(company, id, kind=KIND)


def _occupy(full: FullSync) -> Operation:
    row: Entity = {"PartitionKey": _heads(full.company), "RowKey": RUNNING, "id": full.id}
    return tables.create(row)
