"""Coupling by a person: two records that are there, or one and a new one on the other side (rules A2 to A6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from mapping.model import TableMapping
from mapping.policies import StartRule
from mapping.values import Row, Side
from mapping.world import World
from sync.around.neighbours import world_of
from sync.context import Context
from sync.desk.filing import release_waiters
from sync.desk.report import Compared, compared
from sync.desk.standing import standing
from sync.errors import InWork, NoSuchRecord, OutsideFilter
from sync.heart.coupling import Coupling, Held
from sync.heart.merge import as_they_are
from sync.heart.plan import Pair, Plan, Run
from sync.heart.present import Present, read_unit
from sync.heart.reconcile import reconcile
from sync.heart.sealing import sealed
from sync.record.history import COUPLED, keep_coupling
from sync.record.records import Seen, carry_out, load
from sync.record.tally import Tally, tally_of
from sync.record.task import Task
from sync.run import messages

ATTEMPTS = 5
"""How often the records are looked at again because somebody wrote meanwhile."""

Rows = Mapping[Side, Row]
Ids = Mapping[Side, str]


class How(StrEnum):
    """What is synchronised once two records are coupled; a direction says who wins where both hold something (rule A3)."""

    NONE = "none"
    TO_SALES = "toSales"
    FROM_SALES = "fromSales"
    MERGE = "merge"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How two records are to be coupled. `force` couples also what is outside the mapping's filter."""

    how: How
    start_rule: StartRule
    force: bool = False


@dataclass
class Coupled:
    """What came of coupling: the pair's task and counters, whether it was coupled before, and what a person should know."""

    task: Task
    tally: Tally = field(default_factory=Tally)
    already: bool = False
    warnings: list[str] = field(default_factory=list)


async def couple(ctx: Context, mapping: TableMapping, ids: Ids, wish: Wish, job: str) -> Coupled:
    """Couple two records and synchronise them as wished; two that are coupled with each other already stay as they are.

    The coupling comes first: should the work end there, a message goes on with it.
    """
    rows = await both_rows(ctx, mapping, ids)
    known = await _coupled_already(ctx, mapping, ids)
    if known:
        return Coupled(Task(mapping=mapping, source=Side.BC, ids=dict(ids), rows=dict(rows), coupling=known), already=True)
    try:
        warnings = await checked(ctx, mapping, rows, wish)
    except OutsideFilter:
        await _refuse_taken(ctx, mapping, ids)  # who holds the record says more than its filter
        raise
    run = None if wish.how is How.NONE else Run(start_rule=wish.start_rule)
    new = await _new(ctx, mapping, rows, ids, wish, job)
    await take_place(ctx, mapping, new, run)
    await keep_coupling(ctx, mapping.name, job, COUPLED, [new], Side.SALES, [None])
    return await begin(ctx, mapping, rows, run, job, warnings)


async def _coupled_already(ctx: Context, mapping: TableMapping, ids: Ids) -> Coupling | None:
    """The coupling of the two with each other, if there is one."""
    known = (await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, [ids[Side.BC]])).get(ids[Side.BC])
    return known if known and known.sales_id == ids[Side.SALES] and known.joined else None


async def checked(ctx: Context, mapping: TableMapping, rows: Rows, wish: Wish) -> list[str]:
    """What a person should know before these rows are coupled; raises where that takes a `force`."""
    world = await world_of(ctx, mapping, {side: [row] for side, row in rows.items()})
    warnings = outside_of(mapping, rows, world)
    if warnings and not wish.force:
        raise OutsideFilter(f"{' '.join(warnings)} Even coupled it would give and get nothing.", outside=warnings)
    return warnings


async def preview(ctx: Context, mapping: TableMapping, ids: Ids, wish: Wish) -> tuple[list[str], list[Compared], Plan]:
    """What a person should know before two records are coupled: the warnings, their fields, and what would be done; nothing is."""
    rows = await both_rows(ctx, mapping, ids)
    if await _coupled_already(ctx, mapping, ids):
        return ["The two are coupled with each other already."], [], Plan()
    await _refuse_taken(ctx, mapping, ids)
    world = await world_of(ctx, mapping, {side: [row] for side, row in rows.items()})
    pair = Pair(rows=rows, ids=ids)
    plan = Plan() if wish.how is How.NONE else reconcile(mapping, pair, world, Run(start_rule=wish.start_rule))
    return outside_of(mapping, rows, world), compared(mapping, pair, world), plan


async def _refuse_taken(ctx: Context, mapping: TableMapping, ids: Ids) -> None:
    """Raise who is in the way of coupling these two."""
    for side, id_ in ids.items():
        for refusal in (await standing(ctx, mapping, side, [id_])).refused.values():
            raise refusal


async def both_rows(ctx: Context, mapping: TableMapping, ids: Ids) -> dict[Side, Row]:
    """The rows of both sides; NoSuchRecord when one is not there."""
    rows: dict[Side, Row] = {}
    for side, id_ in ids.items():
        found = await ctx.services[side].rows(mapping.table(side).name, [id_], mapping.columns(side))
        if id_ not in found:
            raise NoSuchRecord(f"There is no {mapping.table(side).name} {id_} in {side}.", side=side)
        rows[side] = found[id_]
    return rows


def outside_of(mapping: TableMapping, rows: Rows, world: World) -> list[str]:
    """Which of the rows are outside the mapping's filter, by name, and why."""
    reasons = {side: mapping.outside(side, row, world) for side, row in rows.items()}
    return [f"{mapping.title(side, rows[side])} ({side}) is outside the filter: {why}." for side, why in reasons.items() if why]


async def _new(ctx: Context, mapping: TableMapping, rows: Rows, ids: Ids, wish: Wish, job: str) -> Coupling:
    """The coupling as it begins: with nothing remembered, or with everything as it is where nobody synchronises."""
    asked = frozenset(unit.name for unit in mapping.fields) if wish.start_rule is StartRule.ASK else frozenset[str]()
    new = Coupling(company=ctx.company, mapping=mapping.name, bc_id=ids[Side.BC], sales_id=ids[Side.SALES], asked=asked, job=job)
    if wish.how is not How.NONE:
        return new
    world = await world_of(ctx, mapping, {side: [row] for side, row in rows.items()})
    held = held_as_they_are(mapping, Pair(rows=rows, ids=ids), world)
    bc_version, sales_version = (rows[side].get("@odata.etag") for side in Side)
    known = replace(new, asked=frozenset(), held=held, bc_version=bc_version, sales_version=sales_version, synced_at=datetime.now(UTC))
    return sealed(mapping, known)


def held_as_they_are(mapping: TableMapping, pair: Pair, world: World) -> dict[str, Held]:
    """What both sides hold, however they differ: that is accepted and never travels (rule B1)."""
    read = {unit.name: read_unit(unit, pair, world) for unit in mapping.fields}
    return {name: as_they_are(one) for name, one in read.items() if isinstance(one, Present)}


async def take_place(ctx: Context, mapping: TableMapping, new: Coupling, run: Run | None, *, instead: Coupling | None = None) -> None:
    """Store a coupling in the place of tombstones, of couplings whose record is gone, and of the one that it takes over.

    Its life is later than any of either record (rule A6). A message goes before that synchronises the pair in some time: it finds nothing
    to do unless this worker, or a service, fails in between.
    """
    for _ in range(ATTEMPTS):
        old = await _in_the_way(ctx, mapping, new, instead)
        fresh = [await ctx.store.lives.numbers(ctx.company, mapping.name, side, [id_]) for side, id_ in new.ids.items()]
        numbers = [each.life_number for each in old] + [number for each in fresh for number in each.values()]
        later = messages.records(ctx.company, mapping.name, Side.BC, [new.bc_id], run=run) if run else []
        await ctx.store.queue.send_many(later, delay_seconds=ctx.settings.lease_seconds)
        if await ctx.store.couplings.rearrange(replace(new, life_number=max(numbers)), old):
            gone = [f"{side}:{each.of(side)}" for each in old for side in Side]
            await ctx.store.problems.resolve(ctx.company, mapping.name, dict.fromkeys(gone))
            return
    raise InWork("Somebody else couples the same records just now.")


async def _in_the_way(ctx: Context, mapping: TableMapping, new: Coupling, instead: Coupling | None) -> list[Coupling]:
    """What the new coupling takes the place of; raises by name what it may not."""
    found = {instead.bc_id: replace(instead, life_number=instead.life_number + 1)} if instead else {}
    for side, id_ in new.ids.items():
        if instead is None or instead.of(side) != id_:
            stands = await standing(ctx, mapping, side, [id_])
            for refusal in stands.refused.values():
                raise refusal
            found |= {each.bc_id: each for each in stands.replaceable.values()}
    return list(found.values())


async def begin(ctx: Context, mapping: TableMapping, rows: Rows, run: Run | None, job: str, warnings: list[str]) -> Coupled:
    """Synchronise a pair that was coupled just now (without a run, leave it); who waited for one of the two goes on."""
    seen = Seen(side=Side.BC, rows={str(rows[Side.BC][mapping.bc.id]): rows[Side.BC]}, at=datetime.now(UTC))
    tasks = await load(ctx, mapping, seen, run or Run())
    for task in tasks:
        task.matched = task.became_coupled = True
    if run:
        return Coupled(tasks[0], await carry_out(ctx, mapping, tasks, seen, run, job), warnings=warnings)
    await release_waiters(ctx, mapping, tasks)
    return Coupled(tasks[0], tally_of(tasks), warnings=warnings)
