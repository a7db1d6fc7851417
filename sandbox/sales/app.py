"""The simulator as an ASGI application: `create_app(...)`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from sandbox.control import Control, ControlRefused, Receive, Row, Scope, Send, Simulator
from sandbox.identity import CLIENT_ID, TENANT
from sandbox.sales import errors
from sandbox.sales.access import Access
from sandbox.sales.base import Start
from sandbox.sales.calls import JSON, Answer, Call, json_answer
from sandbox.sales.hands import Hands
from sandbox.sales.limits import Limits
from sandbox.sales.references import Resolver
from sandbox.sales.seeding import all_rows, seed
from sandbox.sales.service import Service

ROOT = "/api/data/"
DISCOVERY = "/api/discovery/v2.0/Instances"
VERSIONS = ("v9.0", "v9.1", "v9.2")
LONGEST_URL = 32 * 1024
AUTHORITY = "https://login.microsoftonline.com"


class SalesApp:
    """Turns HTTP into calls; answers below `/api/data/v9.x/`."""

    def __init__(self, service: Service, access: Access) -> None:
        self.service = service
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = await _body(receive)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        answer = self._answer(scope, headers, body)
        request_id = str(uuid.uuid4())
        date = format_datetime(self.service.db.clock(), usegmt=True)
        out = {"OData-Version": "4.0", "x-ms-service-request-id": request_id, "REQ_ID": request_id, "Date": date, **answer.headers}
        raw = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in out.items()]
        raw.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})
        self.service.webhooks.deliver(headers.get("host", ""))

    def _answer(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> Answer:
        raw_path = scope.get("raw_path") or scope["path"].encode()
        path = raw_path.partition(b"?")[0].decode("latin-1")
        origin = f"{scope.get('scheme', 'http')}://{headers.get('host', '127.0.0.1')}"
        if path == DISCOVERY:
            return self._discovered(headers, origin)
        if not path.startswith(ROOT):
            return Answer(404, {"Content-Type": "text/plain"}, b"Not found")
        version, _, rest = path[len(ROOT) :].partition("/")
        if version not in VERSIONS:
            return _error(errors.unknown_segment(version))
        query = scope.get("query_string", b"").decode("latin-1")
        if len(path) + len(query) > LONGEST_URL:
            return _error(errors.Refused("0x80060888", "The length of the URL exceeds the limit of 32 KB.", status=414))
        service = self.service
        try:
            tag = _tag(query)
            caller = self.access.caller(service.db, headers, origin, tag, service.switches)
        except errors.Refused as refused:
            return _error(refused)
        call = Call(scope["method"], rest, query, headers, body, f"{origin}{ROOT}{version}/", caller, Resolver(service.db))
        return service.dispatch(call)

    def _discovered(self, headers: Mapping[str, str], origin: str) -> Answer:
        """The discovery service of the cloud, as far as it knows this organisation."""
        db = self.service.db
        try:
            self.access.caller(db, headers, origin, None, self.service.switches)
        except errors.Refused as refused:
            return _error(refused)
        row = db.organization
        known = {"Id": db.organization_id, "FriendlyName": row["name"], "Url": origin, "ApiUrl": origin, "State": 0}
        return json_answer({"value": [{**known, "Version": self.service.switches["version"], "TenantId": self.access.tenant}]})


def _tag(query: str) -> str | None:
    return next((part[4:] for part in query.split("&") if part.startswith("tag=")), None)


def _error(refused: errors.Refused) -> Answer:
    return Answer(refused.status, {"Content-Type": JSON, **refused.headers}, errors.body(refused.code, refused.message))


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def create_app(
    key: str,
    *,
    tenant: str = TENANT,
    audience: str | None = None,
    client_id: str = CLIENT_ID,
    base_currency: str = "EUR",
    authority: str = AUTHORITY,
    organization: Mapping[str, Any] | None = None,
) -> Limits:
    """The Sales simulator. `key` signs the tokens; `audience` None means the simulator's own scheme, host and port.

    `organization` gives columns of the organization row. The service itself is at `.service` of the answer.
    """
    service = Service(Start(client_id, base_currency, organization=dict(organization or {})))
    simulator = Simulator(
        seed=lambda tables, company: seed(service.db, tables, company),
        rows=lambda name, query: _rows(service, name),
        reset=lambda body: _reset(app, body),
        hands=Hands(service).verbs,
        switches=service.switches,
        counters=service.counters,
        faults=service.faults,
        refusal=_refusal,
        request_id="x-ms-service-request-id",
        on_switch=service.switched,
    )
    app = Limits(Control(SalesApp(service, Access(key, tenant, audience, authority)), simulator), service)
    return app


def _reset(app: Limits, body: Row) -> None:
    app.service.reset(factory=body.get("factory") is True, admitted=body.get("admitted") is not False)
    app.uses.clear()


def _rows(service: Service, name: str) -> list[Row]:
    try:
        return all_rows(service.db, name)
    except ValueError as wrong:
        raise ControlRefused(str(wrong), status=404) from wrong


def _refusal(status: int, code: str | None) -> bytes:
    defaults = {429: "0x80072322", 412: "0x80060882", 503: "0x80044150"}
    return errors.body(code or defaults.get(status, "0x80040216"), f"Injected fault {status}.")
