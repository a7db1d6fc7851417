"""From nothing to a working connection: the whole command, twice, and then the app at work with no more rights than it was given."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.command_line import FINE, NOT_ALL
from infra.setup import systems
from infra.setup.sign_in import as_administrator
from sandbox.running import Sandbox
from sync.settings import Settings
from sync.setup.checking import checked
from sync.store import Store
from tests.infra.administrator import Administrator
from tests.scenario.engine import engine_on
from tests.scenario.people import People
from tests.scenario.storage import empty
from tests.scenario.world import COMPANY, customer, standard_world

PROJECT = Path(__file__).parents[2]


@dataclass
class Office:
    """A sandbox whose two systems nobody prepared, and the administrator who runs the command."""

    sandbox: Sandbox
    settings_file: Path
    bc: People
    sales: People

    def command(self, *options: str) -> tuple[int, str, str]:
        """`python -m infra.setup`, with the administrator at the browser."""
        arguments = [sys.executable, "-m", "infra.setup", "--settings", str(self.settings_file), *options]
        running = subprocess.Popen(arguments, cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert running.stdout is not None
        browser, said = Administrator(str(self.sandbox.ca_file)), ""
        for line in running.stdout:
            browser.show(line)
            said += line
        return running.wait(), said, running.communicate()[1]

    async def again(self, told: Callable[[], Any], *options: str) -> tuple[int, str, str]:
        """The same in this process, which waits less for the person's sign-in."""
        settings, parser = Settings.load(self.sandbox.app_settings), argparse.ArgumentParser()
        systems.arguments(parser)
        connections = as_administrator(settings, Administrator(str(self.sandbox.ca_file)).show)
        code = await systems.prepared(connections, settings, systems.wanted(parser.parse_args(options)))
        await connections.close()
        said = told()
        return code, said.out, said.err


def as_deployed(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings as they are in Azure, where the app signs in with an identity that the administrator's machine does not have."""
    rest = {name: value for name, value in settings.items() if name not in ("ENTRA_CLIENT_SECRET", "AzureWebJobsStorage")}
    return {**rest, "ENTRA_FEDERATION": "managed-identity", "AzureWebJobsStorage__accountName": "couplet"}


@pytest.fixture
async def office(sandbox_processes: Sandbox, tmp_path: Path) -> AsyncIterator[Office]:
    bc, sales = People(sandbox_processes.business_central), People(sandbox_processes.sales)
    await bc.reset()
    await bc.seed({}, COMPANY)
    await bc.switch(cards=True)
    await sales.reset(factory=True, admitted=False)
    file = tmp_path / "local.settings.json"
    file.write_text(json.dumps({"Values": as_deployed(sandbox_processes.app_settings)}), encoding="utf-8")
    yield Office(sandbox_processes, file, bc, sales)
    await bc.switch(cards=False)
    for people in (bc, sales):
        await people.reset()
        await people.close()


async def card(office: Office, *sets: str) -> None:
    """What the command says that a person must click."""
    await office.bc.hand("card", clientId=office.sandbox.app_settings["ENTRA_CLIENT_ID"], name="Couplet", permissionSets=sets)


@pytest.mark.feature("F003", "F013", "F030")
@pytest.mark.rule("G4")
async def test_from_nothing_to_a_working_connection_and_the_second_time_nothing_is_changed(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = office.command("--apply")
    assert code == NOT_ALL and "Sign in as an administrator: open" in out
    assert "Business Central, page Microsoft Entra Applications, New: Client ID" in err and "COUPLET EDIT" in err
    await card(office)
    code, out, err = await office.again(capsys.readouterr, "--apply")
    assert (code, err) == (FINE, "")
    assert "done: give Couplet the permission set COUPLET EDIT in Demo Company" in out and "2 of 2 steps done." in out
    for people in (office.bc, office.sales):
        await people.reset_counters()
    code, out, err = await office.again(capsys.readouterr, "--apply", "--card", "couplet")
    assert (code, err, out.count("Nothing to do: all is there.")) == (FINE, "", 3)
    for people in (office.bc, office.sales):
        assert not [route for route in (await people.counters())["byRoute"] if not route.startswith("GET ")]
    await works(office)


async def works(office: Office) -> None:
    """The app's own sign-in: nothing that is needed is missing, and what is synchronised arrives."""
    store = Store.open(Settings.load(office.sandbox.app_settings))
    await store.create()
    await empty(store)
    await store.close()
    async with engine_on(office.sandbox) as engine:
        await engine.seed(*standard_world(), customer("C1", salespersonCode="AB", paymentTermsId=None))
        engine.forget()
        found = await checked(engine.environment, office.sandbox.app_settings["BC_COMPANY"])
        assert [each.detail for each in found if not each.met] == []
        await engine.sync(create="toSales")
        assert await engine.problems() == []
        [account] = await office.sales.rows("accounts")
        assert account["accountnumber"] == "C1" and account["couplet_bcid"]


async def test_super_is_named_and_without_the_extension_a_person_looks_at_the_card(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    await card(office, "SUPER")
    await office.bc.switch(profile="standard")
    code, out, err = await office.again(capsys.readouterr, "--no-forms")
    assert code == NOT_ALL
    assert "has the permission set SUPER" in err and "needs permission sets that reach the tables of the mappings" in err
    assert "note: the extension is not installed" in out
    await office.bc.switch(profile="extended")


async def test_who_may_not_look_in_business_central_gets_the_clicks(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    await office.bc.fault(path="users", status=403, code="Authorization_RequestDenied")
    code, out, err = await office.again(capsys.readouterr, "--no-forms")
    assert code == NOT_ALL
    assert "note: the automation API refuses who signs in" in out and "page Microsoft Entra Applications, New" in err
