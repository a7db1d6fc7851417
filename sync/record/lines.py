"""The lines of documents that both sides have: each a task of its own within that of its document."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mapping.amounts import of_lines
from mapping.model import Draft, TableMapping
from mapping.parts import Part
from mapping.values import Row, Side
from mapping.world import Lines, World
from sync.context import Context
from sync.errors import CounterpartDeleted, ListTooShort
from sync.heart.choice import EVERY_UNIT
from sync.heart.coupling import Coupling, Life
from sync.heart.line_pairs import Line, added, emptied, paired
from sync.heart.lines import place_of
from sync.heart.plan import Outcome, Plan, Problem, Run
from sync.heart.reconcile import reconcile
from sync.record.task import Task

MOST_REFUSED = 1
"""So many lines may be refused in one run before the others are left as they are: their document must not stay open over them."""


async def plan_lines(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], world: World, run: Run) -> None:
    """The lines of these documents, paired and each with its plan."""
    whole = [task for task in tasks if len(task.rows) == len(Side)]
    for task in whole:
        task.lines = []
    for part in [each for each in mapping.parts if each.merged] if whole else ():
        known = world.parts[part.name]
        couplings = await _couplings(ctx, part, known, whole)
        beside = replace(known.world, parts=world.parts, related={**world.related, **known.world.related})
        for task in whole:
            task.lines += _Document(mapping, part, task, beside, run).lines(known, couplings)


async def _couplings(ctx: Context, part: Part, known: Lines, tasks: Sequence[Task]) -> list[Coupling]:
    """What is remembered of the lines of these documents, each once."""
    ids = {side: [id_ for task in tasks for id_ in _rows(part, known, task, side)] for side in Side}
    found = await asyncio.gather(*(ctx.store.couplings.load(ctx.company, part.name, side, ids[side]) for side in Side))
    return list({coupling.bc_id: coupling for each in found for coupling in each.values()}.values())


def _rows(part: Part, known: Lines, task: Task, side: Side) -> dict[str, Row]:
    """The lines of a document on one side by id, in their order."""
    rows = sorted(known.of(side, task.ids[side]), key=lambda row: place_of(part, side, row))
    return {str(row[part.lines.table(side).id]): row for row in rows}


class _Document:
    """One document whose lines are planned."""

    def __init__(self, mapping: TableMapping, part: Part, task: Task, world: World, run: Run) -> None:
        self._mapping, self._part, self._task, self._world = mapping, part, task, of_lines(task.rows, world)
        every = {name: choice for name, choice in run.choices.items() if name == EVERY_UNIT}
        self._run = replace(run, creates=part.lines.ever_creates, couples=True, choices=every)
        self._last: dict[Side, int] = {}

    def lines(self, known: Lines, couplings: Sequence[Coupling]) -> list[Task]:
        """Its lines, each with its plan."""
        rows = {side: _rows(self._part, known, self._task, side) for side in Side}
        mine = [each for each in couplings if any(each.of(side) in rows[side] for side in Side)]
        order = self._part.order
        self._last = {side: max((int(row.get(order[side]) or 0) for row in rows[side].values()), default=0) for side in Side}
        empty = emptied(rows, mine)
        if empty:
            return [self._left_alone(empty)]
        places = {(side, id_): place for side in Side for place, id_ in enumerate(rows[side], 1)}
        return [self._line(coupling, found, places) for coupling, found in paired(self._part.lines, rows, mine, self._world)]

    def _left_alone(self, empty: Side) -> Task:
        """All lines of a side at once are not taken for deleted."""
        problem = Problem(code=ListTooShort.code, detail=f"{empty} shows none of its lines any more")
        plan = Plan(outcomes={empty: Outcome.FAILED}, problems=(problem,))
        return Task(mapping=self._part.lines, source=empty, ids={}, rows={}, plan=plan)

    def _line(self, coupling: Coupling | None, rows: Mapping[Side, Row], places: Mapping[tuple[Side, str], int]) -> Task:
        ids = {side: str(row[self._part.lines.table(side).id]) for side, row in rows.items()}
        first = Side.BC if Side.BC in rows else Side.SALES
        line = Task(
            mapping=self._part.lines,
            source=first,
            ids=coupling.ids if coupling else ids,
            rows=dict(rows),
            coupling=coupling,
            creates=self._part.lines.ever_creates,
            matched=coupling is None and len(rows) == len(Side),
        )
        place = places[first, ids[first]]
        line.called = f"line {place}, {self._part.lines.title(first, rows[first])}"
        line.plan = self._plan(line, place)
        return line

    def _plan(self, line: Task, place: int) -> Plan:
        refused = self._task.refused_lines.get(own_name(line))
        if refused:
            return Plan(outcomes=dict.fromkeys(Side, Outcome.FAILED), problems=(refused,))
        if len(self._task.refused_lines) > MOST_REFUSED:
            return Plan()
        is_new = line.coupling is None or line.coupling.life is Life.CLAIMED
        if len(line.rows) < len(Side) and is_new:
            return self._added(line, place)
        plan = reconcile(line.mapping, line.pair, self._world, self._run)
        if plan.restores:
            detail = f"it was deleted in {plan.restores} and changed in {plan.restores.other} since"
            return Plan(outcomes={plan.restores: Outcome.FAILED}, problems=(Problem(code=CounterpartDeleted.code, detail=detail),))
        return plan

    def _added(self, line: Task, place: int) -> Plan:
        """A line that one side lacks is made there, behind the others."""
        target = line.source.other
        values: Mapping[Side, Row] = {side: {} for side in Side}
        document = Draft(rows=self._task.rows, ids=self._task.ids, values=values, creates=target)
        ids, plan = added(self._part, self._mapping, document, line.rows[line.source], place, self._last[target], self._world)
        line.ids = dict(ids)
        if plan.steps:
            self._last[target] += len(plan.steps) * self._part.apart[target]
        elif plan.problems:
            line.called = ""  # they name it themselves
        return plan


def own_name(line: Task) -> str:
    """What names a line within its document, whatever becomes of the other row."""
    return f"{line.source}:{line.ids[line.source]}"


def as_lines(task: Task) -> list[Line]:
    """The lines of a document as `reconcile` wants them."""
    return [Line(pair=line.pair, plan=line.plan, called=line.called) for line in task.lines]
