"""One work message: what it asks for, and what happens when a service cannot be used just now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync import messages
from sync.context import Context
from sync.desk import given_up
from sync.environment import Environment
from sync.errors import CoupletError, NewerFormat, ServiceUnusable, Throttled, WorkFailed
from sync.full import advance, fail_lines
from sync.plan import Run
from sync.records import Seen, synchronize
from sync.retries import retry_due, scheduled
from sync.scan import Due, as_messages, baseline, look
from sync.services.http import TRACEPARENT
from sync.store import Entry, Job
from sync.uncoupling import work_uncoupling
from sync.undo import work_undo
from sync.walk import WALK, finish_if_done, finish_job, hand_out, note_run, walk_page, work_records

Message = Mapping[str, Any]

INLINE = 100
"""So many changed records are synchronised within the look itself; more become messages of a job."""

ATTEMPTS = 60
"""How often a message is tried while a service cannot be used: with the longest pause, about five hours."""

LONGEST_PAUSE = 300.0

STALE_SCAN = timedelta(minutes=15)
"""A scan pending for so long got lost: another one may be sent. One at work for so long died."""

TURN_SECONDS = 2
"""How long a look waits before it asks again whether the one before it is over."""

SILENT = 1.5
"""Markers older than so many leases are sent again once the queue is empty."""


async def request_scan(ctx: Context, mapping: str, *, delay_seconds: float = 0) -> bool:
    """Put a look at a mapping on the queue, to begin after the delay, unless one is pending."""
    if not await ctx.store.entries.claim_scan(ctx.company, mapping, stale_after=STALE_SCAN):
        return False
    await ctx.store.queue.send(messages.scan(ctx.company, mapping), delay_seconds)
    return True


async def handle(environment: Environment, message: Message) -> None:
    """Do what a work message asks for; a service that cannot be used just now sends the message round again, later."""
    if message["format"] > messages.FORMAT:
        raise NewerFormat(f"A work message has format {message['format']}, this app knows {messages.FORMAT}.")
    with _traced(message):
        try:
            await KINDS[message["kind"]](await environment.context(message["company"]), message)
        except ServiceUnusable as error:
            attempt = int(message.get("attempt", 0))
            if not error.transient or attempt >= ATTEMPTS:
                raise
            counted = attempt if isinstance(error, Throttled) else attempt + 1
            await environment.store.queue.send({**message, "attempt": counted}, _pause(error, attempt))


@contextmanager
def _traced(message: Message) -> Iterator[None]:
    token = TRACEPARENT.set(message.get("traceparent"))
    try:
        yield
    finally:
        TRACEPARENT.reset(token)


def _pause(error: ServiceUnusable, attempt: int) -> float:
    """Throttling says itself how long to wait, and is no attempt; anything else waits longer each time."""
    return float(error.retry_after) if isinstance(error, Throttled) else min(2.0 * 2**attempt, LONGEST_PAUSE)


async def scan(ctx: Context, message: Message) -> None:
    """Look at one mapping; one look at a time, so that a second one finds what changed since the first began."""
    name = message["mapping"]
    entry = await ctx.store.entries.begin_scan(ctx.company, name, str(message.get("look")), stale_after=STALE_SCAN)
    if entry is None:
        await ctx.store.queue.send(message, delay_seconds=TURN_SECONDS)
        return
    learned: Mapping[str, Any] = {}
    try:
        learned = await _look(ctx, message, entry)
    finally:
        await ctx.store.entries.end_scan(ctx.company, name, **learned)


async def _look(ctx: Context, message: Message, entry: Entry) -> Mapping[str, Any]:
    """Look what changed in one mapping and bring it into step; marks move only when all of it is done or queued."""
    mapping = ctx.mappings[message["mapping"]]
    if entry.held_by_person or await _is_walked(ctx, entry):
        return {}
    if entry.bc_watermark is None:
        marks = await baseline(ctx, mapping)
        return {"last_looked": datetime.now(UTC), **marks}
    due = await look(ctx, mapping, entry)
    small = len(due.bc) + len(due.sales) <= INLINE
    job = await (_synchronize_now(ctx, mapping, due) if small else _synchronize_as_job(ctx, mapping, due))
    await ctx.store.hooks.forget_gone(ctx.company, mapping.name, due.said_gone)
    await retry_due(ctx, mapping)
    await _recovered(ctx, message, entry.failures)
    last = {"last_job": job} if job else {}
    return {"last_looked": datetime.now(UTC), "failures": 0, **due.marks, **last}


async def _is_walked(ctx: Context, entry: Entry) -> bool:
    """Whether a full synch walks over the mapping; what changes meanwhile is found by the look behind it, from the marks of its start."""
    job = await ctx.store.jobs.get(ctx.company, entry.full_job) if entry.full_job else None
    return job is not None and not job.status.over


async def _synchronize_now(ctx: Context, mapping: TableMapping, due: Due) -> str | None:
    job = None
    for side, ids in ((Side.BC, sorted(due.bc)), (Side.SALES, sorted(set(due.sales)))):
        if ids:
            seen = await Seen.read(ctx, mapping, side, ids)
            own = Job.new(ctx.company, mapping.name, "scheduled", started=seen.at)
            tally = await synchronize(ctx, mapping, seen, scheduled_run(mapping), own.id)
            job = await note_run(ctx, own, tally) or job
            await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, side, tally.busy), delay_seconds=5)
    return job


async def _synchronize_as_job(ctx: Context, mapping: TableMapping, due: Due) -> str:
    job = Job.new(ctx.company, mapping.name, "scheduled")
    await hand_out(ctx, job, as_messages(ctx, mapping, due, scheduled_run(mapping), job.id))
    return job.id


def scheduled_run(mapping: TableMapping) -> Run:
    """What a scheduled run may do: it couples and creates only where the mapping's only-coupled switch is off (rule A2)."""
    creates = frozenset() if mapping.only_coupled else mapping.creates
    return Run(creates=creates, couples=not mapping.only_coupled, start_rule=mapping.start_rule)


async def _records(ctx: Context, message: Message) -> None:
    await work_records(ctx, message, scheduled_run(ctx.mappings[message["mapping"]]))


async def _advance(ctx: Context, message: Message) -> None:
    await advance(ctx, message["fullSync"])


KINDS: Mapping[str, Callable[[Context, Message], Awaitable[None]]] = {
    "scan": scan,
    "records": _records,
    "page": walk_page,
    "advance": _advance,
    "undo": work_undo,
    "uncouple": work_uncoupling,
}


async def sweep(environment: Environment) -> int:
    """Send again what got lost on the way, and end jobs whose last worker died; how many messages were sent."""
    store = environment.store
    if await store.queue.length():
        return 0
    found = await store.work.sweep(older_than=timedelta(seconds=SILENT * environment.settings.lease_seconds))
    await store.queue.send_many(found.messages)
    for company, job in found.ended:
        await finish_job(await environment.context(company), job)
    return len(found.messages)


async def give_up(environment: Environment, message: Message, reason: CoupletError | None = None) -> None:
    """A message that failed too often becomes a problem, and its job goes on to its end without it."""
    ctx = await environment.context(message["company"])
    error, job = reason or WorkFailed(), message.get("job")
    lines = await fail_lines(ctx, message["fullSync"], error) if message["kind"] == "advance" else [message["mapping"]]
    records = [f"{message['side']}:{id_}" for id_ in message.get("ids", ())] or [_place(message)]
    mappings = [ctx.mappings[name] for name in lines]
    runs = {mapping.name: messages.load_run(message.get("run"), scheduled_run(mapping)) for mapping in mappings}
    lost = [given_up(ctx, mapping, key, error, runs[mapping.name], job) for mapping in mappings for key in records]
    await ctx.store.problems.put(lost, scheduled)
    if message["kind"] == "scan":
        entry = await ctx.store.entries.get(ctx.company, message["mapping"])
        await ctx.store.entries.merge(ctx.company, message["mapping"], failures=entry.failures + 1)
    if job:
        await ctx.store.work.done(ctx.company, job, message["number"], {"toSales": {"failed": len(records)}})
        await finish_if_done(ctx, job)


def _place(message: Message) -> str:
    """The key of a problem that is about no record: the look at a mapping, or a walk over its tables."""
    return f"scan:{message['mapping']}" if message["kind"] == "scan" else WALK


async def _recovered(ctx: Context, message: Message, failures: int) -> None:
    """A look that failed before got through again."""
    if failures:
        await ctx.store.problems.resolve(ctx.company, message["mapping"], [_place(message)])
