"""Orders that both sides make and change: Released in BC, Submitted in Sales, kept in step line by line (behaviour.md, section 15.2)."""

from __future__ import annotations

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.office import Office
from tests.scenario.order_company import GOODS
from tests.scenario.orders import NAME, write_in
from tests.scenario.world import item

pytestmark = pytest.mark.rule("E6")
LINES = "SOLINE-ORDERDETAIL"


@pytest.mark.feature("F139")
async def test_an_order_submitted_in_sales_is_released_in_bc_and_changes_of_both_are_kept_in_step(both: Engine) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3, 20, manualdiscountamount=6), write_in("Engraved"))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)
    assert (theirs["documentStatus"], (await desk.now(mine))["statecode"]) == ("Released", 1)
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 2, 10, 0), ("ITEM-1", 3, 20, 6), ("WRITE-IN", 1, 5, 0)]
    assert len(await both.couplings(LINES)) == 3

    async def in_bc() -> None:
        [line] = await both.bc.rows("salesOrderLines", documentId=theirs["id"], lineObjectNumber="ITEM-0")
        await both.bc.edit("salesOrderLines", line["id"], quantity=7)

    async def in_sales() -> None:
        line = (await desk.details(mine))["ITEM-1"]
        await both.sales.edit("salesorderdetails", line["salesorderdetailid"], priceperunit=25, ispriceoverridden=True)
        await both.sales.edit("salesorders", mine["salesorderid"], description="To the back door")

    await desk.edit_in_bc(theirs, in_bc)
    await desk.edit_in_sales(mine, in_sales)
    await both.look(NAME)
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 7, 10, 0), ("ITEM-1", 3, 25, 6), ("WRITE-IN", 1, 5, 0)]
    assert await desk.lines(mine, Side.SALES) == [("Engraved", 1, 5, 0), ("ITEM-0", 7, 10, 0), ("ITEM-1", 3, 25, 6)]
    now = await both.bc.row("salesOrders", theirs["id"])
    assert (now["documentStatus"], now["workDescription"]) == ("Released", "To the back door")
    assert (await desk.now(mine))["statecode"] == 1
    assert await both.problems() == []
    await both.reset_counters()
    await both.look(NAME)
    await both.look(NAME)
    assert await both.written() == {"bc": 0, "sales": 0}, "our own writes are nobody's edits, and nothing is reopened by an echo"


async def test_lines_added_and_deleted_on_either_side_are_added_and_deleted_on_the_other(both: Engine) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3), desk.line("ITEM-2", 4))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)

    async def in_bc() -> None:
        rows = await both.bc.rows("salesOrderLines", documentId=theirs["id"])
        gone = next(row for row in rows if row["lineObjectNumber"] == "ITEM-0")
        await both.bc.delete("salesOrderLines", gone["id"])
        item = {"documentId": theirs["id"], "lineType": "Item", "lineObjectNumber": "ITEM-3", "quantity": 5, "unitPrice": 50}
        await both.bc.insert("salesOrderLines", **item)

    async def in_sales() -> None:
        line = (await desk.details(mine))["ITEM-1"]
        await both.sales.delete("salesorderdetails", line["salesorderdetailid"])
        bound = {"salesorderid@odata.bind": f"/salesorders({mine['salesorderid']})"}
        await both.sales.insert("salesorderdetails", **bound, **desk.line("RES-1", 6, 60, description="Blue\nbig"))

    await desk.edit_in_bc(theirs, in_bc)
    await desk.edit_in_sales(mine, in_sales)
    await both.look(NAME)
    wanted = [("ITEM-2", 4, 10, 0), ("ITEM-3", 5, 50, 0), ("RES-1", 6, 60, 0)]
    assert await both.problems() == []
    assert await desk.lines(theirs, Side.BC) == wanted == await desk.lines(mine, Side.SALES)
    texts = [row["description"] for row in await desk.lines_in_bc(mine) if row["lineType"] == "Comment"]
    assert texts == ["Blue", "big"]
    assert len(await both.couplings(LINES)) == 3
    assert ((await both.bc.row("salesOrders", theirs["id"]))["documentStatus"], (await desk.now(mine))["statecode"]) == ("Released", 1)


@pytest.mark.feature("F139")
async def test_an_order_released_in_bc_is_submitted_in_sales(both: Engine) -> None:
    desk = await Office.opened(both)
    theirs = await desk.bc_order(
        {"lineType": "Item", "lineObjectNumber": "ITEM-0", "quantity": 2, "unitPrice": 10},
        {"lineType": "Resource", "lineObjectNumber": "RES-0", "quantity": 3, "unitPrice": 20, "discountAmount": 6},
        {"lineType": "Item", "lineObjectNumber": "WRITE-IN", "quantity": 1, "unitPrice": 5, "description": "Engraved"},
        {"lineType": "Comment", "description": "Call before"},
        shipToName="Back door",
    )
    await both.look(NAME)
    assert await both.problems() == []
    mine = await desk.in_sales(theirs)
    assert (mine["statecode"], mine["shipto_name"], mine["couplet_ordernumber"]) == (1, "Back door", theirs["number"])
    assert await desk.lines(mine, Side.SALES) == [("Engraved", 1, 5, 0), ("ITEM-0", 2, 10, 0), ("RES-0", 3, 20, 6)]
    await both.reset_counters()
    await both.look(NAME)
    assert await both.written() == {"bc": 0, "sales": 0}
    assert len(await both.couplings(LINES)) == 3


async def test_an_order_that_is_open_or_not_submitted_is_left_to_whoever_works_on_it(both: Engine) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)
    await both.bc.hand("reopen", id=theirs["id"])
    [line] = await desk.lines_in_bc(mine)
    await both.bc.edit("salesOrderLines", line["id"], quantity=9)

    async def more() -> None:
        await both.sales.edit("salesorders", mine["salesorderid"], description="Hurry")

    await desk.edit_in_sales(mine, more)
    await both.reset_counters()
    await both.look(NAME)
    assert await both.written() == {"bc": 0, "sales": 0}
    assert (await both.bc.row("salesOrders", theirs["id"]))["documentStatus"] == "Open"
    await both.bc.hand("release", id=theirs["id"])
    await both.look(NAME)
    assert await desk.lines(mine, Side.SALES) == [("ITEM-0", 9, 10, 0)]
    assert (await both.bc.row("salesOrders", theirs["id"]))["workDescription"] == "Hurry"


async def test_a_line_in_conflict_or_refused_is_named_and_the_rest_of_its_order_goes_on(both: Engine) -> None:
    desk = await Office.opened(both)
    await refused_in_a_line(both, desk)
    await changed_on_both_sides(both, desk)


async def changed_on_both_sides(both: Engine, desk: Office) -> None:
    """One line is changed differently, the other on one side only."""
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)
    rows = {row["lineObjectNumber"]: row for row in await desk.lines_in_bc(mine)}

    async def in_bc() -> None:
        await both.bc.edit("salesOrderLines", rows["ITEM-0"]["id"], quantity=5)

    async def in_sales() -> None:
        for number, quantity in (("ITEM-0", 6), ("ITEM-1", 7)):
            line = (await desk.details(mine))[number]
            await both.sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=quantity)

    await desk.edit_in_bc(theirs, in_bc)
    await desk.edit_in_sales(mine, in_sales)
    await both.look(NAME)
    [problem] = [each for each in await both.problem_rows(NAME) if each.bc_id == theirs["id"]]
    assert problem.code == "conflicting_edits" and "line 1" in problem.message and "ITEM-0" in problem.message
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 5, 10, 0), ("ITEM-1", 7, 10, 0)]
    assert await desk.lines(mine, Side.SALES) == [("ITEM-0", 6, 10, 0), ("ITEM-1", 7, 10, 0)]


async def refused_in_a_line(both: Engine, desk: Office) -> None:
    """Less than what is shipped."""
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)
    lines = {row["lineObjectNumber"]: row["id"] for row in await desk.lines_in_bc(mine)}
    await both.bc.hand("ship", id=theirs["id"], lines={lines["ITEM-0"]: 2})

    async def in_sales() -> None:
        for number, quantity in (("ITEM-0", 1), ("ITEM-1", 8)):
            line = (await desk.details(mine))[number]
            await both.sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=quantity)

    await desk.edit_in_sales(mine, in_sales)
    await both.look(NAME)
    [problem] = await both.problem_rows(NAME)
    assert "line 1" in problem.message and "ITEM-0" in problem.message and "less than" in problem.message
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 2, 10, 0), ("ITEM-1", 8, 10, 0)]
    assert (await both.bc.row("salesOrders", theirs["id"]))["documentStatus"] == "Released"


async def test_a_worker_who_dies_over_an_order_is_gone_on_with_and_it_ends_released(both: Engine) -> None:
    desk = await Office.opened(both)
    for when in ("before", "halfway", "after"):
        await dies_over_an_order(both, desk, when)
    assert [each.message for each in await both.problem_rows(NAME)] == []


async def dies_over_an_order(both: Engine, desk: Office, when: str) -> None:
    """A worker dies before BC does anything, while the order is open there, or once all is written."""
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)

    async def in_sales() -> None:
        line = (await desk.details(mine))["ITEM-0"]
        await both.sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=9)
        bound = {"salesorderid@odata.bind": f"/salesorders({mine['salesorderid']})"}
        await both.sales.insert("salesorderdetails", **bound, **desk.line("ITEM-2", 4))

    await desk.edit_in_sales(mine, in_sales)
    await both.ask_for_a_look(NAME)
    await both.die(Side.BC, "after" if when == "after" else "before")
    if when == "halfway":
        await both.bc.hand("reopen", id=theirs["id"])  # what BC did of the worker's request before he died
    await both.leases_run_out(NAME)
    await both.drain()
    await both.look(NAME)
    assert await desk.lines(theirs, Side.BC) == [("ITEM-0", 9, 10, 0), ("ITEM-1", 3, 10, 0), ("ITEM-2", 4, 10, 0)]
    assert (await both.bc.row("salesOrders", theirs["id"]))["documentStatus"] == "Released"


async def test_what_would_be_done_is_told_before_and_nothing_of_lines_is_remembered_of_an_order_that_is_over(both: Engine) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2))
    parted = await desk.submitted(desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)

    async def in_sales() -> None:
        line = (await desk.details(mine))["ITEM-0"]
        await both.sales.edit("salesorderdetails", line["salesorderdetailid"], quantity=4)

    await desk.edit_in_sales(mine, in_sales)
    await both.reset_counters()
    told = (await both.api.get(f"explain/{NAME}/bc/{theirs['id']}")).json
    steps = [(each["do"], each.get("values")) for whole in told["plan"] for each in whole["steps"]]
    assert ("update", {"quantity": 4, "unitPrice": 10, "discountAmount": 0}) in steps
    assert [values for do, values in steps if do == "call"] == [{}, {}]
    assert await both.written() == {"bc": 0, "sales": 0}
    await both.look(NAME)
    gone = await desk.in_bc(parted)
    assert (await both.api.delete(f"couplings/{NAME}", {"bcId": gone["id"]})).status == 200
    assert [each.sales_id for each in await both.couplings(LINES)] == [(await desk.details(mine))["ITEM-0"]["salesorderdetailid"]]
    await both.bc.hand("ship", id=theirs["id"])
    await both.bc.hand("invoice", id=theirs["id"])
    await both.look(NAME)
    assert (await desk.now(mine))["statecode"] == 4
    assert await both.couplings(LINES) == []


async def test_a_line_of_a_product_that_is_not_coupled_brings_it_along_and_another_product_in_a_line_is_refused(
    both: Engine,
) -> None:
    desk = await Office.opened(both)
    mine = await desk.submitted(desk.line("ITEM-0", 2), desk.line("ITEM-1", 3))
    await both.look(NAME)
    theirs = await desk.in_bc(mine)
    await both.seed(item("NEW", **GOODS))

    async def in_bc() -> None:
        line = {"documentId": theirs["id"], "lineType": "Item", "lineObjectNumber": "NEW", "quantity": 5, "unitPrice": 50}
        await both.bc.insert("salesOrderLines", **line)
        other = next(row for row in await both.bc.rows("salesOrderLines", documentId=theirs["id"]) if row["lineObjectNumber"] == "ITEM-1")
        await both.bc.edit("salesOrderLines", other["id"], lineObjectNumber="ITEM-2")

    await desk.edit_in_bc(theirs, in_bc)
    await both.look(NAME)
    await desk.read()
    assert [line[0] for line in await desk.lines(mine, Side.SALES)] == ["ITEM-0", "ITEM-1", "NEW"]
    [problem] = await both.problem_rows(NAME)
    assert problem.code == "create_only" and "line 2" in problem.message and "product" in problem.message
