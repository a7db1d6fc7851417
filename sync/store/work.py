"""The latch: which messages of a job are still to be worked, and what came of those that were.

A job's partition holds, in this order: the row `a:done`, the row `b:seal`, a marker `m:<n>` for every message that is not done, and a
row `o:<n>` for every message there ever was, which takes the outcome. A marker is made before its message is sent. Deleting it,
writing the outcome and making the markers that follow is one transaction, so an outcome is counted exactly once. Sealed (no more
messages from outside will follow) and without markers, the job is finished; the row `a:done` lets exactly one caller learn it first.
A job's rows are cleared when its end was handled, so that the table holds only what is going on.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sync.store import keys, tables
from sync.store.records import join, moment, split, to_json
from sync.store.tables import Entity, Operation, Refusal, Table

Number = int | str
"""What tells the messages of a job apart: a number, or a text such as `toSales-3`."""

N = TypeVar("N", bound=Number)

Message = Mapping[str, Any]
Counters = dict[str, Any]

DONE, SEAL, MARKER, OUTCOME = "a:done", "b:seal", "m:", "o:"
BEHIND_MARKERS = "n"

MOST_AT_ONCE = 20
"""Messages of a silent job that are sent again at once: the first that is done is a sign of life."""


@dataclass(frozen=True)
class Sweep:
    """What got lost on the way: messages to be sent again, and the jobs (company, id) whose end the caller has to handle now."""

    messages: list[Message]
    ended: list[tuple[str, str]]


class Work:
    """The latches of all jobs that are going on. A job is named by its company and id."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def add(self, company: str, job: str, markers: Mapping[N, Message], *, by: Number | None = None) -> list[N] | None:
        """Make markers, each with its message; the numbers that are new (send only those messages).

        A number that was ever used is left alone, even when its work is done. `by` is the message that makes them: None is the answer
        when its own marker is gone, because then it was worked to its end before.
        """
        fresh: list[N] = []
        head = [] if by is None else [tables.merge(_touched(company, job, by))]
        for pack in self._packs(company, job, markers, 1):
            made = await self._create(head, dict(pack))
            if made is None:
                return None
            fresh += made
        return fresh

    async def done(
        self, company: str, job: str, number: Number, outcome: Mapping[str, Any], then: Mapping[N, Message] | None = None
    ) -> bool:
        """Count a message's outcome, remove its marker and make the markers that follow, all at once; False when it was counted before.

        Of very many markers those that fit no transaction are made first, while the message's own marker stands.
        """
        partition = keys.partition(company, job)
        head = [tables.delete((partition, MARKER + _name(number))), tables.put(_outcome(partition, number, outcome))]
        *before, last = [dict(pack) for pack in self._packs(company, job, then or {}, len(head))] or [{}]
        touched = [tables.merge(_touched(company, job, number))]
        for markers in before:
            if await self._create(touched, markers) is None:
                return False
        return await self._create(head, last) is not None

    @staticmethod
    def _packs(company: str, job: str, markers: Mapping[N, Message], spare: int) -> Iterator[list[tuple[N, list[Operation]]]]:
        return tables.packed(markers, lambda number: _marker(company, job, number, markers[number]), spare=spare)

    async def _create(self, head: Sequence[Operation], markers: dict[N, list[Operation]]) -> list[N] | None:
        """Markers together with the operations before them; those whose number is used are left out. None: `head` was refused."""
        while head or markers:
            answer = await self._table.transact([*head, *(operation for pair in markers.values() for operation in pair)])
            if not isinstance(answer, Refusal):
                break
            if answer.index < len(head):
                return None
            markers.pop(list(markers)[(answer.index - len(head)) // 2])
        return list(markers)

    async def seal(self, company: str, job: str) -> None:
        """Say that no more messages will come from outside. Ask `finish` afterwards."""
        partition = keys.partition(company, job)
        await self._table.transact([tables.put({"PartitionKey": partition, "RowKey": SEAL, "company": company, "job": job})])

    async def sealed(self, company: str, job: str) -> bool:
        """Whether the job was sealed and is not forgotten yet."""
        return await self._table.get((keys.partition(company, job), SEAL), ("job",)) is not None

    async def finished(self, company: str, job: str) -> bool:
        """Whether the job is sealed and nothing of it is left to do."""
        present = await self._state(company, job)
        return SEAL in present and not present - {SEAL, DONE}

    async def finish(self, company: str, job: str) -> bool:
        """True for exactly one caller: the first who asks after everything was done. It handles the job's end, then calls `clear`."""
        present = await self._state(company, job)
        if present != {SEAL}:
            return False
        return not isinstance(await self._table.transact([tables.create(_end(company, job, datetime.now(UTC)))]), Refusal)

    async def pending(self, company: str, job: str, number: Number) -> bool:
        """Whether the message is still to be worked: one whose marker is gone is done."""
        return await self._table.get((keys.partition(company, job), MARKER + _name(number)), ("at",)) is not None

    async def markers(self, company: str, job: str) -> dict[str, Message]:
        """What is still to be worked, by number as text."""
        found = self._table.range(keys.partition(company, job), MARKER, BEHIND_MARKERS)
        return {row["number"]: json.loads(join(row, "message")) async for row in found}

    async def backlog(self, company: str) -> dict[str, int]:
        """How many messages of each job of a company are still to be worked."""
        counts: dict[str, int] = defaultdict(int)
        where = "RowKey ge @low and RowKey lt @end and company eq @company"
        async for row in self._table.find(where, ("company", "job"), low=MARKER, end=BEHIND_MARKERS, company=company):
            counts[row["job"]] += 1
        return dict(counts)

    async def outcomes(self, company: str, job: str) -> Counters:
        """The sum of all counters of the outcomes, in their own nesting."""
        total: Counters = {}
        async for row in self._table.range(keys.partition(company, job), OUTCOME):
            add_up(total, json.loads(join(row, "outcome") or "{}"))
        return total

    async def touch(self, company: str, job: str, number: Number) -> None:
        """Say that a message is alive, though it waits; one that is done says nothing."""
        await self._table.transact([tables.merge(_touched(company, job, number))])

    async def beat(self, company: str, job: str) -> None:
        """Say that somebody is at work on a job; one that is not sealed, or over, takes no note of it."""
        sign: Entity = {"PartitionKey": keys.partition(company, job), "RowKey": SEAL, "at": moment(datetime.now(UTC))}
        await self._table.transact([tables.merge(sign)])

    async def stirred(self, company: str, job: str) -> datetime | None:
        """When something last happened in a job: a message was made, touched or counted, or a worker gave a sign of life; None never."""
        found = self._table.range(keys.partition(company, job), columns=("at",))
        return max([datetime.fromisoformat(row["at"]) async for row in found if row.get("at")], default=None)

    async def sweep(
        self, *, older_than: timedelta, now: datetime | None = None, but: Collection[str] = (), silent_for: timedelta | None = None
    ) -> Sweep:
        """Look over all jobs, `but` those of some companies. Send messages again only when none of theirs can be on the queue.

        Where some may be, with `silent_for`: only those of jobs in which nothing has happened for so long, which counts as a happening.
        """
        now = now or datetime.now(UTC)
        before = moment(now - older_than)
        jobs: dict[tuple[str, str], dict[str, Entity]] = defaultdict(dict)
        async for row in self._table.find("RowKey lt @end", end=BEHIND_MARKERS):
            if row["company"] not in but:
                jobs[row["company"], row["job"]][row["RowKey"]] = row
        markers = [row for rows in jobs.values() for name, row in rows.items() if name.startswith(MARKER) and row["at"] <= before]
        if silent_for is not None:
            markers = await self._of_silent_jobs(markers, now - silent_for)
        ended = [job for job, rows in jobs.items() if SEAL in rows and await self._take_end(job, rows, now, before)]
        return Sweep([json.loads(join(row, "message")) for row in markers], ended)

    async def _of_silent_jobs(self, markers: Sequence[Entity], before: datetime) -> list[Entity]:
        """Some markers of each job in which nothing has happened since, touched: sent too often they would fill the queue."""
        jobs: dict[tuple[str, str], list[Entity]] = defaultdict(list)
        for row in markers:
            jobs[row["company"], row["job"]].append(row)
        found: list[Entity] = []
        for job, rows in jobs.items():
            stirred = await self.stirred(*job)
            if stirred and stirred <= before:
                for row in rows[:MOST_AT_ONCE]:
                    await self.touch(*job, row["number"])
                found += rows[:MOST_AT_ONCE]
        return found

    async def _take_end(self, job: tuple[str, str], rows: Mapping[str, Entity], now: datetime, before: str) -> bool:
        """Whether the end of a sealed job is now the caller's to handle: nobody learned it, or who did has not cleared the job."""
        if any(name.startswith(MARKER) for name in rows):
            return False
        done, ours = rows.get(DONE), _end(*job, now)
        if done and done["at"] > before:
            return False
        answer = await self._table.transact([tables.replace(ours, done["etag"]) if done else tables.create(ours)])
        return not isinstance(answer, Refusal)

    async def clear(self, company: str, job: str) -> None:
        """Forget a job, its end last: until then the sweeper finds it again."""
        partition = keys.partition(company, job)
        rows = [row["RowKey"] async for row in self._table.range(partition, columns=("at",))]
        order = sorted(rows, reverse=True)
        for start in range(0, len(order), tables.OPERATIONS):
            gone = [tables.delete((partition, name)) for name in order[start : start + tables.OPERATIONS]]
            await self._table.transact(gone)

    async def _state(self, company: str, job: str) -> set[str]:
        """The rows that decide: done, seal, and the first markers."""
        rows = await self._table.page(keys.partition(company, job), 3, columns=("at",), where="RowKey lt @end", end=BEHIND_MARKERS)
        return {row["RowKey"] for row in rows}


def _name(number: Number) -> str:
    return f"{number:08d}" if isinstance(number, int) else keys.encode(number)


def _end(company: str, job: str, now: datetime) -> Entity:
    return {"PartitionKey": keys.partition(company, job), "RowKey": DONE, "company": company, "job": job, "at": moment(now)}


def _marker(company: str, job: str, number: Number, message: Message) -> list[Operation]:
    partition = keys.partition(company, job)
    marker: Entity = {"PartitionKey": partition, "RowKey": MARKER + _name(number), "company": company, "job": job, "number": str(number)}
    marker |= {"at": moment(datetime.now(UTC)), **split("message", to_json(message))}
    return [tables.create(marker), tables.create(_outcome(partition, number, {}))]


def _touched(company: str, job: str, number: Number) -> Entity:
    return {"PartitionKey": keys.partition(company, job), "RowKey": MARKER + _name(number), "at": moment(datetime.now(UTC))}


def _outcome(partition: str, number: Number, outcome: Mapping[str, Any]) -> Entity:
    at = moment(datetime.now(UTC))
    return {"PartitionKey": partition, "RowKey": OUTCOME + _name(number), "at": at, **split("outcome", to_json(outcome))}


def add_up(total: Counters, more: Mapping[str, Any]) -> None:
    """Add counters to a total, level by level; what is no number is not counted."""
    for name, value in more.items():
        if isinstance(value, Mapping):
            add_up(total.setdefault(name, {}), value)
        elif isinstance(value, int) and not isinstance(value, bool):
            total[name] = total.get(name, 0) + value
