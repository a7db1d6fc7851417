"""Create New: a person has rows made for records on the other side, also where no run may make any by itself (rules A1, A2, A5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from mapping.model import TableMapping
from mapping.values import Row, Side
from mapping.world import World
from sync.around.neighbours import world_of
from sync.context import Context
from sync.desk.standing import Standing, standing
from sync.errors import InWork, NeverMade, NoSuchRecord, OutsideFilter, PartnerExists, RequestRefused, ServiceUnusable
from sync.heart.coupling import Coupling
from sync.heart.plan import Run
from sync.record.loading import uncoupled_task
from sync.record.pairing import find_partners
from sync.record.records import Seen, carry_out
from sync.record.tally import Tally, tally_of
from sync.record.task import Task
from sync.run import messages


@dataclass
class Made:
    """What became of each record: its task, or why nothing was made for it."""

    tasks: dict[str, Task] = field(default_factory=dict)
    refused: dict[str, RequestRefused] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)


async def create_new(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str], *, force: bool, job: str) -> Made:
    """Make rows on the other side for these uncoupled records and couple them.

    A record that has a free partner there is named and left alone: two of a kind are seldom meant (`force` makes one all the same).
    """
    if side.other not in mapping.ever_creates:
        raise NeverMade(f"{mapping.name} never makes rows in {side.other}.")
    rows = await ctx.services[side].rows(mapping.table(side).name, ids, mapping.columns(side))
    world = await world_of(ctx, mapping, {side: list(rows.values()), side.other: []})
    stands = await standing(ctx, mapping, side, list(rows))
    made = Made(refused=_refused(mapping, side, ids, rows, world, stands))
    wanted = {id_: row for id_, row in rows.items() if id_ not in made.refused}
    made.refused |= {} if force else await _with_partner(ctx, mapping, side, wanted, world)
    for id_ in wanted.keys() - made.refused.keys():
        if not await _free(ctx, mapping, side, stands.replaceable.get(id_)):
            made.refused[id_] = InWork("Somebody else couples the record just now.")
    await _make(ctx, mapping, side, {id_: row for id_, row in wanted.items() if id_ not in made.refused}, job, made)
    return made


def _refused(
    mapping: TableMapping, side: Side, ids: Sequence[str], rows: Mapping[str, Row], world: World, stands: Standing
) -> dict[str, RequestRefused]:
    """What cannot be made, and why."""
    refused: dict[str, RequestRefused] = {
        id_: NoSuchRecord(f"There is no {mapping.table(side).name} {id_} in {side}.", side=side) for id_ in ids if id_ not in rows
    }
    outside = {id_: why for id_, row in rows.items() if (why := mapping.outside(side, row, world))}
    refused |= {
        id_: OutsideFilter(f"{mapping.title(side, rows[id_])} ({side}) is outside the filter: {why}.") for id_, why in outside.items()
    }
    return refused | stands.refused


async def _with_partner(
    ctx: Context, mapping: TableMapping, side: Side, rows: Mapping[str, Row], world: World
) -> dict[str, RequestRefused]:
    """Records of which an uncoupled partner is there already (rule A1)."""
    found = await find_partners(ctx, mapping, side, rows, world)
    refused: dict[str, RequestRefused] = {}
    for id_, each in found.items():
        partners = [{"id": str(row[mapping.table(side.other).id]), "name": mapping.title(side.other, row)} for row in each.partners]
        said = f"{mapping.title(side, rows[id_])} ({side}) has a free partner in {side.other}: {partners[0]['name']}."
        refused[id_] = PartnerExists(said, candidates=partners)
    return refused


async def _free(ctx: Context, mapping: TableMapping, side: Side, old: Coupling | None) -> bool:
    """Take a record out of its tombstone, or of a coupling whose other record is gone; False when somebody else wrote meanwhile."""
    if old is None:
        return True
    await ctx.store.problems.resolve(ctx.company, mapping.name, [f"{each}:{id_}" for each, id_ in old.ids.items()])
    return await ctx.store.couplings.rearrange(None, [old], {side})


async def _make(ctx: Context, mapping: TableMapping, side: Side, rows: Mapping[str, Row], job: str, made: Made) -> None:
    lives = await ctx.store.lives.numbers(ctx.company, mapping.name, side, rows)
    tasks = [await uncoupled_task(ctx, mapping, side, id_, row, lives[id_]) for id_, row in rows.items()]
    tasks = [replace(task, creates=frozenset({side.other})) for task in tasks]
    run = Run(creates=frozenset({side.other}), couples=True)
    made.tasks = {task.ids[side]: task for task in tasks}
    if not tasks:
        return
    # What a rule gives a row may depend on the row made before it, such as the next free code.
    parts = [[task] for task in tasks] if mapping.by_hand else [tasks]
    try:
        for part in parts:
            await carry_out(ctx, mapping, part, Seen(side=side, rows=rows, at=datetime.now(UTC)), run, job)
        made.tally = tally_of(tasks)
    except ServiceUnusable:
        # What was begun is ended by a message, under the same ids: asked again meanwhile, nothing is made twice.
        await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, side, sorted(rows), run=run), LATER)
        raise


LATER = 5.0
"""Seconds before it is tried again to make rows."""
