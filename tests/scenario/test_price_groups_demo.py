"""The demo company where customer price groups are used: what a full synch makes of its groups and their prices."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.company.generate import generate
from sandbox.company.modes import PRICE_GROUPS
from sandbox.company.prices import GROUPS as NAMES
from sandbox.company.prices import OF_A_GROUP, VALID
from sandbox.running import Sandbox
from tests.expected.modes import ended_as_expected
from tests.scenario.engine import Engine
from tests.scenario.on_demo import engine_on_demo
from tests.scenario.pricing import GROUPS
from tests.scenario.world import Row

COMPANY = generate(0.2)


@pytest.fixture
async def engine(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet with customer price groups, before its first synch of the demo company."""
    async with engine_on_demo(sandbox_processes, COMPANY, PRICING="priceGroups") as fresh:
        yield fresh


def counts(price: Row) -> bool:
    """Whether a price is one that Sales can tell (rule E3)."""
    plain = price["salesType"] == OF_A_GROUP and not price["minimumQuantity"] and not price["variantCode"]
    return plain and price["endingDate"] == VALID["endingDate"]


@pytest.mark.rule("E3")
@pytest.mark.timeout(200)
async def test_each_group_is_a_price_list_with_the_prices_of_its_items_that_count(engine: Engine) -> None:
    await engine.sync(*GROUPS, create="both")
    numbers = {row["id"]: row["number"] for row in COMPANY.bc["items"]}
    products = {each.sales_id: numbers[each.bc_id] for each in await engine.couplings("ITEM-PRODUCT") if each.bc_id in numbers}
    prices = COMPANY.bc["salesPrices"]
    wanted = [row for row in prices if counts(row)]
    coupled = [row for row in wanted if row["itemNumber"] in products.values()]
    assert coupled and len(wanted) < len(prices)
    for code, _ in NAMES:
        [head] = await engine.sales.rows("pricelevels", name=code)
        lines = await engine.sales.rows("productpricelevels", _pricelevelid_value=head["pricelevelid"])
        made = {products[line["_productid_value"]]: line["amount"] for line in lines}
        assert made == {row["itemNumber"]: row["unitPrice"] for row in coupled if row["salesCode"] == code}
    await ended_as_expected(engine, COMPANY.expected["modes"][PRICE_GROUPS])
    await engine.reset_counters()
    await engine.sync(*GROUPS, create="both")
    assert await engine.written() == {"bc": 0, "sales": 0}
