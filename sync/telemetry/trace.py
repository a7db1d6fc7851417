"""One piece of work, one trace id: from the tick, call or notification that began it, through the queue, to each request to a service.

Contexts and spans are those of OpenTelemetry. The Functions worker sets it up where Application Insights is connected; elsewhere spans
are not recorded, and the trace id travels all the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from sync.telemetry.events import HINT, WORK
from sync.telemetry.tell import about, declared

TRACER = trace.get_tracer("couplet")
_W3C = TraceContextTextMapPropagator()

# What an error says may quote a record: its code is told, its text and its stack are not.
QUIETLY: Mapping[str, Any] = {"record_exception": False, "set_status_on_exception": False}


def traceparent() -> str | None:
    """The W3C trace context of the present work; None outside of any."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


def operation() -> str:
    """The trace id of the present work, which the portal calls operation id; empty outside of any."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def new_trace() -> str:
    """A W3C trace context for work that begins here."""
    begins = _new()
    return f"00-{begins.trace_id:032x}-{begins.span_id:016x}-01"


@contextmanager
def begun(kind: str, caller: str | None = None) -> Iterator[None]:
    """Work that begins here: in the trace of the host or the caller where there is one, else in one of its own."""
    here = trace.get_current_span().get_span_context()
    parent = here if here.is_valid else _read(caller) or _new()
    with about(kind=kind), trace.use_span(NonRecordingSpan(parent), **QUIETLY):
        yield


@contextmanager
def working(message: Mapping[str, Any]) -> Iterator[None]:
    """A work message in work: in the trace of whoever sent it, with a link to the invocation that the host recorded."""
    here, sender = trace.get_current_span().get_span_context(), _read(message.get("traceparent")) or _new()
    known = {name: message.get(name) for name in ("company", "mapping", "job", "kind", "side")}
    told = declared(WORK, {**known, "count": len(message["ids"]) if "ids" in message else None, "attempt": message.get("attempt", 0) + 1})
    parent = trace.set_span_in_context(NonRecordingSpan(sender))
    links = [Link(here)] if here.is_valid and here != sender else []
    with (
        about(**{name: known[name] for name in ("company", "mapping", "job", "kind")}),
        TRACER.start_as_current_span(f"work {message['kind']}", parent, SpanKind.CONSUMER, told, links, **QUIETLY),
    ):
        try:
            yield
        except Exception as error:
            became("failed", error)
            raise


@contextmanager
def following(message: Mapping[str, Any]) -> Iterator[None]:
    """What follows from a work message when its work is over: in its trace."""
    sender = _read(message.get("traceparent")) or _new()
    with trace.use_span(NonRecordingSpan(sender), **QUIETLY):
        yield


def joined(other: str | None, **fields: Any) -> None:
    """What began here ends in the work of another trace."""
    context = _read(other)
    if context:
        told = declared(HINT, fields)
        TRACER.start_span(HINT.name, kind=SpanKind.INTERNAL, attributes=told, links=[Link(context)]).end()


def became(outcome: str, error: Exception | None = None) -> None:
    """What became of the work message in work."""
    span = trace.get_current_span()
    known = {"code": getattr(error, "code", None), "requestId": getattr(error, "request_id", None)}
    span.set_attributes(declared(WORK, {"outcome": outcome, **known}))
    span.set_status(StatusCode.ERROR if outcome == "failed" else StatusCode.OK)


def _new() -> SpanContext:
    return SpanContext(secrets.randbits(128), secrets.randbits(64), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _read(header: str | None) -> SpanContext | None:
    """The context that a `traceparent` names; None when it is none."""
    context = trace.get_current_span(_W3C.extract({"traceparent": header or ""}, Context())).get_span_context()
    return context if context.is_valid else None
