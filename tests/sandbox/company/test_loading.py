"""Loaded into the simulators, the company is what was generated."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.business_central.app import create_app as business_central
from sandbox.company import Company, generate, loading
from sandbox.sales.app import create_app as sales

KEY = "a key of sixteen letters and more"
SHOWN_AS_LOCAL_CURRENCY = {"vendors", "salesOrders", "salesInvoices"}
"""API v2.0 shows the local currency's code where BC stores a blank."""


@pytest.fixture(scope="module")
def company() -> Company:
    return generate()


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("127.0.0.1", 1)), base_url="http://127.0.0.1")


@pytest.mark.parametrize("chunk", [300, 5000])
async def test_business_central_shows_every_value_that_was_loaded(company: Company, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", chunk)
    async with _client(business_central(key=KEY)) as client:
        await loading.load_side(client, company.bc, company.about["bc"])
        for table, rows in company.bc.items():
            shown = (await client.get(f"/_control/rows/{table}")).json()
            assert len(shown) == len(rows), table
            _assert_shown(rows, shown, "id", {"currencyCode"} if table in SHOWN_AS_LOCAL_CURRENCY else set())


async def test_sales_shows_every_value_that_was_loaded(company: Company) -> None:
    async with _client(sales(KEY)) as client:
        await loading.load_side(client, company.sales, company.about["sales"])
        for table, rows in company.sales.items():
            _assert_shown(rows, (await client.get(f"/_control/rows/{table}")).json(), next(iter(rows[0])), set())


def _assert_shown(rows: list[dict[str, Any]], shown: list[dict[str, Any]], key: str, hidden: set[str]) -> None:
    by_id = {row[key]: row for row in shown}
    for row in rows:
        found = by_id[row[key]]
        assert {name: found.get(name) for name in row if name not in hidden} == {k: v for k, v in row.items() if k not in hidden}
