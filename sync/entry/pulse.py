"""The pulse: how every mapping, connection and subscription stands, told to Azure Monitor again and again, so that silence is heard."""

from __future__ import annotations

from datetime import UTC, datetime

from mapping.model import TableMapping
from sync.context import Context
from sync.entry.ncrontab import Schedule
from sync.entry.schedule import EntryStatus, backlog_of, silent, status_of
from sync.environment import Environment
from sync.errors import CoupletError
from sync.store import Subscription
from sync.store.hooks import EVERYBODY
from sync.telemetry.events import CONNECTION, PULSE, SUBSCRIPTION
from sync.telemetry.tell import tell

OUT_OF_REACH = "Out of Reach"
"""The status of a connection while one of the services cannot be reached."""


async def tell_pulse(environment: Environment) -> None:
    """Tell how everything stands; raises what keeps the app from knowing."""
    try:
        contexts = await environment.contexts()
    except CoupletError as error:
        tell(CONNECTION, status=OUT_OF_REACH, code=error.code)
        raise
    queue = await environment.store.queue.length()
    for ctx in contexts:
        await _tell_of_company(environment, ctx, queue)
    if environment.settings.webhooks:
        for each in await environment.store.hooks.subscriptions(*(ctx.company for ctx in contexts), EVERYBODY):
            _tell_of_subscription(each)


async def _tell_of_company(environment: Environment, ctx: Context, queue: int) -> None:
    backlog, schedule, now = await ctx.store.work.backlog(ctx.company), Schedule.parse(ctx.settings.schedule), datetime.now(UTC)
    quiet = silent({} if ctx.hold else ctx.mappings, ctx.entries, schedule, environment.began, now)
    problems = {name: await ctx.store.problems.count(ctx.company, name) for name in ctx.mappings}
    for name, mapping in ctx.mappings.items():
        waiting = backlog_of(name, backlog)
        told = {"status": _status(ctx, mapping, waiting), "backlog": waiting, "openProblems": problems[name], "silent": name in quiet}
        looked = ctx.entry(name).last_looked
        tell(PULSE, company=ctx.company, mapping=name, **told, lagSeconds=(now - looked).total_seconds() if looked else None)
    hold = ctx.hold
    why = {"status": EntryStatus.ON_HOLD, "code": hold.code, "by": hold.by} if hold else {"status": EntryStatus.READY}
    tell(CONNECTION, company=ctx.company, **why, queue=queue, openProblems=sum(problems.values()))


def _status(ctx: Context, mapping: TableMapping, waiting: int) -> EntryStatus:
    return status_of(mapping, ctx.entry(mapping.name), held=ctx.hold is not None, at_work=waiting > 0)


def _tell_of_subscription(each: Subscription) -> None:
    left = (each.expires - datetime.now(UTC)).total_seconds() / 3600 if each.expires else None
    tell(SUBSCRIPTION, company=each.company, service=each.side, resource=each.resource, hoursLeft=left, code=each.code)
