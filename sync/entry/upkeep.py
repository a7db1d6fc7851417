"""What timers do beside the work itself: ask for looks that are due, mend what got lost, probe a paused connection, forget old jobs."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mapping.values import Side
from sync.context import Context
from sync.entry.connection import end_hold, is_on, pause
from sync.entry.guards import check_alone
from sync.entry.ncrontab import Schedule
from sync.entry.schedule import is_due, is_overdue, pause_after, silent
from sync.entry.seat import sit_down, stay
from sync.environment import Environment
from sync.errors import AnotherConnector, AnotherCouplet, ServiceError, Silent
from sync.record.brake import MASS
from sync.run import convert, messages, modified
from sync.run.jobs import finish_job
from sync.run.looks import request_scan
from sync.services.model import Query
from sync.store import APP, Hold
from sync.store.queue import LEASE
from sync.takeover import adopt, rebuild

log = logging.getLogger("couplet")

SEVERAL = (modified.KIND, convert.KIND, adopt.KIND, rebuild.KIND)
"""What stands in for a mapping in the ids of jobs that belong to several."""

SILENT = 1.5
"""Markers older than so many leases are sent again once the queue is empty."""


async def tick(environment: Environment, mapping: str) -> None:
    """Put a look at a mapping on the queue for every company in which it is due."""
    for ctx in await environment.contexts():
        if mapping not in ctx.mappings:
            continue
        if ctx.hold:
            log.info("%s: the connection is on hold: %s", mapping, ctx.hold.reason, extra={"mapping": mapping})
        elif is_due(ctx.mappings[mapping], ctx.entry(mapping), datetime.now(UTC)):
            await request_scan(ctx, mapping)


async def sweep(environment: Environment) -> int:
    """Send again what got lost on the way, and end jobs whose last worker died; how many messages were sent.

    With an empty queue that is what has waited for some leases; else only what no lease of a dead worker's message can hide any more.
    """
    waiting = await environment.store.queue.length()
    held = [ctx for ctx in await environment.contexts() if ctx.hold] if waiting else []
    older_than, held_companies = timedelta(seconds=SILENT * environment.settings.lease_seconds), {ctx.company for ctx in held}
    if waiting > sum([await _going_round(ctx) for ctx in held]):
        return await _send_again(environment, older_than, held_companies, silent_for=LEASE)
    asked = 0 if waiting else await _look_again(environment, older_than) + await _advance_again(environment)
    return asked + await _send_again(environment, older_than, held_companies)


async def _look_again(environment: Environment, older_than: timedelta) -> int:
    """Ask again for looks whose worker died after he had noted them and before they were on the queue, which is empty."""
    lost = [
        (ctx, name)
        for ctx in await environment.contexts()
        for name in ctx.mappings
        if not ctx.hold and (since := ctx.entry(name).scan_pending_since) and since + older_than < datetime.now(UTC)
    ]
    return sum([await request_scan(ctx, name, lost_after=older_than) for ctx, name in lost])


async def _advance_again(environment: Environment) -> int:
    """Let full synchs go on whose step got lost: no marker holds it, and the queue is empty. Advancing twice is advancing once."""
    running = [(ctx, await ctx.store.full_syncs.running(ctx.company)) for ctx in await environment.contexts() if not ctx.hold]
    lost = [messages.advance(ctx.company, full.id) for ctx, full in running if full]
    await environment.store.queue.send_many(lost)
    return len(lost)


async def _going_round(ctx: Context) -> int:
    """How many messages of a company on hold there may be on the queue: those of its jobs, and a look a mapping."""
    return sum((await ctx.store.work.backlog(ctx.company)).values()) + len(ctx.mappings)


async def _send_again(
    environment: Environment, older_than: timedelta, but: Collection[str] = (), *, silent_for: timedelta | None = None
) -> int:
    """Send the messages of old markers again, `but` those of companies whose messages go round."""
    store = environment.store
    found = await store.work.sweep(older_than=older_than, but=but, silent_for=silent_for)
    await store.queue.send_many(found.messages)
    for company, job in found.ended:
        await finish_job(await environment.context(company), job)
    return len(found.messages)


async def resume(environment: Environment, ctx: Context) -> bool:
    """End the hold of a connection and let everything go on at once; False when it was not on hold.

    Messages come back by themselves; those of jobs are sent once more so that nobody waits for them, and twice is once.
    """
    if not await end_hold(ctx):
        return False
    await _go_on(environment, ctx)
    return True


async def _go_on(environment: Environment, ctx: Context) -> None:
    await _send_again(environment, timedelta(0))
    full = await ctx.store.full_syncs.running(ctx.company)
    if full:
        await ctx.store.queue.send(messages.advance(ctx.company, full.id))
    for name, mapping in ctx.mappings.items():
        if mapping.runs and not ctx.entry(name).held_by_person:
            await request_scan(ctx, name, anew=True)


async def probe(environment: Environment) -> None:
    """Look whether the companies that paused themselves have back what they lost, more and more rarely (rule G4)."""
    for ctx in await environment.contexts():
        held = ctx.hold
        if held is None or held.by != APP:
            continue
        if held.probed is None or datetime.now(UTC) >= held.probed + pause_after(held.probes):
            await _probe(environment, ctx, held)


async def _probe(environment: Environment, ctx: Context, held: Hold) -> None:
    try:
        await _try(ctx, held.mapping)
    except ServiceError as error:
        log.warning("The connection stays on hold: %s", error, extra={"code": error.code})
        await ctx.store.entries.change_hold(ctx.company, lambda last: _probed(last, over=False))
        return
    if await ctx.store.entries.change_hold(ctx.company, lambda last: _probed(last, over=True)):
        log.warning("The connection resumes: what it lacked is there again")
        await _go_on(environment, ctx)


def _probed(last: Hold | None, *, over: bool) -> Hold | None:
    if last is None or not is_on(last) or last.by != APP:
        return None
    return replace(last, probes=last.probes + 1, probed=datetime.now(UTC), over=over)


async def guard(environment: Environment) -> None:
    """Pause the companies that another connector works on, too, or another Couplet (rule G3)."""
    for ctx in await environment.contexts():
        if ctx.hold:
            continue
        try:
            await check_alone(ctx)
            await stay(ctx)
        except (AnotherConnector, AnotherCouplet) as error:
            await pause(ctx.store, ctx.company, error, None)


async def _try(ctx: Context, name: str | None) -> None:
    """The sign-in to both services, the tables of the mapping that met the trouble, and that nobody else works on them."""
    await check_alone(ctx)
    await sit_down(ctx)
    await ctx.sales.who_am_i()
    await ctx.bc.companies()
    mapping = ctx.mappings.get(name or "")
    tables = {side: mapping.table(side) for side in Side} if mapping else {}
    for side, table in tables.items():
        await ctx.services[side].page(Query(table=table.name, columns=(table.id,), size=1), size=1)


async def forget_old_jobs(environment: Environment) -> int:
    """Delete what is older than its setting, jobs in process left out: jobs, full synchs, matches, replaced values; how many jobs went.

    Open problems never go, nor do couplings.
    """
    settings, now = environment.settings, datetime.now(UTC)
    before, changes_before = now - timedelta(days=settings.job_retention_days), now - timedelta(days=settings.history_days)
    gone = 0
    for ctx in await environment.contexts():
        # Also of mappings that are no longer there
        for name in {*ctx.mappings, *ctx.entries, *SEVERAL}:
            gone += await ctx.store.jobs.forget(ctx.company, name, before)
            await ctx.store.matches.forget(ctx.company, name, before)
            await ctx.store.findings.forget(ctx.company, name, before)
            await ctx.store.changes.forget(ctx.company, name, changes_before)
        for full in await ctx.store.full_syncs.forget(ctx.company, before):
            await ctx.store.samples.forget(ctx.company, full.id, full.options.get("mappings", ()))
        await _forget_lists(ctx, before)
    return gone


async def _forget_lists(ctx: Context, before: datetime) -> None:
    """What runs held back whose workers died before anybody was asked; the list of an open problem stays."""
    for job in await ctx.store.withheld.jobs(ctx.company, before):
        asked = [await ctx.store.problems.get(ctx.company, name, MASS + job) for name in {*ctx.mappings, *ctx.entries}]
        if not any(asked):
            await ctx.store.withheld.clear(ctx.company, job)


async def check_pulse(environment: Environment) -> None:
    """Raise Silent when mappings that should be looked at were not, for three schedules; without a request to either service."""
    now, schedule = datetime.now(UTC), Schedule.parse(environment.settings.schedule)
    if not environment.connected:
        if is_overdue(schedule, environment.began, now):
            raise Silent("For three schedules this process has not reached both services.")
        return
    for ctx in await environment.contexts():
        names = [] if ctx.hold else silent(ctx.mappings, ctx.entries, schedule, environment.began, now)
        if names:
            raise Silent(f"Not looked at for three schedules: {', '.join(names)}.")
