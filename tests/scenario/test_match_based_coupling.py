"""Match-based coupling through the HTTP API: who belongs to whom, looked at first (rules A1, A3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.engine import Engine
from tests.scenario.matches import NUMBER, coupled, dry, pairs_of, run
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("A1")


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
    assert answer.json["records"] == [{"bcId": mine.id, "salesId": theirs[0].id, "outcome": "coupled", "problem": None}]
    assert await coupled(engine) == {mine.id: theirs[0].id}
    assert (await engine.api.get(f"jobs/{answer.json['id']}")).json["status"] == "success"


@pytest.mark.case("T242")
@pytest.mark.feature("F057")
async def test_of_several_records_only_those_without_coupling_are_matched(engine: Engine) -> None:
    first, its = await engine.coupled()
    second, theirs = customer("C2"), account("A2", accountnumber="C2")
    await engine.seed(second, theirs)
    answer = await engine.api.post("couplings/CUSTOMER/match", {"criteria": NUMBER, "ids": [first.id, second.id]})
    assert {each["bcId"]: each["outcome"] for each in answer.json["records"]} == {first.id: "skipped", second.id: "coupled"}
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
