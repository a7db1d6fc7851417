"""A request to a service as Azure Monitor sees it: where it went, without ids and values, how long it took, and its id there."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
from opentelemetry import metrics
from opentelemetry.trace import Span, SpanKind, StatusCode

from sync.errors import CoupletError
from sync.telemetry.events import CALL, CALL_SECONDS
from sync.telemetry.tell import declared
from sync.telemetry.trace import QUIETLY, TRACER, traceparent

_SECONDS = metrics.get_meter("couplet").create_histogram(CALL_SECONDS.name, CALL_SECONDS.unit, CALL_SECONDS.says)

_IN_PARENTHESES = re.compile(r"\([^()]*\)")


def bare(url: str) -> str:
    """An address without query, ids and values: what stands in parentheses, and all behind a quote that is left."""
    parts = urlsplit(url)
    path = _IN_PARENTHESES.sub("", parts.path).partition("'")[0].partition("(")[0]
    return f"{parts.scheme}://{parts.netloc}{path}"


def resource_of(address: str) -> str:
    """What a bare address asks for: the table, the table and its action, or the function."""
    *_, before, last = address.split("/")
    return f"{before}/{last.rpartition('.')[2]}" if last.startswith("Microsoft.") else last


class Call:
    """One request while it is under way."""

    def __init__(self, span: Span, service: str) -> None:
        self._span = span
        self._service = service
        self._began = time.monotonic()

    @property
    def headers(self) -> dict[str, str]:
        """What goes along with the request, so that the service's own traces are found by the same id."""
        known = traceparent()
        return {"traceparent": known} if known else {}

    def answered(self, response: httpx.Response, request_id: str | None) -> None:
        """The service answered, whatever it said."""
        status = response.status_code
        self._end("ok" if status < 400 else "throttled" if status == httpx.codes.TOO_MANY_REQUESTS else "refused")
        waits = response.headers.get("retry-after", "")
        told = {"status": status, "requestId": request_id, "retryAfterSeconds": waits if waits.isdecimal() else None}
        self._span.set_attributes({"http.response.status_code": status, **declared(CALL, told)})
        self._span.set_status(StatusCode.ERROR if status >= 400 else StatusCode.OK)

    def failed(self, error: CoupletError) -> None:
        """There was no answer."""
        self._end("failed")
        self._span.set_attributes(declared(CALL, {"code": error.code}))
        self._span.set_status(StatusCode.ERROR)

    def _end(self, outcome: str) -> None:
        _SECONDS.record(time.monotonic() - self._began, {"service": self._service, "outcome": outcome})


@contextmanager
def calling(service: str, method: str, url: str, attempt: int) -> Iterator[Call]:
    """A request to a service; inside, the trace context to send along is that of its span."""
    address = bare(url)
    resource = resource_of(address)
    told = declared(CALL, {"service": service, "method": method, "resource": resource, "attempt": attempt})
    # How Azure Monitor's exporter names a request and its target
    standard = {"http.request.method": method, "url.full": address}
    with TRACER.start_as_current_span(
        f"{service} {method} {resource}", kind=SpanKind.CLIENT, attributes={**standard, **told}, **QUIETLY
    ) as span:
        call = Call(span, service)
        try:
            yield call
        except CoupletError as error:
            call.failed(error)
            raise
