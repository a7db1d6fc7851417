"""Clocks that differ: whatever Business Central, Sales and our own machine take for the time, no edit is lost and none comes twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record

HOUR_MS = 3_600_000

pytestmark = pytest.mark.rule("F2")

WRONG = [(Side.BC, -HOUR_MS), (Side.BC, HOUR_MS), (Side.SALES, -HOUR_MS), (Side.SALES, HOUR_MS)]
IDS = ["BC-behind", "BC-ahead", "Sales-behind", "Sales-ahead"]

Pair = tuple[Record, Record]


@pytest_asyncio.fixture(params=WRONG, ids=IDS)
async def pair(engine: Engine, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Record, Record]]:
    """A customer and an account in step, and one of the clocks wrong by an hour since long before."""
    side, offset = request.param
    await engine.people(side).switch(clockOffsetMs=offset)
    coupled = await engine.coupled()
    await engine.look("CUSTOMER")
    yield coupled
    await engine.people(side).switch(clockOffsetMs=0)


@pytest.mark.case("T334", "T335", "T337", "T338", "T340", "T341", "T343", "T344", "T346", "T347", "T349", "T350", "T353", "T355")
async def test_edits_of_both_sides_arrive_in_whatever_order_and_one_after_the_other(engine: Engine, pair: Pair) -> None:
    mine, theirs = pair
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.edit(theirs, websiteurl="https://one.example")
    await engine.look("CUSTOMER")
    assert ((await engine.row(theirs))["telephone1"], (await engine.row(mine))["website"]) == ("+49 30 1", "https://one.example")
    await engine.edit(theirs, websiteurl="https://two.example")
    await engine.look("CUSTOMER")
    await engine.edit(theirs, websiteurl="https://three.example")
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 2")
    await engine.look("CUSTOMER")
    assert ((await engine.row(theirs))["telephone1"], (await engine.row(mine))["website"]) == ("+49 30 2", "https://three.example")
    assert await engine.problems() == []
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}, "nothing comes twice"


@pytest.mark.case("T079")
async def test_the_watermark_is_the_services_own_clock_at_the_start_of_the_look(engine: Engine) -> None:
    """Not the newest stamp that was seen: a row written while the look reads is not behind it."""
    await engine.bc.switch(clockOffsetMs=-HOUR_MS)
    try:
        await engine.look("CUSTOMER")
        entry = await engine.ctx.store.entries.get(engine.ctx.company, "CUSTOMER")
        assert entry.bc_watermark
        assert abs(datetime.now(UTC) - timedelta(hours=1) - entry.bc_watermark) < timedelta(minutes=1)
    finally:
        await engine.bc.switch(clockOffsetMs=0)


@pytest.mark.case("T352")
async def test_a_clock_set_right_loses_no_edit(engine: Engine) -> None:
    """BC ran ahead and was corrected: edits get older stamps than the watermark, but never by more than the clock was wrong."""
    mine, theirs = await engine.coupled()
    await engine.bc.switch(clockOffsetMs=60_000)
    await engine.look("CUSTOMER")
    await engine.bc.switch(clockOffsetMs=0)
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.edit(theirs, websiteurl="https://one.example")
    await engine.look("CUSTOMER")
    assert ((await engine.row(theirs))["telephone1"], (await engine.row(mine))["website"]) == ("+49 30 1", "https://one.example")
