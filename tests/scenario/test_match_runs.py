"""What a match does with its pairs: couple, synchronise, make the rest, and come through deaths and doubt (rules A1 to A5)."""

from __future__ import annotations

import pytest

from mapping.extensions import Extensions, Function
from mapping.extensions import Record as MappingRecord
from mapping.values import Row
from sync.heart.plan import Side
from sync.run.work import give_up
from tests.scenario.engine import Engine
from tests.scenario.matches import NUMBER, coupled, dry, pairs_of, run
from tests.scenario.world import Record, account, contact, customer, id_of, item, person, product, salesperson, unit_group

pytestmark = pytest.mark.rule("A1")


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
    assert (await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})).status == 200
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
    await engine.api.post("couplings/CUSTOMER", {"bcId": mine.id, "salesId": twins[0].id})
    assert await engine.problem_rows("CUSTOMER") == []
