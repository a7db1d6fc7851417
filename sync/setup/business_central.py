"""What Business Central needs to have: a version that is new enough, the extension, permissions for the app, orders archived."""

from __future__ import annotations

import asyncio

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.reference import all_rows
from sync.context import Context
from sync.errors import AccessDenied, NotArchived, NotFound, NotOnThisProfile, Refused
from sync.errors.setup import PermissionsMissing, TooOld
from sync.services.model import ProfileName, Query
from sync.setup.model import Facts, Place, Requirement

SINCE_26 = "salespeoplePurchasers"


async def _reached(place: Place) -> Facts:
    client = place.environment.connections.business_central(place.company)
    environment = place.environment.settings.bc_name
    return {"environment": environment, "company": await client.company_name(), "companyId": await client.company_id()}


REACHED = Requirement(name="businessCentral", says="Business Central is reachable, admits the app and knows the company.", look=_reached)


async def _profile(place: Place) -> Facts:
    ctx = await place.systems()
    name = (await ctx.bc.profile()).name
    lacking = [{"mapping": one.mapping, "field": one.field, "why": one.why} for one in ctx.unavailable if one.side is Side.BC]
    if lacking:
        said = "serves its standard API only" if name is ProfileName.STANDARD else "has an older extension"
        what = f"Business Central {said}: {len(lacking)} mappings and fields are unavailable."
        raise NotOnThisProfile(what, profile=name, unavailable=lacking)
    return {"profile": name, "unavailable": []}


PROFILE = Requirement(name="profile", says="Business Central serves all that the mappings need.", look=_profile, needed=False)


async def _archives(place: Place) -> Facts:
    """What became of an order that is gone is looked for in its archive, too: orders that go both ways need it (section 15.2)."""
    ctx = await place.systems()
    merged = [name for name, mapping in ctx.mappings.items() if mapping.runs and any(part.merged for part in mapping.parts)]
    setup = await all_rows(ctx.bc, "salesReceivablesSetup", ("id", "archiveOrders")) if merged else []
    if any(not row["archiveOrders"] for row in setup):
        raise NotArchived(f"Sales & Receivables Setup does not archive orders, and {', '.join(merged)} goes both ways.", side=Side.BC)
    return {"mappings": merged}


ARCHIVES = Requirement(name="archives", says="Business Central archives orders, where they go both ways.", look=_archives, needed=False)


async def _version(place: Place) -> Facts:
    """Business Central does not tell its version to whom only the API is open; since version 26 its API serves salespeople."""
    ctx = await place.systems()
    try:
        await ctx.bc.page(Query(table=SINCE_26, columns=("id",), size=1))
    except (NotFound, NotOnThisProfile) as error:
        raise TooOld(f"Business Central does not serve {SINCE_26}: it is older than version 26.", side=Side.BC) from error
    return {"newerThan": 25}


VERSION = Requirement(name="businessCentralVersion", says="Business Central is of version 26 or newer.", look=_version)


async def _readable(place: Place) -> Facts:
    """Each table that mappings read, asked for one row; what may be written shows at the first write only."""
    ctx = await place.systems()
    found = await asyncio.gather(*(_refused(ctx, table) for table in _tables(ctx)))
    denied = {table for table in found if table}
    if denied:
        lacking = {name: sorted(denied & read) for name, mapping in ctx.mappings.items() if denied & (read := _read_by(mapping))}
        raise PermissionsMissing(f"The app may not read {', '.join(sorted(denied))}.", side=Side.BC, unreadable=lacking)
    return {"tables": len(found)}


async def _refused(ctx: Context, table: str) -> str | None:
    """The name of a table that the app may not read."""
    try:
        await ctx.bc.page(Query(table=table, columns=("id",), size=1))
    except AccessDenied:
        return table
    except (NotFound, NotOnThisProfile, Refused):  # told by the profile; or lines that are read with their document only
        pass
    return None


def _tables(ctx: Context) -> list[str]:
    return sorted({table for mapping in ctx.mappings.values() for table in _read_by(mapping)})


def _read_by(mapping: TableMapping) -> set[str]:
    """The tables of Business Central that a mapping reads: its own, those beside, and those that make its records due."""
    beside = {each.table for each in mapping.related if each.side is Side.BC}
    return {mapping.bc.name, *beside, *(watch.table for watch in mapping.watches)}


PERMISSIONS = Requirement(name="permissions", says="The app may read what the mappings need of Business Central.", look=_readable)
