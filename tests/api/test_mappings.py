"""HTTP: job queue entries, and why a record is or is not in step."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.conftest import BLOCKED, CONTACT, COUPLED, LONELY, OWNERLESS, PROSPECT, WAITING, problem_of
from tests.in_force import ENABLED, IN_FORCE
from tests.scenario.company import Company
from tests.scenario.world import Record, id_of

SOMEBODY = "5d115c9c-44e3-ea11-bb43-000d3a2feca1"


def test_all_mappings_with_their_entries(api: httpx.Client) -> None:
    listed = api.get("/mappings").json()["value"]
    assert [each["name"] for each in listed] == list(IN_FORCE)
    assert {each["name"] for each in listed if each["status"] != "Ready"} == IN_FORCE.keys() - ENABLED.keys()
    assert {each["name"] for each in listed if not each["lastJob"]} == IN_FORCE.keys() - ENABLED.keys()


@pytest.mark.parametrize("name", ["CUSTOMER", "customer", "ITEM-PRODUCT", "PAYMENT%20TERMS"])
def test_one_mapping_with_its_fields(api: httpx.Client, name: str) -> None:
    shown = api.get(f"/mappings/{name}").json()
    mapping = IN_FORCE[shown["name"]]
    assert len(shown["fields"]) == sum(len(unit.members) for unit in (*mapping.fields, *mapping.offered))
    assert {"bc", "sales", "direction", "needs", "onlyCoupled", "status"} <= shown.keys()


@pytest.mark.parametrize("call", ["GET", "run", "hold", "resume"])
@pytest.mark.parametrize("name", ["SUPPLIER", "%27", "x%2Fy", "V" * 2000])
def test_an_unknown_mapping_is_404_with_the_known_ones(api: httpx.Client, call: str, name: str) -> None:
    answer = api.get(f"/mappings/{name}") if call == "GET" else api.post(f"/mappings/{name}/{call}")
    assert problem_of(answer, 404)["allowed"] == list(IN_FORCE)


def test_run_now_looks_once(office: Company, api: httpx.Client) -> None:
    before = api.get("/mappings/CURRENCY").json()["lastLooked"]
    assert api.post("/mappings/CURRENCY/run").status_code == 202
    Company.wait(lambda: api.get("/mappings/CURRENCY").json()["lastLooked"] != before)


def test_a_mapping_on_hold_is_not_run_and_says_why(api: httpx.Client) -> None:
    held = api.post("/mappings/CURRENCY/hold", json={"reason": "audit"}).json()
    assert (held["status"], held["holdReason"]) == ("On Hold", "audit")
    assert "audit" in problem_of(api.post("/mappings/CURRENCY/run"), 409)["detail"]
    resumed = api.post("/mappings/CURRENCY/resume").json()
    assert (resumed["status"], resumed["holdReason"]) == ("Ready", None)
    assert api.post("/mappings/CURRENCY/run").status_code == 202


@pytest.mark.parametrize("body", [{"reason": 5}, {"reason": "x" * 501}, {"why": "audit"}, ["audit"]])
def test_a_bad_reason_is_400_and_holds_nothing(api: httpx.Client, body: object) -> None:
    problem_of(api.post("/mappings/CUSTOMER/hold", json=body), 400)
    assert api.get("/mappings/CUSTOMER").json()["status"] == "Ready"


def explained(api: httpx.Client, mapping: str, record: Record) -> tuple[str, dict[str, Any]]:
    answer = api.get(f"/explain/{mapping}/{record.side}/{record.id}")
    assert answer.status_code == 200, answer.text
    return " ".join(answer.json()["sentences"]), answer.json()


def test_a_record_in_step_is_explained(api: httpx.Client) -> None:
    sentences, answer = explained(api, "CUSTOMER", COUPLED)
    assert "It is coupled to" in sentences and "in step" in sentences
    assert answer["plan"] == []
    back = api.get(f"/explain/CUSTOMER/sales/{answer['coupledTo']}").json()
    assert back["coupledTo"] == COUPLED.id


def test_a_record_that_would_be_made_shows_its_plan(api: httpx.Client) -> None:
    sentences, answer = explained(api, "CUSTOMER", LONELY)
    assert "not coupled" in sentences and "a new row would be made in Business Central" in sentences
    [step] = answer["plan"]
    assert (step["do"], step["side"], step["table"], step["values"]["displayName"]) == ("create", "bc", "customers", "Habicht")


def test_an_explanation_writes_nothing(office: Company, api: httpx.Client) -> None:
    office.reset_counters()
    explained(api, "CUSTOMER", LONELY)
    assert [office.counters(side)["rowsWritten"] for side in ("bc", "sales")] == [0, 0]


@pytest.mark.parametrize(("record", "reason"), [(BLOCKED, "blocked is All"), (PROSPECT, "customertypecode is 8")], ids=["bc", "sales"])
def test_a_record_outside_the_filter_is_told_the_reason(api: httpx.Client, record: Record, reason: str) -> None:
    sentences, answer = explained(api, "CUSTOMER", record)
    assert reason in sentences
    assert answer["plan"] == []


def test_a_waiting_record_says_for_what(api: httpx.Client) -> None:
    assert "waiting_for_parent" in explained(api, "CONTACT", WAITING)[0]
    assert "no_owner" in explained(api, "CUSTOMER", OWNERLESS[0])[0]


def test_an_option_is_explained_by_its_value(api: httpx.Client) -> None:
    answer = api.get("/explain/SHIPPING%20AGENT/sales/2").json()
    assert answer["coupledTo"] == id_of("shippingAgents", "DHL")


def test_a_record_that_is_not_there_says_so(api: httpx.Client) -> None:
    answer = api.get(f"/explain/CONTACT/bc/{SOMEBODY}")
    assert answer.status_code == 200
    assert "no such row" in answer.json()["sentences"][0]


@pytest.mark.parametrize("id_", ["5d115c9c", "1%20or%201%20eq%201", "%27%29", SOMEBODY + "x", "12"])
def test_an_id_that_is_no_guid_is_400(api: httpx.Client, id_: str) -> None:
    assert problem_of(api.get(f"/explain/CUSTOMER/bc/{id_}"), 400)["allowed"]


def test_explain_of_an_unknown_mapping_or_side_is_404(api: httpx.Client) -> None:
    problem_of(api.get(f"/explain/SUPPLIER/bc/{SOMEBODY}"), 404)
    assert problem_of(api.get(f"/explain/CUSTOMER/erp/{SOMEBODY}"), 404)["allowed"] == ["bc", "sales"]


@pytest.mark.rule("G1")
def test_the_company_may_be_named_and_is_refused_when_wrong(office: Company, api: httpx.Client) -> None:
    name = office.sandbox.company
    assert api.get("/mappings", params={"company": name}).status_code == 200
    refused = problem_of(api.get("/mappings", params={"company": "Nobody Ltd"}), 400)
    assert name in refused["detail"]
    problem_of(api.get(f"/explain/CONTACT/bc/{CONTACT.id}", params={"company": "Nobody Ltd"}), 400)


def test_switches_and_the_connection_over_the_real_host(api: httpx.Client) -> None:
    switched = api.patch("/mappings/CURRENCY", json={"minutes": 45}).json()
    assert (switched["minutes"], switched["origins"]["minutes"]) == (45, "switch")
    assert api.patch("/mappings/CURRENCY", json={"minutes": None}).json()["minutes"] == 0
    problem_of(api.patch("/mappings/CURRENCY", json={"minutes": "often"}), 400)
    held = api.post("/connection/hold", json={"reason": "Prüfung"})
    assert held.json()["status"] == "On Hold" and held.headers["couplet-on-hold"] == "Pr%C3%BCfung"
    assert problem_of(api.post("/mappings/CURRENCY/run"), 409)["onHold"]["by"] == "person"
    assert api.post("/connection/resume").json()["status"] == "Ready"
    assert "couplet-on-hold" not in api.get("/connection").headers
