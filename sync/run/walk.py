"""The work of jobs: a large delta as messages of 1 to 100 records, a full walk as a chain of pages.

A chain is sequential on purpose: the page in work bounds memory, and inside a page the lanes of both services are kept busy. A job
survives a crash at any moment: markers hold its messages until their outcome is counted.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mapping.model import TableMapping
from mapping.policies import DeletionPolicy
from mapping.values import Side
from sync.context import Context
from sync.heart.plan import Act, Row, Run
from sync.record.brake import DELETION, RUN, careful, settle, withhold
from sync.record.records import Seen, synchronize
from sync.run import messages
from sync.run.dry_run import begin_page, rehearsal, rehearse
from sync.run.jobs import dump_marks, finish_if_done, is_cancelled, note_run
from sync.run.recommend import SIDES
from sync.run.scan import baseline
from sync.services.model import Page, Query
from sync.store import Job, Status

Step = Callable[[Context, Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""Works one message of a chain, counts it, and says which one follows; its marker stands then."""


async def start_walk(ctx: Context, mapping: TableMapping, job: Job, run: Run) -> None:
    """Begin a walk over the whole tables of a mapping; beginning twice is beginning once, wherever the first who began it died."""
    stored = await ctx.store.jobs.get(ctx.company, job.id)
    if stored is None:
        marks = {} if run.rehearsal else await baseline(ctx, mapping)
        stored = await ctx.store.jobs.start(replace(job, details={"marks": dump_marks(marks)}))
    if stored.status is not Status.IN_PROCESS:
        return
    if not run.rehearsal:
        await ctx.store.entries.merge(ctx.company, mapping.name, full_job=job.id)
    first = messages.page(ctx.company, mapping.name, SIDES[mapping.direction][0], run=run, job=job.id, number=0, link=None)
    if await ctx.store.work.add(ctx.company, job.id, {first["number"]: first}):
        await ctx.store.queue.send(first)
    await ctx.store.work.seal(ctx.company, job.id)
    await finish_if_done(ctx, job.id)


async def walk_page(ctx: Context, message: Mapping[str, Any]) -> None:
    """Synchronise one page of a table and those behind it."""
    await follow(ctx, message, _work_page)


async def follow(ctx: Context, message: Mapping[str, Any], step: Step) -> None:
    """Work one step of a chain and those behind it, for as long as one message may take; then hand on to the next.

    Going on at once, and not by way of the queue, spares a pause of up to the host's longest polling interval a page. Should the worker
    die, its message comes back and finds the marker of the page that was in work.
    """
    if not await ctx.store.work.pending(ctx.company, message["job"], message["number"]):
        await _resend_successors(ctx, message)
        return
    ctx = rehearsal(ctx, messages.load_run(message.get("run"), Run()))
    until = time.monotonic() + WALKING_SECONDS
    following: Mapping[str, Any] | None = message
    while following and time.monotonic() < until:
        following = await step(ctx, following)
        if following and await ctx.store.entries.hold(ctx.company):
            break
    if following:
        await ctx.store.queue.send(following)
    await finish_if_done(ctx, message["job"])


async def _work_page(ctx: Context, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Synchronise one page; the message of the next one, whose marker stands when this one is counted."""
    mapping, side = ctx.mappings[message["mapping"]], Side(message["side"])
    run = careful(mapping, messages.load_run(message["run"], Run()), None)
    at = datetime.now(UTC)
    begin_page(ctx, f"{message['job']} {message['number']}")
    page = await _read_page(ctx, mapping, side, message["link"])
    seen = Seen(side=side, rows=await _not_seen_yet(ctx, mapping, side, page.rows), at=at)
    tally = await (rehearse(ctx, mapping, seen, run) if run.rehearsal else synchronize(ctx, mapping, seen, run, message["job"]))
    if not run.rehearsal:
        await withhold(ctx, message["job"], tally.held_back)
    following = await _following(ctx, mapping, message, run, page.next)
    unfinished = [] if following else await _unfinished(ctx, mapping, side)
    again = once_more(ctx, message, [*tally.busy, *unfinished], run)
    then = {each["number"]: each for each in (*following, *again)}
    acts = {"acts": {act.value: len(ids) for act, ids in tally.held_back.items()}} if run.rehearsal else {}
    outcome = {**tally.as_json(), **acts, "read": len(page.rows)}
    counted = await ctx.store.work.done(ctx.company, message["job"], message["number"], outcome, then)
    if counted:
        await ctx.store.queue.send_many(again, delay_seconds=LEASED_PAUSE)
    return following[0] if counted and following else None


WALKING_SECONDS = 240.0
"""How long one message goes on with page after page: well below the function's time limit, and a worker's death costs no more."""


async def _read_page(ctx: Context, mapping: TableMapping, side: Side, link: str | None) -> Page:
    """A page in the order of ids: its couplings lie dense in the store."""
    table, size = mapping.table(side), ctx.settings.page_size
    if link:
        return await ctx.services[side].page(link, size=size)
    order = table.id if table.changed else None
    return await ctx.services[side].page(Query(table=table.name, columns=mapping.columns(side), order=order, size=size))


async def _not_seen_yet(ctx: Context, mapping: TableMapping, side: Side, rows: Sequence[Row]) -> dict[str, Row]:
    """The page's rows by id; of the second table only those without coupling, as the first walk compared the others already."""
    by_id = {str(row[mapping.table(side).id]): row for row in rows}
    if SIDES[mapping.direction].index(side) == 0:
        return by_id
    seen = await ctx.store.couplings.partners(ctx.company, mapping.name, side, by_id)
    return {id_: row for id_, row in by_id.items() if id_ not in seen}


async def _following(ctx: Context, mapping: TableMapping, message: Mapping[str, Any], run: Run, link: str | None) -> list[messages.Message]:
    """The next page of this table, or the first one of the other table."""
    if await is_cancelled(ctx, await ctx.store.jobs.get(ctx.company, message["job"])):
        return []
    side, job = Side(message["side"]), message["job"]
    if link:
        return [messages.page(ctx.company, mapping.name, side, run=run, job=job, number=message["place"] + 1, link=link)]
    sides = SIDES[mapping.direction]
    rest = sides[sides.index(side) + 1 :]
    return [messages.page(ctx.company, mapping.name, rest[0], run=run, job=job, number=0, link=None)] if rest else []


async def _unfinished(ctx: Context, mapping: TableMapping, side: Side) -> list[str]:
    """At the end of a walk over both tables: records of the second one for which a worker died while it made the counterpart.

    They have a coupling, and so were left out of this walk, but no row that the first walk could have met.
    """
    if SIDES[mapping.direction].index(side) == 0:
        return []
    claimed = await ctx.store.couplings.claims(ctx.company, mapping.name)
    return [each.sales_id if side is Side.SALES else each.bc_id for each in claimed]


def once_more(ctx: Context, message: Mapping[str, Any], ids: Sequence[str], run: Run) -> list[messages.Message]:
    """Records that somebody else works on, or died over: once more, as messages of the same job."""
    mapping, side = message["mapping"], Side(message["side"])
    kept = {"job": message["job"], "agreed": message.get("agreed"), "deletion": message.get("deletion")}
    again = messages.records(ctx.company, mapping, side, list(dict.fromkeys(ids)), run=run, **kept)
    return [{**each, "number": f"{message['number']}+{place}"} for place, each in enumerate(again)]


async def _resend_successors(ctx: Context, message: Mapping[str, Any]) -> None:
    """This page was worked before; its worker may have died between counting it and sending on."""
    markers = await ctx.store.work.markers(ctx.company, message["job"])
    await ctx.store.queue.send_many(markers.values())
    await finish_if_done(ctx, message["job"])


async def work_records(ctx: Context, message: Mapping[str, Any], default: Run) -> None:
    """Synchronise the records of one message as they stand now (rule C6)."""
    mapping, side, job = _asked(ctx.mappings[message["mapping"]], message), Side(message["side"]), message.get("job")
    if job and not await ctx.store.work.pending(ctx.company, job, message["number"]):
        await finish_if_done(ctx, job)
        return
    run = _allowed(mapping, message, default)
    seen = await Seen.read(ctx, mapping, side, message["ids"])
    alone = Job.new(ctx.company, mapping.name, "scheduled", started=seen.at)
    tally = await synchronize(ctx, mapping, seen, run, job or alone.id)
    await withhold(ctx, job or alone.id, tally.held_back)
    again = once_more(ctx, {**message, "number": message.get("number", "")}, tally.busy, run)
    if job:
        then = {each["number"]: each for each in again}
        if await ctx.store.work.done(ctx.company, job, message["number"], tally.as_json(), then):
            await ctx.store.queue.send_many(again, delay_seconds=LEASED_PAUSE)
        await finish_if_done(ctx, job)
    else:
        await ctx.store.queue.send_many(again, delay_seconds=LEASED_PAUSE)
        await note_run(ctx, alone, tally)
        if tally.held_back:
            await settle(ctx, mapping, alone.id, _wishes(message), slice_of_more=True)


def _wishes(message: Mapping[str, Any]) -> dict[str, Any]:
    """What a person wanted of the records of a message."""
    return {name: message[name] for name in (DELETION, RUN) if message.get(name)}


def _asked(mapping: TableMapping, message: Mapping[str, Any]) -> TableMapping:
    """The mapping with what a person wants of deleted rows this once."""
    wanted = message.get("deletion")
    return replace(mapping, deletion=DeletionPolicy(wanted)) if wanted else mapping


def _allowed(mapping: TableMapping, message: Mapping[str, Any], default: Run) -> Run:
    """The run of a message: what a person or the brake let through may be done, else as much as its size allows (rule C3)."""
    run = messages.load_run(message["run"], default)
    if message.get("agreed"):
        return replace(run, agreed=frozenset({Act(message["agreed"])}))
    return careful(mapping, run, message.get("total") if message.get("job") else len(message["ids"]))


LEASED_PAUSE = 5.0
"""Seconds before a record is tried again that somebody else works on."""
