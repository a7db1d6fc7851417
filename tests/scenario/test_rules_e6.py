"""Rule E6: an order that was submitted in Sales is taken over by BC, right and once; what stands in its way is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from tests.scenario.by_hand import couple
from tests.scenario.engine import Engine, engine_on
from tests.scenario.orders import NAME, Desk, write_in
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import Row, account, contact, in_bc, product

pytestmark = pytest.mark.rule("E6")

TERMS = {"paymenttermscode": "14 DAYS", "freighttermscode": "EXW", "shippingmethodcode": "GLS"}


async def order_of_everything(desk: Desk) -> Row:
    """A submitted order with every kind of line, and texts longer than BC takes."""
    return await desk.submitted(
        desk.line("ITEM-0", 3, 12.5, volumediscountamount=0, manualdiscountamount=2),
        desk.line("RES-1", 2, 80),
        write_in("Engraved", 1, 5),
        name="Order of Anja, for the new house by the sea",
        description="Please call\nbefore you come",
        freightamount=7.9,
        shipto_line1="Back Door " * 11,
        shipto_city="Hamburg",
        shipto_name="Warehouse",
        billto_line1="Long Street " * 10,
        billto_city="Bad Neuenahr-Ahrweiler an der Ahr",
        **{column: await desk.choice(column, code) for column, code in TERMS.items()},
        requestdeliveryby="2026-12-24T00:00:00Z",
    )


@pytest.mark.case("T454", "T455", "T529")
@pytest.mark.feature("F131")
async def test_a_submitted_order_becomes_an_order_of_bc_with_every_kind_of_line(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await order_of_everything(desk)
    await engine.look(NAME)

    assert await engine.problems() == []
    made, lines = await desk.in_bc(order), await desk.lines_in_bc(order)
    assert (made["externalDocumentNumber"], made["workDescription"]) == (
        "ORDER OF ANJA, FOR THE NEW HOUSE BY",
        "Please call\nbefore you come",
    )
    assert (made["shipToName"], made["shipToAddressLine1"], made["shipToCity"]) == (
        "Warehouse",
        ("Back Door " * 11)[:100].rstrip(),
        "Hamburg",
    )
    assert (made["billToAddressLine1"], made["billToCity"]) == (("Long Street " * 10)[:100].rstrip(), "Bad Neuenahr-Ahrweiler an der")
    assert made["shippingAgentCode"] == "GLS"
    assert made["paymentTermsId"] == in_bc("paymentTerms", "14 DAYS").id != made["shipmentMethodId"] == in_bc("shipmentMethods", "EXW").id
    assert (made["requestedDeliveryDate"], made["salesperson"]) == ("2026-12-24", "AB")
    sold = [(each["lineType"], each["lineObjectNumber"], each["quantity"], each["unitPrice"], each["discountAmount"]) for each in lines]
    assert sold == [
        ("Item", "ITEM-0", 3, 12.5, 2),
        ("Resource", "RES-1", 2, 80, 0),
        ("Item", "WRITE-IN", 1, 5, 0),
        ("Account", "8710", 1, 7.9, 0),
    ]
    theirs = await desk.now(order)
    assert (theirs["statecode"], theirs["couplet_bcid"]) == (1, made["id"])
    assert (theirs["couplet_ordernumber"], theirs["couplet_bcnumber"]) == (made["number"], made["number"])
    assert theirs["lastbackofficesubmit"]


@pytest.mark.case("T526", "T527", "T728", "T733")
@pytest.mark.feature("F132")
async def test_orders_are_taken_over_by_the_schedule_only_where_people_want_it(engine: Engine) -> None:
    desk = await Desk.opened(engine, automatic=False)
    order, draft = await desk.submitted(desk.line("ITEM-0")), await desk.order(desk.line("ITEM-0"))
    await engine.look(NAME)
    assert await engine.bc.rows("salesOrders") == []
    await couple(engine, NAME, sales=order["salesorderid"], createNew=True)
    assert (await desk.in_bc(order))["status"] == "Draft"
    await engine.switch(NAME, onlyCoupled=False)
    later = await desk.submitted(desk.line("ITEM-1"))
    await engine.look(NAME)
    assert (await desk.in_bc(later))["yourReference"]
    assert len(await engine.bc.rows("salesOrders")) == 2, draft["ordernumber"]
    await engine.switch(NAME, enabled=False)
    await desk.submitted(desk.line("ITEM-1"))
    await engine.ask_for_a_look(NAME)
    await engine.drain()
    assert len(await engine.bc.rows("salesOrders")) == 2, "switched off, nobody asks for orders"


async def test_an_order_is_taken_over_when_the_condition_of_the_mapping_holds_whatever_that_is(
    sandbox_processes: Sandbox, tmp_path: Path
) -> None:
    async with engine_with(sandbox_processes, tmp_path, FETCHED) as engine:
        desk = await Desk.opened(engine)
        fetched, other = [await desk.submitted(desk.line("ITEM-0"), willcall=own) for own in (True, False)]
        await engine.look(NAME)
        assert await engine.problems() == []
        assert [row["yourReference"] for row in await engine.bc.rows("salesOrders")] == [fetched["ordernumber"]]
        assert (await desk.now(other))["lastbackofficesubmit"] is None


FETCHED = """[SALESORDER-ORDER]
moreFilters = { sales = ["willcall = true"] }
"""


async def test_an_order_that_is_submitted_again_is_not_made_again(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0"))
    await engine.look(NAME)
    await engine.sales.edit("salesorders", order["salesorderid"], statecode=0, statuscode=1)
    await desk.submit(order)
    await engine.look(NAME)
    answer = await engine.api.post(f"records/{NAME}/sales/{order['salesorderid']}/sync", {})
    assert answer.status == 200, answer.json
    assert len(await engine.bc.rows("salesOrders")) == 1
    assert await engine.problems() == []


async def test_customer_contact_and_products_that_are_new_come_first(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    fresh = account("NEW", accountnumber="NEW", address1_city="Köln")
    unit = {name: desk.products["ITEM-0"][name] for name in ("_defaultuomscheduleid_value", "_defaultuomid_value")}
    await engine.seed(fresh, contact("EVE", of=fresh), product("CHAIR", **unit))
    await desk.read()
    order = await desk.submitted(desk.line("CHAIR"), of="NEW", by="contact")
    await engine.look(NAME)
    assert await engine.problems() == []
    made, [line] = await desk.in_bc(order), await desk.lines_in_bc(order)
    assert (made["customerName"], made["sellToCity"], line["description"]) == ("Company NEW", "Köln", "Item CHAIR")


async def test_told_to_wait_an_order_names_what_it_waits_for_and_comes_with_it(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, DOCUMENT_PARENTS="wait") as engine:
        desk = await Desk.opened(engine)
        fresh = account("NEW", accountnumber="NEW")
        await engine.seed(fresh)
        await desk.read()
        order = await desk.submitted(desk.line("ITEM-0"), of="NEW")
        await engine.look(NAME)
        [row] = await engine.problem_rows(NAME)
        assert (row.code, row.released_by) == ("waiting_for_parent", f"CUSTOMER sales:{fresh.id}")
        assert await engine.bc.rows("salesOrders") == []
        await couple(engine, "CUSTOMER", sales=fresh.id, createNew=True)
        await engine.drain()
        assert (await desk.in_bc(order))["customerName"] == "Company NEW"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_worker_who_dies_over_an_order_makes_no_second_one(engine: Engine, when: str) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0", 2), desk.line("RES-0", 1), discountpercentage=10)
    await engine.ask_for_a_look(NAME)
    await engine.die(Side.BC, when)
    await engine.leases_run_out(NAME)
    await engine.look(NAME)
    assert await engine.problems() == []
    made, lines = await desk.in_bc(order), await desk.lines_in_bc(order)
    assert (made["discountAmount"], len(lines), len(await engine.bc.rows("salesOrders"))) == (3, 2, 1)
    assert (await desk.now(order))["couplet_bcnumber"] == made["number"]


@pytest.mark.rule("C5")
@pytest.mark.parametrize("when", ["bc after", "sales before"])
async def test_an_order_that_was_invoiced_before_the_next_worker_came_is_made_once_and_invoiced_in_sales(engine: Engine, when: str) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0", 2))
    await engine.ask_for_a_look(NAME)
    side, moment = when.split()
    await engine.die(Side(side), moment)
    [made] = await engine.bc.rows("salesOrders")
    for hand in ("release", "ship", "invoice"):
        await engine.bc.hand(hand, id=made["id"])
    await engine.leases_run_out(NAME)
    await engine.look(NAME)
    assert await engine.problems() == []
    assert await engine.bc.rows("salesOrders") == []
    assert (await desk.now(order))["statecode"] == 4


async def test_a_worker_who_dies_before_the_mark_is_followed_by_one_who_sets_it(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0", 2))
    await engine.ask_for_a_look(NAME)
    await engine.die(Side.SALES, "before")
    await engine.leases_run_out(NAME)
    await engine.look(NAME)
    theirs, [made] = await desk.now(order), await engine.bc.rows("salesOrders")
    assert (theirs["couplet_bcid"], theirs["statecode"]) == (made["id"], 1)
    assert theirs["lastbackofficesubmit"]


async def test_an_order_canceled_while_it_is_taken_over_is_named(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0", 2))
    async with engine.before_the_next_write(Side.BC, lambda: engine.sales.hand("cancel", set="salesorders", id=order["salesorderid"])):
        await engine.look(NAME)
    [row] = await engine.problem_rows(NAME)
    assert row.code == "canceled_in_sales"
    [made], theirs = await engine.bc.rows("salesOrders"), await desk.now(order)
    assert made["number"] in row.message and len(await desk.lines_in_bc(order)) == 1
    assert theirs["statecode"] == 2, "it stays canceled"


async def test_one_order_may_have_five_hundred_lines_or_name_twenty_of_them(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(*[desk.line("ITEM-0", place) for place in range(1, 501)])
    wrong = await desk.submitted(*[desk.line("ITEM-0", 0) for _ in range(25)])
    await engine.look(NAME)
    lines = await desk.lines_in_bc(order)
    assert [line["quantity"] for line in lines] == list(range(1, 501))
    [row] = await engine.problem_rows(NAME)
    assert (row.sales_id, row.details["problems"][-1]["detail"]) == (wrong["salesorderid"], "and 5 more lines")


async def test_while_sales_hands_no_orders_over_the_mapping_is_held_by_name(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0"))
    [organization] = await engine.sales.rows("organizations")
    await engine.sales.edit("organizations", organization["organizationid"], issopintegrationenabled=False)
    engine.forget()
    await engine.look(NAME)
    shown = (await engine.api.get(f"mappings/{NAME}")).json
    said = f"{NAME} needs the setting issopintegrationenabled of the Sales organisation, which is off"
    assert (shown["status"], shown["offReason"]) == ("Switched Off", said)
    missed = next(one for one in (await engine.api.get("setup/check")).json["requirements"] if one["name"] == "orders")
    assert (missed["met"], missed["needed"], "--orders on" in missed["remedy"]) == (False, False, True)
    refused = await engine.api.post(f"records/{NAME}/sales/{order['salesorderid']}/sync", {})
    assert (refused.json["outcome"], said.encode() in refused.body) == ("onHold", True)
    assert await engine.bc.rows("salesOrders") == []
    await engine.sales.edit("organizations", organization["organizationid"], issopintegrationenabled=True)
    engine.forget()
    await engine.look(NAME)
    assert (await desk.in_bc(order))["number"]
