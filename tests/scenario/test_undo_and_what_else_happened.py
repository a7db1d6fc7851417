"""H1 beside everything else: an undo loses no edit, mixes up no records, and forgets no question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync.desk.undo import undo_changes
from sync.heart.plan import Side
from sync.store import Job, Status
from tests.scenario.by_hand import move
from tests.scenario.conflicts import names, resolve, torn
from tests.scenario.engine import Engine
from tests.scenario.test_rules_h1 import fields_of, last_job
from tests.scenario.world import account

pytestmark = pytest.mark.rule("H1")


async def undo(engine: Engine, job: str) -> Any:
    """Take back what a job wrote."""
    answer = await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})
    assert answer.status == 200, answer.body
    return answer.json


async def test_an_edit_on_the_other_side_that_nobody_carried_yet_survives_an_undo(engine: Engine) -> None:
    bc, sales = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(bc, displayName="Falke GmbH")
    await engine.look("CUSTOMER")
    job = await last_job(engine)
    await engine.edit(bc, displayName="Habicht GmbH")
    await undo(engine, job)
    await engine.look("CUSTOMER")
    assert await names(engine, (bc, sales)) == ("Habicht GmbH", "Habicht GmbH")


async def test_a_typed_answer_that_went_to_both_sides_is_taken_back_on_both(engine: Engine) -> None:
    pair = await torn(engine)
    before = await names(engine, pair)
    answer = await resolve(engine, pair, {"displayName": {"value": "Adler Mitte"}})
    assert await names(engine, pair) == ("Adler Mitte", "Adler Mitte")
    await undo(engine, answer.json["job"])
    assert await names(engine, pair) == before
    await engine.edit(pair[0], phoneNumber="9")
    await engine.look("CUSTOMER")
    assert await names(engine, pair) == before


async def test_a_question_of_the_first_synch_stays_open_over_an_undo(engine: Engine) -> None:
    pair = await engine.coupled({"displayName": "Adler AG"}, {"name": "Adler GmbH"}, rule="ask")
    await engine.edit(pair[0], phoneNumber="111")
    await engine.look("CUSTOMER")
    await undo(engine, await last_job(engine))
    await engine.edit(pair[0], email="adler@example.com")
    await engine.look("CUSTOMER")
    assert await names(engine, pair) == ("Adler AG", "Adler GmbH")


async def test_values_of_a_record_that_lost_its_coupling_are_not_put_into_the_one_that_got_it(engine: Engine) -> None:
    bc, sales = await engine.coupled({"phoneNumber": "111"})
    await engine.look("CUSTOMER")
    await engine.edit(bc, phoneNumber="222")
    await engine.look("CUSTOMER")
    job = await last_job(engine)
    survivor = account("A2", name="Company C1", telephone1="333")
    await engine.seed(survivor)
    await move(engine, sales=sales.id, to=survivor.id)
    done = await undo(engine, job)
    assert (done["putBack"], done["leftAlone"]) == (0, 1)
    assert (await engine.row(survivor))["telephone1"] == "222"


async def test_what_a_service_refuses_to_take_back_is_not_told_as_put_back(engine: Engine) -> None:
    bc, sales = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(bc, displayName="Falke GmbH")
    await engine.look("CUSTOMER")
    job = await last_job(engine)
    await engine.sales.fault(kind="status", status=400, code="0x80040265", path="accounts", method="PATCH", times=1)
    done = await undo(engine, job)
    assert (await engine.row(sales))["name"] == "Falke GmbH"
    assert (done["putBack"], done["leftAlone"]) == (0, 1)


async def test_nothing_is_taken_back_while_the_connection_is_on_hold(engine: Engine) -> None:
    bc, sales = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(bc, displayName="Falke GmbH")
    await engine.look("CUSTOMER")
    job = await last_job(engine)
    assert (await engine.api.post("mappings/CUSTOMER/hold", {"reason": "migration"})).status == 200
    answer = await engine.api.post(f"jobs/{job}/undo", {"dryRun": False})
    assert (answer.status, answer.json["type"]) == (409, "urn:couplet:on_hold")
    assert (await engine.row(sales))["name"] == "Falke GmbH"


@pytest.mark.parametrize("side", list(Side))
async def test_what_a_write_replaced_is_kept_though_its_answer_was_lost(engine: Engine, side: Side) -> None:
    bc, sales = await engine.coupled()
    await engine.look("CUSTOMER")
    if side is Side.SALES:
        await engine.sales.fault(kind="drop", when="after", path="accounts|batch", method="PATCH", times=1)
        await engine.edit(bc, displayName="Falke GmbH")
    else:
        await engine.bc.fault(kind="drop", when="after", path="customers|batch", method="PATCH", times=1)
        await engine.edit(sales, name="Falke GmbH")
    await engine.look("CUSTOMER")
    assert (await engine.row(sales))["name"] == (await engine.row(bc))["displayName"] == "Falke GmbH"
    assert await engine.people(side).unused_faults() == 0
    changes = await engine.api.get(f"jobs/{await last_job(engine)}/changes")
    assert fields_of(changes) == {"displayName": ("Company C1", "Falke GmbH")}


async def test_what_a_job_wrote_twice_is_put_back_to_what_stood_there_before_its_first_write(engine: Engine) -> None:
    bc, sales = await engine.coupled()
    await engine.look("CUSTOMER")
    for name in ("Falke GmbH", "Company C1", "Habicht GmbH"):
        await engine.edit(bc, displayName=name)
        await engine.look("CUSTOMER")
    jobs = [each["id"] for each in (await engine.api.get("jobs?mapping=CUSTOMER&limit=3")).json["value"]]
    store, company = engine.ctx.store, engine.ctx.company
    one = [change for job in reversed(jobs) for change in (await store.changes.of_job(company, "CUSTOMER", job)).rows]
    together = Job.new(company, "CUSTOMER", "scheduled")
    await store.jobs.finish(together, status=Status.SUCCESS, totals={})
    await store.changes.put(company, "CUSTOMER", together.id, one)
    assert (await undo(engine, together.id))["putBack"] == 1
    assert (await engine.row(sales))["name"] == "Company C1"
    for again in (one[:1], one[:2]):
        changes = [replace(each, job=jobs[0]) for each in again]
        [told] = await undo_changes(engine.ctx, engine.ctx.mappings["CUSTOMER"], changes, None)
        assert told.before == "Company C1"
