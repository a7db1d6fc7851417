from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.business_central.client import Client, connect


@pytest.fixture
async def bc() -> AsyncIterator[Client]:
    client = connect()
    yield client
    await client.http.aclose()
