"""`python -m bench.telemetry`: what telling costs: processor time with and without Application Insights, and the bytes that go there."""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import httpx
from opentelemetry import _logs, trace
from rich.console import Console
from rich.table import Table

from sync.telemetry.calls import calling
from sync.telemetry.events import PULSE, RECORD
from sync.telemetry.tell import about, tell
from sync.telemetry.trace import new_trace, working

COMPANY, ADDRESS = str(uuid4()), f"https://contoso.crm4.dynamics.com/api/data/v9.2/accounts({uuid4()})"
ANSWER = httpx.Response(204)


def record() -> None:
    """A record that was modified."""
    ids = {"record": f"bc:{uuid4()}", "partner": f"sales:{uuid4()}", "job": "CUSTOMER-fff99f161b5bb1fd79837e37"}
    tell(RECORD, mapping="CUSTOMER", side="bc", direction="toSales", outcome="modified", ageSeconds=41.2, **ids)


def pulse() -> None:
    """How one mapping stands."""
    tell(PULSE, mapping="CUSTOMER", status="Ready", backlog=0, openProblems=3, lagSeconds=12.5, silent=False)


def call() -> None:
    """One request to a service."""
    with calling("sales", "PATCH", ADDRESS, 1) as one:
        one.answered(ANSWER, str(uuid4()))


def work() -> None:
    """One work message."""
    with working({"kind": "scan", "company": COMPANY, "mapping": "CUSTOMER", "traceparent": new_trace()}):
        pass


KINDS: tuple[Callable[[], None], ...] = (record, pulse, call, work)


taking: list[float] = []
"""Processor time of the endpoint, which in Azure is not ours."""


def seconds(kind: Callable[[], None], number: int, flush: Callable[[], object]) -> float:
    """Processor time of one, that of the exporter's threads included."""
    taking.clear()
    begun = time.process_time()
    with about(company=COMPANY):
        for _ in range(number):
            kind()
    flush()
    return (time.process_time() - begun - sum(taking)) / number


def endpoint() -> tuple[str, Counter[str]]:
    """An address that takes what is exported until the end, and its bytes by kind before they are packed: what Azure counts."""
    sizes: Counter[str] = Counter()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            begun = time.thread_time()
            raw = self.rfile.read(int(self.headers["content-length"]))
            items = json.loads(gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw)
            for each in items if isinstance(items, list) else ():
                sizes[_kind_of(each["data"]["baseData"])] += len(json.dumps(each))
            answer = json.dumps({"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            taking.append(time.thread_time() - begun)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", sizes


def _kind_of(data: Mapping[str, object]) -> str:
    properties = data.get("properties") or {}
    assert isinstance(properties, dict)
    return str(properties.get("event") or ("call" if "service" in properties else "work"))


def connect(url: str) -> None:
    """As the Functions worker does, with the settings of infra/azure/app.bicep that matter here."""
    os.environ |= {"OTEL_TRACES_SAMPLER": "always_on", "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true"}
    os.environ |= {"APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true", "OTEL_METRICS_EXPORTER": "none"}
    os.environ["OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"] = "azure_sdk,httpx,requests,urllib,urllib3"
    from azure.monitor.opentelemetry import configure_azure_monitor  # noqa: PLC0415  (heavy, and not to be measured)

    key = f"InstrumentationKey={uuid4()};IngestionEndpoint={url}/;LiveEndpoint={url}/"
    configure_azure_monitor(connection_string=key, logger_name="couplet", enable_live_metrics=False, enable_performance_counters=False)


def flush() -> None:
    """Send what waits."""
    providers: tuple[Any, Any] = trace.get_tracer_provider(), _logs.get_logger_provider()
    for provider in providers:
        provider.force_flush()


def main() -> int:
    """Measure, and print a line a kind."""
    parser = argparse.ArgumentParser(prog="python -m bench.telemetry", description=__doc__)
    parser.add_argument("--number", type=int, default=1500, help="how many of each kind")
    number = parser.parse_args().number
    logging.getLogger("couplet").setLevel(logging.INFO)
    apart = {kind.__name__: seconds(kind, number, lambda: None) for kind in KINDS}
    url, sizes = endpoint()
    connect(url)
    told = {kind.__name__: seconds(kind, number, flush) for kind in KINDS}
    table = Table("", "µs", "µs connected", "bytes", title=f"telling, {number} of each")
    for name, alone in apart.items():
        table.add_row(name, f"{alone * 1e6:.0f}", f"{told[name] * 1e6:.0f}", f"{sizes[name] / number:.0f}")
    Console(width=80).print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
