"""Moving a coupling by hand to another record of the same side (rules C4, A6)."""

from __future__ import annotations

import pytest

from tests.scenario.by_hand import couple, move
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer


@pytest.mark.rule("C4")
@pytest.mark.case("T101", "T146", "T148")
async def test_a_coupling_moves_to_the_survivor_of_two_merged_records(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    survivor = account("A2", name="Company C1", fax="333")
    await engine.seed(survivor)
    answer = await move(engine, sales=theirs.id, to=survivor.id)
    assert (answer["outcome"], answer["salesId"]) == ("moved", survivor.id)
    assert (await engine.row(survivor))["telephone1"] == "111"
    assert (await engine.row(mine))["faxNumber"] == "333"
    assert await engine.coupling("CUSTOMER", theirs) is None, "the first is free"
    assert (await engine.api.get(f"jobs/{answer['job']}")).json["kind"] == "coupling"
    log = (await engine.api.get(f"records/CUSTOMER/bc/{mine.id}/log")).json["value"]
    moved = next(each for each in log if each["kind"] == "moved")
    assert moved["fields"] == [{"field": "coupling", "before": theirs.id, "after": survivor.id}]
    undone = (await engine.api.post(f"jobs/{answer['job']}/undo")).json
    assert any("couplings are not taken back" in (each["leftAlone"] or "") for each in undone["fields"])


@pytest.mark.rule("C4")
async def test_a_coupling_does_not_move_to_a_record_that_is_coupled(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other, another = customer("C2"), account("A2", accountnumber="C2", name="Bussard")
    await engine.seed(other, another)
    await engine.sync("CUSTOMER", create="none")
    for body in ({"bcId": mine.id, "to": other.id}, {"salesId": theirs.id, "to": another.id}):
        answer = await engine.api.post("couplings/CUSTOMER/move", body)
        assert (answer.status, answer.json["type"]) == (409, "urn:couplet:coupled_elsewhere")
        assert "C2" in answer.json["detail"]
    assert {(each.bc_id, each.sales_id) for each in await engine.couplings("CUSTOMER")} == {(mine.id, theirs.id), (other.id, another.id)}


@pytest.mark.rule("A6")
async def test_the_record_that_lost_its_coupling_begins_another_life(engine: Engine) -> None:
    mine = customer("C1")
    survivor = customer("C2")
    await engine.seed(mine)
    await engine.sync("CUSTOMER", create="toSales")
    first = (await engine.partner("CUSTOMER", mine))["accountid"]
    await engine.seed(survivor)
    await move(engine, bc=mine.id, to=survivor.id)
    made = await couple(engine, bc=mine.id, createNew=True)
    assert made["salesId"] != first
    assert {each.sales_id for each in await engine.couplings("CUSTOMER")} == {first, made["salesId"]}
