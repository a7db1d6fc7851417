"""OpenTelemetry in the test's own process: spans and events are kept in memory, as the exporter of Azure Monitor would get them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from opentelemetry import trace
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

LOG = logging.getLogger("couplet")


@dataclass(frozen=True)
class Told:
    """One event or span: its name, fields, operation, and of a span its id, parent and links."""

    name: str
    fields: Mapping[str, Any]
    operation: str
    span: ReadableSpan | None = None


class Memory:
    """All that was told since the beginning of a test."""

    def __init__(self, spans: InMemorySpanExporter, logs: InMemoryLogRecordExporter) -> None:
        self._spans, self._logs = spans, logs

    def events(self, name: str, **having: Any) -> list[Told]:
        """The events of a name with these fields; plain lines of the log have the name `line`."""
        records = [each.log_record for each in self._logs.get_finished_logs()]
        told = [
            Told(str((one.attributes or {}).get("event", "line")), one.attributes or {}, f"{one.trace_id or 0:032x}") for one in records
        ]
        return _having([each for each in told if each.name == name], having)

    def work(self, **having: Any) -> list[Told]:
        """The work messages that were worked."""
        return self._of(SpanKind.CONSUMER, having)

    def calls(self, **having: Any) -> list[Told]:
        """The requests to the services."""
        return self._of(SpanKind.CLIENT, having)

    def hints(self, **having: Any) -> list[Told]:
        """The notifications that joined a look which was asked for before."""
        return self._of(SpanKind.INTERNAL, having)

    def _of(self, kind: SpanKind, having: Mapping[str, Any]) -> list[Told]:
        spans = [each for each in self._spans.get_finished_spans() if each.kind is kind]
        return _having([Told(each.name, each.attributes or {}, f"{each.context.trace_id:032x}", each) for each in spans], having)

    def forget(self) -> None:
        """Begin anew."""
        self._spans.clear()
        self._logs.clear()


def _having(told: list[Told], having: Mapping[str, Any]) -> list[Told]:
    return [each for each in told if all(each.fields.get(name) == value for name, value in having.items())]


@cache
def _spans() -> InMemorySpanExporter:
    """Once in a process: OpenTelemetry takes one provider and keeps it."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@contextmanager
def memory() -> Iterator[Memory]:
    """What is told inside."""
    logs, provider = InMemoryLogRecordExporter(), LoggerProvider()  # type: ignore[no-untyped-call]
    provider.add_log_record_processor(SimpleLogRecordProcessor(logs))
    handler = LoggingHandler(logger_provider=provider)
    LOG.addHandler(handler)
    told = Memory(_spans(), logs)
    told.forget()
    try:
        yield told
    finally:
        LOG.removeHandler(handler)
        told.forget()
