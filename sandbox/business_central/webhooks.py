"""Subscriptions: made with a handshake, kept for three days, told of changes after a delay, dropped when the receiver refuses."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from sandbox.business_central import errors, schema
from sandbox.business_central.calls import Answer, Call, segments
from sandbox.business_central.clock import etag, iso
from sandbox.business_central.company import Environment
from sandbox.business_central.schema import EXTENSION, STANDARD, Page
from sandbox.business_central.tables import Change, Row, new_id
from sandbox.business_central.writes import match_fails

_RESOURCE = re.compile(r"/?(?:.*?/)?api/(v2\.0|couplet/sales/v1\.0)/companies\(([^)]+)\)/(\w+)(?:\(([^)]+)\))?")
LIMIT = 200
RETRY = (408, 429)
_MERGED = {("created", "updated"): "created"}
"""What two changes of one row become, where it is not the later one."""


@dataclass
class Subscription:
    """One subscription and the changes that wait to be told."""

    id: str
    url: str
    resource: str
    page: Page
    company: str
    key: str | None
    client_state: str
    user: str
    created: int
    modified: int = 0
    expires: int = 0
    version: int = 0
    pending: dict[str, tuple[str, int]] = field(default_factory=dict)

    def as_json(self) -> Row:
        return {
            "@odata.etag": etag(self.version),
            "subscriptionId": self.id,
            "notificationUrl": self.url,
            "resource": self.resource,
            "timestamp": self.version,
            "userId": self.user,
            "lastModifiedDateTime": iso(self.modified),
            "clientState": self.client_state,
            "expirationDateTime": iso(self.expires),
            "systemCreatedAt": iso(self.created),
            "systemCreatedBy": self.user,
            "systemModifiedAt": iso(self.modified),
            "systemModifiedBy": self.user,
        }

    def note(self, row_id: str, kind: str, stamp: int) -> None:
        held = self.pending.get(row_id)
        self.pending[row_id] = (_MERGED.get((held[0], kind), kind) if held else kind, stamp)

    def hear(self, entry: Change) -> None:
        """Note a change if it is one of a row that is subscribed to."""
        table, row_id, before, after = entry
        if (table.company, table.name) != (self.company, self.page.table.name) or self.key not in (None, row_id):
            return
        if after and after.get("unstamped") == after["version"]:
            return  # what moves no stamp is told to nobody
        shown = after or before or {}
        if all(shown.get(name) == value for name, value in self.page.where.items()):
            self.note(row_id, "created" if before is None else "deleted" if after is None else "updated", shown["SystemModifiedAt"])

    def items(self, limit: int) -> list[Row]:
        """The notification items of the changes so far, taken away; many become one for the whole collection."""
        pending, self.pending = self.pending, {}
        common = {"subscriptionId": self.id, "clientState": self.client_state, "expirationDateTime": iso(self.expires)}
        if len(pending) > limit:
            first = min(stamp for _, stamp in pending.values())
            bare = not self.page.stamped or any(kind == "deleted" for kind, _ in pending.values())
            since = "" if bare else "?$filter=" + quote(f"lastModifiedDateTime gt {iso(first - 50)}", safe="$=:")
            return [{**common, "resource": self.resource + since, "changeType": "collection", "lastModifiedDateTime": iso(first)}]
        base = self.resource if self.key is None else self.resource.rpartition("(")[0]
        return [
            {**common, "resource": f"{base}({row_id})", "changeType": kind, "lastModifiedDateTime": iso(stamp)}
            for row_id, (kind, stamp) in pending.items()
        ]


class Webhooks:
    """All subscriptions of an environment, and the deliveries under way (one task per notification URL)."""

    def __init__(self, environment: Environment, connect: Callable[[], httpx.AsyncClient]) -> None:
        self.environment = environment
        self.connect = connect
        self.subscriptions: dict[str, Subscription] = {}
        self.deliveries: dict[str, asyncio.Task[None]] = {}
        environment.journal.listeners.append(self._changed)

    async def answer(self, call: Call) -> Answer:
        """Answer calls to `subscriptions` and `webhookSupportedResources`."""
        try:
            name, key = segments(call.path)[-1]
            if name == "webhookSupportedResources":
                return Answer(200, {"@odata.context": f"{call.base}/$metadata#{name}", "value": self._supported()})
            self._expire()
            if key is None:
                return await self._collection(call)
            return await self._one(call, self._find(key))
        except errors.Refused as refused:
            return Answer.refusal(refused)

    def rows(self) -> list[Row]:
        return [subscription.as_json() for subscription in self.subscriptions.values()]

    async def close(self) -> None:
        for task in self.deliveries.values():
            task.cancel()
        await asyncio.gather(*self.deliveries.values(), return_exceptions=True)
        self.deliveries.clear()

    def _supported(self) -> list[Row]:
        routes = {STANDARD: "v2.0", EXTENSION: "couplet/sales/v1.0"}
        return [
            {"resource": f"/api/{routes[route]}/companies({company})/{name}"}
            for company in self.environment.companies
            for (route, name), page in schema.pages().items()
            if page.webhook and route in routes
        ]

    async def _collection(self, call: Call) -> Answer:
        if call.method == "GET":
            return Answer(200, {"@odata.context": f"{call.base}/$metadata#subscriptions", "value": self.rows()})
        if call.method != "POST":
            raise errors.not_allowed(call.method, "subscriptions")
        body = call.json()
        subscription = self._made(body)
        await self._handshake(subscription.url)
        self._renew(subscription)
        self.subscriptions[subscription.id] = subscription
        return self._shown(call, subscription, 201)

    def _made(self, body: Row) -> Subscription:
        """A new subscription from the body of a POST. Raises Refused."""
        url, resource, state = (body.get(name) or "" for name in ("notificationUrl", "resource", "clientState"))
        found = _RESOURCE.fullmatch(resource)
        page = schema.pages().get((EXTENSION if found[1] != "v2.0" else STANDARD, found[3])) if found else None
        if found is None or page is None or not page.webhook:
            raise errors.bad_request(f"The resource '{resource}' does not support webhooks.")
        if len(state) > 2048 or not url:
            raise errors.bad_request("A notificationUrl is needed, and a clientState of at most 2,048 characters.")
        if len(self.subscriptions) >= LIMIT:
            raise errors.dialog(f"The maximum number of {LIMIT} subscriptions is reached.")
        same = any((each.url, each.resource.lstrip("/")) == (url, resource.lstrip("/")) for each in self.subscriptions.values())
        if same and not self.environment.switches["doubleSubscriptions"]:
            raise errors.Refused("Internal_EntityWithSameKeyExists", "The subscription already exists.")
        company = self.environment.company(found[2])
        return Subscription(
            new_id().replace("-", ""),
            url,
            resource,
            page,
            company.id,
            found[4] and found[4].lower(),
            state,
            "00000000-0000-0000-0000-000000000001",
            self.environment.clock.stamp(),
        )

    async def _one(self, call: Call, subscription: Subscription) -> Answer:
        if call.method == "GET":
            return self._shown(call, subscription, 200)
        match_fails(self.environment, etag(subscription.version), call.headers.get("if-match"), required=True)
        if call.method == "DELETE":
            del self.subscriptions[subscription.id]
            return Answer(204)
        if call.method != "PATCH":
            raise errors.not_allowed(call.method, "subscriptions")
        body = call.json()
        url = body.get("notificationUrl") or subscription.url
        await self._handshake(url)
        subscription.url, subscription.client_state = url, body.get("clientState", subscription.client_state)
        self._renew(subscription)
        return self._shown(call, subscription, 200)

    def _find(self, key: str) -> Subscription:
        found = self.subscriptions.get(key)
        if found is None:
            raise errors.no_resource("subscriptions")
        return found

    def _shown(self, call: Call, subscription: Subscription, status: int) -> Answer:
        return Answer(status, {"@odata.context": f"{call.base}/$metadata#subscriptions/$entity", **subscription.as_json()})

    def _renew(self, subscription: Subscription) -> None:
        subscription.modified = self.environment.clock.stamp()
        subscription.expires = int(self.environment.clock.now() + self.environment.switches["webhookLifetimeSeconds"] * 1000)
        subscription.version = self.environment.clock.next_version()

    def _expire(self) -> None:
        now = self.environment.clock.now()
        self.subscriptions = {key: each for key, each in self.subscriptions.items() if each.expires > now}

    async def _handshake(self, url: str) -> None:
        """The receiver must give back a token within seconds. Raises Refused."""
        token = secrets.token_urlsafe(24)
        joined = f"{url}{'&' if '?' in url else '?'}validationToken={token}"
        try:
            async with self.connect() as client:
                answer = await client.post(joined, timeout=self.environment.switches["webhookHandshakeSeconds"])
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise errors.bad_request(f"The notification URL could not be validated: {type(problem).__name__}.") from problem
        if answer.status_code != 200 or answer.text.strip() != token:
            raise errors.bad_request("The notification URL could not be validated: the answer is not the validation token.")

    def _changed(self, entries: list[Change]) -> None:
        """Note what a finished request changed; the first change for a URL starts its delivery."""
        if not self.subscriptions or self.environment.switches["webhookFault"] == "lose":
            return
        self._expire()
        for subscription in self.subscriptions.values():
            for entry in entries:
                subscription.hear(entry)
            if subscription.pending and subscription.url not in self.deliveries:
                self.deliveries[subscription.url] = asyncio.get_running_loop().create_task(self._deliver(subscription.url))

    async def _deliver(self, url: str) -> None:
        """Tell one URL after the delay, again after the delays of retries; a refusal ends its subscriptions."""
        await asyncio.sleep(self.environment.switches["webhookDelaySeconds"])
        del self.deliveries[url]
        limit = self.environment.switches["webhookMergeLimit"]
        items = [item for each in self.subscriptions.values() if each.url == url for item in each.items(limit)]
        fault = self.environment.switches["webhookFault"]
        if not items:
            return
        if fault == "reverse":
            items.reverse()
        for wait in [*self.environment.switches["webhookRetrySeconds"], None]:
            status = await self._tell(url, items)
            if fault == "double":
                await self._tell(url, items)
            if 200 <= status < 300:
                return
            if 400 <= status < 500 and status not in RETRY:
                self.subscriptions = {key: each for key, each in self.subscriptions.items() if each.url != url}
                return
            if wait is not None:
                await asyncio.sleep(wait)

    async def _tell(self, url: str, items: list[Row]) -> int:
        """The status that a URL answers to a notification, 0 when it does not answer."""
        headers = {"clientRequestId": new_id(), "x-ms-correlation-id": new_id()}
        body: dict[str, Any] = {"value": items}
        try:
            async with self.connect() as client:
                return (await client.post(url, json=body, headers=headers, timeout=30)).status_code
        except httpx.HTTPError:
            return 0
