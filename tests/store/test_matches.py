"""Reports of match-based coupling: long lists in parts, complete or not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sync.run.matching import MOST_CANDIDATES
from sync.store import Job, Report, Store

START = datetime(2026, 11, 22, 10, tzinfo=UTC)


def report(company: str, started: datetime = START) -> Report:
    job = Job.new(company, "CUSTOMER", "coupling", started=started)
    return Report(id=job.id, company=company, mapping="CUSTOMER", at=started, order={"criteria": [{"field": "number"}]})


async def test_long_lists_are_read_from_anywhere(store: Store, company: str) -> None:
    ids = [str(uuid4()) for _ in range(1001)]
    stored = await store.matches.store(report(company), {"matched": [[id_, id_, 1] for id_ in ids], "left": ids, "none": []})
    assert stored.counts == {"matched": 1001, "left": 1001, "none": 0}
    assert await store.matches.get(company, "CUSTOMER", stored.id) == stored
    assert [each[0] for number in range(stored.parts("matched")) for each in await store.matches.part(stored, "matched", number)] == ids
    for start, limit in ((0, 5), (398, 5), (399, 1), (990, 100), (1001, 5), (0, 1001)):
        assert await store.matches.some(stored, "left", start, limit) == ids[start : start + limit]
    assert await store.matches.some(stored, "none", 0, 5) == []


async def test_many_candidates_of_many_records_fit(store: Store, company: str) -> None:
    ids = [str(uuid4()) for _ in range(2 * MOST_CANDIDATES)]
    everybody = [["sales", ids[0], ids[:MOST_CANDIDATES], ids[MOST_CANDIDATES:], 99]] * 1000
    stored = await store.matches.store(report(company), {"ambiguous": everybody})
    assert await store.matches.some(stored, "ambiguous", 0, 1000) == everybody


async def test_a_report_belongs_to_its_mapping_and_company(store: Store, company: str) -> None:
    stored = await store.matches.store(report(company), {"matched": []})
    assert await store.matches.get(company, "CONTACT", stored.id) is None
    assert await store.matches.get(f"{company} 2", "CUSTOMER", stored.id) is None
    assert await store.matches.get(company, "CUSTOMER", "nonsense") is None


async def test_old_reports_are_forgotten_whole(store: Store, company: str) -> None:
    old, new = report(company), report(company, START + timedelta(days=2))
    for each in (old, new):
        await store.matches.store(each, {"matched": ["x"] * 500})
    await store.matches.forget(company, "CUSTOMER", START + timedelta(days=1))
    assert await store.matches.get(company, "CUSTOMER", old.id) is None
    assert await store.matches.part(replace(old, counts={"matched": 500}), "matched", 1) == []
    assert await store.matches.some(await store.matches.get(company, "CUSTOMER", new.id) or new, "matched", 450, 100) == ["x"] * 50
