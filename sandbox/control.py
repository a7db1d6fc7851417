"""The control desk in front of both simulators: counters, faults, latency, switches and the `/_control` routes.

`Control` is an ASGI middleware. Everything outside `/_control` goes to the simulator, after the faults and the latency that
somebody asked for. The desk knows nothing of either product: a simulator hands it a `Simulator`, a bundle of callbacks.
"""

from __future__ import annotations

import asyncio
import inspect
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.faults import ControlRefused, Fault, Faults

__all__ = [
    "App",
    "Control",
    "ControlRefused",
    "Counters",
    "Dropped",
    "Fault",
    "Faults",
    "Hand",
    "Message",
    "Query",
    "Receive",
    "Row",
    "Scope",
    "Send",
    "Simulator",
]

Scope = MutableMapping[str, Any]
Message = Scope
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Row = dict[str, Any]
Hand = Callable[[Row], Any]
Query = Mapping[str, str]

PREFIX = "/_control/"
LOOPBACK = ("127.0.0.1", "::1", "localhost", "testclient")


class Dropped(ConnectionResetError):
    """The connection was closed without an answer, because a fault asked for it (seen only by in-process clients)."""


@dataclass
class Counters:
    """What a simulator has done since the last reset; the simulator itself reports routes, parts of batches and rows."""

    requests: int = 0
    batched: int = 0
    rows_read: int = 0
    rows_written: int = 0
    by_route: Counter[str] = field(default_factory=Counter)
    cpu_start: float = field(default_factory=time.process_time)

    def route(self, method: str, name: str) -> None:
        """Count one operation under a label such as `GET customers`."""
        self.by_route[f"{method} {name}"] += 1

    def reset(self) -> None:
        self.requests = self.batched = self.rows_read = self.rows_written = 0
        self.by_route.clear()
        self.cpu_start = time.process_time()

    def as_json(self) -> Row:
        return {
            "requests": self.requests,
            "batched": self.batched,
            "byRoute": dict(self.by_route),
            "rowsRead": self.rows_read,
            "rowsWritten": self.rows_written,
            "cpuSeconds": round(time.process_time() - self.cpu_start, 4),
        }


def _plain_refusal(status: int, code: str | None) -> bytes:
    return orjson.dumps({"error": {"code": code or "Fault", "message": f"Injected fault {status}."}})


@dataclass
class Simulator:
    """What the control desk needs of a simulator.

    `seed(tables, company)` loads rows in GET form and answers the number of rows per table; `rows(set, query)` gives all rows with all
    columns; `reset(body)` empties everything; `hands` maps a verb to a function of the body (may be async); `switches` is changed in
    place (only names that exist, `on_switch` is told afterwards); `refusal(status, code)` is an error body as the product writes it, and
    `request_id` the header in which each of its answers has an id.
    """

    seed: Callable[[dict[str, list[Row]], Row | None], Mapping[str, int]]
    rows: Callable[[str, Query], list[Row]]
    reset: Callable[[Row], None]
    hands: Mapping[str, Hand]
    switches: dict[str, Any]
    counters: Counters = field(default_factory=Counters)
    faults: Faults = field(default_factory=Faults)
    refusal: Callable[[int, str | None], bytes] = _plain_refusal
    request_id: str = "request-id"
    on_switch: Callable[[str], None] = lambda name: None


def _json(value: Any, status: int = 200) -> Response:
    if value is None:
        return Response(status_code=204)
    return Response(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS), status, media_type="application/json")


class Control:
    """ASGI middleware: `Control(app, simulator)`; the simulator's `counters` and `faults` are shared with it."""

    def __init__(self, app: App, simulator: Simulator) -> None:
        self.app = app
        self.simulator = simulator
        self.latency_seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            inside = scope["path"].startswith(PREFIX)
            await (self._desk if inside else self._forward)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _forward(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.simulator.counters.requests += 1
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        fault = self.simulator.faults.take(scope["method"], _target(scope)) if self.simulator.faults.waiting else None
        await (self._fail(fault, scope, receive, send) if fault else self.app(scope, receive, send))

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault.kind == "delay":
            await self.app(scope, receive, send)
            return
        if fault.after:
            await self.app(scope, receive, _swallow)
        if fault.kind == "drop":
            await _drop(send)
            return
        waits = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        headers = {self.simulator.request_id: str(uuid.uuid4()), **waits}
        body = self.simulator.refusal(fault.status, fault.code)
        await Response(body, fault.status, headers, "application/json")(scope, receive, send)

    async def _desk(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if (scope.get("client") or LOOPBACK)[0] not in LOOPBACK:
                raise ControlRefused("the control desk serves this machine only", status=403)
            response = await self._answer(Request(scope, receive))
        except ControlRefused as refused:
            response = _json({"error": {"code": refused.code, "message": refused.message}}, refused.status)
        except (ValueError, KeyError, TypeError) as wrong:
            response = _json({"error": {"code": type(wrong).__name__, "message": str(wrong)}}, 400)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        verb, _, rest = request.url.path.removeprefix(PREFIX).partition("/")
        raw = await request.body()
        body = orjson.loads(raw) if raw else {}
        route = ROUTES.get((request.method, verb))
        if route is None:
            raise ControlRefused(f"no {request.method} {request.url.path} here", status=404)
        return await route(self, rest, body, request.query_params)


async def _swallow(message: Message) -> None:
    """The answer that nobody gets."""


def _target(scope: Scope) -> str:
    query = scope.get("query_string", b"")
    return str(scope["path"]) + (f"?{query.decode('latin-1')}" if query else "")


async def _drop(send: Send) -> None:
    """Close the connection under the server's feet; uvicorn's `send` is a method of the object that holds the transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise Dropped("connection dropped by a fault")
    transport.abort()
    await asyncio.sleep(0.01)


async def _health(desk: Control, rest: str, body: Row, query: Query) -> Response:
    return _json({"status": "ok"})


async def _counters(desk: Control, rest: str, body: Row, query: Query) -> Response:
    if rest == "reset":
        desk.simulator.counters.reset()
    return _json(desk.simulator.counters.as_json())


async def _add_fault(desk: Control, rest: str, body: Row, query: Query) -> Response:
    desk.simulator.faults.waiting.append(Fault.of(body))
    return _json({"waiting": len(desk.simulator.faults.waiting)}, 201)


async def _clear_faults(desk: Control, rest: str, body: Row, query: Query) -> Response:
    desk.simulator.faults.waiting.clear()
    return _json(None)


async def _latency(desk: Control, rest: str, body: Row, query: Query) -> Response:
    desk.latency_seconds = float(body["ms"]) / 1000
    return _json({"ms": body["ms"]})


async def _switches(desk: Control, rest: str, body: Row, query: Query) -> Response:
    switches = desk.simulator.switches
    unknown = sorted(set(body) - set(switches))
    if unknown:
        raise ControlRefused(f"no switch {', '.join(unknown)}; there are {', '.join(sorted(switches))}")
    switches.update(body)
    for name in body:
        desk.simulator.on_switch(name)
    return _json(switches)


async def _seed(desk: Control, rest: str, body: Row, query: Query) -> Response:
    return _json(desk.simulator.seed(body.get("tables", {}), body.get("company")))


async def _rows(desk: Control, rest: str, body: Row, query: Query) -> Response:
    return _json(desk.simulator.rows(rest, query))


async def _reset(desk: Control, rest: str, body: Row, query: Query) -> Response:
    desk.simulator.reset(body)
    desk.simulator.counters.reset()
    desk.simulator.faults.waiting.clear()
    desk.latency_seconds = 0.0
    return _json(None)


async def _hands(desk: Control, rest: str, body: Row, query: Query) -> Response:
    hand = desk.simulator.hands.get(rest)
    if hand is None:
        raise ControlRefused(f"no verb {rest!r}; there are {', '.join(sorted(desk.simulator.hands))}", status=404)
    result = hand(body)
    return _json(await result if inspect.isawaitable(result) else result)


ROUTES: dict[tuple[str, str], Callable[[Control, str, Row, Query], Awaitable[Response]]] = {
    ("GET", "health"): _health,
    ("GET", "counters"): _counters,
    ("POST", "counters"): _counters,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "latency"): _latency,
    ("GET", "switches"): _switches,
    ("POST", "switches"): _switches,
    ("POST", "seed"): _seed,
    ("GET", "rows"): _rows,
    ("POST", "reset"): _reset,
    ("POST", "hands"): _hands,
}
