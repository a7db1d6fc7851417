"""Rule E2 in the details of items: vendor, currency, default price list, the write-in item, and stock by the item ledger (rule F1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from mapping.stock import TIME
from tests.scenario.engine import Engine
from tests.scenario.world import Record, Row, in_bc, in_sales, item, product, resource, sales_currency, unit_group, vendor

pytestmark = pytest.mark.rule("E2")

MAPPINGS = ("UNIT OF MEASURE", "ITEM-PRODUCT")
DEFAULT, OTHER_NAME = "Couplet Default Price List", "Couplet EUR Default Price List"


async def made(engine: Engine, mine: Record) -> Row:
    """The product of an item after a full synch."""
    await engine.seed(mine)
    await engine.sync(*MAPPINGS, create="toSales")
    return await engine.partner("ITEM-PRODUCT", mine)


def price_list(name: str, currency: str) -> Record:
    """A price list that somebody made in Sales."""
    return in_sales("pricelevels", f"{name} {currency}", name=name, statecode=0, _transactioncurrencyid_value=sales_currency(currency))


def write_in(kind: str, number: str) -> Record:
    """The write-in product of the sales setup."""
    return in_bc("salesReceivablesSetup", "", writeInProductType=kind, writeInProductNumber=number)


@pytest.mark.rule("D4")
async def test_the_vendors_name_stands_beside_his_number_and_follows_a_new_name(engine: Engine) -> None:
    adler, mine = vendor("V1", displayName="Adler GmbH"), item("I1", vendorNumber="V1", vendorItemNumber="A-7")
    await engine.seed(adler)
    found = await made(engine, mine)
    assert (found["vendorid"], found["vendorname"], found["vendorpartnumber"]) == ("V1", "Adler GmbH", "A-7")
    await engine.edit(adler, displayName="Adler & Söhne GmbH")
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["vendorname"] == "Adler & Söhne GmbH"
    await engine.edit(mine, vendorNumber="")
    await engine.look("ITEM-PRODUCT")
    found = await engine.partner("ITEM-PRODUCT", mine)
    assert not found.get("vendorid") and not found.get("vendorname")


@pytest.mark.rule("F1")
@pytest.mark.feature("F126")
@pytest.mark.case("T739")
async def test_stock_follows_the_item_ledger_and_an_idle_look_costs_a_request_a_table(engine: Engine) -> None:
    mine, other = item("I1", inventory=7), item("I2", inventory=1)
    await engine.seed(other)
    assert (await made(engine, mine))["quantityonhand"] == 7
    await engine.look("ITEM-PRODUCT")
    await engine.reset_counters()
    await engine.look("ITEM-PRODUCT")
    assert await engine.requests() == {"bc": 3, "sales": 1}, "items, item ledger, vendors; the changes of products"
    before = (await engine.row(mine))["lastModifiedDateTime"]
    await engine.bc.hand("postStock", itemNumber="I1", quantity=5)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(mine))["lastModifiedDateTime"] == before, "the item itself did not change"
    assert (await engine.partner("ITEM-PRODUCT", mine))["quantityonhand"] == 12
    assert (await engine.partner("ITEM-PRODUCT", other))["quantityonhand"] == 1
    await engine.bc.hand("postStock", itemNumber="I1", quantity=-20)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["quantityonhand"] == 0, "Sales takes no stock below zero"


@pytest.mark.parametrize("kind", ["Item", "Resource"])
async def test_the_write_in_product_is_never_synchronised_whatever_the_filter_says(engine: Engine, kind: str) -> None:
    mapping = "ITEM-PRODUCT" if kind == "Item" else "RESOURCE-PRODUCT"
    one, other = (item("FREE"), item("I1")) if kind == "Item" else (resource("FREE"), resource("R1"))
    await engine.seed(one, other, write_in(kind, "FREE"))
    engine.change(mapping, keep={})
    await engine.sync("UNIT OF MEASURE", mapping, create="toSales")
    assert [row["productnumber"] for row in await engine.sales.rows("products")] == [other.values["number"]]
    told = (await engine.api.get(f"explain/{mapping}/bc/{one.id}")).json
    assert "write-in product of Sales & Receivables Setup" in str(told)
    assert not await engine.problems()
    await engine.seed(product("FREE", producttypecode=1 if kind == "Item" else 3))
    assert (await engine.api.post(f"couplings/{mapping}/match", {})).status == 202
    await engine.drain()
    assert await engine.coupling(mapping, one) is None


@pytest.mark.case("T398", "T400")
@pytest.mark.feature("F127")
async def test_the_default_price_list_that_is_there_is_used_also_after_everything_was_forgotten(engine: Engine) -> None:
    theirs = price_list(DEFAULT, "EUR")
    await engine.seed(theirs)
    await made(engine, item("I1"))
    await engine.forget_everything()
    await engine.seed(item("I2"))
    await engine.sync(*MAPPINGS, create="toSales")
    assert [row["pricelevelid"] for row in await engine.sales.rows("pricelevels")] == [theirs.id]
    assert {row["_pricelevelid_value"] for row in await engine.sales.rows("products")} == {theirs.id}


@pytest.mark.case("T397")
async def test_where_a_list_of_another_currency_has_its_name_it_gets_another_one(engine: Engine) -> None:
    await engine.seed(price_list(DEFAULT, "USD"))
    found = await made(engine, item("I1", unitPrice=12.5))
    [line] = await engine.sales.rows("productpricelevels")
    [own] = await engine.sales.rows("pricelevels", name=OTHER_NAME)
    assert found["_pricelevelid_value"] == line["_pricelevelid_value"] == own["pricelevelid"]
    assert own["_transactioncurrencyid_value"] == sales_currency("EUR")


async def test_without_any_name_left_for_it_nothing_is_made_and_the_names_are_told(engine: Engine) -> None:
    await engine.seed(price_list(DEFAULT, "USD"), price_list(OTHER_NAME, "USD"), item("I1"))
    await engine.sync(*MAPPINGS, create="toSales")
    assert not await engine.sales.rows("products")
    [problem] = (await engine.api.get("problems?mapping=ITEM-PRODUCT")).json["value"]
    assert (problem["code"], OTHER_NAME in problem["message"] + str(problem)) == ("no_price_list", True)


@pytest.mark.rule("D1")
@pytest.mark.parametrize("currencies", [True, False], ids=["", "with CURRENCY switched off"])
async def test_a_product_in_another_currency_becomes_one_in_local_currency_with_its_prices(engine: Engine, currencies: bool) -> None:
    assert (await engine.api.patch("mappings/CURRENCY", {"enabled": currencies})).status == 200
    mine = item("I1", unitPrice=120, unitCost=60)
    theirs = product("I1", price=100, _transactioncurrencyid_value=sales_currency("USD"))
    await engine.seed(*unit_group(), mine, theirs)
    await engine.sync(*MAPPINGS)
    found = await engine.row(theirs)
    assert (found["_transactioncurrencyid_value"], found["price"], found["standardcost"]) == (sales_currency("EUR"), 120, 60)
    assert [line["amount"] for line in await engine.sales.rows("productpricelevels")] == [120]
    await engine.edit(theirs, **{"transactioncurrencyid@odata.bind": f"/transactioncurrencies({sales_currency('USD')})"})
    await engine.look("ITEM-PRODUCT")
    found = await engine.row(theirs)
    assert (found["_transactioncurrencyid_value"], found["price"]) == (sales_currency("EUR"), 120)


@pytest.mark.rule("B2")
async def test_the_price_list_holds_local_amounts_for_a_product_of_another_currency_that_made_an_item(engine: Engine) -> None:
    theirs = product("OWN-1", price=120, _transactioncurrencyid_value=sales_currency("USD"))
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS, create="both")
    mine = await engine.partner("ITEM-PRODUCT", theirs)
    assert (await engine.row(theirs))["price"] == 120, "its own price stays until somebody changes the item's"
    await engine.bc.edit("items", mine["id"], unitPrice=50)
    await engine.look("ITEM-PRODUCT")
    [line] = await engine.sales.rows("productpricelevels")
    assert (line["amount"], (await engine.row(theirs))["price"]) == (50, 60)


async def test_only_name_and_base_unit_come_from_sales(engine: Engine) -> None:
    mine = item("I1", unitPrice=10, vendorItemNumber="A-7", inventory=3)
    found = await made(engine, mine)
    await engine.sales.edit("products", found["productid"], name="Better desk", price=99, vendorpartnumber="B-1", quantityonhand=5)
    await engine.look("ITEM-PRODUCT")
    row, found = await engine.row(mine), await engine.partner("ITEM-PRODUCT", mine)
    assert (row["displayName"], row["unitPrice"], row["vendorItemNumber"]) == ("Better desk", 10, "A-7")
    assert (found["price"], found["vendorpartnumber"], found["quantityonhand"]) == (10, "A-7", 3), "what BC owns is set back"


@pytest.mark.case("T403", "T404")
async def test_a_line_that_somebody_took_away_comes_back_with_the_next_change(engine: Engine) -> None:
    mine = item("I1", unitPrice=10)
    await made(engine, mine)
    [line] = await engine.sales.rows("productpricelevels")
    await engine.sales.delete("productpricelevels", line["productpricelevelid"])
    await engine.edit(mine, unitPrice=11)
    await engine.look("ITEM-PRODUCT")
    assert [each["amount"] for each in await engine.sales.rows("productpricelevels")] == [11]


@pytest.mark.rule("E8")
async def test_an_item_born_in_sales_gets_its_posting_groups_from_the_item_template_and_its_unit_from_the_product(engine: Engine) -> None:
    theirs = product("OWN-1", name="Chair")
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS, create="both")
    mine = await engine.partner("ITEM-PRODUCT", theirs)
    assert all(mine[name] for name in ("inventoryPostingGroupCode", "generalProductPostingGroupCode", "vatProductPostingGroup"))
    assert (mine["type"], mine["baseUnitOfMeasureCode"]) == ("Inventory", "PCS")


@pytest.mark.rule("E8")
async def test_without_a_template_for_items_nothing_is_made_and_the_page_is_named(engine: Engine) -> None:
    for template in await engine.bc.rows("itemTemplates", type="Inventory"):
        await engine.bc.delete("itemTemplates", template["id"])
    theirs = product("OWN-1", name="Chair")
    await engine.seed(*unit_group(), theirs)
    await engine.sync(*MAPPINGS, create="both")
    assert not await engine.bc.rows("items")
    [problem] = (await engine.api.get("problems?mapping=ITEM-PRODUCT")).json["value"]
    assert problem["code"] == "no_template" and "Item Templates" in str(problem)


@pytest.mark.rule("D8", "F1")
async def test_the_product_says_when_business_central_had_the_stock_that_it_shows(engine: Engine) -> None:
    mine = item("I1", inventory=7)
    first = (await made(engine, mine))[TIME]
    assert abs((datetime.now(UTC) - datetime.fromisoformat(first)).total_seconds()) < 60
    await engine.edit(mine, displayName="Better desk")
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))[TIME] == first, "the stock is the same"
    await asyncio.sleep(1.1)
    await engine.bc.hand("postStock", itemNumber="I1", quantity=1)
    await engine.look("ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))[TIME] > first
