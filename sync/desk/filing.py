"""The error desk: what could not be synchronised, who waits for whom, and who is released (rules B6, F3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from mapping.model import TableMapping, Unit
from mapping.values import Awaited, Scalar, Side, Value
from sync.around.currencies import TABLE as CURRENCIES
from sync.context import Context
from sync.desk.brought import couple_brought, make_brought_due
from sync.desk.retries import scheduled, terms_of
from sync.errors import AmbiguousMatch, CoupletError, ServiceError, WorkFailed
from sync.heart.digests import shown
from sync.heart.plan import Outcome, Problem, Run
from sync.record.task import Task
from sync.run import messages
from sync.store import ProblemRow, Waiting


async def file_problems(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], job: str) -> None:
    """Store the problems of a list of records, close those that are solved, and note who waits for whom."""
    troubled = {task.key: task for task in tasks if any(not problem.left_out for problem in task.problems)}
    await ctx.store.problems.put([_row(ctx, mapping, task, job) for task in troubled.values()], scheduled)
    settled = [task for task in tasks if task.key not in troubled and task.plan.why is None]
    solved = [f"{side}:{id_}" for task in settled for side, id_ in task.ids.items()]
    await ctx.store.problems.resolve(ctx.company, mapping.name, solved)
    alone = [task.key for task in tasks if task.key not in troubled and Outcome.SKIPPED in task.plan.outcomes.values()]
    await _close_solved_ambiguities(ctx, mapping, alone)
    await _wait(ctx, mapping, [(task, problem.waits) for task in tasks for problem in task.problems if problem.waits])


async def _close_solved_ambiguities(ctx: Context, mapping: TableMapping, alone: Sequence[str]) -> None:
    """Records for which a run finds no partner any more; what a person's own criteria found stays until he matches or couples."""
    known = await ctx.store.problems.of(ctx.company, mapping.name, alone) if alone else {}
    over = [key for key, row in known.items() if row.code in (AmbiguousMatch.code, WorkFailed.code) and "criteria" not in row.details]
    if over:
        await ctx.store.problems.resolve(ctx.company, mapping.name, over)


def _row(ctx: Context, mapping: TableMapping, task: Task, job: str) -> ProblemRow:
    """One row a record: the first problem gives its code, all of them stand in the details."""
    problems = [problem for problem in task.problems if not problem.left_out]
    first = problems[0]
    names = {side: mapping.title(side, row) for side, row in task.rows.items()}
    return ProblemRow(
        company=ctx.company,
        mapping=mapping.name,
        key=task.key,
        code=first.code,
        message=first.detail,
        bc_id=task.ids.get(Side.BC) if Side.BC in task.rows else None,
        sales_id=task.ids.get(Side.SALES) if Side.SALES in task.rows else None,
        name=next((name for name in names.values() if name), None),
        fields=tuple(problem.field for problem in problems if problem.field),
        details={"problems": [_told(mapping, each) for each in problems], "creates": sorted(task.creates), "names": names},
        released_by=_named(first.waits) if first.waits else None,
        job=job,
        terms=terms_of(ctx, mapping),
        bc_version=task.rows.get(Side.BC, {}).get("@odata.etag"),
        sales_version=task.rows.get(Side.SALES, {}).get("@odata.etag"),
    )


def _told(mapping: TableMapping, problem: Problem) -> dict[str, Any]:
    """One problem as stored: with what both sides hold and held, in the form in which a person answers it."""
    told: dict[str, Any] = {"code": problem.code, "field": problem.field, "detail": problem.detail}
    if problem.field and problem.values:
        unit, held = mapping.unit(problem.field), problem.held
        told["values"] = {side: as_told(unit, value) for side, value in problem.values.items()}
        told["held"] = {side: as_told(unit, held.of(side)) for side in Side} if held else None
    return told | ({"service": problem.service} if problem.service else {}) | ({"sums": list(problem.sums)} if problem.sums else {})


def as_told(unit: Unit, value: Value) -> Scalar | dict[str, Scalar]:
    """A unit's value as people see and say it: that of a field, or those of a group's members by name."""
    value = shown(unit, value)
    if not isinstance(value, tuple):
        return value
    # What was held before the group got another member is a shorter or longer tuple.
    return {member.name: one for member, one in zip(unit.members, value, strict=False)}


def _named(awaited: Awaited) -> str:
    return f"{awaited.mapping} {awaited.side}:{awaited.id}"


def given_up(ctx: Context, mapping: TableMapping, key: str, error: CoupletError, run: Run, job: str | None) -> ProblemRow:
    """The problem of a record, or of a whole look, whose work failed again and again; a later attempt makes what `run` could make."""
    service = {"service": error.answer} if isinstance(error, ServiceError) else {}
    told = {"code": error.code, "field": None, "detail": str(error), **service}
    return ProblemRow(
        company=ctx.company,
        mapping=mapping.name,
        key=key,
        code=error.code,
        message=str(error),
        details={"problems": [told], "creates": sorted(run.creates)},
        job=job,
        terms=terms_of(ctx, mapping),
    )


async def _wait(ctx: Context, mapping: TableMapping, waits: Sequence[tuple[Task, Awaited]]) -> None:
    """Note who waits first, then look at the awaited once more: it may have been coupled between."""
    if not waits:
        return
    await ctx.store.problems.wait(
        [
            Waiting(
                company=ctx.company,
                mapping=awaited.mapping,
                id=f"{awaited.side}:{awaited.id}",
                waiter_mapping=mapping.name,
                waiter_key=task.key,
            )
            for task, awaited in waits
        ]
    )
    for name, side in {(awaited.mapping, awaited.side) for _, awaited in waits}:
        ids = {awaited.id for _, awaited in waits if (awaited.mapping, awaited.side) == (name, side)}
        coupled = await ctx.store.couplings.load(ctx.company, name, side, ids)
        # A salesperson whose user is disabled is coupled and yet waited for: only a change of the user releases.
        ready = coupled if ctx.mappings[name].creates else {}
        await _release(ctx, name, [f"{side}:{id_}" for id_, coupling in ready.items() if coupling.joined])


async def release_waiters(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """What has just been coupled makes those due that waited for it, and those that it brings."""
    if not tasks:
        return
    await _release(ctx, mapping.name, [f"{side}:{id_}" for task in tasks for side, id_ in task.ids.items()])
    await couple_brought(ctx, mapping, tasks)
    await make_brought_due(ctx, mapping, [task for task in tasks if task.became_coupled])


async def _release(ctx: Context, name: str, keys: Sequence[str]) -> None:
    if keys:
        # What this process remembers of the partners is older than the coupling: with it, the released would wait again at once.
        ctx.reference.forget(f"partners {name}", *(["currencies"] if ctx.mappings[name].sales.name == CURRENCIES else []))
    # Who is switched off waits on: his next look, once he is on again, tries what stands in his problems.
    waits = [wait for wait in await ctx.store.problems.waiters(ctx.company, name, keys) if wait.waiter_mapping not in ctx.off]
    due: dict[tuple[str, str], set[str]] = defaultdict(set)
    for wait in waits:
        side, _, id_ = wait.waiter_key.partition(":")
        due[wait.waiter_mapping, side].add(id_)
    for (waiter, side), ids in due.items():
        # Who waits was asked to be made by the run that met it, whatever a scheduled run may do.
        run = Run(creates=ctx.mappings[waiter].creates, couples=True)
        await ctx.store.queue.send_many(messages.records(ctx.company, waiter, Side(side), sorted(ids), run=run))
    await ctx.store.problems.release(waits)


async def remembered(ctx: Context, mapping: TableMapping, side: Side, ids: Collection[str]) -> dict[str, frozenset[Side]]:
    """Those of these uncoupled records that have an open problem: a first insert that failed is tried again like any other (rule F3).

    Each with the sides on which the run that met it could make rows: what nobody asked for is not made later (rule A2).
    """
    known = await ctx.store.problems.of(ctx.company, mapping.name, [f"{side}:{id_}" for id_ in ids])
    return {key.partition(":")[2]: frozenset(map(Side, row.details.get("creates", mapping.creates))) for key, row in known.items()}


async def close_gone(ctx: Context, mapping: TableMapping, side: Side, ids: Collection[str]) -> None:
    """Rows that are gone and are coupled to nothing have no problem any more."""
    if ids:
        await ctx.store.problems.resolve(ctx.company, mapping.name, [f"{side}:{id_}" for id_ in ids])
