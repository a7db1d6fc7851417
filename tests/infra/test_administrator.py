"""The administrator's own sign-in: one code for both systems, as the person and not as the app, and nothing of it is kept."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx
import pytest

from infra.setup.sign_in import PersonSignIn, as_administrator
from sandbox.device_codes import DeviceCodes, Refused
from sandbox.identity import ADMINISTRATOR, PUBLIC_CLIENT, verify
from sandbox.running import Sandbox
from sync.errors import SignInRefused
from sync.settings import Settings
from tests.infra.administrator import Administrator

SCOPE = "https://contoso.crm4.dynamics.com/.default"


@pytest.fixture
def settings(sandbox_processes: Sandbox) -> Settings:
    return Settings.load(sandbox_processes.app_settings)


@pytest.fixture
def administrator(sandbox_processes: Sandbox) -> Administrator:
    return Administrator(str(sandbox_processes.ca_file))


@pytest.mark.fidelity("sales-1-person")
async def test_one_code_opens_both_systems_as_the_person(settings: Settings, administrator: Administrator) -> None:
    connections = as_administrator(settings, administrator.show)
    me = await connections.sales.who_am_i()
    row = await connections.sales.get(f"systemusers({me['UserId']})?$select=azureactivedirectoryobjectid,applicationid")
    assert (row["azureactivedirectoryobjectid"], row["applicationid"]) == (ADMINISTRATOR, None)
    assert await connections.business_central(settings.bc_companies[0]).company_id()
    await connections.close()
    assert len(administrator.told) == 1, "the second system needs no second code"


async def test_nothing_of_the_sign_in_is_written_or_lasts_longer_than_the_command(
    settings: Settings, administrator: Administrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for _ in range(2):
        connections = as_administrator(settings, administrator.show)
        await connections.sales.who_am_i()
        await connections.close()
    assert len(administrator.told) == 2, "the next command asks anew"
    assert os.listdir(tmp_path) == []


async def test_the_token_is_the_persons_and_is_renewed_without_a_new_code(
    settings: Settings, administrator: Administrator, sandbox_processes: Sandbox
) -> None:
    sign_in = PersonSignIn(settings, administrator.show)
    first = await sign_in.token(settings.bc_scope)
    claims = verify(sandbox_processes.key, first, audience=settings.bc_scope.removesuffix("/.default"), tenant=settings.tenant_id)
    assert (claims.person, claims.client_id) == (ADMINISTRATOR, PUBLIC_CLIENT)
    sign_in.forget(settings.bc_scope)
    await sign_in.token(settings.bc_scope)
    sign_in.close()
    assert len(administrator.told) == 1


async def test_a_client_that_the_tenant_does_not_know_is_refused_with_the_reason(settings: Settings, administrator: Administrator) -> None:
    sign_in = PersonSignIn(settings, administrator.show, client="00000000-0000-0000-0000-000000000001")
    with pytest.raises(SignInRefused, match="administrator's sign-in") as caught:
        await sign_in.token(SCOPE)
    sign_in.close()
    assert "AADSTS700016" in str(caught.value.service_message)
    assert administrator.told == []


async def test_a_code_that_nobody_was_given_signs_nobody_in(settings: Settings, administrator: Administrator) -> None:
    assert administrator.enter(f"{settings.authority}/{settings.tenant_id}/devicelogin", "NONSENSE1").status_code == 400


def test_a_code_waits_for_the_person_is_good_once_and_runs_out() -> None:
    now = [1000.0]
    codes = DeviceCodes("a key that is long enough for a test", clock=lambda: now[0])
    form = {"client_id": PUBLIC_CLIENT, "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "scope": f"openid {SCOPE}"}

    def refusal(code: str) -> str:
        with pytest.raises(Refused) as caught:
            codes.redeem({**form, "device_code": code}, lambda scope: scope)
        return caught.value.error

    given = codes.begin(form, "https://login")
    assert refusal(given["device_code"]) == "authorization_pending"
    assert codes.approve(given["user_code"].lower())
    assert codes.redeem({**form, "device_code": given["device_code"]}, lambda scope: scope)["scope"].startswith(SCOPE)
    assert refusal(given["device_code"]) == "bad_verification_code"
    late = codes.begin(form, "https://login")
    now[0] += 901
    assert codes.approve(late["user_code"])
    assert refusal(late["device_code"]) == "expired_token"


def test_the_page_on_which_a_code_is_typed_is_there_for_a_browser(settings: Settings, sandbox_processes: Sandbox) -> None:
    trusted = ssl.create_default_context(cafile=str(sandbox_processes.ca_file))
    page = httpx.get(f"{settings.authority}/{settings.tenant_id}/devicelogin", verify=trusted, trust_env=False)
    assert (page.status_code, 'name="user_code"' in page.text) == (200, True)
