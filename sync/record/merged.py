"""Rows of Sales that were merged into others: the coupling moves to the row that is left (rule C4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mapping.model import TableMapping
from mapping.values import Row, Side
from sync.context import Context
from sync.errors import MergedElsewhere
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Problem
from sync.record.pairing import coupled_elsewhere
from sync.record.task import Task
from sync.record.unmarking import unmark

LONGEST_CHAIN = 5
"""So often a row is followed that was merged into one that was merged again."""


async def follow_merged(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """Move couplings from merged rows to those that are left, if they are free; else one problem names both.

    What was chosen when the rows were merged is an edit in Sales like any other: what both sides held stays remembered.
    """
    lost = {task.ids[Side.SALES]: task for task in tasks if task.coupling and _master(mapping, task.rows.get(Side.SALES))}
    if not lost:
        return
    survivors = await _survivors(ctx, mapping, {id_: task.rows[Side.SALES] for id_, task in lost.items()})
    ids = {str(row[mapping.sales.id]) for row in survivors.values()}
    known = await ctx.store.couplings.load(ctx.company, mapping.name, Side.SALES, ids)
    elsewhere = await coupled_elsewhere(ctx, mapping, Side.SALES, ids)
    for id_, task in lost.items():
        if id_ in survivors:
            survivor = str(survivors[id_][mapping.sales.id])
            holder = known.get(survivor)
            parted = holder if holder and holder.life is Life.TOMBSTONE else None
            if (holder and not parted) or survivor in elsewhere:
                task.refused[""] = _not_free(task, survivor, holder)
            else:
                await _move(ctx, task, survivors[id_], survivor, parted)
        else:
            task.refused[""] = _nobody_left(task)


def _master(mapping: TableMapping, row: Row | None) -> str | None:
    """The id of the row that this one was merged into."""
    if mapping.merged is None or row is None or not row.get(mapping.merged[0]):
        return None
    return row.get(mapping.merged[1])


async def _survivors(ctx: Context, mapping: TableMapping, merged: Mapping[str, Row]) -> dict[str, Row]:
    """The rows that are left, by the id of the one that was merged; a row that was deleted since is no survivor."""
    left = dict(merged)
    for _ in range(LONGEST_CHAIN):
        wanted = {id_: master for id_, row in left.items() if (master := _master(mapping, row))}
        if not wanted:
            break
        rows = await ctx.sales.rows(mapping.sales.name, sorted(set(wanted.values())), mapping.columns(Side.SALES))
        left = {id_: rows[wanted[id_]] if id_ in wanted else row for id_, row in left.items() if id_ not in wanted or wanted[id_] in rows}
    return left


async def _move(ctx: Context, task: Task, row: Row, survivor: str, parted: Coupling | None) -> None:
    """The coupling goes to the row that is left; what a person parted that one from stays parted (rule A5)."""
    old = task.coupling
    if old is None:
        return
    new = replace(old, sales_id=survivor, sales_version=None, lease=None, intent={})
    if not _is_leased(old):
        await unmark(ctx, task.mapping, [old.sales_id])
    moved = await hand_over(ctx, old, new, parted)
    if moved:
        task.coupling, task.ids[Side.SALES], task.rows[Side.SALES] = moved, survivor, row
    else:
        task.busy = True


def _is_leased(coupling: Coupling) -> bool:
    return coupling.lease is not None and coupling.lease.until > datetime.now(UTC)


async def hand_over(ctx: Context, old: Coupling, new: Coupling, parted: Coupling | None = None) -> Coupling | None:
    """The coupling as it is stored now, if it is where it should be; None when somebody works on it, or was quicker.

    The row that had it begins another life, should it ever come back.
    """
    if _is_leased(old):
        return None
    ended = replace(old, life_number=old.life_number + 1)
    standing = [ended, parted] if parted else [ended]
    life = max(old.life_number, parted.life_number if parted else 0)
    await ctx.store.couplings.rearrange(replace(new, life_number=life), standing)
    now = (await ctx.store.couplings.load(new.company, new.mapping, Side.BC, [new.bc_id])).get(new.bc_id)
    return now if now and now.sales_id == new.sales_id else None


def _nobody_left(task: Task) -> Problem:
    """The problem of a row whose survivor was deleted, too."""
    detail = f"{task.ids[Side.SALES]} was merged into a row that was deleted since; {task.ids[Side.BC]} in bc has lost its row"
    return Problem(code=MergedElsewhere.code, detail=detail)


def _not_free(task: Task, survivor: str, holder: Coupling | None) -> Problem:
    """The problem of a row whose survivor belongs to somebody else."""
    whose = f"coupled to {holder.bc_id} in bc" if holder else "coupled in another company"
    detail = f"{task.ids[Side.SALES]} was merged into {survivor}, which is {whose}; {task.ids[Side.BC]} in bc has lost its row"
    return Problem(code=MergedElsewhere.code, detail=detail)
