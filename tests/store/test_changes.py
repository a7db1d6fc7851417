"""What jobs changed, kept for some days (rule H1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mapping.values import Side
from sync.store import Change, Job, Store

pytestmark = pytest.mark.rule("H1")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def change(number: int, *, text: str = "new", kind: str = "modified") -> Change:
    """One renamed record."""
    fields = {"name": {"before": "old", "after": text, "back": {"name": "old"}}} if kind == "modified" else {}
    return Change(
        bc_id=f"{number:08d}-0000-4000-8000-000000000000", sales_id=f"s{number}", side=Side.SALES, at=NOW, kind=kind, fields=fields
    )


def job(company: str, started: datetime = NOW) -> str:
    """The id of a job that began at a moment."""
    return Job.new(company, "CUSTOMER", "full", started=started).id


async def test_the_changes_of_a_job_are_read_in_pages(store: Store, company: str) -> None:
    one, other = job(company), job(company)
    await store.changes.put(company, "CUSTOMER", one, [change(number) for number in range(250)])
    await store.changes.put(company, "CUSTOMER", other, [change(1)])
    seen: list[str] = []
    cursor = None
    while True:
        listing = await store.changes.of_job(company, "CUSTOMER", one, limit=60, cursor=cursor)
        seen += [each.bc_id for each in listing.rows]
        if (cursor := listing.cursor) is None:
            break
    assert sorted(seen) == [change(number).bc_id for number in range(250)]


async def test_a_hundred_records_cost_one_transaction_or_two(store: Store, company: str) -> None:
    before = store.meter.transactions
    await store.changes.put(company, "CUSTOMER", job(company), [change(number) for number in range(100)])
    assert store.meter.transactions - before <= 2


async def test_long_texts_are_kept_whole(store: Store, company: str) -> None:
    own, texts = job(company), ["ä" * 60_000, "x" * 90_000]
    await store.changes.put(company, "CUSTOMER", own, [change(number, text=text) for number, text in enumerate(texts)])
    found = (await store.changes.of_job(company, "CUSTOMER", own)).rows
    assert sorted(each.fields["name"]["after"] for each in found) == sorted(texts)


async def test_a_record_has_its_changes_newest_job_first(store: Store, company: str) -> None:
    jobs = [job(company, NOW - timedelta(days=days)) for days in (2, 0, 1)]
    for each in jobs:
        await store.changes.put(company, "CUSTOMER", each, [change(1), change(2)])
    found = await store.changes.of_record(company, "CUSTOMER", change(1).bc_id)
    assert [each.job for each in found] == [jobs[1], jobs[2], jobs[0]]


async def test_what_was_not_written_is_withdrawn(store: Store, company: str) -> None:
    own = job(company)
    names = await store.changes.put(company, "CUSTOMER", own, [change(1), change(2)])
    await store.changes.withdraw(company, "CUSTOMER", names, {(change(1).bc_id, Side.SALES)})
    assert [each.bc_id for each in (await store.changes.of_job(company, "CUSTOMER", own)).rows] == [change(2).bc_id]
    assert await store.changes.of_record(company, "CUSTOMER", change(1).bc_id) == []


@pytest.mark.rule("G2")
async def test_a_persons_values_are_erased_and_those_of_others_stay(store: Store, company: str) -> None:
    own = job(company)
    await store.changes.put(company, "CUSTOMER", own, [change(1), change(2)])
    await store.changes.erase(company, "CUSTOMER", [change(1).bc_id, change(9).bc_id])
    assert [each.bc_id for each in (await store.changes.of_job(company, "CUSTOMER", own)).rows] == [change(2).bc_id]


async def test_old_changes_are_forgotten_with_their_pointers(store: Store, company: str) -> None:
    old, new = job(company, NOW - timedelta(days=20)), job(company)
    for each in (old, new):
        await store.changes.put(company, "CUSTOMER", each, [change(1), change(2, kind="inserted")])
    assert await store.changes.forget(company, "CUSTOMER", NOW - timedelta(days=14)) == 1
    assert [each.job for each in await store.changes.of_record(company, "CUSTOMER", change(1).bc_id)] == [new]
    assert (await store.changes.of_job(company, "CUSTOMER", old)).rows == []
