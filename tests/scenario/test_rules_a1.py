"""Rule A1: look for the partner before creating one."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import account, contact, customer, item, person, product, salesperson, unit_group, user

pytestmark = pytest.mark.rule("A1")


async def test_a_customer_with_the_same_number_is_coupled_not_created(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Adler"), account("A1", name="Eagle", accountnumber="C1")
    await engine.seed(mine, theirs)
    lines = await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id
    assert len(await engine.sales.rows("accounts")) == 1
    assert lines["CUSTOMER"].to_sales["coupled"] == 1


async def test_a_number_is_found_whatever_its_case_and_the_blanks_behind_it(engine: Engine) -> None:
    mine, theirs = customer("KND-A", displayName="Adler"), account("A1", name="Eagle", accountnumber="knd-a  ")
    await engine.seed(mine, theirs)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id


async def test_the_number_goes_before_name_and_post_code(engine: Engine) -> None:
    mine = customer("C1", displayName="Adler", postalCode="80331", city="München")
    by_name = account("A1", name="Adler", address1_postalcode="80331", address1_city="München")
    by_number = account("A2", name="Eagle", accountnumber="C1")
    await engine.seed(mine, by_name, by_number)
    await engine.sync("CUSTOMER", create="none")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == by_number.id


async def test_without_number_the_same_name_and_post_code_couple(engine: Engine) -> None:
    mine = customer("C1", displayName="Adler", postalCode="80331", city="München")
    theirs = account("A1", name="ADLER", address1_postalcode="80331", address1_city="München")
    await engine.seed(mine, theirs, account("A2", name="Adler", address1_postalcode="20095", address1_city="Hamburg"))
    await engine.sync("CUSTOMER", create="none")
    assert (await engine.partner("CUSTOMER", mine))["accountid"] == theirs.id


async def test_the_same_name_alone_couples_nothing(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Adler"), account("A1", name="Adler")
    await engine.seed(mine, theirs)
    await engine.sync("CUSTOMER", create="none")
    assert await engine.coupling("CUSTOMER", mine) is None
    assert await engine.problems() == []


async def test_two_accounts_with_the_number_of_one_customer_are_a_problem_that_names_both(engine: Engine) -> None:
    mine = customer("C1")
    rivals = [account("A1", accountnumber="C1"), account("A2", accountnumber="c1")]
    await engine.seed(mine, *rivals)
    await engine.sync("CUSTOMER")
    found = {row.key: row for row in await engine.problem_rows("CUSTOMER")}[f"bc:{mine.id}"]
    assert found.code == "ambiguous_match"
    assert all(rival.id in found.message for rival in rivals)
    assert len(await engine.sales.rows("accounts")) == 2
    assert len(await engine.bc.rows("customers")) == 1


async def test_two_customers_that_one_account_may_be_are_a_problem_and_nothing_is_created(engine: Engine) -> None:
    twins = [customer(number, displayName="Adler", postalCode="80331", city="München") for number in ("C1", "C2")]
    theirs = account("A1", name="Adler", address1_postalcode="80331", address1_city="München")
    await engine.seed(*twins, theirs)
    await engine.sync("CUSTOMER")
    assert await engine.couplings("CUSTOMER") == []
    assert {code for code, _ in await engine.problems("CUSTOMER")} == {"ambiguous_match"}
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (2, 1)


async def test_a_coupled_account_is_no_candidate_any_more(engine: Engine) -> None:
    first = customer("C1", displayName="Adler", postalCode="80331", city="München")
    theirs = account("A1", name="Adler", accountnumber="C1", address1_postalcode="80331", address1_city="München")
    await engine.seed(first, theirs)
    await engine.sync("CUSTOMER")
    second = customer("C2", displayName="Adler", postalCode="80331", city="München")
    await engine.seed(second)
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CUSTOMER", first))["accountid"] == theirs.id
    assert (await engine.partner("CUSTOMER", second))["accountid"] != theirs.id


async def test_a_customer_with_no_candidate_is_created(engine: Engine) -> None:
    mine = customer("C1", displayName="Adler", city="Bonn")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    made = await engine.partner("CUSTOMER", mine)
    assert (made["name"], made["accountnumber"], made["address1_city"], made["customertypecode"]) == ("Adler", "C1", "Bonn", 3)


async def test_people_are_found_by_e_mail_within_their_own_company_only(engine: Engine) -> None:
    house, other = customer("C1"), customer("C2")
    accounts = [account("A1", accountnumber="C1"), account("A2", accountnumber="C2")]
    mine = person("P1", of="C1", email="ada@example.com")
    hers, elsewhere = (contact(key, of=of, emailaddress1="Ada@Example.com") for key, of in zip(("K1", "K2"), accounts, strict=True))
    await engine.seed(house, other, *accounts, mine, hers, elsewhere)
    await engine.sync("CUSTOMER", "CONTACT", create="none")
    assert (await engine.partner("CONTACT", mine))["contactid"] == hers.id
    assert await engine.coupling("CONTACT", elsewhere) is None


async def test_salespeople_are_found_by_e_mail_and_users_who_may_not_sign_in_are_not(engine: Engine) -> None:
    mine = salesperson("CL", "Claire Laurent", email="Claire@Example.com")
    left, here = user("old", "Claire L.", internalemailaddress="claire@example.com", isdisabled=True), user("claire", "Claire Laurent")
    await engine.seed(mine, left, here)
    await engine.sync("SALESPEOPLE")
    assert (await engine.partner("SALESPEOPLE", mine))["systemuserid"] == here.id


async def test_an_item_is_found_by_its_product_number(engine: Engine) -> None:
    mine, theirs = item("I-1"), product("i-1", name="Something else")
    await engine.seed(mine, theirs, *unit_group())
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT")
    assert (await engine.partner("ITEM-PRODUCT", mine))["productid"] == theirs.id


async def test_a_currency_is_found_by_its_iso_code_and_a_unit_by_the_name_of_its_group(engine: Engine) -> None:
    group, unit = unit_group()
    await engine.seed(group, unit)
    await engine.sync("CURRENCY", "UNIT OF MEASURE", create="none")
    assert [each.sales_id for each in await engine.couplings("UNIT OF MEASURE")] == [group.id]
    isos = {row["transactioncurrencyid"]: row["isocurrencycode"] for row in await engine.sales.rows("transactioncurrencies")}
    assert [isos[each.sales_id] for each in await engine.couplings("CURRENCY")] == ["USD"]


async def test_payment_terms_are_found_by_the_label_of_an_option(engine: Engine) -> None:
    await engine.sync("PAYMENT TERMS", create="none")
    terms = {row["id"]: row["code"] for row in await engine.bc.rows("paymentTerms")}
    assert {terms[each.bc_id]: each.sales_id for each in await engine.couplings("PAYMENT TERMS")} == {"NET 30": "1"}
