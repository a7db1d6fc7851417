"""What Application Insights gets from Microsoft's worker with Microsoft's exporter, as they run in Azure: one edit, followed by one id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from sync.telemetry.fields import FIELDS
from tests.api.conftest import COUPLED, OWNERLESS, WAITING
from tests.scenario.company import Company
from tests.scenario.world import Record
from tests.telemetry.insights import Insights, Item

THEIRS = {"logger_name", "_MS.links", "_MS.ProcessedByMetricExtractors"}
"""Properties that the exporter adds by itself."""

CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(scope="module")
def edited(office: Company, azure_monitor: Insights) -> Iterator[list[Item]]:
    """All that was told of a customer's new phone number, which a timer found."""
    come_to_rest(office)
    before = len(azure_monitor.items)
    office.hand("bc", "edit", set="customers", id=COUPLED.id, values={"phoneNumber": "+49 30 777"})
    start(office, "sync_customer")
    arrived = azure_monitor.wait(lambda items: any(each.table == "AppRequests" for each in story(items[before:], COUPLED)))
    yield story(arrived[before:], COUPLED)
    office.hand("bc", "edit", set="customers", id=COUPLED.id, values={"phoneNumber": COUPLED.values["phoneNumber"]})


def come_to_rest(office: Company) -> None:
    """Let what others left for the next look at customers, such as a comparison of all pairs, come to its end."""
    office.api.post("/mappings/CUSTOMER/run").raise_for_status()
    office.wait(lambda: office.api.get("/mappings/CUSTOMER").json()["status"] == "Ready", 60)
    office.settled()


def start(office: Company, function: str) -> None:
    """Let a timer's time have come."""
    ends = office.sandbox.endpoints
    url = f"{ends['functions']}/admin/functions/{function}"
    httpx.post(url, headers={"x-functions-key": ends["masterKey"]}, json={}, trust_env=False).raise_for_status()


def of(items: Sequence[Item], record: Record) -> list[Item]:
    """What was told of a record."""
    return [each for each in items if f"{record.side}:{record.id}" in (each.properties.get("record"), each.properties.get("partner"))]


def story(items: Sequence[Item], record: Record) -> list[Item]:
    """All of the operation in which something was told of a record; its work message is the last to be told."""
    operations = {each.operation for each in of(items, record)}
    return [each for each in items if each.operation in operations]


def written(items: Sequence[Item]) -> list[Item]:
    """Requests that wrote to Sales."""
    calls = [each for each in items if each.table == "AppDependencies" and each.properties.get("service") == "sales"]
    return [each for each in calls if each.properties["method"] != "GET" and each.properties["resource"] == "accounts"]


@pytest.mark.feature("F158")
def test_an_edit_is_followed_from_the_timer_through_the_queue_to_the_request_at_sales_by_one_id(edited: list[Item]) -> None:
    [work] = [each for each in edited if each.table == "AppRequests"]
    assert (work.data["name"], work.data["success"]) == ("work scan", True)
    assert work.properties.items() >= {"mapping": "CUSTOMER", "kind": "scan", "outcome": "done", "attempt": "1"}.items()
    [call] = written(edited)
    assert (call.data["resultCode"], call.data["success"], call.parent) == ("204", True, work.data["id"])
    assert len(call.properties["requestId"]) == 36 and call.properties["mapping"] == "CUSTOMER"
    [told] = of(edited, COUPLED)
    assert told.parent == work.data["id"]
    assert told.properties.items() >= {"event": "record", "outcome": "modified", "direction": "toSales", "side": "bc"}.items()
    assert 0 < float(told.properties["ageSeconds"]) < 60


def test_the_work_links_to_the_invocation_that_the_functions_host_recorded(edited: list[Item]) -> None:
    [work] = [each for each in edited if each.table == "AppRequests"]
    [link] = json.loads(work.properties["_MS.links"])
    assert link["operation_Id"] not in ("", work.operation)


def test_the_id_stands_in_the_job_and_in_the_history_of_the_record(edited: list[Item], api: httpx.Client) -> None:
    operation = edited[0].operation
    [told] = of(edited, COUPLED)
    assert api.get(f"/jobs/{told.properties['job']}").json()["operationId"] == operation
    history = api.get(f"/records/CUSTOMER/bc/{COUPLED.id}/log").json()
    assert history["value"][0]["operationId"] == operation


def test_a_call_goes_on_in_the_trace_of_whoever_made_it(api: httpx.Client, azure_monitor: Insights) -> None:
    headers = {"traceparent": f"00-{CALLER}-00f067aa0ba902b7-01"}
    assert api.post(f"/records/CUSTOMER/bc/{COUPLED.id}/sync", json={}, headers=headers).status_code == 200
    azure_monitor.wait(lambda items: {each.properties.get("service") for each in items if each.operation == CALLER} >= {"bc", "sales"})


def test_the_pulse_tells_how_every_mapping_stands(office: Company, azure_monitor: Insights) -> None:
    before = len(azure_monitor.items)
    start(office, "pulse")
    arrived = azure_monitor.wait(lambda items: any(each.properties.get("event") == "connection" for each in items[before:]))[before:]
    last, *_ = [each for each in arrived if each.properties.get("event") == "connection"]
    beat, connection = [each.properties for each in arrived if each.operation == last.operation], last.properties
    pulses = {each["mapping"]: each for each in beat if each.get("event") == "pulse"}
    assert {"CUSTOMER", "CONTACT", "CURRENCY"} <= pulses.keys()
    assert pulses["CUSTOMER"].items() >= {"backlog": "0", "silent": "False"}.items()
    assert connection["status"] == "Ready"
    assert int(connection["openProblems"]) == sum(int(each["openProblems"]) for each in pulses.values()) > 0


def test_an_open_problem_holds_the_id_of_the_work_that_met_it(api: httpx.Client, azure_monitor: Insights) -> None:
    [problem] = [each for each in api.get("/problems?mapping=CONTACT").json()["value"] if each["record"] == f"bc:{WAITING.id}"]
    told = azure_monitor.wait(lambda items: any(each.operation == problem["operationId"] for each in items))
    assert any(each.table == "AppDependencies" for each in told if each.operation == problem["operationId"])


def test_nothing_that_is_told_is_a_value_of_a_record_a_secret_or_undeclared(office: Company, azure_monitor: Insights) -> None:
    """Of all that the host told while the tests of the API ran before this one."""
    ours = [each for each in azure_monitor.items if each.table != "AppMetrics" or each.data["metrics"][0]["name"].startswith("couplet")]
    assert len(ours) > 100
    assert {name for each in ours for name in each.properties} <= FIELDS.keys() | THEIRS
    told = json.dumps([each.data for each in azure_monitor.items])
    people = [str(value) for record in (COUPLED, *OWNERLESS, WAITING) for value in values_of(record)]
    ends, settings = office.sandbox.endpoints, office.sandbox.app_settings
    secrets = [ends["functionKey"], ends["masterKey"], settings["ENTRA_CLIENT_SECRET"], "AccountKey", "Bearer", "eyJ"]
    assert [value for value in (*people, *secrets) if value in told] == []


def values_of(record: Record) -> Iterator[Any]:
    """What people typed into a record, and no number or word that stands anywhere."""
    yield from (record.values[name] for name in ("displayName", "email", "phoneNumber") if len(str(record.values.get(name, ""))) > 6)
