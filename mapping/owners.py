"""Who owns new rows of Sales in the team model: one owner team for each company (rule D7)."""

from __future__ import annotations

from mapping.lookups import Owner
from mapping.model import Addition, Draft, TableMapping
from mapping.values import Refusal, Side
from mapping.world import World


def has_owner(mapping: TableMapping) -> bool:
    """Whether rows of the mapping belong to somebody, which a field row of it says."""
    return any(isinstance(member.kind, Owner) for unit in mapping.fields for member in unit.members)


def owned_by_the_team(draft: Draft, world: World) -> Addition:
    """A new row of Sales belongs to the company's team; whoever owns one that is there keeps it."""
    if draft.creates is not Side.SALES:
        return Addition()
    if isinstance(world.owner_team, Refusal):
        return Addition(refusal=world.owner_team)
    return Addition(values={Side.SALES: {"ownerid@odata.bind": f"/teams({world.owner_team})"}})
