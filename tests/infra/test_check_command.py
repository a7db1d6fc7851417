"""`python -m infra.setup check`: the requirements from the administrator's own machine, before there is a running app."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from infra.command_line import FINE, NOT_ALL, UNUSABLE
from infra.setup.__main__ import main
from sandbox.running import Sandbox
from tests.scenario.engine import engine_on


@pytest.fixture
async def settings(sandbox_processes: Sandbox, tmp_path: Path) -> AsyncIterator[Path]:
    """A file like local.settings.json, of the standard world."""
    file = tmp_path / "settings.json"
    text = json.dumps({"Values": sandbox_processes.app_settings})
    async with engine_on(sandbox_processes, fresh=True):
        file.write_text(text, encoding="utf-8")
        yield file


def changed(settings: Path, **values: str) -> str:
    known = json.loads(settings.read_text(encoding="utf-8"))["Values"]
    settings.write_text(json.dumps({"Values": {**known, **values}}), encoding="utf-8")
    return str(settings)


@pytest.mark.feature("F006")
def test_it_lists_what_is_met_and_says_that_all_is_ready(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--settings", str(settings)]) == FINE
    told = capsys.readouterr()
    assert told.out.startswith("Demo Company:\n  met: ") and told.out.endswith("  Ready.\n")
    assert "not met: The app has a user of its own" in told.err, "what is not needed is told, and keeps nobody"


@pytest.mark.feature("F006")
def test_what_is_not_met_comes_with_its_remedy_and_the_rest_is_looked_at_all_the_same(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--settings", changed(settings, ENTRA_CLIENT_SECRET="wrong")]) == NOT_ALL
    told = capsys.readouterr()
    assert "NOT MET: Sales is reachable" in told.err and "sign_in_refused" in told.err and "make a new one" in told.err
    assert "met: The storage answers" in told.out and "Not ready: " in told.out
    assert "wrong" not in told.out + told.err.replace("went wrong", ""), "no secret is shown"


@pytest.mark.rule("G3")
def test_who_only_looks_takes_no_seat_that_the_app_would_find_taken(settings: Path, sandbox_processes: Sandbox) -> None:
    address = httpx.URL(sandbox_processes.sales)
    seats = address.join("/_control/rows/couplet_connections")

    def taken() -> list[object]:
        rows: list[object] = httpx.get(seats, trust_env=False).raise_for_status().json()
        return rows

    httpx.post(address.join("/_control/reset"), json={}, trust_env=False).raise_for_status()
    assert taken() == []
    main(["check", "--settings", str(settings)])
    assert taken() == []


@pytest.mark.case("T743", "T755")
def test_without_settings_all_that_are_missing_are_named_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BC_COMPANY", "SALES_URL", "ENTRA_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    assert main(["check"]) == UNUSABLE
    told = capsys.readouterr().err
    assert all(f"{name} is not set" in told for name in ("BC_COMPANY", "SALES_URL", "ENTRA_TENANT_ID"))


def test_what_is_wrong_on_the_command_line_is_not_laid_at_the_door_of_the_settings(
    settings: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUPLET", raising=False)
    assert main(["adopt", "--settings", str(settings)]) == UNUSABLE
    assert capsys.readouterr().err.startswith("--app (or COUPLET) is not given")
