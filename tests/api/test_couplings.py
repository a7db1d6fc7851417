"""HTTP API: couplings and synchronising now, over the real host."""

from __future__ import annotations

import httpx
import pytest

from tests.api.conftest import COUPLED, LONELY, problem_of

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.case("T664")
def test_the_coupling_of_a_customer_is_found_by_its_id(api: httpx.Client) -> None:
    [found] = api.get("/couplings/CUSTOMER", params={"bcId": COUPLED.id, "names": "true"}).json()["value"]
    assert (found["bcId"], found["state"], found["bcName"]) == (COUPLED.id, "coupled", "C1 Company C1")


def test_the_body_of_a_delete_arrives(api: httpx.Client) -> None:
    answer = api.request("DELETE", "/couplings/CUSTOMER", json={"bcId": NOBODY})
    assert [each["outcome"] for each in answer.json()["records"]] == ["notCoupled"]
    assert "confirm" in problem_of(api.request("DELETE", "/couplings/CUSTOMER"), 400)["detail"]


def test_a_coupled_customer_is_not_coupled_twice(api: httpx.Client) -> None:
    body = problem_of(api.post("/couplings/CUSTOMER", json={"bcId": COUPLED.id, "salesId": LONELY.id}), 409)
    assert (body["type"], body["coupledWith"]["name"]) == ("urn:couplet:coupled_elsewhere", "C1 Company C1")
    assert body["remedy"]


def test_a_customer_in_step_is_synchronised_now_and_nothing_happens(api: httpx.Client) -> None:
    answer = api.post(f"/records/CUSTOMER/bc/{COUPLED.id}/sync", json={"direction": "toSales"})
    assert (answer.status_code, answer.json()["outcome"], answer.json()["job"]) == (200, "unchanged", None)


@pytest.mark.parametrize(("method", "status"), [("GET", 302), ("POST", 303)])
def test_a_browser_is_led_to_the_account_of_a_customer(api: httpx.Client, method: str, status: int) -> None:
    answer = api.request(method, f"/records/CUSTOMER/bc/{COUPLED.id}/open")
    assert (answer.status_code, answer.headers["Location"]) == (status, answer.json()["url"])
    assert f"etn=account&id={answer.json()['salesId']}" in answer.headers["Location"]
