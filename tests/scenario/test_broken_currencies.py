"""Broken currencies and codes of options in one run each, and what the finished CURRENCY keeps: precision, base rate, only ISO codes."""

from __future__ import annotations

import pytest

from tests.scenario.broken import Broken, expect
from tests.scenario.engine import Engine
from tests.scenario.test_rules_d1 import pounds_are_the_base_currency
from tests.scenario.world import Record, currency, in_bc

FORGOTTEN = {"displayName": "", "symbol": "", "amountDecimalPlaces": "2:2", "amountRoundingPrecision": 0.01}
TOMORROW, LONG_AGO = "2999-01-01", "2020-01-01"


def of(code: str, *days: str, amount: float = 1.5, per: float = 1, **values: object) -> list[Record]:
    """A currency with a rate from each of these days on."""
    rates = {"currencyCode": code, "relationalCurrencyCode": "", "exchangeRateAmount": amount, "relationalExchangeRateAmount": per}
    row = {**FORGOTTEN, "displayName": f"Currency {code}", **values}
    return [
        in_bc("currencies", code, code=code, **row),
        *(in_bc("currencyExchangeRates", f"{code}/{day}", startingDate=day, **rates) for day in days),
    ]


NO_RATE = ("no_exchange_rate", "exchangerate")
FROM_BC = {
    "without any rate": (of("SEK"), (NO_RATE,), False),
    "a rate from tomorrow on": (of("NOK", TOMORROW), (NO_RATE,), False),
    "a rate per nothing": (of("DKK", LONG_AGO, per=0), (NO_RATE,), False),
    "no ISO code": (of("BONUS", LONG_AGO), (("invalid_value", "code"),), False),
    "without a name": (of("CZK", LONG_AGO, displayName=""), (), True),
    "without a symbol": (of("PLN", LONG_AGO), (), True),
    "a symbol too long": (of("HUF", LONG_AGO, symbol="forint-sign"), (), True),
    "an old and a new rate": (of("RON", LONG_AGO, "2024-06-01"), (), True),
}


@pytest.mark.rule("B9", "D1")
async def test_each_broken_currency_has_its_problem_and_the_rest_goes_through(engine: Engine) -> None:
    cases = [Broken(what, records[0], problems, made=made) for what, (records, problems, made) in FROM_BC.items()]
    await engine.seed(*(record for what, (records, _, _) in FROM_BC.items() for record in records))
    await engine.sync("CURRENCY")
    await expect(engine, "CURRENCY", cases, [in_bc("currencies", "USD"), in_bc("currencies", "CHF")])
    koruna, zloty = [(await engine.sales.rows("transactioncurrencies", isocurrencycode=code))[0] for code in ("CZK", "PLN")]
    assert (zloty["currencysymbol"], koruna["currencyname"]) == ("PLN", "CZK")


@pytest.mark.case("T388")
@pytest.mark.feature("F119")
async def test_a_new_currency_has_the_precision_of_the_organisation(engine: Engine) -> None:
    await engine.sales.seed({}, {"currencydecimalprecision": 3})
    engine.forget()
    await engine.sync("CURRENCY")
    [franc] = await engine.sales.rows("transactioncurrencies", isocurrencycode="CHF")
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert (franc["currencyprecision"], dollar["currencyprecision"]) == (3, 2), "one that is there keeps its own"


@pytest.mark.case("T392")
async def test_the_base_currency_is_one_to_itself_whatever_rate_bc_has(engine: Engine) -> None:
    await engine.seed(*currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    await engine.sync("CURRENCY")
    [pound] = await engine.sales.rows("transactioncurrencies", isocurrencycode="GBP")
    assert (pound["exchangerate"], await engine.problems("CURRENCY")) == (1, [])


@pytest.mark.rule("F1", "D1")
async def test_a_new_rate_of_one_currency_or_of_the_base_currency_is_seen_in_all_that_it_concerns(engine: Engine) -> None:
    await engine.seed(*currency("GBP", "Pound", 0.8))
    await pounds_are_the_base_currency(engine)
    await engine.sync("CURRENCY")
    await engine.bc.hand("enterRate", currencyCode="USD", exchangeRateAmount=1.2, relationalExchangeRateAmount=1)
    await engine.look("CURRENCY")
    assert await rate(engine, "USD") == pytest.approx(1.2 / 0.8)
    await engine.bc.hand("enterRate", currencyCode="GBP", exchangeRateAmount=0.9, relationalExchangeRateAmount=1)
    await engine.look("CURRENCY")
    assert await rate(engine, "USD") == pytest.approx(1.2 / 0.9)
    assert await rate(engine, "CHF") == pytest.approx(0.95 / 0.9)
    assert await engine.problems("CURRENCY") == []


async def rate(engine: Engine, code: str) -> float:
    """What Sales holds for one unit of the base currency."""
    [row] = await engine.sales.rows("transactioncurrencies", isocurrencycode=code)
    return float(row["exchangerate"])


OPTIONS = {
    "PAYMENT TERMS": ("paymentTerms", "paymenttermscode"),
    "SHIPMENT METHOD": ("shipmentMethods", "address1_freighttermscode"),
    "SHIPPING AGENT": ("shippingAgents", "address1_shippingmethodcode"),
}


@pytest.mark.rule("B9", "D6")
@pytest.mark.parametrize("mapping", OPTIONS)
async def test_odd_codes_and_labels_of_options_are_problems_by_name_and_the_rest_goes_through(engine: Engine, mapping: str) -> None:
    table, column = OPTIONS[mapping]
    called = "name" if table == "shippingAgents" else "displayName"

    def code(key: str) -> Record:
        return in_bc(table, key, code=key, **{called: f"Code {key}"})

    for value, label in ((901, "Zwei gleiche Eins"), (902, "Zwei gleiche Zwei"), (903, "   ")):
        await engine.ctx.sales.add_option("accounts", column, label, value)
    await engine.ctx.sales.publish(["accounts"])
    twice, umlaut, spaced = code("ZWEI GLEIC"), code("ÄÖÜ 1%/2'"), code("A  B")
    await engine.seed(twice, umlaut, spaced)
    await engine.sync(mapping)
    cases = [
        Broken("two labels that begin with it", twice, (("ambiguous_match", None),)),
        Broken("signs that are none of letters", umlaut, made=True),
        Broken("two blanks", spaced, made=True),
    ]
    await expect(engine, mapping, cases, [])
    labels = set((await engine.ctx.sales.options("accounts", column)).values())
    assert {"ÄÖÜ 1%/2'", "A  B"} <= labels
