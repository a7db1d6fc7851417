"""Synchronise now, where it is refused in part or as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync.entry.connection import hold
from sync.heart.plan import Side
from sync.store.problems import Parked
from tests.scenario.by_hand import NOBODY, edited, now, phones
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer, item

REFUSING = [
    pytest.param("sales", "accounts", "toSales", "fromSales", id="to Sales", marks=pytest.mark.case("T196")),
    pytest.param("bc", "customers", "fromSales", "toSales", id="from Sales", marks=pytest.mark.case("T197")),
]


@pytest.mark.parametrize(("side", "table", "failed", "other"), REFUSING)
async def test_only_the_direction_that_was_refused_has_failed_with_its_error(
    engine: Engine, side: str, table: str, failed: str, other: str
) -> None:
    pair = await engine.coupled({"phoneNumber": "111"})
    edited, column = (pair[0], "phoneNumber") if side == Side.SALES else (pair[1], "telephone1")
    await engine.edit(edited, **{column: "222"})
    await engine.people(Side(side)).fault("status", status=400, method="PATCH", path=table, when="before")
    answer = await now(engine, pair[0])
    assert (answer[failed], answer.get(other)) == ("failed", None if other == "fromSales" else "unchanged")
    assert len(answer["problems"]) == 1
    totals = (await engine.api.get(f"jobs/{answer['job']}")).json["totals"]
    assert (totals[failed]["failed"], totals[other].get("failed", 0), totals[failed].get("modified", 0)) == (1, 0, 0)


async def test_an_item_is_synchronised_from_either_id(engine: Engine) -> None:
    mine = item("I-1")
    await engine.seed(mine)
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", create="toSales")
    theirs = await engine.partner("ITEM-PRODUCT", mine)
    await engine.edit(mine, unitPrice=12)
    answer = await now(engine, Record(Side.SALES, "products", theirs["productid"], theirs), "ITEM-PRODUCT", direction="toSales")
    assert (answer["bcId"], answer["toSales"]) == (mine.id, "modified")
    assert (await engine.partner("ITEM-PRODUCT", mine))["price"] == 12


async def test_a_parked_record_is_named_and_left_alone(engine: Engine) -> None:
    pair = await edited(engine, "222", "333")
    await engine.look("CUSTOMER")
    [row] = await engine.problem_rows("CUSTOMER")
    await engine.ctx.store.problems.change([replace(row, parked=Parked.PERSON)])
    answer = await now(engine, pair[0])
    assert (answer["outcome"], answer["code"]) == ("parked", "conflicting_edits")
    assert await phones(engine, pair) == ["222", "333"]


async def test_on_hold_every_record_says_so(engine: Engine) -> None:
    pair = await edited(engine, "222", None)
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    answer = await now(engine, pair[0])
    assert (answer["outcome"], answer["why"]) == ("onHold", "CUSTOMER is on hold: stocktaking.")
    await engine.api.post("mappings/CUSTOMER/resume")
    await hold(engine.ctx, "moving house")
    refused = await now(engine, pair[0], status=409)
    assert (refused["type"], "moving house" in refused["detail"]) == ("urn:couplet:on_hold", True)
    assert await phones(engine, pair) == ["222", "111"]


BAD: dict[str, dict[str, Any]] = {
    "no side": {"ids": [NOBODY]},
    "an unknown side": {"side": "crm", "ids": [NOBODY]},
    "no ids": {"side": "bc"},
    "an empty list": {"side": "bc", "ids": []},
    "a text for a list": {"side": "bc", "ids": NOBODY},
    "no guids": {"side": "bc", "ids": ["C1"]},
    "too many": {"side": "bc", "ids": [f"00000000-0000-4000-8000-{n:012}" for n in range(1001)]},
    "a dry run of many": {"side": "bc", "ids": [f"00000000-0000-4000-8000-{n:012}" for n in range(101)], "dryRun": True},
    "an unknown direction": {"side": "bc", "ids": [NOBODY], "direction": "both"},
    "a number for a direction": {"side": "bc", "ids": [NOBODY], "direction": 1},
    "a text for a dry run": {"side": "bc", "ids": [NOBODY], "dryRun": "no"},
}


async def test_a_bad_request_to_synchronise_changes_nothing(engine: Engine) -> None:
    pair = await edited(engine, "222", None)
    answers = {name: await engine.api.post("records/CUSTOMER/sync", body) for name, body in BAD.items()}
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(BAD, 400)
    assert (await engine.api.post(f"records/SUPPLIER/bc/{pair[0].id}/sync")).status == 404
    assert (await engine.api.post(f"records/CUSTOMER/crm/{pair[0].id}/sync")).status == 404
    assert (await engine.api.post("records/CUSTOMER/bc/C1/sync")).status == 400
    assert (await engine.api.post(f"records/CUSTOMER/bc/{pair[0].id}/sync", {"direction": "down"})).status == 400
    assert (await engine.api.post("records/CUSTOMER/sync", b"x" * 70_000)).status == 413
    stranger = await engine.api.post(f"records/ITEM-PRODUCT/bc/{pair[0].id}/sync")
    assert (stranger.status, stranger.json["outcome"]) == (200, "notFound"), "no item has the id of a customer"
    assert await phones(engine, pair) == ["222", "111"]


@pytest.mark.rule("C3")
async def test_whose_values_win_is_not_forgotten_where_the_brake_looked_first(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.triggers.records.INLINE", 0)
    pairs = [
        (customer(f"C{n}", phoneNumber="1"), account(f"A{n}", accountnumber=f"C{n}", name=f"Company C{n}", telephone1="1"))
        for n in range(22)
    ]
    await engine.seed(*(each for pair in pairs for each in pair))
    await engine.sync("CUSTOMER")
    mine, theirs = pairs[0]
    await engine.edit(mine, phoneNumber="2")
    await engine.edit(theirs, telephone1=None)
    ids = [bc.id for bc, _ in pairs]
    answer = await engine.api.post("records/CUSTOMER/sync", {"side": "bc", "ids": ids, "direction": "fromSales"})
    assert answer.status == 202, answer.body
    await engine.drain()
    assert ((await engine.row(mine))["phoneNumber"], (await engine.row(theirs))["telephone1"]) == ("", None)
    assert await engine.problems("CUSTOMER") == []
