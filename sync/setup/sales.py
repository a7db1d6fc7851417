"""What Sales needs to have: a version that is new enough, our columns, the currency, orders that are handed over, and nobody in the way."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.values import Row, Side
from sync.around.currencies import money_of
from sync.context import Context
from sync.desk.opening import sales_page
from sync.errors import ColumnsMissing, NoExchangeRate
from sync.errors.setup import OrdersOff, OtherSolutions, TooOld
from sync.hooks.sales import Registration
from sync.services import odata
from sync.setup.model import Facts, Place, Requirement

OLDEST = [9, 2]
LOOKED_AT = ("quote", "quotedetail", "salesorder", "salesorderdetail", "invoice", "invoicedetail", "product", "productpricelevel")
MICROSOFTS = ("msdyn", "mscrm", "microsoft", "dynamics365", "system", "sales", "basic")
"""How the unique names of Microsoft's solutions begin, in small letters."""


async def _reached(place: Place) -> Facts:
    sales, settings = place.environment.connections.sales, place.environment.settings
    organization, user = await sales.organization(), str((await sales.who_am_i())["UserId"])
    page = sales_page(settings, "systemuser", user)
    return {"url": settings.sales_url, "organizationId": organization.id, "userId": user, "userUrl": page}


REACHED = Requirement(name="sales", says="Sales is reachable and admits the app.", look=_reached)


async def _columns(place: Place) -> Facts:
    ctx = await place.systems()
    lacking = ctx.ours.lacking
    if lacking:
        raise ColumnsMissing(
            f"Sales lacks {len(lacking)} of Couplet's tables and columns.",
            missing=lacking,
            unavailable=[{"mapping": one.mapping, "why": one.why} for one in ctx.unavailable if one.side is Side.SALES],
        )
    return {"missing": []}


COLUMNS = Requirement(name="columns", says="Sales has Couplet's own tables and columns.", look=_columns, needed=False)


async def _currency(place: Place) -> Facts:
    """The local currency must be among those of Sales, or be made there by a rate between it and the base currency (rule D1)."""
    money = await money_of(await place.systems())
    known = {each.iso for each in money.currencies}
    if money.local_iso not in known:
        raise NoExchangeRate(
            f"Sales has no currency {money.local_iso}, and Business Central no rate of {money.base_iso} to make it with.",
            localCurrency=money.local_iso,
            baseCurrency=money.base_iso,
        )
    return {"localCurrency": money.local_iso, "baseCurrency": money.base_iso}


CURRENCY = Requirement(name="currency", says="The local currency of the company is a currency of Sales.", look=_currency)


async def _orders(place: Place) -> Facts:
    """Where orders are switched on, the organisation must hand them over; elsewhere nothing is asked of it."""
    ctx = await place.systems()
    held = [OrdersOff.said(name, mapping.feature) for name, mapping in ctx.declared.items() if mapping.feature and _off_by(ctx, name)]
    if held:
        raise OrdersOff(f"{'; '.join(held)}.", side=Side.SALES)
    return {"mappings": [name for name, mapping in ctx.mappings.items() if mapping.feature and mapping.enabled]}


ORDERS = Requirement(name="orders", says="Sales hands orders over, where they are switched on.", look=_orders, needed=False)


async def _version(place: Place) -> Facts:
    version = str((await place.environment.connections.sales.get("RetrieveVersion()"))["Version"])
    parts = [int(part) for part in version.split(".")[:2]]
    if parts < OLDEST:
        raise TooOld(f"Dataverse has version {version}.", side=Side.SALES, version=version)
    return {"version": version}


VERSION = Requirement(name="salesVersion", says="Dataverse is of version 9.2 or newer.", look=_version)


async def _other_solutions(place: Place) -> Facts:
    """Steps of neither Microsoft nor Couplet on documents and products: what they do to a row, nobody told us."""
    sales = place.environment.connections.sales
    on_these = " or ".join(f"sdkmessagefilterid/primaryobjecttypecode eq '{table}'" for table in LOOKED_AT)
    asked = {
        "$select": "name,stage,mode,solutionid,_eventhandler_value",
        "$filter": f"statecode eq 0 and ({on_these})",
        "$expand": "sdkmessagefilterid($select=primaryobjecttypecode),sdkmessageid($select=name)",
    }
    steps = (await sales.get(odata.address("sdkmessageprocessingsteps", asked)))["value"]
    solutions = {row["solutionid"]: row for row in (await sales.get("solutions?$select=solutionid,uniquename,friendlyname"))["value"]}
    ours = Registration(sales, place.environment.settings, None).endpoint_id
    found = [_told(step, solutions) for step in steps if step.get("_eventhandler_value") != ours and not _microsofts(step, solutions)]
    if found:
        raise OtherSolutions(f"{len(found)} steps of other solutions run on documents and products.", side=Side.SALES, steps=found)
    return {"steps": 0}


def _microsofts(step: Row, solutions: Mapping[str, Row]) -> bool:
    return str(solutions.get(step["solutionid"], {}).get("uniquename", "")).casefold().startswith(MICROSOFTS)


def _told(step: Row, solutions: Mapping[str, Row]) -> Row:
    solution = solutions.get(step["solutionid"], {})
    on = step.get("sdkmessagefilterid") or {}
    return {
        "name": step["name"],
        "table": on.get("primaryobjecttypecode"),
        "message": (step.get("sdkmessageid") or {}).get("name"),
        "solution": solution.get("friendlyname") or solution.get("uniquename"),
        "synchronous": step["mode"] == 0,
    }


OTHER_SOLUTIONS = Requirement(
    name="otherSolutions", says="No other solution changes how documents and products behave.", look=_other_solutions, needed=False
)


def _off_by(ctx: Context, name: str) -> bool:
    """Whether a mapping that people switched on is off because of the organisation."""
    return ctx.off.get(name) == OrdersOff.said(name, ctx.declared[name].feature)
