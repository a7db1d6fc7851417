"""Job queue entries: what is known of a mapping between two runs. Each writer merges only its own properties."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.errors import Conflict, ForeignState
from sync.store import keys, tables
from sync.store.records import from_row, moment, pack, to_json, to_row
from sync.store.tables import Refusal, Table

ATTEMPTS = 20
RESTS = ("notBefore", "comesBack")
"""Properties that say when the next try of a mapping is, which does not get through."""

OWNER = "owner"
CONNECTION = keys.OWN + "connection"
"""The row of a company's connection, beside those of its mappings: one query reads both."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A connection on hold: nothing runs until it is resumed; `over` when it was.

    `by` is a person or the app itself; `code` and `mapping` tell the app what to probe, `probes` how often it did, the last time at
    `probed`.
    """

    reason: str
    since: datetime
    by: str
    code: str | None = None
    mapping: str | None = None
    probes: int = 0
    probed: datetime | None = None
    over: bool = False


PERSON, APP = "person", "app"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One mapping's entry; its status is derived, not stored.

    `day_seen` is the day of the company on which it was last looked at. `sales_link` is the delta link and `sales_columns` the hash of
    the columns it was made with. `scan_pending_since` is set while a
    scan message is on its way, `scan_running_since` while the one named `scan_running` is at work; `put_off_until` is when
    a pending one may begin at the earliest, as more is being told. `full_job` is the job of a full
    synch that walks over the mapping, and holds its regular job meanwhile. `comes_back` says when a look that met an unusable service
    tries again, `claimed` when rows were last made whose ids BC gives (rule A6). `hinted` says when rows were last said to be deleted,
    `hints_seen` which of these times a look has dealt with; `reset_at` and `reset_seen` are the same of resets.
    `compare_asked` says when rows were deleted that nobody named. `let_through` counts what
    the brake let through in slices since `let_through_since` (rule C3). `couples_in` is the mode in which its records are
    coupled. `switches` holds what people changed at run time.
    """

    company: str
    mapping: str
    bc_watermark: datetime | None = None
    bc_columns: str | None = None
    day_seen: str | None = None
    sales_watermark: datetime | None = None
    sales_link: str | None = None
    sales_columns: str | None = None
    scan_pending_since: datetime | None = None
    scan_running_since: datetime | None = None
    scan_running: str | None = None
    put_off_until: datetime | None = None
    held_by_person: bool = False
    hold_reason: str | None = None
    held_since: datetime | None = None
    last_asked: datetime | None = None
    last_looked: datetime | None = None
    idle: bool = False
    last_compared: datetime | None = None
    let_through: int = 0
    let_through_since: datetime | None = None
    compare_asked: datetime | None = None
    last_job: str | None = None
    full_job: str | None = None
    failures: int = 0
    not_before: datetime | None = None
    comes_back: datetime | None = None
    declaration: str | None = None
    claimed: datetime | None = None
    hinted: datetime | None = None
    hints_seen: datetime | None = None
    reset_at: datetime | None = None
    reset_seen: datetime | None = None
    couples_in: str | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)


NAMES = frozenset(each.name for each in fields(Entry)) - {"company", "mapping"}


@dataclass(frozen=True, kw_only=True)
class State:
    """A company's entries by mapping, and the hold of its connection."""

    entries: Mapping[str, Entry]
    hold: Hold | None


class Entries:
    """All entries: one partition a company, one row a mapping."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def get(self, company: str, mapping: str) -> Entry:
        """The entry of a mapping; one with nothing in it where none was ever written."""
        row = await self._table.get(_key(company, mapping))
        return from_row(Entry, row) if row else Entry(company=company, mapping=mapping)

    async def all(self, company: str) -> list[Entry]:
        """The entries of all mappings that were ever looked at."""
        return list((await self.state(company)).entries.values())

    async def state(self, company: str) -> State:
        """All entries and the connection's hold, in one query."""
        rows = {row["RowKey"]: row async for row in self._table.range(keys.partition(company))}
        held = rows.get(CONNECTION)
        entries = [from_row(Entry, row) for key, row in rows.items() if not key.startswith(keys.OWN)]
        return State(entries={entry.mapping: entry for entry in entries}, hold=_hold(held))

    async def hold(self, company: str) -> Hold | None:
        """The hold of a company's connection, as it stands now."""
        return _hold(await self._table.get((keys.partition(company), CONNECTION)))

    async def change_hold(self, company: str, change: Callable[[Hold | None], Hold | None]) -> bool:
        """Change the connection's last hold as it stands now, also one that is over; `change` leaves it with None, and then False."""
        key = keys.partition(company), CONNECTION
        for _ in range(ATTEMPTS):
            row = await self._table.get(key)
            hold = change(from_row(Hold, row) if row else None)
            if hold is None:
                return False
            stored = to_row(hold, key)
            answer = await self._table.transact([tables.replace(stored, row["etag"]) if row else tables.create(stored)])
            if not isinstance(answer, Refusal):
                return True
        raise Conflict(company=company)

    async def take_category(
        self, company: str, category: str, mapping: str, *, until: datetime, goes_on: Callable[[str], Awaitable[bool]]
    ) -> bool:
        """Whether no other mapping of the category is at work: then this one is. `goes_on` says whether a job that one left is."""
        key = keys.partition(company), _category(category)
        for _ in range(ATTEMPTS):
            row = await self._table.get(key)
            at_work = row and row["holder"] != mapping and datetime.fromisoformat(row["until"]) > datetime.now(UTC)
            if at_work or (row and row["holder"] != mapping and row.get("job") and await goes_on(row["job"])):
                return False
            job = row.get("job", "") if row and row["holder"] == mapping else ""
            taken = {"PartitionKey": key[0], "RowKey": key[1], "holder": mapping, "until": moment(until), "job": job}
            answer = await self._table.transact([tables.replace(taken, row["etag"]) if row else tables.create(taken)])
            if not isinstance(answer, Refusal):
                return True
        raise Conflict(company=company)

    async def leave_category(self, company: str, category: str, mapping: str, *, job: str | None) -> None:
        """The look is over; the category stays taken while the job that it left goes on, or without one that of the look before."""
        key = keys.partition(company), _category(category)
        left = {"PartitionKey": key[0], "RowKey": key[1], "holder": mapping, "until": moment(datetime.now(UTC))}
        await self._table.transact([tables.merge_or_create({**left, "job": job} if job else left)])

    async def merge(self, company: str, mapping: str, **properties: Any) -> None:
        """Write only the properties given (names of Entry's fields); None clears one."""
        if unknown := properties.keys() - NAMES:
            raise TypeError(f"an entry has no {', '.join(sorted(unknown))}")
        await self._table.transact([tables.merge_or_create(_row(company, mapping, properties))])

    async def switch(self, company: str, mapping: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]], **properties: Any) -> None:
        """Change the switches as they stand now, and write other properties with them; `change` may be called again, and may raise."""
        for _ in range(ATTEMPTS):
            row = await self._table.get(_key(company, mapping))
            present = from_row(Entry, row).switches if row else {}
            after = _row(company, mapping, {"switches": change(present), **properties})
            answer = await self._table.transact([tables.merge(after, row["etag"]) if row else tables.create(after)])
            if not isinstance(answer, Refusal):
                return
        raise Conflict(mapping=mapping)

    async def claim_scan(
        self, company: str, mapping: str, *, stale_after: timedelta, rested: bool = False, now: datetime | None = None
    ) -> bool:
        """Mark a scan as pending; False when one is already, and not for longer than `stale_after`, or, `rested`, while it must rest."""
        now = now or datetime.now(UTC)
        for _ in range(ATTEMPTS):
            row = await self._table.get(_key(company, mapping), ("scanPendingSince", *RESTS)) or {}
            since = row.get("scanPendingSince")
            if since and datetime.fromisoformat(since) + stale_after > now:
                return False
            if rested and any(datetime.fromisoformat(row[name]) > now for name in RESTS if row.get(name)):
                return False
            claim = _row(company, mapping, {"scan_pending_since": now, "last_asked": now})
            answer = await self._table.transact([tables.merge(claim, row["etag"]) if row else tables.create(claim)])
            if not isinstance(answer, Refusal):
                return True
        raise Conflict(mapping=mapping)

    async def put_off(self, company: str, mapping: str, until: datetime) -> bool:
        """Let a pending scan not begin before a time; False when none is pending: it has begun."""
        row = await self._table.get(_key(company, mapping), ("scanPendingSince",))
        if not row or not row.get("scanPendingSince"):
            return False
        later = tables.merge(_row(company, mapping, {"put_off_until": until}), row["etag"])
        return not isinstance(await self._table.transact([later]), Refusal)

    async def begin_scan(
        self, company: str, mapping: str, scan: str, *, stale_after: timedelta, now: datetime | None = None
    ) -> Entry | None:
        """The entry of a mapping whose pending scan begins: what changes from now on is for another one.

        None while another is at work, or it was put off. A scan that died may begin again; anybody else waits until it must be lost.
        """
        now = now or datetime.now(UTC)
        for _ in range(ATTEMPTS):
            row = await self._table.get(_key(company, mapping))
            entry = from_row(Entry, row) if row else Entry(company=company, mapping=mapping)
            since = entry.scan_running_since
            at_work = since and since + stale_after > now and entry.scan_running != scan
            if at_work or (entry.put_off_until and entry.put_off_until > now):
                return None
            begun = _row(company, mapping, {"scan_pending_since": None, "scan_running_since": now, "scan_running": scan})
            answer = await self._table.transact([tables.merge(begun, row["etag"]) if row else tables.create(begun)])
            if not isinstance(answer, Refusal):
                return entry
        raise Conflict(mapping=mapping)

    async def end_scan(self, company: str, mapping: str, **properties: Any) -> None:
        """The scan is over; with what it leaves on the entry."""
        await self.merge(company, mapping, scan_running_since=None, scan_running=None, **properties)

    async def belong(self, company: str, **whose: str) -> None:
        """Bind a company's state to what it was made for (environment, organisation ...); ForeignState when that was something else.

        The first call writes it, every later one compares; what an older version did not know is added (rule G1).
        """
        key = _owner(company)
        for _ in range(ATTEMPTS):
            row = await self._table.get(key)
            known: dict[str, str] = json.loads(row["whose"]) if row else {}
            names = [name.replace("_", " ") for name in whose if known.get(name, whose[name]) != whose[name]]
            if names:
                raise ForeignState(f"The state of company {company} was made for another {', '.join(names)}.", known=known, wanted=whose)
            if known.keys() >= whose.keys():
                return
            written: tables.Entity = {"PartitionKey": key[0], "RowKey": key[1], "whose": to_json({**known, **whose})}
            await self._table.transact([tables.replace(written, row["etag"]) if row else tables.create(written)])
        raise Conflict(company=company)

    async def whose(self, company: str) -> Mapping[str, str]:
        """What a company's state was made for; nothing before it was bound."""
        row = await self._table.get(_owner(company))
        return json.loads(row["whose"]) if row else {}


def _owner(company: str) -> tuple[str, str]:
    return keys.own_partition(company, kind=OWNER), OWNER


def _hold(row: tables.Entity | None) -> Hold | None:
    hold = from_row(Hold, row) if row else None
    return hold if hold and not hold.over else None


def _category(category: str) -> str:
    return f"{keys.OWN}category{keys.SEPARATOR}{keys.encode(category)}"


def _key(company: str, mapping: str) -> tuple[str, str]:
    return keys.partition(company), keys.encode(mapping)


def _row(company: str, mapping: str, properties: Mapping[str, Any]) -> tables.Entity:
    partition, row = _key(company, mapping)
    packed: tables.Entity = {"PartitionKey": partition, "RowKey": row, "company": company, "mapping": mapping}
    for name, value in properties.items():
        packed |= pack(name, value)
    return packed
