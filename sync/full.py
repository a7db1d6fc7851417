"""Full synch: all mappings in dependency order, a job whose children are jobs.

Each step can be repeated: advancing twice is advancing once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

from mapping.graph import in_order
from mapping.model import TableMapping
from mapping.values import Side
from sync import messages
from sync.context import Context
from sync.errors import CoupletError
from sync.plan import Run, StartRule
from sync.services.model import Query
from sync.store import FullSync, Job, Line, Status
from sync.walk import start_walk


class CreateNew(StrEnum):
    """On which sides a run may create rows (rule A2)."""

    NONE = "none"
    TO_SALES = "toSales"
    FROM_SALES = "fromSales"
    BOTH = "both"


CREATES: Mapping[CreateNew, frozenset[Side]] = {
    CreateNew.NONE: frozenset(),
    CreateNew.TO_SALES: frozenset({Side.SALES}),
    CreateNew.FROM_SALES: frozenset({Side.BC}),
    CreateNew.BOTH: frozenset(Side),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What was asked for: the mappings (all when empty), what may be created (by the recommendation when None), the start rule."""

    mappings: Sequence[str] = ()
    create_new: CreateNew | None = None
    start_rule: StartRule = StartRule.BC_WINS


async def start(ctx: Context, order: Order) -> tuple[FullSync, FullSync | None]:
    """A new full synch, or the one that is in its way."""
    names = [name for name in in_order(ctx.mappings) if name in (order.mappings or ctx.mappings)]
    options = {"createNew": order.create_new, "startRule": order.start_rule, "mappings": names}
    full = FullSync.new(ctx.company, options)
    lines = [_line(ctx.mappings[name], place, names) for place, name in enumerate(names)]
    in_the_way = await ctx.store.full_syncs.create(full, lines)
    if in_the_way is None:
        await ctx.store.queue.send(messages.advance(ctx.company, full.id))
    return full, in_the_way


def _line(mapping: TableMapping, place: int, names: Sequence[str]) -> Line:
    needs = tuple(need for need in mapping.needs if need in names)
    return Line(mapping=mapping.name, place=place, depends_on=needs, direction=mapping.direction)


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
    mapping = ctx.mappings[line.mapping]
    if line.status is Status.WAITING:
        recommended, creates = await _recommendation(ctx, mapping, full)
        job = Job.new(ctx.company, mapping.name, "full", parent=full.id)
        begun = replace(line, status=Status.IN_PROCESS, job=job.id, recommendation=recommended, message=",".join(sorted(creates)))
        line = await ctx.store.full_syncs.change_line(
            ctx.company,
            full.id,
            line.mapping,
            lambda present: replace(begun, etag=present.etag) if present.status is Status.WAITING else None,
        )
    if line.job is None or await _goes_on(ctx, line.job):
        return
    creates = frozenset(Side(side) for side in line.message.split(",") if side)
    run = Run(creates=creates, couples=True, start_rule=StartRule(full.options["startRule"]))
    started = replace(Job.new(ctx.company, mapping.name, "full", parent=full.id), id=line.job)
    await start_walk(ctx, mapping, started, run)


async def _goes_on(ctx: Context, job_id: str) -> bool:
    """Whether a job was begun to the last step: from then on its markers bring it to its end, whoever dies."""
    job = await ctx.store.jobs.get(ctx.company, job_id)
    return job is not None and (job.status.over or await ctx.store.work.sealed(ctx.company, job_id))


async def fail_lines(ctx: Context, full_id: str, error: CoupletError) -> list[str]:
    """The lines that could not be begun end in error, so that the others have their turn and the full synch ends; their mappings."""
    failed = []
    for line in await ctx.store.full_syncs.lines(ctx.company, full_id):
        if line.status is Status.IN_PROCESS and not (line.job and await _goes_on(ctx, line.job)):
            ended = partial(_failed_line, message=str(error))
            await ctx.store.full_syncs.change_line(ctx.company, full_id, line.mapping, ended)
            failed.append(line.mapping)
    await ctx.store.queue.send(messages.advance(ctx.company, full_id))
    return failed


def _failed_line(line: Line, message: str) -> Line | None:
    return replace(line, status=Status.ERROR, message=message) if line.status is Status.IN_PROCESS else None


async def _recommendation(ctx: Context, mapping: TableMapping, full: FullSync) -> tuple[str, frozenset[Side]]:
    """What the line is for, in native words, and where it may create (rule A2)."""
    asked = full.options.get("createNew")
    if asked is not None:
        return "Full Synchronization", CREATES[CreateNew(asked)] & mapping.creates
    filled = {side: await _holds_records(ctx, mapping, side) for side in Side}
    if not any(filled.values()):
        return "No Records Found", frozenset()
    if all(filled.values()):
        return "Couple Records", frozenset()
    reached = {side for side in Side if mapping.direction.reaches(side)}
    return "Full Synchronization", (mapping.creates & reached) - mapping.asked_only


async def _holds_records(ctx: Context, mapping: TableMapping, side: Side) -> bool:
    table = mapping.table(side)
    page = await ctx.services[side].page(Query(table=table.name, columns=(table.id,), size=1), size=1)
    return bool(page.rows)


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
