"""The whole sandbox: one object starts it, addresses that work, and nothing left when it ends."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.identity import CLIENT_ID, TENANT, verify
from sandbox.processes import PROJECT
from sandbox.running import BUSINESS_CENTRAL_AUDIENCE, SECONDS, Options, Sandbox
from tests.waiting import NEEDS_PROC, is_running, wait_for

APP = Path(__file__).parent / "host" / "app"
PARTS = {"azurite", "business-central", "sales", "sign-in", "functions"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    settings = {"PREFIX": "s-", "TICK": "0 0 0 1 1 *"}
    options = Options(scale=0.1, pace=SECONDS, app=APP, home=tmp_path_factory.mktemp("home"), settings=settings)
    with Sandbox(options) as running:
        yield running


@NEEDS_PROC
def test_endpoints_say_all_that_another_process_needs(sandbox: Sandbox) -> None:
    told = json.loads((sandbox.home / "endpoints.json").read_text())
    assert set(told["pids"]) == PARTS
    assert all(is_running(pid) for pid in told["pids"].values())
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{told['functions']}/api/health").text == "fine"
        assert client.get(f"{told['functions']}/api/records/a/1", headers={"x-functions-key": told["functionKey"]}).status_code == 201
        assert client.get(f"{told['businessCentral']}/_control/health").is_success
        assert client.get(f"{told['sales']}/_control/health").is_success


def test_the_sign_in_that_is_told_opens_both_systems(sandbox: Sandbox) -> None:
    told = sandbox.endpoints
    form = {"grant_type": "client_credentials", "client_id": told["clientId"], "client_secret": told["clientSecret"]}
    companies = f"{told['businessCentral']}/v2.0/{told['tenantId']}/{told['environment']}/api/v2.0/companies"
    who = f"{told['sales']}/api/data/v9.2/WhoAmI"
    for audience, url in ((BUSINESS_CENTRAL_AUDIENCE, companies), (told["sales"], who)):
        with httpx.Client(verify=ssl.create_default_context(cafile=told["caFile"]), trust_env=False) as client:
            answer = client.post(f"{told['token']}/{TENANT}/oauth2/v2.0/token", data={**form, "scope": f"{audience}/.default"})
            token = answer.json()["access_token"]
            assert verify(sandbox.key, token, audience=audience, tenant=TENANT).client_id == CLIENT_ID
            assert client.get(url).status_code == 401
            assert client.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_demo_company_is_loaded(sandbox: Sandbox) -> None:
    with httpx.Client(trust_env=False) as client:
        assert len(client.get(f"{sandbox.business_central}/_control/rows/customers").json()) > 0
        assert len(client.get(f"{sandbox.sales}/_control/rows/systemusers").json()) > 0
    assert json.loads((sandbox.home / "expected.json").read_text())["mappings"]


@NEEDS_PROC
def test_a_restarted_host_has_the_same_address_and_keys(sandbox: Sandbox) -> None:
    before = sandbox.endpoints
    sandbox.restart_host()
    after = sandbox.endpoints
    assert (after["functions"], after["functionKey"]) == (before["functions"], before["functionKey"])
    assert after["pids"]["functions"] != before["pids"]["functions"]
    assert not is_running(before["pids"]["functions"])
    assert httpx.get(f"{after['functions']}/api/health", trust_env=False).text == "fine"


@NEEDS_PROC
def test_ctrl_c_stops_everything_that_was_started(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--no-host", "--scale", "0.1", "--home", str(tmp_path)]
    # Where the tests run in the background of a shell, Ctrl-C is ignored, and so it would be by every child.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as running:
        file = tmp_path / "endpoints.json"
        wait_for(file.exists, 60, "the sandbox to start")
        pids = json.loads(file.read_text())["pids"].values()
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=30)
        assert running.returncode == 0
    assert "Everything is stopped." in said
    assert not any(is_running(pid) for pid in pids)


@NEEDS_PROC
def test_a_part_that_dies_ends_the_sandbox_by_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--no-host", "--scale", "0", "--home", str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        file = tmp_path / "endpoints.json"
        wait_for(file.exists, 60, "the sandbox to start")
        pids = json.loads(file.read_text())["pids"]
        os.kill(pids["sales"], signal.SIGTERM)
        _, said = running.communicate(timeout=30)
        assert running.returncode == 1
    assert "sales ended with code" in said
    assert not any(is_running(pid) for pid in pids.values())
