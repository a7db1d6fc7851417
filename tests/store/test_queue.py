"""The work queue, read as the Functions host reads it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest
from azure.storage.queue.aio import QueueClient

from sync.errors import StoreError
from sync.store import Store


@pytest.fixture
async def host(azurite: str, store: Store) -> AsyncIterator[QueueClient]:
    """The raw queue, emptied."""
    async with QueueClient.from_connection_string(azurite, "couplet-work") as client:
        await client.clear_messages()
        yield client
        await client.clear_messages()


async def test_messages_arrive_as_base64_of_json_and_never_expire(store: Store, host: QueueClient) -> None:
    await store.queue.send_many([{"work": "scan", "company": "Ädatum 🦊", "n": number} for number in range(10)])
    assert await store.queue.length() == 10
    texts = []
    async for message in host.receive_messages(max_messages=32):
        texts.append(json.loads(base64.b64decode(message.content)))
        assert message.expires_on and message.expires_on.year > 9000
    assert sorted(text["n"] for text in texts) == list(range(10))
    assert texts[0]["company"] == "Ädatum 🦊"


async def test_a_delayed_message_is_not_seen_yet(store: Store, host: QueueClient) -> None:
    await store.queue.send({"work": "later"}, delay_seconds=60)
    assert await host.receive_message() is None
    assert await store.queue.length() == 1


async def test_the_largest_message_goes_through_and_a_larger_one_is_refused_here(store: Store, host: QueueClient) -> None:
    most = 48 * 1024 - len('{"ids":""}')
    await store.queue.send({"ids": "x" * most})
    with pytest.raises(StoreError, match="larger"):
        await store.queue.send({"ids": "x" * (most + 1)})
    assert await store.queue.length() == 1
