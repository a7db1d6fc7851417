"""Broken price lists, groups and prices in one run each: each has the problem that it should, and the rest goes through."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from tests.scenario.broken import Broken, Told, expect
from tests.scenario.engine import Engine, engine_on
from tests.scenario.pricing import GROUPS, LISTS, group_price, line, price_group, price_list, sales_list, two_items
from tests.scenario.world import currency, in_sales, item, resource, sales_currency

ONE, TWO = two_items()
STRANGER, BLOCKED, GUEST = item("I8"), item("I9", blocked=True), resource("R8")
OUTSIDE: tuple[Told, ...] = ()
WAITS = "waiting_for_parent"

HEADS = (
    Broken("of purchase prices", price_list("B1", priceType="Purchase"), OUTSIDE),
    Broken("of discounts", price_list("B2", amountType="Discount"), OUTSIDE),
    Broken("of prices and discounts", price_list("B3", amountType="Any"), OUTSIDE),
    Broken("that allows updating defaults", price_list("B4", allowUpdatingDefaults=True), OUTSIDE),
    Broken("in a currency not coupled", price_list("B5", currencyCode="SEK"), ((WAITS, "currencyCode"),)),
    Broken("with a line in another currency", price_list("B6"), (("other_currency", None),)),
    Broken("that ends before it begins", price_list("B7", startingDate="2026-02-01", endingDate="2026-01-31"), (("invalid_value", None),)),
    Broken("that begins before Sales does", price_list("B8", startingDate="1600-01-01"), (("invalid_value", "startingDate"),), made=True),
    Broken("of a name that two lists have", price_list("B9"), (("create_only", "currencyCode"),), made=True),
    Broken("that is a draft", price_list("B10", status="Draft"), made=True),
    Broken("without description", price_list("B11", description=""), made=True),
)
LINES = (
    Broken("below zero", line("S1", 10, ONE, -1), (("invalid_value", "unitPrice"),)),
    Broken("in a unit that the product has not", line("S1", 20, ONE, unitOfMeasureCode="BOX"), (("unknown_unit", "unitOfMeasureCode"),)),
    Broken("of an item that is not coupled", line("S1", 40, STRANGER), ((WAITS, "assetID"),)),
    Broken("of a resource that is not coupled", line("S1", 45, GUEST), ((WAITS, "assetID"),)),
    Broken("of a blocked item", line("S1", 50, BLOCKED), ((WAITS, "assetID"),)),
    Broken("of a list that was refused", line("B6", 60, ONE, currencyCode="USD"), ((WAITS, "priceListCode"),)),
    Broken("of a list outside its filter", line("B4", 70, ONE), OUTSIDE),
    Broken("of another type", line("S1", 80, ONE, assetType="G_x002F_L_x0020_Account"), OUTSIDE),
    Broken("of purchase prices", line("S1", 90, ONE, priceType="Purchase"), OUTSIDE),
    Broken("a discount", line("S1", 100, ONE, amountType="Discount"), OUTSIDE),
    Broken("with a minimum quantity", line("S1", 110, ONE, minimumQuantity=5), OUTSIDE),
    Broken("of a variant", line("S1", 120, ONE, variantCode="RED"), OUTSIDE),
    Broken("a draft", line("S1", 130, ONE, status="Draft"), OUTSIDE),
    Broken("of the past", line("S1", 140, ONE, endingDate="2024-06-30"), OUTSIDE),
    Broken("of the future", line("S1", 150, ONE, startingDate="2099-01-01"), OUTSIDE),
    Broken("that ends before it begins", line("S1", 160, ONE, startingDate="2026-02-01", endingDate="2026-01-31"), OUTSIDE),
    Broken("of nothing", line("S2", 170, ONE, 0), made=True),
)


@pytest.mark.rule("E3", "B9", "B6")
@pytest.mark.case("T361", "T362", "T364", "T365")
async def test_each_broken_list_and_line_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    healthy_heads = [price_list("S1"), price_list("S2")]
    healthy = [line("S1", 5, TWO), line("S2", 1000, TWO, unitOfMeasureCode="PCS")]
    in_dollars = sales_list("B9", _transactioncurrencyid_value=sales_currency("USD"))
    await engine.seed(ONE, TWO, BLOCKED, in_dollars, *healthy_heads, *healthy, *(case.record for case in (*HEADS, *LINES)))
    await engine.sync("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    await engine.seed(STRANGER, GUEST, *currency("SEK", "Swedish Krona"))
    await engine.sync(*LISTS[3:], create="toSales")
    await expect(engine, "PLHEADER-PRICE", HEADS, healthy_heads)
    await expect(engine, "PLLINE-PRODPRICE", LINES, healthy)


@pytest.mark.rule("E3")
async def test_of_two_lines_for_one_product_and_unit_one_arrives_and_the_other_is_a_problem(engine: Engine) -> None:
    """Whichever comes first; once it is gone, the other one follows by itself."""
    lines = line("S1", 10, ONE, 9), line("S1", 20, ONE, 8)
    await engine.seed(ONE, price_list("S1"), *lines)
    await engine.sync(*LISTS, create="toSales")
    [coupled] = await engine.couplings("PLLINE-PRODPRICE")
    [row] = await engine.problem_rows("PLLINE-PRODPRICE")
    assert (row.code, row.key == f"bc:{coupled.bc_id}") == ("second_price", False)
    first = next(each for each in lines if each.id == coupled.bc_id)
    await engine.edit(first, endingDate="2024-12-31")
    await engine.look("PLLINE-PRODPRICE")
    await engine.api.post("problems/retry", {"mapping": "PLLINE-PRODPRICE"})
    await engine.drain()
    [other] = await engine.couplings("PLLINE-PRODPRICE")
    assert other.bc_id != coupled.bc_id
    assert await engine.problems() == []


@pytest.mark.rule("E3", "D5")
async def test_a_line_in_another_currency_is_a_problem_of_its_own_and_of_its_list(engine: Engine) -> None:
    await engine.seed(ONE, TWO, price_list("S1"), line("S1", 10, ONE))
    await engine.sync(*LISTS, create="toSales")
    await engine.look(*LISTS)
    other = line("S1", 20, TWO, currencyCode="USD")
    await engine.seed(other)
    await engine.look("PLHEADER-PRICE", "PLLINE-PRODPRICE")
    told = {row.mapping: (row.code, row.message) for row in await engine.problem_rows()}
    assert told["PLHEADER-PRICE"] == ("other_currency", "line 20 is in USD, the list in EUR")
    assert told["PLLINE-PRODPRICE"] == ("other_currency", "the price is in USD, its price list S1 is not")
    await engine.delete(other)
    await engine.api.post("mappings/PLLINE-PRODPRICE/compare")
    await engine.edit(price_list("S1"), description="mended")
    await engine.look("PLHEADER-PRICE", "PLLINE-PRODPRICE")
    assert await engine.problems("PLHEADER-PRICE") == []


PRICES = (
    Broken("below zero", group_price("RETAIL", ONE, -1, startingDate="2024-02-01"), (("invalid_value", "unitPrice"),)),
    Broken(
        "in a unit that the product has not", group_price("RETAIL", ONE, unitOfMeasureCode="BOX"), (("unknown_unit", "unitOfMeasureCode"),)
    ),
    Broken("of an item that is not coupled", group_price("RETAIL", STRANGER), ((WAITS, "itemNumber"),)),
    Broken("of a group that is not there", group_price("NOBODY", ONE), ((WAITS, "salesCode"),)),
    Broken("of a group that was refused", group_price("MIXED", ONE), ((WAITS, "salesCode"),)),
    Broken("of a group whose list is in dollars", group_price("TAKEN", TWO, 5), (("other_currency", "unitPrice"),)),
    Broken("of a customer", group_price("C1", ONE, salesType="Customer"), OUTSIDE),
    Broken("of no group", group_price("", ONE), OUTSIDE),
    Broken("with a minimum quantity", group_price("RETAIL", ONE, minimumQuantity=5), OUTSIDE),
    Broken("of a variant", group_price("RETAIL", ONE, variantCode="RED"), OUTSIDE),
    Broken("of the past", group_price("RETAIL", ONE, startingDate="2024-03-01", endingDate="2024-06-30"), OUTSIDE),
)
GROUPED = (
    Broken("whose prices have two currencies", price_group("MIXED"), (("other_currency", None),)),
    Broken("of a name that a list in dollars has", price_group("TAKEN"), (("create_only", "transactioncurrencyid"),), made=True),
    Broken("in a currency not coupled", price_group("SWEDEN"), ((WAITS, "transactioncurrencyid"),)),
)


@pytest.mark.rule("E3", "B9", "B6")
async def test_each_broken_group_and_price_has_its_problem_and_the_rest_goes_through(sandbox_processes: Sandbox) -> None:
    others = group_price("MIXED", TWO, 5, currencyCode="USD"), group_price("SWEDEN", ONE, currencyCode="SEK")
    in_dollars = sales_list("TAKEN", _transactioncurrencyid_value=sales_currency("USD"))
    group, healthy = price_group("RETAIL"), [group_price("RETAIL", TWO, 19)]
    async with engine_on(sandbox_processes, fresh=True, PRICING="priceGroups") as engine:
        await engine.seed(ONE, TWO, group, in_dollars, *healthy, *others, *(case.record for case in (*GROUPED, *PRICES)))
        await engine.sync(*GROUPS[:3], create="toSales")
        await engine.seed(STRANGER, *currency("SEK", "Swedish Krona"))
        await engine.sync(*GROUPS[3:], create="toSales")
        waiting = tuple(Broken("of a group that waits", record, ((WAITS, "salesCode"),)) for record in others)
        await expect(engine, "CUSTPRCGRP-PRICE", GROUPED, [group])
        await expect(engine, "SALESPRC-PRODPRICE", (*PRICES, *waiting), healthy)


@pytest.mark.rule("A4", "E3")
async def test_prices_that_people_typed_in_sales_are_left_alone(engine: Engine) -> None:
    """What stands in Sales only is no line of BC's: it is neither taken over nor touched, and no problem."""
    await engine.seed(ONE, price_list("S1"), line("S1", 10, ONE))
    await engine.sync(*LISTS, create="toSales")
    own = sales_list("People's own")
    theirs = await engine.partner("ITEM-PRODUCT", ONE)
    ids = {"_productid_value": theirs["productid"], "_pricelevelid_value": own.id, "_uomid_value": theirs["_defaultuomid_value"]}
    typed = in_sales("productpricelevels", "typed", amount=7, pricingmethodcode=1, **ids)
    await engine.seed(own, typed)
    await engine.sync("PLHEADER-PRICE", "PLLINE-PRODPRICE")
    assert (await engine.row(typed))["amount"] == 7
    assert await engine.problems() == []
