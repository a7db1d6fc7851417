"""Rule E3: price lists of BC and their lines become price lists of Sales with their prices, as far as Sales can tell them."""

from __future__ import annotations

import pytest

from tests.scenario.by_hand import couple
from tests.scenario.calendar import WEST, day_comes, in_zone, tomorrow, yesterday
from tests.scenario.engine import Engine
from tests.scenario.pricing import LISTS, line, list_of, price_list, prices_of, sales_list, two_items
from tests.scenario.units import resource
from tests.scenario.world import Record, Row, in_sales, item, sales_currency

pytestmark = pytest.mark.rule("E3")


@pytest.mark.case("T358", "T359")
@pytest.mark.feature("F128")
async def test_a_new_price_list_arrives_with_its_lines(engine: Engine) -> None:
    one, two = two_items()
    await engine.seed(one, two, price_list("S1", endingDate="2099-12-31"), line("S1", 10000, one, 9.5), line("S1", 20000, two, 19))
    await engine.sync(*LISTS, create="toSales")
    head = await list_of(engine, "S1")
    assert (head["description"], head["statecode"], head["_transactioncurrencyid_value"]) == ("List S1", 0, sales_currency("EUR"))
    assert (head["begindate"], head["enddate"]) == ("2024-01-01T00:00:00Z", "2099-12-31T00:00:00Z")
    assert await prices_of(engine, "S1") == {"I1": 9.5, "I2": 19}
    assert {row["pricingmethodcode"] for row in await engine.sales.rows("productpricelevels")} == {1}
    assert await engine.problems() == []


async def synced(engine: Engine, *records: Record) -> None:
    """These records, synchronised, and looked at once."""
    await engine.seed(*records)
    await engine.sync(*LISTS, create="toSales")
    await engine.look(*LISTS)


LEAVES: dict[str, Row] = {
    "another amount type": {"amountType": "Discount"},
    "another price type": {"priceType": "Purchase"},
    "a minimum quantity": {"minimumQuantity": 10},
    "a variant": {"variantCode": "RED"},
    "not active any more": {"status": "Inactive"},
    "ended": {"endingDate": "2024-12-31"},
    "not begun": {"startingDate": "2099-01-01"},
    "for something else": {"assetType": "Resource_x0020_Group"},
}


@pytest.mark.rule("C1", "A6")
async def test_a_line_that_leaves_goes_from_sales_and_returns_with_a_new_life(engine: Engine) -> None:
    one, _ = two_items()
    mine = line("S1", 10000, one)
    await synced(engine, one, price_list("S1"), mine)
    known = {name: mine.values[name] for values in LEAVES.values() for name in values}
    lives = set()
    for why, values in LEAVES.items():
        coupling = await engine.coupling("PLLINE-PRODPRICE", mine)
        assert coupling, f"back after it was {why}"
        lives.add(coupling.sales_id)
        await engine.edit(mine, **values)
        await engine.look("PLLINE-PRODPRICE")
        assert await prices_of(engine, "S1") == {}, why
        assert (await engine.totals("PLLINE-PRODPRICE"))["toSales"]["deleted"] == 1, why
        assert await engine.coupling("PLLINE-PRODPRICE", mine) is None
        await engine.edit(mine, **known)
        await engine.look("PLLINE-PRODPRICE")
        assert await prices_of(engine, "S1") == {"I1": 9.5}, why
    assert len(lives) == len(LEAVES), "no id of before comes back"
    assert await engine.problems() == []


async def test_lines_that_do_not_qualify_stay_out_and_say_why(engine: Engine) -> None:
    one, two = two_items()
    odd = {why: line("S1", 10000 * place, one, **values) for place, (why, values) in enumerate(LEAVES.items(), 2)}
    await synced(engine, one, two, price_list("S1"), line("S1", 10000, two, 19), *odd.values())
    assert await prices_of(engine, "S1") == {"I2": 19}
    assert await engine.problems() == []
    for why, record in odd.items():
        told = (await engine.api.get(f"explain/PLLINE-PRODPRICE/bc/{record.id}")).json
        assert told["outside"], why
    told = (await engine.api.get(f"explain/PLLINE-PRODPRICE/bc/{odd['ended'].id}")).json
    assert told["outside"] == "it was valid until 2024-12-31"


@pytest.mark.rule("F1")
async def test_the_change_of_day_is_a_change(engine: Engine) -> None:
    in_zone(engine, WEST)
    one, two = two_items()
    ends, begins = line("S1", 10000, one, 9, endingDate=str(yesterday())), line("S1", 20000, one, 8, startingDate=str(tomorrow()))
    await synced(engine, one, two, price_list("S1"), ends, begins, line("S1", 30000, two, 19))
    assert await prices_of(engine, "S1") == {"I1": 9, "I2": 19}
    await day_comes(engine, "PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 8, "I2": 19}
    assert await engine.problems() == []


@pytest.mark.rule("C3")
async def test_a_whole_list_that_ends_asks_nobody(engine: Engine) -> None:
    """Prices are copies: any of them can be made again, so that the brake is for others."""
    items = [item(f"I{number}") for number in range(30)]
    await synced(engine, price_list("S1"), *items, *(line("S1", 10000 * place, each) for place, each in enumerate(items, 1)))
    assert len(await prices_of(engine, "S1")) == 30
    for place in range(1, 31):
        await engine.edit(line("S1", 10000 * place, items[0]), endingDate="2024-12-31")
    await engine.look("PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {}
    assert await engine.problems() == []


@pytest.mark.rule("C2")
async def test_a_line_deleted_in_bc_goes_and_one_deleted_in_sales_is_made_again(engine: Engine) -> None:
    one, two = two_items()
    gone, kept = line("S1", 10000, one), line("S1", 20000, two, 19)
    await synced(engine, one, two, price_list("S1"), gone, kept)
    await engine.delete(gone)
    theirs = await engine.partner("PLLINE-PRODPRICE", kept)
    await engine.sales.delete("productpricelevels", theirs["productpricelevelid"])
    await engine.api.post("mappings/PLLINE-PRODPRICE/compare")
    await engine.drain()
    assert await prices_of(engine, "S1") == {"I2": 19}
    assert (await engine.partner("PLLINE-PRODPRICE", kept))["productpricelevelid"] != theirs["productpricelevelid"]
    assert len(await engine.bc.rows("priceListLines")) == 1, "nothing is ever deleted in BC"


@pytest.mark.rule("A1")
async def test_a_line_couples_with_the_price_that_is_there_by_list_product_and_unit(engine: Engine) -> None:
    one, _ = two_items()
    await engine.seed(one, sales_list("S1"))
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    theirs = await engine.partner("ITEM-PRODUCT", one)
    head = await list_of(engine, "S1")
    there = in_sales(
        "productpricelevels",
        "typed",
        amount=7,
        pricingmethodcode=1,
        _productid_value=theirs["productid"],
        _pricelevelid_value=head["pricelevelid"],
        _uomid_value=theirs["_defaultuomid_value"],
    )
    mine = line("S1", 10000, one, unitOfMeasureCode="PCS")
    await engine.seed(there, price_list("S1"), mine)
    await engine.sync(*LISTS, create="none")
    assert (await engine.partner("PLLINE-PRODPRICE", mine))["productpricelevelid"] == there.id
    assert await prices_of(engine, "S1") == {"I1": 9.5}


@pytest.mark.case("T128")
async def test_coupling_a_list_by_hand_overwrites_the_one_in_sales(engine: Engine) -> None:
    one, _ = two_items()
    theirs = sales_list("My list", description="typed by somebody")
    mine = price_list("S1")
    await synced(engine, one)
    await engine.seed(theirs, mine, line("S1", 10000, one))
    await couple(engine, "PLHEADER-PRICE", bc=mine.id, sales=theirs.id, sync="toSales")
    await engine.drain()
    await engine.look("PLLINE-PRODPRICE")
    row = await engine.row(theirs)
    assert (row["name"], row["description"]) == ("S1", "List S1")
    assert await prices_of(engine, "S1") == {"I1": 9.5}


@pytest.mark.case("T131")
async def test_a_list_that_allows_updating_defaults_is_refused_by_hand(engine: Engine) -> None:
    mine, theirs = price_list("S1", allowUpdatingDefaults=True), sales_list("My list")
    await engine.seed(mine, theirs)
    refused = await couple(engine, "PLHEADER-PRICE", 409, bc=mine.id, sales=theirs.id)
    assert refused["type"] == "urn:couplet:outside_filter"
    assert "allowUpdatingDefaults is True" in refused["detail"]


async def test_the_state_follows_the_status(engine: Engine) -> None:
    born = price_list("S2", status="Draft")
    mine = price_list("S1")
    await synced(engine, mine, born)
    assert ((await list_of(engine, "S1"))["statecode"], (await list_of(engine, "S2"))["statecode"]) == (0, 1)
    await engine.edit(mine, status="Inactive")
    await engine.edit(born, status="Active")
    await engine.look("PLHEADER-PRICE")
    assert ((await list_of(engine, "S1"))["statecode"], (await list_of(engine, "S2"))["statecode"]) == (1, 0)
    await engine.reset_counters()
    await engine.sync("PLHEADER-PRICE")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_a_new_line_and_a_new_price_arrive_by_themselves(engine: Engine) -> None:
    """Lines of a coupled list need nobody to couple them."""
    one, two = two_items()
    mine = line("S1", 10000, one)
    await synced(engine, one, two, price_list("S1"), mine)
    await engine.seed(line("S1", 20000, two, 18.555))
    await engine.edit(mine, unitPrice=8)
    await engine.look("PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 8, "I2": 18.56}


@pytest.mark.rule("B2")
async def test_a_price_edited_in_sales_is_set_back(engine: Engine) -> None:
    one, _ = two_items()
    mine = line("S1", 10000, one)
    await synced(engine, one, price_list("S1"), mine)
    theirs = await engine.partner("PLLINE-PRODPRICE", mine)
    await engine.sales.edit("productpricelevels", theirs["productpricelevelid"], amount=1)
    await engine.look("PLLINE-PRODPRICE")
    assert await prices_of(engine, "S1") == {"I1": 9.5}
    assert (await engine.totals("PLLINE-PRODPRICE"))["toSales"]["setBack"] == 1


@pytest.mark.rule("B6")
@pytest.mark.case("T361", "T362", "T364", "T365")
async def test_lines_wait_for_their_list_and_their_product_by_name_and_follow_by_themselves(engine: Engine) -> None:
    one, two = two_items()
    await engine.seed(one)
    await engine.sync("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    first, second, third = line("S1", 10000, one), line("S2", 10000, one), line("S1", 20000, two, 19)
    await engine.seed(price_list("S1"), price_list("S2"), two, first, second, third)
    await engine.sync("PLLINE-PRODPRICE", create="toSales")
    assert await engine.problems("PLLINE-PRODPRICE") != []
    rows = {row.key: row for row in await engine.problem_rows("PLLINE-PRODPRICE")}
    assert rows[f"bc:{second.id}"].message == "its PLHEADER-PRICE is not coupled"
    await engine.sync("PLHEADER-PRICE", create="toSales")
    await engine.drain()
    assert await prices_of(engine, "S1") == {"I1": 9.5}
    assert [row.message for row in await engine.problem_rows("PLLINE-PRODPRICE")] == ["its ITEM-PRODUCT is not coupled"]
    await engine.sync("ITEM-PRODUCT", create="toSales")
    await engine.drain()
    assert await prices_of(engine, "S1") == {"I1": 9.5, "I2": 19}
    assert await engine.problems() == []


async def test_a_resource_has_a_price_in_a_list_too(engine: Engine) -> None:
    mine = resource("R1")
    await engine.seed(mine, price_list("S1"), line("S1", 10000, mine, 80))
    await engine.sync(*LISTS[:3], "RESOURCE-PRODUCT", *LISTS[3:], create="toSales")
    assert await prices_of(engine, "S1") == {"R1": 80}
    assert await engine.problems() == []


@pytest.mark.rule("D5", "D1")
@pytest.mark.case("T694")
async def test_a_list_in_another_currency_has_it_in_sales_and_never_changes_it(engine: Engine) -> None:
    one, _ = two_items()
    mine = price_list("S1", currencyCode="USD")
    await synced(engine, one, mine, line("S1", 10000, one, 11, currencyCode="USD"))
    assert (await list_of(engine, "S1"))["_transactioncurrencyid_value"] == sales_currency("USD")
    assert await prices_of(engine, "S1") == {"I1": 11}
    await engine.edit(mine, currencyCode="")
    await engine.look("PLHEADER-PRICE")
    assert ("create_only", "currencyCode") in await engine.problems("PLHEADER-PRICE")
    assert (await list_of(engine, "S1"))["_transactioncurrencyid_value"] == sales_currency("USD")
