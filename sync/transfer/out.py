"""The state of a company written out, page by page: whose it is, what people set, and mapping by mapping couplings and life numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from sync.context import Context
from sync.store import Listing, keys
from sync.transfer.lines import COUPLING, LIFE, Line, Number, coupling_line, entry_line, number_line, state_line

CURSOR = r"[A-Za-z0-9.\-_~]{1,250}\|(coupling|life)\|[A-Za-z0-9.\-_~:]{0,500}"
"""The form of a cursor: mapping, part, and the key of the last row."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines, and the cursor that asks for those behind them; None at the end."""

    lines: list[Line]
    cursor: str | None


async def part(ctx: Context, *, limit: int, cursor: str | None = None, values: bool = True) -> Part:
    """Up to `limit` couplings and life numbers; before the first of them the line of the state, and the settings.

    Without `values` nothing is told of what records held: such couplings are merged as for the first time (rule A3).
    """
    names = {keys.encode(name): name for name in sorted({*ctx.declared, *ctx.entries})}
    first, kind, after = cursor.split("|", 2) if cursor else (min(names), COUPLING, "")
    lines = [] if cursor else await _head(ctx)
    left = limit
    for encoded, name in sorted(names.items()):
        for each, read in READ.items():
            if (encoded, each) < (first, kind):
                continue
            begin = after if (encoded, each) == (first, kind) else ""
            found = await read(ctx, name, left, begin, values)
            lines += found.rows
            left -= len(found.rows)
            if left == 0:
                return Part(lines, f"{encoded}|{each}|{found.cursor}")
    return Part(lines, None)


async def _head(ctx: Context) -> list[Line]:
    state = state_line(ctx.company, await ctx.store.entries.whose(ctx.company))
    return [state, *(entry_line(entry) for _, entry in sorted(ctx.entries.items()))]


async def _couplings(ctx: Context, name: str, limit: int, after: str, values: bool) -> Listing:
    found = await ctx.store.couplings.page(ctx.company, name, limit=limit, cursor=after, whole=values)
    return Listing([coupling_line(each) for each in found.rows], found.cursor)


async def _numbers(ctx: Context, name: str, limit: int, after: str, values: bool) -> Listing:
    found = await ctx.store.lives.page(ctx.company, name, limit=limit, cursor=after)
    return Listing([number_line(Number(name, *each)) for each in found.rows], found.cursor)


Read = Callable[[Context, str, int, str, bool], Awaitable[Listing]]

READ: Mapping[str, Read] = {COUPLING: _couplings, LIFE: _numbers}
"""How the parts of a mapping are read, in the order in which they are written."""
