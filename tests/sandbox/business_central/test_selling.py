"""From a line to the money: taxes, units, discounts, parts of orders, prepayments, what is taken back."""

from __future__ import annotations

import pytest

from sandbox.business_central.terms import due
from tests.sandbox.business_central.client import POSTABLE, Client, Row

DIALOG, FIELD, RELATION = "Application_DialogException", "Application_FieldValidationException", "Internal_InvalidTableRelation"
VAT19 = {"vatBusinessPostingGroup": "DOMESTIC", "vatProductPostingGroup": "NORMAL", "vatPercent": 19}


@pytest.fixture
async def customer(bc: Client) -> str:
    """A customer of a shop: bolts in pieces and boxes, work by the hour, freight; 19 % on all of it."""
    await bc.seed(
        POSTABLE,
        unitsOfMeasure=[{"code": "PCS"}, {"code": "BOX"}],
        vatPostingSetups=[VAT19],
        accounts=[{"number": "8710", "displayName": "Freight", "vatProductPostingGroup": "NORMAL"}],
        salesReceivablesSetup=[{"archiveOrders": True}],
    )
    await bc.create("items", number="A", displayName="Bolt", unitPrice=10, baseUnitOfMeasureCode="PCS")
    await bc.create("ext:itemUnitsOfMeasure", itemNumber="A", code="BOX", quantityPerUnitOfMeasure=12)
    await bc.create(
        "ext:resources", number="R", name="Work", unitPrice=50, vATProductPostingGroup="NORMAL", generalProductPostingGroup="SERVICES"
    )
    await bc.create(
        "ext:items", number="V", displayName="Nut", unitPrice=11.9, priceIncludesTax=True, vatBusinessPostingGroupPrice="DOMESTIC"
    )
    return str((await bc.create("customers", displayName="Adatum"))["number"])


async def order(bc: Client, customer: str, *lines: Row, **values: object) -> Row:
    return await bc.create("ext:salesOrders", customerNumber=customer, salesOrderLines=list(lines), **values)


async def lines_of(bc: Client, made: Row) -> list[Row]:
    return await bc.rows(f"ext:salesOrders({made['id']})/salesOrderLines")


def bolts(quantity: float, **values: object) -> Row:
    return {"type": "Item", "lineObjectNumber": "A", "quantity": quantity, **values}


@pytest.mark.fidelity("bc-x-amounts")
async def test_lines_and_totals_carry_discounts_and_taxes(bc: Client, customer: str) -> None:
    work = {"type": "Resource", "lineObjectNumber": "R", "quantity": 1.5, "discountAmount": 5}
    made = await order(bc, customer, bolts(3, discountPercent=10), work, {"type": "G_x002F_L_x0020_Account", "lineObjectNumber": "8710"})
    item, resource, freight = await lines_of(bc, made)
    assert (item["lineAmount"], item["netAmount"], item["taxPercent"], item["netAmountIncludingTax"]) == (27, 27, 19, 32.13)
    assert (resource["discountPercent"], resource["netAmount"]) == (6.66667, 70)
    await bc.change(f"ext:salesOrderLines({freight['id']})", quantity=1, unitPrice=7.9)
    assert (await bc.ask("POST", f"ext:salesOrders({made['id']})/Microsoft.NAV.setInvoiceDiscount", {"amount": 10})).status_code == 204
    shown = await bc.one(f"ext:salesOrders({made['id']})")
    assert (shown["discountAmount"], shown["totalAmountExcludingTax"], shown["totalAmountIncludingTax"]) == (10, 94.9, 112.93)
    shares = [line["invoiceDiscountAllocation"] for line in await lines_of(bc, made)]
    assert (sum(shares), shares[0]) == (10, 2.57)
    wrong = ("PATCH", f"ext:salesOrderLines({item['id']})", {"discountAmount": 31})
    assert await bc.refused(*wrong, if_match="*") == (400, FIELD)


@pytest.mark.fidelity("bc-x-amounts")
async def test_prices_with_tax_are_taken_apart(bc: Client, customer: str) -> None:
    nut = {"type": "Item", "lineObjectNumber": "V", "quantity": 1}
    (line,) = await lines_of(bc, await order(bc, customer, nut))
    assert (line["unitPrice"], line["netAmountIncludingTax"]) == (10, 11.9)
    made = await order(bc, customer, bolts(1), nut, pricesIncludeTax=True)
    item, line = await lines_of(bc, made)
    assert (item["unitPrice"], item["netAmount"], item["lineAmount"]) == (11.9, 10, 11.9)
    assert (line["unitPrice"], line["netTaxAmount"]) == (11.9, 1.9)


@pytest.mark.fidelity("bc-8-header-lines")
async def test_a_switch_leaves_the_header_where_it_is_when_lines_change(bc: Client, customer: str) -> None:
    await bc.switch(linesMoveHeaders=False)
    made = await order(bc, customer, bolts(3))
    (line,) = await lines_of(bc, made)
    before = (await bc.one(f"ext:salesOrders({made['id']})"))["lastModifiedDateTime"]
    await bc.change(f"ext:salesOrderLines({line['id']})", quantity=4)
    after = await bc.one(f"ext:salesOrders({made['id']})")
    assert (after["lastModifiedDateTime"], after["totalAmountExcludingTax"]) == (before, 40)


@pytest.mark.fidelity("bc-x-line-objects")
async def test_a_line_says_what_it_sells_by_id_and_in_a_unit_of_its_own(bc: Client, customer: str) -> None:
    item, resource = (await bc.rows("items?$filter=number eq 'A'"))[0]["id"], (await bc.rows("ext:resources"))[0]["id"]
    own = "5b0e6c1e-0000-4000-8000-00000000000b"
    boxes = {"id": own, "lineObjectId": item, "unitOfMeasureCode": "BOX", "quantity": 2}
    made = await order(bc, customer, boxes, {"lineObjectId": resource, "quantity": 1})
    first, second = await lines_of(bc, made)
    assert (first["id"], first["itemId"], first["lineType"], first["unitPrice"], first["netAmount"]) == (own, item, "Item", 120, 240)
    assert (second["type"], second["lineObjectId"], second["lineObjectNumber"]) == ("Resource", resource, "R")
    wrong = {"lineObjectId": item, "unitOfMeasureCode": "PACK", "quantity": 1}
    await bc.seed(unitsOfMeasure=[{"code": "PACK"}])
    twice = {"customerNumber": customer, "salesOrderLines": [boxes]}
    assert await bc.refused("POST", "ext:salesOrders", twice) == (400, "Internal_EntityWithSameKeyExists")
    body = {"customerNumber": customer, "salesOrderLines": [wrong]}
    assert await bc.refused("POST", "ext:salesOrders", body) == (400, RELATION)
    await bc.hand("ship", id=made["id"])
    assert [row["quantity"] for row in await bc.rows("itemLedgerEntries")] == [-24]


@pytest.mark.fidelity("bc-x-comments")
async def test_comments_have_no_numbers_and_go_with_their_line(bc: Client, customer: str) -> None:
    numbers = {"customerNumber": customer, "salesOrderLines": [{"type": "_x0020_", "description": "x", "quantity": 1}]}
    assert await bc.refused("POST", "ext:salesOrders", numbers) == (400, FIELD)
    astray = {"customerNumber": customer, "salesOrderLines": [{"type": "_x0020_", "description": "x", "attachedToLineNumber": 70000}]}
    assert await bc.refused("POST", "ext:salesOrders", astray) == (400, RELATION)
    attached = {"type": "_x0020_", "description": "Painted blue", "attachedToLineNumber": 10000}
    made = await order(bc, customer, bolts(1), attached, {"type": "_x0020_", "description": "Thank you"}, bolts(1))
    item, _, _, other = await lines_of(bc, made)
    await bc.hand("shipPart", id=made["id"], lines={other["id"]: 1})
    (shipment,) = await bc.rows("salesShipments?$expand=salesShipmentLines")
    assert [line["description"] for line in shipment["salesShipmentLines"]] == ["Thank you", "Bolt"]
    assert (await bc.ask("DELETE", f"ext:salesOrderLines({item['id']})", if_match="*")).status_code == 400, "the order is released"
    await bc.hand("reopen", id=made["id"])
    assert (await bc.ask("DELETE", f"ext:salesOrderLines({item['id']})", if_match="*")).status_code == 204
    assert [line["description"] for line in await lines_of(bc, made)] == ["Thank you", "Bolt"]
    assert await bc.refused("DELETE", f"ext:salesOrderLines({other['id']})", if_match="*") == (400, FIELD)
    assert await bc.refused("DELETE", f"ext:salesOrders({made['id']})", if_match="*") == (400, FIELD)


@pytest.mark.fidelity("bc-x-parts")
async def test_an_order_is_invoiced_in_parts_that_add_up(bc: Client, customer: str) -> None:
    made = await order(bc, customer, bolts(3, discountAmount=1), yourReference="ORD-1")
    await bc.ask("POST", f"ext:salesOrders({made['id']})/Microsoft.NAV.setInvoiceDiscount", {"amount": 1})
    whole = (await bc.one(f"ext:salesOrders({made['id']})"))["totalAmountExcludingTax"]
    (line,) = await lines_of(bc, made)
    await bc.hand("ship", id=made["id"])
    assert await bc.hand_refused("invoicePart", id=made["id"], lines={line["id"]: 4}) == FIELD
    first = await bc.hand("invoicePart", id=made["id"], lines={line["id"]: 1})
    left = await bc.one(f"ext:salesOrders({made['id']})")
    assert (left["fullyShipped"], left["lastShipmentDate"] > "2020", left["documentStatus"]) == (True, True, "Released")
    second = await bc.hand("invoice", id=made["id"])
    invoices = [await bc.one(f"ext:salesInvoices({each['id']})") for each in (first, second)]
    assert [row["orderNumber"] for row in invoices] == [made["number"]] * 2
    assert [row["discountAmount"] for row in invoices] == [0.33, 0.67]
    assert sum(row["totalAmountExcludingTax"] for row in invoices) == whole
    (version,) = await bc.rows("ext:salesOrderArchives?$expand=salesOrderArchiveLines")
    assert (version["sourceDocumentExists"], version["totalAmountExcludingTax"], version["yourReference"]) == (False, whole, "ORD-1")
    assert [(row["shippedQuantity"], row["invoicedQuantity"]) for row in version["salesOrderArchiveLines"]] == [(3, 3)]


@pytest.mark.fidelity("bc-x-parts")
async def test_what_comes_back_is_a_line_below_zero(bc: Client, customer: str) -> None:
    made = await order(bc, customer, bolts(3), bolts(-1, discountPercent=10), bolts(0))
    shown = await bc.one(f"ext:salesOrders({made['id']})")
    assert (shown["totalAmountExcludingTax"], shown["fullyShipped"]) == (21, False)
    await bc.hand("ship", id=made["id"])
    assert sorted(row["quantity"] for row in await bc.rows("itemLedgerEntries")) == [-3, 1]
    posted = await bc.hand("invoice", id=made["id"])
    assert (await bc.one(f"ext:salesInvoices({posted['id']})"))["totalAmountExcludingTax"] == 21
    assert await bc.rows("ext:salesOrders") == []


@pytest.mark.fidelity("bc-x-amounts")
async def test_an_order_of_five_hundred_lines_is_added_up_once(bc: Client, customer: str) -> None:
    made = await order(bc, customer, *(bolts(1, unitPrice=0.01) for _ in range(500)))
    assert (await bc.one(f"ext:salesOrders({made['id']})"))["totalAmountIncludingTax"] == 5.95


@pytest.mark.fidelity("bc-x-combined")
async def test_shipments_of_several_orders_are_invoiced_together(bc: Client, customer: str) -> None:
    orders = [
        await order(bc, customer, bolts(1), {"type": "_x0020_", "description": "Handle with care"}, yourReference="X") for _ in (1, 2)
    ]
    shipments = [await bc.hand("ship", id=each["id"]) for each in orders]
    posted = await bc.hand("combineShipments", ids=[each["id"] for each in orders], keepOrders=True)
    invoice = await bc.one(f"ext:salesInvoices({posted['id']})")
    assert (invoice["orderNumber"], invoice["yourReference"], invoice["totalAmountExcludingTax"]) == ("", "", 20)
    lines = await bc.rows(f"ext:salesInvoices({posted['id']})/salesInvoiceLines")
    assert [line["description"] for line in lines[:3]] == [f"Shipment No. {shipments[0]['number']}:", "Bolt", "Handle with care"]
    sold = [line for line in lines if line["type"] == "Item"]
    assert [(line["orderNumber"], line["shipmentNumber"]) for line in sold] == [
        (each["number"], shipment["number"]) for each, shipment in zip(orders, shipments, strict=True)
    ]
    assert [line["invoicedQuantity"] for each in orders for line in await lines_of(bc, each) if line["quantity"]] == [1, 1]
    assert await bc.hand("deleteInvoicedOrders") == {"deleted": 2}
    assert len(await bc.rows("ext:salesOrderArchives")) == 2


@pytest.mark.fidelity("bc-x-prepayment")
async def test_an_order_with_a_prepayment_waits_for_it(bc: Client, customer: str) -> None:
    made = await order(bc, customer, bolts(10), prepaymentPercent=20)
    await bc.hand("release", id=made["id"])
    assert (await bc.one(f"ext:salesOrders({made['id']})"))["documentStatus"] == "Pending_x0020_Prepayment"
    assert await bc.hand_refused("ship", id=made["id"]) == DIALOG
    posted = await bc.hand("prepaymentInvoice", id=made["id"])
    assert await bc.hand_refused("prepaymentInvoice", id=made["id"]) == DIALOG
    invoice = await bc.one(f"ext:salesInvoices({posted['id']})")
    assert (invoice["prepaymentInvoice"], invoice["prepaymentOrderNumber"], invoice["orderNumber"]) == (True, made["number"], "")
    assert (invoice["totalAmountExcludingTax"], invoice["totalAmountIncludingTax"]) == (20, 23.8)
    await bc.hand("reopen", id=made["id"])
    await bc.hand("pay", id=posted["id"])
    await bc.hand("release", id=made["id"])
    assert (await bc.one(f"ext:salesOrders({made['id']})"))["documentStatus"] == "Released"
    await bc.hand("ship", id=made["id"])
    (line,) = await lines_of(bc, made)
    parts = [await bc.hand("invoicePart", id=made["id"], lines={line["id"]: 4}), await bc.hand("invoice", id=made["id"])]
    totals = [(await bc.one(f"ext:salesInvoices({each['id']})"))["totalAmountExcludingTax"] for each in parts]
    assert totals == [32, 48], "what was paid beforehand is taken off"


@pytest.mark.fidelity("bc-x-payments")
async def test_a_payment_moves_the_ledger_and_not_the_posted_invoice(bc: Client, customer: str) -> None:
    made = await order(bc, customer, bolts(2))
    await bc.hand("ship", id=made["id"])
    posted = await bc.hand("invoicePart", id=made["id"], lines={(await lines_of(bc, made))[0]["id"]: 1})
    before = await bc.one(f"ext:salesInvoices({posted['id']})")
    paid = await bc.hand("pay", id=posted["id"])
    after = await bc.one(f"ext:salesInvoices({posted['id']})")
    assert (after["closed"], after["lastModifiedDateTime"]) == (True, before["lastModifiedDateTime"])
    entry = (await bc.rows("ext:detailedCustomerLedgerEntries"))[-1]
    assert (entry["documentNumber"], entry["invoiceNumber"], entry["amountLCY"]) == (paid["number"], posted["number"], -11.9)
    await bc.hand("unapply", id=posted["id"])
    await bc.hand("cancel", id=posted["id"])
    assert (await bc.one(f"ext:salesInvoices({posted['id']})"))["cancelled"]
    (line,) = await lines_of(bc, made)
    assert (line["shippedQuantity"], line["invoicedQuantity"]) == (1, 0)


@pytest.mark.fidelity("bc-x-fulfilment")
async def test_orders_assemble_and_reserve_what_the_item_asks_for(bc: Client, customer: str) -> None:
    bolt = (await bc.rows("items?$filter=number eq 'A'"))[0]["id"]
    await bc.hand("postStock", itemNumber="A", quantity=5)
    await bc.hand("edit", set="items", id=bolt, values={"assemblyPolicy": "Assemble_x002D_to_x002D_Order", "reserve": "Always"})
    made = await order(bc, customer, bolts(7))
    (line,) = await lines_of(bc, made)
    assert (line["quantityToAssembleToOrder"], line["reservedQuantity"]) == (7, 5)
    await bc.change(f"ext:salesOrderLines({line['id']})", quantity=3)
    (line,) = await lines_of(bc, made)
    assert (line["quantityToAssembleToOrder"], line["reservedQuantity"]) == (3, 3)


@pytest.mark.fidelity("bc-x-release", "bc-x-archive", "bc-14-make-order")
async def test_a_quote_that_becomes_an_order_is_archived_and_remembered(bc: Client, customer: str) -> None:
    await bc.seed(salesReceivablesSetup=[{"archiveQuotes": "Always"}])
    quote = await bc.create("ext:salesQuotes", customerNumber=customer, salesQuoteLines=[{"type": "_x0020_", "description": "x"}])
    assert await bc.hand_refused("release", id=quote["id"]) == DIALOG
    await bc.create("ext:salesQuoteLines", documentId=quote["id"], **bolts(1))
    note = await bc.create("ext:notes", documentId=quote["id"], note="Call first")
    await bc.ask("POST", f"ext:salesQuotes({quote['id']})/Microsoft.NAV.makeOrder", {})
    (archived,) = await bc.rows("salesQuoteArchives")
    assert (archived["number"], archived["sellToCustomerName"], archived["versionNumber"]) == (quote["number"], "Adatum", 1)
    (made,) = await bc.rows("ext:salesOrders")
    assert (made["quoteNumber"], made["totalAmountExcludingTax"]) == (quote["number"], 10)
    assert (await bc.one(f"ext:notes({note['id']})"))["documentId"] == made["id"]


@pytest.mark.parametrize(
    ("formula", "day"),
    [
        ("30D", "2026-03-02"),
        ("1M", "2026-02-28"),
        ("CM", "2026-01-31"),
        ("CM+8D", "2026-02-08"),
        ("2W-1D", "2026-02-13"),
        ("CQ", "2026-03-31"),
    ],
)
def test_terms_are_date_formulas(formula: str, day: str) -> None:
    assert due("2026-01-31", formula) == day


@pytest.mark.fidelity("bc-x-terms")
async def test_terms_say_when_a_document_is_due_and_what_paying_early_saves(bc: Client, customer: str) -> None:
    await bc.seed(paymentTerms=[{"code": "1M2", "dueDateCalculation": "1M", "discountPercent": 2}, {"code": "COD"}])
    first = await order(bc, customer, bolts(1), paymentTermsCode="1M2", orderDate="2026-01-31")
    assert (first["dueDate"], first["paymentDiscountPercent"]) == ("2026-02-28", 2)
    own = await order(bc, customer, paymentTermsCode="1M2", orderDate="2026-01-31", dueDate="2026-02-01", paymentDiscountPercent=3)
    assert (own["dueDate"], own["paymentDiscountPercent"]) == ("2026-02-01", 3)
    await bc.hand("ship", id=first["id"])
    posted = await bc.hand("invoice", id=first["id"])
    assert (await bc.one(f"ext:salesInvoices({posted['id']})"))["dueDate"] == "2026-02-28"
