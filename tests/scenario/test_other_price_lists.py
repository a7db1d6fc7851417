"""Price lists that people keep in Sales beside the default one (rule E2)."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import in_sales, item, sales_currency


@pytest.mark.rule("E2")
@pytest.mark.case("T368")
async def test_a_new_price_does_not_touch_the_products_line_in_another_price_list(engine: Engine) -> None:
    mine = item("I1", unitPrice=12.5)
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    theirs = await engine.partner("ITEM-PRODUCT", mine)
    [own] = await engine.sales.rows("productpricelevels")
    special = in_sales("pricelevels", "GOLD", name="Gold customers", statecode=0, _transactioncurrencyid_value=sales_currency("EUR"))
    [unit] = await engine.sales.rows("uoms", name="PCS")
    line = in_sales(
        "productpricelevels",
        "GOLD I1",
        amount=11,
        _productid_value=theirs["productid"],
        _pricelevelid_value=special.id,
        _uomid_value=unit["uomid"],
    )
    await engine.seed(special, line)
    await engine.edit(mine, unitPrice=13)
    await engine.look("ITEM-PRODUCT")
    amounts = {row["productpricelevelid"]: row["amount"] for row in await engine.sales.rows("productpricelevels")}
    assert amounts == {own["productpricelevelid"]: 13, line.id: 11}
