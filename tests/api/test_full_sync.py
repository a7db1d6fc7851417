"""HTTP: start, look at, cancel and restart a full synch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import problem_of
from tests.in_force import ENABLED, IN_FORCE
from tests.scenario.company import Company

PAGE = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
ODD_IDS = ["nope", "a'b", "a%23b", "a%5Cb", "%C3%A4", "..%2F..", "x" * 900, "full-1%00"]


@pytest.fixture
def slowly(office: Company) -> Iterator[None]:
    """Business Central answers so slowly that a full synch can be caught in the middle."""
    control = f"{office.sandbox.business_central}/_control/latency"
    httpx.post(control, json={"ms": 200}, trust_env=False)
    yield
    httpx.post(control, json={"ms": 0}, trust_env=False)


def test_a_full_synch_is_accepted_and_shows_its_lines_in_order(office: Company, api: httpx.Client) -> None:
    started = api.post("/full-sync", json={"createNew": "none"})
    assert started.status_code == 202
    id_ = started.json()["id"]
    assert started.headers["location"].endswith(f"full-sync/{id_}")
    ended = office.ended(id_)
    assert [line["mapping"] for line in ended["lines"]] == list(ENABLED)
    assert {line["status"] for line in ended["lines"]} <= {"success", "error"}
    customers = next(line for line in ended["lines"] if line["mapping"] == "CUSTOMER")
    assert customers["dependsOn"] == list(IN_FORCE["CUSTOMER"].needs)
    assert customers["toSales"]["unchanged"] >= 1
    assert {"direction", "recommendation", "total", "done", "fromSales"} <= customers.keys()


def test_some_mappings_only(office: Company, api: httpx.Client) -> None:
    ended = office.full_sync(mappings=["CURRENCY", "SALESPEOPLE"], createNew="none", startRule="ask")
    assert {line["mapping"] for line in ended["lines"]} == {"CURRENCY", "SALESPEOPLE"}


def test_full_synchs_are_listed_newest_first_page_by_page(office: Company, api: httpx.Client) -> None:
    newest = [office.full_sync(mappings=["CURRENCY"], createNew="none")["id"] for _ in range(2)][::-1]
    first = api.get("/full-sync", params={"limit": "1"}).json()
    second = api.get("/full-sync", params={"limit": "1", "cursor": first["cursor"]}).json()
    assert [page["value"][0]["id"] for page in (first, second)] == newest
    assert first["value"][0]["startedAt"] > second["value"][0]["startedAt"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{not json", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[1, 2]", "object"),
        (b'"all"', "object"),
        (b"[" * 30_000, "no JSON"),
        (b'{"createNews": "both"}', "createNews"),
        (b'{"createNew": "everything"}', "everything"),
        (b'{"createNew": 5}', "5"),
        (b'{"createNew": ["both"]}', "both"),
        (b'{"startRule": "newest"}', "newest"),
        (b'{"mappings": "CUSTOMER"}', "list"),
        (b'{"mappings": [1]}', "list"),
    ],
    ids=lambda value: str(value)[:25],
)
def test_a_body_that_cannot_be_used_is_400_with_what_is_wrong_and_what_is_allowed(api: httpx.Client, body: bytes, says: str) -> None:
    refused = problem_of(api.post("/full-sync", content=body), 400)
    assert says in refused["detail"]
    assert refused["allowed"]


def test_an_unknown_mapping_is_404_with_the_known_ones(api: httpx.Client) -> None:
    refused = problem_of(api.post("/full-sync", json={"mappings": ["CUSTOMER", "SUPPLIER"]}), 404)
    assert "SUPPLIER" in refused["detail"]
    assert refused["allowed"] == list(IN_FORCE)


def test_a_body_too_large_is_413(api: httpx.Client) -> None:
    problem_of(api.post("/full-sync", json={"mappings": ["X" * 70_000]}), 413)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.5", "٣", "²", "9" * 5000, ""])
def test_a_limit_out_of_range_is_400(api: httpx.Client, limit: str) -> None:
    for route in ("/full-sync", "/jobs", "/problems"):
        assert "200" in problem_of(api.get(route, params={"limit": limit}), 400)["detail"]


@pytest.mark.parametrize("cursor", ["x", "", "!!", "bm9uc2Vuc2U="])
def test_a_cursor_that_nobody_gave_is_no_server_error(api: httpx.Client, cursor: str) -> None:
    for route in ("/full-sync", "/jobs", "/problems"):
        assert api.get(route, params={"cursor": cursor}).status_code in (200, 400), route


@pytest.mark.parametrize("id_", ODD_IDS)
def test_an_unknown_full_synch_is_404(api: httpx.Client, id_: str) -> None:
    problem_of(api.get(f"/full-sync/{id_}"), 404)
    problem_of(api.post(f"/full-sync/{id_}/cancel"), 404)
    problem_of(api.post(f"/full-sync/{id_}/restart"), 404)


@pytest.mark.case("T272")
@pytest.mark.feature("F078")
def test_a_second_full_synch_is_refused_and_told_which_one_is_in_the_way(office: Company, api: httpx.Client, slowly: None) -> None:
    first = api.post("/full-sync", json={"createNew": "none"}).json()["id"]
    refused = problem_of(api.post("/full-sync", json={"createNew": "none"}), 409)
    assert refused["inTheWay"] == first
    assert first in refused["detail"] and "cancel" in refused["detail"] and "UTC" in refused["detail"]
    problem_of(api.post(f"/full-sync/{first}/restart"), 409)
    assert api.post(f"/full-sync/{first}/cancel").status_code == 202
    office.ended(first)


@pytest.mark.feature("F079")
def test_a_cancelled_full_synch_ends_and_goes_on_when_restarted(office: Company, api: httpx.Client, slowly: None) -> None:
    id_ = api.post("/full-sync", json={"createNew": "none"}).json()["id"]
    assert api.post(f"/full-sync/{id_}/cancel").status_code == 202
    ended: dict[str, Any] = office.ended(id_)
    assert ended["status"] == "cancelled"
    assert "cancelled" in {line["status"] for line in ended["lines"]}
    assert "over" in problem_of(api.post(f"/full-sync/{id_}/cancel"), 409)["detail"]
    assert api.post(f"/full-sync/{id_}/restart").status_code == 202
    again = office.ended(id_)
    assert again["status"] in ("success", "error")
    assert {line["status"] for line in again["lines"]} <= {"success", "error"}


@pytest.mark.feature("F076")
def test_the_review_is_opened_under_its_own_route_and_run_dry(office: Company, api: httpx.Client) -> None:
    lines = api.get("/full-sync/review").json()["lines"]
    assert [line["mapping"] for line in lines] == list(ENABLED)
    dry = api.post("/full-sync/review/start", json={"dryRun": True})
    assert dry.status_code == 202, dry.text
    ended = office.ended(dry.json()["id"])
    assert {line["status"] for line in ended["lines"]} == {"success"}
    assert [line["status"] for line in api.get("/full-sync/review").json()["lines"]] == [line["status"] for line in lines]
    assert "samples" in problem_of(api.get(f"/full-sync/{dry.json()['id']}", params={"samples": "many"}), 400)["detail"]
    problem_of(api.post("/full-sync/review/cancel"), 409)
    problem_of(api.patch("/full-sync/review/lines/SUPPLIER", json={}), 404)


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="the commands are for bash and curl")
def test_the_first_calls_of_a_deployed_app_are_answered_as_the_page_says(office: Company) -> None:
    """docs/deploy.md, step 6, run as it stands there."""
    step = PAGE[PAGE.index("## 6.") :]
    lines = [line for line in step[: step.index("\n## ", 1)].splitlines() if line.startswith("curl ")]
    names = {"PATH": os.environ["PATH"], "COUPLET": office.sandbox.endpoints["functions"], "KEY": office.sandbox.endpoints["functionKey"]}
    health, checked, *synchs, listed = (_told(line, names, office) for line in lines)
    assert health == {"status": "healthy"}
    assert checked["ready"] is True
    assert len(synchs) == 2 and all(each["finishedAt"] for each in synchs)
    assert {each["id"] for each in synchs} <= {each["id"] for each in listed["value"]}


def _told(line: str, names: dict[str, str], office: Company) -> dict[str, Any]:
    """What a command prints; a full synch that it starts comes to its end, so that the next one can begin."""
    done = subprocess.run(["bash", "-c", line], env=names, capture_output=True, text=True, timeout=60, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return office.ended(told["id"]) if " POST " in line else told
