"""Rule D1: local currency is blank in Business Central and a currency in Sales; amounts are converted at the record's own rate."""

from __future__ import annotations

import pytest

from mapping.ids import derived_id
from tests.scenario.engine import Engine
from tests.scenario.world import account, currency, customer, item, sales_currency

pytestmark = pytest.mark.rule("D1")

EUR, USD = sales_currency("EUR"), sales_currency("USD")


async def pounds_are_the_base_currency(engine: Engine) -> None:
    """An organisation that counts in pounds and has no euro yet; the company counts in euros."""
    pound = {"isocurrencycode": "GBP", "currencyname": "Pound", "currencysymbol": "£", "currencyprecision": 2, "exchangerate": 1}
    pound["transactioncurrencyid"] = sales_currency("GBP")
    await engine.sales.seed({"transactioncurrencies": [pound]}, {"_basecurrencyid_value": sales_currency("GBP")})
    await engine.sales.delete("transactioncurrencies", EUR)
    engine.forget()


@pytest.mark.case("T460", "T458")
async def test_a_customer_without_currency_is_in_local_currency(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["_transactioncurrencyid_value"] == EUR


@pytest.mark.case("T458")
async def test_an_account_in_local_currency_becomes_a_customer_without_currency(engine: Engine) -> None:
    theirs = account("A1")
    await engine.seed(theirs)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["currencyCode"] == ""


async def test_the_local_currency_needs_no_coupling(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await engine.sync("CURRENCY", "CUSTOMER")
    assert {each.sales_id for each in await engine.couplings("CURRENCY")}.isdisjoint({EUR})
    assert not await engine.problems()


@pytest.mark.case("T460")
async def test_a_customer_in_dollars_becomes_an_account_in_dollars(engine: Engine) -> None:
    mine = customer("C1", currency="USD")
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["_transactioncurrencyid_value"] == USD


@pytest.mark.case("T457")
async def test_an_account_in_dollars_becomes_a_customer_in_dollars(engine: Engine) -> None:
    theirs = account("A1", _transactioncurrencyid_value=USD)
    await engine.seed(theirs)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["currencyCode"] == "USD"


@pytest.mark.case("T121")
async def test_only_iso_codes_are_coupled(engine: Engine) -> None:
    await engine.seed(*currency("BONUS", "Bonus points", 100))
    await engine.sync("CURRENCY")
    assert len(await engine.couplings("CURRENCY")) == 2
    assert await engine.problems("CURRENCY") == [("invalid_value", "code")]


async def test_a_credit_limit_is_converted_at_the_rate_of_the_accounts_currency(engine: Engine) -> None:
    euros, dollars = customer("C1", creditLimit=1000), customer("C2", currency="USD", creditLimit=1000)
    await engine.seed(euros, dollars)
    await engine.sync("CURRENCY", "CUSTOMER")
    limits = [(await engine.partner("CUSTOMER", each))["creditlimit"] for each in (euros, dollars)]
    assert limits == [1000, 1100]


async def test_a_converted_amount_that_was_rounded_is_no_difference(engine: Engine) -> None:
    mine = customer("C1", currency="USD", creditLimit=333.33)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["creditlimit"] == 366.66
    await engine.reset_counters()
    await engine.sync("CURRENCY", "CUSTOMER")
    await engine.look("CURRENCY", "CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_a_pair_whose_amounts_agree_after_conversion_is_only_coupled(engine: Engine) -> None:
    mine = customer("C1", currency="USD", creditLimit=333.33)
    theirs = account("A1", name="Company C1", accountnumber="C1", _transactioncurrencyid_value=USD, creditlimit=366.66)
    await engine.seed(mine, theirs)
    await engine.sync("CURRENCY")
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id


async def test_a_changed_credit_limit_is_converted_too(engine: Engine) -> None:
    mine = customer("C1", currency="USD", creditLimit=1000)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    await engine.edit(mine, creditLimit=2000)
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["creditlimit"] == 2200


async def test_a_customer_who_changes_to_dollars_has_his_credit_limit_in_dollars(engine: Engine) -> None:
    mine = customer("C1", creditLimit=1000)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    await engine.edit(mine, currencyCode="USD")
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    assert (theirs["_transactioncurrencyid_value"], theirs["creditlimit"]) == (USD, 1100)


async def test_an_account_that_changes_to_dollars_has_its_credit_limit_in_dollars(engine: Engine) -> None:
    mine = customer("C1", creditLimit=1000)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({USD})"}
    await engine.sales.edit("accounts", theirs["accountid"], **bind)
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["currencyCode"] == "USD"
    assert (await engine.partner("CUSTOMER", mine))["creditlimit"] == 1100


async def test_a_customer_who_changes_back_to_local_currency_has_his_credit_limit_in_it(engine: Engine) -> None:
    mine = customer("C1", currency="USD", creditLimit=1000)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    await engine.edit(mine, currencyCode="")
    await engine.look("CUSTOMER")
    theirs = await engine.partner("CUSTOMER", mine)
    assert (theirs["_transactioncurrencyid_value"], theirs["creditlimit"]) == (EUR, 1000)


async def test_where_bc_wins_the_currency_the_credit_limit_is_converted_to_it(engine: Engine) -> None:
    mine = customer("C1", creditLimit=1000)
    theirs = account("A1", accountnumber="C1", _transactioncurrencyid_value=USD, creditlimit=500)
    await engine.seed(mine, theirs)
    await engine.sync("CURRENCY", "CUSTOMER", rule="bcWins")
    now = await engine.row(theirs)
    assert (now["_transactioncurrencyid_value"], now["creditlimit"]) == (EUR, 1000)


async def test_a_new_rate_of_exchange_is_no_edit_of_the_customers(engine: Engine) -> None:
    mine = customer("C1", currency="USD", creditLimit=1000)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "CUSTOMER")
    await engine.bc.hand("enterRate", currencyCode="USD", exchangeRateAmount=1.3, relationalExchangeRateAmount=1)
    await engine.look("CURRENCY")
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    await engine.sync("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_prices_are_in_local_currency(engine: Engine) -> None:
    mine = item("I1", unitPrice=12.345, unitCost=7)
    await engine.seed(mine)
    await engine.sync("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT")
    theirs = await engine.partner("ITEM-PRODUCT", mine)
    assert (theirs["_transactioncurrencyid_value"], theirs["price"], theirs["standardcost"]) == (EUR, 12.35, 7)


@pytest.mark.case("T406")
@pytest.mark.feature("F129")
async def test_a_missing_local_currency_is_made_in_sales_with_its_rate(engine: Engine) -> None:
    mine = customer("C1", creditLimit=1000)
    await engine.seed(mine, *currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    await engine.sync("CURRENCY", "CUSTOMER")
    [euro] = await engine.sales.rows("transactioncurrencies", isocurrencycode="EUR")
    theirs = await engine.partner("CUSTOMER", mine)
    assert euro["exchangerate"] == pytest.approx(1.25)
    assert (theirs["_transactioncurrencyid_value"], theirs["creditlimit"]) == (euro["transactioncurrencyid"], 1000)
    assert euro["transactioncurrencyid"] == derived_id(
        (await engine.ctx.sales.organization()).id, engine.ctx.company, "transactioncurrencies", "EUR"
    )


async def test_looking_ahead_makes_no_currency(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine, *currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    assert (await engine.api.get("setup/check")).status == 200
    plan = (await engine.api.get(f"explain/CUSTOMER/bc/{mine.id}")).json["plan"]
    assert await engine.sales.rows("transactioncurrencies", isocurrencycode="EUR") == []
    await engine.sync("CURRENCY", "CUSTOMER")
    [euro] = await engine.sales.rows("transactioncurrencies", isocurrencycode="EUR")
    assert euro["transactioncurrencyid"] in str(plan), "the plan knew what it would be"


@pytest.mark.case("T389")
@pytest.mark.feature("F119")
async def test_rates_are_units_for_one_of_the_organisations_base_currency(engine: Engine) -> None:
    await engine.seed(*currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    await engine.sync("CURRENCY")
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert dollar["exchangerate"] == pytest.approx(1.1 / 0.8)


async def test_a_credit_limit_in_dollars_counts_from_euros_whatever_the_base_currency(engine: Engine) -> None:
    mine = customer("C1", currency="USD", creditLimit=1000)
    await engine.seed(mine, *currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["creditlimit"] == 1100


async def test_without_a_rate_to_the_base_currency_the_customer_is_listed(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await pounds_are_the_base_currency(engine)
    await engine.sync("CUSTOMER")
    assert ("no_local_currency", "currencyId") in await engine.problems("CUSTOMER")


async def test_a_local_currency_that_sales_refuses_is_not_taken_for_made(engine: Engine) -> None:
    await engine.seed(customer("C1"), *currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    await engine.sales.fault(path="transactioncurrencies", method="POST", status=400, code="0x80040265", times=9)
    await engine.sync("CUSTOMER")
    assert ("no_local_currency", "currencyId") in await engine.problems("CUSTOMER")
