"""Synch jobs and full synchs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.errors import Conflict, Lost
from sync.store import FullSync, Job, Line, Status, Store

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
TOTALS = {"toSales": {"inserted": 3, "failed": 0}, "fromSales": {"modified": 1}}


def jobs(company: str, mapping: str, count: int, first: datetime = START) -> list[Job]:
    """Jobs of a mapping, a minute apart, newest first."""
    return [Job.new(company, mapping, "scheduled", started=first + timedelta(minutes=number)) for number in reversed(range(count))]


async def test_a_job_is_started_once_and_finished(store: Store, company: str) -> None:
    job = Job.new(company, "PAYMENT TERMS", "full", parent="full-1")
    assert await store.jobs.start(job) == job
    done = await store.jobs.finish(job, status=Status.SUCCESS, totals=TOTALS, message="x" * 40_000)
    assert done.finished and done.totals == TOTALS
    assert await store.jobs.get(company, job.id) == done
    assert await store.jobs.start(job) == done


@pytest.mark.parametrize("id", ["", "nonsense", "CUSTOMER-" + "0" * 24, "full-sync"])
async def test_an_unknown_job_is_none(store: Store, company: str, id: str) -> None:
    assert await store.jobs.get(company, id) is None
    assert await store.full_syncs.get(company, id) is None


async def test_jobs_of_all_mappings_are_listed_newest_first_in_pages(store: Store, company: str) -> None:
    every = jobs(company, "CUSTOMER", 5) + jobs(company, "ITEM-PRODUCT", 4, START + timedelta(seconds=30))
    await asyncio.gather(*(store.jobs.start(job) for job in every))
    expected = sorted(every, key=lambda job: job.started, reverse=True)
    seen: list[Job] = []
    cursor = None
    while True:
        listing = await store.jobs.list(company, ["CUSTOMER", "ITEM-PRODUCT", "CONTACT"], limit=4, cursor=cursor)
        seen += listing.rows
        if (cursor := listing.cursor) is None:
            break
    assert seen == expected
    assert (await store.jobs.list(company, ["CUSTOMER"], limit=1)).rows == every[:1]


async def test_old_jobs_that_are_over_are_forgotten(store: Store, company: str) -> None:
    every = [await store.jobs.start(job) for job in jobs(company, "CUSTOMER", 5)]
    for job in every[:4]:
        await store.jobs.finish(job, status=Status.ERROR, totals={})
    assert await store.jobs.unfinished(company, "CUSTOMER") == every[4:]
    assert await store.jobs.forget(company, "CUSTOMER", START + timedelta(minutes=2, seconds=30)) == 2
    left = (await store.jobs.list(company, ["CUSTOMER"])).rows
    assert [job.id for job in left] == [job.id for job in every[:2] + every[4:]]


LINES = [Line(mapping="UNIT OF MEASURE", place=1, depends_on=("CURRENCY",)), Line(mapping="CURRENCY", place=0, total=8)]


async def test_a_full_synch_stands_in_the_way_of_another_until_it_is_over(store: Store, company: str) -> None:
    first, second = FullSync.new(company, {"mappings": ["CURRENCY"]}), FullSync.new(company, {})
    assert await store.full_syncs.create(first, LINES) is None
    assert await store.full_syncs.running(company) == await store.full_syncs.get(company, first.id)
    blocking = await store.full_syncs.create(second, LINES)
    assert blocking and replace(blocking, etag="") == first
    assert await store.full_syncs.create(FullSync.new(company + "2", {}), []) is None

    ended = await store.full_syncs.change(company, first.id, lambda full: replace(full, status=Status.SUCCESS, finished=START))
    assert await store.full_syncs.running(company) is None
    assert await store.full_syncs.create(second, LINES) is None
    with pytest.raises(Conflict):
        await store.full_syncs.change(company, ended.id, lambda full: replace(full, status=Status.IN_PROCESS))
    await store.full_syncs.change(company, second.id, lambda full: replace(full, status=Status.CANCELLED))
    await store.full_syncs.change(company, ended.id, lambda full: replace(full, status=Status.IN_PROCESS))
    running = await store.full_syncs.running(company)
    assert running and running.id == first.id


async def test_full_synchs_are_listed_newest_first(store: Store, company: str) -> None:
    every = [FullSync.new(company, {}, started=START + timedelta(minutes=number)) for number in range(3)]
    for full in every:
        await store.full_syncs.create(full, LINES)
        await store.full_syncs.change(company, full.id, lambda old: replace(old, status=Status.SUCCESS))
    listing = await store.full_syncs.list(company, limit=2)
    assert [full.id for full in listing.rows] == [every[2].id, every[1].id]
    assert [full.id for full in (await store.full_syncs.list(company, limit=2, cursor=listing.cursor)).rows] == [every[0].id]


async def test_no_change_of_a_line_is_lost_among_many(store: Store, company: str) -> None:
    full = FullSync.new(company, {})
    await store.full_syncs.create(full, LINES)
    change = [store.full_syncs.change_line(company, full.id, "CURRENCY", lambda line: replace(line, done=line.done + 1)) for _ in range(6)]
    await asyncio.gather(*change)
    first, second = await store.full_syncs.lines(company, full.id)
    assert (first.mapping, first.done, first.total) == ("CURRENCY", 6, 8)
    assert (second.depends_on, second.status, second.total) == (("CURRENCY",), Status.WAITING, None)
    assert await store.full_syncs.change_line(company, full.id, "CURRENCY", lambda line: None) == first
    with pytest.raises(Lost):
        await store.full_syncs.change_line(company, full.id, "CUSTOMER", lambda line: line)
