"""Talking to one remote service: one client, few lanes, patience, and a pause for all when the service asks for it."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from sync.errors import ServiceError, Throttled, TimedOut, Unavailable, Unreachable
from sync.heart.plan import Side
from sync.services.translate import Dialect
from sync.setting_values import is_loopback
from sync.telemetry.calls import calling

_PERSON: ContextVar[bool] = ContextVar("person", default=False)

# Shorter than what servers keep idle connections for: a request is never sent down one that is just being closed.
KEEP_IDLE_SECONDS = 4.0


# Its lines for every request hold whole addresses, and with a filter the values of people's records
logging.getLogger("httpx").setLevel(logging.WARNING)


@contextmanager
def on_behalf_of_a_person() -> Iterator[None]:
    """Requests made inside use a lane of their own: nobody waits behind a full synch."""
    token = _PERSON.set(True)
    try:
        yield
    finally:
        _PERSON.reset(token)


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long one call may take with all its repetitions (seconds), and the first wait, doubled each time."""

    total: float = 20.0
    first: float = 0.5
    connect: float = 5.0
    answer: float = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request. `repeatable`: sending it twice does no more than sending it once."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    repeatable: bool = True


BEARER = "Bearer"
"""How a request carries a token of Microsoft Entra."""

TWICE = "couplet.twice"
"""The extension of a response to a request of which an earlier attempt may have been carried out."""


class Tokens(Protocol):
    """Where access tokens come from."""

    async def token(self) -> str:
        """A token that is valid for some minutes more."""

    def forget(self) -> None:
        """The service refused the token: ask for a new one next time."""


def body(values: Any) -> bytes:
    """A JSON body; decimals as numbers."""
    return json.dumps(values, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class _Wait:
    """The patience left of one call."""

    def __init__(self, patience: Patience) -> None:
        self._next = patience.first
        self._until = time.monotonic() + patience.total

    async def backoff(self, reason: ServiceError) -> None:
        """Wait before the next attempt, longer each time; raises the reason when patience would run out."""
        if isinstance(reason, Throttled) and reason.told:
            return await self.exactly(reason.retry_after, reason)
        delay = self._next * random.uniform(0.5, 1.0)
        self._next = min(self._next * 2, 8.0)
        await self.exactly(delay, reason)

    async def exactly(self, delay: float, reason: ServiceError) -> None:
        if time.monotonic() + delay > self._until:
            raise reason
        await asyncio.sleep(delay)


class Connection:
    """The way to one service, shared by everything in the process that talks to it.

    `counts` holds requests sent, repeated and throttled, for telemetry and the bench.
    """

    def __init__(
        self,
        dialect: Dialect,
        *,
        url: str,
        setting: str,
        tokens: Tokens,
        lanes: int,
        scheme: str = BEARER,
        query: str = "",
        patience: Patience | None = None,
        verify: SSLContext | bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.dialect = dialect
        self.counts: Counter[str] = Counter()
        self._url = url
        self._setting = setting
        self._tokens = tokens
        self._scheme = scheme
        self._query = query
        self._patience = patience or Patience()
        self._verify = verify
        self._transport = transport
        self._most = lanes + 1
        self._lanes = asyncio.Semaphore(lanes)
        self._person = asyncio.Semaphore(1)
        self._client: httpx.AsyncClient | None = None
        self._closed_until = 0.0

    @property
    def side(self) -> Side:
        """The service at the other end."""
        return self.dialect.side

    async def send(self, request: Request) -> httpx.Response:
        """The answer to a request, repeated while that is safe and patience lasts; an error status is raised as our error.

        Its extension `TWICE` says that an earlier attempt may have been carried out, too.
        """
        wait, twice, attempt = _Wait(self._patience), False, 0
        while True:
            attempt += 1
            try:
                response = await self._attempt(request, attempt)
                response.extensions[TWICE] = twice
                return response
            except ServiceError as error:
                if not _may_repeat(error, request):
                    raise
                await wait.backoff(error)
                twice = twice or not _was_refused(error)
                self.counts["repeated"] += 1

    async def close(self) -> None:
        """Close the connections; a later request opens them again."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    async def _attempt(self, request: Request, number: int) -> httpx.Response:
        response = await self._exchange(request, number)
        if response.status_code == httpx.codes.UNAUTHORIZED:  # expired early or revoked: once more with a fresh token
            self._tokens.forget()
            response = await self._exchange(request, number)
        if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
            return response
        error = self.dialect.error(response.status_code, response.headers, response.content)
        if isinstance(error, Throttled):
            self.counts["throttled"] += 1
            if error.told:
                self._closed_until = max(self._closed_until, time.monotonic() + error.retry_after)
        if response.status_code in (502, 504) and not request.repeatable:
            raise TimedOut(side=self.side, status=response.status_code, request_id=error.request_id, ambiguous=True)
        raise error

    async def _exchange(self, request: Request, number: int) -> httpx.Response:
        token = await self._tokens.token()
        async with self._person if _PERSON.get() else self._lanes:
            self._check_open()
            self.counts["requests"] += 1
            with calling(self.side, request.method, request.url, number) as call:
                response = await self._ask(request, {**request.headers, **call.headers, "Authorization": f"{self._scheme} {token}"})
                call.answered(response, response.headers.get(self.dialect.request_id))
                return response

    async def _ask(self, request: Request, headers: Mapping[str, str]) -> httpx.Response:
        try:
            return await self._http().request(request.method, self._addressed(request.url), headers=headers, content=request.content)
        except (httpx.ConnectError, httpx.ConnectTimeout) as reason:
            message = f"{self._url} cannot be reached: check {self._setting}, name resolution and firewall."
            raise Unreachable(message, side=self.side, setting=self._setting) from reason
        except httpx.TransportError as reason:
            raise TimedOut(side=self.side, ambiguous=not request.repeatable) from reason

    def _addressed(self, url: str) -> str:
        """The address with what each one of the service asks for besides; the service's own links may carry it already."""
        asked = urlsplit(url).query
        return url if not self._query or self._query in asked.split("&") else f"{url}{'&' if asked else '?'}{self._query}"

    def _check_open(self) -> None:
        """Looked at inside the lane: whoever waited there while the service asked for a pause keeps it too."""
        rest = self._closed_until - time.monotonic()
        if rest > 0:
            raise Throttled(side=self.side, retry_after=rest)

    def _http(self) -> httpx.AsyncClient:
        """The client, made inside the running loop at the first request."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self._transport,
                verify=self._verify,
                trust_env=not is_loopback(self._url),
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # a cookie would pin us to one of Dataverse's servers
                timeout=httpx.Timeout(self._patience.answer, connect=self._patience.connect, pool=None),
                limits=httpx.Limits(max_connections=self._most, keepalive_expiry=KEEP_IDLE_SECONDS),
            )
        return self._client


def _may_repeat(error: ServiceError, request: Request) -> bool:
    """Never sent, or refused before anything was done: always. Anything else: when twice is once."""
    return _was_refused(error) or (isinstance(error, TimedOut | Unavailable) and request.repeatable)


def _was_refused(error: ServiceError) -> bool:
    """Whether a request was certainly not carried out."""
    return isinstance(error, Throttled | Unreachable) or error.status == httpx.codes.SERVICE_UNAVAILABLE
