"""What Business Central needs to have: reachable, with the extension, and orders archived."""

from __future__ import annotations

from mapping.values import Side
from sync.around.reference import all_rows
from sync.errors import NotArchived, NotOnThisProfile
from sync.services.model import ProfileName
from sync.setup.model import Facts, Place, Requirement


async def _reached(place: Place) -> Facts:
    client = place.environment.connections.business_central(place.company)
    environment = place.environment.settings.bc_name
    return {"environment": environment, "company": await client.company_name(), "companyId": await client.company_id()}


REACHED = Requirement(name="businessCentral", says="Business Central is reachable, admits the app and knows the company.", look=_reached)


async def _profile(place: Place) -> Facts:
    ctx = await place.context()
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
    ctx = await place.context()
    merged = [name for name, mapping in ctx.mappings.items() if mapping.runs and any(part.merged for part in mapping.parts)]
    setup = await all_rows(ctx.bc, "salesReceivablesSetup", ("id", "archiveOrders")) if merged else []
    if any(not row["archiveOrders"] for row in setup):
        raise NotArchived(f"Sales & Receivables Setup does not archive orders, and {', '.join(merged)} goes both ways.", side=Side.BC)
    return {"mappings": merged}


ARCHIVES = Requirement(name="archives", says="Business Central archives orders, where they go both ways.", look=_archives, needed=False)
