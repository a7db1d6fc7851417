"""What scenarios of match-based coupling ask for and look at."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine

NUMBER = [{"field": "number"}]


async def dry(engine: Engine, mapping: str = "CUSTOMER", **asked: Any) -> Any:
    """What a dry run would find."""
    answer = await engine.api.post(f"couplings/{mapping}/match", {"dryRun": True, **asked})
    assert answer.status == 200, answer.json
    return answer.json


async def run(engine: Engine, mapping: str = "CUSTOMER", **asked: Any) -> Any:
    """A run to its end: its job."""
    answer = await engine.api.post(f"couplings/{mapping}/match", asked)
    assert answer.status == 202, answer.json
    await engine.drain()
    job = await engine.api.get(f"jobs/{answer.json['job']}")
    return job.json


async def coupled(engine: Engine, mapping: str = "CUSTOMER") -> dict[str, str]:
    return {each.bc_id: each.sales_id for each in await engine.couplings(mapping)}


def pairs_of(found: Any) -> dict[str, str]:
    return {each["bc"]["id"]: each["sales"]["id"] for each in found["matched"]["value"]}
