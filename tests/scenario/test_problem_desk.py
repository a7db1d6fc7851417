"""The error desk (rules B9, F3): what time and people do about problems."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from mapping.values import Side
from sync.desk.retries import PAUSES
from sync.errors import AccessDenied
from sync.run import messages
from sync.run.work import give_up
from tests.scenario.engine import Engine
from tests.scenario.troubles import LONG, LONGER, failed_to_be_made, later, listed, of, post, refusing
from tests.scenario.world import customer, person, salesperson, user


@pytest.mark.rule("F3")
@pytest.mark.case("T280", "T620")
@pytest.mark.feature("F091", "F099", "F108")
async def test_a_refused_record_is_tried_again_after_a_while_and_not_at_every_look(engine: Engine) -> None:
    refused, other = customer("C1"), customer("C2", email=LONGER)
    await failed_to_be_made(engine, refused)
    assert (await engine.totals("CUSTOMER"))["toSales"]["failed"] == 1
    await engine.seed(other)
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert await engine.sales.rows("accounts") == []
    assert (await of(engine, refused) or {})["attempts"] == 1
    await later(engine, minutes=3)
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", refused))["name"] == refused.values["displayName"]
    assert await of(engine, refused) is None
    assert await engine.coupling("CUSTOMER", other) is None


@pytest.mark.rule("F3")
@pytest.mark.case("T278")
@pytest.mark.feature("F099", "F100", "F107")
async def test_equal_failures_come_at_growing_pauses_and_then_the_record_is_parked(engine: Engine) -> None:
    mine = customer("C1")
    await failed_to_be_made(engine, mine)
    pauses = []
    async with refusing(engine):
        for _ in PAUSES:
            problem = await of(engine, mine)
            assert problem and not problem["parked"]
            pauses.append(datetime.fromisoformat(problem["nextAttempt"]) - datetime.fromisoformat(problem["last"]))
            await later(engine, days=1, seconds=1)
            await engine.look("CUSTOMER")
    assert pauses == sorted(pauses) and len(set(pauses)) == len(PAUSES)
    [parked] = await listed(engine, parked="true")
    assert (parked["attempts"], parked["parkedBy"], parked["nextAttempt"]) == (len(PAUSES) + 1, "attempts", None)
    assert await listed(engine, parked="false") == []
    await later(engine, days=100)
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert await engine.sales.rows("accounts") == []


@pytest.mark.rule("F3")
@pytest.mark.case("T277", "T619", "T628")
async def test_another_failure_begins_to_count_anew_and_the_newest_is_shown(engine: Engine) -> None:
    mine = customer("C1")
    await failed_to_be_made(engine, mine)
    first = await of(engine, mine)
    await later(engine, days=1)
    async with refusing(engine, code="0x80040220"):
        await engine.look("CUSTOMER")
    second = await of(engine, mine)
    assert first and second and first["code"] != second["code"]
    assert (second["attempts"], second["parked"]) == (1, False)


@pytest.mark.rule("F3")
@pytest.mark.case("T601")
async def test_a_parked_record_is_released_by_an_edit(engine: Engine) -> None:
    mine = customer("C1")
    await failed_to_be_made(engine, mine)
    await post(engine, "skip", mapping="CUSTOMER", records=[f"bc:{mine.id}"])
    assert (await of(engine, mine) or {})["parkedBy"] == "person"
    await later(engine, days=2)
    await engine.look("CUSTOMER")
    assert await engine.coupling("CUSTOMER", mine) is None
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"
    assert await listed(engine) == []


@pytest.mark.rule("F3", "B9")
@pytest.mark.case("T281", "T617", "T629")
async def test_a_coupled_record_is_released_by_an_edit_on_the_other_side_which_does_not_hide_what_is_still_wrong(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "1"})
    await engine.edit(theirs, emailaddress1=LONG)
    await engine.look("CUSTOMER")
    await post(engine, "skip", mapping="CUSTOMER", records=[f"sales:{theirs.id}"])
    await engine.edit(mine, phoneNumber="2")
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["telephone1"] == "2"
    for record in (mine, theirs):
        problem = await of(engine, record)
        assert problem and (problem["code"], problem["fields"]) == ("too_long", ["email"])
    await engine.edit(theirs, emailaddress1="office@adler.example")
    await engine.look("CUSTOMER")
    assert (await engine.row(mine))["email"] == "office@adler.example"
    assert await of(engine, mine) is None


@pytest.mark.rule("B6", "D7")
async def test_a_parked_record_is_released_by_the_one_it_waits_for_and_by_its_owners_user(engine: Engine) -> None:
    boss = salesperson("CC", "Carla Conti")
    mine, waiting = customer("C1", salespersonCode="CC"), person("P1", of="C1")
    await engine.seed(boss, mine, waiting)
    await engine.sync("SALESPEOPLE", "CUSTOMER", "CONTACT")
    codes = {row["code"] for row in await listed(engine, expand="true")}
    assert codes == {"no_owner", "waiting_for_parent"}
    for mapping, record in (("CUSTOMER", mine), ("CONTACT", waiting)):
        await post(engine, "skip", mapping=mapping, records=[f"bc:{record.id}"])
    await engine.seed(user("CC", "Carla Conti"))
    await engine.sync("SALESPEOPLE")
    engine.forget()
    await engine.drain()
    assert await engine.coupling("CUSTOMER", mine) and await engine.coupling("CONTACT", waiting)
    assert await listed(engine) == []


@pytest.mark.rule("F3")
@pytest.mark.case("T283", "T284", "T286")
@pytest.mark.feature("F101")
async def test_retry_of_some_and_of_all_says_how_many_and_what_became_of_each(engine: Engine) -> None:
    some = [customer(f"C{number}") for number in range(3)]
    await failed_to_be_made(engine, *some)
    two = [f"bc:{each.id}" for each in some[:2]]
    done = await post(engine, "retry", mapping="CUSTOMER", records=two)
    assert done["count"] == 2
    assert [(each["record"], each["outcome"]) for each in done["records"]] == [(key, "solved") for key in two]
    assert [row["record"] for row in await listed(engine)] == [f"bc:{some[2].id}"]
    async with refusing(engine):
        again = await post(engine, "retry")
    assert (again["count"], again["records"][0]["outcome"]) == (1, "open")
    assert again["records"][0]["code"] == (await listed(engine))[0]["code"]
    assert (await post(engine, "retry", code=again["records"][0]["code"]))["records"][0]["outcome"] == "solved"
    assert (await listed(engine), (await post(engine, "retry"))["count"]) == ([], 0)


@pytest.mark.rule("C2")
@pytest.mark.case("T290")
async def test_retry_of_a_record_whose_counterpart_was_deleted_makes_nothing_and_says_so(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.delete(theirs)
    await engine.look("CUSTOMER")
    [done] = (await post(engine, "retry", mapping="CUSTOMER", records=[f"bc:{mine.id}"]))["records"]
    assert (done["outcome"], done["code"]) == ("open", "counterpart_deleted")
    assert await engine.sales.rows("accounts") == []


@pytest.mark.rule("F3")
@pytest.mark.case("T287", "T289")
async def test_more_than_a_hundred_are_retried_by_a_job(engine: Engine) -> None:
    many = [customer(f"C{number:03d}") for number in range(101)]
    await failed_to_be_made(engine, *many)
    done = await engine.api.post("problems/retry", {"mapping": "CUSTOMER"})
    assert (done.status, done.json["scheduled"]) == (202, 101)
    assert done.headers["Location"] == f"/api/jobs/{done.json['jobs'][0]}"
    assert await engine.drain() == 2
    job = (await engine.api.get(f"jobs/{done.json['jobs'][0]}")).json
    assert (job["kind"], job["status"], job["totals"]["toSales"]["inserted"]) == ("manual", "success", 101)
    assert await listed(engine) == []


@pytest.mark.rule("F3")
@pytest.mark.case("T316")
async def test_a_restored_record_is_tried_at_the_next_look_with_all_attempts_before_it(engine: Engine) -> None:
    mine = customer("C1")
    await failed_to_be_made(engine, mine)
    await post(engine, "skip", code=(await listed(engine))[0]["code"])
    await post(engine, "restore", mapping="CUSTOMER")
    assert await listed(engine, parked="true") == []
    async with refusing(engine):
        await engine.look("CUSTOMER")
    assert ((await of(engine, mine)) or {})["attempts"] == 1
    await post(engine, "restore", mapping="CUSTOMER", records=[f"bc:{mine.id}"])
    await engine.look("CUSTOMER")
    assert await listed(engine) == []


@pytest.mark.rule("F3")
@pytest.mark.feature("F042")
async def test_another_setting_releases_what_waited_for_it(engine: Engine) -> None:
    mine = customer("C1", salespersonCode="CC")
    await engine.seed(salesperson("CC", "Carla Conti"), mine)
    await engine.sync("SALESPEOPLE", "CUSTOMER")
    assert await engine.problems("CUSTOMER") == [("no_owner", "salespersonCode")]
    someone = user("ZZ", "Zoe Zander")
    await engine.seed(someone)
    engine._use(replace(engine.ctx, settings=replace(engine.ctx.settings, owner_fallback=f"systemusers/{someone.id}")))
    await engine.look("CUSTOMER")
    assert (await engine.partner("CUSTOMER", mine))["_ownerid_value"] == someone.id


@pytest.mark.case("T040")
async def test_a_look_that_failed_is_a_problem_without_record_and_retry_looks_again(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await give_up(
        engine.environment, messages.scan(engine.ctx.company, "CUSTOMER"), AccessDenied(side=Side.BC, status=403, request_id="r1")
    )
    [problem] = await listed(engine)
    assert (problem["record"], problem["bcId"], problem["salesId"]) == ("scan:CUSTOMER", None, None)
    assert problem["problems"][0]["service"]["requestId"] == "r1"
    await engine.edit(mine, phoneNumber="7")
    [done] = (await post(engine, "retry"))["records"]
    assert done["outcome"] == "scheduled"
    await engine.drain()
    assert (await engine.row(theirs))["telephone1"] == "7"
    assert await listed(engine) == []


@pytest.mark.rule("A2", "F3")
async def test_work_that_was_given_up_makes_nothing_that_nobody_asked_for(engine: Engine) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    [lost] = messages.records(engine.ctx.company, "CUSTOMER", Side.BC, [mine.id])
    await give_up(engine.environment, lost)
    assert [row["code"] for row in await listed(engine)] == ["work_failed"]
    await post(engine, "retry")
    assert await engine.sales.rows("accounts") == [] and await listed(engine) == []


ODD: tuple[tuple[str, Any, int], ...] = (
    ("retry", {"records": ["bc:1"]}, 400),
    ("retry", {"mapping": "CUSTOMER", "records": []}, 400),
    ("retry", {"mapping": "CUSTOMER", "records": "bc:1"}, 400),
    ("retry", {"mapping": "CUSTOMER", "records": [7]}, 400),
    ("retry", {"mapping": "CUSTOMER", "records": ["bc:1"] * 1001}, 400),
    ("retry", {"mapping": "CUSTOMER", "records": ["bc:1"], "code": "refused"}, 400),
    ("retry", {"mapping": "CUSTOMER", "records": ["bc:" + "0" * 36]}, 404),
    ("retry", {"mapping": "NONE"}, 404),
    ("retry", {"code": "none"}, 404),
    ("retry", {"code": 5}, 400),
    ("retry", {"all": True}, 400),
    ("retry", b"[]", 400),
    ("retry", b"x" * 70_000, 413),
    ("skip", {}, 400),
    ("skip", {"mapping": None}, 400),
    ("skip", {"mapping": "CUSTOMER", "records": ["walk"]}, 404),
    ("restore", {}, 400),
    ("restore", {"code": "none"}, 404),
)


async def test_what_the_desk_cannot_do_it_says(engine: Engine) -> None:
    for what, body, status in ODD:
        answer = await engine.api.post(f"problems/{what}", body)
        assert answer.status == status, (what, body, answer.body)
        assert answer.json["detail"]
    for query, status in (
        ("groupBy=name", 400),
        ("parked=maybe", 400),
        ("limit=0", 400),
        ("mapping=NONE", 404),
        ("code=none", 404),
        ("cursor=owners-x", 400),
    ):
        assert (await engine.api.get(f"problems?{query}")).status == status, query
    assert (await engine.api.get("problems/CUSTOMER/bc:1")).status == 404
    assert (await engine.api.delete("problems", {"mapping": "CUSTOMER"})).status == 400


async def test_records_of_another_mapping_and_a_mapping_on_hold_are_refused(engine: Engine) -> None:
    mine = customer("C1")
    await failed_to_be_made(engine, mine)
    assert (await engine.api.post("problems/retry", {"mapping": "CONTACT", "records": [f"bc:{mine.id}"]})).status == 404
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    refused = await engine.api.post("problems/retry", {})
    assert refused.status == 409 and "stocktaking" in refused.json["detail"]
    assert await engine.sales.rows("accounts") == []
