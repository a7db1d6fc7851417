"""Orders with API v2.0 alone: taken over once, also when a worker dies over one; what needs the extension is named (rules A6, E6)."""

from __future__ import annotations

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.orders import NAME, Desk, write_in

pytestmark = pytest.mark.rule("E6")


async def test_an_order_of_items_is_taken_over_and_the_other_lines_are_named(standard: Engine) -> None:
    desk = await Desk.opened(standard)
    order = await desk.submitted(desk.line("ITEM-0", 2, 12.5), desk.line("ITEM-1", 1, 10), discountpercentage=10, shipto_city="Hamburg")
    strange = await desk.submitted(desk.line("ITEM-0"), write_in("Engraved"), freightamount=5)
    taxed = await desk.submitted(desk.line("VAT-0", 1, 119))
    await standard.look(NAME)
    [made] = await standard.bc.rows("salesOrders")
    assert (made["externalDocumentNumber"], made["shipToCity"], made["discountAmount"]) == ("ORDER OF ANJA", "Hamburg", 3.5)
    assert (await desk.now(order))["couplet_bcnumber"] == made["number"]
    told = {row.sales_id: {each["code"] for each in row.details["problems"]} for row in await standard.problem_rows(NAME)}
    assert told == {
        strange["salesorderid"]: {"no_write_in_product", "no_freight_account"},
        taxed["salesorderid"]: {"no_vat_rate"},
    }


@pytest.mark.rule("A6")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_who_dies_over_an_order_makes_no_second_one(standard: Engine, when: str) -> None:
    desk = await Desk.opened(standard)
    order = await desk.submitted(desk.line("ITEM-0", 2, 12.5))
    await standard.ask_for_a_look(NAME)
    await standard.die(Side.BC, when)
    await standard.leases_run_out(NAME)
    await standard.look(NAME)
    [made] = await standard.bc.rows("salesOrders")
    assert (await standard.problems(NAME), (await desk.now(order))["couplet_bcid"]) == ([], made["id"])
    assert len(await standard.bc.rows("salesOrderLines")) == 1
