"""The lines of documents: a mapping of their own, which goes with its document and never by itself."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.orders import NAME

LINES = "SOLINE-ORDERDETAIL"
ID = "5d115c9c-44e3-ea11-bb43-000d3a2feca1"


@pytest.mark.rule("E6")
async def test_whoever_asks_for_lines_alone_is_told_of_their_document(engine: Engine) -> None:
    asked = [
        await engine.api.get(f"explain/{LINES}/sales/{ID}"),
        await engine.api.post(f"records/{LINES}/sales/{ID}/sync", {}),
        await engine.api.post(f"records/{LINES}/sync", {"side": "bc", "ids": [ID]}),
        await engine.api.post(f"mappings/{LINES}/hold", {"reason": "stocktaking"}),
        await engine.api.post(f"mappings/{LINES}/run", {}),
    ]
    assert {(each.status, each.json["type"], each.json["detail"]) for each in asked} == {
        (409, "urn:couplet:part_of_document", f"{LINES} goes with {NAME}, never by itself.")
    }


@pytest.mark.parametrize("switch", [{"enabled": False}, {"onlyCoupled": False}, {"minutes": 5}])
async def test_a_switch_that_lines_would_not_follow_is_refused(engine: Engine, switch: dict[str, object]) -> None:
    refused = await engine.api.patch(f"mappings/{LINES}", switch)
    assert (refused.status, refused.json["problems"]) == (400, {next(iter(switch)): f"{LINES} goes with {NAME}, never by itself"})
