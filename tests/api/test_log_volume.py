"""How much is told to Application Insights, row by row: the numbers that docs/cost.md counts with."""

from __future__ import annotations

import json

from tests.api.conftest import COUPLED
from tests.api.test_telemetry import come_to_rest, of, start, story
from tests.cost_page import MEASURED
from tests.scenario.company import Company
from tests.telemetry.insights import Insights, Item

ENVELOPE = 350
"""About as many bytes are in the other columns of a row: time, operation, parent, role, instance, version."""


def told_of_an_edit(office: Company, monitor: Insights, phone: str) -> list[Item]:
    """What the whole way of one edit told."""
    before = len(monitor.items)
    office.hand("bc", "edit", set="customers", id=COUPLED.id, values={"phoneNumber": phone})
    start(office, "sync_customer")
    arrived = monitor.wait(lambda items: any(each.table == "AppRequests" for each in story(items[before:], COUPLED)))
    return story(arrived[before:], COUPLED)


def test_an_edit_and_a_pulse_tell_as_many_rows_as_the_page_says(office: Company, azure_monitor: Insights) -> None:
    come_to_rest(office)
    # What is remembered for a while, such as currencies, one of two edits reads at most
    edit = min((told_of_an_edit(office, azure_monitor, f"+49 30 77{each}") for each in (8, 9)), key=len)
    assert of(edit, COUPLED)
    assert len(edit) <= MEASURED["log rows of an edit"] <= 2 * len(edit)

    before = len(azure_monitor.items)
    start(office, "pulse")
    arrived = azure_monitor.wait(lambda items: any(each.properties.get("event") == "connection" for each in items[before:]))
    pulse = [each for each in arrived[before:] if each.properties.get("event") in ("pulse", "connection")]
    assert len(pulse) <= MEASURED["log rows of a pulse"] <= 2 * len(pulse)

    told = [len(json.dumps(each.data)) + ENVELOPE for each in azure_monitor.items]
    assert sum(told) / len(told) <= MEASURED["bytes of a log row"]
