"""Match-based coupling the way a user starts it: both sides hold the same customers, typed by different people, and nothing is coupled."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from bench import figures
from bench.customers import CUSTOMER_TYPE, NAMESPACE, Row, customer
from bench.figures import Figures
from bench.load import LONGEST_SECONDS, LOOK_SECONDS, LoadFailed, in_functions
from bench.place import SEED_ROWS, Place
from sync.store import Status, Store, keys, tables

CRITERIA = [
    {"field": "number", "priority": 1},
    {"field": "displayName", "priority": 2},
    {"field": "postalCode", "priority": 2},
]
WITHOUT_NUMBER = 3
"""Every third account has no number and is found by name and post code."""


async def run(place: Place, store: Store) -> dict[str, Figures]:
    """A dry run, and then the run. `store` is a connection of our own, so that looking on is not counted as the app's."""
    await _prepare(place, store)
    before = figures.read(place)
    found = await _asked(place, dryRun=True)
    dry = figures.between(place, before, figures.read(place))
    if found.get("counts", {}).get("matched") != place.records:
        raise LoadFailed(f"not all were matched: {found.get('counts')}")
    log = place.home / "logs" / "functions.log"
    before, read_from = figures.read(place), log.stat().st_size
    job = (await _asked(place))["id"]
    seconds = await _ended(store, place.company_id, job, place.records)
    coupled = figures.between(place, before, figures.read(place), seconds)
    working = in_functions(log, read_from)
    coupled.spent = {"inFunctions": working, "betweenMessages": max(seconds - working, 0.0)}
    return {"match": dry, "coupling": coupled}


async def _prepare(place: Place, store: Store) -> None:
    """Accounts that other people typed, and no couplings."""
    place.empty_sales()
    for start in range(0, place.records, SEED_ROWS):
        rows = [typed(number) for number in range(start, min(start + SEED_ROWS, place.records))]
        place.desk(place.sales, "seed", {"tables": {"accounts": rows}})
    table, partition = store.couplings._table, keys.partition(place.company_id, "CUSTOMER")  # nobody uncouples ten thousand at once
    old = [row["RowKey"] async for row in table.range(partition, columns=("bc",))]
    for start in range(0, len(old), tables.OPERATIONS):
        await table.transact([tables.delete((partition, name)) for name in old[start : start + tables.OPERATIONS]])


def typed(number: int) -> Row:
    """The account of a customer as somebody in sales typed it."""
    row = customer(number)
    known = {} if number % WITHOUT_NUMBER == 0 else {"accountnumber": row["number"].lower()}
    return {
        "accountid": str(uuid.uuid5(NAMESPACE, f"typed {number}")),
        "name": row["displayName"].upper(),
        "address1_postalcode": row["postalCode"],
        "telephone1": row["phoneNumber"].replace("+49 ", "0"),
        "customertypecode": CUSTOMER_TYPE,
        "statecode": 0,
        "statuscode": 1,
        **known,
    }


async def _asked(place: Place, **options: Any) -> dict[str, Any]:
    """What the API answers; a report of large tables is waited for."""
    headers = {"x-functions-key": place.endpoints["functionKey"]}
    url = f"{place.endpoints['functions']}/api/couplings/CUSTOMER/match"
    answer = await asyncio.to_thread(place.client.post, url, json={"criteria": CRITERIA, **options}, headers=headers)
    found: dict[str, Any] = answer.raise_for_status().json()
    while options and "counts" not in found:
        await asyncio.sleep(LOOK_SECONDS)
        found = place.client.get(f"{url}/{found['id']}", headers=headers).raise_for_status().json()
    return found


async def _ended(store: Store, company: str, id: str, records: int) -> float:
    deadline = time.monotonic() + LONGEST_SECONDS
    while (job := await store.jobs.get(company, id)) is None or not job.status.over:
        if time.monotonic() > deadline:
            raise LoadFailed(f"the match has not ended after {LONGEST_SECONDS:g} s")
        await asyncio.sleep(LOOK_SECONDS)
    if job.status is not Status.SUCCESS or job.totals["toSales"].get("coupled") != records:
        raise LoadFailed(f"the match ended as {job.status}: {job.totals}")
    return ((job.finished or job.started) - job.started).total_seconds()
