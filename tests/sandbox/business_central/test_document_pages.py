from __future__ import annotations

import pytest

from sandbox.business_central import schema
from sandbox.business_central.schema import EXTENSION
from tests.sandbox.business_central.client import POSTABLE, Client, Row

CHOSEN = "5b0e6c1e-0000-4000-8000-00000000000a"


@pytest.fixture
async def order(bc: Client) -> Row:
    """An order with an id of our choosing: three bolts at 10 and a comment that belongs to them."""
    await bc.seed(POSTABLE, shippingAgents=[{"code": "DHL"}], salesReceivablesSetup=[{"archiveOrders": True}])
    await bc.create("items", number="A", displayName="Bolt", unitPrice=10)
    customer = await bc.create("customers", displayName="Adatum", city="Bern")
    lines = [
        {"type": "Item", "lineObjectNumber": "A", "quantity": 3, "sequence": 10000},
        {"type": "_x0020_", "description": "Painted blue", "attachedToLineNumber": 10000},
    ]
    return await bc.create(
        "ext:salesOrders",
        id=CHOSEN,
        customerNumber=customer["number"],
        externalDocumentNumber="po 7",
        billToCity="Basel",
        shippingAgentCode="DHL",
        paymentDiscountPercent=2,
        workDescription="Ring twice",
        salesOrderLines=lines,
    )


async def act(bc: Client, name: str, body: Row | None = None) -> int:
    return (await bc.ask("POST", f"ext:salesOrders({CHOSEN})/Microsoft.NAV.{name}", body or {})).status_code


@pytest.mark.fidelity("bc-x-documents")
async def test_an_order_takes_its_id_its_addresses_and_its_lines(bc: Client, order: Row) -> None:
    assert (order["id"], order["externalDocumentNumber"], order["sellToCity"], order["billToCity"]) == (CHOSEN, "PO 7", "Bern", "Basel")
    assert (order["documentStatus"], order["shippingAgentCode"], order["workDescription"]) == ("Open", "DHL", "Ring twice")
    item, comment = await bc.rows(f"ext:salesOrders({CHOSEN})/salesOrderLines")
    assert (item["type"], item["lineObjectNumber"], item["unitPrice"], item["documentNumber"]) == ("Item", "A", 10, order["number"])
    assert (comment["type"], comment["attachedToLineNumber"], comment["description"]) == ("_x0020_", 10000, "Painted blue")
    assert len(await bc.rows(f"ext:salesOrderLines?$filter=documentNumber eq '{order['number']}'")) == 2
    assert (await bc.get(f"ext:salesOrderLines?$filter=documentId eq {CHOSEN}")).status_code == 501
    again = await bc.refused("POST", "ext:salesOrders", {"id": CHOSEN, "customerNumber": order["customerNumber"]})
    assert again == (400, "Internal_EntityWithSameKeyExists")
    assert (await bc.one(f"salesOrders({CHOSEN})"))["number"] == order["number"]


@pytest.mark.fidelity("bc-x-release")
async def test_a_released_order_is_reopened_before_it_changes(bc: Client, order: Row) -> None:
    assert await act(bc, "setInvoiceDiscount", {"amount": 5}) == 204
    assert (await bc.one(f"ext:salesOrders({CHOSEN})"))["totalAmountExcludingTax"] == 25
    assert await act(bc, "release") == 204
    assert (await bc.one(f"ext:salesOrders({CHOSEN})"))["documentStatus"] == "Released"
    assert await act(bc, "setInvoiceDiscount", {"amount": 6}) == 400
    item, _ = await bc.rows(f"ext:salesOrders({CHOSEN})/salesOrderLines")
    change = ("PATCH", f"ext:salesOrderLines({item['id']})", {"quantity": 5})
    assert await bc.refused(*change, if_match="*") == (400, "Application_FieldValidationException")
    assert await act(bc, "reopen") == 204
    assert (await bc.ask(*change, if_match="*")).status_code == 200


@pytest.mark.fidelity("bc-x-archive", "bc-x-posted")
async def test_an_order_that_was_invoiced_is_found_in_the_archive_and_among_the_invoices(bc: Client, order: Row) -> None:
    assert await act(bc, "archive") == 204
    await bc.ask("POST", f"salesOrders({CHOSEN})/Microsoft.NAV.shipAndInvoice", {})
    assert await bc.rows("ext:salesOrders") == []
    first, last = await bc.rows("ext:salesOrderArchives")
    assert (first["version"], last["version"], last["number"], last["externalDocumentNumber"]) == (1, 2, order["number"], "PO 7")
    lines = await bc.rows("ext:salesOrderArchiveLines?$filter=version eq 2")
    assert [(line["type"], line["invoicedQuantity"]) for line in lines] == [("Item", 3), ("_x0020_", 0)]
    (invoice,) = await bc.rows("ext:salesInvoices")
    assert (invoice["orderNumber"], invoice["billToCity"], invoice["closed"]) == (order["number"], "Basel", False)
    assert [line["netAmount"] for line in await bc.rows(f"ext:salesInvoices({invoice['id']})/salesInvoiceLines")] == [30, 0]
    await bc.hand("pay", id=invoice["id"])
    assert (await bc.one(f"ext:salesInvoices({invoice['id']})"))["closed"]


@pytest.mark.fidelity("bc-x-posted")
async def test_a_draft_invoice_is_not_among_the_posted_ones(bc: Client, order: Row) -> None:
    lines = [{"lineType": "Item", "lineObjectNumber": "A", "quantity": 1}]
    await bc.create("salesInvoices", customerNumber=order["customerNumber"], salesInvoiceLines=lines)
    assert (await bc.rows("ext:salesInvoices"), await bc.rows("ext:salesInvoiceLines")) == ([], [])


@pytest.mark.fidelity("bc-x-notes")
async def test_notes_stand_on_their_document_and_go_with_it(bc: Client, order: Row) -> None:
    note = await bc.create("ext:notes", documentId=CHOSEN, note="Call before noon")
    assert (await bc.change(f"ext:notes({note['id']})", note="Call at noon"))["note"] == "Call at noon"
    assert [(row["note"], row["documentId"]) for row in await bc.rows("ext:notes")] == [("Call at noon", CHOSEN)]
    assert await bc.refused("POST", "ext:notes", {"documentId": note["id"], "note": "x"}) == (400, "Internal_RecordNotFound")
    assert not schema.pages()[EXTENSION, "notes"].webhook
    assert (await bc.ask("DELETE", f"ext:salesOrders({CHOSEN})", if_match="*")).status_code == 204
    assert await bc.rows("ext:notes") == []
