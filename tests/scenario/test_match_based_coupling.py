"""Match-based coupling through the HTTP API: who belongs to whom, looked at first, then coupled and brought into step (rules A1, A3)."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.extensions import Extensions, Function
from mapping.extensions import Record as MappingRecord
from mapping.values import Row
from sync.heart.plan import Side
from sync.run.work import give_up
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, contact, customer, id_of, item, person, product, salesperson, unit_group

pytestmark = pytest.mark.rule("A1")

NUMBER = [{"field": "number"}]


async def dry(engine: Engine, mapping: str = "CUSTOMER", **asked: Any) -> Any:
    """What a dry run would find."""
    answer = await engine.api.post(f"couplings/{mapping}/match", {"dryRun": True, **asked})
    assert answer.status == 200, answer.json
    return answer.json


async def run(engine: Engine, mapping: str = "CUSTOMER", **asked: Any) -> Any:
    """A run to its end: its job."""
    answer = await engine.api.post(f"couplings/{mapping}/match", asked)
    assert answer.status == 202, answer.json
    await engine.drain()
    job = await engine.api.get(f"jobs/{answer.json['job']}")
    return job.json


async def coupled(engine: Engine, mapping: str = "CUSTOMER") -> dict[str, str]:
    return {each.bc_id: each.sales_id for each in await engine.couplings(mapping)}


def pairs_of(found: Any) -> dict[str, str]:
    return {each["bc"]["id"]: each["sales"]["id"] for each in found["matched"]["value"]}


@pytest.mark.case("T239")
@pytest.mark.feature("F058", "F059")
async def test_a_match_over_the_whole_mapping_couples_and_synchronises_and_its_job_counts(engine: Engine) -> None:
    mine = [customer(f"C{place}", displayName=f"Name {place}") for place in range(3)]
    theirs = [account(f"A{place}", accountnumber=f"c{place} ", name=f"Other {place}") for place in range(2)]
    await engine.seed(*mine, *theirs)
    job = await run(engine, criteria=NUMBER)
    assert await coupled(engine) == {mine[0].id: theirs[0].id, mine[1].id: theirs[1].id}
    assert [(await engine.row(each))["name"] for each in theirs] == ["Name 0", "Name 1"]
    assert (job["kind"], job["status"]) == ("coupling", "success")
    assert (job["totals"]["toSales"]["coupled"], job["totals"]["toSales"]["modified"], job["totals"]["toSales"]["skipped"]) == (2, 2, 1)


@pytest.mark.feature("F059")
async def test_a_dry_run_lists_matched_ambiguous_and_unmatched_with_names_and_writes_nothing(engine: Engine) -> None:
    clear, lone, torn = customer("C1"), customer("C2", displayName="Lone"), customer("C3", displayName="Torn")
    hers, twins, alone = (
        account("A1", accountnumber="C1"),
        [account(f"T{n}", accountnumber="C3", name=f"Twin {n}") for n in (1, 2)],
        account("A9"),
    )
    await engine.seed(clear, lone, torn, hers, *twins, alone)
    await engine.reset_counters()
    found = await dry(engine, criteria=NUMBER)
    assert found["counts"] == {"matched": 1, "ambiguous": 1, "unmatchedInBc": 1, "unmatchedInSales": 1, "leftOut": 0}
    assert pairs_of(found) == {clear.id: hers.id}
    assert found["matched"]["value"][0]["bc"]["name"] == "C1 Company C1"
    assert (found["matched"]["value"][0]["priority"], found["matched"]["value"][0]["by"]) == (1, ["number"])
    [doubtful] = found["ambiguous"]["value"]
    assert (doubtful["id"], doubtful["name"]) == (torn.id, "C3 Torn")
    assert {each["name"] for each in doubtful["candidates"]} == {"C3 Twin 1", "C3 Twin 2"}
    assert [each["name"] for each in found["unmatchedInBc"]["value"]] == ["C2 Lone"]
    assert [each["id"] for each in found["unmatchedInSales"]["value"]] == [alone.id]
    assert await coupled(engine) == {} and await engine.problems() == []
    assert await engine.written() == {"bc": 0, "sales": 0}


async def test_a_report_is_read_page_by_page(engine: Engine) -> None:
    await engine.seed(
        *(customer(f"C{place}") for place in range(5)), *(account(f"A{place}", accountnumber=f"C{place}") for place in range(5))
    )
    found = await dry(engine, criteria=NUMBER)
    seen: dict[str, str] = {}
    cursor = "0"
    while cursor:
        page = (await engine.api.get(f"couplings/CUSTOMER/match/{found['id']}?list=matched&limit=2&cursor={cursor}")).json
        assert len(page["value"]) <= 2
        seen |= {each["bc"]["id"]: each["sales"]["id"] for each in page["value"]}
        cursor = page["cursor"]
    assert seen == pairs_of(found) and len(seen) == 5


@pytest.mark.case("T241")
@pytest.mark.feature("F057")
async def test_one_record_of_a_list_is_coupled_at_once_and_the_answer_says_with_whom(engine: Engine) -> None:
    mine, other = customer("C1"), customer("C2")
    theirs = [account("A1", accountnumber="C1"), account("A2", accountnumber="C2")]
    await engine.seed(mine, other, *theirs)
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER, "ids": [mine.id]})
    assert answer.status == 200
    assert answer.json["records"] == [{"bc": mine.id, "sales": theirs[0].id, "outcome": "coupled", "problem": None}]
    assert await coupled(engine) == {mine.id: theirs[0].id}
    assert (await engine.api.get(f"jobs/{answer.json['id']}")).json["status"] == "success"


@pytest.mark.case("T242")
@pytest.mark.feature("F057")
async def test_of_several_records_only_those_without_coupling_are_matched(engine: Engine) -> None:
    first, its = await engine.coupled()
    second, theirs = customer("C2"), account("A2", accountnumber="C2")
    await engine.seed(second, theirs)
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER, "ids": [first.id, second.id]})
    assert {each["bc"]: each["outcome"] for each in answer.json["records"]} == {first.id: "skipped", second.id: "coupled"}
    assert [each["id"] for each in answer.json["leftOut"]["value"]] == [first.id]
    assert await coupled(engine) == {first.id: its.id, second.id: theirs.id}


@pytest.mark.case("T244")
async def test_two_candidates_couple_nothing_and_are_a_problem_that_names_them(engine: Engine) -> None:
    mine, twins = customer("C1"), [account(f"A{n}", accountnumber="C1", name=f"Twin {n}") for n in (1, 2)]
    await engine.seed(mine, *twins)
    job = await run(engine, criteria=NUMBER)
    assert await coupled(engine) == {}
    assert (job["status"], job["totals"]["toSales"]["failed"]) == ("error", 1)
    [problem] = await engine.problem_rows("CUSTOMER")
    assert (problem.code, problem.key, problem.job) == ("ambiguous_match", f"bc:{mine.id}", job["id"])
    assert {(each["id"], each["name"]) for each in problem.details["candidates"]} == {
        (each.id, f"C1 Twin {n}") for n, each in enumerate(twins, 1)
    }


async def test_once_a_candidate_is_gone_the_next_match_couples_and_the_problem_is_over(engine: Engine) -> None:
    mine, twins = customer("C1"), [account(f"A{n}", accountnumber="C1") for n in (1, 2)]
    await engine.seed(mine, *twins)
    await run(engine, criteria=NUMBER)
    await engine.delete(twins[0])
    await run(engine, criteria=NUMBER)
    assert await coupled(engine) == {mine.id: twins[1].id}
    assert await engine.problems() == []


async def test_an_ambiguity_that_went_by_itself_is_no_problem_any_more(engine: Engine) -> None:
    mine, twins = customer("C1"), [account(f"A{n}", accountnumber="C1") for n in (1, 2)]
    await engine.seed(mine, *twins)
    await run(engine, criteria=NUMBER)
    for twin in twins:
        await engine.delete(twin)
    await run(engine, criteria=NUMBER)
    assert await engine.problems() == []


async def test_two_customers_of_one_account_couple_neither(engine: Engine) -> None:
    twins = [customer(number, displayName="Adler") for number in ("C1", "C2")]
    await engine.seed(*twins, account("A1", name="ADLER"))
    found = await dry(engine, criteria=[{"field": "displayName"}])
    assert found["counts"]["matched"] == 0
    assert [[each["id"] for each in one["rivals"]] for one in found["ambiguous"]["value"]] in (
        [[twins[1].id], [twins[0].id]],
        [[twins[0].id], [twins[1].id]],
    )


async def test_a_later_priority_is_an_alternative_not_a_narrower_filter(engine: Engine) -> None:
    by_number, by_phone = customer("C1", phoneNumber="1 23 45"), customer("C2", phoneNumber="+49 40 55555")
    theirs = [account("A1", accountnumber="C1"), account("A2", accountnumber="other", telephone1="0049 (40) 555-55")]
    await engine.seed(by_number, by_phone, *theirs)
    found = await dry(engine, criteria=[{"field": "number", "priority": 1}, {"field": "phoneNumber", "priority": 2}])
    assert pairs_of(found) == {by_number.id: theirs[0].id, by_phone.id: theirs[1].id}
    assert sorted(each["priority"] for each in found["matched"]["value"]) == [1, 2]


async def test_all_fields_of_a_priority_must_agree_and_a_blank_agrees_with_nothing(engine: Engine) -> None:
    one, two, blank = (
        customer("C1", displayName="Adler", city="Bonn"),
        customer("C2", displayName="Falke", city="Kiel"),
        customer("C3", displayName=""),
    )
    theirs = [
        account("A1", name="Adler", address1_city="Köln"),
        account("A2", name="Falke", address1_city="KIEL"),
        account("A3", name="Habicht"),
    ]
    await engine.seed(one, two, blank, *theirs)
    found = await dry(engine, criteria=[{"field": "displayName"}, {"field": "city"}])
    assert pairs_of(found) == {two.id: theirs[1].id}


async def test_case_matters_where_it_is_asked_for(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Adler"), account("A1", name="ADLER")
    await engine.seed(mine, theirs)
    assert pairs_of(await dry(engine, criteria=[{"field": "displayName"}])) == {mine.id: theirs.id}
    assert pairs_of(await dry(engine, criteria=[{"field": "displayName", "caseSensitive": True}])) == {}


SPELLINGS = [
    ("displayName", {"displayName": "Adler & Söhne GmbH"}, {"name": "ADLER+Söhne, GmbH"}),
    ("phoneNumber", {"phoneNumber": "040 123456", "country": "DE"}, {"telephone1": "+49 (40) 12 34 56"}),
    ("website", {"website": "www.Adler.example"}, {"websiteurl": "https://adler.example/"}),
    ("email", {"email": "Office@Adler.example"}, {"emailaddress1": "office@adler.example"}),
    ("country", {"country": "DE"}, {"address1_country": "Germany"}),
]


@pytest.mark.parametrize(("field", "mine", "theirs"), SPELLINGS, ids=[each[0] for each in SPELLINGS])
async def test_values_that_mean_the_same_agree_however_they_are_typed(engine: Engine, field: str, mine: Any, theirs: Any) -> None:
    one, other = customer("C1", **mine), account("A1", **theirs)
    await engine.seed(one, other)
    assert pairs_of(await dry(engine, criteria=[{"field": field}])) == {one.id: other.id}


async def test_rows_outside_the_filters_of_either_side_are_left_alone(engine: Engine) -> None:
    blocked, lead = customer("C1", blocked="All"), account("A2", accountnumber="C2", customertypecode=1)
    await engine.seed(blocked, account("A1", accountnumber="C1"), customer("C2"), lead)
    assert (await dry(engine, criteria=NUMBER))["counts"]["matched"] == 0


async def test_without_criteria_the_mapping_knows_its_own(engine: Engine) -> None:
    by_number, by_name = customer("C1"), customer("C2", displayName="Adler", postalCode="80331")
    theirs = [account("A1", accountnumber="C1"), account("A2", name="Adler", address1_postalcode="80331")]
    await engine.seed(by_number, by_name, *theirs)
    known = (await engine.api.get("couplings/CUSTOMER/match")).json
    assert [(each["field"], each["priority"]) for each in known["criteria"]] == [("number", 1), ("displayName", 2), ("postalCode", 2)]
    assert pairs_of(await dry(engine)) == {by_number.id: theirs[0].id, by_name.id: theirs[1].id}


@pytest.mark.case("T245")
@pytest.mark.feature("F083")
async def test_looking_at_the_criteria_begins_no_job(engine: Engine) -> None:
    known = (await engine.api.get("couplings/CONTACT/match")).json
    assert {"name": "email", "bc": "email", "sales": "emailaddress1", "comparedAs": "email"} in known["fields"]
    assert known["createNew"] == "none"
    assert (await engine.api.get("jobs")).json["value"] == []


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    ("rule", "expected"), [("bcWins", ("Mine", "Mine")), ("salesWins", ("Theirs", "Theirs")), ("ask", ("Mine", "Theirs"))]
)
async def test_the_start_rule_says_who_wins(engine: Engine, rule: str, expected: tuple[str, str]) -> None:
    mine, theirs = customer("C1", displayName="Mine", phoneNumber="1"), account("A1", accountnumber="C1", name="Theirs", fax="2")
    await engine.seed(mine, theirs)
    await run(engine, criteria=NUMBER, startRule=rule)
    bc, sales = await engine.row(mine), await engine.row(theirs)
    assert (bc["displayName"], sales["name"]) == expected
    assert (bc["faxNumber"], sales["telephone1"]) == ("2", "1")
    assert await engine.problems() == ([("conflicting_edits", "displayName")] if rule == "ask" else [])


@pytest.mark.rule("A3")
async def test_what_was_asked_stays_asked_after_the_next_look(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Mine"), account("A1", accountnumber="C1", name="Theirs")
    await engine.seed(mine, theirs)
    await run(engine, criteria=NUMBER, startRule="ask")
    await engine.edit(mine, phoneNumber="12345")
    await engine.look("CUSTOMER")
    assert ((await engine.row(theirs))["name"], (await engine.row(theirs))["telephone1"]) == ("Theirs", "12345")


async def test_an_edit_before_the_first_look_is_not_lost(engine: Engine) -> None:
    mine, theirs = customer("C1"), account("A1", accountnumber="C1")
    await engine.seed(mine, theirs)
    await run(engine, criteria=NUMBER)
    await engine.edit(mine, phoneNumber="12345")
    await engine.look("CUSTOMER")
    assert (await engine.row(theirs))["telephone1"] == "12345"


async def test_without_synchronising_the_rows_stay_as_they_are(engine: Engine) -> None:
    mine, theirs = customer("C1", displayName="Mine"), account("A1", accountnumber="C1", name="Theirs")
    await engine.seed(mine, theirs)
    await engine.reset_counters()
    job = await run(engine, criteria=NUMBER, sync=False)
    assert await coupled(engine) == {mine.id: theirs.id}
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert job["totals"]["toSales"]["coupled"] == 1
    await engine.edit(mine, phoneNumber="12345")
    await engine.look("CUSTOMER")
    assert ((await engine.row(theirs))["name"], (await engine.row(theirs))["telephone1"]) == ("Theirs", "12345")


@pytest.mark.rule("A2")
@pytest.mark.parametrize(("create", "expected"), [("none", (2, 2)), ("toSales", (2, 3)), ("fromSales", (3, 2)), ("both", (3, 3))])
async def test_what_has_no_partner_is_made_only_where_it_was_asked_for(engine: Engine, create: str, expected: tuple[int, int]) -> None:
    mine, theirs = [customer("C1"), customer("C2")], [account("A1", accountnumber="C1"), account("A2")]
    await engine.seed(*mine, *theirs)
    await run(engine, criteria=NUMBER, createNew=create)
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == expected
    assert (await coupled(engine))[mine[0].id] == theirs[0].id


@pytest.mark.rule("A2")
async def test_an_ambiguous_record_is_never_made_again(engine: Engine) -> None:
    await engine.seed(customer("C1"), *(account(f"A{n}", accountnumber="C1") for n in (1, 2)))
    await run(engine, criteria=NUMBER, createNew="both")
    assert (len(await engine.bc.rows("customers")), len(await engine.sales.rows("accounts"))) == (1, 2)


@pytest.mark.rule("A2")
@pytest.mark.feature("F033")
async def test_users_are_matched_by_e_mail_and_never_made(engine: Engine) -> None:
    lone = salesperson("XX", "Nobody's User")
    await engine.seed(lone)
    refused = await engine.api.post("couplings/SALESPEOPLE/match", {"createNew": "toSales"})
    assert refused.status == 409
    await run(engine, "SALESPEOPLE")
    assert set(await coupled(engine, "SALESPEOPLE")) == {id_of("salespeoplePurchasers", "AB"), id_of("salespeoplePurchasers", "BO")}


@pytest.mark.feature("F057")
async def test_options_are_matched_by_label_and_those_without_one_are_added(engine: Engine) -> None:
    """As natively, terms, methods and agents without an option of their code get one."""
    await run(engine, "PAYMENT TERMS")
    terms = {row["id"]: row["code"] for row in await engine.bc.rows("paymentTerms")}
    pairs = {terms[bc]: sales for bc, sales in (await coupled(engine, "PAYMENT TERMS")).items()}
    assert pairs["NET 30"] == "1"
    assert int(pairs["14 DAYS"]) > 100_000_000


@pytest.mark.feature("F057")
async def test_units_currencies_and_items_are_matched_like_customers(engine: Engine) -> None:
    mine, theirs = item("I-1"), product("i-1", name="Other")
    await engine.seed(mine, theirs, *unit_group())
    await run(engine, "CURRENCY")
    await run(engine, "UNIT OF MEASURE")
    await run(engine, "ITEM-PRODUCT")
    assert await coupled(engine, "ITEM-PRODUCT") == {mine.id: theirs.id}
    assert len(await coupled(engine, "UNIT OF MEASURE")) == 2
    assert len(await coupled(engine, "CURRENCY")) == 2


@pytest.mark.feature("F057")
async def test_people_are_matched_within_their_own_company(engine: Engine) -> None:
    houses, accounts = [customer("C1"), customer("C2")], [account("A1", accountnumber="C1"), account("A2", accountnumber="C2")]
    mine = person("P1", of="C1", email="ada@example.com")
    hers, elsewhere = (contact(key, of=of, emailaddress1="ADA@example.com") for key, of in zip(("K1", "K2"), accounts, strict=True))
    await engine.seed(*houses, *accounts, mine, hers, elsewhere)
    await run(engine, "CUSTOMER", criteria=NUMBER)
    await run(engine, "CONTACT")
    assert await coupled(engine, "CONTACT") == {mine.id: hers.id}


@pytest.mark.rule("A4")
async def test_coupled_rows_never_match_again(engine: Engine) -> None:
    _, theirs = await engine.coupled()
    await engine.seed(customer("C2", displayName="Company C1"))
    found = await dry(engine, criteria=[{"field": "displayName"}])
    assert found["counts"]["matched"] == 0
    assert theirs.id not in [each["id"] for each in found["unmatchedInSales"]["value"]]


@pytest.mark.rule("A4")
async def test_a_pair_whose_row_was_coupled_meanwhile_is_skipped(engine: Engine) -> None:
    mine, theirs = customer("C1"), account("A1", accountnumber="C1")
    await engine.seed(mine, theirs)

    async def somebody_couples() -> None:
        await engine.seed(customer("C9"))
        await _couple_by_hand(engine, customer("C9"), theirs)

    async with engine.after_the_next_page(Side.SALES, somebody_couples):
        answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER})
        await engine.drain()
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert await coupled(engine) == {customer("C9").id: theirs.id}
    assert (job["totals"]["toSales"]["skipped"], job["totals"]["toSales"].get("coupled", 0)) == (1, 0)


async def _couple_by_hand(engine: Engine, mine: Record, theirs: Record) -> None:
    from sync.heart.coupling import Coupling

    made = Coupling(company=engine.ctx.company, mapping="CUSTOMER", bc_id=mine.id, sales_id=theirs.id)
    await engine.ctx.store.couplings.insert([made])


async def test_a_worker_that_dies_in_the_middle_costs_nothing(engine: Engine) -> None:
    mine = [customer(f"C{place}", displayName=f"Name {place}") for place in range(5)]
    theirs = [account(f"A{place}", accountnumber=f"C{place}") for place in range(5)]
    await engine.seed(*mine, *theirs)
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER})
    await engine.die(Side.SALES, "after")
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert await coupled(engine) == {one.id: other.id for one, other in zip(mine, theirs, strict=True)}
    assert [(await engine.row(each))["name"] for each in theirs] == [f"Name {place}" for place in range(5)]
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert job["status"] == "success"


async def test_a_message_delivered_twice_couples_once(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER})
    message = await engine.message()
    assert message
    for _ in range(2):
        await engine.ctx.store.queue.send(message)
    await engine.drain()
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert job["totals"]["toSales"]["coupled"] == 1
    assert len(await coupled(engine)) == 1


@pytest.mark.rule("A5")
async def test_what_a_person_uncoupled_is_not_matched_again(engine: Engine) -> None:
    mine, theirs = await engine.coupled()
    assert (await engine.api.delete("couplings/CUSTOMER", {"bc": mine.id})).status == 200
    found = await dry(engine, criteria=NUMBER)
    assert (found["counts"]["matched"], found["counts"]["unmatchedInBc"], found["counts"]["unmatchedInSales"]) == (0, 0, 0)
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER, "ids": [mine.id]})
    assert [each["outcome"] for each in answer.json["records"]] == ["skipped"]
    assert theirs.id not in (await coupled(engine)).values() or {each.life for each in await engine.couplings("CUSTOMER")} == {"tombstone"}


@pytest.mark.rule("A4")
async def test_a_row_that_another_mapping_of_the_same_table_holds_is_no_candidate(engine: Engine) -> None:
    _, theirs = await engine.coupled()
    engine.change("OTHERS", like="CUSTOMER")
    await engine.seed(customer("C2", displayName="Company C1"))
    found = await dry(engine, "OTHERS", criteria=[{"field": "displayName"}])
    assert found["counts"]["matched"] == 0
    assert theirs.id not in [each["id"] for each in found["unmatchedInSales"]["value"]]


async def test_large_tables_are_compared_by_a_job_and_the_report_is_fetched_when_it_is_ready(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.run.match.MOST_AT_ONCE", 1)
    mine, theirs = [customer("C1"), customer("C2")], account("A1", accountnumber="C1")
    await engine.seed(*mine, theirs)
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER, "dryRun": True})
    assert (answer.status, answer.headers["Location"]) == (202, f"/api/{answer.json['report']}")
    assert (await engine.api.get(answer.json["report"])).json["status"] == "in process"
    await engine.drain()
    assert pairs_of((await engine.api.get(answer.json["report"])).json) == {mine[0].id: theirs.id}
    assert await coupled(engine) == {} and await engine.problems() == []


async def test_very_many_ambiguous_records_are_counted_and_only_some_become_problems(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.run.match.MOST_PROBLEMS", 2)
    await engine.seed(*(customer(f"C{n}", city="Bonn") for n in range(4)), *(account(f"A{n}", address1_city="Bonn") for n in range(3)))
    job = await run(engine, criteria=[{"field": "city"}])
    assert job["totals"]["toSales"]["failed"] == 4
    assert len(await engine.problem_rows("CUSTOMER")) == 2


async def test_ten_times_the_rows_of_a_page_are_all_compared(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.run.candidates.PAGE", 2)
    mine, theirs = [customer(f"C{n}") for n in range(20)], [account(f"A{n}", accountnumber=f"C{n}") for n in range(20)]
    await engine.seed(*mine, *theirs)
    assert (await dry(engine, criteria=NUMBER))["counts"]["matched"] == 20


async def test_a_function_of_ones_own_has_the_last_word_on_a_pair(engine: Engine) -> None:
    mine, theirs = [customer("C1"), customer("C2")], [account("A1", accountnumber="C1"), account("A2", accountnumber="C2", name="Never")]
    await engine.seed(*mine, *theirs)

    def without_never(record: MappingRecord) -> list[Row]:
        return [row for row in record.candidates if row["name"] != "Never"]

    engine.change("CUSTOMER", extensions=Extensions(match=Function("extensions.py:without_never", lambda: without_never)))
    job = await run(engine, criteria=NUMBER)
    assert await coupled(engine) == {mine[0].id: theirs[0].id}
    assert job["totals"]["toSales"]["skipped"] == 1


async def test_a_match_that_was_given_up_is_a_problem_until_the_next_one_gets_through(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER})
    message = await engine.message()
    assert message
    await give_up(engine.environment, message)
    assert (await engine.api.get(f"jobs/{answer.json['job']}")).json["status"] == "error"
    assert [row.code for row in await engine.problem_rows("CUSTOMER")] == ["work_failed"]
    await run(engine, criteria=NUMBER)
    assert await engine.problem_rows("CUSTOMER") == []


@pytest.mark.rule("A2")
async def test_what_is_in_doubt_stays_so_and_is_made_by_no_look(engine: Engine) -> None:
    mine, twins = customer("C1", displayName="Adler"), [account(f"A{n}", name="ADLER") for n in (1, 2)]
    await engine.seed(mine, *twins)
    await engine.look("CUSTOMER")
    await run(engine, criteria=[{"field": "displayName"}], createNew="toSales")
    await engine.edit(mine, phoneNumber="12345")
    await engine.look("CUSTOMER")
    assert [row.code for row in await engine.problem_rows("CUSTOMER")] == ["ambiguous_match"]
    assert len(await engine.sales.rows("accounts")) == 2
    await engine.api.post("couplings/CUSTOMER", {"bc": mine.id, "sales": twins[0].id})
    assert await engine.problem_rows("CUSTOMER") == []
