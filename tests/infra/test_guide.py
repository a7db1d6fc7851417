"""The guide against a sandbox that nobody prepared: from its questions to a Sales that is ready, twice."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.command_line import FINE, NOT_ALL, with_settings
from infra.guide.parameters import NEW_SECRET, SECRETS
from infra.setup import guide
from infra.setup.__main__ import main
from sandbox.identity import CLIENT_ID
from sandbox.running import Sandbox
from tests.infra.administrator import Administrator
from tests.scenario.people import People
from tests.scenario.world import COMPANY, salesperson, user

DEPLOYING = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
SETTINGS_OF_THE_PLACE = ("BC_URL", "ENTRA_AUTHORITY", "ENTRA_TENANT_ID", "ENTRA_CA_FILE", "BC_ENVIRONMENT")
"""What the guide is told of the sandbox, in the place of a cloud; the rest it asks."""


@dataclass
class Desk:
    """The administrator at the guide."""

    folder: Path
    sales: People
    answers: Path
    administrator: Administrator
    discovery: str

    async def guided(self, monkeypatch: pytest.MonkeyPatch, *, asked: bool = False) -> int:
        """Run the guide, which asks nobody, or the person; its exit code."""
        for module in ("infra.setup.guide", "infra.setup.systems", "infra.setup.steps", "infra.sales.settling"):
            monkeypatch.setattr(f"{module}.say", self.administrator.show)
        self.administrator.told.clear()
        parser = argparse.ArgumentParser()
        with_settings(parser)
        guide.arguments(parser)
        given = ["--answers", str(self.answers), "--out", str(self.file), "--discovery", self.discovery]
        return await guide.run(parser.parse_args(given if asked else [*given, "--unasked"]))

    @property
    def file(self) -> Path:
        return self.folder / "here.bicepparam"

    @property
    def told(self) -> str:
        return "\n".join(self.administrator.told)


ANSWERS = f"""
clientId = "{CLIENT_ID}"
installation = "Here"
bcTimeZone = "Europe/Berlin"
ownership = "team"
orders = "fromSales"
nearRealTime = true
prepare = true
makeTeam = true
"""


@pytest.fixture
async def desk(sandbox_processes: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A Sales with our columns, which take most of the time, and nothing else; one company with two salespeople."""
    sales, bc = People(sandbox_processes.sales), People(sandbox_processes.business_central)
    await sales.reset(admitted=False)
    await bc.reset()
    await bc.hand("card", clientId=CLIENT_ID, name="Couplet", permissionSets=[])
    people = [salesperson("AB", "Anja Becker").values, salesperson("CC", "Carla Conti").values]
    await bc.seed({"salespeoplePurchasers": people}, COMPANY)
    await sales.seed({"systemusers": [user("AB", "Anja Becker").values, user("DD", "Dora Diaz").values]})
    for name in SETTINGS_OF_THE_PLACE:
        monkeypatch.setenv(name, sandbox_processes.app_settings[name])
    (tmp_path / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    yield Desk(tmp_path, sales, tmp_path / "answers.toml", Administrator(str(sandbox_processes.ca_file)), sandbox_processes.sales)
    for side in (sales, bc):
        await side.reset()
        await side.close()


async def rows(desk: Desk, table: str, **having: Any) -> list[dict[str, Any]]:
    return await desk.sales.rows(table, **having)


@pytest.mark.feature("F001", "F002", "F004", "F035")
@pytest.mark.case("T788")
@pytest.mark.fidelity("sales-1-person")
async def test_from_questions_to_a_sales_that_is_ready_and_a_file_to_deploy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await desk.guided(monkeypatch) == FINE, desk.told
    assert sum("and enter" in line for line in desk.administrator.told) == 1, "one sign-in for everything"
    text = desk.file.read_text(encoding="utf-8")
    for line in ("param installation = 'here'", "param bcCompanies = ['Demo Company']", f"param salesUrl = '{desk.discovery}'"):
        assert line in text, "the only organisation and the only company are taken"
    assert "OWNERSHIP: 'team'" in text
    assert f"BC_URL: '{os.environ['BC_URL']}'" in text, "what is elsewhere is elsewhere for the app, too"
    secrets = [line for line in text.splitlines() if "readEnvironmentVariable" in line]
    assert secrets == [f"param {name} = readEnvironmentVariable('{variable}', '')" for name, variable in SECRETS.items()]
    assert "The first deployment brings the secret of the webhooks" in desk.told and NEW_SECRET in DEPLOYING
    [unit] = [row for row in await rows(desk, "businessunits") if row["name"].startswith("Demo Company (")]
    [team] = await rows(desk, "teams", name=f"Couplet - {unit['name']}")
    assert team["_businessunitid_value"] == unit["businessunitid"]
    [app] = await rows(desk, "systemusers", applicationid=CLIENT_ID)
    assert app["accessmode"] == 4, "an application user, no person"
    assert "ab@example.com is a member of it now" in desk.told and "dd@example.com" not in desk.told


@pytest.mark.feature("F013")
async def test_the_second_time_nothing_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.guided(monkeypatch)
    before = {table: await rows(desk, table) for table in ("teams", "businessunits", "roles", "systemusers", "systemforms")}
    text = desk.file.read_text(encoding="utf-8")
    assert await desk.guided(monkeypatch) == FINE
    assert "is as it should be" in desk.told and "done:" not in desk.told and "is a member of it now" not in desk.told
    assert {table: await rows(desk, table) for table in before} == before
    assert desk.file.read_text(encoding="utf-8") == text


async def test_a_file_that_says_something_else_is_not_replaced_unasked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.file.write_text("using 'main.bicep'\n", encoding="utf-8")
    assert await desk.guided(monkeypatch) == NOT_ALL
    assert desk.file.read_text(encoding="utf-8") == "using 'main.bicep'\n"
    assert await rows(desk, "systemusers", applicationid=CLIENT_ID) == [], "nothing half done"


async def test_a_person_who_only_presses_enter_gets_what_is_there_and_is_asked_again_where_that_is_not_enough(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.answers.write_text("", encoding="utf-8")
    typed = {"client": ["no guid", CLIENT_ID], "short name": ["much too long", "Here"], "Who owns": ["2"]}
    asked: list[str] = []

    def person(prompt: str) -> str:
        asked.append(prompt)
        waiting = next((answers for words, answers in typed.items() if words in prompt and answers), None)
        return waiting.pop(0) if waiting else ""

    monkeypatch.setattr("builtins.input", person)
    assert await desk.guided(monkeypatch, asked=True) == FINE
    assert not any(typed.values())
    text = desk.file.read_text(encoding="utf-8")
    assert f"param clientId = '{CLIENT_ID}'" in text and "param installation = 'here'" in text and "OWNERSHIP: 'team'" in text
    assert "[Demo Company]: " in asked[3] and "  no guid is no guid" in desk.administrator.told
    assert await rows(desk, "systemusers", applicationid=CLIENT_ID) == [], "without a yes nothing is prepared"


async def test_nothing_of_the_sign_in_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(desk.folder))
    await desk.guided(monkeypatch)
    assert sorted(path.name for path in desk.folder.iterdir()) == ["answers.toml", "here.bicepparam"]
    assert "eyJ" not in desk.file.read_text(encoding="utf-8") + desk.told


def test_an_answer_that_cannot_be_used_ends_the_guide_before_anybody_signs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answers.toml").write_text('tenantId = "contoso"\n', encoding="utf-8")
    assert main(["guide", "--unasked", "--answers", str(tmp_path / "answers.toml")]) == 2
    assert "contoso is no guid" in capsys.readouterr().err
