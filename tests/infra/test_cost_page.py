"""docs/cost.md: what it says a month costs is what its own tables make, and what can be counted is as it says."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

import function_app
from bench.__main__ import RESULTS
from infra.workbook import ROOT
from sync.triggers import hooks, timers
from tests.cost_page import MEASURED, OTHER_TIMERS, Month, number, table
from tests.infra.kusto import texts

RECORDS = {"timers alone": 0, "1,000 records": 1_000, "100,000 records": 100_000, "1,000,000 records": 1_000_000}
MONTHS = {
    "looks every five minutes": [Month(records=each, minutes=5) for each in RECORDS.values()],
    "the same, first month with its full synch": [Month(records=each, minutes=5, first=True) for each in RECORDS.values()],
    "looks every quarter of an hour": [Month(records=each, minutes=15) for each in RECORDS.values()],
    "looks every minute": [Month(records=each, minutes=1) for each in RECORDS.values()],
}
QUARTER_CORE = 4
"""An instance of 512 MB has a quarter of a core: what took one second of a processor takes so many."""

BENCHED = {"first full synch": "first", "compared": "second"}


@pytest.mark.parametrize("row", MONTHS)
def test_a_month_costs_what_the_page_says(row: str) -> None:
    assert [float(cell.strip("$")) for cell in table("A month")[row]] == [round(month.total, 2) for month in MONTHS[row]]


def test_what_stands_beside_is_the_number_of_rules_and_endpoints() -> None:
    alerts = sum(name.startswith("alerts/") for name in texts())
    beside = table("Beside")
    assert number(beside["alerts"][0]) == alerts * number(beside["alerts"][1])
    targets = (ROOT / "infra" / "azure" / "endpoints.bicep").read_text(encoding="utf-8").count("{ group: '")
    assert number(beside["a network of its own"][0]) == pytest.approx(targets * number(beside["a network of its own"][1]))


def test_timers_are_as_many_as_the_page_says() -> None:
    runs = Counter(trigger.schedule for each in function_app.app._function_builders if (trigger := timer(each)))
    assert runs.pop(timers.SCHEDULE) == MEASURED["timers at a tick"]
    assert runs == {timers.EVERY_FIVE_MINUTES: 1, hooks.SCHEDULE: 1, timers.HOURLY: 1, timers.DAILY: 1}
    assert 4 * runs[hooks.SCHEDULE] + runs[timers.HOURLY] == OTHER_TIMERS
    assert MEASURED["instances that live"] == MEASURED["timers at a tick"] + 2, "those of the pulse and of the queue"


def timer(builder: Any) -> Any:
    """The timer of a function, where it has one."""
    trigger = builder._function._trigger
    return trigger if hasattr(trigger, "schedule") else None


@pytest.mark.parametrize("kind", BENCHED)
def test_what_a_record_costs_is_what_the_bench_measured(kind: str) -> None:
    latencies = json.loads(RESULTS.read_text(encoding="utf-8"))["latencies"]
    run = next(each for each in latencies if each["latencyMilliseconds"] == 50)[BENCHED[kind]]
    assert MEASURED[f"storage transactions of a record, {kind}"] == run["perRecord"]["storageTransactions"]
    slower = run["seconds"] + (QUARTER_CORE - 1) * run["cpuSeconds"]["functions"]
    assert MEASURED[f"seconds of a record, {kind}"] == pytest.approx(slower / run["records"], abs=0.0001)
