"""`GET setup/check` on rights and surroundings: which privilege on which table, whose role, and who else is at work there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.setup.sign_in import as_administrator
from sandbox.identity import CLIENT_ID
from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.services.http import body
from sync.services.sales import Sales
from sync.settings import Settings
from sync.store import Subscription
from tests.infra.administrator import Administrator
from tests.scenario.engine import Engine, engine_on
from tests.scenario.test_setup_check import requirements
from tests.scenario.world import salesperson, user

CUSTOM = "AddPrivilegesRole"


async def found(engine: Engine, name: str) -> dict[str, Any]:
    """One requirement."""
    return (await requirements(engine))[1][name]


@pytest.fixture
async def host(sandbox_processes: Sandbox) -> AsyncIterator[Sales]:
    """Sales as its administrator sees it."""
    settings = Settings.load(sandbox_processes.app_settings)
    connections = as_administrator(settings, Administrator(str(sandbox_processes.ca_file)).show)
    yield connections.sales
    await connections.close()


async def act(sales: Sales, method: str, path: str, values: dict[str, Any] | None = None) -> None:
    await sales.send(method, f"{sales.root}/{path}", content=body(values) if values is not None else None)


async def give_a_role(host: Sales, *without: str) -> str:
    """In the place of System Administrator the app's user gets a role with all privileges but these."""
    [unit] = (await host.get("businessunits?$select=businessunitid&$filter=_parentbusinessunitid_value eq null"))["value"]
    bind = {"businessunitid@odata.bind": f"/businessunits({unit['businessunitid']})"}
    await act(host, "POST", "roles", {"name": "Couplet at work", **bind})
    [role] = (await host.get("roles?$select=roleid&$filter=name eq 'Couplet at work'"))["value"]
    known = (await host.get("privileges?$select=privilegeid,name"))["value"]
    given = [{"PrivilegeId": each["privilegeid"], "Depth": "Global"} for each in known if each["name"] not in without]
    await act(host, "POST", f"roles({role['roleid']})/Microsoft.Dynamics.CRM.{CUSTOM}", {"Privileges": given})
    [me] = (await host.get(f"systemusers?$select=systemuserid&$filter=applicationid eq {CLIENT_ID}"))["value"]
    held = f"systemusers({me['systemuserid']})/systemuserroles_association"
    [old] = (await host.get(f"{held}?$select=roleid"))["value"]
    await act(host, "POST", f"{held}/$ref", {"@odata.id": f"{host.root}/roles({role['roleid']})"})
    await act(host, "DELETE", f"{held}({old['roleid']})/$ref")
    return str(me["systemuserid"])


@pytest.mark.feature("F015", "F018")
async def test_a_missing_privilege_is_named_with_its_table_for_each_mapping_that_needs_it(engine: Engine, host: Sales) -> None:
    await give_a_role(host, "prvWriteAccount", "prvReadContact")
    told = await found(engine, "privileges")
    assert (told["code"], told["needed"]) == ("privileges_missing", True)
    missing = told["facts"]["missing"]
    assert missing["CUSTOMER"]["account"] == ["prvWriteAccount"]
    assert "prvReadContact" in missing["CONTACT"]["contact"]
    assert "CURRENCY" not in missing
    assert "infra.setup --apply" in told["remedy"]


async def test_an_application_with_a_role_of_its_own_is_as_it_should_be(engine: Engine, host: Sales) -> None:
    me = await give_a_role(host)
    user_, privileges = await found(engine, "appUser"), await found(engine, "privileges")
    assert (user_["met"], user_["facts"]) == (True, {"userId": me, "roles": ["Couplet at work"]})
    assert privileges["met"]


async def test_an_app_that_may_do_everything_is_named(engine: Engine) -> None:
    told = await found(engine, "appUser")
    assert (told["met"], told["needed"], told["code"]) == (False, False, "no_app_user")
    assert "System Administrator" in told["detail"]


@pytest.mark.fidelity("sales-1-administration-mode")
async def test_administration_mode_is_called_by_its_name(engine: Engine, host: Sales) -> None:
    await give_a_role(host)
    await engine.sales.switch(administrationMode=True)
    told = await found(engine, "sales")
    await engine.sales.switch(administrationMode=False)
    assert (told["code"], "Power Platform admin center" in told["remedy"]) == ("administration_mode", True)


async def test_a_table_of_business_central_that_may_not_be_read_is_named_for_each_mapping(engine: Engine) -> None:
    await engine.bc.fault(path="contactBusinessRelations", status=403, code="Authorization_RequestDenied", times=1000)
    told = await found(engine, "permissions")
    await engine.bc.heal()
    assert (told["code"], told["needed"], "COUPLET EDIT" in told["remedy"]) == ("permissions_missing", True, True)
    assert told["facts"]["unreadable"]["CONTACT"] == ["contactBusinessRelations"]
    assert "CUSTOMER" not in told["facts"]["unreadable"]


@pytest.mark.case("T718", "T719")
async def test_versions_that_are_too_old_are_refused_by_name(engine: Engine) -> None:
    assert (await found(engine, "salesVersion"))["met"], "9.2 is fine"
    await engine.sales.switch(version="9.1.0.1")
    await engine.bc.switch(missingSets=["salespeoplePurchasers"])
    sales, bc = await found(engine, "salesVersion"), await found(engine, "businessCentralVersion")
    await engine.bc.switch(missingSets=[])
    assert (sales["code"], "9.1.0.1" in sales["detail"]) == ("too_old", True)
    assert (bc["code"], "version 26" in bc["detail"]) == ("too_old", True)


async def test_a_salesperson_whose_user_has_no_licence_is_named(engine: Engine) -> None:
    someone = user("CC", "Carla Conti", islicensed=False)
    await engine.seed(salesperson("CC", "Carla Conti"), someone, user("DD", "Dora Nobody", islicensed=False))
    told = await found(engine, "licences")
    assert (told["code"], told["needed"]) == ("unlicensed", False)
    assert told["facts"]["users"] == [{"userId": someone.id, "salesperson": "CC"}], "who is no salesperson needs none"


async def test_a_step_of_another_solution_on_orders_is_named_and_those_of_microsoft_are_not(engine: Engine) -> None:
    theirs, microsofts = "0b52a5a5-7f4e-4c2e-8d5e-1f8f6b7c0001", "0b52a5a5-7f4e-4c2e-8d5e-1f8f6b7c0002"
    solutions = [
        {"solutionid": theirs, "uniquename": "ContosoOrders", "friendlyname": "Contoso Orders"},
        {"solutionid": microsofts, "uniquename": "msdynce_SalesCore", "friendlyname": "Sales Core"},
    ]
    filters = {row["primaryobjecttypecode"]: row for row in await engine.sales.rows("sdkmessagefilters")}
    on_orders = {name: filters["salesorder"][name] for name in ("sdkmessagefilterid", "_sdkmessageid_value")}
    step = {"_sdkmessagefilterid_value": on_orders["sdkmessagefilterid"], "_sdkmessageid_value": on_orders["_sdkmessageid_value"]}
    steps = [{"name": "Own prices", "solutionid": theirs, **step}, {"name": "Totals", "solutionid": microsofts, **step}]
    named = [{"sdkmessageprocessingstepid": f"0b52a5a5-7f4e-4c2e-8d5e-1f8f6b7c001{n}", **each} for n, each in enumerate(steps)]
    await engine.sales.seed({"solutions": solutions, "sdkmessageprocessingsteps": named})
    told = await found(engine, "otherSolutions")
    assert told["code"] == "other_solutions"
    assert [(each["name"], each["solution"], each["table"]) for each in told["facts"]["steps"]] == [
        ("Own prices", "Contoso Orders", "salesorder")
    ]


@pytest.mark.feature("F016")
async def test_the_owner_team_is_looked_for_in_the_team_model_only(engine: Engine, sandbox_processes: Sandbox) -> None:
    assert (await found(engine, "ownerTeam"))["facts"] == {"ownership": "person"}
    async with engine_on(sandbox_processes, fresh=True, OWNERSHIP="team") as team:
        told = await found(team, "ownerTeam")
        assert (told["code"], told["needed"]) == ("team_lacking", False)
        assert "the business unit of Demo Company" in told["detail"]


async def test_subscriptions_that_fail_or_are_about_to_end_are_told_where_webhooks_are_wanted(
    engine: Engine, sandbox_processes: Sandbox
) -> None:
    assert (await found(engine, "webhooks"))["facts"] == {"on": False}
    secret = {"WEBHOOK_SECRET": "a secret of the tests that is long enough", "WEBHOOK_URL": "https://couplet.example"}
    async with engine_on(sandbox_processes, fresh=True, **secret) as hooked:
        assert "There is no subscription yet" in (await found(hooked, "webhooks"))["detail"]
        later = datetime.now(UTC) + timedelta(days=3)
        alive = Subscription(company=hooked.ctx.company, side=Side.BC, resource="customers", id="1", expires=later)
        await hooked.ctx.store.hooks.put([alive])
        assert (await found(hooked, "webhooks"))["met"]
        await hooked.ctx.store.hooks.put([replace(alive, resource="items", expires=later - timedelta(hours=71))])
        told = await found(hooked, "webhooks")
        assert (told["code"], told["facts"]["subscriptions"]) == ("webhooks_failing", [{"side": "bc", "resource": "items"}])
        assert "hooks/repair" in told["remedy"]
