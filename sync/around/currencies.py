"""The currencies of the organisation, with BC's local currency among them: it is made when Sales has none (rule D1)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from mapping.currencies import CURRENCY, new_local_currency
from mapping.world import SalesCurrency, World
from sync.around.ids import own_id
from sync.around.reference import all_rows, rows_where
from sync.context import Context
from sync.heart.plan import Create, Side

log = logging.getLogger("couplet")

TABLE = "transactioncurrencies"


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """BC's local and Sales' base currency by ISO code, and all currencies of Sales with their rates."""

    local_iso: str
    base_iso: str
    currencies: tuple[SalesCurrency, ...]


async def money_of(ctx: Context) -> Money:
    """The currencies in force, remembered for a while."""
    return await ctx.reference.get("currencies", lambda: _read(ctx))


async def _read(ctx: Context) -> Money:
    setup = await all_rows(ctx.bc, "generalLedgerSetup", ("id", "localCurrencyCode"))
    local_iso = str(setup[0]["localCurrencyCode"]) if setup else ""
    found = await _money(ctx, local_iso)
    made = None if local_iso in {each.iso for each in found.currencies} else await _make_local(ctx, found)
    return replace(found, currencies=(*found.currencies, made)) if made else found


async def _money(ctx: Context, local_iso: str) -> Money:
    rows = await all_rows(ctx.sales, TABLE, ("transactioncurrencyid", "isocurrencycode", "exchangerate", "currencyprecision"))
    currencies = tuple(
        SalesCurrency(row["transactioncurrencyid"], row["isocurrencycode"], Decimal(str(row["exchangerate"])), row["currencyprecision"])
        for row in rows
    )
    organization = await ctx.reference.get("organization", ctx.sales.organization)
    base_iso = next((each.iso for each in currencies if each.id == organization.base_currency_id), "")
    return Money(local_iso=local_iso, base_iso=base_iso, currencies=currencies)


async def _make_local(ctx: Context, money: Money) -> SalesCurrency | None:
    """Make the local currency in Sales, under an id of our own so that two who try make one; None without a rate, or if Sales refuses."""
    rates = CURRENCY.related[0]
    rows = await rows_where(ctx.bc, rates.table, rates.key, [money.base_iso], rates.columns)
    today = datetime.now(ctx.settings.bc_time_zone).date()
    values = new_local_currency(
        World(local_iso=money.local_iso, base_iso=money.base_iso, today=today, related={"rates": {money.base_iso: rows}})
    )
    if values is None:
        return None
    id_ = await own_id(ctx, TABLE, money.local_iso)
    [answer] = await ctx.services[Side.SALES].write([Create(side=Side.SALES, table=TABLE, id=id_, values=values)])
    if answer.error and answer.error.transient:
        raise answer.error
    if answer.error:
        log.warning("%s could not be made in Sales: %s", money.local_iso, answer.error, extra={"code": answer.error.code})
        known = (await _money(ctx, money.local_iso)).currencies  # somebody else may have been quicker
        return next((each for each in known if each.iso == money.local_iso), None)
    return SalesCurrency(id_, money.local_iso, Decimal(str(values["exchangerate"])))
