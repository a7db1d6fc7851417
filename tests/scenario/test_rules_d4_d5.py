"""Rules D4 and D5: a rename is no edit of the records that use a code; some columns are taken only when a row is made."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import Record, customer, id_of, in_bc, item, sales_currency, salesperson


def terms(code: str) -> Record:
    """A payment term of the standard world."""
    return in_bc("paymentTerms", code)


async def stamps(engine: Engine, mapping: str) -> set[tuple[object, ...]]:
    """When the couplings of a mapping were last written."""
    return {(each.bc_id, each.synced_at, each.etag) for each in await engine.couplings(mapping)}


@pytest.mark.rule("D4")
async def test_a_renamed_payment_term_renames_its_option_and_edits_no_customer(engine: Engine) -> None:
    mine = customer("C1", terms="NET 30")
    await engine.seed(mine)
    await engine.sync("PAYMENT TERMS", "CUSTOMER")
    before, known = await engine.partner("CUSTOMER", mine), await stamps(engine, "CUSTOMER")
    await engine.edit(terms("NET 30"), code="NET 31")
    await engine.look()
    await engine.sync("CUSTOMER")
    assert await engine.partner("CUSTOMER", mine) == before
    assert await stamps(engine, "CUSTOMER") == known
    options = await engine.ctx.sales.options("accounts", "paymenttermscode")
    assert options[before["paymenttermscode"]] == "NET 31"


@pytest.mark.rule("D4")
async def test_a_renamed_salesperson_stays_the_owner(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await engine.seed(mine)
    await engine.sync("SALESPEOPLE", "CUSTOMER")
    before, known = await engine.partner("CUSTOMER", mine), await stamps(engine, "CUSTOMER")
    await engine.edit(salesperson("AB", "Anja Becker"), code="ANJA")
    engine.forget()
    assert (await engine.row(mine))["salespersonCode"] == "ANJA"
    await engine.look()
    await engine.sync("CUSTOMER")
    assert await engine.partner("CUSTOMER", mine) == before
    assert await stamps(engine, "CUSTOMER") == known
    assert not await engine.problems()


@pytest.mark.rule("D4")
async def test_a_renamed_unit_is_no_edit_of_its_items(engine: Engine) -> None:
    mine = item("I1", unit="PCS")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    before = await engine.partner("ITEM-PRODUCT", mine)
    await engine.edit(in_bc("unitsOfMeasure", "PCS"), code="PIECE")
    await engine.look()
    assert await engine.partner("ITEM-PRODUCT", mine) == before
    [group] = await engine.sales.rows("uomschedules", uomscheduleid=before["_defaultuomscheduleid_value"])
    [unit] = await engine.sales.rows("uoms", _uomscheduleid_value=group["uomscheduleid"])
    assert (group["name"], unit["name"]) == ("NAV PIECE", "PIECE")


@pytest.mark.rule("D4")
async def test_a_new_number_of_a_customer_follows_to_its_account(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    await engine.edit(mine, number="C2")
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["accountnumber"] == "C2"
    assert len(await engine.sales.rows("accounts")) == 1


@pytest.mark.rule("D5")
async def test_another_base_unit_is_a_problem_with_its_remedy_and_the_rest_goes_through(engine: Engine) -> None:
    mine = item("I1", unit="PCS")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    before = await engine.partner("ITEM-PRODUCT", mine)
    await engine.edit(mine, baseUnitOfMeasureId=id_of("unitsOfMeasure", "BOX"), displayName="Boxed")
    await engine.look("ITEM-PRODUCT")
    after = await engine.partner("ITEM-PRODUCT", mine)
    assert (after["name"], after["_defaultuomscheduleid_value"]) == ("Boxed", before["_defaultuomscheduleid_value"])
    assert await engine.problems() == [("create_only", "baseUnitOfMeasureId")]


@pytest.mark.rule("D5")
async def test_a_base_unit_put_back_is_no_problem_any_more(engine: Engine) -> None:
    mine = item("I1", unit="PCS")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    await engine.edit(mine, baseUnitOfMeasureId=id_of("unitsOfMeasure", "BOX"))
    await engine.look("ITEM-PRODUCT")
    await engine.edit(mine, baseUnitOfMeasureId=id_of("unitsOfMeasure", "PCS"))
    await engine.look("ITEM-PRODUCT")
    assert not await engine.problems()


@pytest.mark.rule("D5")
async def test_another_currency_code_is_a_problem(engine: Engine) -> None:
    await engine.sync("CURRENCY")
    await engine.edit(in_bc("currencies", "CHF"), code="SEK", displayName="Swedish Krona")
    await engine.look("CURRENCY")
    assert ("create_only", "code") in await engine.problems("CURRENCY")
    assert {row["isocurrencycode"] for row in await engine.sales.rows("transactioncurrencies")} == {"EUR", "USD", "CHF"}


@pytest.mark.rule("D5")
async def test_a_currency_whose_code_stays_keeps_its_id_when_its_name_changes(engine: Engine) -> None:
    await engine.sync("CURRENCY")
    await engine.edit(in_bc("currencies", "USD"), displayName="Greenback", symbol="US$")
    await engine.look("CURRENCY")
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert (dollar["currencyname"], dollar["currencysymbol"]) == ("Greenback", "US$")
    assert dollar["transactioncurrencyid"] == sales_currency("USD")
