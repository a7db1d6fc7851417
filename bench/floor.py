"""The floor: the same bytes through the same simulators, and the same couplings into the same storage, without any logic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson

from bench import figures
from bench.customers import account, customer
from bench.figures import Figures
from bench.place import Place
from mapping.customers import CUSTOMER
from mapping.values import Side
from sync.heart.coupling import Coupling, Held
from sync.store import Store

PAGE = 500
BATCH = 100
IN_FLIGHT = 4
Row = dict[str, Any]


async def move(place: Place) -> Figures:
    """Read all customers page by page and write each page in batches, a few in flight; Sales is left empty."""
    before = figures.read(place)
    async with httpx.AsyncClient(trust_env=False, timeout=120) as client:
        currency = await _local_currency(place, client)
        gate = asyncio.Semaphore(IN_FLIGHT)
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as writes:
            async for page in _pages(place, client):
                for start in range(0, len(page), BATCH):
                    writes.create_task(_write(place, client, gate, [account(row, currency) for row in page[start : start + BATCH]]))
        seconds = time.perf_counter() - begun
    moved = figures.between(place, before, figures.read(place), seconds)
    # these belong to the app, which stood still
    moved.transactions, moved.operations, moved.entities, moved.peak_megabytes = {}, {}, {}, None
    return moved


async def _local_currency(place: Place, client: httpx.AsyncClient) -> str:
    answer = await client.get(f"{place.sales}/api/data/v9.2/organizations?$select=_basecurrencyid_value", headers=place.sales_headers)
    return str(answer.raise_for_status().json()["value"][0]["_basecurrencyid_value"])


async def _pages(place: Place, client: httpx.AsyncClient) -> AsyncIterator[list[Row]]:
    """The pages that a full walk reads: the same columns, the same size."""
    headers = {**place.bc_headers, "Prefer": f"odata.maxpagesize={PAGE}"}
    company = f"{place.bc_root}/api/couplet/sales/v1.0/companies({place.company_id})"
    link = f"{company}/customers?$select={','.join(CUSTOMER.columns(Side.BC))}"
    while link:
        answer = await client.get(link, headers=headers)
        body = orjson.loads(answer.raise_for_status().content)
        yield body["value"]
        link = body.get("@odata.nextLink")


async def _write(place: Place, client: httpx.AsyncClient, gate: asyncio.Semaphore, targets: list[Row]) -> None:
    url = f"{place.sales}/api/data/v9.2/accounts/Microsoft.Dynamics.CRM.CreateMultiple"
    async with gate:
        answer = await client.post(
            url, content=orjson.dumps({"Targets": targets}), headers={**place.sales_headers, "Content-Type": "application/json"}
        )
    answer.raise_for_status()


async def couple(store: Store, records: int) -> Figures:
    """Store as many couplings as the first load does, by Couplet's own store: inserted as claims, then saved once. Removes nothing."""
    begun = time.perf_counter()
    for start in range(0, records, PAGE):
        stored = await store.couplings.insert([_coupling(number) for number in range(start, min(start + PAGE, records))])
        await store.couplings.save([each for each in stored if isinstance(each, Coupling)])
    return Figures(records=records, seconds=time.perf_counter() - begun)


def _coupling(number: int) -> Coupling:
    """A coupling of the size that a customer's has."""
    row = customer(number)
    held = {name: Held(value, value) for name, value in row.items() if isinstance(value, str) and value}
    return Coupling(
        company="bench",
        mapping="FLOOR",
        bc_id=row["id"],
        sales_id=account(row, "")["accountid"],
        held=held,
        synced_at=datetime.now(UTC),
    )
