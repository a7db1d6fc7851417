"""Full synch: all mappings in dependency order, a job whose children are jobs.

Each step can be repeated: advancing twice is advancing once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from mapping.criteria import Criterion
from mapping.graph import in_order
from mapping.model import TableMapping
from mapping.off import switched_on
from mapping.values import Side
from sync.context import Context
from sync.entry.connection import check_open
from sync.entry.holds import check_on
from sync.errors import CoupletError, OnHold
from sync.heart.plan import Run, StartRule
from sync.run import match, messages
from sync.run.jobs import DRY_RUN, FULL
from sync.run.recommend import CreateNew, Recommendation, creates, recommended, total_of
from sync.run.walk import start_walk
from sync.store import FullSync, Job, Line, Status

GONE = "There is no mapping {} any more."
"""What a line says whose mapping was taken out of the app."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What was asked for: the mappings (all when empty), what may be created (by the recommendation when None), the start rule (each
    mapping's own when None).

    `unconditional` merges every pair as for the first time; a `dry_run` writes nothing. `wishes` are what a person decided about single
    lines, by mapping.
    """

    mappings: Sequence[str] = ()
    create_new: CreateNew | None = None
    start_rule: StartRule | None = None
    unconditional: bool = False
    dry_run: bool = False
    wishes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


async def start(ctx: Context, order: Order) -> tuple[FullSync, FullSync | None]:
    """A new full synch, or the one that is in its way; OnHold or SwitchedOff when somebody stopped one of its mappings."""
    names = [name for name in in_order(ctx.mappings) if name in (order.mappings or switched_on(ctx.mappings))]
    check_open(ctx)
    check_on(ctx, names)
    if not order.dry_run:
        await _refuse_held(ctx, names)
    full = FullSync.new(ctx.company, _options(order, names))
    lines = [_line(ctx.mappings[name], place, names, order) for place, name in enumerate(names)]
    in_the_way = await ctx.store.full_syncs.create(full, lines)
    if in_the_way is None:
        await _forget_samples(ctx, full)
        await ctx.store.queue.send(messages.advance(ctx.company, full.id))
    return full, in_the_way


async def _forget_samples(ctx: Context, full: FullSync) -> None:
    """What earlier dry runs showed is old now, and holds data of people (rule G2)."""
    for each in (await ctx.store.full_syncs.list(ctx.company)).rows:
        if each.rehearsal and each.id != full.id:
            await ctx.store.samples.forget(ctx.company, each.id, each.options["mappings"])


def _options(order: Order, names: Sequence[str]) -> dict[str, Any]:
    return {
        "createNew": order.create_new,
        "startRule": order.start_rule,
        "mappings": list(names),
        "unconditional": order.unconditional,
        "dryRun": order.dry_run,
    }


async def _refuse_held(ctx: Context, names: Sequence[str]) -> None:
    held = {entry.mapping: entry.hold_reason for entry in await ctx.store.entries.all(ctx.company) if entry.held_by_person}
    named = [f"{name} ({held[name] or 'no reason given'})" for name in names if name in held]
    if named:
        raise OnHold(f"On hold: {', '.join(named)}.")


def _line(mapping: TableMapping, place: int, names: Sequence[str], order: Order) -> Line:
    needs = tuple(need for need in mapping.needs if need in names)
    wish = order.wishes.get(mapping.name, {})
    return Line(mapping=mapping.name, place=place, depends_on=needs, direction=mapping.direction, wish=wish)


async def advance(ctx: Context, full_id: str) -> None:
    """Start the lines whose turn it is, and end the full synch when all are over."""
    full = await ctx.store.full_syncs.get(ctx.company, full_id)
    if full is None or full.status.over:
        return
    if full.cancel_asked:
        await _cancel_waiting(ctx, full)
    lines = await ctx.store.full_syncs.lines(ctx.company, full_id)
    over = {line.mapping for line in lines if line.status.over}
    for line in lines:
        if line.status is Status.IN_PROCESS or (line.status is Status.WAITING and over.issuperset(line.depends_on)):
            await _start_line(ctx, full, line)
    if len(over) == len(lines):
        await _end(ctx, full, lines)


async def _start_line(ctx: Context, full: FullSync, line: Line) -> None:
    """Begin a line's walk; a line that was begun before its worker died is begun again."""
    mapping = ctx.mappings.get(line.mapping)
    if mapping is None:
        await ctx.store.full_syncs.change_line(ctx.company, full.id, line.mapping, partial(_failed_line, message=GONE.format(line.mapping)))
        await ctx.store.queue.send(messages.advance(ctx.company, full.id))
        return
    if line.status is Status.WAITING:
        line = await _change_line(ctx, full, await _begun(ctx, mapping, full, line), Status.WAITING)
    if line.status.over:
        await ctx.store.queue.send(messages.advance(ctx.company, full.id))
    job_id = line.job
    if line.status.over or job_id is None or await _goes_on(ctx, job_id):
        return
    if not line.recommendation:
        line = await _change_line(ctx, full, await _recommended(ctx, mapping, full, line), Status.IN_PROCESS)
    job = Job.named(job_id, ctx.company, mapping.name, _kind(full), parent=full.id)
    run = _run(mapping, full, line)
    if line.wish.get("criteria") and line.recommendation == Recommendation.COUPLE:
        await _start_match(ctx, mapping, job, run, line)
    else:
        await start_walk(ctx, mapping, job, run)


async def _change_line(ctx: Context, full: FullSync, wanted: Line, only: Status) -> Line:
    """Store a line that has a certain status still; the line as it stands then."""
    return await ctx.store.full_syncs.change_line(
        ctx.company, full.id, wanted.mapping, lambda now: replace(wanted, etag=now.etag) if now.status is only else None
    )


async def _begun(ctx: Context, mapping: TableMapping, full: FullSync, line: Line) -> Line:
    """The line as it begins; one that somebody put on hold meanwhile does not."""
    if mapping.name in ctx.off:
        return replace(line, status=Status.ERROR, message=f"{ctx.off[mapping.name]}.")
    entry = await ctx.store.entries.get(ctx.company, mapping.name)
    if entry.held_by_person and not full.rehearsal:
        return replace(line, status=Status.ERROR, message=f"{mapping.name} is on hold: {entry.hold_reason or 'no reason given'}.")
    job = Job.new(ctx.company, mapping.name, _kind(full)).id
    return replace(line, status=Status.IN_PROCESS, job=job, recommendation="", message="")


async def _recommended(ctx: Context, mapping: TableMapping, full: FullSync, line: Line) -> Line:
    """The line with what it is for, where it may create, and how many rows it will read."""
    wished = line.wish.get("recommendation")
    recommendation = Recommendation(wished) if wished else await recommended(ctx, mapping)
    asked = line.wish.get("createNew") or full.options.get("createNew")
    made = creates(mapping, recommendation, CreateNew(asked) if asked else None)
    return replace(line, recommendation=recommendation, creates=tuple(sorted(made)), total=await total_of(ctx, mapping))


async def _start_match(ctx: Context, mapping: TableMapping, job: Job, run: Run, line: Line) -> None:
    """A line with criteria of its own couples who belongs to whom by them; the regular job is held meanwhile, as in a walk."""
    order = match.Order(
        criteria=tuple(Criterion(**each) for each in line.wish["criteria"]),
        start_rule=run.start_rule,
        creates=run.creates,
        dry_run=run.rehearsal is not None,
    )
    if run.rehearsal is None:
        await ctx.store.entries.merge(ctx.company, mapping.name, full_job=job.id)
    await match.begin(ctx, mapping, order, job=job)


def _kind(full: FullSync) -> str:
    return DRY_RUN if full.rehearsal else FULL


def _run(mapping: TableMapping, full: FullSync, line: Line) -> Run:
    """What a line may do."""
    return Run(
        creates=frozenset(map(Side, line.creates)),
        couples=True,
        start_rule=StartRule(full.options["startRule"] or mapping.start_rule),
        unconditional=bool(full.options.get("unconditional")),
        rehearsal=full.rehearsal,
    )


async def _goes_on(ctx: Context, job_id: str) -> bool:
    """Whether a job was begun to the last step: from then on its markers bring it to its end, whoever dies."""
    job = await ctx.store.jobs.get(ctx.company, job_id)
    return job is not None and (job.status.over or await ctx.store.work.sealed(ctx.company, job_id))


async def fail_lines(ctx: Context, full_id: str, error: CoupletError) -> list[str]:
    """The lines that could not be begun end in error, so that the others have their turn and the full synch ends; their mappings."""
    failed = []
    for line in await ctx.store.full_syncs.lines(ctx.company, full_id):
        if line.status is Status.IN_PROCESS and not (line.job and await _goes_on(ctx, line.job)):
            await _release(ctx, line, error)
            ended = partial(_failed_line, message=str(error))
            await ctx.store.full_syncs.change_line(ctx.company, full_id, line.mapping, ended)
            failed.append(line.mapping)
    await ctx.store.queue.send(messages.advance(ctx.company, full_id))
    return failed


def _failed_line(line: Line, message: str) -> Line | None:
    return None if line.status.over else replace(line, status=Status.ERROR, message=message)


async def _release(ctx: Context, line: Line, error: CoupletError) -> None:
    """The job of a line that was not begun to its end will not end by itself, and must not hold the regular job for ever."""
    job = await ctx.store.jobs.get(ctx.company, line.job) if line.job else None
    if job and not job.status.over:
        await ctx.store.jobs.finish(job, status=Status.ERROR, totals={}, message=str(error))
    if line.job and (await ctx.store.entries.get(ctx.company, line.mapping)).full_job == line.job:
        await ctx.store.entries.merge(ctx.company, line.mapping, full_job=None)


async def _cancel_waiting(ctx: Context, full: FullSync) -> None:
    for line in await ctx.store.full_syncs.lines(ctx.company, full.id):
        if line.status is Status.WAITING:
            await ctx.store.full_syncs.change_line(
                ctx.company,
                full.id,
                line.mapping,
                lambda now: replace(now, status=Status.CANCELLED) if now.status is Status.WAITING else None,
            )


async def _end(ctx: Context, full: FullSync, lines: Sequence[Line]) -> None:
    statuses = {line.status for line in lines}
    status = Status.CANCELLED if Status.CANCELLED in statuses else Status.ERROR if Status.ERROR in statuses else Status.SUCCESS
    if full.rehearsal:
        await ctx.store.planned(full.id).forget(ctx.company, (line.mapping for line in lines))
    await ctx.store.full_syncs.change(
        ctx.company, full.id, lambda now: None if now.status.over else replace(now, status=status, finished=datetime.now(UTC))
    )


async def cancel(ctx: Context, full_id: str) -> FullSync:
    """Ask a full synch to stop: lines in process end with the page in work, waiting ones are never begun."""
    full = await ctx.store.full_syncs.change(ctx.company, full_id, lambda now: None if now.status.over else replace(now, cancel_asked=True))
    await ctx.store.queue.send(messages.advance(ctx.company, full_id))
    return full


async def restart(ctx: Context, full_id: str) -> FullSync:
    """Begin the lines again that were cancelled or ended in error."""
    full = await ctx.store.full_syncs.change(
        ctx.company,
        full_id,
        lambda now: replace(now, status=Status.IN_PROCESS, finished=None, cancel_asked=False) if now.status.over else None,
    )
    for line in await ctx.store.full_syncs.lines(ctx.company, full_id):
        if line.status in (Status.CANCELLED, Status.ERROR):
            await ctx.store.full_syncs.change_line(
                ctx.company, full_id, line.mapping, lambda now: replace(now, status=Status.WAITING, job=None, done=0)
            )
    await ctx.store.queue.send(messages.advance(ctx.company, full_id))
    return full
