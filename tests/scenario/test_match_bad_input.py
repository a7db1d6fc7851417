"""Match-based coupling asked for in ways that cannot be: a clear answer and nothing half done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.engine import Engine
from tests.scenario.world import account, customer, id_of

MATCH = "couplings/CUSTOMER/match"

WRONG: list[tuple[Any, int, str]] = [
    ({"criteria": []}, 400, "at least one"),
    ({"criteria": [{"field": "nonsense"}]}, 400, "no field nonsense"),
    ({"criteria": [{"field": ["number"]}]}, 400, "no field"),
    ({"criteria": "number"}, 400, "must be a list"),
    ({"criteria": [{"field": "number"}] * 21}, 400, "up to 20"),
    ({"criteria": [{"field": "number"}, {"field": "number"}]}, 400, "twice"),
    ({"criteria": ["number"]}, 400, "{field"),
    ({"criteria": [{"field": "number", "priority": 0}]}, 400, "number cannot be used"),
    ({"criteria": [{"field": "number", "priority": True}]}, 400, "number cannot be used"),
    ({"criteria": [{"field": "number", "caseSensitive": "yes"}]}, 400, "caseSensitive must be"),
    ({"criteria": [{"field": "number", "weight": 1}]}, 400, "{field"),
    ({"ids": []}, 400, "1 to 1000"),
    ({"ids": ["C1"]}, 400, "1 to 1000"),
    ({"ids": [7]}, 400, "1 to 1000"),
    ({"ids": [id_of("customers", "gone")]}, 404, "BC has no customers"),
    ({"ids": [id_of("customers", "C1")], "createNew": "both"}, 400, "records of BC"),
    ({"startRule": "nobody"}, 400, "nobody"),
    ({"createNew": "everywhere"}, 400, "everywhere"),
    ({"dryRun": "yes"}, 400, "dryRun"),
    ({"sync": 1}, 400, "sync"),
    ({"match": True}, 400, "Unknown"),
    ([], 400, "object"),
    (b"{", 400, "JSON"),
    (b" " * 70_000, 413, "bytes"),
]


@pytest.mark.parametrize(("body", "status", "says"), WRONG, ids=[str(each[0])[:50] for each in WRONG])
async def test_what_cannot_be_asked_for_is_refused_and_nothing_is_done(engine: Engine, body: Any, status: int, says: str) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    answer = await engine.api.post(MATCH, body)
    assert (answer.status, says in answer.json["detail"]) == (status, True), answer.json
    assert await engine.drain() == 0
    assert await engine.couplings("CUSTOMER") == []
    assert (await engine.api.get("jobs")).json["value"] == []


async def test_an_unknown_mapping_and_an_unknown_match_are_said_to_be_so(engine: Engine) -> None:
    assert (await engine.api.post("couplings/NOTHING/match", {})).status == 404
    assert (await engine.api.get("couplings/CUSTOMER/match/nothing")).status == 404
    found = await engine.api.post(MATCH, {"dryRun": True})
    elsewhere = await engine.api.get(f"couplings/CONTACT/match/{found.json['id']}")
    assert elsewhere.status == 404


@pytest.mark.parametrize("query", ["list=nothing", "list=matched&cursor=x", "list=matched&cursor=-1", "list=matched&limit=0"])
async def test_a_part_of_a_report_that_is_not_there_is_refused(engine: Engine, query: str) -> None:
    found = await engine.api.post(MATCH, {"dryRun": True})
    assert (await engine.api.get(f"{MATCH}/{found.json['id']}?{query}")).status == 400


async def test_a_cursor_behind_the_end_shows_an_empty_part(engine: Engine) -> None:
    found = await engine.api.post(MATCH, {"dryRun": True})
    answer = await engine.api.get(f"{MATCH}/{found.json['id']}?list=matched&cursor=99999")
    assert (answer.status, answer.json["value"], answer.json["cursor"]) == (200, [], None)


async def test_a_mapping_on_hold_is_not_matched_but_may_be_looked_at(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    refused = await engine.api.post(MATCH, {})
    assert (refused.status, "stocktaking" in refused.json["detail"]) == (409, True)
    assert (await engine.api.post(MATCH, {"dryRun": True})).json["counts"]["matched"] == 1
    assert await engine.couplings("CUSTOMER") == []


async def test_with_the_connection_on_hold_nothing_is_matched(engine: Engine) -> None:
    await engine.api.post("connection/hold", {"reason": "moving house"})
    refused = await engine.api.post(MATCH, {})
    assert (refused.status, "moving house" in refused.json["detail"]) == (409, True)
    assert (await engine.api.get("jobs")).json["value"] == []
