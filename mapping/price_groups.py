"""CUSTPRCGRP-PRICE: customer price groups of BC and price lists of Sales, without extended pricing (rule E3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mapping.beside import Related, Watch
from mapping.field import Direction, FieldMapping
from mapping.fields import needed, on, to_sales
from mapping.filters import equals
from mapping.kinds import Exact
from mapping.lookups import Currency
from mapping.model import Addition, Draft, Keep, Table, TableMapping
from mapping.ours import Page
from mapping.policies import Brings, Cascade, Mode, Review
from mapping.prices import (
    INACTIVE,
    LINE_COLUMNS,
    OF_A_GROUP,
    PRICE_LISTS,
    QUALIFYING,
    QUALIFYING_LINES,
    one_currency,
    qualifying,
)
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World


def prices_of(group: Row, world: World) -> list[Row]:
    """The prices of a group that go to Sales: those of table 7002, or the lines of price lists that are assigned to the group."""
    code = str(group["code"])
    keep: tuple[Keep, ...] = (OF_GROUP, *QUALIFYING)
    of_lines: tuple[Keep, ...] = (LINE_OF_GROUP, *QUALIFYING_LINES)
    return qualifying(keep, world.rows("prices", code), world) or qualifying(of_lines, world.rows("lines", code), world)


OF_GROUP, LINE_OF_GROUP = equals("salesType", OF_A_GROUP), equals("sourceType", OF_A_GROUP)


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrencyOfPrices(Currency):
    """A group has no currency: that of its first price decides, the local one where it has none."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.SALES:
            return Currency.read(self, field, side, row, world)
        first = next((str(price["currencyCode"]).upper() for price in prices_of(row, world)), "")
        return world.codes[str(self.codes)].ids.get(first, first) if first else None

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        """A list that is there keeps its currency while no price says otherwise."""
        if side in pair and not prices_of(pair[Side.BC], world):
            return Written(values={}, holds=None, unminded=True)
        return Currency.write(self, field, side, value, pair, world)


def prices_of_one_currency(draft: Draft, world: World) -> Addition:
    """All prices of a group are in one currency, as those of a price list in Sales are."""
    return Addition(refusal=one_currency(prices_of(draft.rows[Side.BC], world), world))


def described_at_birth(draft: Draft, world: World) -> Addition:
    """A new price list is given the group's description; later it is people's."""
    text = str(draft.rows[Side.BC].get("description") or "")
    return Addition(values={Side.SALES: {"description": text}} if draft.creates is Side.SALES and text else {})


FROM_LINES: dict[str, Any] = {
    "related": (
        Related(
            name="lines",
            side=Side.BC,
            table="priceListLines",
            key="sourceNumber",
            of="code",
            columns=("sourceNumber", "sourceType", "lineNumber", "currencyCode", *LINE_COLUMNS),
        ),
    ),
    "watches": (Watch(table="priceListLines", column="sourceNumber", key="code"),),
    "brings": (Brings(mapping="SALESPRC-PRODPRICE", column="sourceNumber", of="code"),),
}
"""Where table 7002 is no more, a group's prices are the price list lines that are assigned to it."""

CUSTPRCGRP_PRICE = TableMapping(
    name="CUSTPRCGRP-PRICE",
    only_in=Mode.PRICE_GROUPS,
    bc=Table(name="customerPriceGroups"),
    sales=PRICE_LISTS,
    direction=Direction.TO_SALES,
    needs=("CURRENCY", "ITEM-PRODUCT"),
    natural_keys=(("code",),),
    creates=frozenset({Side.SALES}),
    review=Review(own={Side.SALES: 1}),
    related=(
        Related(
            name="prices",
            side=Side.BC,
            table="salesPrices",
            key="salesCode",
            of="code",
            columns=(
                "salesCode",
                "salesType",
                "itemNumber",
                "currencyCode",
                "minimumQuantity",
                "variantCode",
                "startingDate",
                "endingDate",
            ),
        ),
    ),
    watches=(Watch(table="salesPrices", column="salesCode", key="code"),),
    unserved={"salesPrices": FROM_LINES},
    rules=(prices_of_one_currency, described_at_birth),
    inactive={Side.SALES: INACTIVE},
    also={Side.BC: ("description",), Side.SALES: ("statecode", "statuscode")},
    page=Page(7, "Code", "code"),
    names={Side.BC: ("code", "description"), Side.SALES: ("name",)},
    brings=(Brings(mapping="SALESPRC-PRODPRICE", column="salesCode", of="code"),),
    cascades=(Cascade(mapping="SALESPRC-PRODPRICE", field="salesCode"),),
    fields=on(
        "customerPriceGroups",
        "pricelevels",
        needed(to_sales("code", "name", Exact())),
        needed(
            to_sales(
                "",
                "transactioncurrencyid",
                CurrencyOfPrices(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid", codes="currencies"),
                once=Side.SALES,
            )
        ),
    ),
)
