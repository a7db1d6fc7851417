"""Rule D7, team model: one business unit and owner team for each company; whoever owns a row keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.running import Sandbox
from tests.scenario.companies import two_companies
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import Row, account, customer, opportunity, person, sales_opportunity, user

pytestmark = pytest.mark.rule("D7")

BO = user("BO", "Bo Olsen")


@pytest.fixture
async def team(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet in an organisation where teams own rows."""
    async with engine_on(sandbox_processes, fresh=True, OWNERSHIP="team") as engine:
        yield engine


@asynccontextmanager
async def as_team(sandbox: Sandbox) -> AsyncIterator[Engine]:
    """The same organisation and state, now with the team model."""
    async with engine_on(sandbox, OWNERSHIP="team") as engine:
        yield engine


async def units_and_teams(engine: Engine) -> tuple[list[Row], list[Row]]:
    """The business units below the root, and the teams that people or Couplet made."""
    units = [row for row in await engine.sales.rows("businessunits") if row.get("_parentbusinessunitid_value")]
    return units, [row for row in await engine.sales.rows("teams") if not row.get("isdefault")]


@pytest.mark.feature("F028")
@pytest.mark.case("T748", "T766")
async def test_new_rows_belong_to_the_one_team_of_the_company(team: Engine) -> None:
    mine, ada = customer("C1", salespersonCode="AB"), person("P1", of="C1", salespersonCode="BO")
    deal = opportunity("OP1", contact="P1")
    await team.seed(mine, ada, deal)
    await team.sync("CURRENCY", "CUSTOMER", "CONTACT", "OPPORTUNITY")
    [unit], [owner] = await units_and_teams(team)
    assert unit["name"] == f"Demo Company ({team.ctx.company})"
    assert (owner["name"], owner["_businessunitid_value"]) == (f"Couplet - {unit['name']}", unit["businessunitid"])
    for mapping, record in (("CUSTOMER", mine), ("CONTACT", ada), ("OPPORTUNITY", deal)):
        row = await team.partner(mapping, record)
        assert (row["_owningteam_value"], row["_owningbusinessunit_value"]) == (owner["teamid"], unit["businessunitid"])
    assert await team.problems() == []


@pytest.mark.case("T070")
async def test_an_owner_stays_whatever_the_salesperson_is(team: Engine) -> None:
    mine, theirs = customer("C1", salespersonCode="AB"), account("A1", accountnumber="C1", name="Company C1", _ownerid_value=BO.id)
    await team.seed(mine, theirs)
    await team.sync("CURRENCY", "CUSTOMER")
    await team.edit(mine, salespersonCode="BO", phoneNumber="111")
    await team.look("CUSTOMER")
    now = await team.row(theirs)
    assert (now["_ownerid_value"], now["telephone1"]) == (BO.id, "111")
    assert await units_and_teams(team) == ([], []), "nothing is made before it is needed"


@pytest.mark.case("T751")
async def test_there_are_no_salespeople_and_the_mapping_says_so(team: Engine) -> None:
    assert "SALESPEOPLE" not in team.ctx.mappings
    answer = await team.api.get("mappings/SALESPEOPLE")
    assert (answer.status, answer.json["type"]) == (404, "urn:couplet:not_in_this_mode")
    assert "salespersonCode" not in {unit.name for unit in team.ctx.mappings["CUSTOMER"].fields}
    assert "SALESPEOPLE" not in team.ctx.mappings["CUSTOMER"].needs


@pytest.mark.case("T760")
@pytest.mark.feature("F027")
async def test_unit_and_team_that_the_native_connector_made_are_taken(team: Engine) -> None:
    [root] = await team.sales.rows("businessunits")
    bind = f"/businessunits({root['businessunitid']})"
    values = {"name": f"Cronus before its renaming ({team.ctx.company.upper()})", "parentbusinessunitid@odata.bind": bind}
    unit = await team.sales.hand("insert", set="businessunits", values=values)
    named = {"name": f"BCI - {unit['name']}", "businessunitid@odata.bind": f"/businessunits({unit['businessunitid']})"}
    native = await team.sales.hand("insert", set="teams", values=named)
    mine = customer("C1")
    await team.seed(mine)
    await team.sync("CURRENCY", "CUSTOMER")
    assert (await team.partner("CUSTOMER", mine))["_ownerid_value"] == native["teamid"]
    assert len((await units_and_teams(team))[0]) == 1


@pytest.mark.parametrize(
    ("lost", "what"),
    [("prvCreateBusinessUnit", "the business unit Demo Company"), ("prvCreateTeam", "the owner team Couplet - Demo Company")],
)
async def test_an_app_that_may_not_make_them_names_what_is_missing_and_goes_on_when_it_is_there(team: Engine, lost: str, what: str) -> None:
    mine, theirs = customer("C1"), account("A2", name="Only here")
    await team.seed(mine, theirs)
    await team.sales.switch(privilegesLost=[lost])
    await team.sync("CURRENCY", "CUSTOMER")
    [row] = await team.problem_rows("CUSTOMER")
    assert (row.code, what in row.message) == ("no_owner_team", True), row.message
    assert await team.coupling("CUSTOMER", theirs), "what needs no owner goes through"
    assert (await team.api.get("connection")).json["status"] == "Ready"
    await team.sales.switch(privilegesLost=[])
    await team.sync("CUSTOMER")
    assert (await team.partner("CUSTOMER", mine))["_owningteam_value"]
    assert await team.problems() == []


async def test_a_role_that_is_not_there_is_named(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, OWNERSHIP="team", OWNER_ROLE="Verkäufer") as engine:
        await engine.seed(customer("C1"))
        await engine.sync("CURRENCY", "CUSTOMER")
        [row] = await engine.problem_rows("CUSTOMER")
        assert (row.code, "security role Verkäufer" in row.message) == ("no_owner_team", True)


@pytest.mark.rule("G1")
async def test_each_company_has_a_unit_and_team_of_its_own(sandbox_processes: Sandbox) -> None:
    async with two_companies(sandbox_processes, OWNERSHIP="team") as companies:
        mine = customer("C1")
        owners = set()
        for engine in companies:
            await engine.seed(mine)
            await engine.sync("CURRENCY", "CUSTOMER", create="toSales")
            owners.add((await engine.partner("CUSTOMER", mine))["_owningbusinessunit_value"])
        units, teams = await units_and_teams(companies[0])
        assert (len(owners), len(units), len(teams)) == (2, 2, 2)
        assert all(any(f"({engine.ctx.company})" in row["name"] for row in units) for engine in companies)


async def test_a_dry_run_makes_neither_unit_nor_team(team: Engine) -> None:
    mine = customer("C1")
    await team.seed(mine)
    full = await team.api.post("full-sync", {"mappings": ["CURRENCY", "CUSTOMER"], "dryRun": True, "createNew": "both"})
    await team.drain()
    [line] = [each for each in (await team.api.get(f"full-sync/{full.json['id']}")).json["lines"] if each["mapping"] == "CUSTOMER"]
    assert line["toSales"]["inserted"] == 1
    told = (await team.api.get(f"explain/CUSTOMER/bc/{mine.id}")).json
    assert told["plan"], told
    assert await units_and_teams(team) == ([], [])


async def test_born_in_sales_an_opportunity_needs_no_salesperson(team: Engine) -> None:
    mine = customer("C1")
    await team.seed(mine)
    await team.sync("CURRENCY", "CUSTOMER")
    row = await team.partner("CUSTOMER", mine)
    theirs = sales_opportunity("K1", _parentaccountid_value=row["accountid"])
    await team.seed(theirs)
    await team.sync("OPPORTUNITY")
    made = await team.partner("OPPORTUNITY", theirs)
    assert (made["contactNumber"], made["salespersonCode"]) == ("CT-C1", "")


async def test_from_persons_to_the_team_and_back_with_couplings_present(engine: Engine, sandbox_processes: Sandbox) -> None:
    mine, lost = customer("C1", salespersonCode="AB"), customer("C2", salespersonCode="ZZ")
    await engine.seed(mine, lost)
    await engine.sync("SALESPEOPLE", "CURRENCY", "CUSTOMER")
    anja = (await engine.partner("CUSTOMER", mine))["_ownerid_value"]
    assert [code for code, _ in await engine.problems("CUSTOMER")] == ["no_owner"]
    async with as_team(sandbox_processes) as team:
        await team.edit(mine, salespersonCode="BO", phoneNumber="222")
        await team.look("CUSTOMER")
        await team.drain()
        now = await team.partner("CUSTOMER", mine)
        assert (now["_ownerid_value"], now["telephone1"]) == (anja, "222"), "owners that are there stay"
        await team.sync("CUSTOMER")
        assert (await team.partner("CUSTOMER", lost))["_owningteam_value"], "who waited for an owner has the team"
        assert await team.problems("CUSTOMER") == []
    async with engine_on(sandbox_processes) as persons:
        await persons.look("CUSTOMER")
        await persons.drain()
        assert (await persons.partner("CUSTOMER", mine))["_ownerid_value"] == BO.id, "the coupled salespeople are there still"
        assert await persons.problems("CUSTOMER") == [("no_owner", "salespersonCode")]
