"""One work message: what it asks for, and what happens when a service cannot be used just now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync import messages
from sync.connection import go_round, pause, pauses
from sync.context import Context
from sync.desk import given_up
from sync.environment import Environment
from sync.errors import CoupletError, NewerFormat, ServiceError, ServiceUnusable, Throttled, WorkFailed
from sync.full import advance, fail_lines
from sync.plan import Run
from sync.records import Seen, synchronize
from sync.retries import retry_due, scheduled
from sync.scan import Due, as_messages, baseline, look
from sync.schedule import pause_after
from sync.services.http import TRACEPARENT
from sync.store import Entry, Job
from sync.uncoupling import work_uncoupling
from sync.undo import work_undo
from sync.walk import WALK, finish_if_done, hand_out, note_run, walk_page, work_records

Message = Mapping[str, Any]

INLINE = 100
"""So many changed records are synchronised within the look itself; more become messages of a job."""

ATTEMPTS = 60
"""How often a message is tried while a service cannot be used: with the longest pause, about five hours."""

MOST_ATTEMPTS: Mapping[str, int] = {"scan": 5}
"""A look that does not get through within a minute ends as an error; the timer asks for the next one when its pause is over."""

LONGEST_PAUSE = 300.0

STALE_SCAN = timedelta(minutes=15)
"""A scan pending for so long got lost: another one may be sent. One at work for so long died."""

TURN_SECONDS = 2
"""How long a look waits before it asks again whether the one before it is over."""


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
            ctx = await environment.context(message["company"])
            await (go_round(ctx.store, message) if ctx.hold else KINDS[message["kind"]](ctx, message))
        except ServiceError as error:
            await _not_now(environment, message, error)


async def _not_now(environment: Environment, message: Message, error: ServiceError) -> None:
    """A connection that lost its rights pauses with all its work; else the message goes round for a while, and a look fails after that."""
    if pauses(error):
        await pause(environment.store, message["company"], error, message.get("mapping"))
        await go_round(environment.store, message)
        return
    attempt = int(message.get("attempt", 0))
    if not isinstance(error, ServiceUnusable) or not error.transient:
        raise error
    if isinstance(error, Throttled) or attempt < MOST_ATTEMPTS.get(message["kind"], ATTEMPTS):
        counted = attempt if isinstance(error, Throttled) else attempt + 1
        await environment.store.queue.send({**message, "attempt": counted}, _pause(error, attempt))
    elif message["kind"] == "scan":
        await give_up(environment, message, error)
    else:
        raise error


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
    mapping = ctx.mappings[message["mapping"]]
    begun = await _take_turn(ctx, mapping, str(message.get("look")))
    if begun is None:
        await ctx.store.queue.send(message, delay_seconds=TURN_SECONDS)
        return
    learned: Mapping[str, Any] = {}
    try:
        learned = await _look(ctx, mapping, begun)
    finally:
        await ctx.store.entries.end_scan(ctx.company, mapping.name, **learned)
        if mapping.category:
            await ctx.store.entries.leave_category(ctx.company, mapping.category, mapping.name, job=learned.get("last_job"))


async def _take_turn(ctx: Context, mapping: TableMapping, look: str) -> Entry | None:
    """The entry of a mapping whose look begins; None while another look at it, or a mapping of its category, is at work."""

    async def goes_on(job_id: str) -> bool:
        job = await ctx.store.jobs.get(ctx.company, job_id)
        return job is not None and not job.status.over

    entries, until = ctx.store.entries, datetime.now(UTC) + STALE_SCAN
    if mapping.category and not await entries.take_category(ctx.company, mapping.category, mapping.name, until=until, goes_on=goes_on):
        return None
    return await entries.begin_scan(ctx.company, mapping.name, look, stale_after=STALE_SCAN)


async def _look(ctx: Context, mapping: TableMapping, entry: Entry) -> Mapping[str, Any]:
    """Look what changed in one mapping and bring it into step; marks move only when all of it is done or queued."""
    if entry.held_by_person:
        return {}
    if await _is_walked(ctx, entry):
        return {"last_looked": datetime.now(UTC)}
    if entry.bc_watermark is None:
        return {**await baseline(ctx, mapping), "last_looked": datetime.now(UTC)}
    due = await look(ctx, mapping, entry)
    small = not due.news and len(due.bc) + len(due.sales) <= INLINE
    job = await (_synchronize_now(ctx, mapping, due) if small else _synchronize_as_job(ctx, mapping, due))
    await ctx.store.hooks.forget_gone(ctx.company, mapping.name, due.said_gone)
    await retry_due(ctx, mapping)
    if entry.failures:
        await ctx.store.problems.resolve(ctx.company, mapping.name, [_place_of_looks(mapping.name)])
    last = {"last_job": job} if job else {}
    return {**due.marks, **last, "last_looked": datetime.now(UTC), "failures": 0, "not_before": None, "idle": job is None}


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
    job = replace(Job.new(ctx.company, mapping.name, "comparison" if due.news else "scheduled"), message=due.news)
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
        await _rest(ctx, message["mapping"])
    if job:
        await ctx.store.work.done(ctx.company, job, message["number"], {"toSales": {"failed": len(records)}})
        await finish_if_done(ctx, job)


async def _rest(ctx: Context, mapping: str) -> None:
    """A run that did not get through: the next one comes by itself, later each time."""
    failures = (await ctx.store.entries.get(ctx.company, mapping)).failures + 1
    await ctx.store.entries.merge(ctx.company, mapping, failures=failures, not_before=datetime.now(UTC) + pause_after(failures))


def _place(message: Message) -> str:
    """The key of a problem that is about no record: the look at a mapping, or a walk over its tables."""
    return _place_of_looks(message["mapping"]) if message["kind"] == "scan" else WALK


def _place_of_looks(mapping: str) -> str:
    return f"scan:{mapping}"
