"""When a mapping is looked at: the ticks of SYNC_SCHEDULE, and what its job queue entry adds to them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from mapping.model import TableMapping
from sync.entry.ncrontab import Schedule
from sync.store import Entry, keys

JITTER = timedelta(seconds=5)
"""A tick may come so much earlier after the last look than the minutes between runs, which count from the tick before."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
SILENT_AFTER = 3


class EntryStatus(StrEnum):
    """Where a job queue entry stands, in the native words; derived, never stored."""

    READY = "Ready"
    IN_PROCESS = "In Process"
    ON_HOLD = "On Hold"
    IDLE = "On Hold with Inactivity Timeout"
    ERROR = "Error"
    OFF = "Switched Off"


def status_of(mapping: TableMapping, entry: Entry, *, held: bool, at_work: bool = False) -> EntryStatus:
    """The status of an entry; `held` when the whole connection is on hold, `at_work` while messages of its jobs are to be worked."""
    looking = any((entry.scan_pending_since, entry.scan_running_since, entry.full_job))
    states = {
        EntryStatus.OFF: not mapping.enabled,
        EntryStatus.ON_HOLD: held or entry.held_by_person,
        EntryStatus.ERROR: entry.failures > 0,
        EntryStatus.IN_PROCESS: looking or at_work,
        EntryStatus.IDLE: is_idle(mapping, entry),
    }
    return next((status for status, is_so in states.items() if is_so), EntryStatus.READY)


def backlog_of(mapping: str, backlog: Mapping[str, int]) -> int:
    """How many messages of a mapping are still to be worked, of those of each job."""
    return sum(count for job, count in backlog.items() if job.rpartition("-")[0] == keys.encode(mapping))


def is_idle(mapping: TableMapping, entry: Entry) -> bool:
    """Whether the mapping is on hold with inactivity timeout: its last look had nothing to do, and the timeout is on."""
    return mapping.inactivity > 0 and entry.idle


def earliest(mapping: TableMapping, entry: Entry) -> datetime | None:
    """Before when no timer looks at the mapping again; None when it was never looked at."""
    minutes = mapping.inactivity if is_idle(mapping, entry) else mapping.minutes
    between = entry.last_asked + timedelta(minutes=minutes) - JITTER if entry.last_asked and minutes else None
    return max((moment for moment in (between, entry.not_before) if moment), default=None)


def is_due(mapping: TableMapping, entry: Entry, now: datetime) -> bool:
    """Whether a tick puts a look at the mapping on the queue: on, not on hold, the time between runs and the pause after failures over."""
    at = earliest(mapping, entry)
    return mapping.runs and not entry.held_by_person and (at is None or at <= now)


def next_run(mapping: TableMapping, entry: Entry, schedule: Schedule, now: datetime) -> datetime | None:
    """The tick that will look at the mapping; None while it is on hold or switched off."""
    if entry.held_by_person or not mapping.runs:
        return None
    at = earliest(mapping, entry)
    return schedule.after(max(now, at - timedelta(microseconds=1)) if at else now)


def pause_after(failures: int) -> timedelta:
    """How long a mapping rests after so many runs that did not get through."""
    return min(FIRST_PAUSE * int(2 ** min(failures - 1, 10)), LONGEST_PAUSE)


def silent(
    mappings: Mapping[str, TableMapping], entries: Mapping[str, Entry], schedule: Schedule, began: datetime, now: datetime
) -> list[str]:
    """Mappings that nobody looked at for three schedules, although on and not on hold; `began` counts for those never looked at.

    For the others it does not: on Flex Consumption the process that asks is often as young as its tick or call.
    """
    return [
        name
        for name, mapping in mappings.items()
        if _is_silent(mapping, entries.get(name) or Entry(company="", mapping=name), schedule, began, now)
    ]


def _is_silent(mapping: TableMapping, entry: Entry, schedule: Schedule, began: datetime, now: datetime) -> bool:
    if entry.held_by_person or not mapping.runs:
        return False
    at = max((moment for moment in (entry.last_looked, entry.not_before) if moment), default=began)
    minutes = mapping.inactivity if is_idle(mapping, entry) else mapping.minutes
    return is_overdue(schedule, at, now, timedelta(minutes=minutes))


def is_overdue(schedule: Schedule, since: datetime, now: datetime, between: timedelta = timedelta(0)) -> bool:
    """Whether three ticks, each at least so much after the one before, have passed since a moment."""
    at = since
    for _ in range(SILENT_AFTER):
        at = max(schedule.after(at), at + between)
    return at < now
