"""Rows of Sales that are coupled no more: nobody's, so that any company may take them (rules D8, G1; native: the company id is cleared)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context

log = logging.getLogger("couplet")


async def unmark(ctx: Context, mapping: TableMapping, sales_ids: Sequence[str]) -> None:
    """Clear our columns in those of these rows that are there and say that they are this company's.

    Before the coupling goes: a worker who dies in between does it again. A row that Sales does not let us write stays as it is.
    """
    marks = mapping.marks
    if marks is None or not sales_ids:
        return
    service, table = ctx.services[Side.SALES], mapping.sales
    beside = mapping.also.get(Side.SALES, ()) if mapping.reopens else ()
    rows = await service.rows(table.name, sales_ids, (table.id, *sorted(marks.columns), *beside))
    cleared = {id_: values for id_, row in rows.items() if (values := marks.cleared(row))}
    steps = [mapping.update(Side.SALES, id_, values, rows[id_]) for id_, values in cleared.items()]
    for answer in await service.write(steps) if steps else []:
        if answer.error:
            log.warning(
                "A row that was uncoupled keeps its marks: %s", answer.error, extra={"mapping": mapping.name, "code": answer.error.code}
            )
