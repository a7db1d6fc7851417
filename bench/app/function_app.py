"""Couplet's function app with one more function, which tells what this process has asked of the storage account so far.

Only the bench runs it. Requests are counted where the SDK hands them to the network, those of the functions host (which reads the queue
in the same process) apart from the app's own; the app's own meter counts the same requests, and the rows read and written.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import azure.functions as func
from azure.core.pipeline.transport import AioHttpTransport

import sync
from sync.environment import environment
from sync.store.meter import MeteredTransport

OPERATION = re.compile(rb"^(POST|PUT|PATCH|MERGE|DELETE) \S+?/devstoreaccount1/(\w+)", re.MULTILINE)

transactions: Counter[str] = Counter()
operations: Counter[str] = Counter()


def counted(send: Any) -> Any:
    """The transport's `send`, noting each request under its owner, verb and table or queue."""

    async def noting(self: AioHttpTransport, request: Any, **options: Any) -> Any:
        owner = "app" if isinstance(self, MeteredTransport) else "host"
        transactions[f"{owner} {request.method} {place(request)}"] += 1
        return await send(self, request, **options)

    return noting


def place(request: Any) -> str:
    """The table or queue that a request is about; of a transaction also its operations are noted."""
    path: str = urlsplit(request.url).path
    name = path.split("/")[2].partition("(")[0]
    if name != "$batch":
        return name
    found = OPERATION.findall(request.content if isinstance(request.content, bytes) else str(request.content).encode())
    for verb, table in found:
        operations[f"{verb.decode()} {table.decode()}"] += 1
    return f"$batch {found[0][1].decode()}" if found else name


AioHttpTransport.send = counted(AioHttpTransport.send)

_spec = importlib.util.spec_from_file_location("couplet_function_app", Path(sync.__file__).parents[1] / "function_app.py")
if _spec is None or _spec.loader is None:
    raise ImportError("Couplet's function_app.py")
_couplet = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_couplet)
app: func.FunctionApp = _couplet.app


@app.function_name("bench_figures")
@app.route(route="bench/figures", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def bench_figures(req: func.HttpRequest) -> func.HttpResponse:
    """All counters since the process started."""
    present = await environment()
    figures = {
        "meter": present.store.meter.snapshot(),
        "transactions": transactions,
        "operations": operations,
        "services": present.connections.counts(),
    }
    return func.HttpResponse(json.dumps(figures), mimetype="application/json")
