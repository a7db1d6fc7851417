"""What is told is declared: every field of an event has a name, a type and a meaning, and none can hold data of people."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from sync.telemetry.events import EVENTS, METRICS, RECORD, Event, Metric
from sync.telemetry.fields import COUNTS, FIELDS, LINE
from sync.telemetry.tell import tell

ALL: tuple[Event | Metric, ...] = (*EVENTS.values(), *METRICS.values())


def test_every_field_that_an_event_or_metric_carries_is_declared_and_every_declared_one_is_carried() -> None:
    assert {"event"}.union(*(each.fields for each in ALL)) == FIELDS.keys()
    assert {*COUNTS, *LINE} <= FIELDS.keys()


def test_the_page_on_telemetry_says_what_is_told() -> None:
    page = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text(encoding="utf-8")
    rows = [f"| `{each.name}` | {each.table} | {each.says} | {', '.join(each.fields)} |" for each in ALL]
    assert [line for line in page.splitlines() if "| App" in line] == rows


def test_an_event_sends_nothing_that_it_does_not_declare(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="couplet"):
        tell(RECORD, mapping="CUSTOMER", record="bc:1", outcome="modified", name="Ada Lovelace", ageSeconds=3, code=None)
    [line] = caplog.records
    assert "Ada" not in str(vars(line))
    told = {name: value for name, value in vars(line).items() if name in FIELDS}
    assert told == {"event": "record", "mapping": "CUSTOMER", "record": "bc:1", "outcome": "modified", "ageSeconds": 3.0}
    assert line.getMessage() == "record: CUSTOMER bc:1 modified"
