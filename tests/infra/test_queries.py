"""The queries for the portal: Microsoft's parser takes them, and each field that they read is one that the app tells."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sandbox.processes import PROJECT
from sync.entry.pulse import OUT_OF_REACH
from sync.entry.schedule import EntryStatus
from sync.errors import by_code
from sync.heart.plan import Outcome
from sync.store import APP, PERSON, Status
from sync.store.hooks import EVERYBODY
from sync.telemetry.events import EVENTS, Event, Table
from tests.infra.kusto import TABLES, Query, queries, samples, texts

each_query = pytest.mark.parametrize("name", sorted(texts()))

SAID = {"opened": "telemetry/problems.py", "resolved": "telemetry/problems.py", "again": "run/work.py"}
"""Outcomes of problems and of work messages, and where they are said."""

KNOWN: Mapping[str, frozenset[str]] = {
    "status": frozenset({*EntryStatus, OUT_OF_REACH, "429"}),
    "outcome": frozenset({*Outcome, *Status, *SAID}),
    "by": frozenset({APP, PERSON}),
    "company": frozenset({EVERYBODY}),
}
"""What fields may hold that queries compare with texts."""


def may_hold(query: Query) -> set[str]:
    """The fields of what a query reads: of the events that it names, and of whatever else stands in its tables."""
    told = [EVENTS[name] for name in query.events] or [each for each in EVENTS.values() if each.table in query.tables]
    others = [each for each in EVENTS.values() if each.table in query.tables and each.table is not Table.EVENTS]
    return {field for event in (*told, *others) for field in _fields(event)}


def _fields(event: Event) -> set[str]:
    return {*event.fields, "event"} if event.table is Table.EVENTS else set(event.fields)


def test_the_parser_takes_every_query() -> None:
    assert {name: query.wrong for name, query in queries().items() if query.wrong} == {}


@each_query
def test_what_a_query_reads_is_told(name: str) -> None:
    query = queries()[name]
    assert query.tables and query.tables <= {*Table}
    assert query.events <= EVENTS.keys()
    assert query.fields <= may_hold(query)


@each_query
def test_what_a_field_is_compared_with_is_what_it_may_hold(name: str) -> None:
    values = queries()[name].values
    for field, known in KNOWN.items():
        assert values.get(field, frozenset()) <= known, field
    assert all(by_code(code) for code in values.get("code", frozenset()))
    assert values.keys() - KNOWN.keys() - {"event", "code", "chosenCompany", "chosenMapping"} == set()


@pytest.mark.parametrize("word", SAID)
def test_an_outcome_that_is_of_no_list_is_said_by_the_app(word: str) -> None:
    assert f'"{word}"' in (PROJECT / "sync" / SAID[word]).read_text(encoding="utf-8")


@each_query
def test_a_query_says_in_its_first_line_what_it_shows(name: str) -> None:
    first, rest = texts()[name].split("\n", 1)
    assert first.startswith("// ") and len(first) < 100
    assert "//" not in rest


def test_nothing_is_read_from_the_log_without_its_event() -> None:
    loose = {name for name, query in queries().items() if Table.EVENTS in query.tables and not query.events}
    assert loose == {"log", "operation"}


def test_the_parser_finds_what_is_wrong() -> None:
    found = samples()
    [wrong] = found["a column that is not there"].wrong
    assert "line 2" in wrong and "TimeGenrated" in wrong
    assert found["another type"].wrong and found["no condition"].wrong
    assert found["nothing wrong"] == Query(
        wrong=(),
        tables=frozenset({"AppTraces"}),
        fields=frozenset({"event", "mapping", "kind"}),
        values={"event": frozenset({"job", "pulse"}), "mapping": frozenset({"X"})},
        columns={"Properties_kind": "dynamic"},
    )


def test_the_parser_knows_the_tables_that_telemetry_lands_in() -> None:
    assert TABLES.keys() == {*Table}
