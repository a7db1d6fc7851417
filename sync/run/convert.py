"""Moving an organisation from single units to unit groups, or back: what must be uncoupled, made and coupled, as a job or a dry run.

First the couplings of the other mode go, then, page by page, the units of every coupled product are made or found, and the product itself
is brought into step. A second run finds all of it done. Sales never changes the unit group of a product (rule D5): such a one is a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.reference import rows_where
from sync.context import Context
from sync.desk.uncouple import uncouple
from sync.errors import DryRunFirst
from sync.heart.coupling import Life
from sync.heart.plan import Run
from sync.record.records import Seen, synchronize
from sync.record.tally import Tally
from sync.run import messages
from sync.run.dry_run import begin_page, rehearse
from sync.run.jobs import DRY_RUN, hand_out
from sync.run.walk import follow
from sync.store import Job

KIND = "convert"
"""The kind of the job, and the name that stands in for a mapping in its id: it belongs to several."""

PAGE = 100
"""Couplings of one message."""

Message = Mapping[str, Any]


async def to_uncouple(ctx: Context) -> dict[str, int]:
    """How many couplings each mapping of the other mode still has."""
    counted = {name: await ctx.store.couplings.counts(ctx.company, name) for name in ctx.unconverted.left}
    return {name: sum(found.values()) for name, found in counted.items() if sum(found.values())}


async def start(ctx: Context, *, dry_run: bool, confirmed: int | None) -> tuple[Job, dict[str, int], Job | None]:
    """A new job with what it uncouples, or the job that is in its way; without a dry run before, it is refused."""
    uncouples = await to_uncouple(ctx)
    job = Job.new(ctx.company, KIND, DRY_RUN if dry_run else KIND)
    running = await ctx.store.jobs.unfinished(ctx.company, KIND)
    if running:
        return job, uncouples, running[0]
    if not dry_run and confirmed != sum(uncouples.values()):
        raise DryRunFirst(f"It would uncouple {sum(uncouples.values())} records: confirm that number.", uncouples=uncouples)
    for each in (await ctx.store.jobs.list(ctx.company, [KIND], limit=20)).rows:
        await ctx.store.samples.forget(ctx.company, each.id, ctx.unconverted.whole)
    run = Run(creates=frozenset({Side.SALES}), couples=True, rehearsal=job.id if dry_run else None)
    await hand_out(ctx, job, [messages.convert(ctx.company, job=job.id, place=0, stage=0, after=None, run=run)])
    return job, uncouples, None


async def work_convert(ctx: Context, message: Message) -> None:
    """One page of a conversion and those behind it."""
    await follow(ctx, message, _work_page)


async def _work_page(ctx: Context, message: Message) -> Message | None:
    ctx = replace(ctx, mappings=ctx.unconverted.whole)
    run = messages.load_run(message["run"], Run())
    stages = _stages(ctx, run)
    if message["stage"] >= len(stages):
        await ctx.store.work.done(ctx.company, message["job"], message["number"], {}, {})
        return None
    mapping = stages[message["stage"]]
    parting = mapping.name in ctx.unconverted.left
    page = await ctx.store.couplings.page(ctx.company, mapping.name, limit=PAGE, cursor=None if parting else message["after"])
    ids = [each.bc_id for each in page.rows if parting or each.life is not Life.TOMBSTONE]
    outcome = await (_part(ctx, mapping, ids, message) if parting else _bring(ctx, mapping, ids, message, run))
    stage = message["stage"] + (page.cursor is None)
    place = message["place"] + 1
    following = messages.convert(ctx.company, job=message["job"], place=place, stage=stage, after=page.cursor, run=run)
    counted = await ctx.store.work.done(ctx.company, message["job"], message["number"], outcome, {following["number"]: following})
    return following if counted else None


def _stages(ctx: Context, run: Run) -> list[TableMapping]:
    """What is worked one after the other: the mappings of the other mode, and those whose records are counted in units."""
    parted = [] if run.rehearsal else list(ctx.unconverted.left.values())
    return [*parted, *(mapping for mapping in ctx.mappings.values() if mapping.counted_in)]


async def _part(ctx: Context, mapping: TableMapping, ids: Sequence[str], message: Message) -> Mapping[str, Any]:
    """Uncouple a page of the other mode; it was no person's wish, so that they may find each other again."""
    known = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, ids)
    parted = await uncouple(ctx, mapping, list(known.values()), tombstone=False, job=message["job"])
    return {"toSales": {"uncoupled": sum(each.life is not Life.TOMBSTONE for each in parted)}}


async def _bring(ctx: Context, mapping: TableMapping, ids: Sequence[str], message: Message, run: Run) -> Mapping[str, Any]:
    """The units of a page of coupled records, group before unit, then the records themselves."""
    columns = dict.fromkeys((mapping.bc.id, *(each.of for each in mapping.counted_in)))
    rows = await ctx.services[Side.BC].rows(mapping.bc.name, ids, tuple(columns))
    totals: Counter[str] = Counter()
    for each in mapping.counted_in:
        if each.mapping in ctx.mappings:
            units = ctx.mappings[each.mapping]
            values = {str(row[each.of]) for row in rows.values() if row.get(each.of)}
            found = await rows_where(ctx.services[Side.BC], units.bc.name, each.key, values, (units.bc.id, each.key))
            totals += await _work(ctx, units, [str(row[units.bc.id]) for row in found], message, run)
    kept = replace(run, creates=frozenset())
    totals += await _work(ctx, mapping, list(rows), message, kept)
    return {"toSales": dict(totals), "read": len(ids)}


async def _work(ctx: Context, mapping: TableMapping, ids: Sequence[str], message: Message, run: Run) -> Counter[str]:
    """Bring some records into step, or rehearse it."""
    if not ids:
        return Counter()
    begin_page(ctx, f"{message['job']} {message['number']} {mapping.name}")
    seen = await Seen.read(ctx, mapping, Side.BC, ids)
    tally: Tally = await (rehearse(ctx, mapping, seen, run) if run.rehearsal else synchronize(ctx, mapping, seen, run, message["job"]))
    later = messages.records(ctx.company, mapping.name, Side.BC, tally.busy, run=run)
    await ctx.store.queue.send_many(later, delay_seconds=ctx.settings.lease_seconds)
    return Counter(tally.as_json()["toSales"])
