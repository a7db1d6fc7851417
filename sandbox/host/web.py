"""The HTTP side of the host: routes of functions, their keys, and the admin endpoints."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.host.invocations import Invoker
from sandbox.host.keys import Keys
from sandbox.host.messages import Message, TypedData
from sandbox.host.routes import Route, find
from sandbox.host.worker import Function, InvocationFailed


class Web:
    """The ASGI app of one function app."""

    def __init__(self, functions: list[Function], routes: list[Route], invoker: Invoker, keys: Keys) -> None:
        self.functions = {function.name.lower(): function for function in functions}
        self.routes = sorted(routes, key=lambda route: route.rank)
        self.invoker = invoker
        self.keys = keys
        self.background: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self.answer(request)
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode("ascii").split("?")[0]
        if path == "/":
            return PlainTextResponse("The local functions host is running.")
        if path.startswith("/admin/"):
            return await self.admin(request, path.strip("/").split("/")[1:])
        found = find(self.routes, request.method, path)
        if found is None:
            return Response(status_code=404)
        route, parameters = found
        if not self.keys.allow(route.level, route.function.name, key_of(request)):
            return Response(status_code=401)
        return await self.call(request, route.function, parameters)

    async def call(self, request: Request, function: Function, parameters: dict[str, str]) -> Response:
        """Run an HTTP function; one that raises answers 500 and tells the caller nothing."""
        query: dict[str, list[str]] = defaultdict(list)
        for name, value in request.query_params.multi_items():
            query[name].append(value)
        http = Message(
            method=request.method,
            url=str(request.url),
            headers=dict(request.headers),
            params=parameters,
            query={name: ",".join(values) for name, values in query.items()},
            body=TypedData(bytes=await request.body()),
        )
        try:
            returned = await self.invoker.run(
                function,
                TypedData(http=http),
                reason=f"{request.method} {request.url.path}",
                traceparent=request.headers.get("traceparent", ""),
                tracestate=request.headers.get("tracestate", ""),
            )
        except InvocationFailed:
            return Response(status_code=500)
        return response_of(returned)

    async def admin(self, request: Request, parts: list[str]) -> Response:
        """`/admin/host/ping|status`, `/admin/functions`, `/admin/functions/{name}`: for the master key alone, but for ping."""
        if parts == ["host", "ping"]:
            return Response(status_code=200)
        if not self.keys.allow("admin", "", key_of(request)):
            return Response(status_code=401)
        if parts == ["host", "status"]:
            return JSONResponse({"id": "sandbox", "state": "Running", "functions": len(self.functions)})
        if parts == ["functions"]:
            return JSONResponse([described(function) for function in self.functions.values()])
        function = self.functions.get(parts[-1].lower()) if parts[0] == "functions" and len(parts) == 2 else None
        if function is None:
            return Response(status_code=404)
        if request.method == "GET":
            return JSONResponse(described(function))
        return await self.start(request, function)

    async def start(self, request: Request, function: Function) -> Response:
        """Run a timer or queue function now, with `{"input": "..."}` as its message; answers 202 and does not wait."""
        kind = function.trigger["type"]
        if kind == "httpTrigger":
            return PlainTextResponse(f"{function.name} is an HTTP function: call its route", status_code=400)
        body = await request.json() if await request.body() else {}
        is_timer = kind == "timerTrigger"
        data = TypedData(json='{"IsPastDue": false}') if is_timer else TypedData(string=str(body.get("input", "")))
        task = asyncio.create_task(self.run_apart(function, data))
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        return Response(status_code=202)

    async def run_apart(self, function: Function, data: TypedData) -> None:
        metadata = {"Id": TypedData(string="admin"), "DequeueCount": TypedData(string="1"), "PopReceipt": TypedData(string="")}
        with contextlib.suppress(InvocationFailed):
            await self.invoker.run(function, data, reason="by admin", metadata=metadata)


def key_of(request: Request) -> str | None:
    return request.headers.get("x-functions-key") or request.query_params.get("code")


def described(function: Function) -> dict[str, Any]:
    return {"name": function.name, "config": {"bindings": list(function.bindings)}}


def response_of(returned: Any) -> Response:
    """The answer of an HTTP function: an HttpResponse, a text, or nothing."""
    kind = returned.WhichOneof("data") if returned is not None else None
    if kind is None:
        return Response(status_code=204)
    if kind != "http":
        return PlainTextResponse(str(getattr(returned, kind)))
    http = returned.http
    body = getattr(http.body, http.body.WhichOneof("data"))
    response = Response(body, int(http.status_code), dict(http.headers))
    for cookie in http.cookies or ():
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=int(cookie.max_age.value) if cookie.max_age else None,
            path=cookie.path.value if cookie.path else "/",
            domain=cookie.domain.value if cookie.domain else None,
            secure=bool(cookie.secure and cookie.secure.value),
            httponly=bool(cookie.http_only and cookie.http_only.value),
            samesite=cookie.same_site.lower() if cookie.same_site else None,
        )
    return response
