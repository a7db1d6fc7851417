"""`infra/setup/app.py`: the running app asked by a command, over its HTTP API."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from infra.setup.__main__ import understood
from infra.setup.app import App, arguments, with_names
from sync.errors.setup import AppRefused, AppUnreachable
from tests.scenario.company import Company


def asked(*given: str) -> App:
    """The app as a command line names it."""
    parser = argparse.ArgumentParser()
    arguments(parser)
    return App.of(parser.parse_args(given))


def address(office: Company) -> str:
    return str(office.api.base_url).removesuffix("/").removesuffix("/api")


async def test_a_command_reads_a_list_to_its_end(office: Company) -> None:
    async with asked("--app", address(office) + "/api/", "--key", office.api.headers["x-functions-key"]) as app:
        listed = [each["bcId"] async for each in app.pages("couplings/PAYMENT%20TERMS", limit="1")]
        assert len(listed) == len(set(listed)) == 2
        job = (await app.post("full-sync", {"mappings": ["CUSTOMER"], "dryRun": True}))["id"]
        assert (await app.ended(f"full-sync/{job}", 60))["status"] == "success"


async def test_what_the_app_refuses_is_told_with_its_remedy(office: Company) -> None:
    async with asked("--app", address(office), "--key", office.api.headers["x-functions-key"]) as app:
        with pytest.raises(AppRefused, match=r"GET mappings/NOBODY: 404 .*There is no mapping NOBODY") as caught:
            await app.get("mappings/NOBODY")
        assert caught.value.detail["status"] == 404
        with pytest.raises(AppRefused, match="no answer of Couplet"):
            await app.get("no-such-call")


async def test_a_wrong_key_and_a_wrong_address_are_told(office: Company) -> None:
    async with asked("--app", address(office), "--key", "wrong") as app:
        with pytest.raises(AppRefused, match="401") as refused:
            await app.get("mappings")
        assert "key (KEY)" in refused.value.remedy
    async with asked("--app", "http://127.0.0.1:9") as app:
        with pytest.raises(AppUnreachable, match="does not answer"):
            await app.get("health")


@pytest.mark.parametrize("wrong", ["http://couplet.example", "couplet.example", "https://couplet.example/?code=1", "https://[", ""])
def test_a_key_is_sent_to_no_address_that_could_lose_it(wrong: str) -> None:
    with pytest.raises(ValueError, match="--app"):
        asked("--app", wrong, "--key", "secret")


def test_what_is_not_given_comes_from_the_file_of_settings_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COUPLET": "https://elsewhere", "KEY": "of the environment", "TOKEN": "none"}.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "couplet.json"
    file.write_text(json.dumps({"Values": {"COUPLET": "https://here", "TOKEN": "of the file"}}), encoding="utf-8")
    given = with_names(understood(["check", "--settings", str(file), "--token", "typed"]))
    assert (given.app, given.key, given.token) == ("https://here", "of the environment", "typed")
    assert with_names(understood(["check"])).app == "https://elsewhere"
