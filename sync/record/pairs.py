"""Pairs that are given: coupled and merged by the start rule, without looking for partners again (rule A3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mapping.model import TableMapping
from mapping.values import Row, Side
from mapping.world import World
from sync.around.neighbours import world_of
from sync.context import Context
from sync.desk.couple import held_as_they_are
from sync.desk.filing import release_waiters
from sync.errors import AmbiguousMatch
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Outcome, Run
from sync.heart.sealing import sealed
from sync.record.loading import uncoupled_task
from sync.record.pairing import Found, chosen, coupled_elsewhere
from sync.record.records import Seen, carry_out
from sync.record.tally import DIRECTIONS, Tally
from sync.record.task import Task
from sync.store import Taken

Pairs = Sequence[tuple[str, str]]
"""Ids of BC and of Sales."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The records of given pairs as they stand now; `left_out` are those of which a row is gone or belongs to another one by now."""

    tasks: list[Task]
    seen: Seen
    left_out: Pairs


async def load_pairs(ctx: Context, mapping: TableMapping, pairs: Pairs) -> Loaded:
    """The rows and couplings of these pairs; one that was coupled meanwhile is a record like any other."""
    at, ids = datetime.now(UTC), {Side.BC: [bc for bc, _ in pairs], Side.SALES: [sales for _, sales in pairs]}
    rows = {side: await ctx.services[side].rows(mapping.table(side).name, ids[side], mapping.columns(side)) for side in Side}
    couplings = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, ids[Side.BC])
    elsewhere = await coupled_elsewhere(ctx, mapping, Side.SALES, ids[Side.SALES])
    there = [(bc, sales) for bc, sales in pairs if bc in rows[Side.BC] and sales in rows[Side.SALES] and sales not in elsewhere]
    known = [(bc, sales) for bc, sales in there if bc in couplings and _is_theirs(couplings[bc], sales)]
    # Whether the row of Sales is free still is found out when it is coupled: its pointers do not lie as close as these.
    free = [(bc, sales) for bc, sales in there if bc not in couplings]
    tasks = [_known(mapping, rows, bc, sales, couplings[bc]) for bc, sales in known] + await _fresh(ctx, mapping, rows, free)
    worked = {(task.ids[Side.BC], task.ids.get(Side.SALES)) for task in tasks}
    return Loaded(tasks, Seen(side=Side.BC, rows=rows[Side.BC], at=at), [pair for pair in pairs if pair not in worked])


def _is_theirs(coupling: Coupling, sales: str) -> bool:
    return coupling.sales_id == sales and coupling.life is not Life.TOMBSTONE


def _known(mapping: TableMapping, rows: Mapping[Side, Mapping[str, Row]], bc: str, sales: str, coupling: Coupling) -> Task:
    ids = {Side.BC: bc, Side.SALES: sales}
    return Task(mapping=mapping, source=Side.BC, ids=ids, rows={side: rows[side][ids[side]] for side in Side}, coupling=coupling)


async def _fresh(ctx: Context, mapping: TableMapping, rows: Mapping[Side, Mapping[str, Row]], pairs: Pairs) -> list[Task]:
    """Pairs about to be coupled, as far as the mapping's own function agrees; each in a later life than any of either record (rule A6)."""
    found = chosen(mapping, Side.BC, rows[Side.BC], {bc: Found((rows[Side.SALES][sales],)) for bc, sales in pairs})
    agreed = [(bc, sales) for bc, sales in pairs if bc in found]
    lives = {
        side: await ctx.store.lives.numbers(ctx.company, mapping.name, side, [pair[place] for pair in agreed])
        for place, side in enumerate(Side)
    }
    return [
        await uncoupled_task(ctx, mapping, Side.BC, bc, rows[Side.BC][bc], max(lives[Side.BC][bc], lives[Side.SALES][sales]), found[bc])
        for bc, sales in agreed
    ]


async def synchronize_pairs(ctx: Context, mapping: TableMapping, loaded: Loaded, run: Run, job: str) -> Tally:
    """Couple these pairs and bring them into step, as a list of records is."""
    tally = await carry_out(ctx, mapping, loaded.tasks, loaded.seen, run, job)
    tally.totals[DIRECTIONS[Side.SALES]][Outcome.SKIPPED] += len(loaded.left_out)
    return tally


async def only_couple(ctx: Context, mapping: TableMapping, loaded: Loaded, job: str) -> Tally:
    """Couple these pairs and leave both rows as they are: what differs is accepted, and only what people edit from now on travels."""
    fresh = [task for task in loaded.tasks if task.coupling is None and len(task.rows) == len(Side)]
    world = await world_of(ctx, mapping, {side: [task.rows[side] for task in fresh] for side in Side})
    coupled = await insert_pairs(ctx, mapping, fresh, [_accepted(ctx, task, world, job) for task in fresh])
    tally = Tally()
    others = len(loaded.tasks) - len(coupled) + len(loaded.left_out)
    tally.totals[DIRECTIONS[Side.SALES]].update({Outcome.COUPLED: len(coupled), Outcome.SKIPPED: others})
    return tally


async def insert_pairs(ctx: Context, mapping: TableMapping, tasks: Sequence[Task], couplings: Sequence[Coupling]) -> list[Task]:
    """Store the couplings of these tasks and write nothing else to them; those that nobody coupled meanwhile, whom others may wait for."""
    stored = await ctx.store.couplings.insert(couplings)
    for task, outcome in zip(tasks, stored, strict=True):
        task.became_coupled = not isinstance(outcome, Taken)
    coupled = [task for task in tasks if task.became_coupled]
    await release_waiters(ctx, mapping, coupled)
    solved = [f"{side}:{id_}" for task in coupled for side, id_ in task.ids.items()]
    await ctx.store.problems.resolve(ctx.company, mapping.name, solved, codes=(AmbiguousMatch.code,))
    return coupled


def new_coupling(ctx: Context, task: Task, job: str) -> Coupling:
    """The coupling of a task that has none yet, with nothing remembered."""
    bc, sales = (task.ids[side] for side in Side)
    return Coupling(company=ctx.company, mapping=task.mapping.name, bc_id=bc, sales_id=sales, life_number=task.life_number, job=job)


def _accepted(ctx: Context, task: Task, world: World, job: str) -> Coupling:
    """The coupling of two rows that are in step as they are (rule B1)."""
    bc_version, sales_version = (task.rows[side].get("@odata.etag") for side in Side)
    held = held_as_they_are(task.mapping, task.pair, world)
    new = new_coupling(ctx, task, job)
    return sealed(task.mapping, replace(new, held=held, bc_version=bc_version, sales_version=sales_version, synced_at=datetime.now(UTC)))
