"""HTTP: an app with missing or wrong settings starts, and says what is wrong with which of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.processes import PROJECT, Children
from sandbox.running import Sandbox
from sync.errors import Unreachable
from tests.api.conftest import NEVER, problem_of
from tests.scenario.engine import engine_on
from tests.waiting import wait_for

REQUIRED = ("BC_ENVIRONMENT", "BC_COMPANY", "SALES_URL", "ENTRA_TENANT_ID", "ENTRA_CLIENT_ID", "ENTRA_CLIENT_SECRET")


@contextmanager
def host_with(children: Children, home: Path, values: dict[str, str]) -> Iterator[httpx.Client]:
    """The app in a host of its own with these settings; a client with its key."""
    file = home / "settings.json"
    file.write_text(json.dumps({"IsEncrypted": False, "Values": {"FUNCTIONS_WORKER_RUNTIME": "python", **NEVER, **values}}))
    options = ["--app", str(PROJECT), "--settings", str(file), "--state", str(home / "state"), "--port", "0"]
    child = children.start_module(f"app-{home.name}", "sandbox.host", *options)
    headers = {"x-functions-key": child.ready["key"]}
    try:
        with httpx.Client(base_url=f"{child.ready['ready']}/api", headers=headers, trust_env=False, timeout=60) as client:
            yield client
    finally:
        child.stop()
        children.running.remove(child)


MISTAKEN = 'mapping."NOBODY".enabled = true'
"""A mappings file that speaks of a mapping that there is not."""


@pytest.mark.case("T698", "T743", "T755")
async def test_an_app_that_is_set_up_wrongly_names_all_of_it_at_once_and_its_work_waits(
    sandbox_processes: Sandbox, children: Children, tmp_path: Path
) -> None:
    (tmp_path / "mappings.toml").write_text(MISTAKEN)
    wrong = {"AzureWebJobsStorage": sandbox_processes.app_settings["AzureWebJobsStorage"], "PAGE_SIZE": "many"}
    wrong |= {"MAPPINGS_FILE": str(tmp_path / "mappings.toml"), "WEBHOOK_URL": "https://couplet.example"}
    named = (*REQUIRED, "PAGE_SIZE", "WEBHOOK_SECRET", "NOBODY")
    async with engine_on(sandbox_processes, fresh=True) as engine:
        full = await engine.begin_sync("PAYMENT TERMS")
        with host_with(children, tmp_path, wrong) as api:
            health = api.get("/health")
            assert health.status_code == 503
            assert [name for name in named if name not in health.json()["detail"]] == []
            assert health.json()["remedy"]
            for call in ("/mappings", "/setup/check"):
                assert [name for name in named if name not in problem_of(api.get(call), 503)["detail"]] == []
            lines = lines_of(children, tmp_path)
            wait_for(lambda: any("Work waits: " in line for line in lines()), 20, "the message to be put back")
        [start] = [line for line in lines() if "Couplet does nothing: " in line]
        assert [name for name in named if name not in start] == []
        store = engine.ctx.store
        assert (await store.queue.length(), await store.poison.length()) == (1, 0)
        [line] = await store.full_syncs.lines(engine.ctx.company, full.id)
        assert line.status == "waiting", "no job runs"
        while not await engine.ended(full):  # with settings as they must be, the work goes on
            assert await engine.drain() or await store.queue.length(), "the message is lost"
            await asyncio.sleep(0.2)
        assert len(await engine.couplings("PAYMENT TERMS")) == 2


def lines_of(children: Children, home: Path) -> Callable[[], list[str]]:
    """The log of a host, as it stands at each call."""
    return lambda: (children.logs / f"app-{home.name}.log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("setting", "value"), [("ENTRA_CLIENT_SECRET", "wr0ng"), ("BC_COMPANY", "Nobody Ltd")])
def test_a_wrong_setting_is_named(sandbox_processes: Sandbox, children: Children, tmp_path: Path, setting: str, value: str) -> None:
    with host_with(children, tmp_path, {**sandbox_processes.app_settings, **NEVER, setting: value}) as api:
        refused = problem_of(api.get("/mappings"), 502)
        assert setting in refused["detail"] + refused["remedy"]
        assert (value in refused["detail"]) == (setting == "BC_COMPANY")
        assert api.get("/health").status_code in (200, 503)


@pytest.mark.parametrize("setting", ["BC_URL", "SALES_URL"])
async def test_a_service_that_cannot_be_reached_is_named_with_its_setting(sandbox_processes: Sandbox, setting: str) -> None:
    wrong: dict[str, Any] = {setting: "http://127.0.0.1:9"}
    with pytest.raises(Unreachable) as caught:
        async with engine_on(sandbox_processes, **wrong):
            pass
    assert setting in str(caught.value) + caught.value.remedy
