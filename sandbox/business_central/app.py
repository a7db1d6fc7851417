"""The simulator as an ASGI application."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx
import orjson

from sandbox import identity
from sandbox.business_central import batch, errors, hands, schema, seed, views
from sandbox.business_central.access import Access
from sandbox.business_central.automation import Automation, Directory
from sandbox.business_central.calls import JSON, Answer, Call, parse_query
from sandbox.business_central.company import SWITCHES, Environment
from sandbox.business_central.homes import Home, Online
from sandbox.business_central.limits import Limits
from sandbox.business_central.schema import EXTENSION, STANDARD
from sandbox.business_central.service import Service
from sandbox.business_central.tables import Row
from sandbox.business_central.webhooks import Webhooks
from sandbox.control import App, Control, ControlRefused, Query, Receive, Scope, Send, Simulator

AUTOMATION = "automation"
ROUTES = {
    "api/v2.0": STANDARD,
    "api/couplet/sales/v1.0": EXTENSION,
    "api/microsoft/runtime/beta": "runtime",
    "api/microsoft/automation/v2.0": AUTOMATION,
}
LONGEST_QUERY = 8099


class BusinessCentral:
    """One environment behind HTTP: finds the route, checks token and limits, and lets the service answer."""

    def __init__(self, key: str, tenant: str, home: Home, switches: dict[str, Any], connect: Callable[[], httpx.AsyncClient]) -> None:
        self.environment = Environment(switches)
        self.home = home
        self.access = Access(key, tenant, home.audience, home.access_keys)
        self.limits: dict[str, Limits] = {}
        self.directory = Directory()
        self.simulator = Simulator(
            seed=lambda tables, company: seed.load(self.environment, tables, company),
            rows=self._rows,
            reset=lambda body: self._reset(),
            hands={**hands.verbs(self.environment), "card": self._card},
            switches=switches,
            refusal=_refusal,
            on_switch=self._on_switch,
        )
        self.service = Service(self.environment, self.simulator)
        self.webhooks = Webhooks(self.environment, connect)
        self._on_switch("")

    def _rows(self, name: str, query: Query) -> list[Row]:
        """Rows of an entity set on its fullest page, of the company named by `?company=` or the first one."""
        if name == "subscriptions":
            return self.webhooks.rows()
        page = schema.full_page(name)
        if page is None:
            raise ControlRefused(f"no entity set {name!r} here", status=404)
        company = self.environment.company(query["company"]) if query.get("company") else self.environment.first
        return list(views.all_columns(company, page))

    def _card(self, body: Row) -> Row:
        return self.directory.card(body)

    def _reset(self) -> None:
        self.environment.reset()
        self.directory = Directory()
        self.webhooks.subscriptions.clear()
        self.limits.clear()

    def _on_switch(self, name: str) -> None:
        self.environment.clock.offset_ms = float(self.environment.switches["clockOffsetMs"])
        self.environment.clock.lag_ms = float(self.environment.switches["commitLagMs"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            user = self._admitted(self.access.user(headers.get("authorization", "")))
            limits = self.limits.setdefault(user, Limits(self.environment.switches))
            async with limits.turn():
                answer = await self._answer(scope, headers, await _body(receive), user)
        except errors.Refused as refused:
            answer = Answer.refusal(refused)
            if refused.status == 401 and self.environment.switches["empty401"]:
                answer.body = None
        answer.headers["Date"] = formatdate(self.environment.clock.now() / 1000, usegmt=True)
        await _respond(answer, send)

    def _admitted(self, user: str) -> str:
        """With the switch `cards` an app needs a card inside the product; a person does not."""
        if self.environment.switches["cards"] and user not in (identity.ADMINISTRATOR, *self.directory.applications):
            raise errors.Refused("Authentication_InvalidCredentials", "The server has rejected the client credentials.")
        return user

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        for phase in ("startup", "shutdown"):
            await receive()
            if phase == "shutdown":
                await self.webhooks.close()
            await send({"type": f"lifespan.{phase}.complete"})

    async def _answer(self, scope: Scope, headers: dict[str, str], body: bytes, user: str) -> Answer:
        if len(scope["query_string"]) > LONGEST_QUERY:
            return Answer(414, "The request URI is too long.")
        query = parse_query(scope["query_string"].decode("latin-1"))
        found = self._route(scope["path"], query)
        if isinstance(found, Answer):
            return found
        route, prefix, path = found
        host = headers.get("host", "127.0.0.1")
        call = Call(
            scope["method"],
            route,
            path,
            query,
            headers,
            body,
            f"{scope['scheme']}://{host}{prefix}",
            user,
        )
        if route == AUTOMATION:
            return Automation(self.environment, self.directory).answer(call)
        if path.startswith("subscriptions") or path.endswith("webhookSupportedResources"):
            return await self.webhooks.answer(call)
        if route == "runtime":
            raise errors.no_route(call.base + "/" + path)
        if path == "$batch":
            return batch.run(self.service, call)
        return self.service.answer(call)

    def _route(self, path: str, query: dict[str, str]) -> tuple[str, str, str] | Answer:
        """`(route, path up to it, path behind it)` of an address. Raises Refused."""
        found = self.home.split(path, query)
        if isinstance(found, Answer):
            return found
        start, behind = found
        for prefix, route in ROUTES.items():
            if behind == prefix or behind.startswith(prefix + "/"):
                return route, f"{start}/{prefix}", behind[len(prefix) :].strip("/")
        raise errors.no_route(path)


def _refusal(status: int, code: str | None) -> bytes:
    named = {value: name for name, value in errors.STATUS.items()}
    return orjson.dumps(errors.body(code or named.get(status, "Internal_ServerError"), "The request could not be carried out."))


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _respond(answer: Answer, send: Send) -> None:
    body = b"" if answer.body is None else answer.body.encode() if isinstance(answer.body, str) else orjson.dumps(answer.body)
    headers = {"OData-Version": "4.0", "request-id": str(uuid.uuid4()), "Cache-Control": "no-cache, no-store", **answer.headers}
    if answer.body is not None:
        headers.setdefault("Content-Type", "text/plain" if isinstance(answer.body, str) else JSON)
    headers["Content-Length"] = str(len(body))
    listed = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": listed})
    await send({"type": "http.response.body", "body": body})


def _plain_client() -> httpx.AsyncClient:
    """The client that carries webhook calls: to this machine, past any proxy."""
    return httpx.AsyncClient(trust_env=False)


def create_app(
    *,
    key: str,
    tenant: str = identity.TENANT,
    home: Home | None = None,
    profile: str = "extended",
    switches: dict[str, Any] | None = None,
    connect: Callable[[], httpx.AsyncClient] = _plain_client,
) -> App:
    """The simulator with its control desk. `profile` is `standard` (API v2.0 only) or `extended`; `switches` overrides defaults;
    `home` says where it stands, an environment `sandbox` when it is left out; `connect` makes the HTTP client that webhooks go out by."""
    home = home or Online(tenant, "sandbox")
    simulated = BusinessCentral(key, tenant, home, {**SWITCHES, "profile": profile, **(switches or {})}, connect)
    return Control(simulated, simulated.simulator)
