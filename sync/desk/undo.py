"""Taking back what a job wrote (rule H1): what nobody has edited since is put back, the rest is listed.

A value put back is remembered as an accepted difference (rule B1): the next run neither writes it again nor carries it to the other side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from mapping.model import TableMapping
from mapping.values import Side, Value
from mapping.world import World
from sync.around.neighbours import world_of
from sync.context import Context
from sync.heart.coupling import Held
from sync.heart.plan import Outcome, Plan, Run
from sync.heart.present import Present, read_unit
from sync.heart.sealing import recall
from sync.record.apply import apply
from sync.record.history import OF_LINE
from sync.record.records import Seen, load
from sync.record.tally import DIRECTIONS
from sync.record.task import Task
from sync.record.telling import tell_of_records
from sync.run import messages
from sync.run.jobs import finish_if_done, hand_out
from sync.store import Change, Job, Status
from sync.store.changes import SHORTENED

INLINE = 100
"""Changes that are undone within the call; more become messages of a job."""

ROUNDS = 3

MADE = "this job made the row: uncouple and delete it by hand if it should not be"
BUSY = "somebody else works on the record: try again"
NOT_KEPT = {
    "digest": "only a digest of the former value is kept",
    SHORTENED: "the former value was too long to be kept",
    OF_LINE: "lines of a document are put back by hand",
}
BY_HAND = "couplings are not taken back: couple, uncouple or move by hand"


@dataclass(frozen=True, kw_only=True)
class Undone:
    """One field of one record: put back, or why not."""

    bc_id: str
    sales_id: str
    side: Side
    field: str
    before: Any = None
    after: Any = None
    left_alone: str | None = None


@dataclass
class Undoing:
    """The values to put back for one record, and what both sides hold then."""

    values: dict[Side, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    units: dict[Side, set[str]] = field(default_factory=lambda: defaultdict(set))
    held: dict[str, Held] = field(default_factory=dict)
    fields: list[Undone] = field(default_factory=list)


async def undo_changes(ctx: Context, mapping: TableMapping, changes: Sequence[Change], job: Job | None) -> list[Undone]:
    """Put back what these changes replaced, or without a job only tell what would be put back."""
    by_record: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_record[change.bc_id].append(change)
    undone: dict[str, list[Undone]] = {bc_id: [_gone(each) for each in group] for bc_id, group in by_record.items()}
    open_ids = list(by_record)
    for _ in range(ROUNDS):
        seen = await Seen.read(ctx, mapping, Side.BC, open_ids)
        tasks = [task for task in await load(ctx, mapping, seen, Run()) if task.coupling and len(task.rows) == len(Side)]
        world = await world_of(ctx, mapping, {side: [task.rows[side] for task in tasks] for side in Side})
        for task in tasks:
            undoing = plan_undo(task, by_record[task.ids[Side.BC]], world)
            undone[task.ids[Side.BC]] = undoing.fields
            task.plan = as_plan(task, undoing)
        if job is None:
            break
        going = [task for task in tasks if task.plan.steps]
        await apply(ctx, going, world, uuid4().hex, job.id)
        tell_of_records(ctx, [task for task in going if not task.again], job.id)
        undone |= {task.ids[Side.BC]: _as_written(task, undone[task.ids[Side.BC]]) for task in tasks}
        open_ids = [task.ids[Side.BC] for task in tasks if task.again]
        if not open_ids:
            break
    return [one for group in undone.values() for one in group]


def plan_undo(task: Task, changes: Sequence[Change], world: World) -> Undoing:
    """What to put back in one record, newest write first; pure."""
    undoing = Undoing()
    for change in reversed(_as_one(changes)):
        if change.kind != "modified":
            undoing.fields.append(_gone(change, MADE if change.kind == "inserted" else BY_HAND))
            continue
        if change.side is Side.SALES and change.sales_id != task.ids[Side.SALES]:
            # The coupling moved: what this row held is nothing that another one should hold.
            undoing.fields.append(_gone(change))
            continue
        for name, one in change.fields.items():
            why = _edited(task, change, name, one, world)
            undoing.fields.append(_field(change, name, one, why))
            if why is None:
                undoing.values[change.side].update(one["back"])
                _remember(task, undoing, change.side, name, one, world)
    return undoing


def _as_one(changes: Sequence[Change]) -> list[Change]:
    """What a job replaced in one row more than once, as one change: from what stood there before its first write to what it left."""
    found: dict[Any, Change] = {}
    for place, change in enumerate(changes):
        where = (change.side, change.sales_id) if change.kind == "modified" else place
        first = found.get(where)
        if first is None:
            found[where] = change
            continue
        again = {name: {**first.fields[name], "after": one["after"]} for name, one in change.fields.items() if name in first.fields}
        found[where] = replace(change, fields={**first.fields, **change.fields, **again})
    return list(found.values())


def _remember(task: Task, undoing: Undoing, side: Side, name: str, one: Mapping[str, Any], world: World) -> None:
    """What both sides hold then; on the other side what was agreed, so that an edit there that nobody carried yet still travels."""
    present = _present(task, name, world)
    if present is not None:
        agreed = recall(task.mapping, task.pair, world).held.get(name)
        known = undoing.held.get(name) or agreed or Held(present.value(Side.BC), present.value(Side.SALES))
        before = _value(one["before"])
        bc, sales = (before, known.sales) if side is Side.BC else (known.bc, before)
        undoing.held[name] = Held(bc, sales, accepted=True)
        undoing.units[side].add(name)


def _edited(task: Task, change: Change, name: str, one: Mapping[str, Any], world: World) -> str | None:
    """Why a field is left alone; None when nobody has touched it since the job wrote it."""
    gone = next((why for mark, why in NOT_KEPT.items() if one.get(mark)), None)
    if gone:
        return gone
    present = _present(task, name, world)
    now = present.value(change.side) if present else task.rows[change.side].get(name)
    if now == _value(one["before"]):
        return "it holds the former value already"
    coupling = task.coupling
    known = recall(task.mapping, task.pair, world).held.get(name) if coupling and coupling.job == change.job else None
    # What the receiver made of the value counts as the job's, too (rule B7).
    if now == _value(one["after"]) or (known and now == known.of(change.side)):
        return None
    return f"it was edited since: it holds {now!r}"


def _present(task: Task, name: str, world: World) -> Present | None:
    unit = next((unit for unit in task.mapping.fields if unit.name == name), None)
    present = read_unit(unit, task.pair, world) if unit else None
    return present if isinstance(present, Present) else None


def _value(stored: Any) -> Value:
    """A value as JSON kept it: groups are tuples."""
    return tuple(stored) if isinstance(stored, list) else stored


def as_plan(task: Task, undoing: Undoing) -> Plan:
    """The plan that puts the values back."""
    steps = tuple(task.mapping.update(side, task.ids[side], values, task.rows[side]) for side, values in undoing.values.items())
    return Plan(
        steps=steps,
        outcomes={step.side: Outcome.MODIFIED for step in steps},
        held=undoing.held,
        intent={str(side): {name: undoing.held[name] for name in names} for side, names in undoing.units.items()},
    )


def _as_written(task: Task, fields: Sequence[Undone]) -> list[Undone]:
    """What was to be put back on a side that was not written stays as the job left it, with the reason."""
    written = {answer.step.side for answer in task.answers if answer.error is None}
    why = task.problems[0].detail if task.problems else BUSY
    return [one if one.left_alone or one.side in written else replace(one, left_alone=why) for one in fields]


def _field(change: Change, name: str, one: Mapping[str, Any], why: str | None) -> Undone:
    return replace(_gone(change), field=name, before=one["before"], after=one["after"], left_alone=why)


def _gone(change: Change, why: str = "the record is no longer coupled, or one of its rows is gone") -> Undone:
    return Undone(bc_id=change.bc_id, sales_id=change.sales_id, side=change.side, field="", left_alone=why)


async def undo_now(ctx: Context, mapping: TableMapping, changes: Sequence[Change]) -> tuple[Job, list[Undone]]:
    """Undo a few changes within the call, as a job of its own, which can be undone like any other."""
    job = Job.new(ctx.company, mapping.name, "undo")
    undone = await undo_changes(ctx, mapping, changes, job)
    return await ctx.store.jobs.finish(job, status=Status.SUCCESS, totals=totals(undone)), undone


async def undo_later(ctx: Context, mapping: TableMapping, job: Job) -> Job:
    """Undo a large job as a job over the queue: one message a row of changes."""
    own = Job.new(ctx.company, mapping.name, "undo")
    parts: list[messages.Message] = []
    cursor: str | None = None
    while True:
        listing = await ctx.store.changes.of_job(ctx.company, mapping.name, job.id, limit=1, cursor=cursor)
        if not listing.rows:
            break
        parts.append(messages.undo(ctx.company, mapping.name, own.id, undone=job.id, after=cursor, number=len(parts)))
        cursor = listing.cursor
    await hand_out(ctx, own, parts)
    return own


async def work_undo(ctx: Context, message: Mapping[str, Any]) -> None:
    """Undo one row of changes of a large job."""
    mapping, own = ctx.mappings[message["mapping"]], message["job"]
    job = await ctx.store.jobs.get(ctx.company, own)
    if job and await ctx.store.work.pending(ctx.company, own, message["number"]):
        listing = await ctx.store.changes.of_job(ctx.company, mapping.name, message["undone"], limit=1, cursor=message["after"])
        undone = await undo_changes(ctx, mapping, listing.rows, job)
        await ctx.store.work.done(ctx.company, own, message["number"], totals(undone))
    await finish_if_done(ctx, own)


def totals(undone: Sequence[Undone]) -> dict[str, dict[str, int]]:
    """The counters of an undo: records in which something was put back, and fields that were left alone."""
    counted: dict[str, dict[str, int]] = {}
    for side, direction in DIRECTIONS.items():
        mine = [one for one in undone if one.side is side]
        back = {one.bc_id for one in mine if one.left_alone is None}
        counted[direction] = {Outcome.MODIFIED: len(back), Outcome.SKIPPED: sum(one.left_alone is not None for one in mine)}
    return counted
