"""Rule D1 over three currencies: an organisation that counts in pounds, a company that counts in euros, customers in dollars and yen."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import Record, currency, customer, item, opportunity, person, sales_currency

pytestmark = pytest.mark.rule("D1")

EUR, USD, GBP = sales_currency("EUR"), sales_currency("USD"), sales_currency("GBP")
MASTERS = ("SALESPEOPLE", "CURRENCY", "CUSTOMER", "CONTACT", "UNIT OF MEASURE", "ITEM-PRODUCT", "OPPORTUNITY")


@pytest.fixture
async def london(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Sales counts in pounds and has no euro; a euro is 0.80 pounds and 1.10 dollars."""
    async with engine_on(sandbox_processes, fresh=True) as engine:
        pound = {"isocurrencycode": "GBP", "currencyname": "Pound", "currencysymbol": "£", "currencyprecision": 2, "exchangerate": 1}
        await engine.sales.seed({"transactioncurrencies": [{**pound, "transactioncurrencyid": GBP}]}, {"_basecurrencyid_value": GBP})
        await engine.sales.delete("transactioncurrencies", EUR)
        await engine.seed(*currency("GBP", "Pound", 0.8))
        engine.forget()
        yield engine


async def amounts(engine: Engine, mine: Record, goods: Record, deal: Record) -> tuple[float, float, float]:
    """Credit limit, price and estimate as Sales shows them."""
    theirs, product = await engine.partner("CUSTOMER", mine), await engine.partner("ITEM-PRODUCT", goods)
    return theirs["creditlimit"], product["price"], (await engine.partner("OPPORTUNITY", deal))["estimatedvalue"]


async def test_each_amount_stands_in_the_currency_of_its_row(london: Engine) -> None:
    mine, ada = customer("C1", currency="USD", creditLimit=333.33), person("P1", of="C1")
    goods, deal = item("I1", unitPrice=12.345, unitCost=7), opportunity("OP1", contact="P1", estimatedValue=333.33)
    await london.seed(mine, ada, goods, deal)
    await london.sync(*MASTERS)
    [euro] = await london.sales.rows("transactioncurrencies", isocurrencycode="EUR")
    [dollar] = await london.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert (euro["exchangerate"], dollar["exchangerate"]) == (pytest.approx(1.25), pytest.approx(1.375))
    assert await amounts(london, mine, goods, deal) == (366.66, 12.35, 333.33)
    assert (await london.partner("CUSTOMER", mine))["_transactioncurrencyid_value"] == USD
    assert (await london.partner("OPPORTUNITY", deal))["_transactioncurrencyid_value"] == euro["transactioncurrencyid"]
    theirs = await london.partner("CUSTOMER", mine)
    assert theirs["creditlimit_base"] == pytest.approx(366.66 / 1.375, abs=0.01), "in pounds for the reports of Sales"

    await london.reset_counters()
    await london.sync(*MASTERS)
    await london.look(*MASTERS)
    assert await london.written() == {"bc": 0, "sales": 0}, "what was rounded is no difference"


async def test_an_opportunity_in_pounds_and_then_in_dollars_holds_the_same_value(london: Engine) -> None:
    mine, ada, deal = customer("C1", currency="USD"), person("P1", of="C1"), opportunity("OP1", contact="P1", estimatedValue=1000)
    await london.seed(mine, ada, deal)
    await london.sync(*MASTERS)
    theirs = (await london.partner("OPPORTUNITY", deal))["opportunityid"]
    for chosen, value in ((GBP, 800), (USD, 1100)):
        await london.sales.edit("opportunities", theirs, **{"transactioncurrencyid@odata.bind": f"/transactioncurrencies({chosen})"})
        await london.look("OPPORTUNITY")
        assert (await london.partner("OPPORTUNITY", deal))["estimatedvalue"] == value
    await london.edit(deal, estimatedValue=2000)
    await london.look("OPPORTUNITY")
    assert (await london.partner("OPPORTUNITY", deal))["estimatedvalue"] == 2200


async def test_a_currency_without_decimals_has_amounts_without_decimals(london: Engine) -> None:
    mine = customer("C1", currency="JPY", creditLimit=10.01)
    await london.seed(*currency("JPY", "Yen", 163.27), mine)
    await london.sync("CURRENCY")
    [yen] = await london.sales.rows("transactioncurrencies", isocurrencycode="JPY")
    await london.sales.edit("transactioncurrencies", yen["transactioncurrencyid"], currencyprecision=0)
    london.forget()
    await london.sync("CUSTOMER")
    assert (await london.partner("CUSTOMER", mine))["creditlimit"] == 1634
    await london.reset_counters()
    await london.look("CURRENCY", "CUSTOMER")
    await london.sync("CURRENCY", "CUSTOMER")
    assert await london.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T391")
async def test_without_a_rate_of_the_base_currency_nothing_is_guessed(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True) as engine:
        pound = {"isocurrencycode": "GBP", "currencyname": "Pound", "currencysymbol": "£", "currencyprecision": 2, "exchangerate": 1}
        await engine.sales.seed({"transactioncurrencies": [{**pound, "transactioncurrencyid": GBP}]}, {"_basecurrencyid_value": GBP})
        await engine.sales.delete("transactioncurrencies", EUR)
        engine.forget()
        mine, ada, deal = customer("C1", creditLimit=5), person("P1", of="C1"), opportunity("OP1", contact="P1")
        await engine.seed(mine, ada, deal)
        await engine.sync("SALESPEOPLE", "CURRENCY", "CUSTOMER", "CONTACT", "OPPORTUNITY")
        assert ("no_exchange_rate", "exchangerate") in await engine.problems("CURRENCY")
        assert ("no_local_currency", None) in await engine.problems("OPPORTUNITY")
        assert not await engine.sales.rows("opportunities"), "an estimate in nobody's currency would be a wrong one"
