"""Rule E5: an invoice that came from an order of Sales takes over name, owner, opportunity and price list, and leads back to it."""

from __future__ import annotations

from typing import Any

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.invoicing import COMPLETE, NAME, buyer, details, handed, invoiced, ordered, posted_as, state, switched_on
from tests.scenario.orders import NAME as ORDERS
from tests.scenario.orders import Desk, write_in
from tests.scenario.pricing import sales_list
from tests.scenario.world import Record, Row, contact, id_of, sales_opportunity, salesperson

pytestmark = pytest.mark.rule("E5")

BO = id_of("sales systemusers", "BO")


async def order_of(engine: Engine, number: str, customer: str, price_list: Record, **values: Any) -> Row:
    """An order of Sales, in euros, which belongs to Bo."""
    given = {
        "ordernumber": number,
        "name": f"Order {number}",
        "pricelevelid@odata.bind": f"/pricelevels({price_list.id})",
        "ownerid@odata.bind": f"/systemusers({BO})",
        "customerid_account@odata.bind": f"/accounts({customer})",
    }
    return await engine.sales.insert("salesorders", **{name: value for name, value in {**given, **values}.items() if value})


async def test_an_invoice_is_that_of_the_order_whose_number_is_its_reference(engine: Engine) -> None:
    await switched_on(engine, buyer("C2"), salesperson("CC", "Nobody's User"))
    accounts = {row["accountnumber"]: row["accountid"] for row in await engine.sales.rows("accounts")}
    mine = Record(Side.SALES, "accounts", accounts["C1"], {})
    own, ada, deal = sales_list("Own prices"), contact("ADA", of=mine), sales_opportunity("K1", account=mine)
    await engine.seed(own, ada, deal)
    first = await order_of(engine, "ORD-1", accounts["C1"], own, **{"opportunityid@odata.bind": f"/opportunities({deal.id})"})
    by_ada = {"customerid_account@odata.bind": "", "customerid_contact@odata.bind": f"/contacts({ada.id})"}
    second = await order_of(engine, "ORD-2", accounts["C1"], own, **by_ada)
    third = await order_of(engine, "ORD-3", accounts["C2"], own)
    sellers = {"ORD-1": "CC", "ORD-2": "", "ORD-3": "AB", "Their own number 7": "AB"}
    posted = [await invoiced(engine, yourReference=number, salesperson=code) for number, code in sellers.items()]
    numbered = await order_of(engine, "ORD-4", accounts["C1"], own)
    posted.append(await invoiced(engine, yourReference="Their own number 8"))
    orders = [(await ordered(engine, yourReference=number))["id"] for number in ("ORD-1", "ORD-2")]
    for order in orders:
        await engine.bc.hand("release", id=order)
        await engine.bc.hand("ship", id=order)
    together = posted_as(await engine.bc.hand("combineShipments", ids=orders))
    await engine.sales.edit("salesorders", numbered["salesorderid"], couplet_ordernumber=(await engine.row(posted[4]))["orderNumber"])
    await engine.look(NAME)

    of_first, of_second = await engine.partner(NAME, posted[0]), await engine.partner(NAME, posted[1])
    links = ("name", "_salesorderid_value", "_opportunityid_value", "_pricelevelid_value", "_ownerid_value", "_customerid_value")
    assert [of_first[each] for each in links] == ["Order ORD-1", first["salesorderid"], deal.id, own.id, BO, accounts["C1"]]
    assert [of_second[each] for each in links] == ["Order ORD-2", second["salesorderid"], None, own.id, BO, accounts["C1"]]
    await engine.bc.edit("salesInvoices", posted[0].id, dueDate="2031-01-01")
    await engine.look(NAME)
    later = await engine.partner(NAME, posted[0])
    assert (later["duedate"], later["_ownerid_value"], later["name"]) == ("2031-01-01", BO, "Order ORD-1"), "what the order gave stays"
    without = await engine.partner(NAME, posted[3])
    assert (without["name"], without["_salesorderid_value"]) == (posted[3].values["number"], None)
    [listed] = await engine.sales.rows("pricelevels", pricelevelid=without["_pricelevelid_value"])
    assert listed["name"] == "Couplet Default Price List"

    assert (await engine.partner(NAME, posted[4]))["_salesorderid_value"] == numbered["salesorderid"], "by BC's number"
    of_both = await engine.partner(NAME, together)
    assert (of_both["name"], of_both["_salesorderid_value"]) == (together.values["number"], None), "of two orders it is neither's"

    await its_customer_changed(engine, posted[2], third, accounts["C1"])


async def its_customer_changed(engine: Engine, posted: Record, order: Row, customer: str) -> None:
    """An invoice for another customer than its order waits until the order is for its customer, too."""
    assert await engine.problems(NAME) == [("customer_changed", None)]
    assert await engine.coupling(NAME, posted) is None
    assert len(await engine.sales.rows("invoices")) == 5, "nothing half made"
    await engine.sales.edit("salesorders", order["salesorderid"], **{"customerid_account@odata.bind": f"/accounts({customer})"})
    await engine.api.post("problems/retry", {"mapping": NAME})
    await engine.drain()
    assert (await engine.partner(NAME, posted))["_salesorderid_value"] == order["salesorderid"]
    assert not await engine.problems(NAME)


async def test_from_the_order_in_sales_to_its_paid_invoice_in_sales(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    await engine.switch(NAME, enabled=True)
    await engine.look(NAME)
    long = write_in("Engraved", 1, 7, description="With the name\nof the winner")
    lines = (desk.line("ITEM-0", 3, 10, manualdiscountamount=1.5), desk.line("RES-0", 1, 80), long, desk.line("VAT-0", 2, 11.9))
    mine = await desk.submitted(*lines, discountamount=2, freightamount=4.5)
    await engine.look(ORDERS)
    order = await desk.in_bc(mine)
    posted = await handed(engine, order["id"])
    await engine.look(ORDERS, NAME)
    assert not await engine.problems()
    theirs, invoice = await engine.row(posted), await engine.partner(NAME, posted)
    assert (invoice["_salesorderid_value"], invoice["name"]) == (mine["salesorderid"], "Order of Anja")
    assert invoice["totalamount"] == theirs["totalAmountIncludingTax"]
    assert [(line["invoicedetailname"], line["isproductoverridden"], line["description"]) for line in await details(engine, posted)] == [
        ("Item ITEM-0", False, None),
        ("Resource RES-0", False, None),
        ("WRITE-IN With the name", True, "of the winner"),
        ("Item VAT-0", False, None),
        ("8710 Freight", True, None),
    ]
    await engine.bc.hand("pay", id=posted.id)
    await engine.look(ORDERS, NAME)
    assert state(await engine.partner(NAME, posted)) == COMPLETE
    assert not await engine.problems()
