"""Near real time, with no timer running: how long an edit takes to the other side, and how many runs a burst of edits makes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx

from bench import figures
from bench.customers import customer
from bench.figures import Figures
from bench.load import LOOK_SECONDS, LoadFailed
from bench.place import Place
from sync.store import Job, Store

MAPPING = "CUSTOMER"
BURST = 1000
PEOPLE = 8
"""So many edit at the same time."""

LONGEST_SECONDS = 180.0
REST_SECONDS = 6.0
"""Longer than a burst is gathered: when nothing is on the queue for so long, nothing more will be."""

BC_PHONE, SALES_PHONE = "phoneNumber", "telephone1"


async def run(place: Place, store: Store) -> dict[str, Figures]:
    """A person's edit in BC, one in Sales, then many at once in Sales; all customers are coupled. BC tells without its 30 seconds."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as people:
        place.desk(place.business_central, "switches", {"webhookDelaySeconds": 0})
        place.listen()
        headers = {"x-functions-key": place.endpoints["functionKey"]}
        (await people.post(f"{place.endpoints['functions']}/api/mappings/{MAPPING}/run", headers=headers)).raise_for_status()
        await _rest(store)
        accounts = sorted((row["accountnumber"].upper(), row["accountid"]) for row in place.accounts())
        found = {"fromBc": await _from_bc(place, people, accounts[0][1]), "fromSales": await _from_sales(place, people, accounts[1][1])}
        await _rest(store)
        return {**found, "burst": await _burst(place, store, people, [id_ for _, id_ in accounts[:BURST]])}


async def _from_bc(place: Place, people: httpx.AsyncClient, account: str) -> Figures:
    begun = time.monotonic()
    await _edit(people, place.business_central, "customers", customer(0)["id"], BC_PHONE)
    url = f"{place.sales}/api/data/v9.2/accounts({account})?$select={SALES_PHONE}"
    return await _arrived(people, url, place.sales_headers, SALES_PHONE, begun)


async def _from_sales(place: Place, people: httpx.AsyncClient, account: str) -> Figures:
    begun = time.monotonic()
    await _edit(people, place.sales, "accounts", account, SALES_PHONE)
    url = f"{place.bc_root}/api/couplet/sales/v1.0/companies({place.company_id})/customers({customer(1)['id']})"
    return await _arrived(people, url, place.bc_headers, BC_PHONE, begun)


async def _burst(place: Place, store: Store, people: httpx.AsyncClient, accounts: Sequence[str]) -> Figures:
    """Many edits at once; `spent` tells how long people typed and how many runs changed something."""
    earlier = {job.id for job in await _jobs(place, store)}
    before, begun, gate = figures.read(place), time.monotonic(), asyncio.Semaphore(PEOPLE)

    async def edit(account: str) -> None:
        async with gate:
            await _edit(people, place.sales, "accounts", account, SALES_PHONE, "+49 40 8")

    await asyncio.gather(*(edit(account) for account in accounts))
    typed, runs = time.monotonic() - begun, list[Job]()
    while sum(_modified(job) for job in runs) < len(accounts):
        _check(begun, "the burst")
        await asyncio.sleep(LOOK_SECONDS)
        runs = [job for job in await _jobs(place, store) if job.id not in earlier and _modified(job)]
    cost = figures.between(place, before, figures.read(place), time.monotonic() - begun)
    cost.records, cost.spent = len(accounts), {"typing": typed, "runs": float(len(runs))}
    return cost


async def _jobs(place: Place, store: Store) -> Sequence[Job]:
    return (await store.jobs.list(place.company_id, [MAPPING], limit=50)).rows


def _modified(job: Job) -> int:
    return int(job.totals.get("fromSales", {}).get("modified", 0))


async def _edit(people: httpx.AsyncClient, service: str, table: str, id_: str, column: str, value: str = "+49 40 7") -> None:
    wanted = {"set": table, "id": id_, "values": {column: value}}
    (await people.post(f"{service}/_control/hands/edit", json=wanted)).raise_for_status()


async def _arrived(people: httpx.AsyncClient, url: str, headers: dict[str, str], column: str, begun: float) -> Figures:
    """One record, and the seconds until the other side holds what was typed."""
    while True:
        row: dict[str, Any] = (await people.get(url, headers=headers)).raise_for_status().json()
        if row[column] == "+49 40 7":
            return Figures(records=1, seconds=time.monotonic() - begun)
        _check(begun, "an edit")
        await asyncio.sleep(LOOK_SECONDS)


async def _rest(store: Store) -> None:
    """Wait until nothing has been on the queue for a while."""
    begun = quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < REST_SECONDS:
        _check(begun, "the work before it")
        await asyncio.sleep(LOOK_SECONDS)
        if await store.queue.length():
            quiet_since = time.monotonic()


def _check(begun: float, what: str) -> None:
    if time.monotonic() - begun > LONGEST_SECONDS:
        raise LoadFailed(f"{what} has not arrived after {LONGEST_SECONDS:g} s")
