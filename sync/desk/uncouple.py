"""Uncoupling: two records are parted, and nothing that was remembered of their values is kept (rules A5, A6, G2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.steps import Delete
from mapping.values import Side
from sync.around.neighbours import world_of
from sync.around.reference import rows_where
from sync.context import Context
from sync.errors import Conflict, NotFound
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Pair
from sync.heart.present import Present, read_unit
from sync.record.history import UNCOUPLED, keep_coupling
from sync.record.line_couplings import forget_lines
from sync.record.telling import tell_of_parted
from sync.record.unmarking import unmark

ATTEMPTS = 10
"""How often a coupling is read again that somebody else wrote meanwhile."""


async def uncouple(
    ctx: Context, mapping: TableMapping, couplings: Sequence[Coupling], *, tombstone: bool, job: str | None = None
) -> list[Coupling]:
    """Part the records of these couplings; which couplings were parted, as they were before.

    With `tombstone` they stay parted until a person couples or creates again (a person did it, rule A5), else any run may find a partner
    for them again. The next life of either record has another number, so that nothing made for it bears an id of before (rule A6).
    Uncoupling what is not coupled any more is no error.
    """
    parted: list[Coupling] = []
    waiting = [each for each in couplings if _to_be_parted(each, tombstone)]
    # First, so that a worker who dies leaves nothing of a parted record that nobody would erase any more.
    await forget(ctx, mapping, [each.ids for each in waiting])
    await _take_along(ctx, mapping, waiting, job)
    await forget_lines(ctx, mapping, waiting)
    await (_delete if mapping.follows else unmark)(ctx, mapping, [each.sales_id for each in waiting])
    for _ in range(ATTEMPTS):
        left = await _part(ctx, waiting, tombstone, job)
        parted += [each for each in waiting if each not in left]
        waiting = await _as_stored_now(ctx, mapping, left, tombstone)
        if not waiting:
            break
    else:
        raise Conflict(mapping=mapping.name)
    ctx.reference.forget(f"partners {mapping.name}", "currencies")
    tell_of_parted(ctx, parted, job)
    if job:
        await keep_coupling(ctx, mapping.name, job, UNCOUPLED, parted, Side.SALES, [each.sales_id for each in parted])
    return parted


async def _take_along(ctx: Context, mapping: TableMapping, couplings: Sequence[Coupling], job: str | None) -> None:
    """What follows the records goes with their coupling, and comes again with another one."""
    for follower in [each for each in ctx.mappings.values() if each.follows == mapping.name] if couplings else []:
        known = await ctx.store.couplings.load(ctx.company, follower.name, Side.BC, [each.bc_id for each in couplings])
        await uncouple(ctx, follower, list(known.values()), tombstone=False, job=job)


async def _delete(ctx: Context, mapping: TableMapping, sales_ids: Sequence[str]) -> None:
    """Rows that follow others are Couplet's own: they go."""
    steps = [Delete(side=Side.SALES, table=mapping.sales.name, id=id_) for id_ in sales_ids]
    errors = [answer.error for answer in await ctx.services[Side.SALES].write(steps) if answer.error] if steps else []
    for error in errors:
        if not isinstance(error, NotFound):
            raise error


def _to_be_parted(coupling: Coupling, tombstone: bool) -> bool:
    return not (tombstone and coupling.life is Life.TOMBSTONE)


async def _part(ctx: Context, couplings: Sequence[Coupling], tombstone: bool, job: str | None) -> list[Coupling]:
    """Part each that is still as it was read; those that are not."""
    stones = [_tombstone(each, job) for each in couplings]
    stored = await (ctx.store.couplings.save(stones) if tombstone else ctx.store.couplings.part(stones))
    return [each for each, outcome in zip(couplings, stored, strict=True) if outcome is None]


def _tombstone(coupling: Coupling, job: str | None) -> Coupling:
    """The ids, and the number of the next life; nothing of what the records held (rule G2)."""
    return replace(
        Coupling(company=coupling.company, mapping=coupling.mapping, bc_id=coupling.bc_id, sales_id=coupling.sales_id),
        life=Life.TOMBSTONE,
        life_number=coupling.life_number + (coupling.life is not Life.TOMBSTONE),
        synced_at=datetime.now(UTC),
        job=job,
        etag=coupling.etag,
    )


async def _as_stored_now(ctx: Context, mapping: TableMapping, couplings: Sequence[Coupling], tombstone: bool) -> list[Coupling]:
    """Those of them that still couple the same two records."""
    if not couplings:
        return []
    present = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, [each.bc_id for each in couplings])
    now = [present.get(each.bc_id) for each in couplings]
    same = [new for old, new in zip(couplings, now, strict=True) if new and new.sales_id == old.sales_id]
    return [each for each in same if _to_be_parted(each, tombstone)]


async def belonging(ctx: Context, mapping: TableMapping, couplings: Sequence[Coupling]) -> dict[str, list[Coupling]]:
    """What is uncoupled with these couplings, by mapping: pairs of which both records belong to the same pair, as natively.

    Ask before the couplings themselves are parted: afterwards nobody knows who belonged to whom.
    """
    parents = {each.sales_id for each in couplings}
    children = {each.mapping: each.field for each in mapping.cascades if each.mapping in ctx.mappings}
    return {name: await _children(ctx, ctx.mappings[name], field, parents) for name, field in children.items()} if parents else {}


async def _children(ctx: Context, mapping: TableMapping, field: str, parents: set[str]) -> list[Coupling]:
    unit = mapping.unit(field)
    columns = {side: mapping.columns(side) for side in Side}
    found = await rows_where(ctx.services[Side.SALES], mapping.sales.name, unit.members[0].shown(Side.SALES), parents, columns[Side.SALES])
    theirs = {str(row[mapping.sales.id]): row for row in found}
    known = await ctx.store.couplings.load(ctx.company, mapping.name, Side.SALES, theirs)
    coupled = [each for each in known.values() if each.life is not Life.TOMBSTONE]
    mine = await ctx.services[Side.BC].rows(mapping.bc.name, [each.bc_id for each in coupled], columns[Side.BC]) if coupled else {}
    world = await world_of(ctx, mapping, {Side.BC: list(mine.values()), Side.SALES: list(theirs.values())})

    def belongs(each: Coupling) -> bool:
        rows = {Side.BC: mine[each.bc_id], Side.SALES: theirs[each.sales_id]}
        present = read_unit(unit, Pair(rows=rows, ids=each.ids), world)
        return isinstance(present, Present) and present.same()

    return [each for each in coupled if each.bc_id in mine and belongs(each)]


async def forget(ctx: Context, mapping: TableMapping, records: Sequence[Mapping[Side, str]]) -> None:
    """Close the problems of records, let them wait for nobody, and erase the values that were replaced in them (rule G2)."""
    if not records:
        return
    keys = [f"{side}:{id_}" for ids in records for side, id_ in ids.items()]
    await ctx.store.problems.resolve(ctx.company, mapping.name, keys)
    members = [member for unit in mapping.fields for member in unit.members]
    awaited = {name for member in members if isinstance(member.kind, Lookup) for name in member.kind.mappings}
    await ctx.store.problems.forget_waiter(ctx.company, sorted(awaited), mapping.name, frozenset(keys))
    await ctx.store.changes.erase(ctx.company, mapping.name, [ids[Side.BC] for ids in records if Side.BC in ids])
