"""A coupling moves to another record on one side, such as the survivor of two that people merged (rule C4, by hand)."""

from __future__ import annotations

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.couple import Coupled, Wish, begin, both_rows, checked, take_place
from sync.errors import InWork, NotCoupled
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Run
from sync.record.history import MOVED, keep_coupling
from sync.record.unmarking import unmark


async def move(ctx: Context, mapping: TableMapping, side: Side, id_: str, to: str, wish: Wish, job: str) -> Coupled:
    """Move the coupling of a record to another one of the same side; refused by name when that one is coupled.

    The two records begin as a new pair does (rule A3). The record that lost the coupling is free, in a later life (rule A6).
    """
    known = (await ctx.store.couplings.load(ctx.company, mapping.name, side, [id_])).get(id_)
    if known is None or known.closed:
        raise NotCoupled(f"There is no coupling of {id_} ({side}) to move.")
    if known.life is Life.CLAIMED:
        raise InWork("A row is being made for the record; the next run settles it.")
    ids = {**known.ids, side: to}
    rows = await both_rows(ctx, mapping, ids)
    warnings = await checked(ctx, mapping, rows, wish)
    new = Coupling(company=ctx.company, mapping=mapping.name, bc_id=ids[Side.BC], sales_id=ids[Side.SALES], job=job)
    run = Run(start_rule=wish.start_rule)
    await unmark(ctx, mapping, [known.sales_id])
    await take_place(ctx, mapping, new, run, instead=known)
    await keep_coupling(ctx, mapping.name, job, MOVED, [new], side, [id_])
    return await begin(ctx, mapping, rows, run, job, warnings)
