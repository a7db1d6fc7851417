"""Repairing couplings: halves and old claims are mended, orphans are treated by the policy or as a person wants ("Find for Deleted")."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mapping.model import TableMapping
from mapping.policies import DeletionPolicy
from mapping.values import Side
from sync.context import Context
from sync.heart.coupling import Coupling, Life
from sync.record.brake import DELETION
from sync.run import messages
from sync.run.compare import missing
from sync.run.jobs import hand_out
from sync.services.odata import chunks
from sync.store import Job
from sync.store.halves import Half

LOADED = 500


class Damage(StrEnum):
    """What can be wrong with a coupling."""

    BC_GONE = "bcGone"
    SALES_GONE = "salesGone"
    BOTH_GONE = "bothGone"
    OLD_CLAIM = "oldClaim"
    POINTER_ONLY = "pointerOnly"
    NO_POINTER = "noPointer"


GONE: Mapping[frozenset[Side], Damage] = {
    frozenset({Side.BC}): Damage.BC_GONE,
    frozenset({Side.SALES}): Damage.SALES_GONE,
    frozenset(Side): Damage.BOTH_GONE,
}


@dataclass
class Found:
    """The damaged couplings of a mapping: those to be looked at, by damage, the halves, and ids asked for that are not coupled."""

    couplings: dict[Damage, list[Coupling]] = field(default_factory=dict)
    halves: list[Half] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, damage: Damage, coupling: Coupling) -> None:
        """Note one."""
        self.couplings.setdefault(damage, []).append(coupling)


async def find(ctx: Context, mapping: TableMapping) -> Found:
    """Everything that is wrong with the couplings of a mapping; both tables are compared by their ids."""
    found = Found(halves=await ctx.store.halves.find(ctx.company, mapping.name))
    lost = sorted({id_ for side in Side for id_ in await missing(ctx, mapping, side)})
    await _sort(ctx, mapping, Side.BC, lost, found)
    seen = {each.bc_id for listed in found.couplings.values() for each in listed}
    for claim in await ctx.store.couplings.claims(ctx.company, mapping.name):
        if _is_old(ctx, claim) and claim.bc_id not in seen:
            found.add(Damage.OLD_CLAIM, claim)
    return found


async def find_among(ctx: Context, mapping: TableMapping, records: Mapping[Side, Sequence[str]]) -> Found:
    """What is wrong with the couplings of some records."""
    found = Found()
    for side, ids in records.items():
        known = await _sort(ctx, mapping, side, ids, found)
        found.unknown += [id_ for id_ in ids if id_ not in known]
    return found


async def _sort(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str], found: Found) -> set[str]:
    """Look at the rows of these records, as what seemed to be missing may be there; the ids that are coupled."""
    known: set[str] = set()
    async for couplings in _coupled(ctx, mapping, side, ids):
        known |= {coupling.of(side) for coupling in couplings}
        there = {}
        for each in Side:
            wanted = [coupling.of(each) for coupling in couplings]
            there[each] = await ctx.services[each].rows(mapping.table(each).name, wanted, (mapping.table(each).id,))
        for coupling in couplings:
            gone = frozenset(each for each in Side if coupling.of(each) not in there[each])
            if coupling.life is Life.CLAIMED and len(gone) == 1:
                found.couplings.setdefault(Damage.OLD_CLAIM, []).extend([coupling] if _is_old(ctx, coupling) else [])
            elif gone:
                found.add(GONE[gone], coupling)
    return known


async def _coupled(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> AsyncIterator[list[Coupling]]:
    for some in chunks(ids, LOADED):
        known = await ctx.store.couplings.load(ctx.company, mapping.name, side, some)
        yield [each for each in known.values() if not each.closed]


def _is_old(ctx: Context, claim: Coupling) -> bool:
    """Whether whoever made the claim is long gone."""
    return claim.lease is None or claim.lease.until + timedelta(seconds=ctx.settings.lease_seconds) < datetime.now(UTC)


async def repair(ctx: Context, mapping: TableMapping, found: Found, wanted: DeletionPolicy | None) -> Job:
    """Mend the halves now, and treat the rest over the queue, under the brake; the job that does it."""
    await ctx.store.halves.mend(ctx.company, mapping.name, found.halves)
    job = replace(Job.new(ctx.company, mapping.name, "manual"), details={DELETION: wanted} if wanted else {})
    ids = sorted({each.bc_id for listed in found.couplings.values() for each in listed})
    parts = messages.records(ctx.company, mapping.name, Side.BC, ids, job=job.id, deletion=wanted, total=len(ids))
    await hand_out(ctx, job, parts)
    return job
