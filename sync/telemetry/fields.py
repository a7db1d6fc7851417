"""The fields of events and spans: ids, names of mappings and fields, codes and counts. None is a value of a record or a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field as `Properties` of the workspace tables hold it, in which numbers and truths are texts, too: `toint(Properties.count)`."""

    name: str
    kind: type[str | int | float | bool]
    says: str


_FIELDS = (
    Field("event", str, "the name of the event; what is no event is a plain line of the log"),
    # where
    Field("company", str, "the company's id in Business Central"),
    Field("mapping", str, "the mapping's name, such as CUSTOMER"),
    Field("job", str, "the synch job's id, as GET jobs shows it"),
    Field("parent", str, "the full synch that the job belongs to"),
    Field(
        "kind",
        str,
        "of a job: scheduled, full ...; of work: scan, page ..., outside of work messages: timer, call, notification",
    ),
    Field("side", str, "bc or sales: where the record was read"),
    Field("direction", str, "toSales or fromSales: where the record was written to"),
    Field("record", str, "the record, as bc:<id> or sales:<id>; of a problem about no record its place, such as scan:CUSTOMER"),
    Field("partner", str, "the record that it is coupled to, as bc:<id> or sales:<id>"),
    Field("field", str, "the field mapping that could not be synchronised"),
    # what became of it
    Field("outcome", str, "inserted, modified, failed ...; of a job its status; of work done, again, paused or failed"),
    Field("code", str, "the code of an error or problem: docs/problems.md"),
    Field("status", str, "of a mapping or connection: as GET mappings shows it; of an answer: its HTTP status"),
    Field("seconds", float, "how long it took"),
    Field("ageSeconds", float, "from the edit in one system to its arrival in the other one"),
    Field("attempt", int, "which attempt it was, from 1"),
    # a request to a service
    Field("service", str, "bc or sales: which service was asked"),
    Field("method", str, "the method of the request"),
    Field("resource", str, "the table or action that was asked for, without ids and values"),
    Field("requestId", str, "the service's own id of the request: what its support asks for"),
    Field("retryAfterSeconds", float, "how long the service asked to wait"),
    # how things stand
    Field("count", int, "how many records or messages"),
    Field("backlog", int, "messages of jobs that are still to be worked"),
    Field("queue", int, "about how many messages are on the work queue"),
    Field("openProblems", int, "problems that are open"),
    Field("lagSeconds", float, "since the mapping was last looked at"),
    Field("silent", bool, "whether the mapping was not looked at for three schedules"),
    Field("hoursLeft", float, "until the subscription of a webhook ends"),
    Field("by", str, "who put the connection on hold: app or person"),
    # counts of a job, as GET jobs shows them
    Field("inserted", int, "rows made"),
    Field("modified", int, "rows changed"),
    Field("unchanged", int, "records that were in step already"),
    Field("skipped", int, "records that were left alone"),
    Field("failed", int, "records that did not get through"),
    Field("waiting", int, "records that wait for another one"),
    Field("deleted", int, "rows deleted"),
    Field("outOfFilter", int, "records outside the mapping's filter"),
    Field("coupled", int, "records coupled by their natural key"),
    Field("uncoupled", int, "records uncoupled"),
    Field("shortened", int, "records with a text that was cut"),
    Field("setBack", int, "records with an edit that was set back"),
    Field("restored", int, "rows that were deleted and live again"),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _FIELDS}
"""Every field that telemetry may carry, by name."""

COUNTS = (
    *("inserted", "modified", "unchanged", "skipped", "failed", "waiting", "deleted", "outOfFilter"),
    *("coupled", "uncoupled", "shortened", "setBack", "restored"),
)
"""The counters of a job."""

LINE = ("company", "mapping", "job", "kind", "code")
"""What a plain line of the log may carry."""
