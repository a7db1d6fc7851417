"""Orders that cannot be taken over as they are: each is answered by name, with its line, and nothing of it is made (rule E6)."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.orders import NAME, Desk, write_in
from tests.scenario.pricing import sales_list
from tests.scenario.world import Record, Row, account, contact, currency, in_sales, product, sales_currency, unit_group

pytestmark = pytest.mark.rule("E6")


def counted_in(group: Record, unit: Record) -> dict[str, str]:
    """A product's unit group and unit."""
    return {"_defaultuomscheduleid_value": group.id, "_defaultuomid_value": unit.id}


def own_group(product: Row) -> Row:
    """The unit group of a product, as its units name it."""
    return {"_uomscheduleid_value": product["_defaultuomscheduleid_value"], "_baseuom_value": product["_defaultuomid_value"]}


async def told(engine: Engine, order: dict[str, object]) -> list[tuple[str, str]]:
    """The problems of an order: code and words."""
    rows = {row.sales_id: row for row in await engine.problem_rows(NAME)}
    return [(each["code"], each["detail"]) for each in rows[str(order["salesorderid"])].details["problems"]]


REFUSED = {
    "blocked": [("customer_blocked", "customer C1 is blocked in Business Central")],
    "type": [("product_type", "line 2, MISC: product MISC is neither an inventory item nor a service")],
    "quantity": [("bad_quantity", "line 1, ITEM-0: its quantity is 0"), ("bad_quantity", "line 2, ITEM-0: its quantity is -2")],
    "unit": [("other_unit", "line 1, ITEM-0: its unit is none in which product ITEM-0 is counted")],
    "supplier": [("waiting_for_parent", "its CUSTOMER is not coupled")],
    "unsold": [
        ("no_write_in_product", "line 2, Engraved: it has no product, and Sales & Receivables Setup names no write-in product"),
        ("no_freight_account", "it has freight, and Sales & Receivables Setup names no freight account"),
    ],
    "retired": [
        ("product_not_active", "line 2, ITEM-1: product ITEM-1 is Retired in Sales"),
        ("product_not_active", "line 3, ITEM-2: product ITEM-2 is Under Revision in Sales"),
    ],
    "pounds": [("no_exchange_rate", "Business Central has no exchange rate for GBP today")],
}
"""What is said of each of the orders."""


async def company_of_mistakes(engine: Engine) -> tuple[Desk, Row, Row]:
    """A desk, a line that is right, and one in a unit in which its product is not counted."""
    box = unit_group("BOX")
    await engine.seed(
        *box, product("MISC", producttypecode=2, **counted_in(*box)), account("SUPPLIER", accountnumber="S1", customertypecode=11)
    )
    pound = {"isocurrencycode": "GBP", "currencyname": "Pound", "currencysymbol": "GBP", "currencyprecision": 2, "exchangerate": 0.8}
    await engine.seed(in_sales("transactioncurrencies", "GBP", id=sales_currency("GBP"), **pound))
    await engine.seed(
        contact("ALONE", of=None), *currency("GBP", "Pound"), sales_list("Pounds", _transactioncurrencyid_value=sales_currency("GBP"))
    )
    desk = await Desk.opened(engine)
    good, dozen = desk.line("ITEM-0"), in_sales("uoms", "DOZEN", name="DOZEN", quantity=12, **own_group(desk.products["ITEM-0"]))
    await engine.seed(dozen)
    return desk, good, {**good, "uomid@odata.bind": f"/uoms({dozen.id})"}


@pytest.mark.case("T686", "T545")
@pytest.mark.feature("F134")
async def test_each_order_that_cannot_be_taken_over_says_why_and_leaves_nothing(engine: Engine) -> None:
    desk, good, other_unit = await company_of_mistakes(engine)
    retired = await desk.order(good, desk.line("ITEM-1"), desk.line("ITEM-2"))
    orders = {
        "blocked": await desk.submitted(good, of="C1"),
        "type": await desk.submitted(good, desk.line("MISC")),
        "quantity": await desk.submitted(desk.line("ITEM-0", 0), desk.line("ITEM-0", -2), good),
        "unit": await desk.submitted(other_unit),
        "supplier": await desk.submitted(good, of="S1"),
        "unsold": await desk.submitted(good, write_in("Engraved"), freightamount=5),
        "retired": retired,
        "pounds": await desk.submitted(good, list_="Pounds"),
    }
    [setup] = await engine.bc.rows("salesReceivablesSetup")
    await engine.bc.edit("salesReceivablesSetup", setup["id"], writeInProductNumber="", freightGLAccNumber="")
    engine.forget()
    await engine.bc.edit("customers", desk.accounts["C1"]["couplet_bcid"], blocked="All")
    for number, state in (("ITEM-1", 1), ("ITEM-2", 3)):
        await engine.sales.edit("products", desk.products[number]["productid"], statecode=state)
    await desk.submit(retired)
    await engine.look(NAME)
    assert {name: await told(engine, order) for name, order in orders.items()} == REFUSED
    assert (await engine.bc.rows("salesOrders"), await engine.bc.rows("salesOrderLines")) == ([], [])
    assert await engine.couplings(NAME) == []
    assert {(await desk.now(order))["lastbackofficesubmit"] for order in orders.values()} == {None}


async def test_what_bc_itself_refuses_is_told_in_its_words_with_the_line(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(desk.line("ITEM-0"), desk.line("ITEM-1"), write_in("Engraved"))
    blocked = desk.products["ITEM-1"]["couplet_bcid"]
    await engine.bc.edit("items", blocked, salesBlocked=True)
    await engine.look(NAME)
    [(code, words)] = await told(engine, order)
    assert (code, words.startswith("line 2, ITEM-1: You cannot sell item ITEM-1")) == ("refused", True), words
    assert (await engine.bc.rows("salesOrders"), await engine.couplings(NAME)) == ([], [])
    await engine.bc.edit("items", blocked, salesBlocked=False)
    await engine.api.post("problems/retry", {"mapping": NAME})
    await engine.drain()
    assert len(await desk.lines_in_bc(order)) == 3


async def test_a_person_of_nobody_an_order_handed_over_before_and_lines_by_themselves_are_refused(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    alone = contact("ALONE", of=None)
    await engine.seed(alone)
    desk.contacts[desk.accounts["C0"]["accountid"]] = {"contactid": alone.id}
    nobody = await desk.submitted(desk.line("ITEM-0"), by="contact")
    before = await desk.submitted(desk.line("ITEM-0"), lastbackofficesubmit="2026-01-05T00:00:00Z")
    await engine.look(NAME)
    assert await told(engine, nobody) == [("no_customer", "its customer is the contact Ada ALONE, who belongs to no account")]
    assert await told(engine, before) == [("handed_over_before", "it was handed to the back office on 2026-01-05")]
    assert await engine.bc.rows("salesOrders") == []
    refused = await engine.api.post("mappings/SOLINE-ORDERDETAIL/run", {})
    assert (refused.status, b"goes with SALESORDER-ORDER, never by itself" in refused.body) == (409, True)
