"""Work that cannot go on, or whose worker dies: jobs end all the same, nothing stays taken, nothing piles up (rule F3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.entry.upkeep import forget_old_jobs, sweep
from sync.heart.plan import Act, Side
from sync.record.brake import confirm
from sync.run import compare
from sync.run.looks import request_scan
from sync.run.work import give_up
from sync.store import Change, Job, ProblemRow
from tests.scenario.engine import Died, Engine
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("F3")


def without(engine: Engine, name: str) -> None:
    """The mapping is taken out of the app."""
    engine._use(replace(engine.ctx, mappings={each: mapping for each, mapping in engine.ctx.mappings.items() if each != name}))


async def taken(engine: Engine) -> dict[str, Any]:
    message = await engine.message()
    assert message
    return message


async def test_a_message_of_a_mapping_that_is_no_longer_there_ends_its_job(engine: Engine) -> None:
    job = await compare.request(engine.ctx, engine.ctx.mappings["CUSTOMER"])
    message = await taken(engine)
    without(engine, "CUSTOMER")
    await give_up(engine.environment, message)
    ended = await engine.ctx.store.jobs.get(engine.ctx.company, job.id)
    assert ended and ended.status.over
    assert await engine.ctx.store.work.markers(engine.ctx.company, job.id) == {}


async def test_a_full_synch_passes_over_a_mapping_that_is_no_longer_there(engine: Engine) -> None:
    full = await engine.begin_sync("CUSTOMER", "CURRENCY")
    without(engine, "CUSTOMER")
    await engine.drain()
    assert await engine.ended(full)
    lines = {line.mapping: line for line in await engine.ctx.store.full_syncs.lines(engine.ctx.company, full.id)}
    assert (lines["CUSTOMER"].status, lines["CURRENCY"].status) == ("error", "success")
    assert "CUSTOMER" in lines["CUSTOMER"].message


async def test_a_full_synch_whose_step_got_lost_goes_on_once_the_queue_is_empty(engine: Engine) -> None:
    full = await engine.begin_sync("CURRENCY", "SHIPPING AGENT")
    await taken(engine)
    assert await sweep(engine.environment) == 1
    await engine.drain()
    assert await engine.ended(full)
    assert await sweep(engine.environment) == 0


async def test_a_walk_that_could_not_be_begun_does_not_hold_the_regular_job(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    full = await engine.begin_sync("CUSTOMER")
    message = await taken(engine)

    async def dies(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(engine.ctx.store.work, "add", dies)
        with pytest.raises(Died):
            await engine.work(message)
    await give_up(engine.environment, message)
    await engine.drain()
    assert await engine.ended(full)
    assert (await engine.api.get("mappings/CUSTOMER")).json["status"] != "In Process"
    assert [job.kind for job in await engine.ctx.store.jobs.unfinished(engine.ctx.company, "CUSTOMER")] == []
    await engine.look("CUSTOMER")
    assert (await engine.ctx.store.entries.get(engine.ctx.company, "CUSTOMER")).bc_watermark, "the look has its turn"


@pytest.mark.rule("C3")
async def test_what_a_cancelled_walk_held_back_is_forgotten(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    full = await engine.begin_sync("CUSTOMER")
    await engine.work(await taken(engine))
    [line] = await engine.ctx.store.full_syncs.lines(engine.ctx.company, full.id)
    assert line.job
    await engine.ctx.store.withheld.add(engine.ctx.company, line.job, {Act.DELETE: [mine.id]})
    await engine.api.post(f"full-sync/{full.id}/cancel")
    await engine.drain()
    assert await engine.ended(full)
    assert [each async for each in engine.ctx.store.withheld.of(engine.ctx.company, line.job)] == []


async def test_who_dies_while_handing_out_work_is_in_nobodys_way(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(*_: Any) -> None:
        raise Died

    for step in ("add", "seal"):
        with monkeypatch.context() as patch:
            patch.setattr(engine.ctx.store.work, step, dies)
            with pytest.raises(Died):
                await engine.api.post("synchronize-modified")
    assert (await engine.api.post("synchronize-modified")).status == 202


async def test_a_look_that_waits_for_its_turn_counts_as_on_its_way(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.run.looks.TURN_SECONDS", 0)
    entries, company = engine.ctx.store.entries, engine.ctx.company
    for name in ("CUSTOMER", "CONTACT"):
        engine.change(name, category="people")
    until = datetime.now(UTC) + timedelta(hours=1)

    async def never(_: str) -> bool:
        return False

    await engine.ask_for_a_look("CONTACT")
    assert await entries.take_category(company, "people", "CUSTOMER", until=until, goes_on=never)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    await entries.merge(company, "CONTACT", scan_pending_since=long_ago)
    await engine.work(await taken(engine))
    assert not await request_scan(engine.ctx, "CONTACT"), "one that waits is enough"


async def test_a_comparison_that_was_given_up_is_a_problem_until_the_next_one(engine: Engine) -> None:
    await engine.coupled()
    await compare.request(engine.ctx, engine.ctx.mappings["CUSTOMER"])
    await give_up(engine.environment, await taken(engine))
    assert [row.code for row in await engine.problem_rows("CUSTOMER")] == ["work_failed"]
    await compare.request(engine.ctx, engine.ctx.mappings["CUSTOMER"])
    await engine.drain()
    assert await engine.problem_rows("CUSTOMER") == []


async def test_a_look_of_synchronise_modified_that_was_given_up_is_a_problem_until_the_next_look(engine: Engine) -> None:
    await engine.look()
    await engine.api.post("synchronize-modified")
    message = await taken(engine)
    await give_up(engine.environment, message)
    assert [row.code for row in await engine.problem_rows()] == ["work_failed"]
    await engine.look(message["mapping"])
    assert await engine.problem_rows() == []


@pytest.mark.rule("G2", "H1")
async def test_replaced_values_of_a_mapping_that_is_no_longer_there_are_forgotten_too(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    company, changes = engine.ctx.company, engine.ctx.store.changes
    old = datetime.now(UTC) - timedelta(days=400)
    job = Job.new(company, "CUSTOMER", "scheduled", started=old).id
    fields = {"displayName": {"before": "old", "after": "new", "back": {}}}
    await changes.put(company, "CUSTOMER", job, [Change(bc_id=mine.id, sales_id=theirs.id, side=Side.SALES, at=old, fields=fields)])
    without(engine, "CUSTOMER")
    await forget_old_jobs(engine.environment)
    assert not (await changes.of_job(company, "CUSTOMER", job)).rows


@pytest.mark.rule("C3")
async def test_a_confirmation_that_died_leaves_no_job_and_is_given_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, _ = await engine.coupled()
    mapping, company = engine.ctx.mappings["CUSTOMER"], engine.ctx.company
    stopped = Job.new(company, "CUSTOMER", "scheduled").id
    await engine.ctx.store.withheld.add(company, stopped, {Act.DELETE: [mine.id]})

    async def dies(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(engine.ctx.store.work, "seal", dies)
        with pytest.raises(Died):
            await confirm(engine.ctx, mapping, stopped)
    assert await engine.ctx.store.jobs.unfinished(company, "CUSTOMER") == []
    job = await confirm(engine.ctx, mapping, stopped)
    await engine.drain()
    ended = await engine.ctx.store.jobs.get(company, job.id)
    assert ended and ended.status.over


@pytest.mark.parametrize("step", ["add", "seal", "send"])
async def test_a_match_whose_beginning_died_leaves_no_job_that_nobody_ends(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async def dies(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(engine.ctx.store.queue if step == "send" else engine.ctx.store.work, step, dies)
        with pytest.raises(Died):
            await engine.api.post("couplings/CUSTOMER/match", {"criteria": [{"field": "number"}]})
    monkeypatch.setattr("sync.entry.upkeep.SILENT", 0)
    for _ in range(2):
        await sweep(engine.environment)
        await engine.drain()
    assert await engine.ctx.store.jobs.unfinished(engine.ctx.company, "CUSTOMER") == []
    assert await engine.ctx.store.work.backlog(engine.ctx.company) == {}


@pytest.mark.rule("C3")
async def test_lists_of_runs_whose_workers_died_go_with_time_and_those_that_a_person_was_asked_about_stay(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    store, company = engine.ctx.store, engine.ctx.company
    long_ago, now = datetime.now(UTC) - timedelta(days=400), datetime.now(UTC)
    lost, asked, young = [Job.new(company, "CUSTOMER", "scheduled", started=at).id for at in (long_ago, long_ago, now)]
    for job in (lost, asked, young):
        await store.withheld.add(company, job, {Act.DELETE: [mine.id]})
    await store.problems.put([ProblemRow(company=company, mapping="CUSTOMER", key=f"mass:{asked}", code="mass_change")])
    await forget_old_jobs(engine.environment)
    left = {job: [each async for each in store.withheld.of(company, job)] for job in (lost, asked, young)}
    assert [len(left[job]) for job in (lost, asked, young)] == [0, 1, 1]


async def test_a_look_whose_worker_dies_before_it_is_on_the_queue_is_asked_for_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, theirs = await engine.coupled()

    async def dies(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(type(engine.ctx.store.queue), "send", dies)
        with pytest.raises(Died):
            await engine.ask_for_a_look("CUSTOMER")
    await engine.edit(theirs, telephone1="+49 40 1")
    engine.forget()
    assert await sweep(engine.environment) == 0, "it may be on its way"
    noted = datetime.now(UTC) - timedelta(minutes=10)
    await engine.ctx.store.entries.merge(engine.ctx.company, "CUSTOMER", scan_pending_since=noted)
    engine.forget()
    assert await sweep(engine.environment) == 1
    await engine.drain()
    assert (await engine.partner("CUSTOMER", theirs))["phoneNumber"] == "+49 40 1"
    engine.forget()
    assert await sweep(engine.environment) == 0
