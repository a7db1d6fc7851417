"""Rules B7 and B9: what the receiver makes of a value, and one bad field that holds back itself alone."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, item, person, product, salesperson, unit_group, user


async def _rest(engine: Engine, *mappings: str) -> None:
    await engine.reset_counters()
    await engine.look(*mappings)
    await engine.sync(*mappings)
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("B7")
async def test_a_city_that_business_central_finds_by_the_post_code_travels_back_once_and_rests(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, address1_postalcode="82467")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["city"] == "Garmisch-Partenkirchen"
    row = await engine.row(theirs)
    assert (row["address1_city"], row["address1_stateorprovince"], row["address1_country"]) == ("Garmisch-Partenkirchen", "Bayern", "DE")
    await _rest(engine, "CUSTOMER")
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B7")
async def test_a_post_code_completed_at_creation_stands_on_the_account_too(engine: Engine) -> None:
    theirs = account("A1", name="Adler", address1_city="Garmisch-Partenkirchen")
    await engine.seed(theirs)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", theirs))["postalCode"] == "82467"
    assert (await engine.row(theirs))["address1_postalcode"] == "82467"
    await _rest(engine, "CUSTOMER")


@pytest.mark.rule("B7")
async def test_the_name_that_comes_with_a_primary_contact_arrives_in_sales(engine: Engine) -> None:
    house, home = customer("C1"), account("A1", accountnumber="C1")
    mine = person("P1", of="C1", name=("Ada", "Byron"))
    await engine.seed(house, home, mine)
    await engine.sync("CUSTOMER", "CONTACT")
    her = (await engine.partner("CONTACT", mine))["contactid"]
    await engine.edit(home, **{"primarycontactid@odata.bind": f"/contacts({her})"})
    await engine.look("CUSTOMER")
    assert (await engine.row(house))["primaryContactNumber"] == "P1"
    assert (await engine.row(house))["contact"] == "Ada Byron"
    assert (await engine.row(home))["address1_primarycontactname"] == "Ada Byron"
    await _rest(engine, "CUSTOMER")


@pytest.mark.rule("B7")
async def test_two_systems_that_rewrite_each_other_are_stopped_with_a_problem(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    for _ in range(2):
        await engine.edit(mine, phoneNumber="222")
        await engine.look("CUSTOMER")
        await engine.edit(theirs, telephone1="111", emailaddress1="adler@example.com")
        await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("ping_pong", "phoneNumber")]
    row = await engine.row(mine)
    assert (row["phoneNumber"], row["email"]) == ("222", "adler@example.com")


@pytest.mark.rule("B7")
async def test_an_editor_who_changes_a_value_often_is_no_ping_pong(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    for number in ("222", "333", "222", "111", "333"):
        await engine.edit(mine, phoneNumber=number)
        await engine.look("CUSTOMER")
        assert (await engine.row(theirs))["telephone1"] == number


@pytest.mark.rule("B9")
async def test_a_broken_e_mail_holds_back_itself_and_nothing_else(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"email": "adler@example.com"})
    await engine.edit(theirs, emailaddress1="adler at example", telephone1="222", name="Adler")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("invalid_value", "email")]
    row = await engine.row(mine)
    assert (row["email"], row["phoneNumber"], row["displayName"]) == ("adler@example.com", "222", "Adler")


@pytest.mark.rule("B9")
async def test_a_mended_e_mail_arrives_and_the_problem_closes(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, emailaddress1="adler at example")
    await engine.look("CUSTOMER")
    await engine.edit(theirs, emailaddress1="adler@example.com")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["email"] == "adler@example.com"
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B9")
async def test_an_unknown_country_holds_back_the_address_and_nothing_else(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"city": "Bonn", "country": "DE"})
    await engine.edit(theirs, address1_country="Atlantis", address1_city="Poseidonis", telephone1="222")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("unknown_country", "address")]
    row = await engine.row(mine)
    assert (row["city"], row["country"], row["phoneNumber"]) == ("Bonn", "DE", "222")


@pytest.mark.rule("B9")
async def test_new_customers_are_made_without_the_fields_that_are_bad(engine: Engine) -> None:
    bad = account("A1", name="Adler", emailaddress1="no e-mail", address1_country="Atlantis", address1_city="Poseidonis", telephone1="222")
    good = [account(f"A{n}", name=f"Falke {n}", emailaddress1=f"f{n}@example.com") for n in range(2, 6)]
    await engine.seed(bad, *good)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", bad)
    assert (made["displayName"], made["email"], made["city"], made["phoneNumber"]) == ("Adler", "", "", "222")
    assert sorted(await engine.problems("CUSTOMER")) == [("invalid_value", "email"), ("unknown_country", "address")]
    assert len(await engine.bc.rows("customers")) == 5


@pytest.mark.rule("B9")
async def test_a_value_that_the_service_alone_refuses_holds_back_its_field_only(engine: Engine) -> None:
    """Sales takes no credit limit above a hundred trillion, and says so naming the column."""
    bad, good = customer("C1", creditLimit=200_000_000_000_000, phoneNumber="222"), customer("C2", creditLimit=100)
    await engine.seed(bad, good)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", bad)
    assert (made["creditlimit"], made["telephone1"]) == (None, "222")
    assert (await engine.partner("CUSTOMER", good))["creditlimit"] == 100
    assert [field for _, field in await engine.problems("CUSTOMER")] == ["creditLimit"]


@pytest.mark.rule("B9")
async def test_an_emptied_name_is_a_problem_of_the_name_and_other_fields_go_through(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, name=None, telephone1="222")
    await engine.look("CUSTOMER")
    row = await engine.row(mine)
    assert (row["displayName"], row["phoneNumber"]) == ("Company C1", "222")
    assert [field for _, field in await engine.problems("CUSTOMER")] == ["displayName"]


@pytest.mark.rule("B9")
async def test_an_account_without_name_is_a_problem_and_the_others_are_made(engine: Engine) -> None:
    await engine.seed(account("A1", name=None), account("A2", name="Falke"))
    await engine.sync("CUSTOMER")
    assert [row["displayName"] for row in await engine.bc.rows("customers")] == ["Falke"]
    assert len(await engine.problems("CUSTOMER")) == 1


@pytest.mark.rule("B9")
async def test_a_phone_number_with_letters_holds_back_itself(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, telephone1="call Ada", fax="333")
    await engine.look("CUSTOMER")
    row = await engine.row(mine)
    assert (row["phoneNumber"], row["faxNumber"]) == ("", "333")
    assert await engine.problems("CUSTOMER") == [("invalid_value", "phoneNumber")]


@pytest.mark.rule("B9")
async def test_a_bad_e_mail_of_a_user_leaves_the_rest_of_the_salesperson_in_step(engine: Engine) -> None:
    mine, theirs = salesperson("CL", "Claire"), user("CL", "Claire Laurent", mobilephone="222")
    await engine.seed(mine, theirs)
    await engine.sync("SALESPEOPLE")
    await engine.edit(theirs, internalemailaddress="claire at home", mobilephone="333")
    await engine.look("SALESPEOPLE")
    row = await engine.row(mine)
    assert (row["email"], row["phoneNo"]) == ("cl@example.com", "333")
    assert await engine.problems("SALESPEOPLE") == [("invalid_value", "email")]


@pytest.mark.rule("B9")
async def test_a_contact_in_sales_without_last_name_does_not_stop_the_others(engine: Engine) -> None:
    house, home = customer("C1"), account("A1", accountnumber="C1")
    await engine.seed(house, home, contact("K1", of=home, who=("", "")), contact("K2", of=home, who=("Ada", "Byron")))
    await engine.sync("CUSTOMER", "CONTACT")
    people = [row["displayName"] for row in await engine.bc.rows("contacts") if row["type"] == "Person"]
    assert people == ["Ada Byron"]
    assert len(await engine.problems("CONTACT")) == 1


@pytest.mark.rule("B9")
async def test_a_product_whose_unit_group_is_not_coupled_does_not_stop_the_others(engine: Engine) -> None:
    stranger = product("P-1", _defaultuomscheduleid_value="11111111-1111-1111-1111-111111111111")
    known: Record = product("P-2")
    await engine.seed(stranger, known, item("I-9"), *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    assert {row["number"] for row in await engine.bc.rows("items")} >= {"I-9"}
    assert (await engine.partner("ITEM-PRODUCT", known))["displayName"] == "Item P-2"
    assert [code for code, _ in await engine.problems("ITEM-PRODUCT")] == ["waiting_for_parent"]
