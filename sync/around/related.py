"""Rows of other tables that a mapping's filters, fields and rules look at, read for a whole list of records at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from mapping.beside import Related
from mapping.field import Direction, FieldMapping
from mapping.gone import Gone
from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.ours import TABLES
from mapping.values import Row, Side
from mapping.world import World
from sync.around.ours import PREFIX
from sync.around.reference import all_rows, rows_where
from sync.context import Context
from sync.services import odata

Rows = Mapping[Side, Sequence[Row]]
Groups = Mapping[str, Sequence[Row]]


async def related_rows(
    ctx: Context, mapping: TableMapping, rows: Rows, known: World, *, alone: bool, first: bool = False
) -> dict[str, Groups]:
    """What the mapping asked for, by name and key: what is read before partners and codes are `known`, or the rest.

    `alone`: some of the records are on one side only.
    """
    ready = [each for each in mapping.related if each.first is first and _is_wanted(each, alone)]
    wanted = [each for each in ready if _in_force(ctx, each.while_both) and _is_there(ctx, each)]
    direct = [each for each in wanted if not each.beside]
    groups = await asyncio.gather(*(_of_records(ctx, mapping, each, rows, known) for each in direct))
    found: dict[str, Groups] = {each.name: group for each, group in zip(direct, groups, strict=True)}
    for each in wanted:
        if each.beside:
            keys = {str(row[each.of]) for group in found.get(each.beside, {}).values() for row in group if row.get(each.of)}
            found[each.name] = await _grouped(ctx, each, keys)
    return found


async def rows_of_survivors(ctx: Context, gone: Gone, survivors: Sequence[Row], known: World) -> dict[str, Groups]:
    """What says what became of the counterparts of these rows (rule C5), by name and key."""
    found: dict[str, Groups] = {}
    for each in gone.related:
        rows = [row for group in found[each.beside].values() for row in group] if each.beside else survivors
        rows = [row for row in rows if not (each.where and each.where(row, known))]
        found[each.name] = await _grouped(ctx, each, {str(row[each.of]) for row in rows if row.get(each.of)})
    return found


def _in_force(ctx: Context, row: tuple[str, str] | None) -> bool:
    """Whether a row of another mapping goes both ways; true where none is named."""
    if row is None:
        return True
    other = ctx.mappings.get(row[0])
    return other is not None and any(unit.name == row[1] and unit.direction is Direction.BOTH for unit in other.fields)


def _is_there(ctx: Context, related: Related) -> bool:
    """Whether this organisation has the columns of Couplet that are asked for (rule D8)."""
    own = {column for column in related.columns if column.startswith(PREFIX)} if related.side is Side.SALES else set[str]()
    return own <= ctx.ours.columns.get(TABLES.get(related.table, ""), frozenset()) or related.table.startswith(PREFIX)


def _is_wanted(related: Related, alone: bool) -> bool:
    """Whether these rows are read now: whole tables, what is referred to and what is beside it for records on one side unless for all."""
    whole = not (related.key or related.by or related.remembered)
    return alone or related.always or not (related.by or related.beside or related.across or whole)


async def _of_records(ctx: Context, mapping: TableMapping, related: Related, rows: Rows, known: World) -> Groups:
    if related.by:
        ids = _referred_to(mapping.member(related.by), related.side, rows, known)
        return {id_: [row] for id_, row in (await ctx.services[related.side].rows(related.table, sorted(ids), related.columns)).items()}
    if not related.key:
        return {"*": await _whole(ctx, related)}
    if related.through:
        named = {mapping.named(related.of, related.through, row, known) for row in rows[Side.BC] if row.get(related.of)}
        return await _grouped(ctx, related, {partner for id_ in named if (partner := known.partner(related.through, Side.BC, id_))})
    side = related.side.other if related.across else related.side
    shared = {str(getattr(known, related.shared))} if related.shared and rows[side] else set[str]()
    asking = [row for row in rows[side] if row.get(related.of) and not (related.where and related.where(row, known))]
    return await _grouped(ctx, related, {str(row[related.of]) for row in asking} | shared)


async def _grouped(ctx: Context, related: Related, keys: set[str]) -> Groups:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in await rows_where(ctx.services[related.side], related.table, related.key, keys, related.columns):
        grouped[str(row[related.key])].append(row)
    return grouped


async def _whole(ctx: Context, related: Related) -> list[Row]:
    """Every row of a small table."""
    read = partial(all_rows, ctx.services[related.side], related.table, related.columns)
    return await (ctx.reference.get(f"whole {related.table} {' '.join(related.columns)}", read) if related.remembered else read())


def _referred_to(member: FieldMapping, wanted: Side, rows: Rows, known: World) -> set[str]:
    """The ids on one side of the records that a reference names in the rows of both."""
    found: set[str] = set()
    for side in Side:
        read = [member.read(side, row, known) for row in rows[side] if member.shown(side) in row]
        named = {value for value in read if isinstance(value, str)}
        kind = member.kind
        if side is not wanted and isinstance(kind, Lookup):
            named = {partner for value in named if (partner := kind.partner(side, value, known))}
        found |= named
    # A code that leads to no row is read as it stands.
    return {id_ for id_ in found if odata.GUID.fullmatch(id_)}
