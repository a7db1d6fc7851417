"""Orders of Sales on their way to Business Central, nothing else going on: one alone, then many submitted at once."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from bench import figures
from bench.customers import NAMESPACE
from bench.figures import Figures
from bench.load import LOOK_SECONDS, LoadFailed, full_synch
from bench.place import Place
from sync.store import Store

MAPPING, GOODS = "SALESORDER-ORDER", ("CURRENCY", "UNIT OF MEASURE", "ITEM-PRODUCT")
LINES, MANY = 10, 100
UNIT = "PCS"
LONGEST_SECONDS = 180.0


async def run(place: Place, store: Store) -> dict[str, Figures]:
    """What one order costs, and each of many; all customers are coupled."""
    await _stocked(place, store)
    async with httpx.AsyncClient(base_url=f"{place.sales}/_control/", trust_env=False, timeout=60) as people:
        first = await _written(place, people, 1)
        await _taken_over(place, people, first)  # the first one of all reads what a later one knows
        return {
            "order": await _taken_over(place, people, await _written(place, people, 1)),
            "orders": await _taken_over(place, people, await _written(place, people, MANY)),
        }


async def _stocked(place: Place, store: Store) -> None:
    """Goods on both sides, and orders switched on."""
    unit = {"id": _id("unit"), "code": UNIT, "displayName": "Piece"}
    items = [
        {
            "id": _id(f"item {n}"),
            "number": f"I{n}",
            "displayName": f"Item {n}",
            "type": "Inventory",
            "unitPrice": 10 + n,
            "baseUnitOfMeasureId": unit["id"],
            "baseUnitOfMeasureCode": UNIT,
            "baseUnitOfMeasure": UNIT,
        }
        for n in range(LINES)
    ]
    place.desk(place.business_central, "seed", {"tables": {"unitsOfMeasure": [unit], "items": items}})
    place.desk(place.sales, "seed", {"tables": {}, "company": {"issopintegrationenabled": True}})
    await full_synch(place, store, {"mappings": [*GOODS], "createNew": "toSales"})
    await _switched_on(place)


async def _switched_on(place: Place) -> None:
    """Orders go by themselves from their first look on, which takes none that is older."""
    address, headers = _app(place)
    wanted = {"enabled": True, "onlyCoupled": False}
    place.client.patch(f"{address}/mappings/{MAPPING}", json=wanted, headers=headers).raise_for_status()
    place.client.post(f"{address}/mappings/{MAPPING}/run", headers=headers).raise_for_status()
    begun = time.monotonic()
    while not place.client.get(f"{address}/mappings/{MAPPING}", headers=headers).raise_for_status().json()["lastLooked"]:
        if time.monotonic() - begun > LONGEST_SECONDS:
            raise LoadFailed(f"no look at {MAPPING} after {LONGEST_SECONDS:g} s")
        await asyncio.sleep(LOOK_SECONDS)


def _id(name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, name))


def _app(place: Place) -> tuple[str, dict[str, str]]:
    return f"{place.endpoints['functions']}/api", {"x-functions-key": place.endpoints["functionKey"]}


async def _written(place: Place, people: httpx.AsyncClient, count: int) -> Sequence[str]:
    """Orders of all goods each, submitted; their ids."""
    products = place.desk(place.sales, "rows/products")
    accounts = place.accounts()
    found = []
    for n in range(count):
        order = await _hand(people, "insert", set="salesorders", values=_header(accounts[n % len(accounts)], products[0]))
        for row in products:
            await _hand(people, "insert", set="salesorderdetails", values=_line(order["salesorderid"], row))
        found.append(order["salesorderid"])
    for order_id in found:
        await _hand(people, "submit", id=order_id)
    return found


async def _hand(people: httpx.AsyncClient, verb: str, **body: Any) -> dict[str, Any]:
    done: dict[str, Any] = (await people.post(f"hands/{verb}", json=body)).raise_for_status().json()
    return done


def _header(account: dict[str, Any], product: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "Order of the bench",
        "customerid_account@odata.bind": f"/accounts({account['accountid']})",
        "pricelevelid@odata.bind": f"/pricelevels({product['_pricelevelid_value']})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({product['_transactioncurrencyid_value']})",
    }


def _line(order_id: str, product: dict[str, Any]) -> dict[str, Any]:
    return {
        "salesorderid@odata.bind": f"/salesorders({order_id})",
        "productid@odata.bind": f"/products({product['productid']})",
        "uomid@odata.bind": f"/uoms({product['_defaultuomid_value']})",
        "quantity": 2,
    }


async def _taken_over(place: Place, people: httpx.AsyncClient, orders: Sequence[str]) -> Figures:
    """A look at the mapping, until all these orders are coupled and marked."""
    address, headers = _app(place)
    before, begun = figures.read(place), time.monotonic()
    place.client.post(f"{address}/mappings/{MAPPING}/run", headers=headers).raise_for_status()
    while not await _marked(people, orders):
        if time.monotonic() - begun > LONGEST_SECONDS:
            raise LoadFailed(f"{len(orders)} orders are not taken over after {LONGEST_SECONDS:g} s")
        await asyncio.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - begun
    await asyncio.sleep(1)  # the job is closed and its totals are written
    cost = figures.between(place, before, figures.read(place), seconds)
    cost.records = len(orders)
    return cost


async def _marked(people: httpx.AsyncClient, orders: Sequence[str]) -> bool:
    rows = (await people.get("rows/salesorders")).raise_for_status().json()
    return {*orders} <= {row["salesorderid"] for row in rows if row["lastbackofficesubmit"]}
