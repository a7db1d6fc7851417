"""Settling a record's conflicts by a person's choice: a side, a typed value, or both as they are (rules B1, B3, B4, B5).

Everything is checked on a plan first; what is written goes the same way as in any run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from mapping.field import Direction
from mapping.kinds import Text
from mapping.model import TableMapping, Unit
from mapping.values import Scalar, Side, Value
from mapping.world import World
from sync.context import Context
from sync.desk.by_hand import problem_of
from sync.desk.filing import as_told
from sync.entry.holds import refuse_on_hold
from sync.errors import BadChoice, ChangedMeanwhile, ChoiceNotTaken, InWork, NoSuchRecord
from sync.heart.choice import Choice
from sync.heart.plan import Problem
from sync.heart.present import Present, read_unit
from sync.record.records import Seen, load, make_plans, synchronize
from sync.record.task import Task
from sync.run.jobs import note_run
from sync.run.looks import scheduled_run
from sync.store import Job, ProblemRow

LEAVE = "leave"
LONGEST = 5000
"""Characters of a typed value."""

Said = Mapping[str, Any]


async def resolve(ctx: Context, mapping: TableMapping, key: str, said: Said, seen: Said) -> dict[str, Any]:
    """Carry out a person's choices for one record; all of them or, with the reason, none."""
    await refuse_on_hold(ctx, mapping)
    row = await problem_of(ctx, mapping, key)
    units = _units(mapping, row, said)
    choices = {unit.name: _choice(unit, said[unit.name]) for unit in units}
    rows = await _read(ctx, mapping, row)
    task, world = await _task(ctx, mapping, rows)
    now = {unit.name: _values(unit, task, world) for unit in units}
    _refuse_changed(units, now, {unit.name: _seen(unit, row, seen) for unit in units})
    run = scheduled_run(mapping)
    run = replace(run, choices={name: replace(choice, seen=now[name]) for name, choice in choices.items()})
    await make_plans(ctx, mapping, [task], run)
    _refuse_not_taken(task, choices.keys())
    job = Job.new(ctx.company, mapping.name, "manual")
    tally = await synchronize(ctx, mapping, rows, run, job.id)
    if tally.busy:
        raise InWork
    noted = await note_run(ctx, job, tally)
    left = (await ctx.store.problems.of(ctx.company, mapping.name, [task.key])).get(task.key)
    _refuse_left(left, choices.keys())
    return {"mapping": mapping.name, "record": task.key, "resolved": sorted(choices), "problem": left, "job": noted}


def _units(mapping: TableMapping, row: ProblemRow, said: Said) -> list[Unit]:
    """The units that choices were made for; each must be held back by the problem."""
    groups = {member.name: unit.name for unit in mapping.fields for member in unit.members if len(unit.members) > 1}
    known = {unit.name: unit for unit in mapping.fields}
    unknown = [
        f"{name} belongs to the group {groups[name]}" if name in groups else f"{name[:100]} is unknown" for name in said.keys() - known
    ]
    if unknown or not said:
        raise BadChoice(f"Choices: {', '.join(sorted(unknown)) or 'none were made'}.", allowed=list(row.fields))
    solved = sorted(said.keys() - set(row.fields))
    if solved:
        raise ChangedMeanwhile(f"Not held back any more: {', '.join(solved)}.", open=list(row.fields))
    return [known[name] for name in said]


def _choice(unit: Unit, said: object) -> Choice:
    """What was said about one unit."""
    if said == LEAVE:
        return Choice()
    if unit.direction is not Direction.BOTH:
        source = Side.BC if unit.direction is Direction.TO_SALES else Side.SALES
        raise BadChoice(f"{unit.name} travels one way only: correct it in {source}, or leave it.", allowed=[LEAVE])
    if said in list(Side):
        return Choice(side=Side(str(said)))
    if isinstance(said, Mapping) and said.keys() == {"value"}:
        return Choice(typed=_typed(unit, said["value"]))
    raise BadChoice(f"{unit.name} cannot be settled by this.", allowed=[*Side, LEAVE, {"value": "a value, or one by member of a group"}])


def _typed(unit: Unit, value: object) -> dict[str, Scalar | float]:
    """A typed value by member name; a group's members must all be there."""
    names = [member.name for member in unit.members]
    told = {names[0]: value} if len(names) == 1 else value
    if not isinstance(told, Mapping) or told.keys() != set(names):
        raise BadChoice(f"The value of {unit.name} has the members {', '.join(names)}.", allowed=names)
    for name, one in told.items():
        usable = one is None or isinstance(one, str | int) or (isinstance(one, float) and isfinite(one))
        if not usable or len(str(one)) > LONGEST:
            raise BadChoice(f"{name} must be a text of up to {LONGEST} characters, a number, true, false or null.")
    for member in unit.members:
        if isinstance(member.kind, Text) and not isinstance(told[member.name], str | None):
            raise BadChoice(f"{member.name} must be a text or null.")
    return dict(told)


def _seen(unit: Unit, row: ProblemRow, seen: Said) -> Mapping[Side, Any]:
    """What the person saw: as he says himself, else as the problem shows it."""
    stored = next((each.get("values") for each in row.details.get("problems", ()) if each.get("field") == unit.name), None)
    shown = seen.get(unit.name, stored or {})
    if not isinstance(shown, Mapping) or not shown.keys() <= set(Side):
        raise BadChoice(f"seen.{unit.name} must hold bc and sales.", allowed=list(Side))
    return {Side(side): value for side, value in shown.items()}


def from_told(unit: Unit, told: Any) -> Value:
    """A unit's value from the form in which people see it; what is no such form equals nothing."""
    if len(unit.members) == 1:
        return told if isinstance(told, str | int | None) else str(told)
    values = told if isinstance(told, Mapping) else {}
    return tuple(values.get(member.name) for member in unit.members)


async def _read(ctx: Context, mapping: TableMapping, row: ProblemRow) -> Seen:
    """The record as it stands now, by the side that its problem names."""
    if row.side is None:
        raise NoSuchRecord(f"{row.key} is no record.")
    return await Seen.read(ctx, mapping, row.side, [row.key.partition(":")[2]])


async def _task(ctx: Context, mapping: TableMapping, rows: Seen) -> tuple[Task, World]:
    """Both rows of the record, and what it refers to."""
    tasks = await load(ctx, mapping, rows, scheduled_run(mapping))
    world = await make_plans(ctx, mapping, tasks, scheduled_run(mapping))
    if not tasks or len(tasks[0].rows) != len(Side):
        raise NoSuchRecord("One of the two rows does not exist any more; there is nothing to choose.")
    if tasks[0].plan.why:
        raise ChoiceNotTaken(f"The record is left alone: {tasks[0].plan.why}.")
    return tasks[0], world


def _values(unit: Unit, task: Task, world: World) -> Mapping[Side, Value]:
    """What both sides hold in a unit."""
    present = read_unit(unit, task.pair, world)
    if not isinstance(present, Present):
        raise ChoiceNotTaken(f"{unit.name} cannot be read now.")
    return {side: present.value(side) for side in Side}


def _refuse_changed(units: list[Unit], now: Mapping[str, Mapping[Side, Value]], seen: Mapping[str, Mapping[Side, Any]]) -> None:
    changed = [unit for unit in units if any(_differs(unit, now[unit.name][side], told) for side, told in seen[unit.name].items())]
    if changed:
        values = {unit.name: {side: as_told(unit, value) for side, value in now[unit.name].items()} for unit in changed}
        raise ChangedMeanwhile(f"Changed meanwhile: {', '.join(values)}; nothing was written.", values=values)


def _differs(unit: Unit, now: Value, told: Any) -> bool:
    """Whether a unit holds something else than a person saw, in full or as a digest is shown."""
    return from_told(unit, told) not in (now, from_told(unit, as_told(unit, now)))


def _refuse_not_taken(task: Task, chosen: Any) -> None:
    refused: list[Problem] = [one for one in task.plan.problems if one.field in chosen and one.holds_back]
    if refused or task.plan.why:
        told = "; ".join(f"{one.field}: {one.detail} ({one.code})" for one in refused) or task.plan.why
        raise ChoiceNotTaken(f"{told}; nothing was written.", problems=[{"field": one.field, "code": one.code} for one in refused])


def _refuse_left(left: ProblemRow | None, chosen: Any) -> None:
    """What a service refused, or somebody edited between the look and the write."""
    open_ = sorted(set(left.fields if left else ()) & set(chosen))
    if left and open_:
        raise ChoiceNotTaken(f"Not settled: {', '.join(open_)}: {left.message}", problems=left.details["problems"])
