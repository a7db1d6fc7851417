"""What is told, and in which workspace table it lands: events, work messages, requests to the services, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sync.telemetry.fields import COUNTS


class Table(StrEnum):
    """The workspace tables of Application Insights."""

    EVENTS = "AppTraces"
    WORK = "AppRequests"
    CALLS = "AppDependencies"
    METRICS = "AppMetrics"


class Volume(StrEnum):
    """Which records are told of: what was changed and what failed, only what failed, or none; counts are always told."""

    CHANGED = "changed"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of thing that is told; its fields stand in `Properties`, in AppTraces also its name, as `Properties.event`."""

    name: str
    table: Table
    says: str
    fields: tuple[str, ...]


RECORD = Event(
    "record",
    Table.EVENTS,
    "A record was changed or failed; one for each direction in which something became of it.",
    (
        *("company", "mapping", "job", "side", "direction", "record", "partner", "outcome", "ageSeconds"),
        *("code", "field", "service", "status", "requestId"),
    ),
)
JOB = Event(
    "job",
    Table.EVENTS,
    "A synch job ended; the counts of both directions together.",
    ("company", "mapping", "job", "parent", "kind", "outcome", "seconds", *COUNTS),
)
TOTALS = Event(
    "totals",
    Table.EVENTS,
    "What a job did in one direction, when it ended.",
    ("company", "mapping", "job", "kind", "direction", *COUNTS),
)
PULSE = Event(
    "pulse",
    Table.EVENTS,
    "How a mapping stands, every five minutes.",
    ("company", "mapping", "status", "backlog", "openProblems", "lagSeconds", "silent"),
)
CONNECTION = Event(
    "connection",
    Table.EVENTS,
    "How the connection of a company stands, every five minutes: ready or on hold, why and by whom.",
    ("company", "status", "code", "by", "queue", "openProblems"),
)
SUBSCRIPTION = Event(
    "subscription",
    Table.EVENTS,
    "How the subscription of a webhook stands, every five minutes.",
    ("company", "service", "resource", "hoursLeft", "code"),
)
PROBLEM = Event(
    "problem",
    Table.EVENTS,
    "A problem was opened or resolved; mass_change is the brake.",
    ("company", "mapping", "job", "record", "code", "field", "outcome", "service", "status", "requestId"),
)
GIVEN_UP = Event(
    "given up",
    Table.EVENTS,
    "A work message failed too often, or came from the poison queue.",
    ("company", "mapping", "job", "kind", "code", "count"),
)
LOST = Event("lost", Table.EVENTS, "Work messages got lost and were sent again.", ("count",))
WORK = Event(
    "work",
    Table.WORK,
    "A work message in work; its Name is `work` and the kind, such as `work scan`.",
    ("company", "mapping", "job", "kind", "side", "count", "attempt", "outcome", "code", "requestId"),
)
CALL = Event(
    "call",
    Table.CALLS,
    "A request to a service, each attempt by itself.",
    ("company", "mapping", "job", "kind", "service", "method", "resource", "status", "requestId", "attempt", "code", "retryAfterSeconds"),
)
HINT = Event(
    "hint",
    Table.CALLS,
    "A notification that came while a look was asked for already: it links to the trace of that look, which sees its change.",
    ("company", "mapping", "side"),
)

EVENTS: Mapping[str, Event] = {
    each.name: each for each in (RECORD, JOB, TOTALS, PULSE, CONNECTION, SUBSCRIPTION, PROBLEM, GIVEN_UP, LOST, WORK, CALL, HINT)
}
"""All that is told, by name."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, of which few values of its fields make few series."""

    name: str
    unit: str
    says: str
    fields: tuple[str, ...]
    table: Table = Table.METRICS


RECORDS = Metric("couplet.records", "{record}", "Records synchronised, by what became of them.", ("mapping", "direction", "outcome"))
JOB_SECONDS = Metric("couplet.job.seconds", "s", "How long jobs took.", ("mapping", "kind", "outcome"))
CALL_SECONDS = Metric("couplet.call.seconds", "s", "How long the services took to answer.", ("service", "outcome"))

METRICS: Mapping[str, Metric] = {each.name: each for each in (RECORDS, JOB_SECONDS, CALL_SECONDS)}
"""All metrics, by name."""
