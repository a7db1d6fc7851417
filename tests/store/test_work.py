"""The latch: messages and outcomes of a job."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sync.store import Store

OLD = timedelta(minutes=10)
ONE = {"toSales": {"inserted": 1}, "seconds": 2}


async def test_a_job_is_finished_when_it_is_sealed_and_every_message_done(store: Store, company: str) -> None:
    job = "CUSTOMER-1"
    assert await store.work.add(company, job, {1: {"n": 1}, 2: {"n": 2}}) == [1, 2]
    assert await store.work.add(company, job, {"tail": {"n": 3}}) == ["tail"]
    assert await store.work.markers(company, job) == {"1": {"n": 1}, "2": {"n": 2}, "tail": {"n": 3}}
    assert await store.work.done(company, job, 1, ONE)
    await store.work.seal(company, job)
    assert not await store.work.finished(company, job)
    assert await store.work.done(company, job, "tail", ONE | {"note": "x", "fromSales": {}})
    assert await store.work.pending(company, job, 2) and not await store.work.pending(company, job, 1)
    assert not await store.work.finish(company, job)
    assert await store.work.done(company, job, 2, ONE)
    assert await store.work.finished(company, job)
    assert await store.work.outcomes(company, job) == {"toSales": {"inserted": 3}, "seconds": 6, "fromSales": {}}


async def test_nothing_is_finished_before_it_is_sealed(store: Store, company: str) -> None:
    assert not await store.work.finish(company, "j")
    await store.work.add(company, "j", {1: {}})
    await store.work.done(company, "j", 1, {})
    assert not await store.work.finish(company, "j")
    await store.work.seal(company, "j")
    assert await store.work.finish(company, "j")


async def test_one_of_many_learns_the_end_first(store: Store, company: str) -> None:
    await store.work.seal(company, "j")
    assert (await asyncio.gather(*(store.work.finish(company, "j") for _ in range(8)))).count(True) == 1


async def test_an_outcome_is_counted_once_however_often_its_message_comes(store: Store, company: str) -> None:
    await store.work.add(company, "j", {1: {}})
    answers = await asyncio.gather(*(store.work.done(company, "j", 1, ONE, {2: {"page": 2}}) for _ in range(5)))
    assert answers.count(True) == 1
    assert await store.work.outcomes(company, "j") == ONE
    assert list(await store.work.markers(company, "j")) == ["2"]


async def test_more_messages_follow_than_one_transaction_takes(store: Store, company: str) -> None:
    await store.work.add(company, "j", {1: {}})
    then: dict[int, dict[str, int]] = {number: {} for number in range(2, 132)}
    assert await store.work.done(company, "j", 1, ONE, then)
    assert not await store.work.done(company, "j", 1, ONE, then)
    assert len(await store.work.markers(company, "j")) == 130
    assert await store.work.outcomes(company, "j") == ONE


async def test_a_number_is_used_once_even_when_its_work_is_done(store: Store, company: str) -> None:
    await store.work.add(company, "j", {1: {}})
    assert await store.work.add(company, "j", {2: {}}, by=1) == [2]
    assert await store.work.done(company, "j", 2, ONE)
    assert await store.work.add(company, "j", {2: {}, 3: {}}, by=1) == [3]
    assert await store.work.done(company, "j", 1, ONE, {2: {}, 3: {}, 4: {}})
    assert list(await store.work.markers(company, "j")) == ["3", "4"]


async def test_a_message_that_was_done_makes_no_others(store: Store, company: str) -> None:
    await store.work.add(company, "j", {1: {}})
    await store.work.done(company, "j", 1, ONE)
    assert await store.work.add(company, "j", {2: {}}, by=1) is None
    assert await store.work.markers(company, "j") == {}


async def test_very_many_and_large_messages_are_marked(store: Store, company: str) -> None:
    messages = {number: {"ids": "x" * 40_000} for number in range(60)}
    assert await store.work.add(company, "j", messages) == list(messages)
    assert await store.work.add(company, "j", {59: {}, 60: {}}) == [60]
    assert (await store.work.markers(company, "j"))["59"] == messages[59]


async def test_the_sweeper_finds_messages_that_got_lost(store: Store, company: str) -> None:
    tag = uuid4().hex
    await store.work.add(company, "j", {1: {"tag": tag, "n": 1}, 2: {"tag": tag, "n": 2}})
    await store.work.done(company, "j", 1, ONE)

    async def lost(now: datetime) -> list[int]:
        sweep = await store.work.sweep(older_than=OLD, now=now)
        return [message["n"] for message in sweep.messages if message.get("tag") == tag]

    assert await lost(datetime.now(UTC)) == []
    assert await lost(datetime.now(UTC) + 2 * OLD) == [2]


async def test_the_sweeper_hands_an_end_that_nobody_handled_to_one_caller(store: Store, company: str) -> None:
    await store.work.seal(company, "never asked")
    await store.work.seal(company, "crashed")
    assert await store.work.finish(company, "crashed")
    await store.work.add(company, "going on", {1: {}})
    await store.work.seal(company, "going on")

    async def ended(now: datetime) -> list[str]:
        return [job for of, job in (await store.work.sweep(older_than=OLD, now=now)).ended if of == company]

    now = datetime.now(UTC)
    assert await ended(now) == ["never asked"]
    assert await ended(now) == []
    answers = await asyncio.gather(*(ended(now + 2 * OLD) for _ in range(3)))
    assert sorted(job for answer in answers for job in answer) == ["crashed", "never asked"]
    await store.work.clear(company, "crashed")
    assert await ended(now + 4 * OLD) == ["never asked"]


async def test_a_cleared_job_leaves_no_rows_and_late_messages_find_nothing_to_do(store: Store, company: str) -> None:
    await store.work.add(company, "j", {number: {} for number in range(70)})
    await store.work.seal(company, "j")
    await store.work.clear(company, "j")
    assert await store.work.markers(company, "j") == {} == await store.work.outcomes(company, "j")
    assert not await store.work.done(company, "j", 1, ONE)
    assert not await store.work.pending(company, "j", 1)
