"""A full synch the way a user starts it: by HTTP, through queue, worker and storage."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import figures
from bench.figures import Figures
from bench.place import Place
from sync.store import FullSync, Status, Store

ORDER = {"mappings": ["CUSTOMER"], "createNew": "toSales"}
LOOK_SECONDS = 0.1
LONGEST_SECONDS = 1200.0
EXECUTED = re.compile(rb"Executed 'Functions\.synchronize_records' \(Succeeded, .*?Duration=(\d+)ms\)")


class LoadFailed(Exception):
    """A full synch that did not end well; there is nothing to measure."""


@dataclass(frozen=True)
class Account:
    """The sandbox's storage account, as the store wants to be told."""

    storage_connection: str | None
    storage_account: str | None = None
    table_service: str | None = None
    queue_service: str | None = None
    storage_client_id: str | None = None


async def run(place: Place, store: Store) -> Figures:
    """Run a full synch to its end. `store` is a connection of our own, so that looking on is not counted as the app's."""
    log = place.home / "logs" / "functions.log"
    before, read_from = figures.read(place), log.stat().st_size
    ended = await full_synch(place, store, ORDER)
    seconds = ((ended.finished or ended.started) - ended.started).total_seconds()
    cost = figures.between(place, before, figures.read(place), seconds)
    working = in_functions(log, read_from)
    cost.spent = {"inFunctions": working, "betweenMessages": max(seconds - working, 0.0)}
    return cost


async def full_synch(place: Place, store: Store, order: Mapping[str, Any]) -> FullSync:
    """Ask for a full synch and wait for its end."""
    endpoints = place.endpoints
    answer = await asyncio.to_thread(
        place.client.post, f"{endpoints['functions']}/api/full-sync", json=order, headers={"x-functions-key": endpoints["functionKey"]}
    )
    return await _ended(store, place.company_id, answer.raise_for_status().json()["id"])


async def _ended(store: Store, company: str, id: str) -> FullSync:
    deadline = time.monotonic() + LONGEST_SECONDS
    while (present := await store.full_syncs.get(company, id)) is None or not present.status.over:
        if time.monotonic() > deadline:
            raise LoadFailed(f"the full synch has not ended after {LONGEST_SECONDS:g} s")
        await asyncio.sleep(LOOK_SECONDS)
    if present.status is not Status.SUCCESS:
        lines = await store.full_syncs.lines(company, id)
        raise LoadFailed(f"the full synch ended as {present.status}: {lines}")
    return present


def in_functions(log: Path, start: int) -> float:
    """Seconds that the queue function ran since byte `start` of the host's log; its messages follow one another."""
    with log.open("rb") as text:
        text.seek(start)
        return sum(int(found) for found in EXECUTED.findall(text.read())) / 1000
