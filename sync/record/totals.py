"""Totals of documents compared once they are in step; a difference is noted and holds nothing back.

Documents that agree as they are at hand cost no request. What seems to differ is read once more, with its lines, before it is said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from mapping.model import TableMapping
from mapping.totals import Difference, Totals, differ, difference
from mapping.values import Row, Side
from sync.around.reference import all_rows
from sync.context import Context
from sync.errors import ServiceError
from sync.errors.documents import TotalsDiffer
from sync.heart.plan import Problem
from sync.record.task import Task

AT_ONCE = 100
"""Documents whose lines are read for one list; of more than these the difference is told without its places."""


async def compare_totals(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """Note each document in step whose totals are further apart than they may be, and where they part."""
    totals = mapping.totals
    if totals is None:
        return
    tolerance = ctx.settings.totals_tolerance
    doubtful = [task for task in tasks if _in_step(task) and not _agree(ctx, totals, task)]
    if not doubtful:
        return
    known = {side: await _headers(ctx, mapping, side, doubtful) for side in Side}
    for place, task in enumerate(doubtful):
        rows = {side: known[side][task.ids[side]] for side in Side if task.ids[side] in known[side]}
        if len(rows) < len(Side) or not differ(totals, rows, tolerance):
            continue
        lines = await _lines(ctx, mapping, totals, task) if place < AT_ONCE else {}
        found = difference(totals, rows, lines, tolerance)
        if found:
            task.problems.append(_noted(found))


def _in_step(task: Task) -> bool:
    """Whether the record is a pair with which all went well: of another nobody expects that its totals agree."""
    failed = any(answer.error for answer in task.answers) or any(problem.holds_back for problem in task.problems)
    known = task.coupling is not None and not (task.parted or task.busy or task.again or task.held_back)
    return known and not failed and task.plan.why is None and (len(task.rows) == len(Side) or task.plan.creates is not None)


def _agree(ctx: Context, totals: Totals, task: Task) -> bool:
    """Whether the totals agree in the rows at hand; one that nobody has seen since it was written may not."""
    seen = all(set(totals.columns(side)) <= task.rows.get(side, {}).keys() for side in Side)
    return seen and not differ(totals, task.rows, ctx.settings.totals_tolerance)


async def _headers(ctx: Context, mapping: TableMapping, side: Side, tasks: Sequence[Task]) -> Mapping[str, Row]:
    ids = [task.ids[side] for task in tasks]
    return await ctx.services[side].rows(mapping.table(side).name, ids, mapping.columns(side))


async def _lines(ctx: Context, mapping: TableMapping, totals: Totals, task: Task) -> Mapping[Side, Sequence[Row]]:
    """The lines of one document on both sides; none where a service does not give them, as the sums say enough."""
    try:
        found = await asyncio.gather(
            *(
                all_rows(ctx.services[side], f"{mapping.table(side).name}({task.ids[side]})/{each.nested}", ())
                for side, each in totals.lines.items()
            )
        )
    except ServiceError as error:
        if error.transient:
            raise
        return {}
    return dict(zip(totals.lines, found, strict=True))


def _noted(found: Difference) -> Problem:
    return Problem(code=TotalsDiffer.code, detail=str(found), noted=True, sums=found.listed())
