"""What a line of a full synch is recommended for, by what both sides hold (rule A2; the native review's own words)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum

from mapping.field import Direction
from mapping.filters import OneOf
from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.services import odata
from sync.services.model import Query

SIDES: Mapping[Direction, tuple[Side, ...]] = {
    Direction.BOTH: (Side.BC, Side.SALES),
    Direction.TO_SALES: (Side.BC,),
    Direction.FROM_SALES: (Side.SALES,),
}
"""Which tables a full walk reads: natively, too, To Sales goes first."""


class Recommendation(StrEnum):
    """What is to be done in a line."""

    FULL = "Full Synchronization"
    COUPLE = "Couple Records"
    NONE = "No Records Found"


class CreateNew(StrEnum):
    """On which sides a run may create rows (rule A2)."""

    NONE = "none"
    TO_SALES = "toSales"
    FROM_SALES = "fromSales"
    BOTH = "both"


CREATES: Mapping[CreateNew, frozenset[Side]] = {
    CreateNew.NONE: frozenset(),
    CreateNew.TO_SALES: frozenset({Side.SALES}),
    CreateNew.FROM_SALES: frozenset({Side.BC}),
    CreateNew.BOTH: frozenset(Side),
}


def recommend(mapping: TableMapping, counted: Mapping[Side, int]) -> Recommendation:
    """The recommendation for a mapping of which each side holds so many records."""
    if mapping.review.always_full:
        return Recommendation.FULL
    filled = {side: counted[side] > mapping.review.own.get(side, 0) for side in Side}
    needs = mapping.review.needs
    if not any(filled.values()) or (needs and not filled[needs]):
        return Recommendation.NONE
    return Recommendation.COUPLE if all(filled.values()) else Recommendation.FULL


def creates(mapping: TableMapping, recommendation: Recommendation, asked: CreateNew | None) -> frozenset[Side]:
    """Where a line may create rows: as was asked, else by its recommendation, and never what has to be asked for (rule A2)."""
    if asked is not None:
        return CREATES[asked] & mapping.creates
    if recommendation is not Recommendation.FULL:
        return frozenset()
    reached = {side for side in Side if mapping.direction.reaches(side)}
    return (mapping.creates & reached) - mapping.asked_only


async def recommended(ctx: Context, mapping: TableMapping) -> Recommendation:
    """The recommendation as both sides stand now. BC is counted whole; in Sales, what the mapping's filters let through."""
    if mapping.review.always_full:
        return Recommendation.FULL
    found = await asyncio.gather(*(_at_least(ctx, mapping, side) for side in Side))
    return recommend(mapping, dict(zip(Side, found, strict=True)))


async def _at_least(ctx: Context, mapping: TableMapping, side: Side) -> int:
    """How many records a side holds; what counts as none is told from what does not, and no more is read."""
    table, enough = mapping.table(side), mapping.review.own.get(side, 0) + 1
    query = Query(table=table.name, columns=(table.id,), filter=_filter(mapping) if side is Side.SALES else None, size=enough)
    return len((await ctx.services[side].page(query, size=enough)).rows)


def _filter(mapping: TableMapping) -> str | None:
    """The mapping's filters on columns of Sales as a query; what only a row can tell is left out."""
    plain = [keep for keep in mapping.keep.get(Side.SALES, ()) if isinstance(keep, OneOf) and not keep.negated and "@" not in keep.column]
    return odata.all_of(*(odata.one_of(keep.column, keep.values, Side.SALES) for keep in plain))


async def total_of(ctx: Context, mapping: TableMapping) -> int:
    """How many rows a walk over the mapping will read."""
    sides = SIDES[mapping.direction]
    return sum(await asyncio.gather(*(ctx.services[side].count(mapping.table(side).name) for side in sides)))
