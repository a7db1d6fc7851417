"""A person at the simulator: calls the Web API in process or over a port, and makes the rows that scenarios start from."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from sandbox.identity import CLIENT_ID, TENANT, issue

KEY = "the key of the tests of the Sales simulator"
ORIGIN = "http://org.sandbox"
SERVICE = "/api/data/v9.2/"
Row = dict[str, Any]


def token(origin: str = ORIGIN, client_id: str = CLIENT_ID, lifetime: int = 3599) -> str:
    return issue(KEY, tenant=TENANT, client_id=client_id, audience=origin, lifetime=lifetime)


class Desk:
    """`call` answers the response; the other verbs insist on success."""

    def __init__(self, client: httpx.AsyncClient, origin: str = ORIGIN) -> None:
        self.client = client
        self.origin = origin
        self.base = origin + SERVICE
        self.headers = {"Authorization": f"Bearer {token(origin)}"}

    async def call(self, method: str, url: str, body: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = orjson.dumps(body) if body is not None else None
        kind = {"Content-Type": "application/json"} if body is not None else {}
        address = url if url.startswith("http") else self.base + url
        return await self.client.request(method, address, content=content, headers={**self.headers, **kind, **named})

    async def get(self, url: str, **headers: str) -> Any:
        response = await self.call("GET", url, **headers)
        assert response.status_code == 200, response.text
        return response.json()

    async def rows(self, url: str, **headers: str) -> list[Row]:
        found: list[Row] = (await self.get(url, **headers))["value"]
        return found

    async def create(self, entity_set: str, body: Row, **headers: str) -> Row:
        response = await self.call("POST", entity_set, body, Prefer="return=representation", **headers)
        assert response.status_code == 201, response.text
        row: Row = response.json()
        return row

    async def patch(self, url: str, body: Row, **headers: str) -> None:
        response = await self.call("PATCH", url, body, **{"If_Match": "*", **headers})
        assert response.status_code == 204, response.text

    async def act(self, url: str, body: Row) -> httpx.Response:
        response = await self.call("POST", url, body)
        assert response.status_code in (200, 204), response.text
        return response

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        response = await self.client.request(method, f"{self.origin}/_control/{path}", json=body)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    async def switch(self, **switches: Any) -> None:
        await self.control("POST", "switches", switches)

    async def hand(self, verb: str, body: Row) -> httpx.Response:
        return await self.client.post(f"{self.origin}/_control/hands/{verb}", json=body)

    async def currency(self, code: str = "EUR") -> str:
        found = await self.rows(f"transactioncurrencies?$select=isocurrencycode&$filter=isocurrencycode eq '{code}'")
        return str(found[0]["transactioncurrencyid"])

    async def product(self, number: str = "1000", active: bool = True, price: float = 10.0) -> Row:
        """A product with its unit group, in a price list, published unless told otherwise; ids under plain names."""
        group = await self.create("uomschedules", {"name": f"NAV PCS {number}", "baseuomname": "PCS"})
        units = await self.rows(f"uoms?$select=uomid&$filter=_uomscheduleid_value eq {group['uomscheduleid']}")
        unit, currency = units[0]["uomid"], await self.currency()
        product = await self.create(
            "products",
            {
                "name": f"Bicycle {number}",
                "productnumber": number,
                "quantitydecimal": 2,
                "defaultuomscheduleid@odata.bind": f"/uomschedules({group['uomscheduleid']})",
                "defaultuomid@odata.bind": f"/uoms({unit})",
            },
        )
        prices = await self.create(
            "pricelevels", {"name": f"Prices {number}", "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})"}
        )
        ids = {"product": product["productid"], "unit": unit, "group": group["uomscheduleid"], "prices": prices["pricelevelid"]}
        await self.create(
            "productpricelevels", {"amount": price, **self.line_of(ids), "pricelevelid@odata.bind": f"/pricelevels({ids['prices']})"}
        )
        if active:
            await self.patch(f"products({ids['product']})", {"statecode": 0, "statuscode": 1})
        return ids

    @staticmethod
    def line_of(ids: Row) -> Row:
        """The binds of a catalogue line."""
        return {"productid@odata.bind": f"/products({ids['product']})", "uomid@odata.bind": f"/uoms({ids['unit']})"}

    async def document(self, entity_set: str, ids: Row) -> Row:
        """A quote, order, invoice or opportunity of a new account, in the currency of the price list."""
        account = await self.create("accounts", {"name": "Adatum"})
        return await self.create(
            entity_set,
            {
                "name": "Two bicycles",
                "customerid_account@odata.bind": f"/accounts({account['accountid']})",
                "pricelevelid@odata.bind": f"/pricelevels({ids['prices']})",
            },
        )


def error_of(response: httpx.Response) -> tuple[int, str]:
    """Status and error code."""
    return response.status_code, str(response.json()["error"]["code"])
