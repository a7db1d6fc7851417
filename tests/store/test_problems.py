"""Open problems, and who waits for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sync.store import Parked, ProblemRow, Store, Waiting

THEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def problem(company: str, key: str, mapping: str = "CUSTOMER", code: str = "too_long", **rest: object) -> ProblemRow:
    """A problem of a record."""
    return ProblemRow(company=company, mapping=mapping, key=key, code=code, since=THEN, last=THEN, **rest)  # type: ignore[arg-type]


async def test_a_problem_put_again_keeps_since_and_counts_attempts(store: Store, company: str) -> None:
    one = problem(company, "bc:1", fields=("email",), details={"length": 99})
    await store.problems.put([one, problem(company, "bc:2")])
    later = THEN + timedelta(hours=1)
    again = problem(company, "bc:1", fields=("email",), job="CUSTOMER-2")
    await store.problems.put([ProblemRow(**{**vars(again), "since": later, "last": later}), problem(company, "bc:2", code="no_owner")])
    first, second = (await store.problems.list(company, ["CUSTOMER"])).rows
    assert (first.since, first.last, first.attempts, first.job) == (THEN, later, 2, "CUSTOMER-2")
    assert (second.code, second.attempts) == ("no_owner", 1)
    assert await store.problems.get(company, "CUSTOMER", "bc:1") == first


async def test_a_record_is_the_same_in_whatever_case_its_id_comes(store: Store, company: str) -> None:
    key = "sales:0A1B2C3D-0000-0000-0000-00000000000F"
    await store.problems.put([problem(company, key)])
    await store.problems.wait([waiting(company, key, "bc:1")])
    assert await store.problems.waiters(company, "CUSTOMER", [key.lower()]) == [waiting(company, key, "bc:1")]
    assert await store.problems.resolve(company, "CUSTOMER", [key.lower()]) == [key.lower()]


async def test_resolving_costs_one_request_when_there_is_no_problem(store: Store, company: str) -> None:
    before = store.meter.transactions
    assert await store.problems.resolve(company, "CUSTOMER", [f"bc:{number}" for number in range(100)]) == []
    assert store.meter.transactions - before == 1


async def test_resolving_closes_those_that_are_open(store: Store, company: str) -> None:
    await store.problems.put([problem(company, f"bc:{number:03d}") for number in range(0, 120, 2)])
    before = store.meter.transactions
    closed = await store.problems.resolve(company, "CUSTOMER", [f"bc:{number:03d}" for number in range(50, 150)])
    assert closed == [f"bc:{number:03d}" for number in range(50, 120, 2)]
    assert store.meter.transactions - before == 2
    assert len((await store.problems.list(company, ["CUSTOMER"])).rows) == 25


async def test_problems_are_listed_over_mappings_by_code_and_job_in_pages(store: Store, company: str) -> None:
    rows = [problem(company, f"bc:{number}", code=("too_long", "no_owner")[number % 2], job=f"j{number % 3}") for number in range(6)]
    await store.problems.put([*rows, problem(company, "sales:1", "CONTACT", job="j0")])
    mappings = ["CONTACT", "CUSTOMER"]
    seen: list[str] = []
    cursor = None
    while True:
        listing = await store.problems.list(company, mappings, limit=2, cursor=cursor)
        seen += [row.key for row in listing.rows]
        if (cursor := listing.cursor) is None:
            break
    assert seen == ["sales:1", *(row.key for row in rows)]
    assert [row.key for row in (await store.problems.list(company, mappings, code="no_owner")).rows] == ["bc:1", "bc:3", "bc:5"]
    assert [row.key for row in (await store.problems.list(company, mappings, code="too_long", job="j0")).rows] == ["sales:1", "bc:0"]


def waiting(company: str, id: str, waiter: str) -> Waiting:
    """A contact that waits for a customer."""
    return Waiting(company=company, mapping="CUSTOMER", id=id, waiter_mapping="CONTACT", waiter_key=waiter, since=THEN)


async def test_who_waits_is_found_and_forgotten_when_released(store: Store, company: str) -> None:
    waits = [waiting(company, "a", "bc:1"), waiting(company, "a", "bc:2"), waiting(company, "ab", "bc:3"), waiting(company, "c", "bc:1")]
    await store.problems.wait([*waits, waits[0]])
    assert await store.problems.waiters(company, "CUSTOMER", ["a", "b", "c"]) == [waits[0], waits[1], waits[3]]
    assert await store.problems.waiters(company, "CUSTOMER", []) == []
    await store.problems.release(waits[:2])
    await store.problems.release(waits[:2])
    assert await store.problems.waiters(company, "CUSTOMER", ["a", "ab"]) == waits[2:3]
    assert (await store.problems.list(company, ["CUSTOMER"])).rows == []


async def test_asking_who_waits_costs_one_request_when_nobody_does(store: Store, company: str) -> None:
    before = store.meter.transactions
    assert await store.problems.waiters(company, "CUSTOMER", [f"{number:03d}" for number in range(100)]) == []
    assert store.meter.transactions - before == 1


async def test_all_of_very_many_waiters_are_found(store: Store, company: str) -> None:
    for id, count in (("a", 2), ("b", 1100), ("c", 3)):
        await store.problems.wait([waiting(company, id, f"bc:{number:04d}") for number in range(count)])
    found = await store.problems.waiters(company, "CUSTOMER", ["a", "b", "c", "d"])
    assert len(found) == len({(wait.id, wait.waiter_key) for wait in found}) == 1105


async def test_due_are_those_whose_time_has_come_and_those_of_other_terms(store: Store, company: str) -> None:
    due = replace(problem(company, "bc:1"), not_before=THEN, terms="now")
    later = replace(problem(company, "bc:2"), not_before=THEN + timedelta(hours=1), terms="now")
    parked = replace(problem(company, "bc:3"), parked=Parked.ATTEMPTS, terms="now")
    outdated = replace(parked, key="bc:4", terms="before")
    by_hand = replace(outdated, key="bc:5", parked=Parked.PERSON)
    await store.problems.put([due, later, parked, outdated, by_hand])
    assert [row.key for row in await store.problems.due(company, "CUSTOMER", THEN, "now")] == ["bc:1", "bc:4"]


async def test_parked_stays_parked_while_neither_row_has_changed(store: Store, company: str) -> None:
    seen = replace(problem(company, "bc:1"), bc_version="1", sales_version="9")
    await store.problems.put([seen])
    await store.problems.change([replace(seen, parked=Parked.PERSON)])
    await store.problems.put([seen])
    assert (await store.problems.of(company, "CUSTOMER", ["bc:1"]))["bc:1"].parked is Parked.PERSON
    await store.problems.put([replace(seen, bc_version="2")])
    assert (await store.problems.of(company, "CUSTOMER", ["bc:1"]))["bc:1"].parked is None


async def test_changing_when_to_try_again_opens_nothing_that_was_closed(store: Store, company: str) -> None:
    one, two = problem(company, "bc:1"), problem(company, "bc:2")
    await store.problems.put([one, two])
    await store.problems.resolve(company, "CUSTOMER", ["bc:1"])
    await store.problems.change([replace(each, parked=Parked.PERSON) for each in (one, two)])
    found = [row async for row in store.problems.all(company, ["CUSTOMER", "CONTACT"])]
    assert [(row.key, row.parked, row.message) for row in found] == [("bc:2", Parked.PERSON, two.message)]
