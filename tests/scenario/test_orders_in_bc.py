"""What Business Central does of itself with an order that came from Sales: assembly, reservation, prepayment, posting."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.orders import NAME, Desk
from tests.scenario.world import Row

TO_ORDER = "Assemble_x002D_to_x002D_Order"


async def goods(engine: Engine, number: str, **values: object) -> None:
    """Somebody in BC changes how an item is delivered."""
    [item] = await engine.bc.rows("items", number=number)
    await engine.bc.edit("items", item["id"], **values)


@pytest.mark.case("T494", "T512", "T539", "T541")
async def test_an_order_from_sales_is_worked_on_in_bc_like_any_other(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    await goods(engine, "ITEM-0", assemblyPolicy=TO_ORDER)
    await goods(engine, "ITEM-1", reserve="Always")
    await engine.bc.hand("postStock", itemNumber="ITEM-1", quantity=2)
    order = await desk.submitted(desk.line("ITEM-0", 3), desk.line("ITEM-1", 5))
    await engine.look(NAME)
    assembled, reserved = await desk.lines_in_bc(order)
    assert (assembled["quantityToAssembleToOrder"], reserved["reservedQuantity"]) == (3, 2)

    mine = (await desk.in_bc(order))["id"]
    await engine.bc.edit("salesOrders", mine, prepaymentPercent=20, externalDocumentNumber="theirs")
    await engine.bc.hand("release", id=mine)
    assert await state(engine, desk, order) == ("Pending_x0020_Prepayment", 1)
    prepaid = await engine.bc.hand("prepaymentInvoice", id=mine)
    await engine.bc.hand("reopen", id=mine)
    assert await state(engine, desk, order) == ("Open", 1)
    await engine.bc.hand("pay", id=prepaid["id"])
    await engine.bc.hand("ship", id=mine)
    await engine.bc.hand("invoice", id=mine)
    await engine.look(NAME)
    assert await engine.bc.rows("salesOrders") == []
    assert (await desk.now(order))["statecode"] == 4
    assert await engine.problems(NAME) == []


async def state(engine: Engine, desk: Desk, order: Row) -> tuple[str, int]:
    """How the order stands in BC, and after a look in Sales."""
    await engine.look(NAME)
    return (await desk.in_bc(order))["documentStatus"], (await desk.now(order))["statecode"]


@pytest.mark.rule("C5")
async def test_orders_that_bc_keeps_after_a_combined_invoice_are_invoiced_all_the_same(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    orders = [await desk.submitted(desk.line("ITEM-0", 2)) for _ in range(2)]
    await engine.look(NAME)
    mine = [(await desk.in_bc(each))["id"] for each in orders]
    for each in mine:
        await engine.bc.hand("ship", id=each)
    await engine.look(NAME)
    assert [(await desk.now(each))["statecode"] for each in orders] == [3, 3]

    posted = await engine.bc.hand("combineShipments", ids=mine, keepOrders=True)
    await engine.look(NAME)
    assert [(await desk.now(each))["statecode"] for each in orders] == [4, 4], "BC has them still"
    await engine.bc.hand("cancel", id=posted["id"])
    await engine.look(NAME)
    assert [(await desk.now(each))["statecode"] for each in orders] == [1, 1], "to be shipped and invoiced anew"
    assert await engine.problems(NAME) == []
