"""HTTP: the job log, and the problems with their remedies."""

from __future__ import annotations

import httpx
import pytest

from sync.entry.upkeep import SEVERAL
from tests.api.conftest import OWNERLESS, WAITING, problem_of
from tests.api.test_full_sync import ODD_IDS
from tests.in_force import IN_FORCE
from tests.scenario.company import Company
from tests.scenario.world import salesperson


def test_jobs_are_listed_newest_first_with_their_totals(api: httpx.Client) -> None:
    jobs = api.get("/jobs", params={"limit": "200"}).json()["value"]
    assert [job["startedAt"] for job in jobs] == sorted((job["startedAt"] for job in jobs), reverse=True)
    assert {job["mapping"] for job in jobs} <= {*IN_FORCE, *SEVERAL}
    of_full_syncs = [job for job in jobs if (job["kind"], job["status"]) == ("full", "success")]
    assert of_full_syncs and all({"toSales", "fromSales"} <= job["totals"].keys() for job in of_full_syncs)


def test_jobs_of_one_mapping_page_by_page(office: Company, api: httpx.Client) -> None:
    for _ in range(2):
        office.full_sync(mappings=["CURRENCY"], createNew="none")
    seen, cursor = [], None
    for _ in range(50):
        page = api.get("/jobs", params={"mapping": "CURRENCY", "limit": "1"} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["value"]
        cursor = page["cursor"]
        if not cursor:
            break
    assert len(seen) == len({job["id"] for job in seen}) >= 3
    assert {job["mapping"] for job in seen} == {"CURRENCY"}


def test_one_job(api: httpx.Client) -> None:
    job = api.get("/jobs", params={"mapping": "CUSTOMER"}).json()["value"][-1]
    shown = api.get(f"/jobs/{job['id']}").json()
    assert shown == job
    assert shown["totals"]["toSales"]["inserted"] == 1


@pytest.mark.parametrize("id_", ODD_IDS)
def test_an_unknown_job_is_404(api: httpx.Client, id_: str) -> None:
    problem_of(api.get(f"/jobs/{id_}"), 404)
    problem_of(api.get(f"/jobs/{id_}/errors"), 404)


@pytest.mark.parametrize("route", ["/jobs", "/problems"])
def test_an_unknown_mapping_is_404_with_the_known_ones(api: httpx.Client, route: str) -> None:
    refused = problem_of(api.get(route, params={"mapping": "SUPPLIER"}), 404)
    assert refused["allowed"] == list(IN_FORCE)


def test_the_errors_of_a_job_say_what_to_do(office: Company, api: httpx.Client) -> None:
    ended = office.full_sync(mappings=["CONTACT"], createNew="toSales")
    job = ended["lines"][0]["toSales"]["jobId"]
    [error] = api.get(f"/jobs/{job}/errors").json()["value"]
    assert (error["mapping"], error["record"], error["code"]) == ("CONTACT", f"bc:{WAITING.id}", "waiting_for_parent")
    assert error["remedy"] and error["message"] and error["since"] and error["attempts"] >= 1


@pytest.mark.rule("D7")
def test_a_salesperson_without_user_is_one_problem_with_the_records_behind_it(api: httpx.Client) -> None:
    [problem] = api.get("/problems", params={"code": "no_owner"}).json()["value"]
    assert (problem["mapping"], problem["record"]) == ("SALESPEOPLE", f"bc:{salesperson('CC', '').id}")
    assert sorted(problem["waiting"]) == sorted(f"CUSTOMER bc:{each.id}" for each in OWNERLESS)
    assert "2 record" in problem["message"]
    each = api.get("/problems", params={"code": "no_owner", "expand": "true"}).json()["value"]
    assert {row["record"] for row in each} == {f"bc:{one.id}" for one in OWNERLESS}


def test_problems_by_mapping_and_code(api: httpx.Client) -> None:
    codes = {row["code"] for row in api.get("/problems", params={"mapping": "CONTACT"}).json()["value"]}
    assert codes == {"waiting_for_parent"}
    assert api.get("/problems", params={"code": "too_long"}).json()["value"] == []


def test_the_problem_of_one_record_and_the_number_of_each_cause(api: httpx.Client) -> None:
    record = f"bc:{OWNERLESS[0].id}"
    shown = api.get(f"/problems/CUSTOMER/{record}").json()
    assert (shown["record"], shown["code"], shown["parked"]) == (record, "no_owner", False)
    counts = {group["code"]: group["count"] for group in api.get("/problems", params={"groupBy": "code"}).json()["value"]}
    assert counts["no_owner"] == 2
    problem_of(api.get("/problems/CUSTOMER/bc:none"), 404)
    problem_of(api.post("/problems/resolve", json={"mapping": "CUSTOMER", "record": record, "choices": {"nothing": "bc"}}), 400)
