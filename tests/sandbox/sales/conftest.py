"""The simulator in process, fresh for each test, and one over a real port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.processes import Children
from sandbox.sales.app import create_app
from tests.sandbox.sales.desk import KEY, ORIGIN, Desk


@pytest.fixture
def app() -> Any:
    return create_app(KEY)


@pytest.fixture
async def desk(app: Any) -> AsyncIterator[Desk]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        yield Desk(client, ORIGIN)


@pytest.fixture(scope="session")
def sales_server(children: Children) -> str:
    """The address of a simulator of its own process."""
    return str(children.start_module("sales", "sandbox.sales", "--port", "0", "--key", KEY).ready["ready"])


@pytest.fixture
async def distant(sales_server: str) -> AsyncIterator[Desk]:
    """The simulator over HTTP, emptied."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        desk = Desk(client, sales_server)
        await desk.control("POST", "reset")
        yield desk
