"""Rule E1: people belong to a customer on one side and to its account on the other."""

from __future__ import annotations

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, Row, account, contact, customer, id_of, person

pytestmark = pytest.mark.rule("E1")


def theirs(table: str, id_: str) -> Record:
    """A row of Sales that Couplet made, as the story's people speak of it."""
    return Record(Side.SALES, table, id_, {})


async def company_of(engine: Engine, row: Row) -> str:
    """The customer number of the company that a person of BC works for."""
    [relation] = await engine.bc.rows("contactBusinessRelations", contactNumber=row["companyNumber"])
    return str(relation["number"])


@pytest.mark.case("T376")
@pytest.mark.feature("F118")
async def test_a_contact_of_a_customer_gets_the_account_as_parent(engine: Engine) -> None:
    mine, ada = customer("C1"), person("P1", of="C1", name=("Ada", "Lovelace"))
    await engine.seed(mine, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    found = await engine.partner("CONTACT", ada)
    assert (found["firstname"], found["lastname"]) == ("Ada", "Lovelace")
    assert found["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", mine))["accountid"]


@pytest.mark.case("T376")
async def test_a_contact_of_an_account_gets_the_company_of_its_customer(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    await engine.sync("CUSTOMER")
    firm = theirs("accounts", (await engine.partner("CUSTOMER", mine))["accountid"])
    ada = contact("K1", of=firm, who=("Ada", "Lovelace"))
    await engine.seed(ada)
    await engine.sync("CONTACT")
    found = await engine.partner("CONTACT", ada)
    assert (found["type"], found["firstName"], found["surname"]) == ("Person", "Ada", "Lovelace")
    assert await company_of(engine, found) == "C1"


@pytest.mark.case("T374")
async def test_a_person_who_changes_company_gets_another_parent(engine: Engine) -> None:
    one, two, ada = customer("C1"), customer("C2"), person("P1", of="C1")
    await engine.seed(one, two, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.edit(ada, companyNumber="CT-C2")
    await engine.look("CONTACT")
    assert (await engine.partner("CONTACT", ada))["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", two))["accountid"]


@pytest.mark.case("T373")
async def test_a_contact_given_another_parent_changes_company(engine: Engine) -> None:
    one, two, ada = customer("C1"), customer("C2"), person("P1", of="C1")
    await engine.seed(one, two, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    found, other = await engine.partner("CONTACT", ada), await engine.partner("CUSTOMER", two)
    bind = {"parentcustomerid_account@odata.bind": f"/accounts({other['accountid']})"}
    await engine.sales.edit("contacts", found["contactid"], **bind)
    await engine.look("CONTACT")
    assert await company_of(engine, await engine.row(ada)) == "C2"


@pytest.mark.case("T383")
async def test_a_contact_whose_customer_is_not_coupled_waits_for_it(engine: Engine) -> None:
    ada = person("P1", of="C1")
    await engine.seed(customer("C1"), ada)
    line = (await engine.sync("CONTACT"))["CONTACT"]
    assert not await engine.sales.rows("contacts")
    assert line.to_sales["waiting"] == 1
    [row] = await engine.problem_rows("CONTACT")
    assert (row.code, row.released_by) == ("waiting_for_parent", f"CUSTOMER bc:{id_of('customers', 'C1')}")


async def test_a_waiting_contact_is_released_when_its_customer_is_coupled(engine: Engine) -> None:
    ada = person("P1", of="C1")
    await engine.seed(customer("C1"), ada)
    await engine.sync("CONTACT")
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CONTACT", ada))["firstname"] == "Ada"
    assert not await engine.problems()


async def test_a_contact_of_sales_whose_account_is_not_coupled_waits_for_it(engine: Engine) -> None:
    firm = account("A1")
    ada = contact("K1", of=firm)
    await engine.seed(firm, ada)
    await engine.sync("CONTACT")
    assert await engine.problems() == [("waiting_for_parent", "companyNumber")]
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CONTACT", ada))["firstName"] == "Ada"
    assert not await engine.problems()


@pytest.mark.case("T380")
async def test_a_contact_whose_parent_is_a_contact_stays_out(engine: Engine) -> None:
    firm = account("A1")
    boss = contact("K1", of=firm)
    assistant = contact("K2", of=boss)
    assistant.values["@_parentcustomerid_type"] = "contact"
    await engine.seed(firm, boss, assistant)
    await engine.sync("CUSTOMER", "CONTACT")
    assert await engine.coupling("CONTACT", boss)
    assert await engine.coupling("CONTACT", assistant) is None
    assert not await engine.problems()


@pytest.mark.case("T380")
async def test_a_contact_without_parent_stays_out(engine: Engine) -> None:
    alone = contact("K1", of=None)
    await engine.seed(alone)
    await engine.sync("CONTACT")
    assert await engine.coupling("CONTACT", alone) is None
    assert not await engine.problems()


async def test_people_who_are_privacy_blocked_stay_out(engine: Engine) -> None:
    ada = person("P1", of="C1", privacyBlocked=True)
    await engine.seed(customer("C1"), ada)
    await engine.sync("CUSTOMER", "CONTACT")
    assert await engine.coupling("CONTACT", ada) is None
    assert not await engine.sales.rows("contacts")


async def test_a_coupled_person_who_is_privacy_blocked_gives_nothing_any_more(engine: Engine) -> None:
    ada = person("P1", of="C1", phoneNumber="+49 30 1")
    await engine.seed(customer("C1"), ada)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.edit(ada, phoneNumber="+49 30 2")
    await engine.edit(ada, privacyBlocked=True)
    await engine.look("CONTACT")
    assert (await engine.partner("CONTACT", ada))["telephone1"] == "+49 30 1"


@pytest.mark.case("T377")
async def test_the_company_contact_is_nobodys_contact_in_sales(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await engine.sync("CUSTOMER", "CONTACT")
    assert not await engine.sales.rows("contacts")
    assert len(await engine.bc.rows("contacts", type="Company")) == 1


async def test_a_customer_born_in_sales_has_one_company_contact(engine: Engine) -> None:
    firm = account("A1", name="Adler")
    await engine.seed(firm, contact("K1", of=firm))
    await engine.sync("CUSTOMER", "CONTACT")
    [company] = await engine.bc.rows("contacts", type="Company")
    assert company["displayName"] == "Adler"
    assert len(await engine.sales.rows("contacts")) == 1


@pytest.mark.case("T038")
async def test_an_edit_of_the_account_arrives_at_the_company_contact_as_bc_does_it(engine: Engine) -> None:
    firm = account("A1", name="Adler")
    await engine.seed(firm)
    await engine.sync("CUSTOMER")
    await engine.edit(firm, name="Falke")
    await engine.look("CUSTOMER")
    [company] = await engine.bc.rows("contacts", type="Company")
    assert company["displayName"] == "Falke"


@pytest.mark.case("T065")
async def test_a_full_synch_of_people_and_companies_comes_to_rest(engine: Engine) -> None:
    mine, ada = customer("C1", primaryContactNumber="P1"), person("P1", of="C1", email="ada@example.com", city="Bonn")
    firm = account("A1")
    bob = contact("K1", of=firm, emailaddress1="bob@example.com")
    firm.values["_primarycontactid_value"] = bob.id
    await engine.seed(mine, ada, firm, bob)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.look("CUSTOMER", "CONTACT")
    await engine.reset_counters()
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.look("CUSTOMER", "CONTACT")
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_who_works_for_a_customer_without_company_contact_is_a_problem_that_says_so_and_never_goes_round(engine: Engine) -> None:
    await engine.bc.switch(companyContacts=False)
    firm = account("A1", name="Adler")
    await engine.seed(firm, contact("K1", of=firm))
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.bc.switch(companyContacts=True)
    assert await engine.problems() == [("no_company_contact", "companyNumber")]
    assert not await engine.bc.rows("contacts")


async def test_a_change_of_the_customer_changes_his_company_contact_and_is_no_edit_of_his_people(engine: Engine) -> None:
    mine, ada = customer("C1", city="Bonn"), person("P1", of="C1", city="Ulm")
    await engine.seed(mine, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.look("CUSTOMER", "CONTACT")
    firm = await engine.partner("CUSTOMER", mine)
    await engine.sales.edit("accounts", firm["accountid"], name="Falke", address1_city="Köln")
    await engine.look("CUSTOMER")
    [company] = await engine.bc.rows("contacts", type="Company")
    assert (company["displayName"], company["city"]) == ("Falke", "Köln")
    await engine.reset_counters()
    await engine.look("CONTACT")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert (await engine.row(ada))["city"] == "Ulm"


async def test_who_moves_to_a_company_that_is_not_coupled_waits_with_that_field_alone(engine: Engine) -> None:
    one, two, ada = customer("C1"), customer("C2", blocked="All"), person("P1", of="C1")
    await engine.seed(one, two, ada)
    await engine.sync("CUSTOMER", "CONTACT")
    await engine.edit(ada, companyNumber="CT-C2")
    await engine.edit(ada, phoneNumber="111")
    await engine.look("CONTACT")
    found = await engine.partner("CONTACT", ada)
    assert found["telephone1"] == "111"
    assert found["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", one))["accountid"]
    assert await engine.problems() == [("waiting_for_parent", "companyNumber")]
    await engine.edit(two, blocked="_x0020_")
    await engine.sync("CUSTOMER")
    assert (await engine.partner("CONTACT", ada))["_parentcustomerid_value"] == (await engine.partner("CUSTOMER", two))["accountid"]
    assert await engine.problems() == []
