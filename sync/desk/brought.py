"""What comes with a record that was coupled: what it brings into BC and is there in Sales already, and what hangs on it on either side."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mapping.model import TableMapping
from mapping.policies import Brings
from mapping.values import Side
from sync.around.reference import all_rows, rows_where
from sync.context import Context
from sync.desk.uncouple import uncouple
from sync.heart.coupling import Coupling
from sync.heart.plan import Outcome, Run
from sync.record.task import Task
from sync.run import messages

LATER = 30.0
"""Seconds after which those records are due that cannot look for their partners themselves."""


async def couple_brought(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """Couple what BC made together with these records with what they refer to in Sales; both are synchronised next."""
    born = [
        task for task in tasks if task.became_coupled and not task.matched and task.source is Side.SALES and len(task.rows) == len(Side)
    ]
    for brings in (each for each in mapping.brings if each.sales and each.mapping in ctx.mappings):
        brought = ctx.mappings[brings.mapping]
        if not born or brought.name in _only_coupled(ctx, mapping):
            continue
        pairs = await _pairs(ctx, brings, brought, born)
        known = await ctx.store.couplings.partners(ctx.company, brought.name, Side.BC, pairs)
        fresh = {bc_id: sales_id for bc_id, sales_id in pairs.items() if bc_id not in known}
        new = [Coupling(company=ctx.company, mapping=brought.name, bc_id=mine, sales_id=theirs) for mine, theirs in fresh.items()]
        await ctx.store.couplings.insert(new)
        await ctx.store.queue.send_many(messages.records(ctx.company, brought.name, Side.BC, sorted(fresh), run=Run(couples=True)))


def _only_coupled(ctx: Context, mapping: TableMapping) -> set[str]:
    """Of what the mapping brings, all if any of it is to be made by people only: a group without its unit helps nobody."""
    names = {each.mapping for each in mapping.brings if each.sales and each.mapping in ctx.mappings}
    return names if any(ctx.mappings[name].only_coupled for name in names) else set()


async def _pairs(ctx: Context, brings: Brings, brought: TableMapping, born: Sequence[Task]) -> dict[str, str]:
    """The rows of BC that belong to these records, each with what its record names in Sales."""
    heads = {str(task.rows[Side.BC].get(brings.of)): task for task in born}
    columns = (brought.bc.id, brings.column, *(mine for mine, _ in brings.same))
    pairs: dict[str, str] = {}
    for row in await rows_where(ctx.services[Side.BC], brought.bc.name, brings.column, heads, columns):
        rows = heads[str(row[brings.column])].rows
        partner = rows[Side.SALES].get(brings.sales)
        if partner and all(row[mine] == rows[Side.BC].get(theirs) for mine, theirs in brings.same):
            pairs[str(row[brought.bc.id])] = str(partner)
    return pairs


async def make_brought_due(ctx: Context, mapping: TableMapping, tasks: Sequence[Task]) -> None:
    """What hangs on records that were coupled just now is due, and what follows them, unless a full synch comes to it."""
    for brings in (each for each in mapping.brings if not each.sales):
        brought = ctx.mappings.get(brings.mapping)
        there = [task for task in tasks if brings.side in task.rows and _was_there(task, brings.side)]
        if there and brought and brought.runs and not await _follows_anyway(ctx, mapping, brought):
            heads = {str(of).lower(): task for task in there if (of := task.rows[brings.side].get(brings.of))}
            hanging = await _hanging_on(ctx, brings, brought, heads)
            if brings.part:
                new = [id_ for id_, key in hanging.items() if key in heads and not _was_there(heads[key], brings.side.other)]
                await _set_free(ctx, brought, brings.side, new)
            run = Run(creates=brought.creates, couples=True)
            # Their partners, if there are any, are found from the other side alone, which goes first.
            alone = not any(_was_there(task, brings.side.other) for task in there)
            later = LATER if brought.unasked.get(brings.side.other) and not alone else 0
            await ctx.store.queue.send_many(messages.records(ctx.company, brought.name, brings.side, sorted(hanging), run=run), later)
    await _bring_along(ctx, mapping, [task.ids[Side.BC] for task in tasks])


def _was_there(task: Task, side: Side) -> bool:
    """Whether the row was not made just now by Couplet: on a new one hangs nothing yet."""
    return task.outcomes.get(side) is not Outcome.INSERTED


async def _hanging_on(ctx: Context, brings: Brings, brought: TableMapping, keys: Collection[str]) -> dict[str, str]:
    """The rows of a mapping that name one of these records, each with its name; all are read where the service cannot be asked for them."""
    service, table = ctx.services[brings.side], brought.table(brings.side)
    columns = (table.id, brings.column)
    asked = brings.column not in brought.unasked.get(brings.side, ())
    rows = await (rows_where(service, table.name, brings.column, keys, columns) if asked else all_rows(service, table.name, columns))
    named = {str(row[table.id]): str(row[brings.column]).lower() for row in rows}
    return {id_: key for id_, key in named.items() if key in keys}


async def _set_free(ctx: Context, brought: TableMapping, side: Side, ids: Sequence[str]) -> None:
    """What hangs on a record whose counterpart is new has no counterpart yet: what it was coupled with went with one that is gone."""
    known = await ctx.store.couplings.load(ctx.company, brought.name, side, ids) if ids else {}
    if known:
        await uncouple(ctx, brought, list(known.values()), tombstone=False)


async def _bring_along(ctx: Context, mapping: TableMapping, bc_ids: Sequence[str]) -> None:
    """What follows records that were coupled just now is due, unless a full synch comes to it."""
    for follower in [each for each in ctx.mappings.values() if each.follows == mapping.name and each.runs] if bc_ids else ():
        if ctx.entry(follower.name).bc_watermark and not await _follows_anyway(ctx, mapping, follower):
            run = Run(creates=follower.creates, couples=True)
            await ctx.store.queue.send_many(messages.records(ctx.company, follower.name, Side.BC, bc_ids, run=run))


async def _follows_anyway(ctx: Context, mapping: TableMapping, brought: TableMapping) -> bool:
    """Whether the full synch that walks over the mapping just now comes to the other one, too: then it says what is made there."""
    walked = (await ctx.store.entries.get(ctx.company, mapping.name)).full_job
    job = await ctx.store.jobs.get(ctx.company, walked) if walked else None
    if job is None or job.status.over or not job.parent:
        return False
    lines = await ctx.store.full_syncs.lines(ctx.company, job.parent)
    return any(line.mapping == brought.name and not line.status.over for line in lines)
