"""The rules about values that cannot travel as they are: long texts (B5), missing partners (B6), one bad field (B9), a crash between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mapping.kinds import utf16
from mapping.values import Side
from sync.heart.coupling import Held
from sync.heart.plan import Outcome, Pair, Problem, Run
from sync.heart.reconcile import reconcile
from sync.heart.turns import with_turns
from tests.engine.pairs import BC, CONTACT, CUSTOMER, SALES, WORLD, carried_out, edited, named, partners, row, settled, written
from tests.engine.test_merge_rules import RUN, customers, in_step

LONG = "x" * 99 + "🦊 and more"
"""BC takes 100 UTF-16 units; the fox is the 100th and the 101st."""


@pytest.mark.rule("B5")
def test_a_long_text_is_cut_between_characters_and_stays_whole_where_it_is() -> None:
    before = customers({}, {"name": LONG})
    plan = reconcile(CUSTOMER, before, WORLD, RUN)
    assert written(plan) == {BC: {"displayName": "x" * 99}}
    assert plan.shortened
    after = carried_out(CUSTOMER, before, plan)
    assert after.rows[SALES]["name"] == LONG
    assert not reconcile(CUSTOMER, after, WORLD, RUN).steps


@pytest.mark.rule("B5")
def test_a_text_that_just_fits_in_utf_16_is_not_cut() -> None:
    name = "x" * 98 + "🦊"
    assert utf16(name) == 100
    plan = reconcile(CUSTOMER, customers({}, {"name": name}), WORLD, RUN)
    assert written(plan) == {BC: {"displayName": name}}
    assert not plan.shortened


@pytest.mark.rule("B5")
def test_a_cut_text_edited_on_the_short_side_would_lose_the_rest() -> None:
    before = in_step({}, {"name": LONG})
    plan = reconcile(CUSTOMER, edited(before, bc={"displayName": "short"}), WORLD, RUN)
    assert named(plan) == {"displayName": "text_would_be_lost"}
    assert not plan.steps


@pytest.mark.rule("B5")
def test_a_long_text_edited_on_the_long_side_is_cut_again() -> None:
    before = in_step({}, {"name": LONG})
    assert written(reconcile(CUSTOMER, edited(before, sales={"name": "y" + LONG}), WORLD, RUN))[BC]["displayName"] == "y" + "x" * 99
    assert not reconcile(CUSTOMER, edited(before, sales={"name": LONG + "!"}), WORLD, RUN).steps


@pytest.mark.rule("B5")
@pytest.mark.parametrize(
    ("column", "value", "unit"),
    [("telephone1", "1" * 40, "phoneNumber"), ("emailaddress1", "a" * 80 + "@b.de", "email"), ("fax", "2" * 31, "faxNumber")],
)
def test_numbers_and_addresses_are_never_cut(column: str, value: str, unit: str) -> None:
    plan = reconcile(CUSTOMER, customers({}, {column: value, "name": "Alpha"}), WORLD, RUN)
    assert named(plan) == {unit: "too_long"}
    assert written(plan) == {BC: {"displayName": "Alpha"}}


@pytest.mark.rule("B5")
def test_line_breaks_become_blanks_in_bc_and_stay_in_sales() -> None:
    before = customers({}, {"name": "Alpha\nBeta\tGamma"})
    plan = reconcile(CUSTOMER, before, WORLD, RUN)
    assert written(plan) == {BC: {"displayName": "Alpha Beta Gamma"}}
    assert not reconcile(CUSTOMER, carried_out(CUSTOMER, before, plan), WORLD, RUN).steps


@pytest.mark.rule("B6")
def test_an_option_without_partner_is_left_out_and_its_blank_never_travels_back() -> None:
    before = in_step({"paymentTermsId": "pt-2"}, {})
    assert before.held["paymentTermsId"] == Held("pt-2", None)
    plan = reconcile(CUSTOMER, edited(before, sales={"name": "Alpha"}), WORLD, RUN)
    assert written(plan) == {BC: {"displayName": "Alpha"}}
    assert [problem.left_out for problem in plan.problems] == [True]


@pytest.mark.rule("B6")
def test_what_was_left_out_is_written_when_the_partner_is_coupled() -> None:
    before = in_step({"paymentTermsId": "pt-2"}, {})
    later = replace(WORLD, partners={**WORLD.partners, "PAYMENT TERMS": partners(**{"pt-1": "31", "pt-2": "32"})})
    plan = reconcile(CUSTOMER, before, later, RUN)
    assert written(plan) == {SALES: {"paymenttermscode": 32}}
    assert not plan.problems


@pytest.mark.rule("B6")
def test_a_change_to_a_partner_that_is_not_coupled_blanks_sales_and_keeps_bc() -> None:
    before = in_step({"paymentTermsId": "pt-1"}, {"paymenttermscode": 31})
    plan = reconcile(CUSTOMER, edited(before, bc={"paymentTermsId": "pt-2"}), WORLD, RUN)
    assert written(plan) == {SALES: {"paymenttermscode": None}}
    assert plan.held["paymentTermsId"] == Held("pt-2", None)


@pytest.mark.rule("B6")
def test_a_new_record_waits_for_the_partner_it_needs() -> None:
    alone = Pair(rows={BC: row(CUSTOMER, BC, displayName="Alpha", currencyId="cu-gbp")}, ids={BC: "bc-id", SALES: "sales-id"})
    plan = reconcile(CUSTOMER, alone, WORLD, Run(creates=frozenset({SALES}), couples=True))
    assert plan.outcomes == {SALES: Outcome.WAITING}
    assert not plan.steps
    [problem] = plan.problems
    assert problem.waits and (problem.waits.mapping, problem.waits.id) == ("CURRENCY", "cu-gbp")


@pytest.mark.rule("D4")
def test_a_parent_in_sales_is_compared_by_its_coupling() -> None:
    before = settled(CONTACT, Pair(rows={side: row(CONTACT, side) for side in Side}, ids={BC: "bc-id", SALES: "sales-id"}, coupled=True))
    plan = reconcile(CONTACT, edited(before, bc={"companyNumber": "C2"}), WORLD, RUN)
    assert written(plan) == {SALES: {"parentcustomerid_account@odata.bind": "/accounts(account-2)"}}


@pytest.mark.rule("B9")
def test_one_bad_field_holds_back_only_itself() -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    bad = edited(before, sales={"emailaddress1": "broken", "telephone1": "call me", "name": "Beta", "address1_country": "Atlantis"})
    plan = reconcile(CUSTOMER, bad, WORLD, RUN)
    assert named(plan) == {"email": "invalid_value", "phoneNumber": "invalid_value", "address": "unknown_country"}
    assert written(plan) == {BC: {"displayName": "Beta"}}
    assert not {"email", "phoneNumber", "address"} & plan.held.keys()


@pytest.mark.rule("B9")
def test_a_unit_that_a_service_refused_is_left_out_of_the_next_attempt() -> None:
    before = edited(in_step({"displayName": "Alpha"}, {"name": "Alpha"}), bc={"displayName": "Beta", "phoneNumber": "1"})
    refused = Problem(code="invalid_value", detail="Sales says no", field="phoneNumber")
    plan = reconcile(CUSTOMER, before, WORLD, RUN, {"phoneNumber": refused})
    assert written(plan) == {SALES: {"name": "Beta"}}
    [problem] = plan.problems
    assert replace(problem, values=None, held=None) == refused
    assert "phoneNumber" not in plan.held


def crashed() -> Pair:
    """BC's edit was carried to Sales by a worker who died before he could remember it."""
    before = edited(in_step({"displayName": "Alpha"}, {"name": "Alpha"}), bc={"displayName": "Beta"})
    plan = reconcile(CUSTOMER, before, WORLD, RUN)
    return replace(carried_out(CUSTOMER, before, plan), held=before.held, intent=plan.intent)


@pytest.mark.rule("C6")
def test_what_a_crashed_worker_wrote_counts_as_agreed() -> None:
    plan = reconcile(CUSTOMER, crashed(), WORLD, RUN)
    assert not plan.steps and not plan.problems
    assert plan.arrived["displayName"] == Held("Beta", "Beta")


@pytest.mark.rule("C6")
@pytest.mark.parametrize("name", ["Alpha", "Gamma"])
def test_an_edit_of_the_source_after_a_crash_travels_also_when_it_puts_the_old_value_back(name: str) -> None:
    plan = reconcile(CUSTOMER, edited(crashed(), bc={"displayName": name}), WORLD, RUN)
    assert written(plan) == {SALES: {"name": name}}


@pytest.mark.rule("C6")
@pytest.mark.parametrize("source", ["Alpha", "Beta", "Delta"])
def test_an_edit_over_what_a_crashed_worker_wrote_is_never_written_over(source: str) -> None:
    plan = reconcile(CUSTOMER, edited(crashed(), bc={"displayName": source}, sales={"name": "Gamma"}), WORLD, RUN)
    assert named(plan) == {"displayName": "conflicting_edits"}
    assert not plan.steps


@pytest.mark.rule("C6")
def test_an_intent_that_never_got_through_is_planned_again() -> None:
    torn = crashed()
    plan = reconcile(CUSTOMER, edited(torn, sales={"name": "Alpha"}), WORLD, RUN)
    assert written(plan) == {SALES: {"name": "Beta"}}


@pytest.mark.rule("D1")
def test_an_amount_moves_with_a_currency_that_could_not_be_carried_before() -> None:
    before = in_step({"currencyId": "cu-gbp", "creditLimit": 100}, {"_transactioncurrencyid_value": "euro", "creditlimit": 100})
    assert "currencyId" not in before.held
    plan = reconcile(CUSTOMER, edited(before, bc={"currencyId": "cu-usd"}), WORLD, RUN)
    assert written(plan) == {SALES: {"transactioncurrencyid@odata.bind": "/transactioncurrencies(dollar)", "creditlimit": 125}}


@pytest.mark.rule("B7")
def test_two_systems_that_rewrite_each_other_are_stopped_at_the_third_alternation() -> None:
    present = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    told = []
    for side, rewritten in [(BC, {"displayName": "Beta"}), (SALES, {"name": "Gamma"})] * 2:
        present = edited(present, **{side.value: rewritten})
        plan = reconcile(CUSTOMER, present, WORLD, RUN)
        told.append(named(plan))
        turns = with_turns(present.turns, CUSTOMER, plan.intent, WORLD.now)
        present = replace(carried_out(CUSTOMER, present, plan), turns=turns)
    assert told == [{}, {}, {}, {"displayName": "ping_pong"}]
    tomorrow = replace(WORLD, now=WORLD.now + timedelta(days=2))
    assert written(reconcile(CUSTOMER, present, tomorrow, RUN)) == {BC: {"displayName": "Gamma"}}
