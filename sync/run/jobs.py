"""Jobs: how one begins whose work is messages, and how one ends, whoever does its last message. Twice is once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sync.context import Context
from sync.heart.plan import Outcome
from sync.record.brake import settle, would_stop
from sync.record.tally import DIRECTIONS, Tally
from sync.run import messages
from sync.store import FullSync, Job, Line, Status

FULL, DRY_RUN = "full", "dryRun"
"""Kinds of jobs that walk over whole tables; what a dry run only rehearses changes nothing of the mapping's entry."""


async def note_run(ctx: Context, job: Job, tally: Tally) -> str | None:
    """A job row for work that was done within one message; none when nothing happened (rule F2)."""
    if not tally.notable:
        return None
    await ctx.store.jobs.finish(job, status=_status(tally.as_json()), totals=tally.as_json())
    return job.id


async def hand_out(ctx: Context, job: Job, parts: Sequence[messages.Message]) -> None:
    """Begin a job whose work is these messages: their markers and the seal first, as who dies before the end must leave no job without."""
    await ctx.store.work.add(ctx.company, job.id, {part["number"]: part for part in parts})
    await ctx.store.work.seal(ctx.company, job.id)
    await ctx.store.jobs.start(job)
    await ctx.store.queue.send_many(parts)
    await finish_if_done(ctx, job.id)


async def finish_if_done(ctx: Context, job_id: str) -> None:
    """Whoever does the last message of a job handles its end, once."""
    if await ctx.store.work.finish(ctx.company, job_id):
        await finish_job(ctx, job_id)


async def finish_job(ctx: Context, job_id: str) -> None:
    """Count, store the marks that the job had, tell the full synch it belongs to, forget its markers. Twice is once."""
    job = await ctx.store.jobs.get(ctx.company, job_id)
    if job is None:
        await ctx.store.work.clear(ctx.company, job_id)
        return
    outcomes = await ctx.store.work.outcomes(ctx.company, job_id)
    totals = {name: outcomes.get(name, {}) for name in DIRECTIONS.values()}
    cancelled = await is_cancelled(ctx, job)
    mapping = ctx.mappings.get(job.mapping)
    stopped = mapping is not None and not cancelled and await settle(ctx, mapping, job_id)
    foretells = job.kind == DRY_RUN and "stages" not in job.details  # of a take-over fails what could not be looked at
    status = Status.CANCELLED if cancelled else Status.ERROR if stopped else Status.SUCCESS if foretells else _status(totals)
    if cancelled or mapping is None:
        await ctx.store.withheld.clear(ctx.company, job_id)
    foreseen = await would_stop(ctx, mapping, outcomes.get("acts", {})) if mapping else None
    said = "stopped before the first: see the problem mass_change" if stopped else foreseen
    kept = {**_lasting(job), "read": outcomes.get("read", 0)}
    ended = await ctx.store.jobs.finish(job, status=status, totals=totals, message=said, details=kept)
    if job.kind != DRY_RUN and mapping:
        marks = {} if cancelled else {"last_job": job_id, **_load(job.details.get("marks", {}))}
        released = {"full_job": None} if job.kind == FULL else {}
        await ctx.store.entries.merge(ctx.company, job.mapping, **released, **marks)
    if job.kind == DRY_RUN and not foretells:
        await ctx.store.planned(job.id).forget(ctx.company, ctx.mappings)  # also where a page was given up
    await _close_problem_of_the_walk(ctx, job)
    if job.parent:
        await ctx.store.full_syncs.change_line(ctx.company, job.parent, job.mapping, lambda line: _ended_line(line, ended, outcomes))
        await ctx.store.queue.send(messages.advance(ctx.company, job.parent))
    await ctx.store.work.clear(ctx.company, job_id)


def _lasting(job: Job) -> Mapping[str, Any]:
    """What a job keeps when it is over: its marks went to the entry."""
    return {name: value for name, value in job.details.items() if name != "marks"}


WALK = "walk:"
"""The key of the problem that a walk over a mapping's tables could not be begun, or not ended."""


async def _close_problem_of_the_walk(ctx: Context, job: Job) -> None:
    """A problem of an earlier walk is over when a later one came to its end."""
    left = await ctx.store.problems.get(ctx.company, job.mapping, WALK)
    if left and left.job != job.id and job.kind == FULL:
        await ctx.store.problems.resolve(ctx.company, job.mapping, [WALK])


def _ended_line(line: Line, job: Job, outcomes: Mapping[str, Any]) -> Line | None:
    if line.job != job.id or line.status.over:
        return None
    each = {name: {"jobId": job.id, "status": job.status, **job.totals.get(name, {})} for name in DIRECTIONS.values()}
    ended = replace(line, status=job.status, done=outcomes.get("read", 0), message=job.message)
    return replace(ended, to_sales=each["toSales"], from_sales=each["fromSales"])


def _status(totals: Mapping[str, Mapping[str, int]]) -> Status:
    """As natively, a job in which a record failed ended in error; records that wait or are outside the filter do not count."""
    return Status.ERROR if any(counts.get(Outcome.FAILED) for counts in totals.values()) else Status.SUCCESS


async def is_cancelled(ctx: Context, job: Job | None) -> bool:
    """Whether the full synch that a job belongs to was asked to stop."""
    full: FullSync | None = await ctx.store.full_syncs.get(ctx.company, job.parent) if job and job.parent else None
    return full is not None and full.cancel_asked


def dump_marks(marks: Mapping[str, Any]) -> dict[str, Any]:
    """Marks of a job as stored with it; its end writes them to the entry."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in marks.items()}


def _load(marks: Mapping[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name.endswith("_watermark") else value for name, value in marks.items()}
