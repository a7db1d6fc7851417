"""Dry runs: what a run would do, record by record, through the same code that would do it; nothing is written to either side.

What an earlier page or line would couple is noted apart, so that the records behind it do not seem to wait for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mapping.field import FieldMapping
from mapping.model import TableMapping
from mapping.values import Row, Side
from mapping.world import World
from sync.around.reference import Reference
from sync.around.titles import titles_of
from sync.context import Context
from sync.desk.preview import Change, changes, problem_json, references
from sync.heart.coupling import Coupling
from sync.heart.plan import Create, Outcome, Run, Step
from sync.heart.reconcile import held_of_new_row, reconcile
from sync.record.apply import note
from sync.record.records import Seen, load, make_plans
from sync.record.tally import DIRECTIONS, Tally, tally_of
from sync.record.task import Task
from sync.run.scan import look
from sync.services.model import Answer, Page, Query, Service
from sync.store import Entry
from sync.store.planned import NEW, PlannedCouplings

SAMPLES = 50
"""Records of one sort that are kept of a line."""

FIELDS = 40
"""Values of one sample."""

UNTOLD = frozenset({Outcome.UNCHANGED, Outcome.OUT_OF_FILTER})
"""Outcomes of which there is nothing to show."""


class Unwritten:
    """A service that is read as ever and never written: each step is answered as if it had been carried out."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.side = service.side

    async def page(self, query: Query | str, *, size: int = 500) -> Page:
        """One page."""
        return await self._service.page(query, size=size)

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows with these ids."""
        return await self._service.rows(table, ids, columns)

    async def count(self, table: str) -> int:
        """How many rows a table holds."""
        return await self._service.count(table)

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Nothing."""
        return [Answer(step=step, id=step.id) for step in steps]


def unwritten(ctx: Context) -> Context:
    """The same company with services that nothing is written to, and nothing remembered of what was not written."""
    return replace(ctx, services={side: Unwritten(service) for side, service in ctx.services.items()}, reference=Reference())


def rehearsal(ctx: Context, run: Run) -> Context:
    """The company as a run sees it: a dry run writes to no service, and couples apart."""
    if run.rehearsal is None or isinstance(ctx.store.couplings, PlannedCouplings):
        return ctx
    return replace(unwritten(ctx), store=ctx.store.rehearsal(run.rehearsal))


def begin_page(ctx: Context, page: str) -> None:
    """Tell a dry run which page it works."""
    if isinstance(ctx.store.couplings, PlannedCouplings):
        ctx.store.couplings.begin(page)


async def rehearse(ctx: Context, mapping: TableMapping, seen: Seen, run: Run) -> Tally:
    """What would become of the records seen on one side; a few of each sort are kept to be shown."""
    tasks, world = await rehearsed(ctx, mapping, seen, run)
    await ctx.store.couplings.insert([_planned(ctx, task) for task in tasks if task.coupling is None and task.became_coupled])
    if run.rehearsal:
        kept = await ctx.store.samples.counts(ctx.company, run.rehearsal, mapping.name)
        samples = await samples_of(ctx, mapping, tasks, world, kept)
        await ctx.store.samples.put(ctx.company, run.rehearsal, mapping.name, samples)
    tally = tally_of(tasks)
    for task in tasks:
        if task.plan.act:
            tally.held_back.setdefault(task.plan.act, []).append(task.ids[seen.side])
    return tally


async def rehearse_look(ctx: Context, mapping: TableMapping, entry: Entry, run: Run, most: int) -> dict[str, Any]:
    """What a look at a mapping would find now, and what would become of the first `most` records of each side."""
    acting = unwritten(ctx)
    due = await look(acting, mapping, entry)
    ids: dict[Side, list[str]] = {Side.BC: sorted(due.bc), Side.SALES: sorted(set(due.sales))}
    tasks: list[Task] = []
    samples: dict[str, dict[str, list[Any]]] = {}
    for side in Side:
        # A pair that is due on both sides is in step once its first side was looked at.
        seen = {task.ids[side] for task in tasks if side in task.ids}
        if part := [id_ for id_ in ids[side][:most] if id_ not in seen]:
            found, world = await rehearsed(acting, mapping, await Seen.read(acting, mapping, side, part), run)
            tasks += found
            for (direction, outcome, _), sample in (await samples_of(acting, mapping, found, world, {})).items():
                samples.setdefault(direction, {}).setdefault(outcome, []).append(sample)
    looked = {side.value: min(len(ids[side]), most) for side in Side}
    return {"due": {side.value: len(ids[side]) for side in Side}, "lookedAt": looked, **tally_of(tasks).as_json(), "samples": samples}


async def rehearsed(ctx: Context, mapping: TableMapping, seen: Seen, run: Run) -> tuple[list[Task], World]:
    """The records with their plans and what would become of them."""
    tasks = await load(ctx, mapping, seen, run)
    world = await make_plans(ctx, mapping, tasks, run)
    for task in tasks:
        note(task)
        task.parted = task.plan.parts
        both = len(task.rows) == len(Side)
        task.became_coupled = task.coupling is None and bool(task.plan.steps or (both and (task.plan.held or task.plan.asked)))
        task.parted = task.plan.parts
        if task.plan.restores:
            task.outcomes[task.plan.restores], task.restored = Outcome.INSERTED, True
        if task.plan.creates is Side.BC:
            _number_travels_back(task, world, run)
    return tasks, world


def _number_travels_back(task: Task, world: World, run: Run) -> None:
    """A row made in BC gets a number there, which Sales shows in the same run (rule B2)."""
    numbered = _numbered(task.mapping)
    if not numbered:
        return
    made = {**_created(task).values, task.mapping.bc.id: task.ids[Side.BC], **{member.bc: NEW for member in numbered}}
    pair = replace(task.pair, rows={**task.rows, Side.BC: made}, coupled=True, claimed=True)
    held = held_of_new_row(task.mapping, pair, task.plan.held, world, Side.BC)
    told = replace(pair, held={name: one for name, one in held.items() if name not in {member.name for member in numbered}})
    after = reconcile(task.mapping, told, world, run)
    if any(step.side is Side.SALES for step in after.steps):
        task.outcomes[Side.SALES] = Outcome.MODIFIED
        task.plan = replace(task.plan, steps=(*task.plan.steps, *after.steps), held={**after.held, **task.plan.held})


def _numbered(mapping: TableMapping) -> list[FieldMapping]:
    units = [unit for unit in mapping.fields if unit.direction.reaches(Side.SALES)]
    return [member for unit in units for member in unit.members if member.at_once and member.bc]


def _created(task: Task) -> Create:
    return next(step for step in task.plan.steps if isinstance(step, Create))


def _planned(ctx: Context, task: Task) -> Coupling:
    version = NEW if task.plan.creates is Side.BC else None
    bc_id, sales_id = task.ids[Side.BC], task.ids[Side.SALES]
    return Coupling(company=ctx.company, mapping=task.mapping.name, bc_id=bc_id, sales_id=sales_id, bc_version=version)


Sort = tuple[str, str]
"""Under which counter records are shown: direction and outcome."""


async def samples_of(
    ctx: Context, mapping: TableMapping, tasks: Sequence[Task], world: World, kept: Mapping[Sort, int]
) -> dict[tuple[str, str, str], Any]:
    """What is shown of records, by direction, outcome and record, where not enough of their sort are `kept` already."""
    sorts = _missing(tasks, kept)
    told = [task for task in tasks if sorts[id(task)]]
    written = {id(task): changes(mapping, task.pair, task.plan, world)[:FIELDS] for task in told}
    wanted = {reference for task in told for reference in references(written[id(task)])}
    wanted |= {(mapping.name, side, task.ids[side]) for task in told for side in task.rows}
    names = await titles_of(ctx, wanted) if wanted else {}
    shown = {id(task): _sample(task, written[id(task)], names) for task in told}
    return {(direction, outcome, task.key): shown[id(task)] for task in told for direction, outcome in sorts[id(task)]}


def _missing(tasks: Sequence[Task], kept: Mapping[Sort, int]) -> dict[int, list[Sort]]:
    """The sorts under which each record is to be shown."""
    taken, wanted = Counter(kept), dict[int, list[Sort]]()
    for task in tasks:
        wanted[id(task)] = [sort for sort in _sorts(task) if taken[sort] < SAMPLES]
        taken.update(wanted[id(task)])
    return wanted


def _sorts(task: Task) -> Iterator[Sort]:
    """Under which counters a record is shown."""
    for side, outcome in task.outcomes.items():
        if outcome not in UNTOLD and (side is task.source.other or outcome in (Outcome.INSERTED, Outcome.MODIFIED)):
            yield DIRECTIONS[side], outcome
    if task.matched and task.became_coupled:
        yield DIRECTIONS[task.source.other], Outcome.COUPLED


def _sample(task: Task, written: Sequence[Change], names: Mapping[Any, str]) -> dict[str, Any]:
    name = task.mapping.name
    rows = {str(side): {"id": task.ids[side], "name": names.get((name, side, task.ids[side]))} for side in task.rows}
    problems = [problem_json(problem) for problem in task.plan.problems]
    return {**rows, "fields": [change.shown(names) for change in written], "problems": problems, "why": task.plan.why}
