"""CURRENCY: BC's foreign currencies with today's rate. Only ISO codes are coupled; the local currency needs no coupling (rule D1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mapping.beside import Related, Watch
from mapping.countries import is_iso_currency
from mapping.field import Direction, FieldMapping, Kind
from mapping.fields import needed, on, to_sales
from mapping.kinds import Exact, Text, decimal_text, number
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.ours import Page
from mapping.policies import Review
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

RATE_PRECISION = 10
"""Decimals of transactioncurrency.exchangerate."""


@dataclass(frozen=True, slots=True)
class IsoCode(Exact):
    """A currency's code; only ISO codes are coupled (rule D1)."""

    upper: bool = True

    def refuse(self, field: FieldMapping, side: Side, text: str) -> Refusal | None:
        known = is_iso_currency(text)
        return None if known else Refusal(code="invalid_value", detail=f"{text} is no ISO currency code, and Sales takes no other")


def per_local(world: World, code: str) -> Decimal | None:
    """Units of a currency per unit of local currency, by BC's rate of today or the last one before."""
    if code == world.local_iso:
        return Decimal(1)
    rates = [row for row in world.rows("rates", code) if date.fromisoformat(row["startingDate"]) <= world.today]
    latest = max(rates, key=lambda row: str(row["startingDate"]), default=None)
    if latest is None or not latest["relationalExchangeRateAmount"]:
        return None
    return Decimal(str(latest["exchangeRateAmount"])) / Decimal(str(latest["relationalExchangeRateAmount"]))


@dataclass(frozen=True, slots=True)
class Rate(Kind):
    """The exchange rate: units of the currency per unit of the organisation's base currency; the base itself is 1."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.SALES:
            value = row[field.sales]
            return None if value is None else decimal_text(value, RATE_PRECISION)
        code = str(row["code"])
        own, base = per_local(world, code), per_local(world, world.base_iso)
        if code == world.base_iso:
            return "1"
        if not own or not base:
            return Refusal(code="no_exchange_rate", detail=f"BC has no exchange rate for {code if not own else world.base_iso} up to today")
        return decimal_text(own / base, RATE_PRECISION)

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        return Written(values={field.sales: number(value)}, holds=value)


@dataclass(frozen=True, slots=True)
class OrCode(Text):
    """A currency's symbol or name, which Sales asks for; one without shows its code."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return Text.read(self, field, side, row, world) or (str(row["code"]) if side is Side.BC else None)


def precision_on_insert(draft: Draft, world: World) -> Addition:
    """A new currency gets the organisation's currency precision."""
    if draft.creates is Side.SALES:
        return Addition(values={Side.SALES: {"currencyprecision": world.currency_precision}})
    return Addition()


CURRENCY = TableMapping(
    name="CURRENCY",
    bc=Table(name="currencies"),
    page=Page(495, "Code", "code"),
    sales=Table(name="transactioncurrencies", id="transactioncurrencyid", changed="modifiedon"),
    direction=Direction.TO_SALES,
    natural_keys=(("code",),),
    creates=frozenset({Side.SALES}),
    makes_unmatched=True,
    review=Review(own={Side.SALES: 1}),
    related=(
        Related(
            name="rates",
            side=Side.BC,
            table="currencyExchangeRates",
            key="currencyCode",
            of="code",
            columns=("currencyCode", "startingDate", "exchangeRateAmount", "relationalExchangeRateAmount"),
            shared="base_iso",
        ),
    ),
    watches=(Watch(table="currencyExchangeRates", column="currencyCode", key="code", days=("startingDate",), shared="base_iso"),),
    rules=(precision_on_insert,),
    inactive={Side.SALES: {"statecode": 1, "statuscode": 2}},
    also={Side.SALES: ("statecode", "statuscode")},
    names={Side.BC: ("code", "displayName"), Side.SALES: ("isocurrencycode", "currencyname")},
    fields=on(
        "currencies",
        "transactioncurrencies",
        needed(to_sales("code", "isocurrencycode", IsoCode(), once=Side.SALES)),
        to_sales("symbol", "currencysymbol", OrCode()),
        to_sales("displayName", "currencyname", OrCode()),
        needed(to_sales("", "exchangerate", Rate())),
    ),
)


def new_local_currency(world: World) -> Mapping[str, object] | None:
    """The local currency as a row of Sales, made when it is missing there (rule D1); None without a rate to the base currency."""
    base = per_local(world, world.base_iso)
    if not base:
        return None
    rate = decimal_text(1 / base, RATE_PRECISION)
    iso = world.local_iso
    return {
        "isocurrencycode": iso,
        "currencyname": iso,
        "currencysymbol": iso,
        "exchangerate": number(rate),
        "currencyprecision": world.currency_precision,
    }
