"""HTTP: keys, the shape of refusals, and what the host's log must not hold."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import httpx
import pytest

import function_app
from sandbox.identity import CLIENT_SECRET
from tests.api.conftest import CONTACT, COUPLED, READ_KEY, STOCK_KEY, problem_of
from tests.scenario.company import Company

ANONYMOUS = ("health", "hooks/business-central", "hooks/sales")


@lru_cache  # the app refuses to be asked twice
def http_routes() -> list[tuple[str, str]]:
    """Every route of the app with its method, but `health` and those that ask for a key of their own."""
    found: list[tuple[str, str]] = []
    for function in function_app.app.get_functions():
        trigger: Any = json.loads(function.get_function_json())["bindings"][0]
        if trigger["type"] == "httpTrigger" and trigger["route"] not in ANONYMOUS:
            found += [(method, re.sub(r"{\w+}", "x", trigger["route"])) for method in trigger["methods"]]
    return found


@pytest.mark.parametrize("key", [None, "wrong"])
def test_nothing_but_health_is_answered_without_a_key(office: Company, key: str | None) -> None:
    routes = http_routes()
    assert len(routes) >= 14
    headers = {"x-functions-key": key} if key else {}
    with httpx.Client(base_url=f"{office.sandbox.endpoints['functions']}/api", headers=headers, trust_env=False) as stranger:
        assert {(method, route): stranger.request(method, f"/{route}").status_code for method, route in routes} == dict.fromkeys(
            routes, 401
        )
        assert stranger.get("/health").status_code == 200


def test_the_key_of_the_role_that_may_see_stock_opens_that_and_nothing_else(office: Company) -> None:
    routes = [(method, route) for method, route in http_routes() if route != "availability/x"]
    url, record = f"{office.sandbox.endpoints['functions']}/api", "{5D115C9C-44E3-EA11-BB43-000D3A2FECA1}"
    with httpx.Client(base_url=url, params={"code": STOCK_KEY}, trust_env=False) as reader:
        problem_of(reader.get("/availability/NONE"), 404)
        assert {reader.request(method, f"/{route}").status_code for method, route in routes} == {401}
        page = reader.get("/availability/form", params={"code": STOCK_KEY, "format": "html", "id": record})
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (404, "text/html")
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors {office.sandbox.sales}")


def test_no_function_does_what_both_roles_do_so_that_keys_can_be_given_by_role(office: Company) -> None:
    """The key of the role read is one key, put on every function that only reads."""
    headers = {"x-functions-key": READ_KEY}
    with httpx.Client(base_url=f"{office.sandbox.endpoints['functions']}/api", headers=headers, trust_env=False) as reader:
        admitted = {each for each in http_routes() if reader.request(each[0], f"/{each[1]}").status_code != 401}
    assert admitted == {each for each in http_routes() if each[0] == "GET"}


def test_health_tells_no_names(office: Company) -> None:
    answer = httpx.get(f"{office.sandbox.endpoints['functions']}/api/health", trust_env=False)
    assert answer.json() == {"status": "healthy"}


@pytest.mark.parametrize(("method", "route"), [("PUT", "/full-sync"), ("DELETE", "/jobs"), ("GET", "/nothing")])
def test_routes_that_do_not_exist(api: httpx.Client, method: str, route: str) -> None:
    assert api.request(method, route).status_code in (404, 405)


def test_a_service_that_cannot_be_reached_is_502_with_the_remedy(office: Company, api: httpx.Client) -> None:
    control = f"{office.sandbox.business_central}/_control/faults"
    for _ in range(3):
        fault = {"kind": "status", "status": 403, "path": "customers", "code": "Internal_AccessDenied"}
        httpx.post(control, json=fault, trust_env=False).raise_for_status()
    refused = problem_of(api.get(f"/explain/CUSTOMER/bc/{COUPLED.id}"), 502)
    httpx.delete(control, trust_env=False)
    assert refused["remedy"]


def test_neither_secrets_nor_people_stand_in_the_log(office: Company) -> None:
    office.full_sync(createNew="toSales")
    log = (office.sandbox.home / "logs" / "functions.log").read_text(encoding="utf-8")
    assert "CUSTOMER from bc" in log
    key = office.sandbox.endpoints["functionKey"]
    said = "\n".join(line for line in log.splitlines() if not line.startswith('{"ready"'))
    for secret in (CLIENT_SECRET, "eyJ", "AccountKey=", key):
        assert secret not in said, secret
    for personal in (COUPLED.values["email"], COUPLED.values["phoneNumber"], CONTACT.values["email"], "Anja Becker", "ab@example.com"):
        assert personal not in said, personal
