"""What is told is declared: every field of an event has a name, a type and a meaning, and none can hold data of people."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import pytest

from sync.telemetry import events
from sync.telemetry.events import EVENTS, METRICS, RECORD, Event, Metric
from sync.telemetry.fields import COUNTS, FIELDS, LINE
from sync.telemetry.tell import tell
from tests.telemetry.insights import deployed

ROOT = Path(__file__).parents[2]
SOURCES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "sync").rglob("*.py"))]
ALL: tuple[Event | Metric, ...] = (*EVENTS.values(), *METRICS.values())


def test_every_field_that_an_event_or_metric_carries_is_declared_and_every_declared_one_is_carried() -> None:
    assert {"event"}.union(*(each.fields for each in ALL)) == FIELDS.keys()
    assert {*COUNTS, *LINE} <= FIELDS.keys()


def test_every_declared_event_and_metric_is_told_by_some_code() -> None:
    used = {name for text in SOURCES for name in re.findall(r"\b(?:tell|declared|create_counter|create_histogram)\(([A-Z_]+)\b", text)}
    assert used == {name for name, value in vars(events).items() if isinstance(value, Event | Metric)}


def test_a_plain_line_of_the_log_carries_ids_and_codes_only() -> None:
    extras = [node.value for text in SOURCES for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword) and node.arg == "extra"]
    given = {key.value for each in extras if isinstance(each, ast.Dict) for key in each.keys if isinstance(key, ast.Constant)}
    assert "code" in given and given <= {"event", *LINE}


def test_the_page_on_telemetry_says_what_is_told() -> None:
    page = (ROOT / "docs" / "telemetry.md").read_text(encoding="utf-8")
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


def test_the_template_lets_the_worker_set_telemetry_up_and_nothing_else_tell() -> None:
    """The other switch, PYTHON_ENABLE_OPENTELEMETRY, makes every invocation fail in versions of the worker that Azure still runs."""
    settings = deployed()
    assert settings["PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY"] == "true" and "PYTHON_ENABLE_OPENTELEMETRY" not in settings
    assert {"httpx", "azure_sdk"} <= set(settings["OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"].split(","))
    page = (ROOT / "docs" / "telemetry.md").read_text(encoding="utf-8")
    assert [name for name, value in settings.items() if f"| `{name}` | `{value}` |" not in page] == []
