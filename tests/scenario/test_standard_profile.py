"""Business Central without Couplet's extension: what works, and what is named as missing (rules E1, A1)."""

from __future__ import annotations

import asyncio
import re

import pytest

from sandbox.company.generate import generate
from sandbox.company.loading import load_both
from sandbox.running import Sandbox
from sync.triggers.answers import BadRequest, mapping_of
from tests.scenario.engine import Engine, engine_on
from tests.scenario.settled import nothing_more_to_do
from tests.scenario.world import account, contact, customer, item, person, sales_opportunity, supplier, vendor


async def test_what_needs_the_extension_is_left_out_and_named(standard: Engine, caplog: pytest.LogCaptureFixture) -> None:
    missing = {(one.mapping, one.field) for one in standard.ctx.unavailable}
    assert missing >= {("SHIPPING AGENT", None), ("CUSTOMER", "shippingAgentCode"), ("CUSTOMER", "faxNumber"), ("CONTACT", "pager")}
    assert "SHIPPING AGENT" not in standard.ctx.mappings
    assert "SHIPPING AGENT" not in standard.ctx.mappings["CUSTOMER"].needs
    told = {name: text for record in caplog.get_records("setup") for name, text in _unavailable(record.getMessage())}
    assert told["SHIPPING AGENT"] == "the whole mapping (API v2.0 does not serve the table shippingAgents)"
    assert "shippingAgentCode (its mapping SHIPPING AGENT is unavailable)" in told["CUSTOMER"]
    assert told.keys() == {one.mapping for one in standard.ctx.unavailable}


def _unavailable(message: str) -> list[tuple[str, str]]:
    """The mapping that a line of the log tells of, and what it says of it."""
    found = re.fullmatch(r"Demo Company: of (.+?) is unavailable: (.+)", message)
    return [(found[1], found[2])] if found else []


async def test_who_asks_for_a_mapping_that_is_unavailable_is_told_why(standard: Engine) -> None:
    with pytest.raises(BadRequest, match=r"SHIPPING AGENT is unavailable: API v2\.0 does not serve the table shippingAgents") as refused:
        mapping_of(standard.ctx, "shipping agent")
    assert "extension" in refused.value.more["remedy"]


async def test_with_the_extension_nothing_is_missing(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True) as extended:
        assert extended.ctx.unavailable == []
        assert "SHIPPING AGENT" in extended.ctx.mappings


async def test_a_full_synch_of_a_small_company_ends_clean(standard: Engine) -> None:
    house = customer("C1", currency="USD", terms="NET 30", shipment="FOB", salespersonCode="AB", city="Bonn", country="DE", creditLimit=100)
    her, screw, born = person("P1", of="C1", email="ada@example.com"), item("I-1"), account("A2", name="Eagle")
    await standard.seed(house, her, screw, born, contact("K2", of=born, who=("Bo", "Berg")))
    lines = await standard.sync()
    assert {line.status for line in lines.values()} == {"success"}
    assert await standard.problems() == []
    made = await standard.partner("CUSTOMER", house)
    assert (made["name"], made["accountnumber"], made["address1_city"], made["creditlimit"]) == ("Company C1", "C1", "Bonn", 110)
    assert (await standard.partner("CONTACT", her))["fullname"] == "Ada P1"
    assert (await standard.partner("ITEM-PRODUCT", screw))["productnumber"] == "I-1"
    assert (await standard.partner("CUSTOMER", born))["displayName"] == "Eagle"
    await nothing_more_to_do(standard)


@pytest.mark.rule("E1")
async def test_a_person_s_company_becomes_the_parent_account_and_back(standard: Engine) -> None:
    house, other, her = customer("C1"), customer("C2"), person("P1", of="C1")
    await standard.seed(house, other, her)
    await standard.sync()
    accounts = [(await standard.partner("CUSTOMER", each))["accountid"] for each in (house, other)]
    made = await standard.partner("CONTACT", her)
    assert made["_parentcustomerid_value"] == accounts[0]
    await standard.sales.edit("contacts", made["contactid"], **{"parentcustomerid_account@odata.bind": f"/accounts({accounts[1]})"})
    await standard.look("CONTACT")
    assert (await standard.row(her))["companyNumber"] == "CT-C2"
    await standard.edit(her, companyNumber="CT-C1")
    await standard.look("CONTACT")
    assert (await standard.partner("CONTACT", her))["_parentcustomerid_value"] == accounts[0]
    await nothing_more_to_do(standard)


@pytest.mark.rule("E1")
async def test_a_contact_becomes_a_person_of_the_customer_that_its_account_is(standard: Engine) -> None:
    house, with_people = customer("C1"), customer("C2")
    accounts = [account("A1", accountnumber="C1", name="Company C1"), account("A2", accountnumber="C2", name="Company C2")]
    people = [contact("K1", of=accounts[0], who=("Bo", "Berg")), contact("K2", of=accounts[1], who=("Cy", "Dahl"))]
    await standard.seed(house, with_people, person("P1", of="C2"), *accounts, *people)
    await standard.sync()
    made = [await standard.partner("CONTACT", each) for each in people]
    assert [row["companyNumber"] for row in made] == ["CT-C1", "CT-C2"]
    assert [(row["type"], row["displayName"]) for row in made] == [("Person", "Bo Berg"), ("Person", "Cy Dahl")]
    await nothing_more_to_do(standard)


@pytest.mark.rule("E1")
async def test_a_person_of_a_company_that_is_no_customer_is_outside(standard: Engine) -> None:
    stranger = person("P1", of="C1", companyNumber="CT-NOBODY")
    await standard.seed(customer("C1"), stranger)
    await standard.sync()
    assert await standard.sales.rows("contacts") == []
    assert await standard.problems() == []


@pytest.mark.rule("E1")
async def test_a_full_name_is_one_field_whose_last_word_is_the_last_name(standard: Engine) -> None:
    her = person("P1", of="C1", name=("Ada", "Lovelace"))
    await standard.seed(customer("C1"), her)
    await standard.sync()
    await standard.edit(her, displayName="Ada King Byron")
    await standard.look("CONTACT")
    made = await standard.partner("CONTACT", her)
    assert (made["firstname"], made["lastname"]) == ("Ada King", "Byron")
    await standard.sales.edit("contacts", made["contactid"], firstname="Augusta", lastname="King")
    await standard.look("CONTACT")
    assert (await standard.row(her))["displayName"] == "Augusta King"
    await nothing_more_to_do(standard)


@pytest.mark.rule("A1")
async def test_customers_and_their_people_are_matched_without_the_extension_too(standard: Engine) -> None:
    mine, theirs = customer("C1", phoneNumber="+49 40 123456"), account("A1", name="Other", telephone1="0049 40 123456")
    human, card = person("P1", of="C1", email="ada@example.com"), contact("K1", of=theirs, emailaddress1="ADA@example.com")
    await standard.seed(mine, theirs, human, card)
    for name, criteria in (("CUSTOMER", [{"field": "phoneNumber"}]), ("CONTACT", None)):
        await standard.api.post(f"couplings/{name}/match", {"criteria": criteria} if criteria else {})
        await standard.drain()
    assert [(each.bc_id, each.sales_id) for each in await standard.couplings("CUSTOMER")] == [(mine.id, theirs.id)]
    assert [(each.bc_id, each.sales_id) for each in await standard.couplings("CONTACT")] == [(human.id, card.id)]


@pytest.mark.rule("A2", "B6")
async def test_a_dry_run_foresees_customers_and_their_contacts_whose_ids_business_central_will_give(standard: Engine) -> None:
    falke = account("A1", name="Falke")
    await standard.seed(falke, contact("S1", of=falke, firstname="Ina", lastname="Falk", fullname="Ina Falk"))
    await standard.reset_counters()
    dry = (await standard.api.post("full-sync", {"dryRun": True, "createNew": "both"})).json["id"]
    await standard.drain()
    assert await standard.written() == {"bc": 0, "sales": 0}
    lines = {line["mapping"]: line for line in (await standard.api.get(f"full-sync/{dry}")).json["lines"]}
    assert {name: lines[name]["fromSales"].get("inserted") for name in ("CUSTOMER", "CONTACT")} == {"CUSTOMER": 1, "CONTACT": 1}
    assert lines["CUSTOMER"]["toSales"]["modified"] == 1, "the number travels back"


@pytest.mark.rule("E4")
async def test_an_opportunity_of_an_account_alone_is_a_problem_that_says_what_would_be_needed(standard: Engine) -> None:
    buyer = account("A1", accountnumber="C1", name="Company C1")
    await standard.seed(customer("C1"), buyer, sales_opportunity("K1", account=buyer))
    await standard.sync()
    [problem] = await standard.problem_rows("OPPORTUNITY")
    assert problem.code == "no_contact"
    assert "without the Couplet extension its account shows none" in problem.message


@pytest.mark.timeout(120)
async def test_the_demo_company_ends_clean_with_what_is_unavailable_named(sandbox_processes: Sandbox, standard: Engine) -> None:
    """What is coupled is what the company's generator expected, as far as API v2.0 shows it; nothing fails for want of the extension."""
    company = generate(0.05)
    await standard.forget_everything()
    await asyncio.gather(standard.bc.reset(), standard.sales.reset())
    await standard.bc.switch(profile="standard")
    await load_both(company, sandbox_processes.business_central, sandbox_processes.sales)
    lines = await standard.sync()
    expected = company.expected["mappings"]
    assert lines.keys() == {name for name, mapping in standard.ctx.mappings.items() if mapping.enabled}
    assert {line.status for line in lines.values()} <= {"success", "error"}, "an error is a record in trouble; nothing else ended a line"
    for name in ("SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "UNIT OF MEASURE", "CUSTOMER", "ITEM-PRODUCT"):
        wanted = sum(len(expected[name][each]) for each in ("pairs", "createdInSales", "createdInBc"))
        # Which item is the write-in product is in a table that API v2.0 does not serve.
        assert len(await standard.couplings(name)) == wanted + (name == "ITEM-PRODUCT"), name
        known = {each["code"] for each in expected[name]["problems"]}
        assert {code for code, _ in await standard.problems(name)} <= known, name
    assert "not_on_this_profile" not in {code for code, _ in await standard.problems()}
    assert ("ITEM-PRODUCT", "write-in product") in {(one.mapping, one.field) for one in standard.ctx.unavailable}
    assert {one.mapping for one in standard.ctx.unavailable if one.field is None} >= {"SHIPPING AGENT", "RESOURCE-PRODUCT"}
    await standard.reset_counters()
    await standard.sync()
    assert await standard.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("E1")
@pytest.mark.feature("F117")
async def test_contacts_of_vendors_come_from_sales_and_new_people_of_vendors_are_left_out(standard: Engine) -> None:
    await standard.switch("VENDOR", enabled=True)
    firm = supplier("A1", name="Falke")
    ada, bob = contact("K1", of=firm, who=("Ada", "Falk")), person("P1", of="V1", contactBusinessRelation="Vendor")
    await standard.seed(firm, ada, vendor("V1"), bob)
    await standard.sync("VENDOR", "CONTACT")
    found = await standard.partner("CONTACT", ada)
    assert (found["displayName"], found["companyName"]) == ("Ada Falk", "Falke")
    assert await standard.coupling("CONTACT", bob) is None
    assert await standard.problems() == []
