"""Telling people's own `after_write` what was written: at least once, also when a worker died or the function failed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from mapping.extensions import Record, after_write
from mapping.steps import writes
from mapping.values import Row, Side
from sync.heart.coupling import Coupling, Held
from sync.heart.plan import Problem
from sync.record.task import Task


async def told(task: Task, coupling: Coupling) -> Coupling:
    """The coupling after its write; while the function fails, the intent stays with it, so that the next look tells it again.

    The function runs beside the event loop: it may wait for somebody else's answer.
    """
    if task.mapping.extensions.after_write is None:
        return coupling
    records = [_record(task, side) for side in _written(task)]
    refusals = [await asyncio.to_thread(after_write, task.mapping.extensions, record) for record in records]
    failed = next((refusal for refusal in refusals if refusal), None)
    if failed is None:
        return coupling
    task.problems.append(Problem(code=failed.code, detail=failed.detail))
    target = task.plan.creates
    made: Mapping[str, Mapping[str, Held]] = (
        {target: {**task.plan.held, **task.plan.intent.get(target, {})}} if target else task.plan.intent
    )
    return replace(coupling, intent=made or (task.coupling.intent if task.coupling else {}))


def _written(task: Task) -> list[Side]:
    """The sides that were written now, or by the worker who did not come to his end."""
    if task.answers:
        return sorted({answer.step.side for answer in task.answers})
    return sorted(Side(side) for side in task.coupling.intent) if task.coupling and task.plan.arrived else []


def _record(task: Task, side: Side) -> Record:
    table = task.mapping.table(side).name
    values: dict[str, object] = {}
    for step in writes(task.plan.steps):
        if (step.side, step.table) == (side, table):
            values.update(step.values)
    row: Row = {**task.rows.get(side, {}), **values, task.mapping.table(side).id: task.ids[side]}
    return Record(
        mapping=task.mapping.name,
        side=side,
        row=row,
        other=task.rows.get(side.other, {}),
        values=values,
        creates=side is task.plan.creates,
    )
