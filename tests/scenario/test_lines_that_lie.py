"""Lines that somebody wrote by hand, or kept for too long: what they say is taken only where it cannot do harm (rules A5, A6, G2)."""

from __future__ import annotations

from typing import Any

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.test_state_moves import taken, written_out
from tests.scenario.world import account, customer

FAR_EAST = "0001-01-01T00:00:00+14:00"

WRONG: dict[str, dict[str, Any]] = {
    "values longer than a row of the store": {"held": {"displayName": ["x" * 600_000]}},
    "an object deep inside a value": {"held": {"address": [[["a", {"b": 1}]]]}},
    "a number that is none": {"held": {"creditLimit": [float("nan")]}},
    "a time before all times": {"syncedAt": FAR_EAST},
}


async def test_a_line_that_no_store_could_hold_or_no_record_can_have_is_refused_before_anything_is_taken(engine: Engine) -> None:
    await engine.coupled()
    lines = await written_out(engine)
    good = next(line for line in lines if line["kind"] == "coupling" and line["mapping"] == "CUSTOMER")
    fresh = {**good, "bcId": customer("C5").id, "salesId": account("A5").id}
    for what, wrong in WRONG.items():
        refused = await taken(engine, [lines[0], fresh, {**fresh, **wrong}], status=400)
        assert [each["line"] for each in refused["mistakes"]] == [3], what
    assert len(await engine.ctx.store.couplings.load(engine.ctx.company, "CUSTOMER", Side.BC, [fresh["bcId"]])) == 0
    for wrong in ({"bcId": "12345"}, {"salesId": "12345"}, {"mapping": "PAYMENT TERMS"}):
        came = await taken(engine, [lines[0], {**fresh, **wrong}])
        assert came["refused"] == [{"line": 2, "why": "the ids are not those of this mapping's records"}]


async def test_a_mode_that_does_not_exist_holds_no_mapping_back(engine: Engine) -> None:
    lines = await written_out(engine)
    entry = {"kind": "entry", "mapping": "SALESORDER-ORDER", "switches": {}, "couplesIn": "nonsense"}
    refused = await taken(engine, [lines[0], entry], status=400)
    assert "couplesIn" in refused["mistakes"][0]["why"]


@pytest.mark.rule("A6")
async def test_lines_kept_since_an_earlier_life_never_bring_its_number_back(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    lines = await written_out(engine)
    store = engine.ctx.store
    await store.lives.keep(engine.ctx.company, "CUSTOMER", Side.SALES, {theirs.id: 4})
    coupling = await engine.coupling("CUSTOMER", mine)
    assert coupling
    await store.couplings.remove(coupling)
    await taken(engine, lines)
    again = await engine.coupling("CUSTOMER", mine)
    assert again and again.life_number == 4
