"""A job whose worker died is shown as stalled, with the time before which it goes on by itself; and before that time it does (rule F3)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.entry.ncrontab import Schedule
from sync.entry.upkeep import sweep
from sync.heart.plan import Side
from sync.run import alive
from sync.run.stalled import resumes_before
from sync.store import keys, tables
from sync.store.queue import LEASE
from sync.store.records import moment
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import customer

pytestmark = pytest.mark.rule("F3")

EVERY_FIVE_MINUTES = "0 */5 * * * *"


@pytest.fixture
async def engine(sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """Couplet with the schedule of a real installation and one customer to synchronise."""
    async with engine_on(sandbox_processes, fresh=True, SYNC_SCHEDULE=EVERY_FIVE_MINUTES) as fresh:
        await fresh.seed(customer("C1"))
        yield fresh


async def dead_worker(engine: Engine) -> tuple[str, dict[str, Any]]:
    """A full synch whose worker died at the first page: the job, and the message that the host hides for ten minutes."""
    full = await engine.begin_sync("CUSTOMER")
    advance = await engine.message()
    assert advance
    await engine.work(advance)
    taken = await engine.ctx.store.queue._client.receive_message(visibility_timeout=int(LEASE.total_seconds()))
    assert taken
    [line] = await engine.ctx.store.full_syncs.lines(engine.ctx.company, full.id)
    assert line.job
    return line.job, json.loads(taken.content)


async def minutes_pass(engine: Engine, job: str, minutes: float) -> datetime:
    """So long ago something last happened in the job; when that was."""
    work, at = engine.ctx.store.work, datetime.now(UTC) - timedelta(minutes=minutes)
    partition = keys.partition(engine.ctx.company, job)
    rows = [row async for row in work._table.range(partition, columns=("at",)) if row.get("at")]
    await work._table.transact([tables.merge({"PartitionKey": partition, "RowKey": row["RowKey"], "at": moment(at)}) for row in rows])
    return at


async def test_a_job_at_work_is_not_shown_as_stalled_and_one_that_is_silent_says_when_it_goes_on(engine: Engine) -> None:
    job, _ = await dead_worker(engine)
    await minutes_pass(engine, job, 2.9)
    assert "stalled" not in (await engine.api.get(f"jobs/{job}")).json
    since = await minutes_pass(engine, job, 3.1)
    before = resumes_before(since, datetime.now(UTC), Schedule.parse(EVERY_FIVE_MINUTES))
    told = {
        "since": since.isoformat().replace("+00:00", "Z"),
        "resumesBefore": before.isoformat().replace("+00:00", "Z"),
        "says": f"stalled, resumes by itself before {before:%H:%M} UTC",
    }
    assert (await engine.api.get(f"jobs/{job}")).json["stalled"] == told
    assert [each["stalled"] for each in (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]] == [told]
    [full] = (await engine.api.get("full-sync")).json["value"]
    [line] = (await engine.api.get(f"full-sync/{full['id']}")).json["lines"]
    assert line["stalled"] == told
    await engine.api.post("connection/hold", {"reason": "month-end"})
    assert "stalled" not in (await engine.api.get(f"jobs/{job}")).json, "it waits because a person wants it so"


async def test_it_goes_on_before_that_time_although_the_dead_workers_message_is_still_on_the_queue(engine: Engine) -> None:
    job, lost = await dead_worker(engine)
    await minutes_pass(engine, job, 9.9)
    assert await sweep(engine.environment) == 0, "the message may still come back"
    await minutes_pass(engine, job, 10.1)
    assert await engine.ctx.store.queue.length() == 1
    assert await sweep(engine.environment) == 1
    assert await sweep(engine.environment) == 0, "once is enough"
    await engine.drain()
    ended = (await engine.api.get(f"jobs/{job}")).json
    assert (ended["status"], ended["totals"]["toSales"]["inserted"], "stalled" in ended) == ("success", 1, False)
    await engine.reset_counters()
    await engine.work(lost)  # comes back at last
    await engine.drain()
    assert await engine.written() == {"bc": 0, "sales": 0}, "twice is once"


async def test_a_job_of_many_messages_is_not_stalled_while_one_of_them_is_counted(engine: Engine) -> None:
    job, lost = await dead_worker(engine)
    work, company = engine.ctx.store.work, engine.ctx.company
    await work.add(company, job, {"other": {**lost, "number": "other"}})
    await minutes_pass(engine, job, 11)
    await work.done(company, job, "other", {})
    assert "stalled" not in (await engine.api.get(f"jobs/{job}")).json
    assert await sweep(engine.environment) == 0


async def test_a_step_that_takes_long_is_at_work_as_long_as_its_worker_lives(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alive, "EVERY", 0.05)
    job, message = await dead_worker(engine)

    async def eleven_minutes_pass() -> None:
        await minutes_pass(engine, job, 11)
        await asyncio.sleep(0.5)
        assert "stalled" not in (await engine.api.get(f"jobs/{job}")).json
        assert await sweep(engine.environment) == 0

    async with engine.before_the_next_write(Side.SALES, eleven_minutes_pass):
        await engine.work(message)
    assert (await engine.api.get(f"jobs/{job}")).json["status"] == "success"


@pytest.mark.parametrize(
    ("silent_since", "now", "before"),
    [
        ("12:00:30", "12:04:00", "12:16:00"),  # hidden until 12:10:30, swept at 12:15:00, at work within a minute
        ("12:04:59", "12:09:00", "12:16:00"),
        ("12:05:01", "12:09:00", "12:21:00"),
        ("12:00:30", "12:31:10", "12:36:00"),  # behind other work: the next sweep
    ],
)
def test_the_time_is_that_of_the_sweep_behind_the_hosts_lease(silent_since: str, now: str, before: str) -> None:
    day = [datetime.fromisoformat(f"2026-11-23T{each}+00:00") for each in (silent_since, now, before)]
    assert resumes_before(day[0], day[1], Schedule.parse(EVERY_FIVE_MINUTES)) == day[2]
