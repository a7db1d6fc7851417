"""Looks: what a timer, a hint or a person asks for, and what the job queue entry of the native connector runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.retries import retry_due
from sync.heart.plan import Run
from sync.record.brake import careful, settle, withhold
from sync.record.records import Seen, synchronize
from sync.run import compare, messages
from sync.run.jobs import hand_out, note_run
from sync.run.scan import RESET, Due, as_messages, as_reset, baseline, look
from sync.store import Entry, Job

INLINE = 100
"""So many changed records are synchronised within the look itself; more become messages of a job."""

STALE_SCAN = timedelta(minutes=15)
"""A scan pending for so long got lost: another one may be sent."""

DEAD_LOOK = timedelta(minutes=5)
"""A look at work for so long died. Two at a time would do no harm but read the same changes."""

TURN_SECONDS, SOON, LONGEST_TURN = 2, 3, 30
"""How long a look waits for its turn: so long the first few times, when a burst is gathered, and at most, as the one before left a job."""


async def request_scan(
    ctx: Context, mapping: str, *, delay_seconds: float = 0, anew: bool = False, rested: bool = False, lost_after: timedelta = STALE_SCAN
) -> bool:
    """Put a look at a mapping on the queue, to begin after the delay, unless one is pending; `anew` even then.

    `rested` is for what nobody waits for: not while the mapping rests after runs that did not get through. One that is pending for longer
    than `lost_after` got lost.
    """
    stale_after = timedelta(0) if anew else lost_after
    if not await ctx.store.entries.claim_scan(ctx.company, mapping, stale_after=stale_after, rested=rested):
        return False
    await ctx.store.queue.send(messages.scan(ctx.company, mapping), delay_seconds)
    return True


async def work_scan(ctx: Context, message: Mapping[str, Any]) -> None:
    """The message of a look: it waits for its turn."""
    if await look_once(ctx, ctx.mappings[message["mapping"]], str(message.get("look"))) is None:
        waited = int(message.get("waited", 0))
        # It is still on its way: else a timer would send another one beside it, and all of them would wait
        await ctx.store.entries.merge(ctx.company, message["mapping"], scan_pending_since=datetime.now(UTC))
        await ctx.store.queue.send({**message, "waited": waited + 1}, _until_its_turn(waited))


def _until_its_turn(waited: int) -> int:
    return min(TURN_SECONDS << min(max(waited - SOON, 0), 10), LONGEST_TURN)


async def look_once(ctx: Context, mapping: TableMapping, name: str) -> Mapping[str, Any] | None:
    """Look at one mapping, one look at a time, so that a second one finds what changed since the first began.

    What it leaves on the entry; None when it is another one's turn, and nothing was done. A look that died has its turn again by its name.
    """
    begun = await _take_turn(ctx, mapping, name)
    if begun is None:
        return None
    learned: Mapping[str, Any] = {}
    try:
        learned = await _look(ctx, mapping, begun)
    finally:
        await ctx.store.entries.end_scan(ctx.company, mapping.name, **learned)
        if mapping.category:
            await ctx.store.entries.leave_category(ctx.company, mapping.category, mapping.name, job=learned.get("last_job"))
    return learned


async def _take_turn(ctx: Context, mapping: TableMapping, look: str) -> Entry | None:
    """The entry of a mapping whose look begins; None while another look at it, or a mapping of its category, is at work."""

    async def goes_on(job_id: str) -> bool:
        job = await ctx.store.jobs.get(ctx.company, job_id)
        return job is not None and not job.status.over

    entries, until = ctx.store.entries, datetime.now(UTC) + STALE_SCAN
    if mapping.category and not await entries.take_category(ctx.company, mapping.category, mapping.name, until=until, goes_on=goes_on):
        return None
    return await entries.begin_scan(ctx.company, mapping.name, look, stale_after=DEAD_LOOK)


async def _look(ctx: Context, mapping: TableMapping, entry: Entry) -> Mapping[str, Any]:
    """Look what changed in one mapping and bring it into step; marks move only when all of it is done or queued."""
    if entry.held_by_person or not mapping.runs:
        return {}
    if await _is_walked(ctx, entry):
        return {"last_looked": datetime.now(UTC)}
    entry = as_reset(entry)
    if entry.bc_watermark is None and entry.declaration != RESET:
        return {**await baseline(ctx, mapping), "last_looked": datetime.now(UTC), "last_compared": datetime.now(UTC)}
    due = await look(ctx, mapping, entry)
    small = not due.news and len(due.bc) + len(due.sales) <= INLINE
    job = await (_synchronize_now(ctx, mapping, due) if small else _synchronize_as_job(ctx, mapping, due))
    await ctx.store.hooks.forget_gone(ctx.company, mapping.name, due.said_gone)
    await retry_due(ctx, mapping)
    if entry.failures:
        await ctx.store.problems.resolve(ctx.company, mapping.name, [place_of_looks(mapping.name)])
    last = {**({"last_job": job} if job else {}), **await compare.when_due(ctx, mapping, entry)}
    return {**due.marks, **last, "last_looked": datetime.now(UTC), "failures": 0, "not_before": None, "idle": job is None}


async def _is_walked(ctx: Context, entry: Entry) -> bool:
    """Whether a full synch walks over the mapping; what changes meanwhile is found by the look behind it, from the marks of its start."""
    job = await ctx.store.jobs.get(ctx.company, entry.full_job) if entry.full_job else None
    return job is not None and not job.status.over


async def _synchronize_now(ctx: Context, mapping: TableMapping, due: Due) -> str | None:
    job, stopped = None, ""
    run = careful(mapping, scheduled_run(mapping), len(due.bc) + len(set(due.sales)))
    for side, ids in ((Side.BC, sorted(due.bc)), (Side.SALES, sorted(set(due.sales)))):
        if ids:
            seen = await Seen.read(ctx, mapping, side, ids)
            own = Job.new(ctx.company, mapping.name, "scheduled", started=seen.at)
            tally = await synchronize(ctx, mapping, seen, run, own.id)
            stopped = stopped or (own.id if tally.held_back else "")
            await withhold(ctx, stopped, tally.held_back)
            job = await note_run(ctx, own, tally) or job
            await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, side, tally.busy), delay_seconds=5)
    if stopped:
        await settle(ctx, mapping, stopped)
    return job


async def _synchronize_as_job(ctx: Context, mapping: TableMapping, due: Due) -> str:
    job = replace(Job.new(ctx.company, mapping.name, "comparison" if due.news else "scheduled"), message=due.news)
    await hand_out(ctx, job, as_messages(ctx, mapping, due, scheduled_run(mapping), job.id))
    return job.id


def scheduled_run(mapping: TableMapping) -> Run:
    """What a scheduled run may do: it couples and creates only where the mapping's only-coupled switch is off (rule A2)."""
    creates = frozenset() if mapping.only_coupled else mapping.creates
    return Run(creates=creates, couples=not mapping.only_coupled, start_rule=mapping.start_rule)


def place_of_looks(mapping: str) -> str:
    """The key of the problem that a mapping cannot be looked at."""
    return f"scan:{mapping}"
