"""Rule E3: price lists of BC and their lines become price lists of Sales with their prices, as far as Sales can tell them."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.pricing import LISTS, line, list_of, price_list, prices_of, two_items
from tests.scenario.world import sales_currency

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
