"""One work message: what it asks for, and what happens when a service cannot be used just now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.context import Context
from sync.desk.filing import given_up
from sync.desk.retries import scheduled
from sync.desk.uncoupling import work_uncoupling
from sync.desk.undo import work_undo
from sync.entry.connection import go_round, pause, pauses
from sync.entry.schedule import pause_after
from sync.environment import Environment
from sync.errors import CoupletError, NewerFormat, ServiceError, ServiceUnusable, Throttled, WorkFailed
from sync.run import compare, messages
from sync.run.alive import alive
from sync.run.convert import work_convert
from sync.run.full import advance, fail_lines
from sync.run.jobs import WALK, finish_if_done
from sync.run.looks import place_of_looks, scheduled_run, work_scan
from sync.run.match import MATCH, work_match
from sync.run.modified import work_modified
from sync.run.walk import walk_page, work_records
from sync.takeover import adopt, rebuild
from sync.telemetry.events import GIVEN_UP
from sync.telemetry.tell import tell
from sync.telemetry.trace import became, working

Message = Mapping[str, Any]

ATTEMPTS = 60
"""How often a message is tried while a service cannot be used: with the longest pause, about five hours."""

MOST_ATTEMPTS: Mapping[str, int] = {"scan": 5}
"""A look that does not get through within a minute ends as an error; the timer asks for the next one when its pause is over."""

LONGEST_PAUSE = 300.0

LOOKS = ("scan", "modified")
"""Messages that look at a mapping: the next look that gets through closes the problem that one did not."""


async def handle(environment: Environment, message: Message) -> None:
    """Do what a work message asks for; a service that cannot be used just now sends the message round again, later."""
    if message["format"] > messages.FORMAT:
        raise NewerFormat.of("A work message", message["format"], messages.FORMAT)
    if environment.declared.mistakes:
        # Nothing may be lost while somebody corrects the mappings file.
        await environment.store.queue.send(message, LONGEST_PAUSE)
        return
    with working(message):
        try:
            ctx = await environment.context(message["company"])
            async with alive(ctx.store, message):
                await (go_round(ctx.store, message) if ctx.hold else KINDS[message["kind"]](ctx, message))
            became("held" if ctx.hold else "done")
        except ServiceError as error:
            became(await _not_now(environment, message, error), error)


async def _not_now(environment: Environment, message: Message, error: ServiceError) -> str:
    """A connection that lost its rights pauses with all its work; else the message goes round for a while, and a look fails after that."""
    if pauses(error):
        await pause(environment.store, message["company"], error, message.get("mapping"))
        await go_round(environment.store, message)
        return "held"
    attempt = int(message.get("attempt", 0))
    if not isinstance(error, ServiceUnusable) or not error.transient:
        raise error
    if isinstance(error, Throttled) or attempt < MOST_ATTEMPTS.get(message["kind"], ATTEMPTS):
        counted, seconds = attempt if isinstance(error, Throttled) else attempt + 1, _pause(error, attempt)
        await environment.store.queue.send({**message, "attempt": counted}, seconds)
        if message.get("job"):
            await environment.store.work.touch(message["company"], message["job"], message["number"])
        if message["kind"] == "scan":
            back = datetime.now(UTC) + timedelta(seconds=seconds)
            await environment.store.entries.merge(message["company"], message["mapping"], comes_back=back)
        return "again"
    if message["kind"] == "scan":
        await give_up(environment, message, error)
        return "given up"
    raise error


def _pause(error: ServiceUnusable, attempt: int) -> float:
    """Throttling says itself how long to wait, and is no attempt; anything else waits longer each time."""
    return float(error.retry_after) if isinstance(error, Throttled) else min(2.0 * 2**attempt, LONGEST_PAUSE)


async def _records(ctx: Context, message: Message) -> None:
    await work_records(ctx, message, scheduled_run(ctx.mappings[message["mapping"]]))


async def _advance(ctx: Context, message: Message) -> None:
    await advance(ctx, message["fullSync"])


KINDS: Mapping[str, Callable[[Context, Message], Awaitable[None]]] = {
    "scan": work_scan,
    "records": _records,
    "page": walk_page,
    "advance": _advance,
    "undo": work_undo,
    "modified": work_modified,
    "uncouple": work_uncoupling,
    "match": work_match,
    "compare": compare.work,
    "convert": work_convert,
    adopt.KIND: adopt.work_adopt,
    rebuild.KIND: rebuild.work_rebuild,
}


async def give_up(environment: Environment, message: Message, reason: CoupletError | None = None) -> None:
    """A message that failed too often becomes a problem, and its job goes on to its end without it."""
    ctx = await environment.context(message["company"])
    error, job = reason or WorkFailed(), message.get("job")
    lines = await fail_lines(ctx, message["fullSync"], error) if message["kind"] == "advance" else [message.get("mapping", "")]
    records = [f"{message['side']}:{id_}" for id_ in message.get("ids", ())] or [_place(message)]
    mappings = [ctx.mappings[name] for name in lines if name in ctx.mappings]
    runs = {mapping.name: messages.load_run(message.get("run"), scheduled_run(mapping)) for mapping in mappings}
    lost = [given_up(ctx, mapping, key, error, runs[mapping.name], job) for mapping in mappings for key in records]
    await ctx.store.problems.put(lost, scheduled)
    known = {name: message.get(name) for name in ("mapping", "job", "kind")}
    tell(GIVEN_UP, company=ctx.company, **known, code=error.code, count=len(records))
    if message["kind"] in LOOKS:
        await _rest(ctx, message["mapping"])
    if job:
        await ctx.store.work.done(ctx.company, job, message["number"], {"toSales": {"failed": len(records)}})
        await finish_if_done(ctx, job)


async def _rest(ctx: Context, mapping: str) -> None:
    """A run that did not get through: the next one comes by itself, later each time."""
    failures = (await ctx.store.entries.get(ctx.company, mapping)).failures + 1
    await ctx.store.entries.merge(ctx.company, mapping, failures=failures, not_before=datetime.now(UTC) + pause_after(failures))


def _place(message: Message) -> str:
    """The key of a problem that is about no record: the look at a mapping, a match, or a walk over its tables."""
    known = {"match": MATCH, "compare": compare.GIVEN_UP, **dict.fromkeys(LOOKS, place_of_looks(message.get("mapping", "")))}
    return known.get(message["kind"], WALK)
