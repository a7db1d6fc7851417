"""Ids of rows that Couplet makes: derived, so that making twice makes once (rule A6)."""

from __future__ import annotations

from uuid import UUID

from mapping.ids import derived_id
from mapping.model import TableMapping
from sync.context import Context
from sync.heart.plan import Side

OPTION_VALUES = range(100_000_000, 1_000_000_000)
"""Values of options that Couplet adds: above those of Microsoft and of people, below the bound of a signed 32-bit number."""


async def own_id(ctx: Context, *parts: object) -> str:
    """The id in this organisation and company that these parts lead to."""
    organization = await ctx.reference.get("organization", ctx.sales.organization)
    return derived_id(organization.id, ctx.company, *parts)


async def id_of_new_row(ctx: Context, mapping: TableMapping, target: Side, source_id: str, life_number: int) -> str:
    """The id under which the missing row of a pair is made: a guid, or the value of an option."""
    id_ = await own_id(ctx, mapping.name, target.other, source_id, life_number)
    if mapping.table(target).is_choice:
        return str(OPTION_VALUES.start + UUID(id_).int % len(OPTION_VALUES))
    return id_
