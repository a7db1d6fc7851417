"""Uncoupling by a person: one record or all of a mapping, with what belongs to them, as a job (rules A5, A6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mapping.field import Direction
from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.report import id_name
from sync.desk.uncouple import belonging, uncouple
from sync.errors import CountDiffers
from sync.heart.coupling import Coupling, Life
from sync.record.tally import DIRECTIONS
from sync.run import messages
from sync.run.jobs import finish_if_done, hand_out
from sync.store import Job, Status

UNCOUPLED, NOT_COUPLED = "uncoupled", "notCoupled"


@dataclass
class Parted:
    """What became of each record, and what was uncoupled with them, by mapping."""

    records: list[dict[str, Any]]
    along: dict[str, list[Coupling]] = field(default_factory=dict)

    def totals(self, mapping: TableMapping) -> dict[str, dict[str, int]]:
        """The counters of the job."""
        counted = sum(each["outcome"] == UNCOUPLED for each in self.records)
        along = sum(map(len, self.along.values()))
        return {direction(mapping): {UNCOUPLED: counted} | ({"uncoupledAlong": along} if along else {})}


def direction(mapping: TableMapping) -> str:
    """The direction in which coupling and uncoupling are counted: the mapping's own; to Sales where it has both."""
    return DIRECTIONS[Side.BC if mapping.direction is Direction.FROM_SALES else Side.SALES]


async def part_now(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> tuple[str | None, Parted]:
    """Uncouple these records within the call; the id of the job, which is logged when any was coupled."""
    job = Job.new(ctx.company, mapping.name, "uncoupling")
    parted = await part(ctx, mapping, side, ids, job.id)
    if not any(each["outcome"] == UNCOUPLED for each in parted.records):
        return None, parted
    await ctx.store.jobs.finish(job, status=Status.SUCCESS, totals=parted.totals(mapping))
    return job.id, parted


async def part(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str], job: str) -> Parted:
    """Uncouple these records and what belongs to them; a person did it, so they stay uncoupled (rule A5)."""
    known = await ctx.store.couplings.load(ctx.company, mapping.name, side, ids)
    coupled = [each for each in known.values() if each.life is not Life.TOMBSTONE]
    along = await belonging(ctx, mapping, coupled)
    for name, children in along.items():
        along[name] = await uncouple(ctx, ctx.mappings[name], children, tombstone=True, job=job)
    done = {each.of(side): each for each in await uncouple(ctx, mapping, coupled, tombstone=True, job=job)}
    return Parted([_outcome(side, id_, done.get(id_), known.get(id_)) for id_ in ids], along)


def _outcome(side: Side, id_: str, done: Coupling | None, known: Coupling | None) -> dict[str, Any]:
    if done:
        return {"bcId": done.bc_id, "salesId": done.sales_id, "outcome": UNCOUPLED}
    why = "it was uncoupled before" if known else "no such record is coupled"
    return {id_name(side): id_, id_name(side.other): None, "outcome": NOT_COUPLED, "why": why}


async def part_as_job(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> Job:
    """Uncouple these records over the queue."""
    job = Job.new(ctx.company, mapping.name, "uncoupling")
    await hand_out(ctx, job, messages.uncoupling(ctx.company, mapping.name, side, ids, job=job.id))
    return job


async def part_all(ctx: Context, mapping: TableMapping, confirmed: int) -> tuple[Job, int]:
    """Uncouple every record of a mapping over the queue; refused when there are not as many couplings as the person confirmed."""
    coupled = [each.bc_id async for each in ctx.store.couplings.walk(ctx.company, mapping.name) if each.life is not Life.TOMBSTONE]
    if len(coupled) != confirmed:
        raise CountDiffers(f"{mapping.name} has {len(coupled)} coupling(s), and {confirmed} were confirmed.", count=len(coupled))
    return await part_as_job(ctx, mapping, Side.BC, coupled), len(coupled)


async def work_uncoupling(ctx: Context, message: Mapping[str, Any]) -> None:
    """Uncouple the records of one message."""
    job = message["job"]
    if await ctx.store.work.pending(ctx.company, job, message["number"]):
        mapping = ctx.mappings[message["mapping"]]
        parted = await part(ctx, mapping, Side(message["side"]), message["ids"], job)
        await ctx.store.work.done(ctx.company, job, message["number"], parted.totals(mapping))
    await finish_if_done(ctx, job)
