"""Prices: the two places where BC keeps those of groups, which days count, and that every declared column exists."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping import schema
from mapping.catalogue import CATALOGUE
from mapping.model import TableMapping
from mapping.modes import Modes, Pricing, in_mode
from mapping.prices import QUALIFYING_LINES, ValidToday
from mapping.profiles import as_served, available
from mapping.values import Side
from mapping.world import World

GROUPS = in_mode(CATALOGUE, Modes(pricing=Pricing.GROUPS))
LATER = as_served(GROUPS, lambda table: table != "salesPrices")
TODAY = date(2026, 6, 15)
DAYS = st.none() | st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40))


@pytest.mark.rule("E3")
def test_with_table_7002_nothing_is_read_from_price_list_lines_and_without_it_nothing_else() -> None:
    assert GROUPS["SALESPRC-PRODPRICE"].bc.name == "salesPrices"
    assert LATER["SALESPRC-PRODPRICE"].bc.name == "priceListLines"
    assert _tables(LATER["SALESPRC-PRODPRICE"]) | _tables(LATER["CUSTPRCGRP-PRICE"]) == {"priceListLines", "priceListHeaders"}
    assert as_served(CATALOGUE, lambda table: True) == CATALOGUE


def _tables(mapping: TableMapping) -> set[str]:
    related = {each.table for each in mapping.related if each.side is Side.BC}
    return (related | {watch.table for watch in mapping.watches} | {mapping.bc.name}) - {"customerPriceGroups"}


@pytest.mark.parametrize("name", ["CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE"])
def test_every_column_exists_where_table_7002_is_no_more(name: str) -> None:
    mapping = LATER[name]
    assert not [column for column in mapping.columns(Side.BC) if schema.column(Side.BC, mapping.bc.name, column) is None]
    for related in mapping.related:
        shown = [column.removeprefix("_").removesuffix("_value") if related.side is Side.SALES else column for column in related.columns]
        assert all(schema.column(related.side, related.table, column) for column in shown), related.name
    assert all(mapping.member(field) for key in mapping.natural_keys for field in key)


def test_without_the_extension_no_price_mapping_is_left_and_each_is_named() -> None:
    for modes in (Modes(), Modes(pricing=Pricing.GROUPS)):
        wanted = {name for name in in_mode(CATALOGUE, modes) if name.endswith(("-PRICE", "-PRODPRICE"))}
        served, missing = available(as_served(in_mode(CATALOGUE, modes), lambda table: False), extended=False)
        assert len(wanted) == 2
        assert wanted.isdisjoint(served)
        assert wanted <= {one.mapping for one in missing if one.field is None}


@pytest.mark.rule("E3", "F1")
@given(DAYS, DAYS)
def test_a_price_counts_from_its_first_day_to_its_last(first: date | None, last: date | None) -> None:
    row = {"startingDate": str(first or "0001-01-01"), "endingDate": str(last or "0001-01-01")}
    counts = (first is None or first <= TODAY) and (last is None or last >= TODAY)
    assert (ValidToday()(row, World(today=TODAY)) is None) is counts


@pytest.mark.rule("E3")
def test_every_filter_of_a_line_says_what_it_wants() -> None:
    assert [str(keep) for keep in QUALIFYING_LINES] == [
        "priceType = Sale",
        "amountType = Price",
        "assetType in Item, Resource",
        "status = Active",
        "minimumQuantity = 0",
        "variantCode is blank",
        "today between startingDate and endingDate",
    ]
