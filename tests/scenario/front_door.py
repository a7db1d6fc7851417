"""The HTTP API in the test's own process: the app's registered functions, called by route as the host would call them."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import azure.functions as func

import sync.environment
from sync.environment import Environment

Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


@dataclass(frozen=True)
class Route:
    """One registered HTTP function: its name, its verbs, the segments of its route, and what it runs."""

    name: str
    verbs: frozenset[str]
    segments: tuple[str, ...]
    handler: Handler

    def parameters(self, verb: str, path: tuple[str, ...]) -> dict[str, str] | None:
        """The route's parameters in a path, or None when the path is another route's."""
        if verb not in self.verbs or len(path) != len(self.segments):
            return None
        pairs = list(zip(self.segments, path, strict=True))
        if any(not _named(mine) and mine.lower() != given.lower() for mine, given in pairs):
            return None
        return {mine[1:-1]: given for mine, given in pairs if _named(mine)}

    @property
    def named(self) -> int:
        """How many segments are parameters: a literal route goes before one with parameters."""
        return sum(map(_named, self.segments))


def _named(segment: str) -> bool:
    return re.fullmatch(r"\{\w+\}", segment) is not None


@cache
def routes() -> tuple[Route, ...]:
    """Every HTTP function of the app, the most literal routes first."""
    import function_app

    found = []
    for builder in function_app.app._function_builders:
        trigger = builder._function.get_trigger()
        if isinstance(trigger, func.decorators.http.HttpTrigger):
            verbs = frozenset(str(getattr(method, "value", method)).upper() for method in trigger.methods or ("GET", "POST"))
            path, handler = tuple((trigger.route or "").split("/")), builder._function.get_user_function()
            found.append(Route(str(builder._function.get_function_name()), verbs, path, handler))
    return tuple(sorted(found, key=lambda route: route.named))


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


class Api:
    """The HTTP API of one environment, as a person uses it; without one, of a process that opens its own by `os.environ`."""

    def __init__(self, environment: Environment | None) -> None:
        self._environment = environment

    async def get(self, url: str) -> Answer:
        """Read."""
        return await self.call("GET", url)

    async def post(self, url: str, body: Any = None, **headers: str) -> Answer:
        """Ask for something to be done; a body of bytes is sent as it is."""
        return await self.call("POST", url, body, **headers)

    async def patch(self, url: str, body: Any) -> Answer:
        """Change something."""
        return await self.call("PATCH", url, body)

    async def delete(self, url: str, body: Any = None) -> Answer:
        """Take something away."""
        return await self.call("DELETE", url, body)

    async def call(self, verb: str, url: str, body: Any = None, **headers: str) -> Answer:
        """Call the function of a route; 404 when there is none, as from the host."""
        parts = urlsplit(url)
        path = tuple(unquote(part) for part in parts.path.strip("/").split("/"))
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        for route in routes():
            parameters = route.parameters(verb, path)
            if parameters is not None:
                request = func.HttpRequest(
                    verb,
                    f"http://127.0.0.1/api/{url}",
                    headers={"content-type": "application/json", **headers},
                    params=dict(parse_qsl(parts.query, keep_blank_values=True)),
                    route_params=parameters,
                    body=sent,
                )
                answer = await self._in_environment(route.handler, request)
                return Answer(answer.status_code, dict(answer.headers), answer.get_body())
        return Answer(404, {}, b"{}")

    async def _in_environment(self, handler: Handler, request: func.HttpRequest) -> func.HttpResponse:
        process = sync.environment._PROCESS
        before, process.environment = process.environment, self._environment
        try:
            return await handler(request)
        finally:
            process.environment = before
