"""What uncoupled records wait for, line by line, before anybody runs anything: the readiness report (rule E5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mapping.model import TableMapping
from mapping.values import Awaited, Side
from sync.context import Context
from sync.desk.outside import page_of
from sync.desk.preview import problem_json
from sync.heart.plan import Problem, Run
from sync.record.made_first import GUID, made_with
from sync.record.records import Seen, load, make_plans
from sync.record.task import Task
from sync.run.dry_run import unwritten

PAGE = 100
"""Records that are looked at for one answer: each is planned with its lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Readiness:
    """Records of a part of a table that would not get through now, how many would, how many were looked at, and the link to the rest."""

    waiting: Sequence[Mapping[str, Any]]
    ready: int
    read: int
    next: str | None


async def readiness(ctx: Context, mapping: TableMapping, side: Side, link: str | None) -> Readiness:
    """The next records of one side as a run that may make rows would find them; nothing is written."""
    acting, at = unwritten(ctx), datetime.now(UTC)
    page = await page_of(acting, mapping, side, link, PAGE)
    rows = {str(row[mapping.table(side).id]): row for row in page.rows}
    run = Run(creates=mapping.creates, couples=True, start_rule=mapping.start_rule)
    tasks = await load(acting, mapping, Seen(side=side, rows=rows, at=at), run)
    await make_plans(acting, mapping, tasks, run)
    fresh = [task for task in tasks if task.coupling is None]
    found = await _why_not_made(acting, mapping, (problem for task in fresh for problem in task.plan.problems))
    shown = [_shown(mapping, side, task, found) for task in fresh]
    waiting = [one for one in shown if one["waitsFor"]]
    return Readiness(waiting=waiting, ready=len(shown) - len(waiting), read=len(rows), next=page.next)


def _shown(mapping: TableMapping, side: Side, task: Task, found: Mapping[Awaited, str | None]) -> Mapping[str, Any]:
    """A record, and what it waits for: what is made with it is nothing to wait for."""
    made = {awaited for awaited, why in found.items() if why is None}
    problems = [one for one in task.plan.problems if one.holds_back and one.waits not in made]
    waits = [{**problem_json(one), "because": found.get(one.waits) if one.waits else None} for one in problems]
    return {"id": task.ids[side], "name": mapping.title(side, task.rows[side]) or None, "waitsFor": waits}


async def _why_not_made(ctx: Context, mapping: TableMapping, problems: Iterable[Problem]) -> dict[Awaited, str | None]:
    """Of what is waited for and made first where it can be: why it cannot; None where nothing is in its way."""
    names, wanted = made_with(ctx, mapping), defaultdict[tuple[str, Side], set[Awaited]](set)
    for awaited in (one.waits for one in problems if one.waits):
        if awaited.mapping in names and len(awaited.id) == GUID:
            wanted[awaited.mapping, awaited.side].add(awaited)
    found: dict[Awaited, str | None] = {}
    for (name, side), group in wanted.items():
        reasons = await _reasons(ctx, ctx.mappings[name], side, sorted(each.id for each in group))
        found |= {each: reasons.get(each.id, "it is not there") for each in group}
    return found


async def _reasons(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> dict[str, str | None]:
    """Why these records would not be coupled if they were synchronised now; None for those that would."""
    run = Run(creates=mapping.creates, couples=True, start_rule=mapping.start_rule)
    tasks = await load(ctx, mapping, await Seen.read(ctx, mapping, side, ids), run, outside_too=True)
    await make_plans(ctx, mapping, tasks, run)
    return {task.ids[side]: _reason(task) for task in tasks}


def _reason(task: Task) -> str | None:
    if task.plan.creates or len(task.rows) == len(Side):
        return None
    problem = next(iter(task.plan.problems), None)
    return problem.detail if problem else task.plan.why
