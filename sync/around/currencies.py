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


async def money_of(ctx: Context, *, planned: bool = True) -> Money:
    """The currencies in force, remembered for a while; a missing local one is foreseen, and made where records are not only `planned`."""
    money = await ctx.reference.get("currencies", lambda: _read(ctx))
    if money.local_iso in {each.iso for each in money.currencies}:
        return money
    step = await ctx.reference.get("local currency", lambda: _missing(ctx, money))
    if step is None:
        return money
    local = _currency(step) if planned else await ctx.reference.get("local currency made", lambda: _made(ctx, step))
    return replace(money, currencies=(*money.currencies, local)) if local else money


async def _read(ctx: Context) -> Money:
    setup = await all_rows(ctx.bc, "generalLedgerSetup", ("id", "localCurrencyCode"))
    return await _money(ctx, str(setup[0]["localCurrencyCode"]) if setup else "")


async def _money(ctx: Context, local_iso: str) -> Money:
    rows = await all_rows(ctx.sales, TABLE, ("transactioncurrencyid", "isocurrencycode", "exchangerate", "currencyprecision"))
    currencies = tuple(
        SalesCurrency(row["transactioncurrencyid"], row["isocurrencycode"], Decimal(str(row["exchangerate"])), row["currencyprecision"])
        for row in rows
    )
    organization = await ctx.reference.get("organization", ctx.sales.organization)
    base_iso = next((each.iso for each in currencies if each.id == organization.base_currency_id), "")
    return Money(local_iso=local_iso, base_iso=base_iso, currencies=currencies)


async def _missing(ctx: Context, money: Money) -> Create | None:
    """How the local currency would be made in Sales, under an id of our own so that two who try make one; None without a rate for it."""
    rates = CURRENCY.related[0]
    rows = await rows_where(ctx.bc, rates.table, rates.key, [money.base_iso], rates.columns)
    today = datetime.now(ctx.settings.bc_time_zone).date()
    values = new_local_currency(
        World(local_iso=money.local_iso, base_iso=money.base_iso, today=today, related={"rates": {money.base_iso: rows}})
    )
    if values is None:
        return None
    return Create(side=Side.SALES, table=TABLE, id=await own_id(ctx, TABLE, money.local_iso), values=values)


def _currency(step: Create) -> SalesCurrency:
    return SalesCurrency(str(step.id), str(step.values["isocurrencycode"]), Decimal(str(step.values["exchangerate"])))


async def _made(ctx: Context, step: Create) -> SalesCurrency | None:
    """The local currency, made in Sales; None if Sales refuses it."""
    local = _currency(step)
    [answer] = await ctx.services[Side.SALES].write([step])
    if answer.error and answer.error.transient:
        raise answer.error
    if answer.error:
        log.warning("%s could not be made in Sales: %s", local.iso, answer.error, extra={"code": answer.error.code})
        known = (await _money(ctx, local.iso)).currencies  # somebody else may have been quicker
        return next((each for each in known if each.iso == local.iso), None)
    return local
