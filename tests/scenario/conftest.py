"""What the scenarios share: an engine on the running simulators, with a small standard world and nothing coupled yet."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on


@pytest.fixture
async def engine(sandbox_processes: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """Couplet before its first synch; both systems hold the standard world, the store is empty."""
    monkeypatch.setattr("sync.run.walk.LEASED_PAUSE", 0.0)
    async with engine_on(sandbox_processes, fresh=True) as fresh:
        yield fresh
