"""What an order costs: requests to both sides, all told, from Submitted to coupled and marked."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.orders import NAME, Desk, write_in


@pytest.mark.rule("E6")
async def test_an_order_of_ten_lines_costs_eight_requests_to_bc_and_six_to_sales_at_most(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    lines = [desk.line("ITEM-0", 2, 5), desk.line("ITEM-1", 1, 119), desk.line("RES-0", 3, 80), write_in("Engraved")]
    order = await desk.submitted(*lines, *lines, *lines[:2], freightamount=7.9, discountpercentage=5, shipto_line1="Back Door")
    await engine.reset_counters()
    await engine.look(NAME)
    spent = await engine.requests()
    theirs = await desk.now(order)
    assert (theirs["couplet_bcnumber"], bool(theirs["lastbackofficesubmit"])) == ((await desk.in_bc(order))["number"], True)
    assert len(await desk.lines_in_bc(order)) == 11
    assert spent["bc"] <= 8
    assert spent["sales"] <= 6
