"""The job that takes couplings over, or makes them again: stage by stage and page by page, killed and continued. Twice is once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sync.context import Context
from sync.entry.guards import check_alone
from sync.errors import InTheWay
from sync.heart.plan import Outcome, Run
from sync.run import messages
from sync.run.dry_run import begin_page, rehearsal
from sync.run.jobs import DRY_RUN, hand_out
from sync.run.walk import follow
from sync.store import Job
from sync.takeover.comparing import differing
from sync.takeover.sorting import Fate
from sync.takeover.taking import Lists

Message = Mapping[str, Any]
Stage = Mapping[str, Any]
"""What is looked at together, as it is kept with the job."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turned:
    """What came of one page: the lists of its pairs, and the link to the next page of the same stage."""

    lists: Lists
    next: str | None = None


COMPARE = "compare"
"""The last stage of a dry run."""

PAGE = 100
"""Pairs that are compared in one step."""

Turn = Callable[[Context, Job, Stage, str | None], Awaitable[Turned]]
"""Does one page of a stage, the first one without a link."""


async def start(ctx: Context, kind: str, stages: Sequence[Stage], *, dry_run: bool, details: Mapping[str, Any]) -> Job:
    """A new job of a kind, which stands in for a mapping in its id: it belongs to several. One at a time, else InTheWay."""
    running = await ctx.store.jobs.unfinished(ctx.company, kind)
    if running:
        raise InTheWay(f"Job {running[0].id} is at it since {running[0].started:%Y-%m-%d %H:%M:%S} UTC.", inTheWay=running[0].id)
    wanted = [*stages, *([{"do": COMPARE}] if dry_run else [])]
    job = replace(Job.new(ctx.company, kind, DRY_RUN if dry_run else kind), details={**details, "stages": wanted})
    await hand_out(ctx, job, [messages.take_over(ctx.company, kind, job=job.id, place=0, stage=0, link=None)])
    return job


async def work(turn: Turn, ctx: Context, message: Message) -> None:
    """One page, and those behind it; of a job that was never begun nothing stays.

    A native connector that was switched on again meanwhile stops it, and the whole connection, as it stops everything (rule G3).
    """
    await check_alone(ctx)
    if await ctx.store.jobs.get(ctx.company, message["job"]):
        await follow(ctx, message, partial(_step, turn))
    else:
        await ctx.store.work.clear(ctx.company, message["job"])


async def _step(turn: Turn, ctx: Context, message: Message) -> Message | None:
    job = await ctx.store.jobs.get(ctx.company, message["job"])
    stages: Sequence[Stage] = job.details["stages"] if job else ()
    if job is None or message["stage"] >= len(stages):
        await _end(ctx, job)
        await ctx.store.work.done(ctx.company, message["job"], message["number"], {})
        return None
    seeing = rehearsal(ctx, Run(rehearsal=job.id)) if job.kind == DRY_RUN else ctx
    begin_page(seeing, f"{job.id} {message['number']}")
    place, stage = message["place"], message["stage"]
    doing = _compare if stages[stage]["do"] == COMPARE else turn
    turned = await doing(seeing, job, stages[stage], message["link"])
    await ctx.store.findings.put(ctx.company, job.id, place, turned.lists)
    following = messages.take_over(
        ctx.company, message["kind"], job=job.id, place=place + 1, stage=stage + (turned.next is None), link=turned.next
    )
    then = {following["number"]: following}
    counted = await ctx.store.work.done(ctx.company, job.id, message["number"], _outcome(turned.lists), then)
    return following if counted else None


async def _compare(ctx: Context, job: Job, stage: Stage, link: str | None) -> Turned:
    """A page of what a dry run took: the pairs that differ."""
    page = await ctx.store.findings.some(ctx.company, job.id, Fate.TAKEN, PAGE, link)
    return Turned(lists={Fate.DIFFERING: await differing(ctx, page.rows)}, next=page.cursor)


def _outcome(lists: Lists) -> dict[str, Any]:
    """A page as the job counts it; a pair that differs is one that was taken."""
    told = {fate: len(found) for fate, found in lists.items() if fate != Fate.DIFFERING}
    coupled = told.pop(Fate.TAKEN, 0)
    return {"toSales": {Outcome.COUPLED: coupled, Outcome.SKIPPED: sum(told.values())}, "read": coupled + sum(told.values())}


async def _end(ctx: Context, job: Job | None) -> None:
    """Count what was found, once for all who ask."""
    if job is None:
        return
    counts = await ctx.store.findings.counts(ctx.company, job.id)
    await ctx.store.jobs.note(replace(job, details={**job.details, "counts": counts}))
