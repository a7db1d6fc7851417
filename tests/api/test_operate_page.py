"""docs/operate.md: its commands run, one after the other, and what it says of a restored system is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from infra.setup.__main__ import main
from sandbox.running import Sandbox
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
