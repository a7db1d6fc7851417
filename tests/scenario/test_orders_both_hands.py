"""Orders that go both ways while people work on them, and the money of their lines (behaviour.md, section 15.2)."""

from __future__ import annotations

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.office import Office
from tests.scenario.orders import NAME

pytestmark = pytest.mark.rule("E6")


async def test_an_order_that_somebody_reopens_just_before_it_is_written_stays_open_under_his_hands(both: Engine) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)
    rows = {row["lineObjectNumber"]: row["id"] for row in await desk.lines_in_bc(mine)}

    async def in_sales() -> None:
        line = (await desk.details(mine))["ITEM-0"]
        await both.sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=9)

    async def in_bc() -> None:
        await both.bc.hand("reopen", id=theirs["id"])
        await both.bc.edit("salesOrderLines", rows["ITEM-1"], quantity=5)

    await desk.edit_in_sales(mine, in_sales)
    await both.ask_for_a_look(NAME)
    async with both.before_the_next_write(Side.BC, in_bc):
        await both.drain()
    await both.look(NAME)
    assert (await both.bc.row("salesOrders", theirs["id"]))["documentStatus"] == "Open"
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 2, 10, 0), ("ITEM-1", 5, 10, 0)]
    await both.bc.hand("release", id=theirs["id"])
    await both.look(NAME)
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 9, 10, 0), ("ITEM-1", 5, 10, 0)] == await desk.lines(mine, Side.SALES)
    assert await both.problems() == []


async def test_a_price_keeps_the_decimals_that_prices_have(both: Engine) -> None:
    desk = await Office.opened(both)
    [organization] = await both.sales.rows("organizations")
    await both.sales.edit("organizations", organization["organizationid"], pricingdecimalprecision=4)
    both.forget()
    mine = await desk.submitted(desk.line("ITEM-0", 1000, 1.1234), desk.line("ITEM-1", 1000, 0.0049))
    born = await desk.bc_order({"lineType": "Item", "lineObjectNumber": "ITEM-0", "quantity": 1000, "unitPrice": 1.23456})
    await both.look(NAME)
    assert await desk.lines(await desk.in_bc(mine), Side.BC) == [("ITEM-0", 1000, 1.1234, 0), ("ITEM-1", 1000, 0.0049, 0)]
    theirs = await desk.in_sales(born)
    assert await desk.lines(theirs, Side.SALES) == [("ITEM-0", 1000, 1.2346, 0)]

    async def more() -> None:
        line = (await desk.details(theirs))["ITEM-0"]
        await both.sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=2000)

    await desk.edit_in_sales(theirs, more)
    await both.look(NAME)
    assert await desk.lines(born, Side.BC) == [("ITEM-0", 2000, 1.23456, 0)], "nobody gave it another price"


@pytest.mark.rule("H1")
async def test_what_was_replaced_in_lines_is_told_and_an_undo_leaves_them_to_people(both: Engine) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)

    async def in_sales() -> None:
        lines = await desk.details(mine)
        await both.sales.edit("salesorderdetails", lines["ITEM-0"]["salesorderdetailid"], quantity=4)
        await both.sales.delete("salesorderdetails", lines["ITEM-1"]["salesorderdetailid"])
        await both.sales.edit("salesorders", mine["salesorderid"], description="Hurry")

    await desk.edit_in_sales(mine, in_sales)
    await both.look(NAME)
    [job, *_] = (await both.api.get(f"jobs?mapping={NAME}")).json["value"]
    changes = (await both.api.get(f"jobs/{job['id']}/changes")).json["value"]
    told = {one["field"]: (one["before"], one["after"]) for each in changes for one in each["fields"]}
    assert told["line 1, 10000 ITEM-0: sold"] == (["2", "10", "0"], ["4", "10", "0"])
    assert told["line 2, 20000 ITEM-1: sold"] == (["3", "10", "0"], None)
    undone = (await both.api.post(f"jobs/{job['id']}/undo", {"dryRun": False})).json
    left = {each["field"] for each in undone["fields"] if each["leftAlone"]}
    assert (undone["putBack"], left) == (1, told.keys() - {"workDescription"})
    assert (await both.bc.row("salesOrders", theirs["id"]))["workDescription"] == ""
