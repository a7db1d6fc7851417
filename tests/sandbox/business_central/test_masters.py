from __future__ import annotations

import pytest

from tests.sandbox.business_central.client import Client, guid

PLACES = [{"code": "3011", "city": "Bern", "county": "BE", "countryRegionCode": "CH"}]


async def places(bc: Client) -> None:
    await bc.seed(countriesRegions=[{"code": "CH", "displayName": "Switzerland"}], postCodes=PLACES)


@pytest.mark.fidelity("bc-e-post-code")
@pytest.mark.parametrize("entity_set", ["customers", "contacts"])
async def test_a_known_post_code_brings_city_county_and_country(bc: Client, entity_set: str) -> None:
    await places(bc)
    row = await bc.create(entity_set, displayName="x", city="Berne", postalCode="3011")
    assert (row["city"], row["state"], row["country"]) == ("Bern", "BE", "CH")
    assert (await bc.create(entity_set, displayName="y", city="bern"))["postalCode"] == "3011"
    assert (await bc.create(entity_set, displayName="z", city="Thun", postalCode="3600"))["city"] == "Thun"


@pytest.mark.fidelity("bc-e-names")
@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Monique Peters", ("Monique", "", "Peters")),
        ("Cher", ("Cher", "", "")),
        ("Ana Maria de Souza", ("Ana Maria", "de", "Souza")),
    ],
)
async def test_a_persons_name_is_split(bc: Client, name: str, parts: tuple[str, str, str]) -> None:
    row = await bc.create("ext:contacts", type="Person", displayName=name)
    assert (row["firstName"], row["middleName"], row["surname"]) == parts
    assert row["searchName"] == name.upper()


@pytest.mark.fidelity("bc-e-names", "bc-e-search-name")
async def test_name_and_parts_follow_each_other(bc: Client) -> None:
    row = await bc.create("ext:contacts", type="Person", firstName="Ana", surname="Souza")
    assert row["displayName"] == "Ana Souza"
    row = await bc.change(f"ext:contacts({row['id']})", surname="Lima")
    assert (row["displayName"], row["searchName"]) == ("Ana Lima", "ANA LIMA")
    row = await bc.change(f"ext:contacts({row['id']})", searchName="mine")
    assert (await bc.change(f"contacts({row['id']})", displayName="Ana Braga"))["searchName"] == "MINE"


@pytest.mark.fidelity("bc-e-phone", "bc-5-field")
@pytest.mark.parametrize("entity_set", ["customers", "contacts"])
async def test_phone_numbers_hold_no_letters(bc: Client, entity_set: str) -> None:
    wrong = {"displayName": "x", "phoneNumber": "555 ext 4"}
    assert await bc.refused("POST", entity_set, wrong) == (400, "Application_FieldValidationException")
    assert (await bc.create(entity_set, displayName="x", phoneNumber="+41 (31) 555-01"))["phoneNumber"] == "+41 (31) 555-01"


@pytest.mark.fidelity("bc-e-email", "bc-5-dialog")
@pytest.mark.parametrize("address", ["nobody", "a@", "@b.com", "a b@c.com", "a@b..com"])
async def test_broken_addresses_are_refused(bc: Client, address: str) -> None:
    assert await bc.refused("POST", "contacts", {"displayName": "x", "email": address}) == (400, "Application_DialogException")


@pytest.mark.fidelity("bc-e-numbers")
async def test_numbers_come_from_a_series_unless_given(bc: Client) -> None:
    assert [(await bc.create("customers", displayName="x"))["number"] for _ in range(2)] == ["C00010", "C00020"]
    assert (await bc.create("customers", displayName="x", number="mine"))["number"] == "MINE"
    await bc.switch(manualNumbers=False)
    assert await bc.refused("POST", "customers", {"displayName": "x", "number": "z"}) == (400, "Application_DialogException")


@pytest.mark.fidelity("bc-e-templates")
async def test_templates_fill_what_was_left_blank(bc: Client) -> None:
    assert (await bc.create("ext:customers", displayName="x"))["customerPostingGroup"] == ""
    await bc.seed({"templates": {"Customer": {"Customer Posting Group": "DOMESTIC"}}})
    assert (await bc.create("ext:customers", displayName="x"))["customerPostingGroup"] == "DOMESTIC"
    await bc.seed({"templates": {"Contact": {"Country/Region Code": "US"}}})
    assert (await bc.create("contacts", displayName="x"))["country"] == "US"


@pytest.mark.fidelity("bc-e-company-contact")
async def test_each_customer_has_a_company_contact_that_follows_it(bc: Client) -> None:
    customer = await bc.create("ext:customers", displayName="Adatum", city="Bern")
    (relation,) = await bc.rows("ext:contactBusinessRelations")
    assert (relation["linkToTable"], relation["number"]) == ("Customer", customer["number"])
    (contact,) = await bc.rows("contacts")
    assert (contact["number"], contact["displayName"], contact["type"]) == (relation["contactNumber"], "Adatum", "Company")
    assert contact["contactBusinessRelation"] == "Customer"
    await bc.change(f"customers({customer['id']})", displayName="Adatum AG")
    assert (await bc.one(f"contacts({contact['id']})"))["displayName"] == "Adatum AG"
    await bc.change(f"contacts({contact['id']})", city="Thun")
    assert (await bc.one(f"customers({customer['id']})"))["city"] == "Thun"


@pytest.mark.fidelity("bc-e-persons")
async def test_persons_belong_to_companies_and_take_their_name(bc: Client) -> None:
    await bc.create("customers", displayName="Adatum")
    (company,) = await bc.rows("contacts")
    person = await bc.create("contacts", type="Person", displayName="Ana Lima", companyNumber=company["number"])
    assert (person["companyName"], person["contactBusinessRelation"]) == ("Adatum", "Customer")
    await bc.change(f"contacts({company['id']})", displayName="Adatum AG")
    assert (await bc.one(f"contacts({person['id']})"))["companyName"] == "Adatum AG"
    wrong = {"type": "Person", "displayName": "x", "companyNumber": person["number"]}
    assert await bc.refused("POST", "contacts", wrong) == (400, "Application_FieldValidationException")
    wrong["companyNumber"] = "NONE"
    assert await bc.refused("POST", "contacts", wrong) == (400, "Internal_InvalidTableRelation")


@pytest.mark.fidelity("bc-e-customer-contacts")
async def test_customer_contacts_are_persons_of_customers(bc: Client) -> None:
    customer = await bc.create("customers", displayName="Adatum")
    other = await bc.create("customers", displayName="Trey")
    company = (await bc.rows("contacts?$filter=displayName eq 'Adatum'"))[0]
    await bc.create("contacts", type="Person", displayName="Nobody Else")
    await bc.create("contacts", type="Person", displayName="Ana Lima", companyNumber=company["number"])
    (row,) = await bc.rows("customerContacts")
    assert (row["firstName"], row["lastName"], row["customerId"], row["customerName"]) == ("Ana", "Lima", customer["id"], "Adatum")
    assert (await bc.change(f"customerContacts({row['id']})", customerId=other["id"]))["customerName"] == "Trey"
    assert await bc.refused("POST", "customerContacts", {}) == (405, "BadRequest_MethodNotAllowed")


@pytest.mark.fidelity("bc-e-primary-contact")
async def test_the_primary_contact_must_belong_to_the_customer(bc: Client) -> None:
    customer = await bc.create("ext:customers", displayName="Adatum")
    (company,) = await bc.rows("contacts")
    person = await bc.create("contacts", type="Person", displayName="Ana Lima", companyNumber=company["number"])
    stranger = await bc.create("contacts", type="Person", displayName="Some Body")
    wrong = ("PATCH", f"ext:customers({customer['id']})", {"primaryContactNumber": stranger["number"]})
    assert await bc.refused(*wrong, if_match="*") == (400, "Application_DialogException")
    assert (await bc.change(f"ext:customers({customer['id']})", primaryContactNumber=person["number"]))["contact"] == "Ana Lima"


@pytest.mark.fidelity("bc-e-rename")
async def test_a_new_number_renames_the_row_and_who_names_it(bc: Client) -> None:
    await bc.seed(paymentTerms=[{"id": guid(1), "code": "14D"}])
    row = await bc.create("customers", displayName="x", paymentTermsId=guid(1))
    await bc.change(f"paymentTerms({guid(1)})", code="14 DAYS")
    renamed = await bc.change(f"customers({row['id']})", number="NEW")
    assert (renamed["id"], renamed["number"], renamed["paymentTermsId"]) == (row["id"], "NEW", guid(1))
    assert (await bc.rows("ext:contactBusinessRelations"))[0]["number"] == "NEW"


@pytest.mark.fidelity("bc-e-items", "bc-e-inventory")
async def test_items_have_a_base_unit_and_stock_of_their_own(bc: Client) -> None:
    await bc.seed(unitsOfMeasure=[{"id": guid(1), "code": "PCS"}, {"code": "BOX"}])
    item = await bc.create(
        "ext:items", number="A", displayName="Bolt", baseUnitOfMeasureId=guid(1), generalProductPostingGroupCode="RETAIL"
    )
    assert (item["baseUnitOfMeasureCode"], item["salesUnitOfMeasure"], item["inventoryPostingGroupCode"]) == ("PCS", "PCS", "")
    assert [row["code"] for row in await bc.rows("ext:itemUnitsOfMeasure")] == ["PCS"]
    wrong = ("PATCH", f"ext:items({item['id']})", {"salesUnitOfMeasure": "BOX"})
    assert await bc.refused(*wrong, if_match="*") == (400, "Internal_InvalidTableRelation")
    assert await bc.refused("POST", "items", {"displayName": "x", "inventory": 5}) == (400, "Application_DialogException")
    assert (await bc.change(f"items({item['id']})", inventory=7))["inventory"] == 7
    assert (await bc.change(f"items({item['id']})", inventory=4))["inventory"] == 4
    assert [row["quantity"] for row in await bc.rows("itemLedgerEntries")] == [7, -3]


@pytest.mark.fidelity("bc-e-delete-customer")
async def test_a_customer_with_an_order_stays(bc: Client) -> None:
    row = await bc.create("customers", displayName="x")
    await bc.create("salesOrders", customerId=row["id"])
    assert await bc.refused("DELETE", f"customers({row['id']})") == (400, "Application_DialogException")


@pytest.mark.fidelity("bc-e-single-rows")
async def test_set_up_tables_have_one_row(bc: Client) -> None:
    await bc.seed({"localCurrencyCode": "CHF"})
    (setup,) = await bc.rows("generalLedgerSetup")
    assert setup["localCurrencyCode"] == "CHF"
    (information,) = await bc.rows("companyInformation")
    assert information["currencyCode"] == "CHF"
    assert (await bc.change(f"companyInformation({information['id']})", displayName="Demo"))["displayName"] == "Demo"
    assert len(await bc.rows("ext:salesReceivablesSetup")) == 1
