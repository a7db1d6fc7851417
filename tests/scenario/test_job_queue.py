"""Job queue entries: when looks come, what a run that cannot get through does, mappings that take turns (rules F1, F2, F3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.entry.schedule import EntryStatus
from sync.entry.upkeep import check_pulse, forget_old_jobs, tick
from sync.errors import Silent
from sync.heart.plan import Side
from sync.run.looks import request_scan
from sync.run.work import give_up
from sync.store import Entry, Job, ProblemRow
from tests.scenario.engine import Engine
from tests.scenario.test_switches import switched

UNTOLD: dict[str, Any] = {"status": 503, "times": 1000}


async def shown(engine: Engine, mapping: str = "CUSTOMER") -> dict[str, Any]:
    """A mapping as people see it."""
    answer: dict[str, Any] = (await engine.api.get(f"mappings/{mapping}")).json
    return answer


async def entry(engine: Engine, mapping: str = "CUSTOMER") -> Entry:
    return await engine.ctx.store.entries.get(engine.ctx.company, mapping)


async def passes(engine: Engine, mapping: str = "CUSTOMER", **time: float) -> None:
    """As after some time: what was asked for, looked at and put off lies so much farther back."""
    present, by = await entry(engine, mapping), timedelta(**time)
    moments = {name: getattr(present, name) for name in ("last_asked", "last_looked", "not_before")}
    earlier = {name: moment - by for name, moment in moments.items() if moment}
    await engine.ctx.store.entries.merge(engine.ctx.company, mapping, **earlier)


async def ticks(engine: Engine, mapping: str = "CUSTOMER") -> int:
    """The mapping's timer comes: how many messages it made, all of them worked."""
    await tick(engine.environment, mapping)
    return await engine.drain()


@pytest.mark.case("T775")
@pytest.mark.rule("F2")
@pytest.mark.feature("F110")
async def test_between_two_runs_lie_the_minutes_that_people_switched(engine: Engine) -> None:
    await switched(engine, "CUSTOMER", minutes=30)
    assert await ticks(engine) == 1
    assert await ticks(engine) == 0
    next_run = datetime.fromisoformat((await shown(engine))["nextRun"])
    assert timedelta(minutes=29) < next_run - datetime.now(UTC) < timedelta(minutes=36)
    await passes(engine, minutes=30)
    assert await ticks(engine) == 1
    await switched(engine, "CUSTOMER", minutes=None)
    assert await ticks(engine) == 1


@pytest.mark.rule("F2")
async def test_run_now_does_not_wait_for_the_minutes_between_runs(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await switched(engine, "CUSTOMER", minutes=720)
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    assert await ticks(engine) == 0
    assert (await engine.api.post("mappings/CUSTOMER/run")).json["queued"]
    assert not (await engine.api.post("mappings/CUSTOMER/run")).json["queued"], "one is on its way"
    await engine.drain()
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


@pytest.mark.feature("F052", "F053")
async def test_a_mapping_on_hold_is_not_looked_at_and_says_why_and_since_when(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    held = (await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})).json
    assert (held["status"], held["holdReason"], held["nextRun"]) == ("On Hold", "audit", None)
    assert datetime.now(UTC) - datetime.fromisoformat(held["heldSince"]) < timedelta(minutes=1)
    assert (await engine.api.post("mappings/CUSTOMER/hold", {"reason": "still"})).json["heldSince"] == held["heldSince"]
    await engine.edit(mine, phoneNumber="+49 30 1")
    assert await ticks(engine) == 0
    refused = await engine.api.post("mappings/CUSTOMER/run")
    assert refused.status == 409 and "still" in refused.json["detail"]
    resumed = (await engine.api.post("mappings/CUSTOMER/resume")).json
    assert (resumed["status"], resumed["holdReason"], resumed["heldSince"]) == ("Ready", None, None)
    await ticks(engine)
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


@pytest.mark.feature("F096")
async def test_a_job_queue_entry_shows_its_last_look_its_last_job_and_its_backlog(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.run.looks.INLINE", 0)
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.ask_for_a_look("CUSTOMER")
    assert (await shown(engine))["status"] == EntryStatus.IN_PROCESS
    message = await engine.message()
    assert message
    await engine.work(message)
    present = await shown(engine)
    assert (present["backlog"], present["status"]) == (1, EntryStatus.IN_PROCESS)
    await engine.drain()
    present = await shown(engine)
    assert (present["backlog"], present["status"]) == (0, EntryStatus.READY)
    assert present["lastLooked"]
    assert (await engine.api.get(f"jobs/{present['lastJob']}")).json["totals"]["toSales"]["modified"] == 1


@pytest.mark.case("T086", "T094", "T095")
@pytest.mark.feature("F095")
async def test_a_run_that_cannot_get_through_ends_as_error_and_mends_itself_with_growing_pauses(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.sales.fault(path="accounts", **UNTOLD)
    pauses = []
    for _ in range(2):
        await engine.ask_for_a_look("CUSTOMER")
        message = await engine.message()
        assert message
        await engine.work({**message, "attempt": 5})
        present = await entry(engine)
        assert present.not_before
        pauses.append(present.not_before - datetime.now(UTC))
    assert pauses[1] > 1.5 * pauses[0]
    assert (await shown(engine))["status"] == EntryStatus.ERROR
    assert [row.code for row in await engine.problem_rows("CUSTOMER")] == ["unavailable"]
    assert await ticks(engine) == 0, "it rests"
    await engine.sales.heal()
    await passes(engine, hours=1)
    assert await ticks(engine) > 0
    present = await entry(engine)
    assert (present.failures, present.not_before) == (0, None)
    assert await engine.problem_rows("CUSTOMER") == []
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


async def test_a_service_that_is_away_for_a_moment_costs_no_failed_run(engine: Engine) -> None:
    await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.sales.fault(path="accounts", **UNTOLD)
    await engine.look("CUSTOMER")
    assert (await entry(engine)).failures == 0
    assert await engine.ctx.store.queue.length() == 1, "the look goes round"


async def test_resuming_an_entry_in_error_ends_its_pause(engine: Engine) -> None:
    await engine.look("CUSTOMER")
    await give_up(engine.environment, {"kind": "scan", "mapping": "CUSTOMER", "company": engine.ctx.company})
    assert await ticks(engine) == 0
    assert not await request_scan(engine.ctx, "CUSTOMER", rested=True), "a hint does not wake it"
    await engine.api.post("mappings/CUSTOMER/resume")
    assert await ticks(engine) == 1
    assert (await shown(engine))["status"] == EntryStatus.READY


@pytest.mark.case("T088")
@pytest.mark.feature("F111")
async def test_with_an_inactivity_timeout_a_run_without_activity_holds_the_entry_until_something_happens(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await switched(engine, "CUSTOMER", inactivityTimeout=720)
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    assert (await shown(engine))["status"] == EntryStatus.IDLE
    await engine.edit(mine, phoneNumber="+49 30 1")
    assert await ticks(engine) == 0
    await passes(engine, minutes=720)
    await ticks(engine)
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"
    assert (await shown(engine))["status"] == EntryStatus.READY


@pytest.mark.case("T089")
@pytest.mark.parametrize("wakes", ["run", "resume"])
async def test_run_now_and_resume_wake_an_inactive_entry(engine: Engine, wakes: str) -> None:
    mine, _ = await engine.coupled()
    await switched(engine, "CUSTOMER", inactivityTimeout=720)
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.api.post(f"mappings/CUSTOMER/{wakes}")
    await ticks(engine)
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


@pytest.mark.feature("F115")
async def test_mappings_of_one_category_do_not_run_together(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.run.looks.TURN_SECONDS", 0)
    for name in ("CUSTOMER", "CONTACT"):
        engine.change(name, category="people")
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER", "CONTACT")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.ask_for_a_look("CUSTOMER")
    looked = (await entry(engine, "CONTACT")).last_looked

    async def another_instance_looks_at_contacts() -> None:
        await engine.ask_for_a_look("CONTACT")
        message = await engine.message()
        assert message
        await engine.work(message)
        assert (await entry(engine, "CONTACT")).last_looked == looked, "it waits"

    async with engine.before_the_next_write(Side.SALES, another_instance_looks_at_contacts):
        await engine.drain()
    assert (await entry(engine, "CONTACT")).last_looked != looked, "it followed"


@pytest.mark.feature("F093")
@pytest.mark.rule("G2", "H1")
async def test_what_is_old_goes_and_jobs_in_process_and_open_problems_stay(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    store, company = engine.ctx.store, engine.ctx.company
    running = Job.new(company, "CUSTOMER", "scheduled", started=datetime.now(UTC) - timedelta(days=40))
    await store.jobs.start(running)
    await store.problems.put([ProblemRow(company=company, mapping="CUSTOMER", key="bc:x", code="refused", message="old")])
    [job] = (await engine.api.get("jobs?mapping=CUSTOMER&limit=1")).json["value"]
    assert (await engine.api.get(f"jobs/{job['id']}/changes")).json["value"]
    assert await forget_old_jobs(engine.environment) == 0
    later = replace(engine.environment.settings, job_retention_days=-1, history_days=-1)
    engine.environment.settings = later
    assert await forget_old_jobs(engine.environment) == 2
    assert [each["id"] for each in (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]] == [running.id]
    assert (await engine.api.get("full-sync")).json["value"] == []
    assert [row.key for row in await engine.problem_rows("CUSTOMER")] == ["bc:x"]
    assert len(await engine.couplings("CUSTOMER")) == 1


async def test_health_is_503_when_a_mapping_is_silent_and_not_on_hold(engine: Engine) -> None:
    assert (await engine.api.get("health")).status == 200
    await engine.look()
    await passes(engine, days=1)
    answer = await engine.api.get("health")
    assert (answer.status, answer.json["code"]) == (503, "silent")
    assert "CUSTOMER" in answer.json["detail"] and answer.json["remedy"]
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})
    assert (await engine.api.get("health")).status == 200
    await engine.api.post("mappings/CUSTOMER/resume")
    await engine.api.post("connection/hold", {"reason": "audit"})
    assert (await engine.api.get("health")).status == 200


async def test_health_is_503_while_callers_should_sign_in_and_the_platform_signs_nobody_in(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGN_IN", "entra")
    answer = await engine.api.get("health")
    assert (answer.status, answer.json["code"]) == (503, "sign_in_off")
    assert "consoleClientId" in answer.json["remedy"]
    assert (await engine.api.get("jobs")).status == 503
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")
    assert (await engine.api.get("health")).status == 200


async def test_a_process_that_reaches_nobody_for_three_schedules_is_not_healthy(engine: Engine) -> None:
    engine.environment._contexts.clear()
    await check_pulse(engine.environment)
    engine.environment.began -= timedelta(days=1)
    with pytest.raises(Silent, match="not reached"):
        await check_pulse(engine.environment)
