"""What the app itself needs: its file of mappings, its storage, its state, clocks that agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.values import Side
from sync.declared import check
from sync.entry.guards import check_alone
from sync.entry.seat import check_seat
from sync.errors import ClockOff, OnHold
from sync.errors.setup import WebhooksFailing
from sync.hooks.keep import DYING
from sync.services.model import Page, Query
from sync.setup.model import Facts, Place, Requirement
from sync.store.hooks import EVERYBODY

TOLERANCE = timedelta(minutes=1)
"""Clocks may differ by so much: marks are taken from the services' own clocks, leases and days from that of the app."""


async def _mappings(place: Place) -> Facts:
    check(place.environment.declared)
    return {"mappings": sorted(place.environment.declared.mappings)}


MAPPINGS_FILE = Requirement(name="mappingsFile", says="The mappings are declared without mistakes.", look=_mappings)


async def _storage(place: Place) -> Facts:
    await place.environment.store.create()
    await place.environment.store.format.check(at_once=True)
    return {"messagesWaiting": await place.environment.store.queue.length()}


STORAGE = Requirement(name="storage", says="The storage answers, and the app may use its tables and queues.", look=_storage)


async def _state(place: Place) -> Facts:
    ctx = await place.context()
    if ctx.hold:
        raise OnHold(f"The connection is on hold: {ctx.hold.reason}.")
    return {"companyId": ctx.company}


CONNECTION = Requirement(
    name="connection", says="The state is of this environment, company and organisation, and not on hold.", look=_state
)


async def _alone(place: Place) -> Facts:
    ctx = await place.systems()
    await check_alone(ctx)
    await check_seat(ctx)
    return {}


ALONE = Requirement(
    name="alone", says="No other connector, and no second Couplet, works on the same company and organisation.", look=_alone
)


async def _clock(place: Place) -> Facts:
    ctx = await place.systems()
    pages: dict[Side, Page] = {
        Side.BC: await ctx.bc.page(Query(table="generalLedgerSetup", columns=("id",), size=1)),
        Side.SALES: await ctx.sales.page(Query(table="organizations", columns=("organizationid",), size=1)),
    }
    now = datetime.now(UTC)
    seconds: dict[str, Any] = {f"{side}Seconds": round((page.clock - now).total_seconds()) for side, page in pages.items()}
    if any(abs(each) > TOLERANCE.total_seconds() for each in seconds.values()):
        raise ClockOff(f"The clocks differ by up to {max(map(abs, seconds.values()))} seconds.", **seconds)
    return {**seconds, "timeZone": str(ctx.settings.bc_time_zone), "today": now.astimezone(ctx.settings.bc_time_zone).date().isoformat()}


CLOCK = Requirement(name="clock", says="The clocks of the app and of both services agree.", look=_clock)


async def _webhooks(place: Place) -> Facts:
    """Where the services are to tell of changes: that they do, as the last round found it."""
    if not place.environment.settings.webhooks:
        return {"on": False}
    ctx = await place.context()
    hooks = ctx.store.hooks
    known = await hooks.subscriptions(ctx.company, EVERYBODY)
    soon = datetime.now(UTC) + DYING
    failing = [each for each in known if each.code or (each.expires and each.expires < soon)]
    sides = [side for side, source in (await hooks.sources()).items() if source.code]
    if failing or sides or not known:
        what = f"{len(failing)} of {len(known)} subscriptions fail or are about to end" if known else "There is no subscription yet"
        raise WebhooksFailing(f"{what}.", sides=sides, subscriptions=[{"side": each.side, "resource": each.resource} for each in failing])
    return {"on": True, "subscriptions": len(known)}


WEBHOOKS = Requirement(name="webhooks", says="Both systems tell of changes, where they are to.", look=_webhooks, needed=False)
