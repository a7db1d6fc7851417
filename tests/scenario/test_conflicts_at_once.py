"""Rule B3: one side for all conflicts of a cause, within the call or as a job, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.conflicts import names, torn
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer, salesperson


@pytest.mark.rule("B3")
async def test_one_side_for_all_conflicts_of_a_cause(engine: Engine) -> None:
    pairs = [
        (customer(f"C{number}", displayName="Adler"), account(f"A{number}", accountnumber=f"C{number}", name="Adler")) for number in "123"
    ]
    await engine.seed(*(each for pair in pairs for each in pair))
    await engine.sync("CUSTOMER")
    for mine, theirs in pairs:
        await engine.edit(mine, displayName="Adler Nord")
        await engine.edit(theirs, name="Adler Sued")
    await engine.look("CUSTOMER")
    answer = await engine.api.post("problems/resolve", {"code": "conflicting_edits", "side": "sales"})
    assert (answer.status, answer.json["count"]) == (200, 3)
    assert {each["outcome"] for each in answer.json["records"]} == {"solved"}
    for pair in pairs:
        assert await names(engine, pair) == ("Adler Sued", "Adler Sued")
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B3")
async def test_many_conflicts_are_settled_by_a_job(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.desk.by_hand.INLINE", 0)
    pair = await torn(engine)
    answer = await engine.api.post("problems/resolve", {"code": "conflicting_edits", "side": "bc", "mapping": "customer"})
    assert (answer.status, answer.json["scheduled"]) == (202, 1)
    await engine.drain()
    assert await names(engine, pair) == ("Adler Nord", "Adler Nord")
    job = (await engine.api.get(f"jobs/{answer.json['jobs'][0]}")).json
    assert (job["kind"], job["status"], job["totals"]["toSales"]["modified"]) == ("manual", "success", 1)


@pytest.mark.rule("B2")
async def test_one_side_for_all_of_a_cause_writes_nothing_against_the_direction_of_a_field(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="AB")
    await engine.seed(mine, salesperson("CC", "Nobody"))
    await engine.sync("SALESPEOPLE", "CUSTOMER")
    await engine.edit(mine, salespersonCode="CC")
    await engine.look("CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("no_owner", "salespersonCode")]
    answer = await engine.api.post("problems/resolve", {"code": "no_owner", "side": "sales"})
    assert (answer.status, answer.json["records"][0]["outcome"]) == (200, "open")
    assert (await engine.row(mine))["salespersonCode"] == "CC"
    assert await engine.problems("CUSTOMER") == [("no_owner", "salespersonCode")]


UNCLEAR: tuple[tuple[dict[str, Any], int], ...] = (
    ({}, 400),
    ({"code": "conflicting_edits"}, 400),
    ({"code": "conflicting_edits", "side": "both"}, 400),
    ({"code": "no_such_code", "side": "bc"}, 404),
    ({"code": "conflicting_edits", "side": "bc", "record": "bc:1"}, 400),
    ({"mapping": "CUSTOMER", "record": "bc:1"}, 400),
    ({"mapping": "NONE", "record": "bc:1", "choices": {"displayName": "bc"}}, 404),
    ({"mapping": "CUSTOMER", "record": 5, "choices": {"displayName": "bc"}}, 400),
    ({"mapping": "CUSTOMER", "record": "bc:1", "choices": {"displayName": "bc"}}, 404),
    ({"mapping": "CUSTOMER", "record": "bc:1", "choices": {"displayName": "bc"}, "seen": 3}, 400),
    ({"anything": 1}, 400),
)


@pytest.mark.rule("B3")
async def test_a_resolution_that_says_nothing_clear_is_refused(engine: Engine) -> None:
    for body, status in UNCLEAR:
        assert (await engine.api.post("problems/resolve", body)).status == status, body
    assert (await engine.api.post("problems/resolve", b"[" * 100)).status == 400
    assert (await engine.api.post("problems/resolve", b" " * 70_000)).status == 413
