"""docs/operate.md: its commands run, one after the other, and what it says of a restored system is so."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shlex
from pathlib import Path

import httpx
import pytest

from infra.setup.__main__ import main
from sandbox.processes import Children
from sandbox.running import Sandbox
from sync.entry.upkeep import guard
from tests.api.conftest import NEVER
from tests.api.test_settings import host_with
from tests.scenario.company import Company
from tests.scenario.engine import engine_on

PAGE = Path(__file__).parents[2] / "docs" / "operate.md"
COMMAND = re.compile(r"^(?:\d+\. `|\.venv/bin/)python -m infra\.setup (?P<given>(?:export|import) [^`\n]+)`?$", re.MULTILINE)


def test_the_commands_of_the_page_run_in_their_order(office: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPLET", str(office.api.base_url).removesuffix("/").removesuffix("/api"))
    monkeypatch.setenv("KEY", office.api.headers["x-functions-key"])
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(found["given"]) for found in COMMAND.finditer(PAGE.read_text(encoding="utf-8"))]
    assert [given[0] for given in commands] == ["export", "import", "import", "export"]
    assert [main(given) for given in commands] == [0, 0, 0, 0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["before.jsonl", "couplet.jsonl"]


async def test_older_values_of_a_restored_system_do_not_travel(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True) as engine:
        mine, theirs = await engine.coupled({"phoneNumber": "1"}, {"telephone1": "1"})
        await engine.edit(mine, phoneNumber="2")
        await engine.look("CUSTOMER")
        assert (await engine.row(theirs))["telephone1"] == "2"

        await engine.api.post("connection/hold", {"reason": "restore"})
        await engine.edit(theirs, telephone1="1")  # as the backup has it
        await engine.api.patch("mappings/CUSTOMER", {"direction": "toSales"})
        await engine.api.post("connection/resume")
        full = await engine.api.post("full-sync", {"unconditional": True, "startRule": "bcWins", "mappings": ["CUSTOMER"]})
        assert full.status == 202
        await engine.drain()
        await engine.api.patch("mappings/CUSTOMER", {"direction": None})
        await engine.look("CUSTOMER")
        assert ((await engine.row(mine))["phoneNumber"], (await engine.row(theirs))["telephone1"]) == ("2", "2")


def commands_of(section: str) -> list[str]:
    """The commands under a heading of the page, in their order."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


def carry_out(command: str) -> None:
    """What a shell would do with a line of the page."""
    words = shlex.split(os.path.expandvars(command))
    if words[1:3] == ["-m", "infra.setup"]:
        assert main(words[3:]) == 0, command
        return
    curl = argparse.ArgumentParser()
    curl.add_argument("curl")
    curl.add_argument("address")
    for option in ("-X", "-H", "-d"):
        curl.add_argument(option, default="")
    given = curl.parse_args(words)
    name, _, value = given.H.partition(": ")
    httpx.request(given.X or "GET", given.address, headers={name: value}, content=given.d, trust_env=False).raise_for_status()


async def test_a_lost_state_is_taken_from_its_file_and_what_people_did_since_travels_both_ways(
    sandbox_processes: Sandbox, children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def in_an_app_of_its_own(name: str, commands: list[str]) -> None:
        (tmp_path / name).mkdir()
        with host_with(children, tmp_path / name, {**sandbox_processes.app_settings, **NEVER}) as api:
            monkeypatch.setenv("COUPLET", str(api.base_url).removesuffix("/").removesuffix("/api"))
            monkeypatch.setenv("KEY", api.headers["x-functions-key"])
            for command in commands:
                await asyncio.to_thread(carry_out, command)
            assert api.get("/connection").json()["status"] == "Ready"

    async with engine_on(sandbox_processes, fresh=True) as engine:
        mine, theirs = await engine.coupled(
            {"phoneNumber": "1", "email": "a@b.example"}, {"telephone1": "1", "emailaddress1": "a@b.example"}
        )
        await in_an_app_of_its_own("before", [line for line in commands_of("Every day") if "infra.setup" in line])
        await engine.forget_everything()
        await engine.edit(mine, phoneNumber="2")
        await engine.edit(theirs, emailaddress1="c@d.example")
        await in_an_app_of_its_own("after", commands_of("When the state is lost or old"))
        await guard(engine.environment)
        await engine.look("CUSTOMER")
        assert ((await engine.row(mine))["email"], (await engine.row(theirs))["telephone1"]) == ("c@d.example", "2")
        assert await engine.problems() == []
