"""How a test opens, starts and reads the full synch review."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine

FIRST = ["SALESPEOPLE", "CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"]


async def review(engine: Engine) -> dict[str, Any]:
    """The lines of the review by mapping."""
    return {line["mapping"]: line for line in (await engine.api.get("full-sync/review")).json["lines"]}


async def post(engine: Engine, action: str, status: int = 202, **body: Any) -> Any:
    answer = await engine.api.post(f"full-sync/review/{action}", body)
    assert answer.status == status, answer.json
    return answer.json


async def run(engine: Engine, action: str = "start", **body: Any) -> dict[str, Any]:
    """Start the review, or some of its lines, and work to the end."""
    await post(engine, action, **body)
    await engine.drain()
    return await review(engine)
