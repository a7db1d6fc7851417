"""The requirements, each with how it is looked at. To add one, write how it is looked at and put it on the list."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.values import Side
from sync.around.currencies import money_of
from sync.around.reference import all_rows
from sync.context import Context
from sync.declared import check
from sync.entry.guards import check_alone
from sync.entry.seat import check_seat
from sync.environment import Environment
from sync.errors import ClockOff, ColumnsMissing, NoExchangeRate, NotArchived, NotOnThisProfile, OnHold
from sync.errors.setup import OrdersOff
from sync.services.model import Page, ProfileName, Query

CLOCK = timedelta(minutes=1)
"""Clocks may differ by so much: marks are taken from the services' own clocks, leases and days from that of the app."""


@dataclass
class Place:
    """What is looked at: this process and one company, by the name or id of its setting."""

    environment: Environment
    company: str
    _known: asyncio.Task[Context] | None = None

    async def context(self) -> Context:
        """The company as all work sees it; raises what keeps the app from working at all, which is tried once for all requirements."""
        self._known = self._known or asyncio.create_task(self.environment.context(self.company))
        return await self._known


Facts = Mapping[str, Any]
Look = Callable[[Place], Awaitable[Facts]]
"""Answers what was found, and raises an error of the tree, which names the remedy, where the requirement is not met."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """Something that must be in place; without what is not `needed` the rest works."""

    name: str
    says: str
    look: Look
    needed: bool = True


async def _mappings(place: Place) -> Facts:
    check(place.environment.declared)
    return {"mappings": sorted(place.environment.declared.mappings)}


async def _storage(place: Place) -> Facts:
    return {"messagesWaiting": await place.environment.store.queue.length()}


async def _business_central(place: Place) -> Facts:
    client = place.environment.connections.business_central(place.company)
    environment = place.environment.settings.bc_environment
    return {"environment": environment, "company": await client.company_name(), "companyId": await client.company_id()}


async def _sales(place: Place) -> Facts:
    sales = place.environment.connections.sales
    organization = await sales.organization()
    return {"url": place.environment.settings.sales_url, "organizationId": organization.id, "userId": await sales.who_am_i()}


async def _state(place: Place) -> Facts:
    ctx = await place.context()
    if ctx.hold:
        raise OnHold(f"The connection is on hold: {ctx.hold.reason}.")
    return {"companyId": ctx.company}


async def _profile(place: Place) -> Facts:
    ctx = await place.context()
    name = (await ctx.bc.profile()).name
    lacking = [{"mapping": one.mapping, "field": one.field, "why": one.why} for one in ctx.unavailable if one.side is Side.BC]
    if lacking:
        said = "serves its standard API only" if name is ProfileName.STANDARD else "has an older extension"
        what = f"Business Central {said}: {len(lacking)} mappings and fields are unavailable."
        raise NotOnThisProfile(what, profile=name, unavailable=lacking)
    return {"profile": name, "unavailable": []}


async def _columns(place: Place) -> Facts:
    ctx = await place.context()
    lacking = ctx.ours.lacking
    if lacking:
        raise ColumnsMissing(
            f"Sales lacks {len(lacking)} of Couplet's tables and columns.",
            missing=lacking,
            unavailable=[{"mapping": one.mapping, "why": one.why} for one in ctx.unavailable if one.side is Side.SALES],
        )
    return {"missing": []}


async def _orders(place: Place) -> Facts:
    """Where orders are switched on, the organisation must hand them over; elsewhere nothing is asked of it."""
    ctx = await place.context()
    held = [OrdersOff.said(name, mapping.feature) for name, mapping in ctx.declared.items() if mapping.feature and _off_by(ctx, name)]
    if held:
        raise OrdersOff(f"{'; '.join(held)}.", side=Side.SALES)
    return {"mappings": [name for name, mapping in ctx.mappings.items() if mapping.feature and mapping.enabled]}


async def _archives(place: Place) -> Facts:
    """What became of an order that is gone is looked for in its archive, too: orders that go both ways need it (section 15.2)."""
    ctx = await place.context()
    merged = [name for name, mapping in ctx.mappings.items() if mapping.runs and any(part.merged for part in mapping.parts)]
    setup = await all_rows(ctx.bc, "salesReceivablesSetup", ("id", "archiveOrders")) if merged else []
    if any(not row["archiveOrders"] for row in setup):
        raise NotArchived(f"Sales & Receivables Setup does not archive orders, and {', '.join(merged)} goes both ways.", side=Side.BC)
    return {"mappings": merged}


def _off_by(ctx: Context, name: str) -> bool:
    """Whether a mapping that people switched on is off because of the organisation."""
    return ctx.off.get(name) == OrdersOff.said(name, ctx.declared[name].feature)


async def _alone(place: Place) -> Facts:
    ctx = await place.context()
    await check_alone(ctx)
    await check_seat(ctx)
    return {}


async def _currency(place: Place) -> Facts:
    """The local currency must be among those of Sales, or be made there by a rate between it and the base currency (rule D1)."""
    money = await money_of(await place.context())
    known = {each.iso for each in money.currencies}
    if money.local_iso not in known:
        raise NoExchangeRate(
            f"Sales has no currency {money.local_iso}, and Business Central no rate of {money.base_iso} to make it with.",
            localCurrency=money.local_iso,
            baseCurrency=money.base_iso,
        )
    return {"localCurrency": money.local_iso, "baseCurrency": money.base_iso}


async def _clock(place: Place) -> Facts:
    ctx = await place.context()
    pages: dict[Side, Page] = {
        Side.BC: await ctx.bc.page(Query(table="generalLedgerSetup", columns=("id",), size=1)),
        Side.SALES: await ctx.sales.page(Query(table="organizations", columns=("organizationid",), size=1)),
    }
    now = datetime.now(UTC)
    seconds: dict[str, Any] = {f"{side}Seconds": round((page.clock - now).total_seconds()) for side, page in pages.items()}
    if any(abs(each) > CLOCK.total_seconds() for each in seconds.values()):
        raise ClockOff(f"The clocks differ by up to {max(map(abs, seconds.values()))} seconds.", **seconds)
    return {**seconds, "timeZone": str(ctx.settings.bc_time_zone), "today": now.astimezone(ctx.settings.bc_time_zone).date().isoformat()}


REQUIREMENTS: Sequence[Requirement] = (
    Requirement(name="mappingsFile", says="The mappings are declared without mistakes.", look=_mappings),
    Requirement(name="storage", says="The storage answers.", look=_storage),
    Requirement(
        name="businessCentral", says="Business Central is reachable, admits the app and knows the company.", look=_business_central
    ),
    Requirement(name="sales", says="Sales is reachable and admits the app.", look=_sales),
    Requirement(name="connection", says="The state is of this environment, company and organisation, and not on hold.", look=_state),
    Requirement(name="alone", says="No other connector, and no second Couplet, works on the same company and organisation.", look=_alone),
    Requirement(name="currency", says="The local currency of the company is a currency of Sales.", look=_currency),
    Requirement(name="clock", says="The clocks of the app and of both services agree.", look=_clock),
    Requirement(name="profile", says="Business Central serves all that the mappings need.", look=_profile, needed=False),
    Requirement(name="columns", says="Sales has Couplet's own tables and columns.", look=_columns, needed=False),
    Requirement(name="archives", says="Business Central archives orders, where they go both ways.", look=_archives, needed=False),
    Requirement(name="orders", says="Sales hands orders over, where they are switched on.", look=_orders, needed=False),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One requirement, met or not: what was found, else the code, what is wrong, and what to do."""

    name: str
    says: str
    needed: bool
    met: bool
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None
    facts: Facts = field(default_factory=dict)
