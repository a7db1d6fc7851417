"""Synchronise modified records: a look at every mapping, one after the other's end, in dependency order, with their watermarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mapping.graph import in_order
from mapping.off import switched_on
from sync.context import Context
from sync.entry.connection import pauses
from sync.errors import ServiceError
from sync.run import messages
from sync.run.jobs import finish_if_done, hand_out
from sync.run.looks import look_once
from sync.store import Job, Status

KIND = "modified"
"""The kind of the job, and the name that stands in for a mapping in its id: it belongs to all of them."""

TURN_SECONDS = 2


async def synchronize_modified(ctx: Context) -> tuple[Job, Job | None]:
    """A new job over all mappings, or the one that is in its way."""
    job = Job.new(ctx.company, KIND, KIND)
    running = await ctx.store.jobs.unfinished(ctx.company, KIND)
    if not running:
        await hand_out(ctx, job, [messages.modified(ctx.company, in_order(switched_on(ctx.mappings)), job=job.id, number=0)])
    return job, running[0] if running else None


async def work_modified(ctx: Context, message: Mapping[str, Any]) -> None:
    """One mapping of the chain: look, wait for the job that the look left, go on to the next."""
    job = message["job"]
    if not await ctx.store.work.pending(ctx.company, job, message["number"]):
        await ctx.store.queue.send_many((await ctx.store.work.markers(ctx.company, job)).values())
        await finish_if_done(ctx, job)
        return
    child = await _look(ctx, message) if message.get("child") is None else message["child"]
    at_work = child is None or (child.get("job") and await _goes_on(ctx, child["job"]))
    if at_work:
        await ctx.store.queue.send({**message, "child": child}, delay_seconds=TURN_SECONDS)
        await ctx.store.work.touch(ctx.company, job, message["number"])
        return
    await _count(ctx, message, child or {})


async def _look(ctx: Context, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What came of the look at a mapping; None while it is another one's turn."""
    mapping = ctx.mappings.get(message["mapping"])
    entry = await ctx.store.entries.get(ctx.company, message["mapping"])
    if mapping is None or not mapping.runs:
        return {"note": "switched off" if mapping else "no such mapping any more"}
    if entry.held_by_person:
        return {"note": f"on hold: {entry.hold_reason or 'no reason given'}"}
    try:
        learned = await look_once(ctx, mapping, f"{message['job']}-{message['number']}")
    except ServiceError as error:
        if error.transient or pauses(error):
            raise
        return {"note": str(error), "failed": True}
    return None if learned is None else {"job": learned.get("last_job")}


async def _goes_on(ctx: Context, job_id: str) -> bool:
    job = await ctx.store.jobs.get(ctx.company, job_id)
    return job is not None and not job.status.over


async def _count(ctx: Context, message: Mapping[str, Any], child: Mapping[str, Any]) -> None:
    """Note what came of a mapping in the job, count it, and send the next one."""
    done = await ctx.store.jobs.get(ctx.company, child["job"]) if child.get("job") else None
    noted = {"mapping": message["mapping"], "job": child.get("job"), "status": done.status if done else None, "note": child.get("note")}
    await _note(ctx, message["job"], noted)
    totals: Mapping[str, Any] = done.totals if done else {"toSales": {"failed": 1}} if child.get("failed") else {}
    rest: Sequence[str] = message["rest"]
    then = [messages.modified(ctx.company, rest, job=message["job"], number=message["number"] + 1)] if rest else []
    if await ctx.store.work.done(ctx.company, message["job"], message["number"], totals, {each["number"]: each for each in then}):
        await ctx.store.queue.send_many(then)
    await finish_if_done(ctx, message["job"])


async def _note(ctx: Context, job_id: str, noted: Mapping[str, Any]) -> None:
    """One child more in the job; a message that comes back notes it once."""
    job = await ctx.store.jobs.get(ctx.company, job_id)
    if job and job.status is Status.IN_PROCESS:
        children = [each for each in job.details.get("children", []) if each["mapping"] != noted["mapping"]]
        await ctx.store.jobs.note(replace(job, details={**job.details, "children": [*children, noted]}))
