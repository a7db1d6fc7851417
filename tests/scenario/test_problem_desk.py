"""The error desk (rules B9, F3): problems instead of skipped records, and what people and time do about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.retries import PAUSES
from sync.store import ProblemRow
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, currency, customer, item, person, salesperson, user

LONG = "office@" + "x" * 70 + ".example"
"""An e-mail address that Sales takes and Business Central does not."""

LONGER = "office@" + "x" * 90 + ".example"
"""One that Sales does not take either."""

PLUG_IN = "0x80040265"
"""The code with which a plug-in of somebody else refuses a row."""


@asynccontextmanager
async def refusing(engine: Engine, tables: str = "accounts", code: str = PLUG_IN) -> AsyncIterator[None]:
    """Inside, Sales refuses every new row of these tables."""
    await engine.sales.fault(status=400, method="POST", path=f"{tables}|batch", code=code, times=100)
    yield
    await engine.sales.heal()


async def listed(engine: Engine, **query: Any) -> list[dict[str, Any]]:
    """The open problems as the API lists them, all pages."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        asked = "&".join(f"{name}={value}" for name, value in {**query, **({"cursor": cursor} if cursor else {})}.items())
        answer = await engine.api.get(f"problems?{asked}")
        assert answer.status == 200, answer.body
        found += answer.json["value"]
        cursor = answer.json["cursor"]
        if not cursor:
            return found


async def post(engine: Engine, what: str, **body: Any) -> Any:
    """Ask the desk for something."""
    answer = await engine.api.post(f"problems/{what}", body)
    assert answer.status in (200, 202), answer.body
    return answer.json


async def of(engine: Engine, record: Record, mapping: str = "CUSTOMER") -> dict[str, Any] | None:
    """The open problem of one record, as its card would show it."""
    answer = await engine.api.get(f"problems/{mapping}/{record.side}:{record.id}")
    assert answer.status in (200, 404), answer.body
    return answer.json if answer.status == 200 else None


async def later(engine: Engine, **pause: float) -> None:
    """So much time passes for the problems that are open."""
    passed = timedelta(**pause)

    rows = await engine.problem_rows()
    await engine.ctx.store.problems.change([replace(row, not_before=row.not_before - passed) for row in rows if row.not_before])


async def failed_to_be_made(engine: Engine, *records: Record) -> None:
    """A full synch in which Sales refused these customers."""
    await engine.seed(*records)
    async with refusing(engine):
        await engine.sync("CUSTOMER")


@pytest.mark.rule("F3")
@pytest.mark.case("T280", "T620")
@pytest.mark.feature("F091", "F099")
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
@pytest.mark.feature("F099", "F100")
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


@pytest.mark.rule("F3")
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


@pytest.mark.rule("F3")
@pytest.mark.case("T287", "T289")
async def test_more_than_a_hundred_are_retried_by_a_job(engine: Engine) -> None:
    many = [customer(f"C{number:03d}") for number in range(101)]
    await failed_to_be_made(engine, *many)
    done = await engine.api.post("problems/retry", {"mapping": "CUSTOMER"})
    assert (done.status, done.json["scheduled"]) == (202, 101)
    assert done.headers["Location"] == f"jobs/{done.json['jobs'][0]}"
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


@pytest.mark.feature("F092", "F097", "F098")
@pytest.mark.case("T592", "T595", "T596", "T598", "T599", "T605", "T614")
async def test_each_record_shows_its_own_problem_with_the_services_answer_and_request_id(engine: Engine) -> None:
    money, *_ = currency("SEK", "Swedish Krona", 11.0)
    first, second, good = customer("C1"), customer("C2", email=LONGER), customer("C3")
    thing, boss, theirs = item("I1", unitPrice=-1), salesperson("CL", "Claire"), user("CL", "Claire Laurent")
    await engine.seed(*currency("SEK", "Swedish Krona", 11.0), thing, boss, theirs)
    async with refusing(engine, "transactioncurrencies|products"):
        await engine.sync("SALESPEOPLE", "CURRENCY", "ITEM-PRODUCT")
    await engine.edit(theirs, internalemailaddress="claire at home")
    await engine.look("SALESPEOPLE")
    await failed_to_be_made(engine, first)
    await engine.seed(second, good)
    await engine.sync("CUSTOMER")
    cards = {"CURRENCY": money, "ITEM-PRODUCT": thing, "SALESPEOPLE": boss}
    for mapping, record in cards.items():
        problem = await of(engine, record, mapping)
        assert problem and problem["mapping"] == mapping and problem["remedy"] and problem["message"], mapping
    assert (await of(engine, second) or {})["code"] == "too_long"
    assert await of(engine, good) is None


@pytest.mark.feature("F091", "F092")
async def test_the_answer_of_the_service_is_kept_in_full_with_its_request_id(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, name=None)
    await engine.look("CUSTOMER")
    [told] = ((await of(engine, mine)) or {})["problems"]
    assert (told["service"]["side"], told["service"]["status"]) == ("bc", 400)
    assert told["service"]["code"] and told["service"]["message"] and told["service"]["requestId"]


@pytest.mark.case("T302", "T301")
@pytest.mark.feature("F100")
async def test_records_are_named_as_people_call_them(engine: Engine) -> None:
    mine, theirs = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    await engine.edit(theirs, emailaddress1=LONG)
    await engine.look("CUSTOMER")
    problem = await of(engine, mine)
    assert problem and problem["name"] == problem["names"]["bc"]
    assert "C1" in problem["names"]["bc"] and "Adler" in problem["names"]["bc"] and "Adler" in problem["names"]["sales"]


@pytest.mark.case("T299", "T607", "T608")
@pytest.mark.feature("F093")
async def test_a_problem_keeps_its_error_when_the_log_of_its_job_is_deleted(engine: Engine) -> None:
    mine = customer("C1")
    await failed_to_be_made(engine, mine)
    await engine.ctx.store.jobs.forget(engine.ctx.company, "CUSTOMER", datetime.now(UTC) + timedelta(days=1))
    problem = await of(engine, mine)
    assert problem and problem["message"] and problem["code"]


@pytest.mark.case("T313", "T317")
async def test_a_new_coupling_and_an_uncoupling_take_the_record_off_the_list(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, emailaddress1=LONG)
    await engine.look("CUSTOMER")
    assert len(await listed(engine)) == 1
    assert (await engine.api.delete("couplings/CUSTOMER", {"bc": mine.id})).status == 200
    assert await listed(engine) == []
    again = {"displayName": "Bussard", "addressLine1": "Weg 1"}
    first, second = account("A2", name="Bussard", address1_postalcode="1"), account("A3", name="Bussard", address1_postalcode="1")
    one = customer("C5", postalCode="1", **again)
    await engine.seed(one, first, second)
    await engine.sync("CUSTOMER")
    assert ((await of(engine, one)) or {})["code"] == "ambiguous_match"
    answer = await engine.api.post("couplings/CUSTOMER", {"bc": one.id, "sales": first.id})
    assert answer.status == 200, answer.body
    await engine.drain()
    assert await of(engine, one) is None and await of(engine, first) is None


@pytest.mark.rule("C2")
@pytest.mark.case("T293")
async def test_the_problem_of_a_record_that_was_deleted_goes_away(engine: Engine) -> None:
    kept, gone = customer("C1"), customer("C2")
    await failed_to_be_made(engine, kept, gone)
    refused = await engine.api.delete("problems", {"mapping": "CUSTOMER", "record": f"bc:{kept.id}"})
    assert refused.status == 409 and "bc" in refused.json["detail"]
    await engine.delete(gone)
    await later(engine, minutes=3)
    async with refusing(engine):
        await engine.look("CUSTOMER")
    assert [row["record"] for row in await listed(engine)] == [f"bc:{kept.id}"]
    await engine.delete(kept)
    assert (await engine.api.delete("problems", {"mapping": "CUSTOMER", "record": f"bc:{kept.id}"})).status == 200
    assert await listed(engine) == []
    assert (await engine.api.delete("problems", {"mapping": "CUSTOMER", "record": f"bc:{kept.id}"})).status == 404


@pytest.mark.rule("C2")
async def test_the_problem_of_a_row_deleted_in_sales_goes_away_with_the_next_look(engine: Engine) -> None:
    orphan = contact("K1", of=None)
    firm = account("A1", name="Adler", emailaddress1=LONG)
    await engine.seed(firm, orphan)
    await engine.sync("CUSTOMER", create="none")
    await engine.look("CUSTOMER")
    await engine.ctx.store.problems.put(
        [ProblemRow(company=engine.ctx.company, mapping="CUSTOMER", key=f"sales:{firm.id}", code="refused")]
    )
    await engine.delete(firm)
    await engine.look("CUSTOMER")
    assert await listed(engine) == []


@pytest.mark.feature("F091", "F099", "F100")
async def test_problems_are_counted_by_cause_over_all_pages(engine: Engine) -> None:
    counts = {("CUSTOMER", "too_long"): range(7), ("CUSTOMER", "refused"): range(7, 12), ("CONTACT", "too_long"): range(4)}
    rows = [
        ProblemRow(company=engine.ctx.company, mapping=mapping, key=f"bc:{number:036d}", code=code, job=f"{mapping}-1")
        for (mapping, code), numbers in counts.items()
        for number in numbers
    ]
    await engine.ctx.store.problems.put(rows)
    await post(engine, "skip", code="refused")
    groups = (await engine.api.get("problems?groupBy=code")).json["value"]
    assert [(group["code"], group["count"], group["parked"]) for group in groups] == [("too_long", 11, 0), ("refused", 5, 5)]
    assert groups[0]["mappings"] == {"CUSTOMER": 7, "CONTACT": 4} and groups[0]["remedy"] and groups[0]["meaning"]
    assert len(await listed(engine, limit="3", code="too_long", mapping="CUSTOMER")) == 7
    assert len(await listed(engine, limit="2", parked="true")) == 5
    assert len(await listed(engine, limit="5", job="CONTACT-1")) == 4


@pytest.mark.rule("D7")
async def test_a_salesperson_without_user_is_one_problem_whatever_page_his_records_are_on(engine: Engine) -> None:
    await engine.seed(salesperson("CC", "Carla Conti"), salesperson("DD", "Dora Dill"))
    await engine.seed(
        *(customer(f"C{number}", salespersonCode="CC" if number else "DD") for number in range(4)), customer("C9", email=LONGER)
    )
    await engine.sync("SALESPEOPLE", "CUSTOMER")
    found = await listed(engine, limit="1")
    assert sorted((row["code"], len(row.get("waiting", []))) for row in found) == [("no_owner", 1), ("no_owner", 3), ("too_long", 0)]
    assert {row["mapping"] for row in found if row["code"] == "no_owner"} == {"SALESPEOPLE"}
    assert len(await listed(engine, limit="1", code="no_owner")) == 2
    assert len(await listed(engine, limit="2", expand="true")) == 5


@pytest.mark.case("T622", "T623", "T625", "T626")
async def test_a_coupling_names_the_job_that_wrote_it_last_and_not_one_that_found_it_unchanged(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    jobs = []
    for record, values in ((mine, {"phoneNumber": "1"}), (theirs, {"telephone1": "2"})):
        await engine.edit(record, **values)
        await engine.look("CUSTOMER")
        coupling = await engine.coupling("CUSTOMER", mine)
        assert coupling and coupling.job and coupling.job not in jobs
        assert (await engine.api.get(f"jobs/{coupling.job}")).json["status"] == "success"
        jobs.append(coupling.job)
    await engine.sync("CUSTOMER")
    unchanged = await engine.coupling("CUSTOMER", mine)
    assert unchanged and unchanged.job == jobs[-1]


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
    ("skip", {"mapping": "CUSTOMER", "records": ["walk"]}, 404),
    ("restore", {}, 400),
    ("restore", {"code": "none"}, 404),
)


async def test_what_the_desk_cannot_do_it_says(engine: Engine) -> None:
    for what, body, status in ODD:
        answer = await engine.api.post(f"problems/{what}", body)
        assert answer.status == status, (what, body, answer.body)
        assert answer.json["detail"]
    for query, status in (("groupBy=name", 400), ("parked=maybe", 400), ("limit=0", 400), ("mapping=NONE", 404), ("cursor=owners-x", 200)):
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
