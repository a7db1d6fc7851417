"""An ingestion endpoint of Application Insights for tests: takes what Microsoft's exporter sends, by workspace table."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KEY = "00000000-0000-0000-0000-000000000001"
TEMPLATE = Path(__file__).parents[2] / "infra" / "azure" / "app.bicep"

TABLES = {
    "RequestData": "AppRequests",
    "RemoteDependencyData": "AppDependencies",
    "MessageData": "AppTraces",
    "ExceptionData": "AppExceptions",
    "MetricData": "AppMetrics",
}
"""In which workspace table Azure Monitor keeps an item, by its base type."""


def deployed() -> dict[str, str]:
    """The app settings of the template that are about telemetry and are the same everywhere."""
    [block] = re.findall(r"^var telemetrySettings = \{\n(.*?)^\}", TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^  (\w+): '([^']*)'$", block, re.MULTILINE))


@dataclass(frozen=True)
class Item:
    """One row as the workspace would hold it: its table, its operation, its parent and its columns."""

    table: str
    operation: str
    parent: str
    data: dict[str, Any]

    @property
    def properties(self) -> dict[str, str]:
        """The dynamic column Properties."""
        return dict(self.data.get("properties") or {})


@dataclass
class Insights:
    """What arrived so far, and how an app is connected."""

    url: str
    items: list[Item] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """App settings as the template gives them, with this endpoint in the place of Azure's, and less patience."""
        connection = f"InstrumentationKey={KEY};IngestionEndpoint={self.url}/;LiveEndpoint={self.url}/"
        patience = {"OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_BLRP_SCHEDULE_DELAY": "200", "OTEL_METRIC_EXPORT_INTERVAL": "500"}
        return {"APPLICATIONINSIGHTS_CONNECTION_STRING": connection, **deployed(), **patience}

    def wait(self, arrived: Callable[[list[Item]], bool], seconds: float = 30) -> list[Item]:
        """What arrived, as soon as it is what was waited for."""
        until = time.monotonic() + seconds
        while not arrived(self.items):
            assert time.monotonic() < until, f"it did not arrive within {seconds} seconds among {len(self.items)} items"
            time.sleep(0.1)
        return list(self.items)


@contextmanager
def insights() -> Iterator[Insights]:
    """A running endpoint."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", "0")))
            told = json.loads(gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw)
            batch = told if self.path.endswith("/track") else []
            running.items.extend(_item(each) for each in batch)
            answer = json.dumps({"itemsReceived": len(batch), "itemsAccepted": len(batch), "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    running = Insights(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _item(envelope: dict[str, Any]) -> Item:
    tags, data = envelope.get("tags") or {}, envelope["data"]
    table = TABLES.get(data["baseType"], data["baseType"])
    return Item(table, tags.get("ai.operation.id", ""), tags.get("ai.operation.parentId", ""), data["baseData"])
