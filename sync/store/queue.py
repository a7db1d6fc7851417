"""The work queue: JSON messages in base64, as the Functions host expects them, that never expire."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.queue.aio import QueueClient

from sync.errors import StoreTooBig
from sync.store.failures import Service, failure
from sync.store.meter import Meter
from sync.store.records import to_json

WORK = "couplet-work"
POISON = "couplet-work-poison"

LARGEST = 48 * 1024
"""Bytes of a message's text: the service takes 64 KiB after base64."""

LEASE = timedelta(minutes=10)
"""How long the host hides the message of a worker that died; no setting changes it."""

IN_FLIGHT = 8


class WorkQueue:
    """The queue of work messages."""

    def __init__(self, client: QueueClient, meter: Meter) -> None:
        self._client = client
        self._meter = meter

    async def send(self, message: Mapping[str, Any], delay_seconds: float = 0) -> None:
        """Put a message on the queue, to be seen after the delay (at most seven days)."""
        text = to_json(message)
        if len(text) > LARGEST:
            raise StoreTooBig(bytes=len(text), limit=LARGEST)
        try:
            await self._client.send_message(text, visibility_timeout=round(delay_seconds), time_to_live=-1)
        except AzureError as error:
            raise failure(error, Service.QUEUES) from error
        self._meter.messages += 1

    async def send_many(self, messages: Iterable[Mapping[str, Any]], delay_seconds: float = 0) -> None:
        """Put messages on the queue, a few at a time and in no particular order."""
        gate = asyncio.Semaphore(IN_FLIGHT)

        async def send(message: Mapping[str, Any]) -> None:
            async with gate:
                await self.send(message, delay_seconds)

        await asyncio.gather(*(send(message) for message in messages))

    async def length(self) -> int:
        """About how many messages there are, those in work included."""
        try:
            return (await self._client.get_queue_properties()).approximate_message_count or 0
        except AzureError as error:
            raise failure(error, Service.QUEUES) from error

    async def create(self) -> None:
        """Make the queue if there is none."""
        try:
            await self._client.create_queue()
        except ResourceExistsError:
            return
        except AzureError as error:
            raise failure(error, Service.QUEUES) from error
