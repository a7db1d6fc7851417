"""Setting Sales up as an administrator: from nothing to an organisation that lets the app do its work, and nothing more the second time."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.command_line import FINE, NOT_ALL, UNUSABLE
from infra.setup import systems
from infra.setup.__main__ import main
from infra.setup.roles import ADMINISTRATOR, STOCK, USER
from infra.setup.sign_in import as_administrator
from infra.setup.steps import JSON
from sandbox.running import Sandbox
from sandbox.sales.privileges import NEW_ROLE
from sync.services.connections import Connections
from sync.services.http import body
from sync.settings import Settings
from tests.infra.administrator import Administrator
from tests.scenario.people import People


@dataclass
class Organisation:
    """An organisation that nobody prepared for Couplet, its administrator's view, and what the command says."""

    settings: Settings
    connections: Connections
    people: People
    told: Callable[[], Any]

    async def set_up(self, *options: str) -> tuple[int, str, str]:
        """Run the command; its exit code, what it said, and what it complained of."""
        parser = argparse.ArgumentParser()
        systems.arguments(parser)
        code = await systems.in_sales(self.connections.sales, self.settings, systems.wanted(parser.parse_args(options)))
        said = self.told()
        return code, said.out, said.err

    async def rows(self, asked: str) -> list[dict[str, Any]]:
        """Rows as the administrator sees them."""
        return list((await self.connections.sales.get(asked))["value"])

    async def privileges(self, role: str) -> set[str]:
        """What a role holds."""
        [row] = await self.rows(f"roles?$filter=name eq '{role}'&$expand=roleprivileges_association($select=name)")
        return {each["name"] for each in row["roleprivileges_association"]}

    async def act(self, path: str, values: dict[str, Any]) -> None:
        """Something that the administrator does by the Web API."""
        sales = self.connections.sales
        await sales.send("POST", f"{sales.root}/{path}", headers=JSON, content=body(values))


@asynccontextmanager
async def organisation_of(sandbox: Sandbox, told: Callable[[], Any], *, factory: bool) -> AsyncIterator[Organisation]:
    """An organisation that knows no Couplet, as it comes from the factory or with our columns."""
    people = People(sandbox.sales)
    await people.reset(factory=factory, admitted=False)
    settings = Settings.load(sandbox.app_settings)
    connections = as_administrator(settings, Administrator(str(sandbox.ca_file)).show)
    try:
        yield Organisation(settings, connections, people, told)
    finally:
        await connections.close()
        await people.reset()
        await people.close()


@pytest.fixture
async def bare(sandbox_processes: Sandbox, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Organisation]:
    """Nothing is prepared: no columns, no roles, no user of the app."""
    async with organisation_of(sandbox_processes, capsys.readouterr, factory=True) as made:
        yield made


@pytest.fixture
async def organisation(sandbox_processes: Sandbox, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Organisation]:
    """With our columns, which take most of the time, and nothing else."""
    async with organisation_of(sandbox_processes, capsys.readouterr, factory=False) as made:
        yield made


async def test_a_dry_run_says_every_step_and_changes_nothing(bare: Organisation) -> None:
    code, out, err = await bare.set_up("--orders", "on")
    assert (code, err) == (FINE, "")
    assert "to do: the taking over of orders is switched on, once the columns are there" in out
    for step in (
        "add the table couplet_accountfigures",
        "as an application user",
        f"make the security role {STOCK}",
        "show Stock in Business",
    ):
        assert "to do: " in out and step in out
    assert not await bare.rows(f"roles?$filter=name eq '{USER}'")
    assert not await bare.rows(f"systemusers?$filter=applicationid eq {bare.settings.client_id}")


@pytest.mark.feature("F013")
async def test_from_nothing_everything_is_made_and_the_second_time_nothing_is(bare: Organisation) -> None:
    code, out, err = await bare.set_up("--apply", "--orders", "on")
    assert (code, err) == (FINE, "")
    assert "84 of 84 steps done." in out and "16 of 16 steps done." in out
    await bare.people.reset_counters()
    code, out, err = await bare.set_up("--apply", "--orders", "on")
    assert (code, err) == (FINE, "")
    assert "\ndone: " not in out and "\nto do: " not in out and out.count("Nothing to do: ") == 3
    asked = (await bare.people.counters())["byRoute"]
    assert asked and all(route.startswith("GET ") for route in asked), "it only looked"


@pytest.mark.feature("F015")
async def test_each_role_holds_what_it_needs_beside_what_sales_gives_to_every_role(organisation: Organisation) -> None:
    await organisation.set_up("--apply")
    held = {name: await organisation.privileges(name) for name in (ADMINISTRATOR, USER, STOCK)}
    assert held[STOCK] == {"prvReadProduct", *NEW_ROLE}
    assert {"prvCreateAccount", "prvAssignOrder", "prvAppendToProduct", "prvReadcouplet_Connection"} <= held[USER]
    assert not {"prvCreateQuote", "prvDeleteQuote", "prvWriteUser", "prvCreateAttribute", "prvAssignRole"} & held[USER]
    assert {"prvCreateAttribute", "prvPublishCustomization", "prvCreateServiceEndpoint", "prvAssignRole"} <= held[ADMINISTRATOR]
    user = (await organisation.rows(f"systemusers?$filter=applicationid eq {organisation.settings.client_id}"))[0]["systemuserid"]
    given = await organisation.rows(f"systemusers({user})/systemuserroles_association?$select=name")
    assert {row["name"] for row in given} == {ADMINISTRATOR, USER}


async def test_a_privilege_that_somebody_took_away_comes_back_and_one_that_somebody_gave_stays(organisation: Organisation) -> None:
    await organisation.set_up("--apply")
    [role] = await organisation.rows(f"roles?$filter=name eq '{STOCK}'&$select=roleid")
    [more] = await organisation.rows("privileges?$filter=name eq 'prvReadContact'")
    given = [{"PrivilegeId": more["privilegeid"], "Depth": "Global"}]
    await organisation.act(f"roles({role['roleid']})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole", {"Privileges": given})
    _, out, _ = await organisation.set_up()
    assert f"to do: give {STOCK} prvReadProduct" in out
    code, out, _ = await organisation.set_up("--apply")
    assert (code, await organisation.privileges(STOCK)) == (FINE, {"prvReadProduct", "prvReadContact"})


async def test_a_persons_account_is_refused_as_the_apps_user(organisation: Organisation) -> None:
    person = (await organisation.rows("systemusers?$filter=lastname eq 'Box'"))[0]["systemuserid"]
    await organisation.people.edit("systemusers", person, applicationid=organisation.settings.client_id)
    code, out, err = await organisation.set_up("--apply", "--no-forms")
    assert code == NOT_ALL and "Sandra Box is a person's account" in err
    assert "give Sandra Box" not in out
    held = await organisation.rows(f"systemusers({person})/systemuserroles_association?$select=name")
    assert {row["name"] for row in held} == {"System Administrator"}


async def test_an_administrators_role_on_the_app_and_a_disabled_app_are_named(organisation: Organisation) -> None:
    await organisation.set_up("--apply", "--no-forms", "--no-customizing")
    user = (await organisation.rows(f"systemusers?$filter=applicationid eq {organisation.settings.client_id}"))[0]["systemuserid"]
    [role] = await organisation.rows("roles?$filter=name eq 'System Administrator'&$select=roleid")
    reference = {"@odata.id": f"{organisation.connections.sales.root}/roles({role['roleid']})"}
    await organisation.act(f"systemusers({user})/systemuserroles_association/$ref", reference)
    await organisation.people.edit("systemusers", user, isdisabled=True)
    code, out, err = await organisation.set_up("--no-forms", "--no-customizing")
    assert code == NOT_ALL
    assert "has the role System Administrator: take it away" in err and "is disabled: enable it" in err
    assert "The rest is to be done by hand." in out


async def test_a_form_keeps_every_letter_beside_the_new_section_and_one_without_sections_is_left_to_a_person(
    organisation: Organisation,
) -> None:
    [form] = await organisation.rows("systemforms?$filter=objecttypecode eq 'quotedetail'&$select=formxml")
    bare = "<form><tabs/></form>"
    await organisation.people.seed({"systemforms": [{"name": "Bare", "objecttypecode": "account", "type": 2, "formxml": bare}]})
    code, _, err = await organisation.set_up("--apply")
    assert code == NOT_ALL
    assert "form Bare of account: add the component Quick view, lookup couplet_accountfiguresid, form Business Central" in err
    [after] = await organisation.rows("systemforms?$filter=objecttypecode eq 'quotedetail'&$select=formxml")
    start, end = form["formxml"].split("</sections>", 1)
    assert after["formxml"].startswith(start) and after["formxml"].endswith("</sections>" + end)
    assert 'datafieldname="productid"' in after["formxml"].removeprefix(start)


async def test_a_refusal_ends_its_part_and_the_next_is_looked_at(organisation: Organisation) -> None:
    await organisation.people.fault(path="roles", method="POST", status=403, code="0x80040220")
    code, out, err = await organisation.set_up("--apply")
    assert code == NOT_ALL
    assert f"refused: make the security role {ADMINISTRATOR}" in err and "the role System Administrator" in err
    assert f"left out: make the security role {USER}" in err and f"left out: give {USER}" in err and "done: publish" in out
    assert (await organisation.set_up("--apply"))[0] == FINE, "the next time it is whole"


@pytest.mark.case("T703", "T704")
def test_without_an_address_and_an_app_nothing_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "local.settings.json"
    settings.write_text('{"Values": {"SALES_URL": "", "ENTRA_CLIENT_ID": ""}}', encoding="utf-8")
    assert main(["--settings", str(settings)]) == UNUSABLE
    told = capsys.readouterr().err
    assert "SALES_URL" in told and "ENTRA_CLIENT_ID" in told
