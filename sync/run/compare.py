"""The daily comparison: which coupled rows are no longer there. It reads ids in large pages, and records only where one is missing (C2).

Both tables are read in the order of their ids, in which the couplings lie in the store, so that nothing has to be kept in memory. Where a
service sorts otherwise, rows that are there seem to be missing; as each is looked at before anything is done, that costs only time.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.model import CHOICES, TableMapping
from mapping.ours import COMPANY
from mapping.values import Side
from sync.around.reference import all_rows
from sync.context import Context
from sync.errors import ListTooShort
from sync.run import messages
from sync.run.jobs import finish_if_done, hand_out
from sync.services.model import Query
from sync.services.odata import all_of, chunks, literal
from sync.store import Entry, Job, ProblemRow, keys

COMPARISON = "comparison"
"""The kind of job."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE = 5000
LOADED = 500
"""Couplings of missing rows that are read at once."""

GIVEN_UP = "compare:"
"""The key of the problem that a comparison was given up."""

SHORT = 0.5
"""A list that names fewer than this part of the coupled rows is not believed."""

LIST = "list:"
"""The key of the problem that one side's list was too short, before the side."""


@dataclass
class Compared:
    """One side's list against the couplings: how many rows it names, how many couplings there are, the BC ids of those it lacks."""

    side: Side
    read: int = 0
    known: int = 0
    missing: list[str] = field(default_factory=list)

    def unlikely(self, least: int) -> bool:
        """Whether the list is too short to be true: empty, or most of what is coupled is not in it."""
        lost = len(self.missing)
        return self.known > 0 and (self.read == 0 or (lost > least and lost > self.known * (1 - SHORT)))


async def request(ctx: Context, mapping: TableMapping) -> Job:
    """Put a comparison on the queue, as a job of its own."""
    job = Job.new(ctx.company, mapping.name, COMPARISON)
    await hand_out(ctx, job, [messages.compare(ctx.company, mapping.name, job.id)])
    return job


async def when_due(ctx: Context, mapping: TableMapping, entry: Entry) -> Mapping[str, Any]:
    """Ask for a comparison once a day; what the entry learns. The first day begins when the mapping is first looked at.

    Once an hour it may be asked for: rows were said to be deleted that were not named.
    """
    last, asked = entry.last_compared, entry.compare_asked
    pause = HOUR if last and asked and asked > last else DAY
    if last and datetime.now(UTC) - last < pause:
        return {}
    if entry.last_compared:
        await request(ctx, mapping)
    return {"last_compared": datetime.now(UTC)}


async def work(ctx: Context, message: Mapping[str, Any]) -> None:
    """Compare both lists with the couplings; what is missing is looked at as records of the same job."""
    mapping, job = ctx.mappings[message["mapping"]], message["job"]
    if await ctx.store.work.pending(ctx.company, job, message["number"]):
        compared = [await _compare(ctx, mapping, side) for side in Side]
        strange = [each for each in compared if each.unlikely(mapping.bound.least) and not mapping.few]
        await _say(ctx, mapping, compared, strange, job)
        lost = sorted({id_ for each in compared if each not in strange for id_ in each.missing})
        parts = messages.records(ctx.company, mapping.name, Side.BC, lost, job=job, total=len(lost))
        parts += messages.records(ctx.company, mapping.name, Side.SALES, await _fading(ctx, mapping), job=job)
        await ctx.store.work.add(ctx.company, job, {part["number"]: part for part in parts}, by=message["number"])
        outcome = {"read": sum(each.read for each in compared), "toSales": {"failed": len(strange)}}
        if await ctx.store.work.done(ctx.company, job, message["number"], outcome):
            await ctx.store.queue.send_many(parts)
    await finish_if_done(ctx, job)


async def _fading(ctx: Context, mapping: TableMapping) -> list[str]:
    """The rows of Sales that show an amount which may have gone in BC without a trace."""
    if not mapping.fades:
        return []
    shown = " or ".join(f"{column} ne 0" for column in mapping.fades)
    own = f"{COMPANY} eq {literal(ctx.company, Side.SALES)}" if mapping.marks and COMPANY in mapping.marks.columns else None
    table = mapping.sales
    return [str(row[table.id]) for row in await all_rows(ctx.services[Side.SALES], table.name, (table.id,), all_of(shown, own))]


async def missing(ctx: Context, mapping: TableMapping, side: Side) -> list[str]:
    """The BC ids of couplings whose row on one side is not in that side's list."""
    return (await _compare(ctx, mapping, side)).missing


async def _compare(ctx: Context, mapping: TableMapping, side: Side) -> Compared:
    """Both lists side by side: a coupled record whose key is passed without being met is missing."""
    if mapping.few:
        return await _asked_for(ctx, mapping, side)
    found = Compared(side)
    async with aclosing(_present(ctx, mapping, side, found)) as present:
        there = await anext(present, None)
        async for key, bc_id in ctx.store.couplings.keys_of(ctx.company, mapping.name, side):
            found.known += 1
            while there is not None and there < key:
                there = await anext(present, None)
            if there != key:
                found.missing.append(bc_id)
    missing = await _coupled(ctx, mapping, found.missing)
    return replace(found, known=found.known - len(found.missing) + len(missing), missing=missing)


async def _asked_for(ctx: Context, mapping: TableMapping, side: Side) -> Compared:
    """The coupled records themselves: which of their rows are not there."""
    couplings = [each async for each in ctx.store.couplings.walk(ctx.company, mapping.name)]
    found, table = Compared(side, known=len(couplings)), mapping.table(side)
    for some in chunks(couplings, LOADED):
        rows = await ctx.services[side].rows(table.name, [each.of(side) for each in some], (table.id,))
        found.read += len(rows)
        found.missing += [each.bc_id for each in some if each.of(side) not in rows]
    return replace(found, missing=await _coupled(ctx, mapping, found.missing))


async def _present(ctx: Context, mapping: TableMapping, side: Side, found: Compared) -> AsyncGenerator[str, None]:
    """The keys of all rows of a table, page by page; they are counted whether or not they are asked for."""
    table = mapping.table(side)
    order = None if table.is_choice else table.id
    page = await ctx.services[side].page(Query(table=table.name, columns=(table.id,), order=order, size=PAGE))
    while True:
        found.read += len(page.rows)
        rows = [keys.record(side, str(row[table.id])) for row in page.rows]
        for key in sorted(rows) if table.is_choice else rows:
            yield key
        if not page.next:
            return
        page = await ctx.services[side].page(page.next, size=PAGE)


async def _coupled(ctx: Context, mapping: TableMapping, ids: Sequence[str]) -> list[str]:
    """Those BC ids that stand for a coupling; a tombstone's rows may go as they please."""
    found: list[str] = []
    for some in chunks(ids, LOADED):
        known = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, some)
        found += [id_ for id_, coupling in known.items() if not coupling.closed]
    return found


async def _say(ctx: Context, mapping: TableMapping, compared: Sequence[Compared], strange: Sequence[Compared], job: str) -> None:
    """A list that cannot be true is a problem; one that can be ends it."""
    believed = [f"{LIST}{each.side}" for each in compared if each not in strange]
    await ctx.store.problems.resolve(ctx.company, mapping.name, [GIVEN_UP, *believed])
    rows = []
    for each in strange:
        message = await _checked(ctx, mapping, each)
        details = {"problems": [{"code": ListTooShort.code, "field": None, "detail": message}]}
        key = f"{LIST}{each.side}"
        rows.append(
            ProblemRow(
                company=ctx.company, mapping=mapping.name, key=key, code=ListTooShort.code, message=message, details=details, job=job
            )
        )
    await ctx.store.problems.put(rows)


async def _checked(ctx: Context, mapping: TableMapping, compared: Compared) -> str:
    """What was found out about a list that cannot be true."""
    table = mapping.table(compared.side).name
    said = f"{table} lists {compared.read} rows, and {len(compared.missing)} of {compared.known} coupled ones are not among them"
    if compared.side is Side.BC:
        companies = {str(row["id"]) for row in await ctx.bc.companies()}
        return f"{said}; the company is {'there' if ctx.company in companies else 'not to be seen by the app'}"
    count = await ctx.sales.count(table) if not table.startswith(CHOICES) else compared.read
    return f"{said}; the organisation counts {count} rows, of which the app may not see all"
