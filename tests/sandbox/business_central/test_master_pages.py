from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import POSTABLE, Client, Row

CHOSEN = "5b0e6c1e-0000-4000-8000-000000000001"


async def hand(bc: Client, verb: str, **body: object) -> None:
    answer = await bc.ask("POST", f"/_control/hands/{verb}", body)
    assert answer.status_code in (200, 204), answer.text


@pytest.mark.fidelity("bc-x-full-pages")
async def test_a_vendor_takes_an_id_of_our_choosing_and_gets_a_company_contact(bc: Client) -> None:
    await bc.seed(salespeoplePurchasers=[{"code": "JO"}])
    vendor = await bc.create("ext:vendors", id=CHOSEN, displayName="Litware", purchaserCode="jo", faxNumber="1 2")
    assert (vendor["id"], vendor["number"], vendor["purchaserCode"]) == (CHOSEN, "V00010", "JO")
    (relation,) = await bc.rows("ext:contactBusinessRelations")
    assert (relation["linkToTable"], relation["businessRelationCode"], relation["number"]) == ("Vendor", "VEND", "V00010")
    (contact,) = await bc.rows("ext:contacts")
    assert (contact["displayName"], contact["salespersonCode"]) == ("Litware", "JO")
    await bc.change(f"ext:contacts({contact['id']})", displayName="Litware Inc.", faxNumber="3")
    vendor = await bc.one(f"ext:vendors({CHOSEN})")
    assert (vendor["displayName"], vendor["faxNumber"]) == ("Litware Inc.", "3")
    wrong = ("PATCH", f"ext:vendors({CHOSEN})", {"purchaserCode": "NOBODY"})
    assert await bc.refused(*wrong, if_match="*") == (400, "Internal_InvalidTableRelation")


@pytest.mark.fidelity("bc-x-apply-template")
async def test_a_template_of_bc_fills_what_is_blank(bc: Client) -> None:
    await bc.seed(customerTemplates=[{"code": "ABROAD", "customerPostingGroup": "FOREIGN", "vatBusinessPostingGroup": "FOREIGN"}])
    customer = await bc.create("ext:customers", displayName="Adatum", customerPostingGroup="DOMESTIC")
    action = f"ext:customers({customer['id']})/Microsoft.NAV.applyTemplate"
    assert (await bc.ask("POST", action, {"templateCode": "abroad"})).status_code == 204
    customer = await bc.one(f"ext:customers({customer['id']})")
    assert (customer["customerPostingGroup"], customer["vatBusinessPostingGroup"]) == ("DOMESTIC", "FOREIGN")
    assert await bc.refused("POST", action, {"templateCode": "NONE"}) == (400, "Internal_RecordNotFound")
    assert await bc.refused("POST", action.replace("ext:", ""), {"templateCode": "ABROAD"}) == (501, "BadRequest_MethodNotImplemented")


@pytest.mark.fidelity("bc-x-number-series")
async def test_the_number_comes_from_the_series_that_the_row_names(bc: Client) -> None:
    await bc.seed(numberSeries=[{"code": "WEB", "startingNumber": "W0009"}])
    numbers = [(await bc.create("ext:customers", displayName="x", numberSeries="WEB"))["number"] for _ in range(2)]
    assert numbers == ["W0009", "W0010"]
    wrong = {"displayName": "x", "numberSeries": "NONE"}
    assert await bc.refused("POST", "ext:customers", wrong) == (400, "Internal_InvalidTableRelation")


@pytest.mark.fidelity("bc-x-posting-groups")
@pytest.mark.parametrize("blank", ["customerPostingGroup", "generalBusinessPostingGroup", "vatBusinessPostingGroup"])
async def test_a_customer_without_one_of_its_groups_gets_no_shipment(bc: Client, blank: str) -> None:
    await bc.seed(POSTABLE)
    customer = await bc.create("ext:customers", displayName="Adatum")
    await bc.change(f"ext:customers({customer['id']})", **{blank: ""})
    await bc.create("items", number="A", displayName="Bolt", unitPrice=2)
    lines = [{"lineType": "Item", "lineObjectNumber": "A", "quantity": 1}]
    order = await bc.create("salesOrders", customerId=customer["id"], salesOrderLines=lines)
    ship: tuple[str, str, Row] = ("POST", f"salesOrders({order['id']})/Microsoft.NAV.shipAndInvoice", {})
    assert await bc.refused(*ship) == (400, "Application_FieldValidationException")
    await bc.change(f"ext:customers({customer['id']})", **{blank: "DOMESTIC"})
    assert (await bc.ask(*ship)).status_code == 204


@pytest.mark.fidelity("bc-x-posting-groups")
@pytest.mark.parametrize("blank", ["generalProductPostingGroupCode", "vatProductPostingGroup", "inventoryPostingGroupCode"])
async def test_an_item_without_one_of_its_groups_is_not_invoiced(bc: Client, blank: str) -> None:
    await bc.seed(POSTABLE)
    customer = await bc.create("customers", displayName="Adatum")
    item = await bc.create("ext:items", number="A", displayName="Bolt", unitPrice=2)
    await bc.change(f"ext:items({item['id']})", **{blank: ""})
    lines = [{"lineType": "Item", "lineObjectNumber": "A", "quantity": 1}]
    invoice = await bc.create("salesInvoices", customerId=customer["id"], salesInvoiceLines=lines)
    answer = await bc.ask("POST", f"salesInvoices({invoice['id']})/Microsoft.NAV.post")
    assert answer.status_code == 400
    assert "must have a value in Item: No.=A. It cannot be zero or empty." in answer.json()["error"]["message"]


@pytest.mark.fidelity("bc-x-estimates")
async def test_an_estimate_is_a_new_entry_and_leaves_the_opportunity_as_it_is(bc: Client) -> None:
    contact = await bc.create("ext:contacts", displayName="Adatum", type="Company")
    row = await bc.create("ext:opportunities", description="Fleet", contactNumber=contact["number"])
    assert (row["contactCompanyNumber"], row["status"], row["estimatedValue"]) == (contact["number"], "Not_x0020_Started", 0)
    await hand(bc, "edit", set="opportunities", id=row["id"], values={"estimatedValue": 900, "probability": 40})
    seen = await bc.one(f"ext:opportunities({row['id']})")
    assert (seen["estimatedValue"], seen["probability"], seen["lastModifiedDateTime"]) == (900, 40, row["lastModifiedDateTime"])
    *old, new = await bc.rows("ext:opportunityEntries")
    assert [(entry["active"], entry["estimatedValue"]) for entry in (*old, new)] == [(False, 900), (True, 900)]
    assert (new["opportunityNumber"], new["probability"]) == (row["number"], 40)
    wrong = ("PATCH", f"ext:opportunities({row['id']})", {"estimatedValue": 1})
    assert await bc.refused(*wrong, if_match="*") == (400, "BadRequest_InvalidOperation")
    await hand(bc, "closeOpportunity", id=row["id"], status="Won")
    seen = await bc.one(f"ext:opportunities({row['id']})")
    assert (seen["status"], seen["closed"], seen["dateClosed"] > "2000") == ("Won", True, True)


@pytest.mark.fidelity("bc-x-figures")
async def test_what_a_customer_owes_is_shown_and_told_by_ledger_entries(bc: Client) -> None:
    await bc.seed(POSTABLE)
    customer = await bc.create("ext:customers", displayName="Adatum", creditLimit=500)
    await bc.create("items", number="A", displayName="Bolt", unitPrice=10)
    lines = [{"lineType": "Item", "lineObjectNumber": "A", "quantity": 3}]
    await bc.create("salesOrders", customerId=customer["id"], salesOrderLines=lines)
    invoice = await bc.create("salesInvoices", customerId=customer["id"], salesInvoiceLines=lines)
    await bc.ask("POST", f"salesInvoices({invoice['id']})/Microsoft.NAV.post")
    figures = await bc.one(f"ext:customerFigures({customer['id']})")
    shown = {name: figures[name] for name in ("balanceLCY", "outstandingOrdersLCY", "totalLCY", "salesLCY", "creditLimitLCY")}
    assert shown == {"balanceLCY": 30, "outstandingOrdersLCY": 30, "totalLCY": 60, "salesLCY": 30, "creditLimitLCY": 500}
    (entry,) = await bc.rows("ext:detailedCustomerLedgerEntries")
    assert (entry["customerNumber"], entry["amountLCY"], entry["entryType"]) == (customer["number"], 30, "Initial_x0020_Entry")


@pytest.mark.fidelity("bc-x-old-prices")
async def test_the_old_sales_prices_are_there_only_where_their_table_is(bc: Client) -> None:
    price = {"itemNumber": "A", "salesType": "Customer_x0020_Price_x0020_Group", "salesCode": "RETAIL", "unitPrice": 9}
    await bc.seed(salesPrices=[price])
    assert [(row["salesCode"], row["unitPrice"]) for row in await bc.rows("ext:salesPrices")] == [("RETAIL", 9)]
    described = "/".join((*bc.url("ext:x").split("/")[:-2], "$metadata"))
    assert "salesPrices" in (await bc.get(described)).text
    await bc.switch(missingSets=["salesPrices"])
    assert await bc.refused("GET", "ext:salesPrices") == (404, "BadRequest_NotFound")
    assert "salesPrices" not in (await bc.get(described)).text
