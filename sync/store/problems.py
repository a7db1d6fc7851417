"""Open problems, one row a record, and who waits for what."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from mapping.values import Side
from sync.store import keys, tables
from sync.store.jobs import Listing
from sync.store.records import from_row, moment, pack, to_row
from sync.store.tables import Entity, Operation, Refusal, Table
from sync.telemetry.problems import tell_of_problems, tell_of_solved
from sync.telemetry.trace import operation

PROBE = 1000
"""Rows of the one query that a list costs: open problems are few, whatever the records are."""

WAITS = "waits"
T = TypeVar("T")


class Parked(StrEnum):
    """Who decided that a problem is tried again only when something changes."""

    ATTEMPTS = "attempts"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class ProblemRow:
    """A record, or some of its fields, that could not be synchronised.

    `key` is `bc:<id>` or `sales:<id>`. `since` and `attempts` are kept by the store while the same problem lasts. `not_before` is when it
    is tried again without anything having changed; one that is `parked` is not. `terms` is a digest of the settings under which it was
    tried; the versions are those of the rows that were seen. `operation` is the trace id of the last attempt.
    """

    company: str
    mapping: str
    key: str
    code: str
    message: str = ""
    bc_id: str | None = None
    sales_id: str | None = None
    name: str | None = None
    fields: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    released_by: str | None = None
    job: str | None = None
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    last: datetime = field(default_factory=lambda: datetime.now(UTC))
    attempts: int = 1
    not_before: datetime | None = None
    parked: Parked | None = None
    terms: str = ""
    bc_version: str | None = None
    sales_version: str | None = None
    operation: str = ""

    @property
    def side(self) -> Side | None:
        """The side of the record's key; None for a problem that is about no record."""
        side, _, id_ = self.key.partition(":")
        return Side(side) if side in list(Side) and id_ else None


Schedule = Callable[[ProblemRow], ProblemRow]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A record (`waiter_mapping`, `waiter_key`) that waits for another one (`mapping`, `id`) to be coupled."""

    company: str
    mapping: str
    id: str
    waiter_mapping: str
    waiter_key: str
    job: str | None = None
    since: datetime = field(default_factory=lambda: datetime.now(UTC))


class Problems:
    """All open problems and waiting rows."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def put(self, problems: Sequence[ProblemRow], schedule: Schedule = lambda problem: problem) -> None:
        """Open problems. The same one (record, code and fields) put again keeps `since` and counts another attempt.

        `schedule` says when each is tried again, now that its attempts are known.
        """
        for partition, rows in _grouped(problems, lambda problem: keys.partition(problem.company, problem.mapping)).items():
            known = await self._table.rows(partition, (keys.named(row.key) for row in rows), CONTINUED, PROBE)
            met = [replace(row, operation=operation() or row.operation) for row in rows]
            lasting = [_again(row, known.get(keys.named(row.key)), schedule) for row in met]
            await self._write(lasting, lambda row: tables.put(to_row(row, _key(row))))
            tell_of_problems(lasting)

    async def resolve(self, company: str, mapping: str, record_keys: Iterable[str], *, codes: Collection[str] = ()) -> list[str]:
        """Close the problems of these records (those of some codes); the keys that had one. One query when there is none."""
        partition = keys.partition(company, mapping)
        by_row = {keys.named(key): key for key in record_keys}
        known = await self._table.rows(partition, by_row, ("code",), PROBE)
        found = [row for row, entity in known.items() if not codes or entity["code"] in codes]
        await self._write(sorted(found), lambda row: tables.delete((partition, row)))
        tell_of_solved(company, mapping, {by_row[row]: known[row]["code"] for row in found})
        return [by_row[row] for row in sorted(found)]

    async def get(self, company: str, mapping: str, key: str) -> ProblemRow | None:
        """The problem of a record, or None."""
        row = await self._table.get((keys.partition(company, mapping), keys.named(key)))
        return from_row(ProblemRow, row) if row else None

    async def of(self, company: str, mapping: str, record_keys: Iterable[str]) -> dict[str, ProblemRow]:
        """The open problems of these records, by key."""
        by_row = {keys.named(key): key for key in record_keys}
        known = await self._table.rows(keys.partition(company, mapping), by_row, (), PROBE)
        return {by_row[row]: from_row(ProblemRow, entity) for row, entity in known.items()}

    async def change(self, problems: Sequence[ProblemRow]) -> None:
        """Write when problems that are still open are tried again; what is told of them stays as it is now."""
        for rows in _grouped(problems, lambda problem: keys.partition(problem.company, problem.mapping)).values():
            await self._write(rows, lambda row: tables.merge(_schedule_of(row)))

    async def due(self, company: str, mapping: str, now: datetime, terms: str) -> list[ProblemRow]:
        """Problems whose time has come, and those that were tried under other terms; at most as many as a page holds."""
        timed = "(parked eq '' and notBefore ne '' and notBefore le @now )"  # a name ends at a blank
        where = f"({timed} or (terms ne @terms and parked ne @person ) )"
        values = {"now": moment(now), "terms": terms, "person": Parked.PERSON.value}
        rows = await self._table.page(keys.partition(company, mapping), PROBE, where=where, **values)
        return [from_row(ProblemRow, row) for row in rows]

    async def all(self, company: str, mappings: Sequence[str], *, code: str | None = None) -> AsyncGenerator[ProblemRow, None]:
        """Every open problem of these mappings (those of one code)."""
        given: dict[str, Any] = {"code": code} if code else {}
        for mapping in mappings:
            async for row in self._table.range(keys.partition(company, mapping), where="code eq @code" if code else "", **given):
                yield from_row(ProblemRow, row)

    async def count(self, company: str, mapping: str) -> int:
        """How many problems of a mapping are open."""
        return sum([1 async for _ in self._table.range(keys.partition(company, mapping), columns=("RowKey",))])

    async def wait(self, waits: Sequence[Waiting]) -> None:
        """Note who waits. Write it first, then read the coupling waited for once more."""
        for group in _grouped(waits, lambda wait: (wait.company, wait.mapping)).values():
            await self._write(group, lambda wait: tables.put(to_row(wait, _wait_key(wait))))

    async def waiters(self, company: str, mapping: str, ids: Iterable[str]) -> list[Waiting]:
        """Who waits for these records. One query when nobody waits for anything near them."""
        wanted = sorted({keys.named(id) for id in ids})
        partition = keys.own_partition(company, mapping, kind=WAITS)
        if not wanted:
            return []
        first = await self._table.page(partition, PROBE, where="RowKey ge @first and RowKey lt @end", first=wanted[0], end=_end(wanted[-1]))
        behind = _id_part(first[-1]) if len(first) == PROBE else None
        known = set(wanted)
        found = [row for row in first if _id_part(row) in known and _id_part(row) != behind]
        for id in wanted if behind else ():
            if id >= (behind or ""):
                found += [row async for row in self._table.range(partition, id + keys.SEPARATOR, _end(id))]
        return [from_row(Waiting, row) for row in found]

    async def forget_waiter(self, company: str, mappings: Iterable[str], waiter_mapping: str, waiter_keys: Collection[str]) -> None:
        """Nobody waits any more for a record of `mappings` in these records' names; one query for each of these mappings."""
        for mapping in mappings:
            partition = keys.own_partition(company, mapping, kind=WAITS)
            found = self._table.range(partition, where="waiterMapping eq @waiter", waiter=waiter_mapping)
            waits = [from_row(Waiting, row) async for row in found]
            await self.release([wait for wait in waits if wait.waiter_key in waiter_keys])

    async def release(self, waits: Sequence[Waiting]) -> None:
        """Forget who waited; one that is gone already is no matter."""
        for group in _grouped(waits, lambda wait: (wait.company, wait.mapping)).values():
            await self._write(group, lambda wait: tables.delete(_wait_key(wait)))

    async def _write(self, items: Sequence[T], operation: Callable[[T], Operation]) -> None:
        """One operation for each, in full transactions; what is gone already (a deletion) is left out."""
        for some in tables.packed(items, lambda item: [operation(item)]):
            steps = [step for _, operations in some for step in operations]
            while isinstance(answer := await self._table.transact(steps), Refusal):
                del steps[answer.index]

    async def list(
        self,
        company: str,
        mappings: Sequence[str],
        *,
        code: str | None = None,
        but: str | None = None,
        job: str | None = None,
        parked: bool | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Listing:
        """Problems mapping by mapping, in order of the records' keys, `but` those of one code. A cursor is good for one question only."""
        asked = {"code eq @code": code, "code ne @but": but, "job eq @job": job}
        conditions = [condition for condition, value in asked.items() if value is not None]
        given = {condition.rpartition("@")[2]: value for condition, value in asked.items() if value is not None}
        where = " and ".join([*conditions, *([] if parked is None else ["parked ne ''" if parked else "parked eq ''"])])
        known = re.fullmatch(r"([0-9]{1,4})\|(.*)", cursor or "")
        start, after = (int(known[1]), known[2]) if known else (0, "")
        rows: list[Entity] = []
        for place in range(start, len(mappings)):
            rows += await self._table.page(keys.partition(company, mappings[place]), limit - len(rows), after, where=where, **given)
            after = ""
            if len(rows) == limit:
                return Listing([from_row(ProblemRow, row) for row in rows], f"{place}|{rows[-1]['RowKey']}")
        return Listing([from_row(ProblemRow, row) for row in rows], None)


def _grouped(items: Iterable[T], key: Callable[[T], Any]) -> dict[Any, list[T]]:
    groups: dict[Any, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


CONTINUED = ("code", "fields", "since", "attempts", "parked", "bcVersion", "salesVersion")
"""What is kept of a problem that is met again."""


def _again(problem: ProblemRow, known: Entity | None, schedule: Schedule) -> ProblemRow:
    """The problem as a continuation of the one that is known, if it is the same; parked it stays until one of its rows changes."""
    if known is None or (known["code"], json.loads(known["fields"])) != (problem.code, list(problem.fields)):
        return schedule(problem)
    lasting = replace(problem, since=datetime.fromisoformat(known["since"]), attempts=known["attempts"] + problem.attempts)
    seen = (known.get("bcVersion") or None, known.get("salesVersion") or None)
    unchanged = seen == (problem.bc_version, problem.sales_version)
    return replace(lasting, parked=Parked(known["parked"])) if known.get("parked") and unchanged else schedule(lasting)


def _key(problem: ProblemRow) -> tuple[str, str]:
    return keys.partition(problem.company, problem.mapping), keys.named(problem.key)


def _schedule_of(problem: ProblemRow) -> Entity:
    partition, row = _key(problem)
    changed: Entity = {"PartitionKey": partition, "RowKey": row}
    for name in ("attempts", "not_before", "parked", "terms"):
        changed |= pack(name, getattr(problem, name))
    return changed


def _wait_key(wait: Waiting) -> tuple[str, str]:
    parts = (wait.id, wait.waiter_mapping, wait.waiter_key)
    return keys.own_partition(wait.company, wait.mapping, kind=WAITS), keys.SEPARATOR.join(keys.named(part) for part in parts)


def _id_part(row: Entity) -> str:
    return str(row["RowKey"]).partition(keys.SEPARATOR)[0]


def _end(id: str) -> str:
    """Behind every row that begins with the id and the separator."""
    return id + chr(ord(keys.SEPARATOR) + 1)
