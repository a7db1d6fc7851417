"""The connection on hold: put there and resumed by people, and what Sales answers where a privilege is missing."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine

LACKING: dict[str, Any] = {"status": 403, "code": "0x80040220", "times": 1000}
"""What Dataverse answers without the privilege, or in administration mode."""


async def held(engine: Engine, reason: str = "month-end closing") -> dict[str, Any]:
    """The connection, put on hold by a person."""
    answer = await engine.api.post("connection/hold", {"reason": reason})
    assert answer.status == 200, answer.json
    shown: dict[str, Any] = answer.json
    return shown


async def connection(engine: Engine) -> dict[str, Any]:
    """The connection as people see it."""
    shown: dict[str, Any] = (await engine.api.get("connection")).json
    return shown


async def resumed(engine: Engine) -> None:
    """A person resumes it, and everything is worked."""
    assert (await engine.api.post("connection/resume")).status == 200
    await engine.drain()
