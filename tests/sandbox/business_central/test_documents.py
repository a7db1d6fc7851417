from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import POSTABLE, Client, Row

LINES = [{"lineType": "Item", "lineObjectNumber": "A", "quantity": 10}, {"lineType": "Comment", "description": "Thank you"}]


@pytest.fixture
async def order(bc: Client) -> Row:
    """An order of ten bolts at 2.50 and a comment."""
    await bc.seed(POSTABLE, unitsOfMeasure=[{"code": "PCS"}], salespeoplePurchasers=[{"code": "JO"}])
    await bc.create("items", number="A", displayName="Bolt", unitPrice=2.5, baseUnitOfMeasureCode="PCS")
    customer = await bc.create("customers", displayName="Adatum", city="Bern", salespersonCode="JO")
    return await bc.create("salesOrders", customerId=customer["id"], salesOrderLines=LINES)


async def lines(bc: Client, order: Row) -> list[Row]:
    return await bc.rows(f"salesOrders({order['id']})/salesOrderLines")


@pytest.mark.fidelity("bc-3-deep-insert", "bc-3-defaulting")
async def test_an_order_takes_its_lines_along_and_defaults_from_the_customer(bc: Client, order: Row) -> None:
    assert (order["customerName"], order["sellToCity"], order["salesperson"], order["status"]) == ("Adatum", "Bern", "JO", "Draft")
    assert (order["totalAmountExcludingTax"], order["currencyCode"]) == (25, "USD")
    item, comment = await lines(bc, order)
    assert (item["sequence"], item["description"], item["unitPrice"], item["unitOfMeasureCode"]) == (10000, "Bolt", 2.5, "PCS")
    assert (item["lineType"], comment["lineType"], comment["itemId"]) == ("Item", "Comment", "00000000-0000-0000-0000-000000000000")
    (expanded,) = await bc.rows("salesOrders?$expand=salesOrderLines($select=sequence)")
    assert [line["sequence"] for line in expanded["salesOrderLines"]] == [10000, 20000]


@pytest.mark.fidelity("bc-3-deep-insert")
async def test_a_wrong_line_leaves_no_order_behind(bc: Client, order: Row) -> None:
    body = {"customerId": order["customerId"], "salesOrderLines": [{"lineType": "Item", "lineObjectNumber": "NONE"}]}
    assert await bc.refused("POST", "salesOrders", body) == (400, "Internal_InvalidTableRelation")
    assert len(await bc.rows("salesOrders")) == 1


@pytest.mark.fidelity("bc-3-deep-update")
async def test_lines_are_not_changed_through_their_header(bc: Client, order: Row) -> None:
    wrong: tuple[str, str, Row] = ("PATCH", f"salesOrders({order['id']})", {"salesOrderLines": []})
    assert await bc.refused(*wrong, if_match="*") == (400, "BadRequest")


@pytest.mark.fidelity("bc-5-texts", "bc-e-lines")
async def test_lines_live_under_a_parent(bc: Client, order: Row) -> None:
    answer = await bc.get("salesOrderLines")
    assert answer.json()["error"]["message"].startswith("You must specify an Id or a Document Id to get the lines.")
    assert len(await bc.rows(f"salesOrderLines?$filter=documentId eq {order['id']}")) == 2
    line = await bc.create(f"salesOrders({order['id']})/salesOrderLines", lineType="Item", lineObjectNumber="A", quantity=1)
    assert line["sequence"] == 30000
    assert (await bc.one(f"salesOrderLines({line['id']})"))["documentId"] == order["id"]
    assert await bc.refused("POST", "salesOrderLines", {"lineType": "Comment"}) == (400, "Application_DialogException")
    same = {"lineType": "Comment", "sequence": 30000}
    assert await bc.refused("POST", f"salesOrders({order['id']})/salesOrderLines", same) == (400, "Application_DialogException")
    customer = await bc.ask("POST", "salesOrders", {})
    assert customer.json()["error"]["message"].startswith('A "customerNumber" or a "customerId" must be provided.')


@pytest.mark.fidelity("bc-8-header-stamp")
async def test_a_header_moves_for_amounts_but_not_for_texts(bc: Client, order: Row) -> None:
    item, _ = await lines(bc, order)
    before = await bc.one(f"salesOrders({order['id']})")
    await bc.change(f"salesOrderLines({item['id']})", description="Bolts", shipmentDate="2026-12-01")
    assert await bc.one(f"salesOrders({order['id']})") == before
    await bc.change(f"salesOrderLines({item['id']})", quantity=4)
    after = await bc.one(f"salesOrders({order['id']})")
    assert after["@odata.etag"] != before["@odata.etag"]
    assert after["totalAmountExcludingTax"] == 10


@pytest.mark.fidelity("bc-14-ship-and-invoice", "bc-3-action")
async def test_ship_and_invoice_turns_an_order_into_a_posted_invoice(bc: Client, order: Row) -> None:
    answer = await bc.ask("POST", f"salesOrders({order['id']})/Microsoft.NAV.SHIPANDINVOICE", {})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await bc.rows("salesOrders") == []
    (invoice,) = await bc.rows("salesInvoices")
    assert (invoice["orderNumber"], invoice["orderId"], invoice["status"]) == (order["number"], order["id"], "Open")
    assert (invoice["totalAmountIncludingTax"], invoice["remainingAmount"]) == (25, 25)
    (shipment,) = await bc.rows("salesShipments?$expand=salesShipmentLines")
    assert (shipment["orderNumber"], shipment["salesShipmentLines"][0]["quantity"]) == (order["number"], 10)
    assert [(row["quantity"], row["entryType"]) for row in await bc.rows("itemLedgerEntries")] == [(-10, "Sale")]
    assert (await bc.one(f"customerFinancialDetails({order['customerId']})"))["balance"] == 25
    wrong = ("PATCH", f"salesInvoices({invoice['id']})", {"externalDocumentNumber": "x"})
    assert await bc.refused(*wrong, if_match="*") == (400, "Application_DialogException")
    assert (await bc.change(f"salesInvoices({invoice['id']})", dueDate="2027-01-31"))["dueDate"] == "2027-01-31"


@pytest.mark.fidelity("bc-14-make-order")
async def test_a_quote_becomes_an_order(bc: Client, order: Row) -> None:
    quote = await bc.create("salesQuotes", customerNumber=order["customerNumber"], salesQuoteLines=LINES)
    assert quote["status"] == "Draft"
    assert (await bc.ask("POST", f"salesQuotes({quote['id']})/Microsoft.NAV.makeOrder", {})).status_code == 204
    assert await bc.rows("salesQuotes") == []
    made = [row for row in await bc.rows("salesOrders") if row["id"] != order["id"]]
    assert (made[0]["totalAmountExcludingTax"], len(await lines(bc, made[0]))) == (25, 2)


@pytest.mark.fidelity("bc-14-post")
async def test_a_posted_draft_keeps_its_id(bc: Client, order: Row) -> None:
    draft = await bc.create("salesInvoices", customerNumber=order["customerNumber"], salesInvoiceLines=LINES)
    assert draft["status"] == "Draft"
    assert (await bc.ask("POST", f"salesInvoices({draft['id']})/Microsoft.NAV.post", {})).status_code == 204
    posted = await bc.one(f"salesInvoices({draft['id']})")
    assert (posted["status"], posted["number"] != draft["number"]) == ("Open", True)
    again = f"salesInvoices({draft['id']})/Microsoft.NAV.post"
    assert await bc.refused("POST", again, {}) == (400, "Application_DialogException")


@pytest.mark.fidelity("bc-14-others")
async def test_actions_that_do_not_exist_are_not_implemented(bc: Client, order: Row) -> None:
    for name in ("release", "reopen", "ship", "archive"):
        assert await bc.refused("POST", f"salesOrders({order['id']})/Microsoft.NAV.{name}", {}) == (501, "BadRequest_MethodNotImplemented")


@pytest.mark.fidelity("bc-e-blocked")
async def test_blocked_customers_get_no_documents(bc: Client, order: Row) -> None:
    await bc.change(f"customers({order['customerId']})", blocked="All")
    assert await bc.refused("POST", "salesOrders", {"customerId": order["customerId"]}) == (400, "Application_DialogException")


async def test_people_release_ship_a_part_invoice_pay_and_unapply(bc: Client, order: Row) -> None:
    item, _ = await lines(bc, order)
    await bc.hand("release", id=order["id"])
    assert (await bc.one(f"salesOrders({order['id']})"))["status"] == "Open"
    wrong = ("PATCH", f"salesOrderLines({item['id']})", {"quantity": 9})
    assert await bc.refused(*wrong, if_match="*") == (400, "Application_FieldValidationException")
    await bc.hand("shipPart", id=order["id"], lines={item["id"]: 4})
    first = await bc.hand("invoice", id=order["id"])
    assert (await bc.one(f"salesInvoices({first['id']})"))["totalAmountIncludingTax"] == 10
    row = await bc.one(f"ext:customers({order['customerId']})")
    assert (row["outstandingOrdersLCY"], row["shippedNotInvoicedLCY"], row["balanceLCY"]) == (15, 0, 10)
    await bc.hand("pay", id=first["id"], amount=4)
    assert (await bc.one(f"salesInvoices({first['id']})"))["remainingAmount"] == 6
    await bc.hand("pay", id=first["id"])
    assert (await bc.one(f"salesInvoices({first['id']})"))["status"] == "Paid"
    assert await bc.hand_refused("cancel", id=first["id"]) == "Application_DialogException"
    await bc.hand("unapply", id=first["id"])
    await bc.hand("cancel", id=first["id"])
    cancelled = await bc.one(f"salesInvoices({first['id']})")
    assert (cancelled["status"], cancelled["remainingAmount"]) == ("Canceled", 0)
    await bc.hand("reopen", id=order["id"])
    assert (await bc.one(f"salesOrders({order['id']})"))["status"] == "Draft"
    assert (await bc.hand("archive", id=order["id"])) == {"version": 1}


async def test_shipments_of_two_orders_go_on_one_invoice(bc: Client, order: Row) -> None:
    other = await bc.create("salesOrders", customerId=order["customerId"], salesOrderLines=LINES[:1])
    for each in (order, other):
        await bc.hand("ship", id=each["id"])
    assert await bc.hand_refused("ship", id=other["id"]) == "Application_DialogException"
    invoice = await bc.hand("combineShipments", ids=[order["id"], other["id"]])
    row = await bc.one(f"salesInvoices({invoice['id']})")
    assert (row["totalAmountIncludingTax"], row["orderNumber"]) == (50, "")
    assert await bc.rows("salesOrders") == []


@pytest.mark.fidelity("bc-1-deep")
async def test_nested_sets_page_below_their_parent(bc: Client, order: Row) -> None:
    first = await bc.get(f"salesOrders({order['id']})/salesOrderLines", prefer="odata.maxpagesize=1")
    link = first.json()["@odata.nextLink"].removeprefix("http://127.0.0.1")
    assert f"/salesOrders({order['id']})/salesOrderLines?" in link
    assert [line["sequence"] for line in await bc.rows(link)] == [20000]
    wrong = f"customers({order['customerId']})/contactsInformation"
    assert await bc.refused("POST", wrong, {}) == (405, "BadRequest_MethodNotAllowed")
