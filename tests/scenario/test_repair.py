"""Find for Deleted: couplings that are broken or have lost a row are listed first, then repaired by the policy or as a person wants."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mapping.policies import Bound
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer

BOTH = pytest.mark.parametrize("side", list(Side), ids=["gone from BC", "gone from Sales"])


async def _coupled(engine: Engine, number: int = 3) -> list[tuple[Record, Record]]:
    pairs = [(customer(f"C{place}"), account(f"A{place}", accountnumber=f"C{place}", name=f"Company C{place}")) for place in range(number)]
    await engine.seed(*(record for pair in pairs for record in pair))
    await engine.sync("CUSTOMER", create="none")
    return pairs


async def _repair(engine: Engine, **body: Any) -> dict[str, Any]:
    named = {{"bc": "bcId", "sales": "salesId"}.get(name, name): value for name, value in body.items()}
    answer = await engine.api.post("couplings/CUSTOMER/repair", named)
    assert answer.status == (202 if body.get("dryRun") is False else 200), answer.json
    await engine.drain()
    found: dict[str, Any] = answer.json
    return found


async def _row_keys(engine: Engine) -> list[tuple[str, str]]:
    table = engine.ctx.store._tables.get_table_client("couplings")  # tests look behind the store's door
    return [(row["PartitionKey"], row["RowKey"]) async for row in table.list_entities(select=["PartitionKey", "RowKey"])]


@pytest.mark.feature("F102")
@pytest.mark.rule("C2")
async def test_a_dry_run_lists_what_has_lost_its_rows_and_changes_nothing(engine: Engine) -> None:
    pairs = await _coupled(engine, 5)
    await engine.delete(pairs[0][0])
    await engine.delete(pairs[1][1])
    for record in pairs[2]:
        await engine.delete(record)
    found = await _repair(engine)
    assert found["count"] == {"bcGone": 1, "salesGone": 1, "bothGone": 1}
    assert found["couplings"]["salesGone"] == [{"bcId": pairs[1][0].id, "salesId": pairs[1][1].id}]
    assert (found["do"], found["dryRun"]) == ("manual", True)
    assert len(await engine.couplings("CUSTOMER")) == 5
    assert await engine.problems() == []


@pytest.mark.case("T307", "T308")
@pytest.mark.feature("F103")
@BOTH
async def test_a_person_has_a_deleted_row_made_again(engine: Engine, side: Side) -> None:
    pairs = await _coupled(engine)
    place = 0 if side is Side.BC else 1
    for pair in pairs[:2]:
        await engine.delete(pair[place])
    found = await _repair(engine, dryRun=False, do="restore", **{side.other: [pairs[0][1 - place].id]})
    assert found["count"] == {f"{side}Gone": 1}
    assert len(await engine.people(side).rows(pairs[0][place].table)) == 2
    job = (await engine.api.get(f"jobs/{found['job']}")).json
    assert (job["kind"], job["status"]) == ("manual", "success")
    assert job["totals"]["fromSales" if side is Side.BC else "toSales"]["restored"] == 1


@pytest.mark.case("T304", "T305")
@pytest.mark.feature("F104")
@BOTH
async def test_only_rows_whose_partner_is_gone_are_deleted(engine: Engine, side: Side) -> None:
    pairs = await _coupled(engine)
    place = 0 if side is Side.BC else 1
    await engine.delete(pairs[0][place])
    await _repair(engine, dryRun=False, do="deleteCounterpart", **{side.other: [pair[1 - place].id for pair in pairs]})
    assert [len(await engine.people(each).rows(pairs[0][number].table)) for number, each in enumerate(Side)] == [2, 2]
    assert len(await engine.couplings("CUSTOMER")) == 2


@pytest.mark.case("T115")
async def test_without_a_wish_the_policy_decides_and_couplings_of_two_gone_rows_go(engine: Engine) -> None:
    pairs = await _coupled(engine)
    await engine.delete(pairs[0][0])
    for record in pairs[1]:
        await engine.delete(record)
    await _repair(engine, dryRun=False)
    assert await engine.problems() == [("counterpart_deleted", None)]
    assert {each.bc_id for each in await engine.couplings("CUSTOMER")} == {pairs[0][0].id, pairs[2][0].id}


@pytest.mark.case("T113", "T115")
@pytest.mark.feature("F109")
@pytest.mark.parametrize("lost", list(Side))
async def test_half_a_coupling_is_found_and_mended(engine: Engine, lost: Side) -> None:
    pairs = await _coupled(engine)
    table = engine.ctx.store._tables.get_table_client("couplings")
    key = next(key for key in await _row_keys(engine) if key[1].startswith(f"{lost}:"))
    await table.delete_entity(*key)
    damage = "pointerOnly" if lost is Side.BC else "noPointer"
    assert (await _repair(engine))["count"] == {damage: 1}
    assert (await _repair(engine, dryRun=False))["count"] == {damage: 1}
    assert (await _repair(engine))["count"] == {}
    await engine.sync("CUSTOMER", create="none")
    assert {(each.bc_id, each.sales_id) for each in await engine.couplings("CUSTOMER")} == {(mine.id, theirs.id) for mine, theirs in pairs}


async def test_a_claim_that_nobody_works_on_any_more_is_completed(engine: Engine) -> None:
    await engine.sync("CUSTOMER")
    mine = customer("C9")
    await engine.seed(mine)
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.SALES, "before")
    await engine.ctx.store.queue._client.clear_messages()
    assert (await _repair(engine))["count"] == {}, "somebody may be at it still"
    [claim] = await engine.couplings("CUSTOMER")
    assert claim.lease
    old = replace(claim.lease, until=claim.lease.until - timedelta(days=1))
    await engine.ctx.store.couplings.save([replace(claim, lease=old)])
    assert (await _repair(engine))["count"] == {"oldClaim": 1}
    await _repair(engine, dryRun=False)
    assert (await engine.partner("CUSTOMER", mine))["name"] == "Company C9"


@pytest.mark.rule("C3")
async def test_a_repair_of_very_many_asks_once_more(engine: Engine) -> None:
    pairs = await _coupled(engine, 4)
    engine.change("CUSTOMER", bound=Bound(least=2))
    for mine, _ in pairs[:3]:
        await engine.delete(mine)
    await _repair(engine, dryRun=False, do="deleteCounterpart")
    assert len(await engine.sales.rows("accounts")) == 4
    [problem] = await engine.problem_rows("CUSTOMER")
    assert problem.code == "mass_change"
    await engine.api.post("mappings/CUSTOMER/confirm", {"problem": problem.key})
    await engine.drain()
    assert len(await engine.sales.rows("accounts")) == 1, "the wish holds for what was confirmed"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"do": "explode"}, 400),
        ({"dryRun": "no"}, 400),
        ({"bcId": "not a list"}, 400),
        ({"bcId": []}, 400),
        ({"salesId": ["no guid"]}, 400),
        ({"bcId": ["00000000-0000-0000-0000-000000000001"] * 101}, 400),
        ({"bcId": ["00000000-0000-0000-0000-000000000001"]}, 200),
        ({"why": 1}, 400),
    ],
)
async def test_a_repair_that_makes_no_sense_is_refused(engine: Engine, body: dict[str, Any], status: int) -> None:
    assert (await engine.api.post("couplings/CUSTOMER/repair", body)).status == status


async def test_ids_that_are_not_coupled_are_named_by_a_repair(engine: Engine) -> None:
    [(mine, _), *_] = await _coupled(engine, 1)
    nobody = "00000000-0000-4000-8000-000000000001"
    found = await _repair(engine, bc=[mine.id, nobody])
    assert (found["unknown"], found["count"]) == ([nobody], {})


async def test_nothing_is_repaired_while_the_mapping_is_on_hold(engine: Engine) -> None:
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    assert (await engine.api.post("couplings/CUSTOMER/repair", {"dryRun": False})).status == 409
    assert (await engine.api.post("couplings/CUSTOMER/repair")).status == 200
    assert (await engine.api.post("couplings/NOBODY/repair")).status == 404
