"""Erasing what Couplet remembers of one person or company (rule G2); the records themselves are people's to delete, in both systems."""

from __future__ import annotations

from dataclasses import dataclass

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.uncouple import forget, uncouple
from sync.heart.coupling import Life
from sync.record.tally import DIRECTIONS
from sync.store import Job, Status

RUNS = 200
"""Full synchs whose samples are looked through: more are not kept for long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What was erased: the ids that the record was known by, and where its rows still stand. Of a coupling only its ids are left."""

    ids: dict[Side, str]
    was_coupled: bool
    standing: dict[Side, bool]
    job: str


async def erase(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> Erased | None:
    """Part the record for good, and forget its values wherever they are: what was held, problems, replaced values, lists of runs.

    None for a record of which nothing is known and that is nowhere.
    """
    job = Job.new(ctx.company, mapping.name, "uncoupling")
    coupling = (await ctx.store.couplings.load(ctx.company, mapping.name, side, [id_])).get(id_)
    coupled = coupling is not None and coupling.life is not Life.TOMBSTONE
    if coupling is not None:
        await uncouple(ctx, mapping, [coupling], tombstone=True, job=job.id)
        ids = {each: coupling.of(each) for each in Side if not coupling.nobody(each)}
    else:
        ids = {side: id_}
    troubled = await ctx.store.problems.of(ctx.company, mapping.name, [f"{each}:{known}" for each, known in ids.items()])
    await forget(ctx, mapping, [ids])
    await _forget_samples(ctx, mapping)
    if coupled:
        await ctx.store.jobs.finish(job, status=Status.SUCCESS, totals={DIRECTIONS[Side.SALES]: {"uncoupled": 1}})
    standing = {each: bool(await ctx.services[each].rows(mapping.table(each).name, [ids[each]])) for each in ids}
    if coupling is None and not troubled and not any(standing.values()):
        return None
    return Erased(ids=ids, was_coupled=coupled, standing=standing, job=job.id)


async def _forget_samples(ctx: Context, mapping: TableMapping) -> None:
    """Samples of dry runs show values of records; they are made anew when somebody wants them."""
    for run in (await ctx.store.full_syncs.list(ctx.company, limit=RUNS)).rows:
        await ctx.store.samples.forget(ctx.company, run.id, [mapping.name])
