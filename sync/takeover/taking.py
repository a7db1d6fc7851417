"""Coupling pairs without writing a field: what differs is asked at their first merge, as of any new pair that says so (rule A3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.ids import id_of_new_row
from sync.context import Context
from sync.heart.coupling import Coupling
from sync.record.history import COUPLED, keep_coupling
from sync.record.pairs import insert_pairs, new_coupling
from sync.record.task import Task
from sync.run.scan import after_reset
from sync.store import Finding
from sync.store.planned import PlannedCouplings
from sync.takeover.sorting import Fate, Pairs, Sorted

LIVES = 9
"""So many lives are tried to find out in which one Couplet made a row; people seldom part and make a record more often."""

Lists = dict[str, list[Finding]]
"""Pairs by their fate."""


def add(lists: Lists, more: Lists) -> None:
    """Put further pairs on the lists."""
    for fate, found in more.items():
        lists.setdefault(fate, []).extend(found)


async def take(ctx: Context, mapping: TableMapping, found: Sorted, job: str) -> Lists:
    """Couple the pairs that may be, a dry run apart from the others; tell what became of all."""
    lives = await _lives(ctx, mapping, found.free)
    tasks = [_task(mapping, found, pair, lives[pair]) for pair in found.free]
    rehearsed = isinstance(ctx.store.couplings, PlannedCouplings)
    coupled = await (_plan(ctx, tasks, job) if rehearsed else _couple(ctx, mapping, tasks, job))
    taken = [*(_finding(mapping, task) for task in coupled), *(_of_pair(mapping, pair) for pair in found.by_this_job)]
    if taken and not rehearsed:
        await ctx.store.entries.merge(ctx.company, mapping.name, **after_reset())  # the next look compares all pairs
    lists: Lists = {Fate.TAKEN: taken}
    for (bc, sales), (fate, why) in found.refused.items():
        lists.setdefault(fate, []).append(_of_pair(mapping, (bc, sales), why))
    late = [_finding(mapping, task, "somebody coupled one of them meanwhile") for task in tasks if not task.became_coupled]
    lists.setdefault(Fate.ELSEWHERE, []).extend(late)
    return lists


def _task(mapping: TableMapping, found: Sorted, pair: tuple[str, str], life: int) -> Task:
    ids = dict(zip(Side, pair, strict=True))
    rows = {side: found.rows[side][ids[side]] for side in Side}
    return Task(mapping=mapping, source=Side.BC, ids=ids, rows=rows, life_number=life, matched=True)


async def _lives(ctx: Context, mapping: TableMapping, pairs: Pairs) -> dict[tuple[str, str], int]:
    """The life that each pair goes on with: that in whose name Couplet made one of the rows, or the next of either record (rule A6)."""
    known = {
        side: await ctx.store.lives.numbers(ctx.company, mapping.name, side, [pair[place] for pair in pairs])
        for place, side in enumerate(Side)
    }
    least = {pair: max(known[Side.BC][pair[0]], known[Side.SALES][pair[1]]) for pair in pairs}
    return {pair: await _made_in(ctx, mapping, pair, least[pair]) or least[pair] for pair in pairs}


async def _made_in(ctx: Context, mapping: TableMapping, pair: tuple[str, str], least: int) -> int | None:
    """The life, from `least` on, in which Couplet made one row of a pair from the other; the row's id tells it."""
    bc, sales = pair
    for number in range(least, LIVES + 1):
        if sales == await id_of_new_row(ctx, mapping, Side.SALES, bc, number):
            return number
        if bc == await id_of_new_row(ctx, mapping, Side.BC, sales, number):
            return number
    return None


async def _plan(ctx: Context, tasks: Sequence[Task], job: str) -> list[Task]:
    """What a dry run couples is seen by the pages behind it, and by nobody else; a page that is worked twice finds its own."""
    await ctx.store.couplings.insert([new_coupling(ctx, task, job) for task in tasks])
    for task in tasks:
        task.became_coupled = True
    return list(tasks)


async def _couple(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], job: str) -> list[Task]:
    new = [_asking(new_coupling(ctx, task, job), mapping) for task in tasks]
    coupled = await insert_pairs(ctx, mapping, tasks, new)
    known = [each for task, each in zip(tasks, new, strict=True) if task.became_coupled]
    await keep_coupling(ctx, mapping.name, job, COUPLED, known, Side.SALES, [None] * len(known))
    return coupled


def _asking(new: Coupling, mapping: TableMapping) -> Coupling:
    return replace(new, asked=frozenset(unit.name for unit in mapping.fields))


def _of_pair(mapping: TableMapping, pair: tuple[str, str], why: str = "") -> Finding:
    return Finding(mapping=mapping.name, bc_id=pair[0], sales_id=pair[1], why=why)


def _finding(mapping: TableMapping, task: Task, why: str = "") -> Finding:
    return _of_pair(mapping, (task.ids[Side.BC], task.ids[Side.SALES]), why)
