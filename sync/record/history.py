"""What writes replace, kept before they are made (rule H1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mapping.amounts import of_lines
from mapping.model import Unit
from mapping.ours import COLUMNS as OURS
from mapping.steps import Delete, writes
from mapping.values import Row, Side, Value
from mapping.world import World
from sync.context import Context
from sync.errors import ServiceError, Stale
from sync.heart.coupling import BESIDE, Coupling
from sync.heart.digests import shown
from sync.heart.plan import Outcome, Update
from sync.heart.present import Present, read_unit
from sync.record.task import Task
from sync.store import Change


async def keep_replaced(ctx: Context, tasks: Sequence[Task], world: World, job: str) -> list[str]:
    """Keep what these records' plans are about to replace; it must not be lost with a worker that dies while he writes.

    The names of what was kept, for `withdraw_unwritten`.
    """
    changes = [change for task in tasks for change in (*replaced(task, world), *replaced_in_lines(task, world))]
    return await ctx.store.changes.put(ctx.company, tasks[0].mapping.name, job, changes) if changes else []


async def withdraw_unwritten(ctx: Context, failed: Sequence[Task], kept: Sequence[str]) -> None:
    """Take out what was kept for writes that a service refused, and for those behind them; one in doubt is left to the next look."""
    unwritten: set[tuple[str, Side]] = set()
    for task in failed:
        errors = [answer.error for answer in task.answers]
        doubtful = {step.side for step, error in zip(task.plan.steps, errors, strict=False) if error and _may_have_got_through(error)}
        done = {step.side for step, error in zip(task.plan.steps, errors, strict=False) if error is None}
        task.in_doubt = dict.fromkeys(doubtful, kept)
        unwritten |= {(task.ids[Side.BC], side) for side in {step.side for step in task.plan.steps} - doubtful - done}
    if unwritten:
        await ctx.store.changes.withdraw(ctx.company, failed[0].mapping.name, kept, unwritten)


def _may_have_got_through(error: ServiceError) -> bool:
    """Whether the answer to an earlier attempt may have been lost: repeated, the write met the version that it had made itself."""
    return error.transient or isinstance(error, Stale)


async def settle_doubts(ctx: Context, tasks: Sequence[Task]) -> None:
    """What the rows now show of writes whose answer was lost: they were made and count as such, or what was kept for them is taken out."""
    for task in tasks:
        doubts, task.in_doubt = task.in_doubt, {}
        for side, kept in doubts.items():
            if task.plan.arrived:
                task.outcomes[side] = Outcome.MODIFIED
            else:
                await ctx.store.changes.withdraw(ctx.company, task.mapping.name, kept, {(task.ids[Side.BC], side)})


async def keep_made(ctx: Context, tasks: Sequence[Task], job: str) -> None:
    """Note which rows a job made, once both ids are known."""
    made = [_change(task, task.plan.creates, "inserted", {}) for task in tasks if task.plan.creates]
    if made:
        await ctx.store.changes.put(ctx.company, tasks[0].mapping.name, job, made)


def replaced(task: Task, world: World) -> Iterator[Change]:
    """What a plan is about to replace in the record's own rows, field by field."""
    for step in writes(task.plan.steps):
        if isinstance(step, Update) and step.side in task.rows and step.id == task.ids[step.side]:
            fields = _units(task, step.side, world)
            known = {column for name in fields for column in put_back(task, step.side, task.mapping.unit(name))}
            row = task.rows[step.side]
            rest = {name: value for name, value in step.values.items() if _moves(row, name, value) and name not in known}
            fields |= {name: {"before": row[name], "after": value, "back": {name: row[name]}} for name, value in rest.items()}
            if fields:
                yield _change(task, step.side, "modified", fields)


def replaced_in_lines(task: Task, world: World) -> Iterator[Change]:
    """What a plan is about to replace in the lines of a document, or to delete with them, each field by its line's name."""
    for side in Side:
        fields: dict[str, dict[str, Any]] = {}
        for line in [each for each in task.lines if side in each.rows]:
            beside = of_lines(task.rows, world.parts[line.mapping.name].world)
            units = {name: held.of(side) for name, held in line.plan.intent.get(side, {}).items() if not name.startswith(BESIDE)}
            if any(isinstance(step, Delete) and step.side is side for step in line.plan.steps):
                units = {unit.name: None for unit in line.mapping.fields}
            fields |= {f"{line.called}: {name}": _of_line(line, side, name, after, beside) for name, after in units.items()}
        if fields:
            yield _change(task, side, "modified", fields)


def _of_line(line: Task, side: Side, name: str, after: Value, world: World) -> dict[str, Any]:
    unit = line.mapping.unit(name)
    return {"before": shown(unit, before(line, side, unit, world)), "after": shown(unit, after), "back": {}, OF_LINE: True}


OF_LINE = "line"
"""Marks a field of a document's line: the history tells it, and an undo leaves it to a person."""


def _moves(row: Row, column: str, value: Any) -> bool:
    """Whether a column that no field carries gets another value; what is opened and closed again stays as it is."""
    return column in row and row[column] != value and column not in OURS


def _units(task: Task, side: Side, world: World) -> dict[str, dict[str, Any]]:
    """The units that are about to be written on a side: what it holds, what it will hold, and the properties that put it back."""
    meant = {name: held for name, held in task.plan.intent.get(side, {}).items() if not name.startswith(BESIDE)}
    units = {name: (task.mapping.unit(name), held.of(side)) for name, held in meant.items()}
    return {name: _replaced_unit(task, side, unit, after, world) for name, (unit, after) in units.items()}


def _replaced_unit(task: Task, side: Side, unit: Unit, after: Value, world: World) -> dict[str, Any]:
    held = before(task, side, unit, world)
    if any(member.digest for member in unit.members):
        return {"before": shown(unit, held), "after": shown(unit, after), "back": {}, "digest": True}
    return {"before": held, "after": after, "back": put_back(task, side, unit)}


def before(task: Task, side: Side, unit: Unit, world: World) -> Any:
    """What a side holds in a unit, in comparable form; None when it cannot be read."""
    present = read_unit(unit, task.pair, world)
    return present.value(side) if isinstance(present, Present) else None


def put_back(task: Task, side: Side, unit: Unit) -> Mapping[str, Any]:
    """The properties that make the side's row hold again what it shows now."""
    properties: dict[str, Any] = {}
    for member in unit.members:
        properties.update(member.kind.put_back(member, side, task.rows[side]))
    return properties


def _change(task: Task, side: Side, kind: str, fields: Mapping[str, Mapping[str, Any]]) -> Change:
    return Change(bc_id=task.ids[Side.BC], sales_id=task.ids[Side.SALES], side=side, at=datetime.now(UTC), kind=kind, fields=fields)


async def keep_coupling(
    ctx: Context, mapping: str, job: str, kind: str, couplings: Sequence[Coupling], side: Side, before: Sequence[str | None]
) -> None:
    """Note in the history of records that people coupled, uncoupled or moved them: whom each was coupled with on a side, and is now."""
    now = datetime.now(UTC)
    changes = []
    for each, old in zip(couplings, before, strict=True):
        fields: dict[str, Mapping[str, Any]] = {
            "coupling": {"before": old, "after": each.of(side) if kind != UNCOUPLED else None, "back": {}}
        }
        changes.append(Change(bc_id=each.bc_id, sales_id=each.sales_id, side=side, at=now, kind=kind, fields=fields))
    if changes:
        await ctx.store.changes.put(ctx.company, mapping, job, changes)


COUPLED, UNCOUPLED, MOVED = "coupled", "uncoupled", "moved"
"""What people do to a coupling, as the history calls it; an undo leaves it alone."""
