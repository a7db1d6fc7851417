"""Rule E8: what was born in Sales can be sold at once: an order for such a customer and item is shipped and invoiced."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import account, product, unit_group

MAPPINGS = ("SALESPEOPLE", "UNIT OF MEASURE", "CUSTOMER", "ITEM-PRODUCT")


@pytest.mark.rule("E8")
async def test_an_order_for_a_customer_and_an_item_born_in_sales_is_shipped_and_invoiced(engine: Engine) -> None:
    buyer, goods = account("A1", name="Adler GmbH"), product("OWN-1", name="Chair", price=20)
    await engine.seed(buyer, *unit_group(), goods)
    await engine.sync(*MAPPINGS, create="both")
    customer, item = await engine.partner("CUSTOMER", buyer), await engine.partner("ITEM-PRODUCT", goods)
    assert not await engine.problems()
    order = await engine.bc.insert("salesOrders", customerId=customer["id"])
    line = {"documentId": order["id"], "lineType": "Item", "itemId": item["id"], "quantity": 2, "unitPrice": 20}
    await engine.bc.insert("salesOrderLines", **line)
    await engine.bc.hand("ship", id=order["id"])
    posted = await engine.bc.hand("invoice", id=order["id"])
    [invoice] = await engine.bc.rows("salesInvoices", id=posted["id"])
    assert (invoice["customerNumber"], invoice["totalAmountExcludingTax"]) == (customer["number"], 40)
