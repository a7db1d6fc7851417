"""Synchronise modified records: all mappings, one after the other's end, in dependency order."""

from __future__ import annotations

import pytest

from mapping.off import switched_on
from sync.store import Status
from tests.scenario.engine import Engine


@pytest.mark.case("T448", "T449")
@pytest.mark.feature("F072")
async def test_synchronise_modified_looks_at_all_mappings_in_dependency_order(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.look()
    await engine.edit(mine, phoneNumber="+49 30 1")
    answer = await engine.api.post("synchronize-modified")
    assert answer.status == 202 and answer.headers["Location"] == f"/api/jobs/{answer.json['job']}"
    again = await engine.api.post("synchronize-modified")
    assert (again.status, again.json["inTheWay"]) == (409, answer.json["job"])
    await engine.drain()
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    names = [each["mapping"] for each in job["children"]]
    assert sorted(names) == sorted(switched_on(engine.ctx.mappings))
    assert all(names.index(need) < names.index(name) for name in names for need in engine.ctx.mappings[name].needs if need in names)
    assert (job["kind"], job["status"], job["totals"]["toSales"]["modified"]) == ("modified", "success", 1)
    assert job in (await engine.api.get("jobs")).json["value"], "whoever looks at all jobs sees it"
    assert job not in (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]
    assert (await engine.row(theirs))["telephone1"] == "+49 30 1"


async def test_synchronise_modified_waits_for_large_jobs_and_passes_over_what_is_on_hold(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = await engine.coupled()
    await engine.look()
    monkeypatch.setattr("sync.run.looks.INLINE", 0)
    monkeypatch.setattr("sync.run.modified.TURN_SECONDS", 0)
    await engine.api.post("mappings/CURRENCY/hold", {"reason": "rates"})
    await engine.edit(mine, phoneNumber="+49 30 1")
    job_id = (await engine.api.post("synchronize-modified")).json["job"]
    await engine.drain()
    job = (await engine.api.get(f"jobs/{job_id}")).json
    children = {each["mapping"]: each for each in job["children"]}
    assert (children["CUSTOMER"]["status"], job["status"]) == (Status.SUCCESS, Status.SUCCESS)
    assert "rates" in children["CURRENCY"]["note"]
    assert job["totals"]["toSales"]["modified"] == 1
