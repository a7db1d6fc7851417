"""Service protection: requests, execution time and concurrency per caller in a sliding window."""

from __future__ import annotations

import base64
import time
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache

import orjson

from sandbox.control import App, Message, Receive, Scope, Send
from sandbox.sales import errors
from sandbox.sales.service import Service

MESSAGES = {
    "0x80072322": "Number of requests exceeded the limit of {limit} over time window of {window} seconds.",
    "0x80072321": "Combined execution time of incoming requests exceeded limit of {limit} milliseconds over time window of"
    " {window} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.",
    "0x80072326": "Number of concurrent requests exceeded the limit of {limit}.",
}
DOP_HINT = 8
LONGEST_WAIT = 7 * 60


@dataclass
class Use:
    """What one caller has used: (end, seconds) of requests within the window, running ones, refusals in a row."""

    done: deque[tuple[float, float]] = field(default_factory=deque)
    seconds: float = 0.0
    running: int = 0
    refused: int = 0

    def forget(self, before: float) -> None:
        while self.done and self.done[0][0] < before:
            self.seconds -= self.done.popleft()[1]


class Limits:
    """ASGI middleware around the simulator, latency included; a caller is the application its token names."""

    def __init__(self, app: App, service: Service) -> None:
        self.app = app
        self.service = service
        self.switches = service.switches
        self.uses: dict[str, Use] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_control"):
            await self.app(scope, receive, send)
            return
        use = self.uses.setdefault(_caller(_authorization(scope)), Use())
        window = float(self.switches["limitSeconds"])
        now = time.monotonic()
        use.forget(now - window)
        code = self._exceeded(use)
        if code is not None:
            await self._refuse(use, code, window, now, send)
            return
        use.refused = 0
        use.running += 1
        try:
            await self.app(scope, receive, self._with_headers(use, send))
        finally:
            use.running -= 1
            ended = time.monotonic()
            use.done.append((ended, ended - now))
            use.seconds += ended - now

    def _exceeded(self, use: Use) -> str | None:
        if use.running >= self.switches["limitConcurrent"]:
            return "0x80072326"
        if len(use.done) + use.running >= self.switches["limitRequests"]:
            return "0x80072322"
        return "0x80072321" if use.seconds * 1000 >= self.switches["limitExecutionMs"] else None

    async def _refuse(self, use: Use, code: str, window: float, now: float, send: Send) -> None:
        """429; the wait is until the oldest request leaves the window, and grows with stubbornness."""
        use.refused += 1
        oldest = use.done[0][0] + window - now if use.done else 1
        wait = min(LONGEST_WAIT, max(1, round(oldest if code != "0x80072326" else 1) + use.refused - 1))
        limit = {"0x80072322": "limitRequests", "0x80072321": "limitExecutionMs", "0x80072326": "limitConcurrent"}[code]
        most = self.switches[limit]
        text = MESSAGES[code].format(limit=f"{most:,}" if code == "0x80072321" else most, window=f"{window:g}")
        headers = [
            (b"content-type", b"application/json; odata.metadata=minimal"),
            (b"retry-after", str(wait).encode()),
            (b"odata-version", b"4.0"),
        ]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": errors.body(code, text)})

    def _with_headers(self, use: Use, send: Send) -> Send:
        left = self.switches["limitRequests"] - len(use.done) - use.running
        seconds = self.switches["limitExecutionMs"] / 1000 - use.seconds
        extra = [
            (b"x-ms-ratelimit-burst-remaining-xrm-requests", str(max(0, left)).encode()),
            (b"x-ms-ratelimit-time-remaining-xrm-requests", f"{max(0.0, seconds):,.2f}".encode()),
            (b"x-ms-dop-hint", str(DOP_HINT).encode()),
        ]
        transport = send

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *extra]
            await transport(message)

        # uvicorn's send is a bound method; the control desk finds the transport through it when it drops a connection
        with_headers.__self__ = getattr(send, "__self__", None)  # type: ignore[attr-defined]
        return with_headers


@lru_cache(maxsize=256)
def _caller(authorization: bytes) -> str:
    """The application that a token names; whether the token is any good is decided later."""
    try:
        payload = authorization.split(b".")[1]
        return str(orjson.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))["appid"])
    except (IndexError, ValueError, KeyError):
        return ""


def _authorization(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"authorization"), b"")
