"""Who may call: the roles read and operate, by function keys or by signing in."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import azure.functions as func
import httpx
import pytest

from sandbox.processes import Children
from sync.errors.access import SignInOff
from sync.triggers.callers import LARGEST, Role, check_caller, roles_in
from tests.api.conftest import problem_of
from tests.api.test_access import http_routes
from tests.api.test_settings import host_with

STOCK = "availability/x"
"""Asks for a key of its own whoever signs in."""

SIGNED_IN = {"SIGN_IN": "entra", "WEBSITE_AUTH_ENABLED": "True"}


def signed_in(*roles: str, claim: str = "roles") -> dict[str, str]:
    """The header by which the platform tells of a caller with these roles."""
    claims = [{"typ": "name", "val": "Ada"}, *({"typ": claim, "val": role} for role in roles)]
    return {"X-MS-CLIENT-PRINCIPAL": b64encode(json.dumps({"auth_typ": "aad", "role_typ": claim, "claims": claims}).encode()).decode()}


@pytest.fixture(scope="module")
def entra(azurite: str, children: Children, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The app where people sign in; it lacks all other settings, which is told to those who may call and to nobody else."""
    home = tmp_path_factory.mktemp("entra")
    with host_with(children, home, {"AzureWebJobsStorage": azurite, **SIGNED_IN}) as client:
        yield client


def refused(api: httpx.Client, headers: dict[str, str]) -> dict[tuple[str, str], tuple[int, str]]:
    """What a caller is told, call by call, where it is not let in."""
    told: dict[tuple[str, str], tuple[int, str]] = {}
    for method, route in http_routes():
        answer = api.request(method, f"/{route}", headers=headers)
        if answer.json()["type"] != "urn:couplet:settings_error":
            told[(method, route)] = (answer.status_code, answer.json()["type"])
    return told


ALL = frozenset(http_routes()) - {("GET", STOCK)}
READING = frozenset(each for each in ALL if each[0] == "GET")


def test_who_has_not_signed_in_is_answered_nothing_even_with_a_key(entra: httpx.Client) -> None:
    assert refused(entra, {}) == dict.fromkeys(ALL, (401, "urn:couplet:not_signed_in"))


def test_the_role_read_lets_look_at_everything_and_change_nothing(entra: httpx.Client) -> None:
    told = refused(entra, signed_in("Couplet.Read"))
    assert told == dict.fromkeys(ALL - READING, (403, "urn:couplet:role_missing"))


def test_the_role_operate_lets_do_everything(entra: httpx.Client) -> None:
    assert refused(entra, signed_in("Couplet.Operate")) == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_page_of_another_site_cannot_use_the_sign_in_of_its_visitor(entra: httpx.Client, site: str) -> None:
    visitor = {**signed_in("Couplet.Operate"), "Sec-Fetch-Site": site}
    assert problem_of(entra.post("/full-sync", headers=visitor), 403)["type"] == "urn:couplet:another_site"
    own = {**visitor, "Sec-Fetch-Site": "same-origin"}
    assert entra.post("/full-sync", headers=own).json()["type"] == "urn:couplet:settings_error"


def test_other_roles_let_do_nothing_and_the_answer_names_the_role(entra: httpx.Client) -> None:
    answer = entra.post("/full-sync", headers=signed_in("Reader", "couplet.operate"))
    assert "Couplet.Operate" in problem_of(answer, 403)["detail"]
    assert "Couplet.Read" in problem_of(entra.get("/jobs", headers=signed_in()), 403)["detail"]


def test_health_and_webhooks_need_no_sign_in_and_stock_needs_its_key(entra: httpx.Client) -> None:
    assert "BC_COMPANY" in entra.get("/health").json()["detail"]
    assert entra.post("/hooks/sales").status_code == 503
    assert entra.get(f"/{STOCK}").json()["type"] == "urn:couplet:settings_error"
    assert entra.get(f"/{STOCK}", headers={"x-functions-key": "", **signed_in("Couplet.Operate")}).status_code == 401


@pytest.mark.parametrize("platform", [{}, {"WEBSITE_AUTH_ENABLED": "False"}])
def test_where_the_platform_signs_nobody_in_its_header_is_not_believed(platform: dict[str, str]) -> None:
    environ = {"SIGN_IN": "entra", **platform}
    for method, route in ALL:
        call = func.HttpRequest(method, f"/api/{route}", headers=signed_in("Couplet.Operate"), body=b"")
        with pytest.raises(SignInOff, match="SIGN_IN"):
            check_caller(call, environ)


@pytest.mark.parametrize("given", ["", "!", "e30=", b64encode(b"[1]").decode(), b64encode(b'{"claims": 1}').decode(), "A" * (LARGEST + 4)])
def test_a_header_that_tells_of_nobody_is_nobodys(entra: httpx.Client, given: str) -> None:
    problem_of(entra.get("/jobs", headers={"X-MS-CLIENT-PRINCIPAL": given}), 401)


def test_strange_claims_are_no_roles() -> None:
    claims: list[Any] = ["roles", {"typ": "roles"}, {"typ": "groups", "val": "Couplet.Operate"}, {"typ": "roles", "val": "Couplet.Read"}]
    header = b64encode(json.dumps({"claims": claims}).encode()).decode()
    assert roles_in(header) & set(Role) == {Role.READ}
