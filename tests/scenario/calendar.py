"""The company's calendar: two time zones of which one is always a day ahead, so that a day can come while a test runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.scenario.engine import Engine

WEST, EAST = ZoneInfo("Pacific/Pago_Pago"), ZoneInfo("Pacific/Kiritimati")
"""UTC-11 and UTC+14."""


def tomorrow() -> date:
    """The day that has come in the east and not in the west."""
    return datetime.now(EAST).date()


def yesterday() -> date:
    """A day that is over in the east and not in the west."""
    return tomorrow() - timedelta(days=1)


def in_zone(engine: Engine, zone: ZoneInfo) -> None:
    """From now on the company's days are those of this zone, and no change is read twice."""
    engine._use(replace(engine.ctx, settings=replace(engine.ctx.settings, bc_time_zone=zone, overlap_seconds=0)))
    engine.forget()


async def day_comes(engine: Engine, *mappings: str) -> None:
    """Everything that changed so far has been looked at, a day passes, and Couplet looks again."""
    await asyncio.sleep(1.1)  # stamps and watermarks of this second are told apart from those before
    await engine.look(*mappings)
    in_zone(engine, EAST)
    await engine.reset_counters()
    await engine.look(*mappings)
