"""Business Central's webhook subscriptions: they live three days, and one is made only after a handshake with the address given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sync.errors import ServiceError
from sync.heart.plan import Row
from sync.services import odata
from sync.services.http import Connection, Request, body
from sync.services.translate import concerns_all, decoded

STANDARD = "v2.0"
RUNTIME = "microsoft/runtime/beta"
HEADERS = {"Accept": "application/json", "Accept-Language": "en-US"}
JSON = {"Content-Type": "application/json"}

_API = re.compile(r"/?api/(v2\.0|[\w-]+/[\w-]+/[\w.-]+)/companies\(", re.IGNORECASE)


class Subscriptions:
    """The subscriptions of one environment. `root` is where the APIs stand: `https://.../{environment}/api`."""

    def __init__(self, connection: Connection, root: str) -> None:
        self._connection = connection
        self._root = root

    async def all(self) -> list[Row]:
        """All subscriptions of the environment that the app may see, whoever made them."""
        rows: list[Row] = []
        link: str | None = f"{self._root}/{STANDARD}/subscriptions"
        while link:
            answer = await self._send("GET", odata.check_link(link, [f"{self._root}/"], self._connection.side))
            rows += answer["value"]
            link = answer.get("@odata.nextLink")
        return rows

    async def supported(self, company: str) -> frozenset[str] | None:
        """The resources of a company that can be subscribed to, in one spelling; None where BC does not say."""
        try:
            answer = await self._send("GET", f"{self._root}/{RUNTIME}/companies({odata.guid(company)})/webhookSupportedResources")
        except ServiceError as error:
            if concerns_all(error):
                raise
            return None
        return frozenset(spelled(str(row["resource"])) for row in answer["value"])

    async def make(self, values: Row) -> Row:
        """Subscribe: `notificationUrl`, `resource`, `clientState`."""
        # A lost answer is found out by the next look at all subscriptions
        return dict(await self._send("POST", f"{self._home(values['resource'])}/subscriptions", values))

    async def change(self, id_: str, version: str, values: Row) -> Row:
        """Give a subscription another address or secret, and three more days; its `resource` is among the values."""
        return dict(await self._send("PATCH", self._one(id_, values["resource"]), values, {"If-Match": version}))

    async def remove(self, id_: str, version: str, resource: str) -> None:
        """End a subscription."""
        await self._send("DELETE", self._one(id_, resource), headers={"If-Match": version})

    def _one(self, id_: str, resource: str) -> str:
        return f"{self._home(resource)}/subscriptions({quote(odata.literal(id_, self._connection.side))})"

    def _home(self, resource: str) -> str:
        """The API that serves a resource; subscriptions of another API's pages are made there."""
        found = _API.search(resource)
        return f"{self._root}/{found[1] if found else STANDARD}"

    async def _send(self, method: str, url: str, values: Row | None = None, headers: Mapping[str, str] | None = None) -> Any:
        content = None if values is None else body(values)
        all_headers = {**HEADERS, **(JSON if content else {}), **(headers or {})}
        request = Request(method=method, url=url, headers=all_headers, content=content, repeatable=method != "POST")
        response = await self._connection.send(request)
        return decoded(response.content, self._connection.side) if response.content else {}


def spelled(resource: str) -> str:
    """A resource in one spelling: the leading slash is optional, letter case does not count."""
    return "/" + resource.lstrip("/").lower()
