"""What is told is declared: every field of an event has a name, a type and a meaning, and none can hold data of people."""

from __future__ import annotations

import logging

import pytest

from sync.telemetry.events import EVENTS, METRICS, RECORD
from sync.telemetry.fields import COUNTS, FIELDS, LINE
from sync.telemetry.tell import tell


def test_every_field_that_an_event_or_metric_carries_is_declared_and_every_declared_one_is_carried() -> None:
    events, metrics = [each.fields for each in EVENTS.values()], [each.fields for each in METRICS.values()]
    assert {"event"}.union(*events, *metrics) == FIELDS.keys()
    assert {*COUNTS, *LINE} <= FIELDS.keys()


def test_an_event_sends_nothing_that_it_does_not_declare(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="couplet"):
        tell(RECORD, mapping="CUSTOMER", record="bc:1", outcome="modified", name="Ada Lovelace", ageSeconds=3, code=None)
    [line] = caplog.records
    assert "Ada" not in str(vars(line))
    told = {name: value for name, value in vars(line).items() if name in FIELDS}
    assert told == {"event": "record", "mapping": "CUSTOMER", "record": "bc:1", "outcome": "modified", "ageSeconds": 3.0}
    assert line.getMessage() == "record: CUSTOMER bc:1 modified"
