"""The full synch review: a line for each mapping, made once, with what is recommended for it and what a person decided.

Starting it starts a full synch of its lines. A line shows what became of the last full synch that ran it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from mapping.graph import in_order
from mapping.model import TableMapping
from mapping.off import switched_on
from sync.context import Context
from sync.errors import InWork, NothingToStart, ParentUnfinished
from sync.run import full
from sync.run.full import Order
from sync.run.recommend import Recommendation, recommended, total_of
from sync.store import FullSync, Line, Status

REVIEW = "review"
"""The lines of the review stand beside those of the full synchs, under this name."""

SETTLED = (Status.SUCCESS, Status.ERROR)
"""A line that ran to its end; records that failed are problems, and hold back only who needs them."""

RUNNING = Status.IN_PROCESS


async def opened(ctx: Context) -> list[Line]:
    """The lines as they stand now; made when there are none."""
    lines = await ctx.store.full_syncs.lines(ctx.company, REVIEW)
    if not lines:
        await ctx.store.full_syncs.make_lines(ctx.company, REVIEW, await _fresh(ctx, list(_on(ctx))))
        lines = await ctx.store.full_syncs.lines(ctx.company, REVIEW)
    return await _with_runs(ctx, [line for line in lines if line.mapping in _on(ctx)])


def _on(ctx: Context) -> Mapping[str, TableMapping]:
    """Mappings that are switched off have no line."""
    return switched_on(ctx.mappings)


async def _fresh(ctx: Context, names: Sequence[str]) -> list[Line]:
    """Lines that nobody decided about, each with its recommendation."""
    order = in_order(ctx.mappings)
    return list(await asyncio.gather(*(_fresh_line(ctx, name, order.index(name)) for name in names)))


async def _fresh_line(ctx: Context, name: str, place: int) -> Line:
    mapping = ctx.mappings[name]
    recommendation, total = await asyncio.gather(recommended(ctx, mapping), total_of(ctx, mapping))
    needs = tuple(need for need in mapping.needs if need in _on(ctx))
    return Line(mapping=name, place=place, depends_on=needs, direction=mapping.direction, recommendation=recommendation.value, total=total)


async def _with_runs(ctx: Context, lines: Sequence[Line]) -> list[Line]:
    """The lines with what the full synchs that ran them say; one that is forgotten leaves what the line knows."""
    runs = sorted({line.run for line in lines if line.run})
    found = await asyncio.gather(*(ctx.store.full_syncs.lines(ctx.company, run) for run in runs))
    known = {(run, line.mapping): line for run, of_run in zip(runs, found, strict=True) for line in of_run}
    joined = [_joined(line, known.get((line.run or "", line.mapping))) for line in lines]
    for line, told in zip(lines, joined, strict=True):
        if told.status.over and told.status is not line.status:
            await ctx.store.full_syncs.change_line(ctx.company, REVIEW, line.mapping, partial(_ended, told))
    return joined


def _ended(told: Line, line: Line) -> Line | None:
    """What became of a line is kept with it, as its run is forgotten some day."""
    return replace(told, etag=line.etag) if line.run == told.run else None


def _joined(line: Line, ran: Line | None) -> Line:
    if ran is None:
        return line
    return replace(
        line,
        status=ran.status,
        job=ran.job,
        creates=ran.creates,
        done=ran.done,
        total=ran.total if ran.total is not None else line.total,
        to_sales=ran.to_sales,
        from_sales=ran.from_sales,
        message=ran.message,
    )


async def start(ctx: Context, order: Order, *, again: bool = False) -> tuple[FullSync, FullSync | None]:
    """Start the lines that are named, else those that never ran, or with `again` those that did not end well; or what is in the way.

    Each line waits for those it depends on. Nothing starts while one of them is neither settled nor among those that start.
    """
    lines = await opened(ctx)
    names = _startable(lines, order.mappings, again=again)
    wishes = {line.mapping: line.wish for line in lines if line.mapping in names}
    started, in_the_way = await full.start(ctx, replace(order, mappings=names, wishes=wishes))
    if in_the_way is None and not order.dry_run:
        for name in names:
            await ctx.store.full_syncs.change_line(ctx.company, REVIEW, name, partial(_run_by, started.id))
    return started, in_the_way


def _run_by(run: str, line: Line) -> Line:
    return replace(line, run=run)


def _startable(lines: Sequence[Line], named: Sequence[str], *, again: bool) -> list[str]:
    wanted = (Status.WAITING, Status.CANCELLED, Status.ERROR) if again else (Status.WAITING,)
    names = [line.mapping for line in lines if (line.mapping in named if named else line.status in wanted)]
    if not names:
        raise NothingToStart("No line of the review is left to be started.")
    open_lines = {line.mapping for line in lines if line.status not in SETTLED and line.recommendation != Recommendation.NONE}
    waited = {
        line.mapping: [need for need in line.depends_on if need in open_lines - set(names)] for line in lines if line.mapping in names
    }
    blocked = [f"{name} needs {', '.join(needs)}" for name, needs in waited.items() if needs]
    if blocked:
        raise ParentUnfinished(f"Not finished yet: {'; '.join(blocked)}.")
    return names


async def reset(ctx: Context) -> list[Line]:
    """Make all lines anew, with new recommendations and without anybody's decisions; one that runs is left as it is."""
    lines = await opened(ctx)
    running = {line.mapping for line in lines if line.status is RUNNING}
    for line in lines:
        if line.mapping not in running:
            await ctx.store.full_syncs.drop_line(ctx.company, REVIEW, line.mapping)
    left = [name for name in _on(ctx) if name not in running]
    await ctx.store.full_syncs.make_lines(ctx.company, REVIEW, await _fresh(ctx, left))
    return await opened(ctx)


async def refresh(ctx: Context) -> list[Line]:
    """Count again and recommend anew; decisions and results stay, and a line that runs is left as it is."""
    lines = [line for line in await opened(ctx) if line.status is not RUNNING]
    for fresh in await _fresh(ctx, [line.mapping for line in lines]):
        await ctx.store.full_syncs.change_line(ctx.company, REVIEW, fresh.mapping, partial(_counted, fresh))
    return await opened(ctx)


def _counted(fresh: Line, line: Line) -> Line:
    return replace(line, recommendation=fresh.recommendation, total=fresh.total)


async def decide(ctx: Context, name: str, wish: Mapping[str, Any]) -> Line:
    """Change what is to be done in a line; None takes a decision back."""
    await _refuse_running(ctx, name)

    def decided(line: Line) -> Line:
        return replace(line, wish={key: value for key, value in {**line.wish, **wish}.items() if value is not None})

    return await ctx.store.full_syncs.change_line(ctx.company, REVIEW, name, decided)


async def drop(ctx: Context, name: str) -> None:
    """Take a line off the review; who depends on it no longer waits for it."""
    await _refuse_running(ctx, name)
    await ctx.store.full_syncs.drop_line(ctx.company, REVIEW, name)


async def _refuse_running(ctx: Context, name: str) -> None:
    line = await line_of(ctx, name)
    if line and line.status is RUNNING:
        raise InWork(f"{name} is being synchronised just now.")


async def line_of(ctx: Context, name: str) -> Line | None:
    """The line of a mapping, or None."""
    return next((line for line in await opened(ctx) if line.mapping == name), None)
