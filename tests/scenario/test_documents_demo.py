"""The demo company once somebody has switched documents on: what becomes of its orders, quotes and posted invoices."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.company.documents import DOCUMENTS
from sandbox.company.generate import generate
from sandbox.running import Sandbox
from tests.expected.modes import ended_as_expected
from tests.scenario.engine import Engine
from tests.scenario.on_demo import engine_on_demo

COMPANY = generate(0.05)


@pytest.fixture
async def engine(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet on the demo company in step, its documents switched on, in an organisation that lets its orders be taken over."""
    async with engine_on_demo(sandbox_processes, COMPANY) as fresh:
        await fresh.sync(create="both")
        for mapping in COMPANY.expected["modes"][DOCUMENTS]:
            await fresh.switch(mapping, enabled=True, onlyCoupled=False)
        yield fresh


@pytest.mark.timeout(200)
@pytest.mark.rule("E5", "E6", "E7")
async def test_a_full_synch_of_documents_makes_of_the_demo_company_what_its_generator_expected(engine: Engine) -> None:
    documents = COMPANY.expected["modes"][DOCUMENTS]
    await engine.sync(*documents, create="both")
    await ended_as_expected(engine, documents)
    await engine.look(*documents)
    await engine.reset_counters()
    await engine.sync(*documents, create="both")
    assert await engine.written() == {"bc": 0, "sales": 0}
