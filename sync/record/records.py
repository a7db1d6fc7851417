"""Synchronising a list of records of one mapping, from the rows of one side: the main job, read top to bottom."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from mapping.model import TableMapping
from mapping.values import Side
from mapping.world import World
from sync.around.neighbours import world_of
from sync.around.owner_team import owner_team
from sync.context import Context
from sync.desk.filing import close_gone, file_problems, release_waiters, remembered
from sync.errors import MarkedElsewhere
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Outcome, Plan, Problem, Row, Run
from sync.heart.reconcile import reconcile
from sync.heart.versions import is_behind
from sync.record.apply import apply
from sync.record.claims import hold_back_claimed, settle_claims
from sync.record.lines import as_lines, plan_lines
from sync.record.loading import counterparts_of, heirs_among, known_task, to_be_looked_at, uncoupled_task
from sync.record.made_first import make_first
from sync.record.merged import follow_merged
from sync.record.only_first import only_first, tell_others
from sync.record.pairing import Found, chosen, coupled_elsewhere, find_partners
from sync.record.parting import find_orphans, in_turn, let_through, make_room, part, restore
from sync.record.succession import take_over
from sync.record.tally import Tally, tally_of
from sync.record.task import Task
from sync.record.telling import tell_of_list
from sync.record.together import together
from sync.record.totals import compare_totals

log = logging.getLogger("couplet")

ROUNDS = 4
"""How often a record is looked at again because somebody wrote meanwhile or a service refused one of its fields."""

TOGETHER = 100
"""Records whose plans are carried out together: what BC takes in one `$batch`, and what Dataverse advises to start with."""

MARKED = Problem(code=MarkedElsewhere.code, detail="another row of Sales holds its company and id", noted=True)
"""The row is written without our marks: the other one may be a copy that somebody made, or one of an earlier coupling (rule D8)."""

STALE_MARGIN = timedelta(seconds=5)
"""How far the clocks of two instances may be apart."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Rows of one side by id, and when they were asked for (UTC); `missing` are ids that were asked for by name and are not there."""

    side: Side
    rows: Mapping[str, Row]
    at: datetime
    missing: frozenset[str] = frozenset()

    @classmethod
    async def read(cls, ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> Seen:
        """These records as they stand now (rule C6)."""
        at = datetime.now(UTC)
        rows = await ctx.services[side].rows(mapping.table(side).name, ids, mapping.columns(side))
        return cls(side=side, rows=rows, at=at, missing=frozenset(id_.lower() for id_ in ids) - rows.keys())


async def synchronize(ctx: Context, mapping: TableMapping, seen: Seen, run: Run, job: str) -> Tally:
    """Bring the records seen on one side into step with the other side; raises what concerns a whole service."""
    tasks = await load(ctx, mapping, seen, run)
    await close_gone(ctx, mapping, seen.side, seen.missing - {task.ids[seen.side] for task in tasks})
    return await carry_out(ctx, mapping, tasks, seen, run, job)


async def carry_out(ctx: Context, mapping: TableMapping, tasks: list[Task], seen: Seen, run: Run, job: str) -> Tally:
    """Plan and apply these tasks, in as many rounds as it takes; what became of each stands in it."""
    worker = uuid4().hex
    await follow_merged(ctx, mapping, tasks)
    await take_over(ctx, tasks)
    everything, waiting = list(tasks), [task for task in tasks if not task.busy]
    for _ in range(ROUNDS):
        world = await _world(ctx, mapping, waiting)
        if await settle_claims(ctx, mapping, waiting, world):
            world = await _world(ctx, mapping, waiting)
        await find_orphans(ctx, mapping, waiting)
        await _make_plans(ctx, mapping, waiting, world, run)
        if await make_first(ctx, mapping, waiting, partial(_make, ctx, job)):
            world = await make_plans(ctx, mapping, waiting, run)
        await hold_back_claimed(ctx, mapping, waiting, world)
        first, later = in_turn(waiting)
        going = only_first(let_through([task for task in first if not _stale(task, seen)], run))
        await _carry_out_round(ctx, mapping, going, world, worker, job)
        await tell_others(ctx, going)
        waiting = [*await _look_again(ctx, mapping, [task for task in first if task.again]), *later]
        if not waiting:
            break
    await compare_totals(ctx, mapping, everything)
    await release_waiters(ctx, mapping, [task for task in everything if _can_be_referred_to(task)])
    await file_problems(ctx, mapping, [task for task in everything if not (task.busy or task.held_back)], job)
    await make_room(ctx, mapping, everything)
    tally = tally_of(everything)
    _log(mapping, seen.side, tally, job)
    tell_of_list(ctx, everything, tally, job)
    return tally


async def _make(ctx: Context, job: str, mapping: TableMapping, side: Side, ids: Sequence[str], run: Run) -> None:
    """Bring into step what other records cannot be made without."""
    await synchronize(ctx, mapping, await Seen.read(ctx, mapping, side, ids), run, job)


async def _carry_out_round(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], world: World, worker: str, job: str) -> None:
    """Write what the plans say; pairs are parted after their steps, and rows that are to live again are planned anew."""
    restoring = [task for task in tasks if task.plan.restores]
    if restoring:
        await restore(ctx, mapping, restoring)
    others = [task for task in tasks if not task.plan.restores]
    await _apply_in_parts(ctx, others, world, worker, job)
    await part(ctx, mapping, others, job)


async def _apply_in_parts(ctx: Context, tasks: Sequence[Task], world: World, worker: str, job: str) -> None:
    """Parts of a list side by side: while one waits for the store, another one talks to a service."""
    parts = [tasks[start : start + TOGETHER] for start in range(0, len(tasks), TOGETHER)]
    await together(apply(ctx, part, world, worker, job) for part in parts)


def _stale(task: Task, seen: Seen) -> bool:
    """Whether the row may be older than what is remembered of it, and would be taken for an edit back: then look again, remembered first.

    A coupling is saved after the writes it tells of. Rows read after it are never older; those of a page were read before it. What a
    worker left behind who did not come to his end may have been written after the row was read, too.
    """
    coupling, first = task.coupling, task.first_look
    task.first_look = False
    if coupling is None:
        return False
    late = coupling.synced_at is not None and coupling.synced_at > seen.at - STALE_MARGIN
    left_behind = coupling.lease is not None or bool(coupling.intent) or coupling.life is Life.CLAIMED
    changes = bool(task.plan.steps or task.plan.held) or len(task.rows) < len(Side)
    task.again = first and (left_behind or (late and changes))
    return task.again


def _can_be_referred_to(task: Task) -> bool:
    """Whether records that wait for this one can go on: it was coupled just now, or it is a user who may have been enabled (rule D7)."""
    enabled = not task.mapping.creates and task.coupling is not None and task.plan.why is None
    return task.became_coupled or enabled


def _log(mapping: TableMapping, side: Side, tally: Tally, job: str) -> None:
    """One line a list: what became of it, without any data of people."""
    counted = {name: {outcome: count for outcome, count in counter.items() if count} for name, counter in tally.totals.items()}
    log.info("%s from %s: %s", mapping.name, side, json.dumps(counted), extra={"mapping": mapping.name, "job": job})


async def make_plans(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], run: Run) -> World:
    """A plan for each record as both sides stand now; the world that the plans were made in."""
    world = await _world(ctx, mapping, tasks, planned=True)
    await _make_plans(ctx, mapping, tasks, world, run)
    return world


async def _make_plans(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], world: World, run: Run) -> None:
    await plan_lines(ctx, mapping, tasks, world, run)
    for task in tasks:
        task.plan = _plan(task, world, run)


async def load(ctx: Context, mapping: TableMapping, seen: Seen, run: Run, *, outside_too: bool = False) -> list[Task]:
    """The couplings and counterparts of the rows, and for uncoupled ones their partners by natural key."""
    side, rows = seen.side, seen.rows
    couplings = await ctx.store.couplings.load(ctx.company, mapping.name, side, [*rows, *seen.missing])
    counterparts = await counterparts_of(ctx, mapping, side.other, couplings.values())
    tasks = [known_task(mapping, side, rows.get(id_), coupling, counterparts) for id_, coupling in couplings.items() if not coupling.closed]
    fresh = {id_: row for id_, row in rows.items() if id_ not in couplings}
    heirs = await heirs_among(ctx, mapping, side, fresh)
    tasks, fresh = tasks + heirs, {id_: row for id_, row in fresh.items() if id_ not in {task.ids[side] for task in heirs}}
    creates = dict.fromkeys(fresh, run.creates) if run.couples or not fresh else await remembered(ctx, mapping, side, fresh)
    fresh = {id_: row for id_, row in fresh.items() if id_ in creates}
    if not fresh:
        return tasks
    world = await world_of(ctx, mapping, {side: list(fresh.values()), side.other: []}, alone=False)
    elsewhere = await coupled_elsewhere(ctx, mapping, side, fresh)
    inside = {id_: row for id_, row in fresh.items() if id_ not in elsewhere and to_be_looked_at(mapping.outside(side, row, world))}
    found = chosen(mapping, side, inside, await find_partners(ctx, mapping, side, inside, world))
    looked_at = fresh if outside_too else inside
    uncoupled = await _uncoupled(ctx, mapping, side, looked_at, found)
    return tasks + [replace(task, creates=creates[task.ids[side]]) for task in uncoupled]


async def _uncoupled(ctx: Context, mapping: TableMapping, side: Side, rows: Mapping[str, Row], found: Mapping[str, Found]) -> list[Task]:
    """Records without coupling, each at the beginning of its next life; that of a pair is later than any of either record (rule A6)."""
    mine = await ctx.store.lives.numbers(ctx.company, mapping.name, side, rows)
    tasks = [await uncoupled_task(ctx, mapping, side, id_, row, mine[id_], found.get(id_)) for id_, row in rows.items()]
    matched = {task.ids[side.other]: task for task in tasks if task.matched}
    theirs = await ctx.store.lives.numbers(ctx.company, mapping.name, side.other, matched)
    for id_, task in matched.items():
        task.life_number = max(task.life_number, theirs[id_])
    return tasks


def _plan(task: Task, world: World, run: Run) -> Plan:
    ambiguous = task.refused.get("")
    if ambiguous:
        return Plan(outcomes={task.source.other: Outcome.FAILED}, problems=(ambiguous,))
    plan = reconcile(task.mapping, task.pair, world, replace(run, creates=task.creates), task.refused, as_lines(task))
    return replace(plan, problems=(*plan.problems, MARKED)) if task.unmarked and plan.steps else plan


async def _world(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], *, planned: bool = False) -> World:
    rows = {side: [task.rows[side] for task in tasks if side in task.rows] for side in Side}
    alone = [task for task in tasks if len(task.rows) < len(Side)]
    behind = any(task.pair.claimed or is_behind(mapping, task.pair) for task in tasks)
    lost = [row for task in alone if task.pair.lost or task.pair.claimed for row in task.rows.values()]
    world = await world_of(ctx, mapping, rows, alone=bool(alone) or behind, planned=planned, survivors=lost)
    making = mapping.team_owned and any(Side.SALES in task.creates - task.rows.keys() for task in tasks)
    return replace(world, owner_team=await owner_team(ctx, planned=planned)) if making else world


async def _look_again(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> list[Task]:
    """The same records as they stand now: somebody wrote to them, or a service refused a part."""
    if not tasks:
        return []
    found: dict[Side, Mapping[str, Row]] = {}
    couplings = await ctx.store.couplings.load(ctx.company, mapping.name, tasks[0].source, [task.ids[task.source] for task in tasks])
    tasks = [task for task in tasks if not _left_alone(task, couplings.get(task.ids[task.source]))]
    for task in tasks:
        task.coupling = couplings.get(task.ids[task.source])
        if task.coupling:
            task.ids = {Side.BC: task.coupling.bc_id, Side.SALES: task.coupling.sales_id}
    for side in Side:
        ids = [task.ids[side] for task in tasks if side in task.ids and side not in task.at_hand]
        found[side] = await ctx.services[side].rows(mapping.table(side).name, ids, mapping.columns(side)) if ids else {}
    for task in tasks:
        read = {side: found[side][id_] for side, id_ in task.ids.items() if id_ in found[side]}
        task.rows, task.at_hand = {side: task.rows[side] for side in task.at_hand} | read, frozenset()
    return [task for task in tasks if task.rows or task.coupling]


def _left_alone(task: Task, now: Coupling | None) -> bool:
    """Whether somebody else settled meanwhile what becomes of the record: what was to be done is nobody's wish any more.

    He uncoupled it, or was quicker with the partner that was found: one row, one coupling (rule A4).
    """
    parted = task.coupling is not None if now is None else now.closed
    taken = task.matched and now is None
    if parted or taken:
        skipped = {task.source.other: Outcome.SKIPPED}
        why = "it was uncoupled or closed meanwhile" if parted else "its partner was coupled with another record meanwhile"
        task.plan, task.outcomes, task.problems = Plan(outcomes=skipped, why=why), skipped, []
    return parted or taken
