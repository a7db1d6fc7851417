"""What the scenarios share: an engine on the running simulators, with a small standard world and nothing coupled yet."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.people import People


@pytest.fixture
async def engine(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Couplet before its first synch; both systems hold the standard world, the store is empty."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    async with engine_on(sandbox_processes, fresh=True) as fresh:
        yield fresh


@pytest.fixture
async def standard(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Couplet before its first synch, on a Business Central that serves API v2.0 only."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    people = People(sandbox_processes.business_central)
    await people.switch(profile="standard")
    try:
        async with engine_on(sandbox_processes, fresh=True) as fresh:
            yield fresh
    finally:
        await people.switch(profile="extended")
        await people.close()


@pytest.fixture
async def both(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """An engine in the mode in which orders go both ways."""
    async with engine_on(sandbox_processes, fresh=True, ORDERS="both") as fresh:
        yield fresh
