"""Job queue entries."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.errors import ForeignState
from sync.store import Entry, Store

MINUTES = timedelta(minutes=10)


async def test_an_entry_that_was_never_written_is_empty(store: Store, company: str) -> None:
    assert await store.entries.get(company, "CUSTOMER") == Entry(company=company, mapping="CUSTOMER")
    assert await store.entries.all(company) == []


async def test_writers_of_different_properties_do_not_disturb_each_other(store: Store, company: str) -> None:
    now = datetime.now(UTC)
    await asyncio.gather(
        store.entries.merge(company, "UNIT OF MEASURE", bc_watermark=now, failures=2),
        store.entries.merge(company, "UNIT OF MEASURE", sales_link="https://x/?$deltatoken=1", switches={"onlyCoupled": False}),
        store.entries.merge(company, "UNIT OF MEASURE", held_by_person=True, hold_reason="inventory"),
    )
    await store.entries.merge(company, "UNIT OF MEASURE", hold_reason=None, held_by_person=False)
    entry = await store.entries.get(company, "UNIT OF MEASURE")
    assert entry == Entry(
        company=company,
        mapping="UNIT OF MEASURE",
        bc_watermark=now,
        failures=2,
        sales_link="https://x/?$deltatoken=1",
        switches={"onlyCoupled": False},
    )
    assert await store.entries.all(company) == [entry]


async def test_switches_of_two_people_at_once_are_both_kept(store: Store, company: str) -> None:
    patches: list[dict[str, Any]] = [{"minutes": 45}, {"conflict": "newest"}, {"onlyCoupled": False}]

    async def switch(patch: dict[str, Any]) -> None:
        def change(present: Mapping[str, Any]) -> Mapping[str, Any]:
            return {**present, **patch}

        await store.entries.switch(company, "CUSTOMER", change)

    await asyncio.gather(*map(switch, patches))
    assert (await store.entries.get(company, "CUSTOMER")).switches == {"minutes": 45, "conflict": "newest", "onlyCoupled": False}


async def _never(job: str) -> bool:
    return False


async def test_a_category_is_taken_by_one_mapping_at_a_time(store: Store, company: str) -> None:
    until = datetime.now(UTC) + MINUTES
    names = ["CUSTOMER", "CONTACT", "VENDOR"]
    takes = [store.entries.take_category(company, "people", name, until=until, goes_on=_never) for name in names]
    taken = [name for name, took in zip(names, await asyncio.gather(*takes), strict=True) if took]
    assert len(taken) == 1
    other = next(name for name in names if name not in taken)
    await store.entries.leave_category(company, "people", taken[0], job="j")
    assert not await store.entries.take_category(company, "people", other, until=until, goes_on=_always), "its job goes on"
    assert await store.entries.take_category(company, "people", other, until=until, goes_on=_never)
    assert await store.entries.all(company) == []


async def test_a_category_stays_taken_by_a_job_while_the_next_looks_find_nothing(store: Store, company: str) -> None:
    until = datetime.now(UTC) + MINUTES
    for job in ("j", None):
        assert await store.entries.take_category(company, "people", "CUSTOMER", until=until, goes_on=_always)
        await store.entries.leave_category(company, "people", "CUSTOMER", job=job)
    assert not await store.entries.take_category(company, "people", "CONTACT", until=until, goes_on=_always), "its job goes on"
    assert await store.entries.take_category(company, "people", "CONTACT", until=until, goes_on=_never)


async def test_a_category_whose_holder_died_is_free_after_its_lease(store: Store, company: str) -> None:
    past = datetime.now(UTC) - MINUTES
    assert await store.entries.take_category(company, "people", "CUSTOMER", until=past, goes_on=_never)
    assert await store.entries.take_category(company, "people", "CONTACT", until=past + 2 * MINUTES, goes_on=_never)


async def _always(job: str) -> bool:
    return True


async def test_an_unknown_property_is_a_mistake(store: Store, company: str) -> None:
    with pytest.raises(TypeError, match="watermark"):
        await store.entries.merge(company, "CUSTOMER", watermark=1)


async def test_one_of_many_claims_a_scan(store: Store, company: str) -> None:
    others = [store.entries.merge(company, "CUSTOMER", failures=number) for number in range(5)]
    claims = [store.entries.claim_scan(company, "CUSTOMER", stale_after=MINUTES) for _ in range(8)]
    answers = await asyncio.gather(*claims, *others)
    assert answers[:8].count(True) == 1


async def test_a_scan_that_began_or_got_lost_can_be_claimed_again(store: Store, company: str) -> None:
    now = datetime.now(UTC)
    assert await store.entries.claim_scan(company, "CUSTOMER", stale_after=MINUTES, now=now)
    assert not await store.entries.claim_scan(company, "CUSTOMER", stale_after=MINUTES, now=now + MINUTES / 2)
    assert await store.entries.claim_scan(company, "CUSTOMER", stale_after=MINUTES, now=now + MINUTES)
    assert await store.entries.begin_scan(company, "CUSTOMER", "one", stale_after=MINUTES, now=now)
    assert await store.entries.claim_scan(company, "CUSTOMER", stale_after=MINUTES, now=now + MINUTES)


async def test_one_scan_at_a_time_is_at_work(store: Store, company: str) -> None:
    now = datetime.now(UTC)
    scans = [store.entries.begin_scan(company, "CUSTOMER", str(number), stale_after=MINUTES, now=now) for number in range(5)]
    begun = [number for number, entry in enumerate(await asyncio.gather(*scans)) if entry]
    assert len(begun) == 1
    assert await store.entries.begin_scan(company, "CUSTOMER", str(begun[0]), stale_after=MINUTES, now=now), "it died and came back"
    await store.entries.end_scan(company, "CUSTOMER", failures=1)
    again = await store.entries.begin_scan(company, "CUSTOMER", "next", stale_after=MINUTES, now=now)
    assert again and again.failures == 1
    assert not await store.entries.begin_scan(company, "CUSTOMER", "other", stale_after=MINUTES, now=now + MINUTES / 2)
    assert await store.entries.begin_scan(company, "CUSTOMER", "other", stale_after=MINUTES, now=now + MINUTES)


async def test_the_state_of_another_environment_is_refused(store: Store, company: str) -> None:
    whose = {"environment": "Production", "organisation": "org1"}
    await asyncio.gather(*(store.entries.belong(company, **whose) for _ in range(3)))
    await store.entries.belong(company, **whose)
    with pytest.raises(ForeignState, match="organisation"):
        await store.entries.belong(company, environment="Production", organisation="org2")
    assert await store.entries.all(company) == []
