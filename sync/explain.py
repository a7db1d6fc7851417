"""Why one record is or is not in step, in sentences, and the plan if it ran now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping.model import TableMapping
from mapping.values import Row, Side
from sync.context import Context
from sync.coupling import Life
from sync.plan import Plan, Run
from sync.records import Seen, plan_only
from sync.task import Task

UNCOUPLED = "A person uncoupled it. It stays so until a person couples or creates it again."
"""What is said of a record with a tombstone (rule A5)."""


async def explain(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> dict[str, Any]:
    """What is known of one record, and what would be done; nothing is written."""
    seen = await Seen.read(ctx, mapping, side, [id_])
    if id_ not in seen.rows:
        return {"mapping": mapping.name, "side": side, "id": id_, "sentences": [f"There is no such row in {_named(side)}."]}
    run = Run(creates=mapping.creates, couples=True)
    tasks = await plan_only(ctx, mapping, seen, run)
    if not tasks:
        return {"mapping": mapping.name, "side": side, "id": id_, "sentences": [UNCOUPLED], "plan": []}
    task = tasks[0]
    problem = await ctx.store.problems.get(ctx.company, mapping.name, task.key)
    waiting = [f"It waits: {problem.message} ({problem.code}, since {problem.since:%Y-%m-%d %H:%M} UTC)."] if problem else []
    return {
        "mapping": mapping.name,
        "side": side,
        "id": id_,
        "coupledTo": task.coupling and (task.coupling.sales_id if side is Side.BC else task.coupling.bc_id),
        "sentences": [*_coupling(task), *waiting, *_plan(task.plan)],
        "plan": _steps(task.plan),
    }


def _named(side: Side) -> str:
    return "Business Central" if side is Side.BC else "Sales"


def _coupling(task: Task) -> list[str]:
    other = _named(task.source.other)
    if task.coupling is None:
        partner = f"it would be coupled to {task.ids[task.source.other]}" if task.matched else "no partner was found for it"
        return [f"It is not coupled to a row of {other}; {partner}."]
    if task.coupling.life is Life.CLAIMED:
        return [f"A row was being made for it in {other}, and the answer is not known yet; the next run settles it."]
    when = f"{task.coupling.synced_at:%Y-%m-%d %H:%M:%S} UTC" if task.coupling.synced_at else "never"
    by = f" by job {task.coupling.job}" if task.coupling.job else ""
    return [f"It is coupled to {task.ids[task.source.other]} in {other}, last synchronised {when}{by}."]


def _plan(plan: Plan) -> list[str]:
    kept_out = [f"It is left alone: {plan.why}."] if plan.why else []
    problems = [f"{each.field or 'The record'} is held back: {each.detail} ({each.code})." for each in plan.problems]
    if plan.steps:
        return [*kept_out, *problems, f"If it ran now, {len(plan.steps)} step(s) would be carried out."]
    return [*kept_out, *problems, *([] if kept_out or problems else ["Both sides are in step: nothing would be written."])]


def _steps(plan: Plan) -> list[Mapping[str, Any]]:
    return [
        {"do": type(step).__name__.lower(), "side": step.side, "table": step.table, "id": step.id, "values": _values(step)}
        for step in plan.steps
    ]


def _values(step: Any) -> Row:
    values: Row = getattr(step, "values", None) or getattr(step, "body", {})
    return values
