"""Carrying out what follows when rows are gone or leave: pairs are parted, rows begin a new life, and the brake holds back (C1 to C3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mapping.model import TableMapping
from mapping.steps import Delete
from mapping.values import Side
from sync.around.ids import id_of_new_row
from sync.context import Context
from sync.desk.retries import restored
from sync.desk.uncouple import forget, uncouple
from sync.errors import SecondPrice
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Run
from sync.record.task import Task
from sync.run import messages
from sync.store import Parked, Taken


def let_through(tasks: Sequence[Task], run: Run) -> list[Task]:
    """Those tasks whose plans this run may carry out at once; the others are held back until their number is known (rule C3)."""
    for task in tasks:
        task.held_back = task.plan.act if run.agreed is not None and task.plan.act not in run.agreed else None
    return [task for task in tasks if task.held_back is None]


def in_turn(tasks: list[Task]) -> tuple[list[Task], list[Task]]:
    """Rows that go make room for those that come: who is deleted comes first, and the others are planned once more."""
    going = [task for task in tasks if any(isinstance(step, Delete) for step in task.plan.steps)]
    making = any(task.creates and len(task.rows) < len(Side) for task in tasks)
    return (going, [task for task in tasks if task not in going]) if going and making else (tasks, [])


async def find_orphans(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """Tell claims whose row was made, and then the one that it was made of was deleted: they are completed by nobody (rule A6)."""
    for task in tasks:
        claim = task.coupling if task.coupling and task.coupling.life is Life.CLAIMED and len(task.rows) == 1 else None
        there = next(iter(task.rows), task.source)
        made = claim and await id_of_new_row(ctx, mapping, there, claim.of(there.other), claim.life_number)
        task.orphaned = claim is not None and made == claim.of(there)


async def restore(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """Begin a new life for the row that is gone: the coupling becomes a claim on a row with another id (rule A6).

    The next round makes the row. Should the worker die before, the message finds the claim.
    """
    free = [task for task in tasks if not _in_work(task)]
    for side in Side:
        survivors = [task.ids[side] for task in free if task.plan.restores is side.other]
        later = messages.records(ctx.company, mapping.name, side, survivors)
        await ctx.store.queue.send_many(later, delay_seconds=ctx.settings.lease_seconds)
    for task in free:
        await _begin_again(ctx, mapping, task)


async def _begin_again(ctx: Context, mapping: TableMapping, task: Task) -> None:
    old, gone = task.coupling, task.plan.restores
    task.again = True
    if old is None or gone is None:
        return
    life = old.life_number + 1
    id_ = await id_of_new_row(ctx, mapping, gone, task.ids[gone.other], life)
    ids = {**task.ids, gone: id_}
    claim = Coupling(company=old.company, mapping=old.mapping, bc_id=ids[Side.BC], sales_id=ids[Side.SALES])
    moved = await ctx.store.couplings.move(old, replace(claim, life=Life.CLAIMED, life_number=life))
    if isinstance(moved, Coupling):
        task.ids, task.creates, task.restored = ids, mapping.creates, True
        await ctx.store.problems.resolve(ctx.company, mapping.name, [f"{side}:{old.of(side)}" for side in Side])
    elif isinstance(moved, Taken):
        task.again = False


async def part(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], job: str) -> None:
    """Uncouple the pairs whose plans say so, once their steps are done."""
    ready = [task for task in tasks if task.plan.parts and not task.again and not any(answer.error for answer in task.answers)]
    for task in [task for task in ready if not _in_work(task)]:
        if task.coupling is None:
            continue
        if not task.rows or any(isinstance(step, Delete) for step in task.plan.steps):
            task.parted = await _removed(ctx, task, task.coupling)
            await forget(ctx, mapping, [task.ids] if task.parted else [])
        else:
            parted = await uncouple(ctx, mapping, [task.coupling], tombstone=not task.plan.frees and _stays_parted(mapping, task), job=job)
            task.parted = bool(parted)


async def _removed(ctx: Context, task: Task, coupling: Coupling) -> bool:
    """Take a coupling away with its rows; where one of them is left, the row made for it later begins a later life (rule A6)."""
    if len(task.rows) == len(Side):
        [parted] = await ctx.store.couplings.part([replace(coupling, life_number=coupling.life_number + 1)])
        return parted is not None
    return await ctx.store.couplings.remove(coupling)


async def make_room(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """A row that went makes room: records whose place was taken are tried again at the next look, however often they failed before."""
    if not any(task.parted and any(isinstance(step, Delete) for step in task.plan.steps) for task in tasks):
        return
    now = datetime.now(UTC)
    crowded = [row async for row in ctx.store.problems.all(ctx.company, [mapping.name], code=SecondPrice.code)]
    late = [row for row in crowded if row.parked is not Parked.PERSON and (row.not_before is None or row.not_before > now)]
    await ctx.store.problems.change([restored(row, now) for row in late])


def _stays_parted(mapping: TableMapping, task: Task) -> bool:
    """Whether a run could make the deleted row again: it was deleted to be gone (rule A5)."""
    return any(side not in task.rows and side in mapping.creates for side in Side)


def _in_work(task: Task) -> bool:
    lease = task.coupling.lease if task.coupling else None
    task.busy = task.busy or (lease is not None and lease.until > datetime.now(UTC))
    return task.busy
