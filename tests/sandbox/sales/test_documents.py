"""Opportunities, quotes, orders and invoices: lines, totals, and the sales actions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.sales.desk import Desk, Row, error_of

LINES = {
    "salesorders": ("salesorderdetails", "salesorderid"),
    "quotes": ("quotedetails", "quoteid"),
    "invoices": ("invoicedetails", "invoiceid"),
    "opportunities": ("opportunityproducts", "opportunityid"),
}


async def with_line(desk: Desk, entity_set: str, **line: Any) -> tuple[Row, Row, Row]:
    """A document of one line of two bicycles: the document's id, the line, the product's ids."""
    ids = await desk.product()
    document = await desk.document(entity_set, ids)
    lines, key = LINES[entity_set]
    body = {"quantity": 2, **desk.line_of(ids), f"{key}@odata.bind": f"/{entity_set}({document[key]})", **line}
    return document, await desk.create(lines, body), ids


@pytest.mark.fidelity("sales-d-prices")
async def test_a_line_takes_its_price_from_the_price_list_unless_overridden(desk: Desk) -> None:
    order, line, ids = await with_line(desk, "salesorders")
    assert (line["priceperunit"], line["baseamount"], line["extendedamount"]) == (10, 20, 20)
    bind = {"salesorderid@odata.bind": f"/salesorders({order['salesorderid']})"}
    own = await desk.create(
        "salesorderdetails", {"quantity": 1, **desk.line_of(ids), **bind, "ispriceoverridden": True, "priceperunit": 7, "tax": 1}
    )
    assert (own["priceperunit"], own["extendedamount"]) == (7, 8)
    written = await desk.create(
        "salesorderdetails",
        {
            "quantity": 1,
            "isproductoverridden": True,
            "productdescription": "Delivery",
            "priceperunit": 3,
            "manualdiscountamount": 1,
            **bind,
        },
    )
    assert written["extendedamount"] == 2
    head = await desk.get(f"salesorders({order['salesorderid']})")
    assert (head["totallineitemamount"], head["totaltax"], head["totalamount"], head["totallineitemdiscountamount"]) == (29, 1, 30, 1)
    await desk.patch(f"salesorders({order['salesorderid']})", {"discountpercentage": 10, "freightamount": 5})
    head = await desk.get(f"salesorders({order['salesorderid']})")
    assert (head["totaldiscountamount"], head["totalamount"], head["totalamount_base"]) == (2.9, 32.1, 32.1)


async def test_totals_stay_when_the_calculation_is_off(desk: Desk) -> None:
    organization = (await desk.rows("organizations"))[0]["organizationid"]
    await desk.patch(f"organizations({organization})", {"oobpricecalculationenabled": False})
    order, _, _ = await with_line(desk, "salesorders")
    assert (await desk.get(f"salesorders({order['salesorderid']})"))["totalamount"] is None
    await desk.act(
        "CalculatePrice", {"Target": {"salesorderid": order["salesorderid"], "@odata.type": "Microsoft.Dynamics.CRM.salesorder"}}
    )
    assert (await desk.get(f"salesorders({order['salesorderid']})"))["totalamount"] == 20


@pytest.mark.fidelity("sales-d-line-rules")
async def test_lines_name_what_they_lack(desk: Desk) -> None:
    ids = await desk.product()
    order = await desk.document("salesorders", ids)
    good = {"quantity": 1, **desk.line_of(ids), "salesorderid@odata.bind": f"/salesorders({order['salesorderid']})"}
    draft = await desk.product("9", active=False)
    bare = await desk.create("salesorders", {"name": "without prices"})
    for change, code in (
        ({"productid@odata.bind": None}, "0x80043b11"),
        ({"uomid@odata.bind": None}, "0x80043b0d"),
        ({"quantity": None}, "0x80081012"),
        ({"productdescription": "both"}, "0x80043afb"),
        ({"isproductoverridden": True}, "0x80043afb"),
        (desk.line_of(draft), "0x8004f908"),
        ({"isproductoverridden": True, "productid@odata.bind": None}, "0x80043afa"),
        ({"salesorderid@odata.bind": f"/salesorders({bare['salesorderid']})"}, "0x80043b12"),
    ):
        assert error_of(await desk.call("POST", "salesorderdetails", {**good, **change})) == (400, code)


@pytest.mark.fidelity("sales-8-sequence", "sales-d-deep-insert")
async def test_a_document_takes_its_lines_along_all_or_nothing_and_numbers_them(desk: Desk) -> None:
    ids = await desk.product()
    account = await desk.create("accounts", {"name": "Adatum"})
    body: Row = {
        "name": "Two bicycles",
        "customerid_account@odata.bind": f"/accounts({account['accountid']})",
        "pricelevelid@odata.bind": f"/pricelevels({ids['prices']})",
        "order_details": [{"quantity": 1, **desk.line_of(ids)}, {"quantity": 2, **desk.line_of(ids), "sequencenumber": 7}, {"quantity": 3}],
    }
    assert error_of(await desk.call("POST", "salesorders", body)) == (400, "0x80043b11")
    assert await desk.rows("salesorders") == []
    body["order_details"][2] |= {"isproductoverridden": True, "productdescription": "Delivery", "priceperunit": 5}
    order = await desk.create("salesorders", body)
    lines = await desk.rows(f"salesorderdetails?$filter=_salesorderid_value eq {order['salesorderid']}&$orderby=sequencenumber")
    assert [(line["quantity"], line["sequencenumber"]) for line in lines] == [(1, 1), (2, 7), (3, 8)]
    assert (await desk.get(f"salesorders({order['salesorderid']})"))["totalamount"] == 45
    await desk.switch(numberLines=False)
    bind = {"salesorderid@odata.bind": f"/salesorders({order['salesorderid']})"}
    assert (await desk.create("salesorderdetails", {"quantity": 1, **desk.line_of(ids), **bind}))["sequencenumber"] is None


@pytest.mark.fidelity("sales-d-notes")
async def test_notes_stand_on_documents_and_say_how_large_their_file_is(desk: Desk) -> None:
    order = await desk.document("salesorders", await desk.product())
    bind = {"objectid_salesorder@odata.bind": f"/salesorders({order['salesorderid']})"}
    note = await desk.create("annotations", {"subject": "Call", "notetext": "<p>Before noon</p>", **bind})
    assert (note["filesize"], note["isdocument"], note["_objectid_value"]) == (0, False, order["salesorderid"])
    file = await desk.create("annotations", {"filename": "a.txt", "isdocument": True, "documentbody": "QUJD", **bind})
    assert file["filesize"] == 3
    await desk.call("DELETE", f"salesorders({order['salesorderid']})")
    assert await desk.rows("annotations") == []


@pytest.mark.fidelity("sales-9-document-currency")
async def test_a_document_has_the_currency_of_its_price_list(desk: Desk) -> None:
    ids = await desk.product()
    dollar = await desk.create(
        "transactioncurrencies",
        {"isocurrencycode": "USD", "currencyname": "Dollar", "currencysymbol": "$", "currencyprecision": 2, "exchangerate": 1.25},
    )
    refused = await desk.call(
        "POST",
        "salesorders",
        {
            "name": "x",
            "pricelevelid@odata.bind": f"/pricelevels({ids['prices']})",
            "transactioncurrencyid@odata.bind": f"/transactioncurrencies({dollar['transactioncurrencyid']})",
        },
    )
    assert error_of(refused) == (400, "0x80048cf6")


@pytest.mark.fidelity("sales-d-numbers")
async def test_documents_are_numbered_unless_a_number_is_given(desk: Desk) -> None:
    ids = await desk.product()
    order = await desk.document("salesorders", ids)
    assert order["ordernumber"].startswith("ORD-01000-")
    assert (await desk.create("salesorders", {"name": "x", "ordernumber": "MINE"}))["ordernumber"] == "MINE"
    assert (await desk.document("quotes", ids))["quotenumber"].startswith("QUO-")
    assert (await desk.document("invoices", ids))["invoicenumber"].startswith("INV-")


def closing(name: str, entity_set: str, row_id: str, **more: Any) -> Row:
    key = LINES[entity_set][1]
    kind = name.lower()
    return {
        name: {"subject": "done", f"{key}@odata.bind": f"/{entity_set}({row_id})", "@odata.type": f"Microsoft.Dynamics.CRM.{kind}", **more}
    }


@pytest.mark.fidelity("sales-8-opportunity")
async def test_opportunities_are_won_and_lost_once(desk: Desk) -> None:
    ids = await desk.product()
    won, lost = await desk.document("opportunities", ids), await desk.document("opportunities", ids)
    await desk.act("WinOpportunity", {"Status": 3, **closing("OpportunityClose", "opportunities", won["opportunityid"], actualrevenue=50)})
    shown = await desk.get(f"opportunities({won['opportunityid']})")
    assert (shown["statecode"], shown["statuscode"], shown["actualvalue"]) == (1, 3, 50)
    assert [row["subject"] for row in await desk.rows("opportunitycloses")] == ["done"]
    again = await desk.call("POST", "LoseOpportunity", {"Status": 4, **closing("OpportunityClose", "opportunities", won["opportunityid"])})
    assert error_of(again)[1] == "0x80040515"
    await desk.act("LoseOpportunity", {"Status": 5, **closing("OpportunityClose", "opportunities", lost["opportunityid"])})
    assert (await desk.get(f"opportunities({lost['opportunityid']})"))["statuscode"] == 5
    await desk.patch(f"opportunities({lost['opportunityid']})", {"statecode": 0, "statuscode": 1})


async def test_estimated_value_is_computed_or_given(desk: Desk) -> None:
    opportunity, _, _ = await with_line(desk, "opportunities")
    address = f"opportunities({opportunity['opportunityid']})"
    await desk.patch(address, {"isrevenuesystemcalculated": True})
    assert (await desk.get(address))["estimatedvalue"] == 20
    await desk.patch(address, {"isrevenuesystemcalculated": False, "estimatedvalue": 99})
    assert (await desk.get(address))["estimatedvalue"] == 99


@pytest.mark.fidelity("sales-8-quote-to-order")
async def test_a_quote_becomes_an_order_and_the_order_an_invoice(desk: Desk) -> None:
    quote, line, _ = await with_line(desk, "quotes")
    draft = await desk.call("POST", "ConvertQuoteToSalesOrder", {"QuoteId": quote["quoteid"], "ColumnSet": {"AllColumns": True}})
    assert error_of(draft)[0] == 400
    await desk.patch(f"quotes({quote['quoteid']})", {"statecode": 1, "statuscode": 2})
    await desk.act("WinQuote", {"Status": -1, **closing("QuoteClose", "quotes", quote["quoteid"])})
    order = (await desk.act("ConvertQuoteToSalesOrder", {"QuoteId": quote["quoteid"], "ColumnSet": {"AllColumns": True}})).json()
    assert (order["_quoteid_value"], order["totalamount"], order["_customerid_value"]) == (quote["quoteid"], 20, quote["_customerid_value"])
    lines = await desk.rows(f"salesorderdetails?$filter=_salesorderid_value eq {order['salesorderid']}")
    assert [(row["quantity"], row["_quotedetailid_value"]) for row in lines] == [(2, line["quotedetailid"])]
    columns = {"AllColumns": False, "Columns": ["invoiceid", "salesorderid"]}
    invoice = (await desk.act("ConvertSalesOrderToInvoice", {"SalesOrderId": order["salesorderid"], "ColumnSet": columns})).json()
    assert invoice["_salesorderid_value"] == order["salesorderid"] and "name" not in invoice


@pytest.mark.fidelity("sales-8-revise")
async def test_a_revised_quote_is_a_draft_with_the_same_number(desk: Desk) -> None:
    quote, _, _ = await with_line(desk, "quotes")
    await desk.patch(f"quotes({quote['quoteid']})", {"statecode": 1, "statuscode": 2})
    fresh = (await desk.act("ReviseQuote", {"QuoteId": quote["quoteid"], "ColumnSet": {"AllColumns": True}})).json()
    assert (fresh["quotenumber"], fresh["revisionnumber"], fresh["statecode"]) == (quote["quotenumber"], 1, 0)
    old = await desk.get(f"quotes({quote['quoteid']})")
    assert (old["statecode"], old["statuscode"]) == (3, 7)
    assert len(await desk.rows(f"quotedetails?$filter=_quoteid_value eq {fresh['quoteid']}")) == 1


@pytest.mark.fidelity("sales-8-fulfill")
async def test_orders_are_fulfilled_on_the_collection_and_canceled_unbound(desk: Desk) -> None:
    ids = await desk.product()
    first, second = await desk.document("salesorders", ids), await desk.document("salesorders", ids)
    body = {"Status": 100001, **closing("OrderClose", "salesorders", first["salesorderid"])}
    assert error_of(await desk.call("POST", "FulfillSalesOrder", body)) == (404, "0x8006088a")
    await desk.act("salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", body)
    assert (await desk.get(f"salesorders({first['salesorderid']})"))["statecode"] == 3
    await desk.act("CancelSalesOrder", {"Status": 4, **closing("OrderClose", "salesorders", second["salesorderid"])})
    assert (await desk.get(f"salesorders({second['salesorderid']})"))["statecode"] == 2
    assert len(await desk.rows("ordercloses")) == 2


@pytest.mark.fidelity("sales-8-lock")
async def test_locked_and_closed_orders_refuse_changes_of_their_lines(desk: Desk) -> None:
    order, line, _ = await with_line(desk, "salesorders")
    address = f"salesorders({order['salesorderid']})"
    await desk.act(f"{address}/Microsoft.Dynamics.CRM.LockSalesOrderPricing", {})
    change = await desk.call("PATCH", f"salesorderdetails({line['salesorderdetailid']})", {"quantity": 3})
    assert error_of(change) == (400, "0x80043b09")
    await desk.act(f"{address}/Microsoft.Dynamics.CRM.UnlockSalesOrderPricing", {})
    await desk.patch(f"salesorderdetails({line['salesorderdetailid']})", {"quantity": 3})
    await desk.act("CancelSalesOrder", {"Status": 4, **closing("OrderClose", "salesorders", order["salesorderid"])})
    assert error_of(await desk.call("DELETE", f"salesorderdetails({line['salesorderdetailid']})"))[1] == "0x80043b09"
    assert error_of(await desk.call("PATCH", address, {"description": "late"}))[1] == "0x8004022e"


@pytest.mark.fidelity("sales-8-merge")
async def test_merged_accounts_leave_one_with_what_both_had(desk: Desk) -> None:
    master, other = await desk.create("accounts", {"name": "Adatum"}), await desk.create("accounts", {"name": "ADATUM", "fax": "5"})
    contact = await desk.create("contacts", {"lastname": "x", "parentcustomerid_account@odata.bind": f"/accounts({other['accountid']})"})
    kind = "Microsoft.Dynamics.CRM.account"
    await desk.act(
        "Merge",
        {
            "Target": {"accountid": master["accountid"], "@odata.type": kind},
            "PerformParentingChecks": False,
            "Subordinate": {"accountid": other["accountid"], "@odata.type": kind},
            "UpdateContent": {"fax": "5", "@odata.type": kind},
        },
    )
    closed = await desk.get(f"accounts({other['accountid']})")
    assert (closed["statecode"], closed["merged"], closed["_masterid_value"]) == (1, True, master["accountid"])
    assert (await desk.get(f"contacts({contact['contactid']})"))["_parentcustomerid_value"] == master["accountid"]
    assert (await desk.get(f"accounts({master['accountid']})"))["fax"] == "5"


@pytest.mark.fidelity("sales-8-wrong-form")
@pytest.mark.parametrize(
    "url", ["NoSuchAction", "accounts/Microsoft.Dynamics.CRM.NoSuchAction", "salesorders/Microsoft.Dynamics.CRM.CancelSalesOrder"]
)
async def test_unknown_actions_are_not_found(desk: Desk, url: str) -> None:
    assert error_of(await desk.call("POST", url, {})) == (404, "0x8006088a")


@pytest.mark.fidelity("sales-8-family")
async def test_only_families_are_published_as_a_hierarchy(desk: Desk) -> None:
    ids = await desk.product(active=False)
    refused = await desk.call("POST", f"products({ids['product']})/Microsoft.Dynamics.CRM.PublishProductHierarchy")
    assert error_of(refused)[1] == "0x8004f90a"
