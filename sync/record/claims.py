"""Rows whose id Business Central gives, made once all the same (rule A6, standard profile).

The coupling is claimed under a placeholder, the row is created, the coupling moves to the id that BC gave. When a worker dies between,
the claim stays behind, and nobody knows whether the row was made: only what BC holds can tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mapping.kinds import fold
from mapping.model import TableMapping
from mapping.values import Refusal, Scalar, Side, Value
from mapping.world import World
from sync.around.reference import all_rows
from sync.context import Context
from sync.heart.coupling import Coupling, Life
from sync.heart.digests import same_as_kept
from sync.heart.plan import Outcome, Plan, Problem, Row, Run, Step, Update
from sync.record.task import Task, moment
from sync.run import messages
from sync.services.model import Query
from sync.store import Taken

MOVES = 16
"""Couplings moved at the same time: each is a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What old claims come to: the row that each adopts, and those that several rows could belong to. The rest is created again."""

    adopts: Mapping[str, Row]
    unclear: Mapping[str, Sequence[Row]]


def judge(mapping: TableMapping, claims: Iterable[Coupling], rows: Sequence[Row], world: World) -> Verdict:
    """Which of the uncoupled rows belongs to which old claim, by Sales id: one that is newer and equal in every written field."""
    adopts: dict[str, Row] = {}
    unclear: dict[str, Sequence[Row]] = {}
    taken: set[str] = set()
    for claim in claims:
        fitting = [row for row in rows if str(row["id"]) not in taken and _may_be_ours(mapping, claim, row, world)]
        if len(fitting) == 1:
            adopts[claim.sales_id] = fitting[0]
            taken.add(str(fitting[0]["id"]))
        elif fitting:
            unclear[claim.sales_id] = fitting
    return Verdict(adopts, unclear)


def _may_be_ours(mapping: TableMapping, claim: Coupling, row: Row, world: World) -> bool:
    newer = claim.claimed_at is not None and moment(row[mapping.bc.changed]) >= claim.claimed_at
    given = {name for template in mapping.templates.get(Side.BC, ()) for name in template.values or {}}
    born = {name: value for name, value in mapping.born.get(Side.BC, {}).items() if name not in given}
    return newer and all(row.get(name) == value for name, value in born.items()) and _as_written(mapping, claim, row, world)


def _as_written(mapping: TableMapping, claim: Coupling, row: Row, world: World) -> bool:
    """Whether the row holds all that was written; what was left blank may have been filled by BC."""
    for unit in (*mapping.fields, *mapping.given):
        written = _members(claim.held[unit.name].bc) if unit.name in claim.held else ()
        for member, value in zip(unit.members, written, strict=False):
            held = member.read(Side.BC, row, world)
            if value is not None and (isinstance(held, Refusal) or not _same(value, held)):
                return False
    return True


def _same(written: Scalar, held: Scalar) -> bool:
    return same_as_kept(held, written) or fold(written) == fold(held)


def _members(value: Value) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


async def settle_claims(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], world: World) -> bool:
    """Adopt rows for old claims, or say why not; whether any was adopted. A claim without a row is left to be created again."""
    old = {task.ids[Side.SALES]: task for task in tasks if _is_old_claim(task)}
    if not old:
        return False
    claims = [task.coupling for task in old.values() if task.coupling]
    verdict = judge(mapping, claims, await _uncoupled_since(ctx, mapping, claims), world)
    for id_, task in old.items():
        task.refused.pop("", None)
        if id_ in verdict.unclear:
            task.refused[""] = _unclear(verdict.unclear[id_])
        elif id_ in verdict.adopts:
            await _adopt(ctx, task, verdict.adopts[id_])
    return bool(verdict.adopts)


def _is_old_claim(task: Task) -> bool:
    """Whether the row was being made when the last worker stopped, under an id that BC was to give; a live lease is somebody's."""
    coupling = task.coupling
    if coupling is None or coupling.life is not Life.CLAIMED or coupling.claimed_at is None or Side.BC in task.rows or task.first_look:
        return False
    return not _is_live(coupling)


def _is_live(claim: Coupling) -> bool:
    """Whether somebody may be at it still."""
    return claim.lease is not None and claim.lease.until > datetime.now(UTC)


def _unclear(rows: Sequence[Row]) -> Problem:
    candidates = ", ".join(sorted(str(row["id"]) for row in rows))
    return Problem(code="unclear_claim", detail=f"an earlier attempt was interrupted; candidates in bc: {candidates}")


async def _uncoupled_since(ctx: Context, mapping: TableMapping, claims: Sequence[Coupling]) -> list[Row]:
    since = min(claim.claimed_at for claim in claims if claim.claimed_at)
    changed = await all_rows(ctx.bc, mapping.bc.name, mapping.columns(Side.BC), changed_since=since)
    rows = {str(row["id"]): row for row in changed}
    coupled = await ctx.store.couplings.partners(ctx.company, mapping.name, Side.BC, rows)
    return [row for id_, row in rows.items() if id_ not in coupled]


async def _adopt(ctx: Context, task: Task, row: Row) -> None:
    """The coupling moves to the row; when somebody else was quicker, the next step finds the coupling changed or the row taken."""
    [moved] = await store_under_real_ids(ctx, [(task.coupling, replace(task.coupling, bc_id=str(row["id"])))] if task.coupling else [])
    if moved:
        task.coupling, task.rows[Side.BC], task.ids[Side.BC] = moved, row, moved.bc_id


async def claim_moment(ctx: Context, tasks: Sequence[Task]) -> datetime | None:
    """BC's own clock before rows are made whose ids it gives; None when none of the tasks makes such a row."""
    table = next((task.mapping.bc for task in tasks if task.plan.creates is Side.BC), None)
    if table is None or await ctx.bc.takes_ids(table.name):
        return None
    await ctx.store.entries.merge(ctx.company, tasks[0].mapping.name, claimed=datetime.now(UTC))
    return (await ctx.bc.page(Query(table=table.name, columns=(table.id,), size=1), size=1)).clock


async def hold_back_claimed(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], world: World) -> None:
    """Rows of BC that an open claim may have made get no counterpart: they have one, which only its own worker or the next one couples."""
    fresh = [task for task in tasks if task.coupling is None and task.plan.creates is Side.SALES]
    if not fresh or await ctx.bc.takes_ids(mapping.bc.name):
        return
    if (await ctx.store.entries.get(ctx.company, mapping.name)).claimed is None:
        return
    claims = await ctx.store.couplings.claims(ctx.company, mapping.name)
    old: set[str] = set()
    for task in fresh:
        suspects = [claim for claim in claims if _may_be_ours(mapping, claim, task.rows[Side.BC], world)]
        if suspects:
            task.plan = Plan(outcomes={Side.SALES: Outcome.SKIPPED}, why="an interrupted creation may have made it")
            task.busy = any(_is_live(claim) for claim in suspects)
            old |= {claim.sales_id for claim in suspects if not _is_live(claim)}
    run = Run(creates=mapping.ever_creates, couples=True)
    await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, Side.SALES, sorted(old), run=run))


def may_be_made(task: Task) -> bool:
    """Whether BC may have made the row, or may be at it, though its answer never came: nobody must try again before the lease is over."""
    coupling = task.coupling
    waiting = coupling is not None and coupling.claimed_at is not None and coupling.bc_id == task.ids[Side.BC]
    return waiting and task.plan.creates is Side.BC


def with_real_id(task: Task, step: Step) -> Step:
    """A step that concerns the row made before it: under the id that BC gave it."""
    placeholder = task.coupling.bc_id if task.coupling else None
    if isinstance(step, Update) and step.side is Side.BC and step.id == placeholder:
        return replace(step, id=task.ids[Side.BC])
    return step


async def store_under_real_ids(ctx: Context, pairs: Sequence[tuple[Coupling, Coupling]]) -> list[Coupling | None]:
    """Save couplings, each with what it was before; one whose BC row got another id moves there. None: somebody else was quicker."""
    gate = asyncio.Semaphore(MOVES)

    async def move(old: Coupling, new: Coupling) -> Coupling | None:
        async with gate:
            moved = await ctx.store.couplings.move(old, new)
        return None if isinstance(moved, Taken) else moved

    saved = iter(await ctx.store.couplings.save([new for old, new in pairs if old.bc_id == new.bc_id]))
    moved = iter(await asyncio.gather(*(move(old, new) for old, new in pairs if old.bc_id != new.bc_id)))
    return [next(saved) if old.bc_id == new.bc_id else next(moved) for old, new in pairs]
