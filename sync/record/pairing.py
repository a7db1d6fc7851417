"""Looking for the partner of an uncoupled record before one is created (rule A1)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mapping.extensions import Record, matching
from mapping.kinds import fold
from mapping.model import TableMapping, Unit
from mapping.ours import OWNED
from mapping.policies import Companies
from mapping.values import Refusal, Scalar, Side, Written
from mapping.world import World
from sync.around.reference import rows_where
from sync.context import Context
from sync.heart.coupling import Life
from sync.heart.plan import Pair, Row
from sync.heart.present import Present, read_unit


@dataclass(frozen=True, slots=True)
class Found:
    """The rows on the other side that answer to a record's natural key, and the records on its own side that answer to them too.

    One partner and no rival couple; anything else is ambiguous, or could not be told because a function of people's own `failed`.
    """

    partners: tuple[Row, ...]
    rivals: frozenset[str] = frozenset()
    failed: Refusal | None = None

    @property
    def clear(self) -> bool:
        """Whether the partner can be coupled without asking anybody."""
        return len(self.partners) == 1 and not self.rivals and not self.failed


Rows = Mapping[str, Row]


async def find_partners(ctx: Context, mapping: TableMapping, side: Side, rows: Rows, world: World) -> dict[str, Found]:
    """For each uncoupled record by id: its uncoupled partners by the first of the mapping's natural keys that finds any.

    A partner that several records answer to is ambiguous for all of them, also when the others are not in this list; one that answers
    to somebody's better key is left to that record.
    """
    found: dict[str, Found] = {}
    for place, key in enumerate(mapping.natural_keys):
        open_rows = {id_: row for id_, row in rows.items() if id_ not in found}
        hits = await _hits(ctx, mapping, key, side, open_rows, world)
        partners = _by_id(mapping, side.other, hits.values())
        taken = {_id(mapping, side.other, row) for one in found.values() for row in one.partners}
        for better in mapping.natural_keys[:place]:
            taken |= (await _hits(ctx, mapping, better, side.other, partners, world)).keys()
        hits = _without(mapping, side.other, hits, taken)
        rivals = await _hits(ctx, mapping, key, side.other, _by_id(mapping, side.other, hits.values()), world)
        settled = frozenset(found)
        for id_, answering in hits.items():
            wanted_by = {_id(mapping, side, row) for partner in answering for row in rivals.get(_id(mapping, side.other, partner), ())}
            found[id_] = Found(tuple(answering), frozenset(wanted_by - {id_} - settled))
    return found


def chosen(mapping: TableMapping, side: Side, rows: Rows, found: Mapping[str, Found]) -> dict[str, Found]:
    """What was found, as the mapping's `match` function leaves it; where it leaves no partner, none was found."""
    if mapping.extensions.match is None:
        return dict(found)
    asked = {id_: _chosen(mapping, side, rows[id_], one) for id_, one in found.items()}
    return {id_: one for id_, one in asked.items() if one.partners}


def _chosen(mapping: TableMapping, side: Side, row: Row, found: Found) -> Found:
    left = matching(mapping.extensions, Record(mapping=mapping.name, side=side, row=row, candidates=found.partners))
    return replace(found, failed=left) if isinstance(left, Refusal) else replace(found, partners=tuple(left))


async def coupled_elsewhere(ctx: Context, mapping: TableMapping, side: Side, ids: Iterable[str]) -> set[str]:
    """Which of these rows another mapping of the table holds, or another company of BC (rules A4, G1)."""
    asked = list(ids)
    found = await asyncio.gather(*(_held_there(ctx, place, side, asked) for place in other_places(ctx, mapping, side)))
    return {id_ for one in found for id_ in one}


async def _held_there(ctx: Context, place: tuple[str, str], side: Side, ids: Sequence[str]) -> Collection[str]:
    """Which of these rows one place holds; what people of another company parted is free for this one (rule A5)."""
    if place[0] == ctx.company and not await _has_couplings(ctx, place[1]):
        return ()
    found = await ctx.store.couplings.partners(*place, side, ids)
    if not found or place[0] == ctx.company:
        return found
    known = await ctx.store.couplings.load(*place, side, found)
    return {id_ for id_, each in known.items() if each.life is not Life.TOMBSTONE}


async def _has_couplings(ctx: Context, name: str) -> bool:
    """Whether a mapping may hold any row: one that is off and never was on holds none, and costs no look at each record."""

    async def any_coupling() -> bool:
        async for _ in ctx.store.couplings.walk(ctx.company, name):
            return True
        return False

    return ctx.mappings[name].enabled or await ctx.reference.get(f"any coupling {name}", any_coupling)


def other_places(ctx: Context, mapping: TableMapping, side: Side) -> list[tuple[str, str]]:
    """Where else rows of the mapping's table may be coupled, by company and mapping: one row, one coupling (rules A4, G1).

    Users, currencies, units and choices of Sales are everybody's, and so is what a mapping shares with any company: others are no
    hindrance. In which direction a mapping goes does not matter.
    """
    table = mapping.table(side).name
    others = [each for each in ctx.mappings.values() if each.name != mapping.name and each.table(side).name == table]
    sharing = [(ctx.company, each.name) for each in others if each.name not in mapping.shares and mapping.name not in each.shares]
    belong = side is Side.SALES and table in OWNED and mapping.companies is not Companies.ANY
    return sharing + [(company, mapping.name) for company in ctx.companies if belong and company != ctx.company]


async def _hits(ctx: Context, mapping: TableMapping, key: tuple[str, ...], side: Side, rows: Rows, world: World) -> dict[str, list[Row]]:
    """Uncoupled rows inside the filters of the other side that have the same values in all fields of one natural key."""
    other = side.other
    member = mapping.member(key[0])
    if member.column(other) in mapping.unasked.get(other, ()):
        return {}
    carried = {id_: one for id_, row in rows.items() if (one := _written(mapping, key[0], side, row, world))}
    wanted = {id_: one.holds for id_, one in carried.items()}
    if not wanted:
        return {}
    table, column = mapping.table(other), member.shown(other)
    # a reference is held by id, and may stand there as a code
    asked = {str(one.values.get(column, one.holds)) for one in carried.values()}
    candidates = await rows_where(ctx.services[other], table.name, column, asked, mapping.columns(other))
    ids = {str(row[table.id]) for row in candidates}
    coupled = {*await ctx.store.couplings.load(ctx.company, mapping.name, other, ids), *await coupled_elsewhere(ctx, mapping, other, ids)}
    by_value = _indexed(mapping, key[0], other, [row for row in candidates if str(row[table.id]) not in coupled], world)
    hits = {
        id_: [row for row in by_value[fold(value)] if _same(mapping, key[1:], side, rows[id_], row, world)] for id_, value in wanted.items()
    }
    return {id_: partners for id_, partners in hits.items() if partners}


def _indexed(mapping: TableMapping, name: str, side: Side, rows: Iterable[Row], world: World) -> dict[Scalar, list[Row]]:
    """Rows inside the filters by a field's value, as it stands and as it would come back from the other side."""
    member = mapping.member(name)
    found: dict[Scalar, list[Row]] = defaultdict(list)
    for row in rows:
        if mapping.outside(side, row, world) is None:
            held = member.read(side, row, world)
            there = _carried(mapping, name, side, row, world)
            back = member.write(side, there, {}, world) if there is not None else None
            values = {fold(held)} if not isinstance(held, Refusal) else set()
            for value in values | ({fold(back.holds)} if isinstance(back, Written) else set()):
                found[value].append(row)
    return found


def _without(mapping: TableMapping, side: Side, hits: Mapping[str, list[Row]], taken: set[str]) -> dict[str, list[Row]]:
    """Hits without the partners that a better key found for somebody else."""
    free = {id_: [row for row in partners if _id(mapping, side, row) not in taken] for id_, partners in hits.items()}
    return {id_: partners for id_, partners in free.items() if partners}


def _carried(mapping: TableMapping, name: str, side: Side, row: Row, world: World) -> Scalar:
    """A field's value as the other side would hold it; None when it is blank or cannot go there."""
    written = _written(mapping, name, side, row, world)
    return written.holds if written else None


def _written(mapping: TableMapping, name: str, side: Side, row: Row, world: World) -> Written | None:
    """A field's value made ready for the other side; None when it is blank or cannot go there."""
    member = mapping.member(name)
    value = member.read(side, row, world)
    if value is None or isinstance(value, Refusal):
        return None
    written = member.write(side.other, value, {side: row}, world)
    return None if isinstance(written, Refusal) or written.holds is None else written


def _same(mapping: TableMapping, names: Iterable[str], side: Side, row: Row, partner: Row, world: World) -> bool:
    pair = Pair(rows={side: row, side.other: partner}, ids={})
    units = [Unit(name, (mapping.member(name),)) for name in names]
    present = [read_unit(unit, pair, world) for unit in units]
    return all(isinstance(one, Present) and not one.blank(side) and one.same(caseless=True) for one in present)


def _by_id(mapping: TableMapping, side: Side, groups: Iterable[list[Row]]) -> Rows:
    return {_id(mapping, side, row): row for group in groups for row in group}


def _id(mapping: TableMapping, side: Side, row: Row) -> str:
    return str(row[mapping.table(side).id])
