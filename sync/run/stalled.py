"""Jobs in which nothing happens any more because a worker died: since when, and before when they go on by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.context import Context
from sync.entry.ncrontab import Schedule
from sync.store import Job
from sync.store.queue import LEASE

SILENT = timedelta(minutes=3)
"""A step of a job takes seconds; whoever is silent for so long is dead, or waits for a service."""

PICKED_UP = timedelta(minutes=1)
"""A message that is sent is at work within this time."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing has happened since a moment; before another one the message is back, or the sweeper has sent it again."""

    since: datetime
    before: datetime

    @property
    def says(self) -> str:
        """What people read."""
        return f"stalled, resumes by itself before {self.before:%H:%M} UTC"


async def stalled(ctx: Context, job: Job) -> Stall | None:
    """The stall of a job; None for one that is over or at work, and while the connection is on hold, which says so itself."""
    if job.status.over or ctx.hold:
        return None
    since = await ctx.store.work.stirred(ctx.company, job.id) or job.started
    now = datetime.now(UTC)
    return Stall(since, resumes_before(since, now, Schedule.parse(ctx.settings.schedule))) if now - since > SILENT else None


def resumes_before(since: datetime, now: datetime, schedule: Schedule) -> datetime:
    """The full minute behind the next sweep that need not look at what is on the queue, or that is to come where one came to nothing."""
    moment = schedule.after(max(since + LEASE, now)) + PICKED_UP
    return moment if moment == moment.replace(second=0, microsecond=0) else moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def stall_json(stall: Stall | None) -> dict[str, Any]:
    """A stall as lists of jobs show it; nothing where there is none."""
    return {"stalled": {"since": stall.since, "resumesBefore": stall.before, "says": stall.says}} if stall else {}
