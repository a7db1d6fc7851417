"""A small client for the tests of the Business Central simulator: one company, short paths, two routes."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from sandbox import identity
from sandbox.business_central.app import create_app
from sandbox.business_central.company import DEFAULT_COMPANY
from sandbox.business_central.homes import ONLINE_AUDIENCE as AUDIENCE

KEY = "a key of the tests, long enough for HS256"
BASE = f"/v2.0/{identity.TENANT}/sandbox/api/v2.0"
EXTENSION = f"/v2.0/{identity.TENANT}/sandbox/api/couplet/sales/v1.0"
COMPANY = f"companies({DEFAULT_COMPANY})"
ZEROS = "00000000-0000-0000-0000-000000000000"
Row = dict[str, Any]
BUSINESS = {"Customer Posting Group": "DOMESTIC", "Gen. Bus. Posting Group": "DOMESTIC", "VAT Bus. Posting Group": "DOMESTIC"}
GOODS = {"Gen. Prod. Posting Group": "RETAIL", "VAT Prod. Posting Group": "NORMAL", "Inventory Posting Group": "RESALE"}
POSTABLE = {"templates": {"Customer": BUSINESS, "Item": GOODS}}
"""A company set up so that new customers and items can be posted at once."""


def token(*, key: str = KEY, audience: str = AUDIENCE, client_id: str = identity.CLIENT_ID, lifetime: int = 3599) -> str:
    return identity.issue(key, tenant=identity.TENANT, client_id=client_id, audience=audience, lifetime=lifetime)


class Client:
    """`set` names are relative to the company; those that begin with `ext:` go to the extension's route."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    @staticmethod
    def url(path: str) -> str:
        if path.startswith("/"):
            return path
        return f"{EXTENSION}/{COMPANY}/{path[4:]}" if path.startswith("ext:") else f"{BASE}/{COMPANY}/{path}"

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Any request; header names are given with `_` for `-`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        return await self.http.request(method, self.url(path), content=content, headers=given)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.ask("GET", path, **headers)

    async def rows(self, path: str, **headers: str) -> list[Row]:
        answer = await self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        rows: list[Row] = answer.json()["value"]
        return rows

    async def one(self, path: str) -> Row:
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        row: Row = answer.json()
        return row

    async def create(self, path: str, **values: Any) -> Row:
        answer = await self.ask("POST", path, values)
        assert answer.status_code == 201, answer.text
        row: Row = answer.json()
        return row

    async def change(self, path: str, match: str = "*", **values: Any) -> Row:
        answer = await self.ask("PATCH", path, values, if_match=match)
        assert answer.status_code == 200, answer.text
        row: Row = answer.json()
        return row

    async def refused(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = await self.ask(method, path, body, **headers)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]

    async def batch(self, requests: list[Row], path: str = BASE, **headers: str) -> list[Row]:
        answer = await self.ask("POST", f"{path}/$batch", {"requests": requests}, **headers)
        assert answer.status_code == 200, answer.text
        responses: list[Row] = answer.json()["responses"]
        return responses

    async def seed(self, company: Row | None = None, **tables: list[Row]) -> None:
        answer = await self.ask("POST", "/_control/seed", {"tables": tables, "company": company})
        assert answer.status_code == 200, answer.text

    async def switch(self, **values: Any) -> None:
        answer = await self.ask("POST", "/_control/switches", values)
        assert answer.status_code == 200, answer.text

    async def hand(self, verb: str, **body: Any) -> Any:
        answer = await self.ask("POST", f"/_control/hands/{verb}", body)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    async def hand_refused(self, verb: str, **body: Any) -> str:
        answer = await self.ask("POST", f"/_control/hands/{verb}", body)
        assert answer.status_code == 400, answer.text
        code: str = answer.json()["error"]["code"]
        return code


def connect(**options: Any) -> Client:
    """A client of a simulator of its own, in this process."""
    app: Any = create_app(key=KEY, **options)
    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
    return Client(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=headers))


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def customers(count: int, **values: Any) -> list[Row]:
    """Seed rows: numbers `N00000` and on, ids by `guid`."""
    return [{"id": guid(at), "number": f"N{at:05d}", "displayName": f"Customer {at}", **values} for at in range(count)]
