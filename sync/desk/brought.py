"""What a record born in Sales brings into BC with it, and is there in Sales already: the unit group and the unit of a product."""

from __future__ import annotations

from collections.abc import Sequence

from mapping.model import TableMapping
from mapping.policies import Brings
from mapping.values import Side
from sync.around.reference import rows_where
from sync.context import Context
from sync.heart.coupling import Coupling
from sync.heart.plan import Run
from sync.record.task import Task
from sync.run import messages


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
