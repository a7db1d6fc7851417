"""Requests to couple that cannot be meant, and times at which nothing is coupled."""

from __future__ import annotations

from typing import Any

import pytest

from sync.entry.connection import hold
from tests.scenario.by_hand import NOBODY, couple, strangers
from tests.scenario.engine import Engine
from tests.scenario.world import item

BAD: dict[str, dict[str, Any]] = {
    "one record": {"bcId": NOBODY},
    "a record and two names for the other": {"bcId": NOBODY, "salesId": NOBODY, "name": "Adler"},
    "no guid": {"bcId": "C1", "salesId": NOBODY},
    "a list": {"bcId": [NOBODY], "salesId": NOBODY},
    "an empty name": {"bcId": NOBODY, "name": " "},
    "a long name": {"bcId": NOBODY, "name": "x" * 201},
    "an unknown direction": {"bcId": NOBODY, "salesId": NOBODY, "sync": "both"},
    "an unknown start rule": {"bcId": NOBODY, "salesId": NOBODY, "startRule": "newest"},
    "a direction and the other side's start rule": {"bcId": NOBODY, "salesId": NOBODY, "sync": "toSales", "startRule": "salesWins"},
    "no synchronising and a start rule": {"bcId": NOBODY, "salesId": NOBODY, "sync": "none", "startRule": "ask"},
    "force as a text": {"bcId": NOBODY, "salesId": NOBODY, "force": "yes"},
    "create new with two records": {"bcId": NOBODY, "salesId": NOBODY, "createNew": True},
    "create new with a name": {"bcId": NOBODY, "name": "Adler", "createNew": True},
    "create new with a direction": {"bcId": NOBODY, "createNew": True, "sync": "toSales"},
    "create new for too many": {"bcId": [f"00000000-0000-4000-8000-{n:012}" for n in range(101)], "createNew": True},
}


async def test_a_bad_request_to_couple_changes_nothing(engine: Engine) -> None:
    answers = {name: await engine.api.post("couplings/CUSTOMER", body) for name, body in BAD.items()}
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(BAD, 400)
    assert (await engine.api.post("couplings/CURRENCY", {"bcId": NOBODY, "salesId": NOBODY, "sync": "fromSales"})).status == 400
    assert (await engine.api.post("couplings/CUSTOMER", b"x" * 70_000)).status == 413
    assert (await engine.api.post("couplings/SUPPLIER", {"bcId": NOBODY, "salesId": NOBODY})).status == 404
    for body in ({}, {"bcId": NOBODY, "to": NOBODY}, {"bcId": NOBODY, "salesId": NOBODY, "to": NOBODY}, {"bcId": NOBODY}):
        assert (await engine.api.post("couplings/CUSTOMER/move", body)).status == 400
    nameless = await engine.api.post("couplings/CUSTOMER/move", {"bcId": NOBODY})
    assert (nameless.status, nameless.json["detail"]) == (400, "Name the record that takes the coupling over: to.")
    assert await engine.couplings("CUSTOMER") == []


async def test_records_that_are_not_there_are_named(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    other = item("I-1")
    await engine.seed(other)
    for body in ({"bcId": NOBODY, "salesId": theirs.id}, {"bcId": mine.id, "salesId": NOBODY}, {"bcId": other.id, "salesId": theirs.id}):
        answer = await couple(engine, status=404, **body)
        assert answer["type"] == "urn:couplet:no_such_record"
    missing = await engine.api.post("couplings/CUSTOMER/move", {"bcId": other.id, "to": mine.id})
    assert (missing.status, missing.json["type"]) == (409, "urn:couplet:not_coupled")


@pytest.mark.case("T199", "T200")
async def test_on_hold_nothing_is_coupled_that_would_be_written_to(engine: Engine) -> None:
    pair = await strangers(engine)
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    refused = await couple(engine, bc=pair[0].id, sales=pair[1].id, status=409)
    assert (refused["type"], refused["detail"]) == ("urn:couplet:on_hold", "CUSTOMER is on hold: stocktaking.")
    assert (await couple(engine, bc=pair[0].id, createNew=True, status=409))["type"] == "urn:couplet:on_hold"
    assert (await couple(engine, bc=pair[0].id, sales=pair[1].id, sync="none"))["outcome"] == "coupled"
    await hold(engine.ctx, "moving house")
    for call in (engine.api.post, engine.api.delete):
        answer = await call("couplings/CUSTOMER", {"bcId": pair[0].id})
        assert (answer.status, "moving house" in answer.json["detail"]) == (409, True), "without a connection nothing is offered"
