"""Work messages: what is on the queue."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sync.heart.plan import Run, Side, StartRule
from sync.run import messages
from sync.store.queue import LARGEST
from sync.telemetry.trace import working

COMPANY = str(uuid4())


def test_a_hundred_records_make_a_message_and_fit_the_queue() -> None:
    ids = [str(uuid4()) for _ in range(250)]
    parts = messages.records(COMPANY, "CUSTOMER", Side.BC, ids, job="CUSTOMER-1")
    assert [len(part["ids"]) for part in parts] == [100, 100, 50]
    assert [id for part in parts for id in part["ids"]] == ids
    assert all(len(json.dumps(part)) < LARGEST for part in parts)
    assert len({part["number"] for part in parts}) == len(parts)


def test_what_a_run_may_do_travels_with_the_message() -> None:
    run = Run(creates=frozenset({Side.SALES}), couples=True, start_rule=StartRule.ASK)
    stored = json.loads(json.dumps(messages.dump_run(run)))
    assert messages.load_run(stored, Run()) == run
    assert messages.load_run(None, run) == run


def test_work_that_begins_here_begins_a_trace_and_what_follows_keeps_it() -> None:
    first = messages.scan(COMPANY, "CUSTOMER")
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", first["traceparent"])
    with working(first):
        assert trace_of(messages.advance(COMPANY, "full-1")) == trace_of(first)
    assert trace_of(messages.scan(COMPANY, "CUSTOMER")) != trace_of(first)


def trace_of(message: Mapping[str, Any]) -> str:
    """The trace id; where spans are recorded, the work message's own span stands behind it."""
    return str(message["traceparent"].split("-")[1])
