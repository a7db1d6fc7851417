"""An ingestion endpoint of Application Insights for tests: takes what Microsoft's exporter sends, by workspace table."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TABLES = {
    "RequestData": "AppRequests",
    "RemoteDependencyData": "AppDependencies",
    "MessageData": "AppTraces",
    "ExceptionData": "AppExceptions",
    "MetricData": "AppMetrics",
}
"""In which workspace table Azure Monitor keeps an item, by its base type."""


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
        """App settings as infra/azure/app.bicep gives them, with this endpoint in the place of Azure's."""
        connection = f"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={self.url}/;LiveEndpoint={self.url}/"
        return {"APPLICATIONINSIGHTS_CONNECTION_STRING": connection}

    def wait(self, arrived: Callable[[list[Item]], bool], seconds: float = 30) -> list[Item]:
        """What arrived, as soon as it is what was waited for."""
        until = time.monotonic() + seconds
        while not arrived(self.items):
            assert time.monotonic() < until, f"it did not arrive: {sorted({(each.table, each.data.get('name')) for each in self.items})}"
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
