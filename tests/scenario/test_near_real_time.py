"""Near real time: both services tell of changes. What they tell makes a mapping due and is never believed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.running import Sandbox
from sync.plan import Side
from tests.scenario.hooked import Hooked, hooked_on


@pytest.fixture
async def hooked(sandbox_processes: Sandbox) -> AsyncIterator[Hooked]:
    """Couplet that is told of changes; a customer and its account are in step."""
    async with hooked_on(sandbox_processes) as told:
        await told.engine.coupled()
        await told.engine.look()
        await told.keep()
        yield told


async def test_an_edit_in_bc_arrives_without_any_timer(hooked: Hooked) -> None:
    engine = hooked.engine
    [mine] = [row for row in await engine.bc.rows("customers")]
    await engine.bc.edit("customers", mine["id"], phoneNumber="+49 30 1")
    await hooked.told(Side.BC)
    await engine.drain()
    [theirs] = await engine.sales.rows("accounts")
    assert theirs["telephone1"] == "+49 30 1"
    await hooked.come_to_rest()


async def test_an_edit_in_sales_arrives_without_any_timer(hooked: Hooked) -> None:
    engine = hooked.engine
    [theirs] = await engine.sales.rows("accounts")
    await engine.sales.edit("accounts", theirs["accountid"], telephone1="+49 30 1")
    await hooked.told(Side.SALES)
    await engine.drain()
    [mine] = await engine.bc.rows("customers")
    assert mine["phoneNumber"] == "+49 30 1"
    await hooked.come_to_rest()
