"""A story that is over: another run has nothing to do."""

from __future__ import annotations

from tests.scenario.engine import Engine


async def nothing_more_to_do(engine: Engine, *mappings: str) -> None:
    """Another full synch writes nothing and ends well, and nothing is in trouble."""
    await engine.reset_counters()
    lines = await engine.sync(*mappings)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert {line.status for line in lines.values()} == {"success"}
    assert await engine.problems() == []
