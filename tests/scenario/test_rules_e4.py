"""Rule E4: estimates, contacts and owners of BC's opportunities are seen in Sales; one born there needs a contact and a salesperson."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.running import Sandbox
from sync.heart.coupling import Life
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import (
    Record,
    account,
    company_contact,
    contact,
    customer,
    opportunity,
    person,
    sales_currency,
    sales_opportunity,
    salesperson,
    user,
)

pytestmark = pytest.mark.rule("E4")

MAPPINGS = ("SALESPEOPLE", "CURRENCY", "CUSTOMER", "CONTACT")
ANJA, BO = user("AB", "Anja Becker"), user("BO", "Bo Olsen")
EUR, USD = sales_currency("EUR"), sales_currency("USD")


async def begun(engine: Engine, *records: Record) -> tuple[Record, Record]:
    """Customer C1 with its person P1, in step with their account and contact; further records are there, too."""
    mine, ada = customer("C1"), person("P1", of="C1")
    await engine.seed(mine, ada, *records)
    await engine.sync(*MAPPINGS)
    return mine, ada


async def in_step(engine: Engine, mine: Record) -> Record:
    """The opportunity of Sales that one of BC was made into."""
    await engine.sync("OPPORTUNITY")
    row = await engine.partner("OPPORTUNITY", mine)
    return Record(Side.SALES, "opportunities", row["opportunityid"], row)


@pytest.mark.case("T662")
@pytest.mark.feature("F146")
async def test_an_open_opportunity_is_made_in_sales_with_all_that_bc_knows(engine: Engine) -> None:
    mine = opportunity("OP1", contact="P1", description="Neue Küche", salespersonCode="BO")
    sold, ada = await begun(engine, mine)
    theirs = (await in_step(engine, mine)).values
    seller, person_of_sales = await engine.partner("CUSTOMER", sold), await engine.partner("CONTACT", ada)
    assert (theirs["name"], theirs["_ownerid_value"]) == ("Neue Küche", BO.id)
    assert (theirs["_parentaccountid_value"], theirs["_parentcontactid_value"]) == (seller["accountid"], person_of_sales["contactid"])
    assert theirs["_customerid_value"] == seller["accountid"]
    assert (theirs["estimatedvalue"], theirs["isrevenuesystemcalculated"], theirs["estimatedclosedate"]) == (1000, False, "2026-06-30")
    assert theirs["_transactioncurrencyid_value"] == EUR
    assert await engine.problems() == []


@pytest.mark.case("T142")
async def test_an_opportunity_that_is_there_gets_name_owner_and_parent_contact(engine: Engine) -> None:
    mine, theirs = opportunity("OP1", contact="P1", description="Neue Küche", salespersonCode="BO"), sales_opportunity("K1", name="Küche")
    _, ada = await begun(engine, mine, theirs)
    answer = await engine.api.post("couplings/OPPORTUNITY", {"bcId": mine.id, "salesId": theirs.id})
    assert answer.status == 200, answer.json
    now = await engine.row(theirs)
    assert (now["name"], now["_ownerid_value"]) == ("Neue Küche", BO.id)
    assert now["_parentcontactid_value"] == (await engine.partner("CONTACT", ada))["contactid"]


@pytest.mark.rule("A1")
async def test_one_of_the_same_name_for_the_same_customer_couples(engine: Engine) -> None:
    mine = opportunity("OP1", contact="P1", description="Neue Küche")
    sold, _ = await begun(engine, mine)
    of = Record(Side.SALES, "accounts", (await engine.partner("CUSTOMER", sold))["accountid"], {})
    theirs, other = sales_opportunity("K1", account=of, name="neue küche"), sales_opportunity("K2", name="Neue Küche")
    await engine.seed(theirs, other)
    await engine.sync("OPPORTUNITY", create="none")
    assert (await engine.partner("OPPORTUNITY", mine))["opportunityid"] == theirs.id
    assert await engine.coupling("OPPORTUNITY", other) is None


async def test_its_name_travels_both_ways_and_all_else_to_sales_only(engine: Engine) -> None:
    mine = opportunity("OP1", contact="P1")
    await begun(engine, mine)
    theirs = await in_step(engine, mine)
    await engine.edit(theirs, name="Von Sales")
    await engine.look("OPPORTUNITY")
    assert (await engine.row(mine))["description"] == "Von Sales"
    await engine.edit(mine, description="Von BC")
    await engine.edit(theirs, estimatedvalue=5)
    await engine.look("OPPORTUNITY")
    now = await engine.row(theirs)
    assert (now["name"], now["estimatedvalue"]) == ("Von BC", 1000)


@pytest.mark.rule("F1")
async def test_a_new_estimate_makes_the_opportunity_due(engine: Engine) -> None:
    mine = opportunity("OP1", contact="P1")
    await begun(engine, mine)
    theirs = await in_step(engine, mine)
    await engine.look("OPPORTUNITY")
    await engine.edit(mine, estimatedValue=2500)
    await engine.edit(mine, estimatedClosingDate="2026-09-01")
    await engine.look("OPPORTUNITY")
    now = await engine.row(theirs)
    assert (now["estimatedvalue"], now["estimatedclosedate"]) == (2500, "2026-09-01")


async def test_a_value_that_sales_works_out_from_products_becomes_bcs_again_when_bc_changes(engine: Engine) -> None:
    mine = opportunity("OP1", contact="P1")
    await begun(engine, mine)
    theirs = await in_step(engine, mine)
    await engine.edit(theirs, isrevenuesystemcalculated=True)
    await engine.edit(mine, estimatedValue=1200)
    await engine.look("OPPORTUNITY")
    now = await engine.row(theirs)
    assert (now["estimatedvalue"], now["isrevenuesystemcalculated"]) == (1200, False)


@pytest.mark.rule("C1")
async def test_won_lost_or_closed_on_either_side_it_gives_and_gets_nothing(engine: Engine) -> None:
    one, two = opportunity("OP1", contact="P1"), opportunity("OP2", contact="P1")
    await begun(engine, one, two)
    first, second = await in_step(engine, one), await in_step(engine, two)
    await engine.sales.hand("win", set="opportunities", id=first.id)
    await engine.edit(one, description="Zu spät")
    await engine.bc.hand("closeOpportunity", id=two.id, status="Lost")
    await engine.edit(second, name="Auch zu spät")
    await engine.look("OPPORTUNITY")
    assert ((await engine.row(first))["name"], (await engine.row(first))["statecode"]) == ("Opportunity OP1", 1)
    assert ((await engine.row(two))["description"], (await engine.row(second))["statecode"]) == ("Opportunity OP2", 0)
    assert await engine.problems() == []
    assert len(await engine.couplings("OPPORTUNITY")) == 2


@pytest.mark.case("T467")
async def test_only_open_opportunities_of_customers_are_offered(engine: Engine) -> None:
    prospect = person("P9", of="C9")
    house = company_contact("C9")[0]
    wanted = opportunity("OP1", contact="P1", description="Küche groß")
    outside = [
        opportunity("OP2", contact="P1", description="Küche verloren", status="Lost", closed=True),
        opportunity("OP3", contact="P9", of="C9", description="Küche für Interessenten"),
    ]
    theirs = sales_opportunity("K1")
    await begun(engine, house, prospect, wanted, theirs, *outside)
    answer = await engine.api.post("couplings/OPPORTUNITY", {"salesId": theirs.id, "name": "Küche", "dryRun": True})
    assert answer.json["bcId"] == wanted.id
    await engine.delete(theirs)
    await engine.sync("OPPORTUNITY")
    assert [each.bc_id for each in await engine.couplings("OPPORTUNITY")] == [wanted.id]
    assert await engine.problems() == []


@pytest.mark.rule("F1")
async def test_the_opportunity_of_a_prospect_who_becomes_a_customer_is_due(engine: Engine) -> None:
    house, relation = company_contact("C9")
    mine = opportunity("OP1", contact="CT-C9", of="C9")
    await begun(engine, customer("C9", displayName="Later"), mine)
    await engine.delete(relation)
    await engine.sync("OPPORTUNITY")
    engine.change("OPPORTUNITY", only_coupled=False)
    assert await engine.coupling("OPPORTUNITY", mine) is None
    await engine.bc.hand("insert", set="contactBusinessRelations", values={k: v for k, v in relation.values.items() if k != "id"})
    await engine.look("OPPORTUNITY")
    assert await engine.coupling("OPPORTUNITY", mine)
    assert house.values["number"] == "CT-C9"


async def test_the_contact_of_a_company_itself_is_its_account_and_no_person(engine: Engine) -> None:
    mine = opportunity("OP1", contact="CT-C1")
    sold, _ = await begun(engine, mine)
    theirs = (await in_step(engine, mine)).values
    assert theirs["_parentaccountid_value"] == (await engine.partner("CUSTOMER", sold))["accountid"]
    assert theirs["_parentcontactid_value"] is None
    assert await engine.problems() == []


async def test_it_waits_for_its_contact_and_is_released_with_it(engine: Engine) -> None:
    mine, ada, sold = opportunity("OP1", contact="P1"), person("P1", of="C1"), customer("C1")
    await engine.seed(sold, ada, mine)
    await engine.sync("SALESPEOPLE", "CURRENCY", "CUSTOMER")
    await engine.sync("OPPORTUNITY")
    [row] = await engine.problem_rows("OPPORTUNITY")
    assert (row.code, row.released_by) == ("waiting_for_parent", f"CONTACT bc:{ada.id}")
    await engine.sync("CONTACT")
    assert (await engine.partner("OPPORTUNITY", mine))["name"] == "Opportunity OP1"
    assert not await engine.problems()


async def born_in_sales(engine: Engine, *, person_too: bool = True, **values: object) -> Record:
    """An opportunity of Sales for the account of C1, and for its contact P1 unless told otherwise."""
    sold, ada = await begun(engine)
    of = Record(Side.SALES, "accounts", (await engine.partner("CUSTOMER", sold))["accountid"], {})
    who = Record(Side.SALES, "contacts", (await engine.partner("CONTACT", ada))["contactid"], {})
    theirs = sales_opportunity("K1", account=of, contact=who if person_too else None, **values)
    await engine.seed(theirs)
    return theirs


async def test_born_in_sales_it_has_the_coupled_contact_and_the_salesperson_of_its_owner(engine: Engine) -> None:
    theirs = await born_in_sales(engine, _ownerid_value=BO.id, estimatedvalue=700, estimatedclosedate="2026-04-30")
    await engine.sync("OPPORTUNITY")
    mine = await engine.partner("OPPORTUNITY", theirs)
    assert (mine["description"], mine["contactNumber"], mine["salespersonCode"]) == ("Opportunity K1", "P1", "BO")
    await engine.look("OPPORTUNITY")
    now = await engine.row(theirs)
    assert (now["estimatedvalue"], now["estimatedclosedate"]) == (700, "2026-04-30"), "BC's own blanks overwrite nothing (rule B2)"
    assert now["_parentcontactid_value"] == theirs.values["_parentcontactid_value"]


async def test_born_in_sales_without_contact_it_has_the_company_contact_of_its_account(engine: Engine) -> None:
    theirs = await born_in_sales(engine, person_too=False)
    await engine.sync("OPPORTUNITY")
    assert (await engine.partner("OPPORTUNITY", theirs))["contactNumber"] == "CT-C1"
    await engine.look("OPPORTUNITY")
    assert (await engine.row(theirs))["_parentcontactid_value"] is None


async def test_born_in_sales_for_nobody_or_by_no_salesperson_it_is_a_problem_by_name(engine: Engine) -> None:
    nobody, robot = sales_opportunity("K2"), user("RR", "Robot")
    by_robot = await born_in_sales(engine, _ownerid_value=robot.id)
    await engine.seed(nobody, robot)
    await engine.sync("OPPORTUNITY")
    told = {row.sales_id: (row.code, row.name) for row in await engine.problem_rows("OPPORTUNITY")}
    assert told == {nobody.id: ("no_contact", "Opportunity K2"), by_robot.id: ("no_salesperson", "Opportunity K1")}
    assert not await engine.bc.rows("opportunities")


async def test_born_in_sales_it_waits_for_the_user_of_its_owner(engine: Engine) -> None:
    carla = user("CC", "Carla Conti")
    theirs = await born_in_sales(engine, _ownerid_value=carla.id)
    await engine.seed(carla)
    await engine.sync("OPPORTUNITY")
    assert await engine.problems("OPPORTUNITY") == [("no_salesperson", None)]
    await engine.seed(salesperson("CC", "Carla Conti"))
    engine.forget()
    await engine.sync("SALESPEOPLE")
    assert (await engine.partner("OPPORTUNITY", theirs))["salespersonCode"] == "CC"
    assert not await engine.problems()


async def test_born_in_sales_it_waits_for_the_account_that_it_belongs_to(engine: Engine) -> None:
    await begun(engine)
    of = account("A2", name="Neu GmbH")
    who = contact("K9", of=None)
    theirs = sales_opportunity("K1", account=of)
    await engine.seed(of, who, theirs)
    await engine.sync("OPPORTUNITY")
    [row] = await engine.problem_rows("OPPORTUNITY")
    assert (row.code, row.released_by) == ("waiting_for_parent", f"CUSTOMER sales:{of.id}")
    await engine.sync("CUSTOMER")
    assert (await engine.partner("OPPORTUNITY", theirs))["description"] == "Opportunity K1"


@pytest.mark.rule("D1")
async def test_an_estimate_is_converted_to_the_currency_that_people_choose_in_sales(engine: Engine) -> None:
    mine = opportunity("OP1", contact="P1", estimatedValue=333.33)
    await begun(engine, mine)
    theirs = await in_step(engine, mine)
    await engine.edit(theirs, **{"transactioncurrencyid@odata.bind": f"/transactioncurrencies({USD})"})
    await engine.look("OPPORTUNITY")
    now = await engine.row(theirs)
    assert (now["_transactioncurrencyid_value"], now["estimatedvalue"]) == (USD, 366.66)
    await engine.reset_counters()
    await engine.look("OPPORTUNITY")
    await engine.sync("OPPORTUNITY")
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T220", "T221")
async def test_opportunities_are_uncoupled_one_or_several_and_keep_what_they_hold(engine: Engine) -> None:
    several = [opportunity(f"OP{n}", contact="P1") for n in range(3)]
    await begun(engine, *several)
    await engine.sync("OPPORTUNITY")
    one = await engine.api.call("DELETE", "couplings/OPPORTUNITY", body={"bcId": several[0].id})
    more = await engine.api.call("DELETE", "couplings/OPPORTUNITY", body={"bcId": [each.id for each in several[1:]]})
    assert (one.status, more.status) == (200, 200), (one.json, more.json)
    assert not [each for each in await engine.couplings("OPPORTUNITY") if each.life is Life.COUPLED]
    assert len(await engine.sales.rows("opportunities")) == 3
    assert (await engine.totals("OPPORTUNITY"))["toSales"]["uncoupled"] == 2


async def test_rows_that_are_offered_show_how_far_it_is(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    text = "[OPPORTUNITY.fields]\nprobability.enabled = true\ncalculatedCurrentValue.enabled = true\ndateClosed.enabled = true"
    async with engine_with(sandbox_processes, tmp_path, text) as engine:
        mine = opportunity("OP1", contact="P1")
        await begun(engine, mine)
        theirs = (await in_step(engine, mine)).values
        assert (theirs["closeprobability"], theirs["actualvalue"], theirs["actualclosedate"]) == (40, 400, None)
