"""HTTP: an app with missing or wrong settings starts, and says what is wrong with which of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.processes import PROJECT, Children
from sandbox.running import Sandbox
from tests.api.conftest import NEVER, problem_of

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


def test_an_app_without_settings_starts_and_names_all_of_them_at_once(azurite: str, children: Children, tmp_path: Path) -> None:
    with host_with(children, tmp_path, {"AzureWebJobsStorage": azurite, "PAGE_SIZE": "many"}) as api:
        health = api.get("/health")
        assert health.status_code == 503
        assert [name for name in (*REQUIRED, "PAGE_SIZE") if name not in health.json()["detail"]] == []
        assert health.json()["remedy"]
        refused = problem_of(api.get("/mappings"), 503)
        assert [name for name in (*REQUIRED, "PAGE_SIZE") if name not in refused["detail"]] == []


@pytest.mark.parametrize(
    ("setting", "value", "status"),
    [
        ("ENTRA_CLIENT_SECRET", "wrong", 502),
        ("BC_COMPANY", "Nobody Ltd", 502),
        ("BC_URL", "http://127.0.0.1:9", 502),
        ("SALES_URL", "http://127.0.0.1:9", 502),
    ],
)
def test_a_wrong_setting_is_named(
    sandbox_processes: Sandbox, children: Children, tmp_path: Path, setting: str, value: str, status: int
) -> None:
    with host_with(children, tmp_path, {**sandbox_processes.app_settings, **NEVER, setting: value}) as api:
        refused = problem_of(api.get("/mappings"), status)
        assert setting in refused["detail"] + refused["remedy"]
        assert "secret" not in refused["detail"] or value not in refused["detail"]
