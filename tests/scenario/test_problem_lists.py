"""What people see of problems: each record's own, counted by cause, named as people call them; and when they go away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sync.store import ProblemRow
from tests.scenario.engine import Engine
from tests.scenario.troubles import LONG, LONGER, failed_to_be_made, later, listed, of, post, refusing
from tests.scenario.world import account, contact, currency, customer, item, salesperson, user


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
    assert json.loads(told["service"]["body"])["error"]["code"] == told["service"]["code"]


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


@pytest.mark.case("T292", "T317")
@pytest.mark.feature("F105")
async def test_uncoupling_takes_that_record_off_the_list_and_no_other(engine: Engine) -> None:
    pairs = [(customer(f"C{number}"), account(f"A{number}", accountnumber=f"C{number}", name=f"Company C{number}")) for number in "12"]
    await engine.seed(*(each for pair in pairs for each in pair))
    await engine.sync("CUSTOMER")
    for _, theirs in pairs:
        await engine.edit(theirs, emailaddress1=LONG)
    await engine.look("CUSTOMER")
    assert len(await listed(engine)) == 2
    assert (await engine.api.delete("couplings/CUSTOMER", {"bcId": pairs[0][0].id})).status == 200
    assert [row["record"] for row in await listed(engine)] == [f"bc:{pairs[1][0].id}"]


@pytest.mark.case("T313")
async def test_a_new_coupling_takes_the_record_off_the_list(engine: Engine) -> None:
    first, second = (account(key, name="Bussard", address1_postalcode="1") for key in ("A2", "A3"))
    one = customer("C5", postalCode="1", displayName="Bussard")
    await engine.seed(one, first, second)
    await engine.sync("CUSTOMER")
    assert ((await of(engine, one)) or {})["code"] == "ambiguous_match"
    answer = await engine.api.post("couplings/CUSTOMER", {"bcId": one.id, "salesId": first.id})
    assert answer.status == 200, answer.body
    await engine.drain()
    assert await of(engine, one) is None and await of(engine, first) is None


@pytest.mark.case("T295", "T296", "T593", "T602", "T616")
@pytest.mark.feature("F088")
async def test_the_log_of_a_record_in_trouble_shows_its_jobs_and_its_problem(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, emailaddress1=LONG, telephone1="2")
    await engine.look("CUSTOMER")
    told = (await engine.api.get(f"records/CUSTOMER/bc/{mine.id}/log")).json
    assert told["problem"]["code"] == "too_long" and told["problem"]["job"]
    assert told["value"][0]["job"] == told["coupling"]["job"]
    assert (await engine.api.get(f"records/CUSTOMER/bc/{customer('C9').id}/log")).status == 404


@pytest.mark.case("T041")
async def test_a_record_that_only_sales_has_is_listed_with_its_one_id(engine: Engine) -> None:
    firm = account("A1")
    orphan = contact("K1", of=firm)
    await engine.seed(firm, orphan)
    await engine.sync("CONTACT")
    [problem] = await listed(engine)
    assert (problem["record"], problem["bcId"], problem["salesId"]) == (f"sales:{orphan.id}", None, orphan.id)
    assert problem["code"] == "waiting_for_parent" and problem["names"].keys() == {"sales"}


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


@pytest.mark.feature("F091", "F099", "F100", "F106")
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


@pytest.mark.feature("F089", "F090")
async def test_the_log_of_a_mapping_shows_synch_coupling_and_uncoupling_jobs(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(mine, phoneNumber="1")
    await engine.look("CUSTOMER")
    assert (await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})).status == 200
    assert (await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": theirs.id})).status == 200
    jobs = (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]
    assert [job["kind"] for job in jobs][::-1] == ["full", "scheduled", "uncoupling", "coupling"]
    assert [sum(job["totals"]["toSales"].get(name, 0) for job in jobs) for name in ("uncoupled", "coupled")] == [1, 2]
    assert (await engine.api.get("jobs?mapping=CONTACT")).json["value"] == []
