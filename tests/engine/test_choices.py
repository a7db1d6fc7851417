"""What a person decides about units in conflict (rules B1, B3, B4, B5), on pairs in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.policies import ConflictPolicy
from mapping.values import Side
from sync.heart.choice import EVERY_UNIT, Choice
from sync.heart.coupling import Held
from sync.heart.plan import Pair, Run, StartRule
from sync.heart.reconcile import reconcile
from tests.engine.pairs import BC, CUSTOMER, SALES, WORLD, carried_out, edited, named, pair, partners, row, settled, value, written

ADDRESS = {
    "addressLine1": "High Street 1",
    "addressLine2": None,
    "postalCode": "89073",
    "city": "Ulm",
    "country": None,
    "state": None,
}


def torn(bc: dict[str, object], sales: dict[str, object]) -> Pair:
    """A customer in step, then edited on both sides."""
    before = settled(CUSTOMER, pair(row(CUSTOMER, BC, displayName="Alpha"), row(CUSTOMER, SALES, name="Alpha")))
    return edited(before, bc=bc, sales=sales)


NAMES = torn({"displayName": "Beta"}, {"name": "Gamma"})


def decided(before: Pair, **choices: Choice) -> Pair:
    """The pair after a run with these choices, which is at rest then."""
    plan = reconcile(CUSTOMER, before, WORLD, Run(choices=choices))
    assert not plan.problems
    after = carried_out(CUSTOMER, before, plan)
    assert not reconcile(CUSTOMER, after, WORLD, Run()).steps
    assert not reconcile(CUSTOMER, after, WORLD, Run(choices=choices)).steps
    return after


@pytest.mark.rule("B3")
def test_a_conflict_shows_both_values_and_what_each_side_held() -> None:
    [problem] = reconcile(CUSTOMER, NAMES, WORLD, Run()).problems
    assert problem.values == {BC: "Beta", SALES: "Gamma"}
    assert problem.held == Held("Alpha", "Alpha")


@pytest.mark.rule("B3")
@pytest.mark.parametrize(("side", "expected"), [(BC, "Beta"), (SALES, "Gamma")])
def test_the_side_that_a_person_takes_is_on_both(side: Side, expected: str) -> None:
    after = decided(NAMES, displayName=Choice(side=side))
    assert [value(CUSTOMER, after, "displayName", each) for each in Side] == [expected, expected]


@pytest.mark.rule("B3")
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=90).map(str.strip).filter(bool))
def test_a_typed_value_is_on_both(text: str) -> None:
    after = decided(NAMES, displayName=Choice(typed={"displayName": text}))
    assert [value(CUSTOMER, after, "displayName", each) for each in Side] == [text, text]


@pytest.mark.rule("B1")
def test_what_was_left_as_it_is_never_travels_and_a_later_edit_does() -> None:
    after = decided(NAMES, displayName=Choice())
    assert [value(CUSTOMER, after, "displayName", each) for each in Side] == ["Beta", "Gamma"]
    later = edited(after, sales={"name": "Delta"})
    assert written(reconcile(CUSTOMER, later, WORLD, Run())) == {BC: {"displayName": "Delta"}}


@pytest.mark.rule("B3")
def test_a_choice_about_other_values_than_stand_there_now_is_not_carried_out() -> None:
    plan = reconcile(CUSTOMER, NAMES, WORLD, Run(choices={"displayName": Choice(side=BC, seen={BC: "Beta", SALES: "Old"})}))
    assert not plan.steps
    assert named(plan) == {"displayName": "conflicting_edits"}


@pytest.mark.rule("B3")
def test_one_side_for_all_decides_conflicts_and_nothing_else() -> None:
    before = torn({"displayName": "Beta", "phoneNumber": "1"}, {"name": "Gamma", "emailaddress1": "a@b.de"})
    plan = reconcile(CUSTOMER, before, WORLD, Run(choices={EVERY_UNIT: Choice(side=SALES, code="conflicting_edits")}))
    assert written(plan) == {BC: {"displayName": "Gamma", "email": "a@b.de"}, SALES: {"telephone1": "1"}}


@pytest.mark.rule("B4")
def test_a_group_is_typed_member_by_member() -> None:
    before = torn({"city": "Ulm"}, {"address1_city": "Bonn", "address1_line1": "Low Street"})
    after = decided(before, address=Choice(typed=ADDRESS))
    assert value(CUSTOMER, after, "address", BC) == value(CUSTOMER, after, "address", SALES) == tuple(ADDRESS.values())


@pytest.mark.rule("B3")
@pytest.mark.parametrize(
    ("unit", "bc", "sales", "typed", "code"),
    [
        ("displayName", {"displayName": "Beta"}, {"name": "Gamma"}, "x" * 101, "too_long"),
        ("email", {"email": "a@b.de"}, {"emailaddress1": "c@d.de"}, "nobody", "invalid_value"),
        ("paymentTermsId", {"paymentTermsId": "t1"}, {"paymenttermscode": 77}, "no-such-terms", "waiting_for_parent"),
    ],
)
def test_a_typed_value_that_a_side_cannot_take_is_refused(
    unit: str, bc: dict[str, object], sales: dict[str, object], typed: str, code: str
) -> None:
    plan = reconcile(CUSTOMER, torn(bc, sales), WORLD, Run(choices={unit: Choice(typed={unit: typed})}))
    assert not any(step.side for step in plan.steps)
    assert named(plan) == {unit: code}


@pytest.mark.rule("B3", "B4")
@pytest.mark.parametrize(("policy", "expected"), [("bcWins", {SALES: {"name": "Beta"}}), ("salesWins", {BC: {"displayName": "Gamma"}})])
def test_the_policy_of_one_field_or_group_goes_before_that_of_the_mapping(policy: str, expected: dict[Side, Any]) -> None:
    mapping = replace(CUSTOMER, conflicts={"displayName": ConflictPolicy(policy)})
    before = edited(NAMES, bc={"city": "Ulm"}, sales={"address1_city": "Bonn"})
    plan = reconcile(mapping, before, WORLD, Run())
    assert written(plan) == expected
    assert named(plan) == {"address": "conflicting_edits"}


@pytest.mark.rule("A3")
def test_what_was_asked_at_the_first_merge_stays_asked_in_later_runs() -> None:
    before = pair(row(CUSTOMER, BC, displayName="Alpha"), row(CUSTOMER, SALES, name="Beta"))
    first = reconcile(CUSTOMER, before, WORLD, Run(start_rule=StartRule.ASK))
    assert first.asked == frozenset({"displayName"})
    later = replace(carried_out(CUSTOMER, before, first), asked=first.asked)
    again = reconcile(CUSTOMER, later, WORLD, Run())
    assert not again.steps and again.asked == first.asked
    assert named(again) == {"displayName": "conflicting_edits"}
    chosen = reconcile(CUSTOMER, later, WORLD, Run(choices={"displayName": Choice(side=SALES)}))
    assert written(chosen) == {BC: {"displayName": "Beta"}}
    assert not chosen.asked


@pytest.mark.rule("B1", "B6")
@pytest.mark.parametrize(("bc", "sales"), [({"shippingAgentCode": ""}, "12"), ({"shippingAgentCode": "UPS"}, None)])
def test_a_reference_that_one_side_lacks_can_be_left_as_it_is(bc: dict[str, object], sales: str | None) -> None:
    world = replace(WORLD, partners={**WORLD.partners, "SHIPPING AGENT": partners(**{"sa-dhl": "11", "sa-ups": "12"})})
    start = pair(row(CUSTOMER, BC, shippingAgentCode="DHL"), row(CUSTOMER, SALES, address1_shippingmethodcode="11"))
    before = edited(settled(CUSTOMER, start, world), bc=bc, sales={"address1_shippingmethodcode": sales})
    assert named(reconcile(CUSTOMER, before, world, Run())) == {"shippingAgentCode": "conflicting_edits"}
    left = carried_out(CUSTOMER, before, reconcile(CUSTOMER, before, world, Run(choices={"shippingAgentCode": Choice()})), world)
    again = reconcile(CUSTOMER, left, world, Run())
    assert not again.steps and not again.problems
    taken = reconcile(CUSTOMER, before, world, Run(choices={"shippingAgentCode": Choice(side=BC)}))
    assert not taken.problems and taken.steps
