"""Couplet on the demo company, before its first synch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sandbox.company.loading import load_both
from sandbox.company.model import Company
from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on


@asynccontextmanager
async def engine_on_demo(sandbox: Sandbox, company: Company, **settings: str) -> AsyncIterator[Engine]:
    """An engine with these settings on both sides of this company, and nothing else."""
    async with engine_on(sandbox, fresh=True, **settings) as fresh:
        await asyncio.gather(fresh.bc.reset(), fresh.sales.reset())
        await load_both(company, sandbox.business_central, sandbox.sales)
        fresh.forget()
        yield fresh
