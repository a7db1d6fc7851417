"""Who is in the way of coupling a record: one row, one coupling, over all mappings of its table and all companies (rules A4, G1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.titles import titles
from sync.context import Context
from sync.errors import CoupledElsewhere, InWork, RequestRefused
from sync.heart.coupling import Coupling, Life
from sync.record.pairing import other_places


@dataclass
class Standing:
    """The couplings that another one may take the place of, by record, and why that of other records may not be replaced."""

    replaceable: dict[str, Coupling] = field(default_factory=dict)
    refused: dict[str, RequestRefused] = field(default_factory=dict)


async def standing(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> Standing:
    """What stands in the way of coupling these records of one side.

    A tombstone gives way to a person, and as natively a coupling whose other record is gone.
    """
    found = Standing()
    known = await ctx.store.couplings.load(ctx.company, mapping.name, side, ids)
    coupled = {id_: each for id_, each in known.items() if each.joined}
    there = await _there(ctx, mapping, side.other, [each.of(side.other) for each in coupled.values()])
    blocking = {id_: each for id_, each in coupled.items() if each.of(side.other) in there}
    found.refused |= await _refusals(ctx, mapping, side, blocking, mapping)
    for id_, each in known.items():
        if each.life is Life.CLAIMED:
            found.refused[id_] = InWork(f"A row is being made in {side.other} for the record; the next run settles it.")
        elif id_ not in blocking:
            # What is replaced ends a life; a tombstone has ended its own already (rule A6).
            found.replaceable[id_] = replace(each, life_number=each.life_number + each.joined)
    for company, name in other_places(ctx, mapping, side):
        taken = await ctx.store.couplings.load(company, name, side, ids)
        held = {id_: each for id_, each in taken.items() if each.life is not Life.TOMBSTONE}
        found.refused |= await _refusals(ctx, mapping, side, held, ctx.mappings[name])
    return found


async def _there(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> Collection[str]:
    table = mapping.table(side)
    return (await ctx.services[side].rows(table.name, ids, (table.id,))).keys() if ids else ()


async def _refusals(
    ctx: Context, mapping: TableMapping, side: Side, blocking: Mapping[str, Coupling], holder: TableMapping
) -> dict[str, RequestRefused]:
    """A refusal for each record that is coupled, with the names of both."""
    if not blocking:
        return {}
    mine = await titles(ctx, mapping, side, blocking)
    ours = [each.of(side.other) for each in blocking.values() if each.company == ctx.company]
    theirs = await titles(ctx, holder, side.other, ours)
    return {id_: _refusal(ctx, side, mine.get(id_, id_), each, theirs) for id_, each in blocking.items()}


def _refusal(ctx: Context, side: Side, name: str, coupling: Coupling, theirs: Mapping[str, str]) -> RequestRefused:
    other = coupling.of(side.other)
    where = f"mapping {coupling.mapping}" + (f" of company {coupling.company}" if coupling.company != ctx.company else "")
    by = {"mapping": coupling.mapping, "company": coupling.company, "side": side.other, "id": other, "name": theirs.get(other)}
    return CoupledElsewhere(f"{name} ({side}) is coupled with {theirs.get(other, other)} ({side.other}) in {where}.", coupledWith=by)
