"""What a match found, for people: ids with names, part by part, and what became of the pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.titles import titles
from sync.context import Context
from sync.run.match import AMBIGUOUS, MATCHED, UNMATCHED, Order, listed, named
from sync.run.matching import Ambiguous
from sync.store import Report


async def shown(ctx: Context, mapping: TableMapping, report: Report, name: str, start: int, limit: int) -> dict[str, Any]:
    """Some entries of a list from `start` on, and the cursor for those behind them."""
    items = await ctx.store.matches.some(report, name, start, limit)
    behind = start + len(items)
    by: dict[int, list[str]] = defaultdict(list)
    for one in Order.load(report.order).criteria:
        by[one.priority].append(one.field)
    return {"value": await _entries(ctx, mapping, name, items, by), "cursor": str(behind) if behind < report.counts[name] else None}


async def _entries(
    ctx: Context, mapping: TableMapping, name: str, items: Sequence[Any], by: Mapping[int, list[str]]
) -> list[dict[str, Any]]:
    """A pair says `by` which fields it was found."""
    if name == MATCHED:
        names = {side: await titles(ctx, mapping, side, [each[place] for each in items]) for place, side in enumerate(Side)}
        return [
            {"bc": listed(Side.BC, [bc], names)[0], "sales": listed(Side.SALES, [sales], names)[0], "priority": place, "by": by[place]}
            for bc, sales, place in items
        ]
    if name == AMBIGUOUS:
        return await _ambiguous(ctx, mapping, [Ambiguous(*each) for each in items])
    side = Side.SALES if name == UNMATCHED[Side.SALES] else Side.BC
    return listed(side, items, {side: await titles(ctx, mapping, side, items)})


async def _ambiguous(ctx: Context, mapping: TableMapping, items: Sequence[Ambiguous]) -> list[dict[str, Any]]:
    names = await named(ctx, mapping, items)
    return [
        {
            "side": one.side,
            **listed(Side(one.side), [one.id], names)[0],
            "priority": one.priority,
            "candidates": listed(Side(one.side).other, one.candidates, names),
            "rivals": listed(Side(one.side), one.rivals, names),
        }
        for one in items
    ]


async def outcomes(ctx: Context, mapping: TableMapping, report: Report) -> list[dict[str, Any]]:
    """What became of each record that was asked for: coupled with whom, or why not."""
    ids = report.order["ids"]
    couplings = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, ids)
    found = []
    for id_ in ids:
        problem = await ctx.store.problems.get(ctx.company, mapping.name, f"{Side.BC}:{id_}")
        coupling = couplings.get(id_)
        found.append(
            {
                "bcId": id_,
                "salesId": coupling.sales_id if coupling else None,
                "outcome": _outcome(coupling is not None and coupling.job == report.id, coupling is not None, problem is not None),
                "problem": {"code": problem.code, "detail": problem.message} if problem else None,
            }
        )
    return found


def _outcome(by_this: bool, coupled: bool, troubled: bool) -> str:
    if coupled:
        return "coupled" if by_this else "skipped"
    return "failed" if troubled else "skipped"
