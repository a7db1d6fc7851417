"""A worker's sign of life: without it, a step that takes long would be taken for one whose worker died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from sync.errors import StoreError
from sync.store import Store

EVERY = 60.0
"""Seconds between two signs of life: well below the three minutes after which a job is silent."""


@asynccontextmanager
async def alive(store: Store, message: Mapping[str, Any]) -> AsyncIterator[None]:
    """Inside, the job of a message is told every minute that somebody is at work on it."""
    beating = asyncio.create_task(_beat(store, message["company"], message["job"])) if message.get("job") else None
    try:
        yield
    finally:
        if beating:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


async def _beat(store: Store, company: str, job: str) -> None:
    while True:
        await asyncio.sleep(EVERY)
        with suppress(StoreError):  # the work itself will meet it, too
            await store.work.beat(company, job)
