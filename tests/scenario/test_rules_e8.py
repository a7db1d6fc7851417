"""Rule E8: what is born in Sales can be sold and invoiced in Business Central at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import account, customer, product, unit_group

pytestmark = pytest.mark.rule("E8")


async def _order(engine: Engine, house: dict[str, Any], thing: dict[str, Any]) -> dict[str, Any]:
    """An order of somebody in BC: three pieces of one item for one customer."""
    lines = [{"lineType": "Item", "lineObjectNumber": thing["number"], "quantity": 3}]
    return await engine.bc.insert("salesOrders", customerNumber=house["number"], salesOrderLines=lines)


async def test_an_order_for_a_customer_and_an_item_both_born_in_sales_is_shipped_and_invoiced(engine: Engine) -> None:
    buyer, chair = account("A1", name="Falke", address1_city="Bonn"), product("OWN-1", name="Chair", price=40)
    await engine.seed(buyer, *unit_group(), chair)
    await engine.sync()
    house, thing = await engine.partner("CUSTOMER", buyer), await engine.partner("ITEM-PRODUCT", chair)
    order = await _order(engine, house, thing)
    await engine.bc.hand("postStock", itemNumber=thing["number"], quantity=10)
    await engine.bc.hand("release", id=order["id"])
    shipment = await engine.bc.hand("ship", id=order["id"])
    invoice = await engine.bc.hand("invoice", id=order["id"])
    assert shipment["number"] and invoice["number"]
    [posted] = await engine.bc.rows("salesInvoices", number=invoice["number"])
    assert (posted["customerName"], posted["status"], posted["orderNumber"]) == ("Falke", "Open", order["number"])
    assert await engine.bc.rows("salesOrders") == []
    await engine.look("ITEM-PRODUCT")
    assert (await engine.row(chair))["quantityonhand"] == 7
    assert await engine.problems() == []


async def test_business_central_itself_refuses_to_post_without_what_templates_give(engine: Engine) -> None:
    """The counterpart: without this refusal the scenario above would prove nothing."""
    bare, chair = customer("C1", vatBusinessPostingGroup=""), product("OWN-1", name="Chair")
    await engine.seed(bare, *unit_group(), chair)
    await engine.sync("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT")
    order = await _order(engine, bare.values, await engine.partner("ITEM-PRODUCT", chair))
    assert "VAT Bus. Posting Group must have a value in Customer: No.=C1" in await engine.bc.refused("ship", id=order["id"])


async def test_a_customer_whose_template_is_of_another_currency_gets_that_of_none(engine: Engine) -> None:
    await engine.bc.insert("customerTemplates", code="A-USD", currencyCode="USD", customerPostingGroup="FOREIGN")
    buyer = account("A1", name="Falke")
    await engine.seed(buyer)
    await engine.sync("CURRENCY", "CUSTOMER")
    assert (await engine.partner("CUSTOMER", buyer))["customerPostingGroup"] == "DOMESTIC"
