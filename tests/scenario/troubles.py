"""Records that a service refuses, and the error desk as a person asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.scenario.engine import Engine
from tests.scenario.world import Record

LONG = "office@" + "x" * 70 + ".example"
"""An e-mail address that Sales takes and Business Central does not."""

LONGER = "office@" + "x" * 90 + ".example"
"""One that Sales does not take either."""

PLUG_IN = "0x80040265"
"""The code with which a plug-in of somebody else refuses a row."""


@asynccontextmanager
async def refusing(engine: Engine, tables: str = "accounts", code: str = PLUG_IN) -> AsyncIterator[None]:
    """Inside, Sales refuses every new row of these tables."""
    await engine.sales.fault(status=400, method="POST", path=f"{tables}|batch", code=code, times=100)
    yield
    await engine.sales.heal()


async def listed(engine: Engine, **query: Any) -> list[dict[str, Any]]:
    """The open problems as the API lists them, all pages."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        asked = "&".join(f"{name}={value}" for name, value in {**query, **({"cursor": cursor} if cursor else {})}.items())
        answer = await engine.api.get(f"problems?{asked}")
        assert answer.status == 200, answer.body
        found += answer.json["value"]
        cursor = answer.json["cursor"]
        if not cursor:
            return found


async def post(engine: Engine, what: str, **body: Any) -> Any:
    """Ask the desk for something."""
    answer = await engine.api.post(f"problems/{what}", body)
    assert answer.status in (200, 202), answer.body
    return answer.json


async def of(engine: Engine, record: Record, mapping: str = "CUSTOMER") -> dict[str, Any] | None:
    """The open problem of one record, as its card would show it."""
    answer = await engine.api.get(f"problems/{mapping}/{record.side}:{record.id}")
    assert answer.status in (200, 404), answer.body
    return answer.json if answer.status == 200 else None


async def later(engine: Engine, **pause: float) -> None:
    """So much time passes for the problems that are open."""
    passed = timedelta(**pause)

    rows = await engine.problem_rows()
    await engine.ctx.store.problems.change([replace(row, not_before=row.not_before - passed) for row in rows if row.not_before])


async def failed_to_be_made(engine: Engine, *records: Record) -> None:
    """A full synch in which Sales refused these customers."""
    await engine.seed(*records)
    async with refusing(engine):
        await engine.sync("CUSTOMER")
