"""What Sales needs to have: reachable, our columns, the local currency of the company, and orders that are handed over."""

from __future__ import annotations

from mapping.values import Side
from sync.around.currencies import money_of
from sync.context import Context
from sync.errors import ColumnsMissing, NoExchangeRate
from sync.errors.setup import OrdersOff
from sync.setup.model import Facts, Place, Requirement


async def _reached(place: Place) -> Facts:
    sales = place.environment.connections.sales
    organization = await sales.organization()
    return {"url": place.environment.settings.sales_url, "organizationId": organization.id, "userId": await sales.who_am_i()}


REACHED = Requirement(name="sales", says="Sales is reachable and admits the app.", look=_reached)


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


COLUMNS = Requirement(name="columns", says="Sales has Couplet's own tables and columns.", look=_columns, needed=False)


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


CURRENCY = Requirement(name="currency", says="The local currency of the company is a currency of Sales.", look=_currency)


async def _orders(place: Place) -> Facts:
    """Where orders are switched on, the organisation must hand them over; elsewhere nothing is asked of it."""
    ctx = await place.context()
    held = [OrdersOff.said(name, mapping.feature) for name, mapping in ctx.declared.items() if mapping.feature and _off_by(ctx, name)]
    if held:
        raise OrdersOff(f"{'; '.join(held)}.", side=Side.SALES)
    return {"mappings": [name for name, mapping in ctx.mappings.items() if mapping.feature and mapping.enabled]}


ORDERS = Requirement(name="orders", says="Sales hands orders over, where they are switched on.", look=_orders, needed=False)


def _off_by(ctx: Context, name: str) -> bool:
    """Whether a mapping that people switched on is off because of the organisation."""
    return ctx.off.get(name) == OrdersOff.said(name, ctx.declared[name].feature)
