"""The couplings of a document's lines, which go with that of the document (rule G2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.reference import rows_where
from sync.context import Context
from sync.heart.coupling import Coupling


async def forget_lines(ctx: Context, mapping: TableMapping, couplings: Iterable[Coupling]) -> None:
    """Nothing is remembered of the lines of documents that are uncoupled, or done."""
    documents = {each.sales_id for each in couplings}
    for part in [each for each in mapping.parts if each.merged] if documents else ():
        table = part.lines.sales
        rows = await rows_where(ctx.services[Side.SALES], table.name, part.keys[Side.SALES], documents, (table.id,))
        known = await ctx.store.couplings.load(ctx.company, part.name, Side.SALES, [str(row[table.id]) for row in rows])
        await ctx.store.couplings.part([replace(each, life_number=each.life_number + 1) for each in known.values()])
