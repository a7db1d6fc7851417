"""A running demo company for scenario tests: the HTTP API as a person uses it, and what both systems and the store hold."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx

from mapping.catalogue import CATALOGUE
from sandbox.running import Sandbox
from sync.heart.coupling import Life
from sync.settings import Settings
from sync.store import Store
from tests.expected.model import OPTIONS, PRIMARY_KEYS

Rows = dict[str, list[dict[str, Any]]]

CHOICES = {
    "account": ("paymenttermscode", "address1_freighttermscode", "address1_shippingmethodcode"),
    "salesorder": ("paymenttermscode", "freighttermscode", "shippingmethodcode"),
    "quote": ("paymenttermscode", "freighttermscode", "shippingmethodcode"),
    "invoice": ("paymenttermscode", "shippingmethodcode"),
}


class Company:
    """Everything a scenario does to a running sandbox, and all that it may look at."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        ends = sandbox.endpoints
        self.api = httpx.Client(
            base_url=f"{ends['functions']}/api", headers={"x-functions-key": ends["functionKey"]}, trust_env=False, timeout=30
        )

    def close(self) -> None:
        """Close the connections to the app."""
        self.api.close()

    def full_sync(self, seconds: float = 100, **order: Any) -> dict[str, Any]:
        """Start a full synch and wait for its end."""
        started = self.api.post("/full-sync", json=order)
        assert started.status_code == 202, started.text
        return self.ended(started.json()["id"], seconds)

    def ended(self, id_: str, seconds: float = 100) -> dict[str, Any]:
        """A full synch, waited for."""
        shown: dict[str, Any] = self.wait(lambda: self._over(id_), seconds)
        return shown

    def _over(self, id_: str) -> dict[str, Any] | None:
        shown: dict[str, Any] = self.api.get(f"/full-sync/{id_}").json()
        return shown if shown["finishedAt"] else None

    @staticmethod
    def wait(look: Any, seconds: float = 30) -> Any:
        """What `look` finds, as soon as it finds something."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = look()
            if found:
                return found
            time.sleep(0.3)
        raise AssertionError(f"did not happen within {seconds} seconds")

    def settled(self) -> None:
        """Wait until nothing is left to do: no message, and no mapping looked at with anything due."""
        self.wait(lambda: asyncio.run(self._idle()), 60)

    async def _idle(self) -> bool:
        store = Store.open(Settings.load(self.sandbox.app_settings))
        try:
            for _ in range(4):
                if await store.queue.length():
                    return False
                await asyncio.sleep(0.4)
            return True
        finally:
            await store.close()

    def rows(self, side: str, table: str) -> list[dict[str, Any]]:
        """All rows of a table of one system."""
        url = self.sandbox.business_central if side == "bc" else self.sandbox.sales
        found: Any = httpx.get(f"{url}/_control/rows/{table}", trust_env=False, timeout=60).raise_for_status().json()
        return list(found["value"] if isinstance(found, dict) else found)

    def counters(self, side: str) -> dict[str, Any]:
        """What one system was asked since the counters were reset."""
        url = self.sandbox.business_central if side == "bc" else self.sandbox.sales
        counted: dict[str, Any] = httpx.get(f"{url}/_control/counters", trust_env=False).json()
        return counted

    def reset_counters(self) -> None:
        for url in (self.sandbox.business_central, self.sandbox.sales):
            httpx.post(f"{url}/_control/counters/reset", trust_env=False)

    def hand(self, side: str, verb: str, **body: Any) -> Any:
        """Do something as a person does it on the pages of the real system."""
        url = self.sandbox.business_central if side == "bc" else self.sandbox.sales
        answer = httpx.post(f"{url}/_control/hands/{verb}", json=body, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def bc_rows(self) -> Rows:
        tables = {mapping.bc.name for mapping in CATALOGUE.values()} | {
            "contactBusinessRelations",
            "countriesRegions",
            "currencyExchangeRates",
        }
        return {table: self.rows("bc", table) for table in tables}

    def sales_rows(self) -> dict[str, Any]:
        return {**{table: self.rows("sales", table) for table in PRIMARY_KEYS}, OPTIONS: self._choices()}

    def _choices(self) -> dict[str, dict[str, str]]:
        token = self.sandbox.token(self.sandbox.sales)
        found: dict[str, dict[str, str]] = {}
        for table, columns in CHOICES.items():
            for column in columns:
                attribute = f"Attributes(LogicalName='{column}')/Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
                path = f"EntityDefinitions(LogicalName='{table}')/{attribute}?$select=LogicalName&$expand=OptionSet"
                url = f"{self.sandbox.sales}/api/data/v9.2/{path}"
                answer = httpx.get(url, headers={"Authorization": f"Bearer {token}"}, trust_env=False).raise_for_status().json()
                options = answer["OptionSet"]["Options"]
                found[f"{table}.{column}"] = {str(each["Value"]): each["Label"]["UserLocalizedLabel"]["Label"] for each in options}
        return found

    def couplings(self) -> list[dict[str, Any]]:
        """All couplings as the store holds them."""
        return asyncio.run(self._couplings())

    async def _couplings(self) -> list[dict[str, Any]]:
        store = Store.open(Settings.load(self.sandbox.app_settings))
        try:
            company = self._company_id()
            return [
                {"mapping": name, "bcId": each.bc_id, "salesId": each.sales_id, "synced": each.synced_at, "etag": each.etag}
                for name in CATALOGUE
                async for each in store.couplings.walk(company, name)
                if each.life is Life.COUPLED
            ]
        finally:
            await store.close()

    def _company_id(self) -> str:
        listed = self.sandbox.token("https://api.businesscentral.dynamics.com")
        ends = self.sandbox.endpoints
        url = f"{self.sandbox.business_central}/v2.0/{ends['tenantId']}/{ends['environment']}/api/v2.0/companies"
        return str(httpx.get(url, headers={"Authorization": f"Bearer {listed}"}, trust_env=False).json()["value"][0]["id"])

    def problems(self, **parameters: str) -> list[dict[str, Any]]:
        """Open problems, one entry a problem of a record or of one of its fields."""
        rows: list[dict[str, Any]] = []
        asked = {"limit": "200", "expand": "true", **parameters}
        while asked:
            answer = self.api.get("/problems", params=asked).json()
            rows += answer["value"]
            asked = {**asked, "cursor": answer["cursor"]} if answer["cursor"] else {}
        return [
            {
                "mapping": row["mapping"],
                "side": row["record"].partition(":")[0],
                "id": row["record"].partition(":")[2],
                "remedy": row["remedy"],
                **each,
            }
            for row in rows
            for each in row["problems"] or [{"code": row["code"], "field": None, "detail": row["message"]}]
        ]

    @property
    def expected(self) -> Any:
        """What the demo company's generator knew before any synch."""
        return json.loads((self.sandbox.home / "expected.json").read_text(encoding="utf-8"))
