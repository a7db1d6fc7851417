"""Rule E3 without extended pricing: customer price groups become price lists of Sales, their prices come from wherever BC keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from mapping.profiles import as_served
from sandbox.running import Sandbox
from tests.scenario.by_hand import couple
from tests.scenario.calendar import WEST, day_comes, in_zone, tomorrow, yesterday
from tests.scenario.engine import Engine, engine_on
from tests.scenario.pricing import GROUPS, TO_GROUP, group_price, line, list_of, price_group, price_list, prices_of, sales_list, two_items
from tests.scenario.world import Record, Row, sales_currency

pytestmark = pytest.mark.rule("E3")


@pytest.fixture
async def groups(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet in an organisation without extended pricing, in a BC that still has table 7002."""
    async with engine_on(sandbox_processes, fresh=True, PRICING="priceGroups") as engine:
        yield engine


@pytest.fixture
async def later(groups: Engine) -> Engine:
    """The same in a later BC, which has the table no more."""
    mappings = as_served(groups.ctx.mappings, lambda table: table != "salesPrices")
    groups._use(replace(groups.ctx, mappings=mappings, declared=mappings))
    return groups


def assigned(code: str, number: int, of: Record, price: float, **values: object) -> Record:
    """A line of a price list that is assigned to a group."""
    return line("L1", number, of, price, **{"sourceType": TO_GROUP, "sourceNumber": code, **values})


async def synced(engine: Engine, *records: Record) -> None:
    await engine.seed(*records)
    await engine.sync(*GROUPS, create="toSales")
    await engine.look(*GROUPS)


@pytest.mark.case("T358")
@pytest.mark.feature("F128")
async def test_a_group_arrives_with_its_prices(groups: Engine) -> None:
    one, two = two_items()
    await synced(groups, one, two, price_group("RETAIL"), group_price("RETAIL", one, 9.5), group_price("RETAIL", two, 19))
    head = await list_of(groups, "RETAIL")
    assert (head["description"], head["statecode"], head["_transactioncurrencyid_value"]) == ("Group RETAIL", 0, sales_currency("EUR"))
    assert await prices_of(groups, "RETAIL") == {"I1": 9.5, "I2": 19}
    assert await groups.problems() == []


async def test_where_table_7002_is_no_more_the_lines_assigned_to_the_group_are_its_prices(later: Engine) -> None:
    one, two = two_items()
    mine = assigned("RETAIL", 10000, one, 9.5)
    others = line("L1", 30000, two, 1), assigned("", 40000, two, 2), assigned("RETAIL", 50000, two, 3, minimumQuantity=5)
    await synced(later, one, two, price_group("RETAIL"), price_list("L1"), mine, assigned("RETAIL", 20000, two, 19), *others)
    assert await prices_of(later, "RETAIL") == {"I1": 9.5, "I2": 19}
    assert await later.problems() == []
    await later.edit(mine, unitPrice=9)
    await later.look("SALESPRC-PRODPRICE")
    assert await prices_of(later, "RETAIL") == {"I1": 9, "I2": 19}


LEAVES: dict[str, Row] = {
    "a minimum quantity": {"minimumQuantity": 10},
    "a variant": {"variantCode": "RED"},
    "ended": {"endingDate": "2024-12-31"},
    "not begun": {"startingDate": "2099-01-01"},
    "a customer's own": {"salesType": "Customer"},
}


async def test_prices_of_a_group_that_do_not_qualify_stay_out_and_say_why(groups: Engine) -> None:
    one, two = two_items()
    odd = {why: group_price("RETAIL", one, **values) for why, values in LEAVES.items()}
    await synced(groups, one, two, price_group("RETAIL"), group_price("RETAIL", two, 19), *odd.values())
    assert await prices_of(groups, "RETAIL") == {"I2": 19}
    for why, record in odd.items():
        assert (await groups.api.get(f"explain/SALESPRC-PRODPRICE/bc/{record.id}")).json["outside"], why


@pytest.mark.rule("F1")
async def test_the_change_of_day_is_a_change(groups: Engine) -> None:
    in_zone(groups, WEST)
    one, _ = two_items()
    ends, begins = group_price("RETAIL", one, 9, endingDate=str(yesterday())), group_price("RETAIL", one, 8, startingDate=str(tomorrow()))
    await synced(groups, one, price_group("RETAIL"), ends, begins)
    assert await prices_of(groups, "RETAIL") == {"I1": 9}
    await day_comes(groups, "SALESPRC-PRODPRICE")
    assert await prices_of(groups, "RETAIL") == {"I1": 8}


@pytest.mark.rule("D1")
async def test_the_first_price_decides_the_currency_of_a_group(groups: Engine) -> None:
    one, _ = two_items()
    await synced(groups, one, price_group("US"), price_group("EMPTY"), group_price("US", one, 11, currencyCode="USD"))
    assert (await list_of(groups, "US"))["_transactioncurrencyid_value"] == sales_currency("USD")
    assert (await list_of(groups, "EMPTY"))["_transactioncurrencyid_value"] == sales_currency("EUR")
    assert await prices_of(groups, "US") == {"I1": 11}


async def test_a_group_whose_prices_have_two_currencies_is_refused_by_name(groups: Engine) -> None:
    one, two = two_items()
    prices = group_price("MIXED", one, 11, currencyCode="USD"), group_price("MIXED", two, 9)
    await synced(groups, one, two, price_group("MIXED"), *prices)
    [row] = await groups.problem_rows("CUSTPRCGRP-PRICE")
    assert row.code == "other_currency"
    assert {word for word in ("USD", "EUR") if word in row.message} == {"USD", "EUR"}
    assert await groups.sales.rows("pricelevels", name="MIXED") == []


@pytest.mark.case("T128", "T235")
async def test_coupling_a_group_by_hand_overwrites_the_list_in_sales(groups: Engine) -> None:
    one, _ = two_items()
    theirs, mine = sales_list("My list"), price_group("RETAIL")
    await synced(groups, one)
    await groups.seed(theirs, mine, group_price("RETAIL", one))
    await couple(groups, "CUSTPRCGRP-PRICE", bc=mine.id, sales=theirs.id, sync="toSales")
    await groups.drain()
    assert (await groups.row(theirs))["name"] == "RETAIL"
    assert await prices_of(groups, "RETAIL") == {"I1": 9.5}


@pytest.mark.case("T361", "T365")
async def test_prices_wait_for_their_group_and_their_item(groups: Engine) -> None:
    one, _ = two_items()
    await groups.seed(price_group("RETAIL"), one, group_price("RETAIL", one))
    await groups.sync("SALESPRC-PRODPRICE", create="toSales")
    [row] = await groups.problem_rows("SALESPRC-PRODPRICE")
    assert row.message == "its CUSTPRCGRP-PRICE is not coupled"
    await groups.sync("CUSTPRCGRP-PRICE", create="toSales")
    [row] = await groups.problem_rows("SALESPRC-PRODPRICE")
    assert row.message == "its ITEM-PRODUCT is not coupled"
    await groups.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    assert await prices_of(groups, "RETAIL") == {"I1": 9.5}
    assert await groups.problems() == []


@pytest.mark.case("T473")
async def test_a_reset_leaves_the_mappings_of_this_mode_and_their_number(groups: Engine) -> None:
    before = [each["name"] for each in (await groups.api.get("mappings")).json["value"]]
    assert (await groups.api.post("mappings/SALESPRC-PRODPRICE/reset")).status == 200
    assert [each["name"] for each in (await groups.api.get("mappings")).json["value"]] == before
    assert set(GROUPS) <= set(before)


async def test_price_lists_of_extended_pricing_are_of_the_other_mode(groups: Engine) -> None:
    answer = await groups.api.get("mappings/PLHEADER-PRICE")
    assert answer.status == 404
    assert "PRICING=priceLists" in answer.json["detail"]
