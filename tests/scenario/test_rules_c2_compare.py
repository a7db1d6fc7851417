"""Rule C2: the daily comparison finds deletions that nobody told of. It costs pages, and never takes a short list for deletions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mapping.policies import DeletionPolicy
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer

BOTH = pytest.mark.parametrize("side", list(Side), ids=["deleted in BC", "deleted in Sales"])


async def _coupled(engine: Engine, number: int) -> list[tuple[Record, Record]]:
    """So many customers with their accounts, in step."""
    pairs = [(customer(f"C{place}"), account(f"A{place}", accountnumber=f"C{place}", name=f"Company C{place}")) for place in range(number)]
    await engine.seed(*(record for pair in pairs for record in pair))
    await engine.sync("CUSTOMER", create="none")
    return pairs


async def _compare(engine: Engine) -> dict[str, object]:
    """A comparison asked for by a person, to its end: its job."""
    answer = await engine.api.post("mappings/CUSTOMER/compare")
    assert answer.status == 202
    await engine.drain()
    job: dict[str, object] = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    return job


@pytest.mark.rule("C2")
@pytest.mark.case("T107")
@BOTH
async def test_a_deletion_that_nobody_told_of_is_found_by_comparing_ids(engine: Engine, side: Side) -> None:
    pairs = await _coupled(engine, 12)
    engine.change("CUSTOMER", deletion=DeletionPolicy.RESTORE)
    gone = pairs[5][0 if side is Side.BC else 1]
    await engine.delete(gone)
    job = await _compare(engine)
    assert (job["kind"], job["status"]) == ("comparison", "success")
    assert len(await engine.people(side).rows(gone.table)) == 12
    assert {each.life_number for each in await engine.couplings("CUSTOMER")} == {1, 2}


@pytest.mark.rule("C2")
async def test_a_comparison_costs_pages_and_writes_nothing(engine: Engine) -> None:
    await _coupled(engine, 30)
    await engine.reset_counters()
    job = await _compare(engine)
    assert await engine.requests() == {"bc": 1, "sales": 1}
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert job["status"] == "success"
    assert await engine.problems() == []


@pytest.mark.rule("C2", "F2")
async def test_the_timer_asks_for_a_comparison_once_a_day(engine: Engine) -> None:
    pairs = await _coupled(engine, 3)
    await engine.look("CUSTOMER")
    await engine.delete(pairs[0][0])
    await engine.look("CUSTOMER")
    assert await engine.problems() == [], "the first day has not passed"
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    await engine.ctx.store.entries.merge(engine.ctx.company, "CUSTOMER", last_compared=yesterday)
    await engine.look("CUSTOMER")
    assert await engine.problems() == [("counterpart_deleted", None)]
    jobs = await engine.ctx.store.jobs.list(engine.ctx.company, ["CUSTOMER"])
    assert [job.kind for job in jobs.rows].count("comparison") == 1


@pytest.mark.rule("C3")
@pytest.mark.parametrize("left", [0, 10])
async def test_a_list_that_is_empty_or_far_too_short_is_not_taken_for_deletions(engine: Engine, left: int) -> None:
    pairs = await _coupled(engine, 40)
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    for mine, _ in pairs[left:]:
        await engine.delete(mine)
    job = await _compare(engine)
    assert job["status"] == "error"
    assert len(await engine.sales.rows("accounts")) == 40
    [problem] = (await engine.api.get("problems?mapping=CUSTOMER")).json["value"]
    assert problem["code"] == "list_too_short"
    assert f"lists {left} rows, and {40 - left} of 40 coupled ones are not among them; the company is there" in problem["message"]


@pytest.mark.rule("C2", "A5")
async def test_rows_of_uncoupled_records_may_go_as_they_please(engine: Engine) -> None:
    pairs = await _coupled(engine, 3)
    assert (await engine.api.delete("couplings/CUSTOMER", {"bcId": [mine.id for mine, _ in pairs]})).status == 200
    for record in (record for pair in pairs for record in pair):
        await engine.delete(record)
    assert (await _compare(engine))["status"] == "success"
    assert await engine.problems() == []


@pytest.mark.rule("C3")
async def test_a_list_that_is_whole_again_ends_the_problem(engine: Engine) -> None:
    pairs = await _coupled(engine, 3)
    for mine, _ in pairs:
        await engine.delete(mine)
    await _compare(engine)
    assert await engine.problems() == [("list_too_short", None)]
    await engine.seed(*(mine for mine, _ in pairs))
    await _compare(engine)
    assert await engine.problems() == []


@pytest.mark.rule("C2")
async def test_what_a_dead_worker_left_half_made_is_completed_by_the_comparison(engine: Engine) -> None:
    """The worker dies after the claim and before the account; nobody touches the customer again."""
    await _coupled(engine, 2)
    mine = customer("C9")
    await engine.seed(mine)
    await engine.begin_sync("CUSTOMER")
    await engine.die(Side.SALES, "before")
    store = engine.ctx.store
    await store.queue._client.clear_messages()
    await engine.leases_run_out("CUSTOMER")
    await _compare(engine)
    assert (await engine.partner("CUSTOMER", mine))["name"] == "Company C9"


async def test_a_mapping_on_hold_or_unknown_is_not_compared(engine: Engine) -> None:
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    answer = await engine.api.post("mappings/CUSTOMER/compare")
    assert (answer.status, answer.json["remedy"][:6]) == (409, "Resume")
    assert (await engine.api.post("mappings/NOBODY/compare")).status == 404
    assert (await engine.api.post("mappings/SUPPLIER/compare", {"what": 1})).status in (400, 404)
