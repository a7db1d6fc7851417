"""Totals of a document on both sides: what agrees is silent, what differs says where (pain 49)."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.values import Side
from sandbox.running import Sandbox
from tests.scenario import invoicing
from tests.scenario.engine import Engine, engine_on
from tests.scenario.orders import Desk, write_in
from tests.scenario.test_account_figures import bolt, buyer
from tests.scenario.test_notes import ORDERS, couple
from tests.scenario.world import Record, in_bc

FREIGHT = "8710"


async def selling(engine: Engine) -> Record:
    """A customer who pays 19 % VAT, with an account; orders are switched on."""
    mine = buyer("C1")
    account = in_bc("accounts", FREIGHT, number=FREIGHT, displayName="Freight", accountType="Posting", directPosting=True, blocked=False)
    vat = in_bc("vatPostingSetups", "19", vatBusinessPostingGroup="DOMESTIC", vatProductPostingGroup="VAT19", vatPercent=19)
    await engine.seed(mine, bolt(), account, vat)
    await engine.sync("CUSTOMER", create="toSales")
    await engine.switch(ORDERS, enabled=True)
    await engine.look(ORDERS)
    return mine


async def order(engine: Engine, mine: Record, bc: list[dict[str, Any]], sales: list[dict[str, Any]], **header: Any) -> tuple[str, str]:
    """An order on both sides, with these lines, coupled."""
    account = (await engine.partner("CUSTOMER", mine))["accountid"]
    lines = [{"lineType": "Item", "lineObjectNumber": "BOLT", "quantity": 1, **line} for line in bc]
    in_bc = await engine.bc.insert("salesOrders", customerNumber=mine.values["number"], salesOrderLines=lines)
    made = await engine.sales.insert("salesorders", **{"name": "Order", "customerid_account@odata.bind": f"/accounts({account})", **header})
    bind = {"salesorderid@odata.bind": f"/salesorders({made['salesorderid']})", "isproductoverridden": True, "quantity": 1}
    for place, line in enumerate(sales, 1):
        await engine.sales.insert("salesorderdetails", **{**bind, "sequencenumber": place, "productdescription": f"Thing {place}", **line})
    await engine.sales.hand("submit", id=made["salesorderid"])
    await couple(engine, in_bc["id"], made["salesorderid"])
    return in_bc["id"], made["salesorderid"]


async def differences(engine: Engine) -> list[str]:
    """What is said of documents whose totals differ."""
    return [
        each["detail"] for row in await engine.problem_rows(ORDERS) for each in row.details["problems"] if each["code"] == "totals_differ"
    ]


async def test_a_document_that_agrees_with_or_without_tax_is_silent(engine: Engine) -> None:
    mine = await selling(engine)
    await order(engine, mine, [{"unitPrice": 100}], [{"priceperunit": 100}])
    await order(engine, mine, [{"unitPrice": 100}], [{"priceperunit": 100, "tax": 19}])
    await order(engine, mine, [{"unitPrice": 100}, {"unitPrice": 50}], [{"priceperunit": 119}, {"priceperunit": 50}])
    await engine.look(ORDERS)
    assert not await differences(engine)


async def test_an_order_that_was_taken_over_has_the_same_total_until_people_of_bc_change_it(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(
        desk.line("VAT-0", 3, 11.9, manualdiscountamount=1.19),
        desk.line("ITEM-0", 7, 0.33),
        write_in("Engraved", 1.5, 9.99),
        freightamount=7.9,
        discountamount=2,
    )
    await engine.look(ORDERS)
    assert not await differences(engine)
    lines = await desk.lines_in_bc(order)
    await engine.bc.edit("salesOrderLines", lines[2]["id"], unitPrice=19.99)
    await engine.look(ORDERS)
    [said] = await differences(engine)
    assert "in line 3 Engraved 14.99 / 29.99" in said, said


async def test_totals_that_differ_are_noted_with_both_sums_and_the_places_until_they_agree(engine: Engine) -> None:
    mine = await selling(engine)
    ids = await order(
        engine,
        mine,
        [{"unitPrice": 100}, {"unitPrice": 30}, {"lineType": "Account", "lineObjectNumber": FREIGHT, "unitPrice": 8}],
        [{"priceperunit": 100}, {"priceperunit": 35}],
        freightamount=10,
    )
    await engine.look(ORDERS)
    assert await differences(engine) == [
        "the total is 145.00 in Sales and 138.00 in Business Central; "
        "they part (Sales / BC) in line 2 Thing 2 35.00 / 30.00, freight 10.00 / 8.00"
    ]
    [problem] = (await engine.api.get(f"problems?mapping={ORDERS}&code=totals_differ")).json["value"]
    assert problem["problems"][0]["sums"] == [
        {"place": "total", "sales": "145.00", "bc": "138.00"},
        {"place": "line 2 Thing 2", "sales": "35.00", "bc": "30.00"},
        {"place": "freight", "sales": "10.00", "bc": "8.00"},
    ]
    rows = [row for row in await engine.bc.rows("salesOrderLines") if row["documentId"] == ids[0]]
    await engine.bc.edit("salesOrderLines", next(row["id"] for row in rows if row["unitPrice"] == 30), unitPrice=35)
    await engine.bc.edit("salesOrderLines", next(row["id"] for row in rows if row["unitPrice"] == 8), unitPrice=10)
    await engine.look(ORDERS)
    assert not await engine.problems()


async def test_how_far_totals_may_be_apart_is_a_setting(engine: Engine, sandbox_processes: Sandbox) -> None:
    mine = await selling(engine)
    await order(engine, mine, [{"unitPrice": 99.5}], [{"priceperunit": 100}])
    async with engine_on(sandbox_processes, TOTALS_TOLERANCE="0.5") as generous:
        await generous.look(ORDERS)
        assert not await differences(generous)
    await order(engine, mine, [{"unitPrice": 99.5}], [{"priceperunit": 100}])
    await engine.look(ORDERS)
    assert await differences(engine)


@pytest.mark.parametrize("side", list(Side))
async def test_a_service_that_does_not_give_lines_leaves_the_two_sums(engine: Engine, side: Side) -> None:
    mine = await selling(engine)
    await order(engine, mine, [{"unitPrice": 99}], [{"priceperunit": 100}])
    path = r"salesOrders\(.*/salesOrderLines" if side is Side.BC else r"salesorders\(.*/order_details"
    await engine.people(side).fault(method="GET", path=path, status=400, times=5)
    await engine.look(ORDERS)
    assert await differences(engine) == ["the total is 100.00 in Sales and 99.00 in Business Central"]


async def test_a_posted_invoice_has_the_same_total_in_sales_whatever_its_lines(engine: Engine) -> None:
    await invoicing.switched_on(engine)
    odd = [invoicing.sold(quantity=3, unitPrice=0.33), invoicing.sold(quantity=7, unitPrice=9.99, discountPercent=7)]
    posted = await invoicing.invoiced(engine, *odd, discountAmount=3)
    await engine.look(invoicing.NAME)
    assert not await engine.problems()
    assert (await engine.partner(invoicing.NAME, posted))["totalamount"] == (await engine.row(posted))["totalAmountIncludingTax"]
