"""The rules of merging two rows that are there: first merges (A3), what was held (B1), directions (B2, B3), groups (B4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mapping.field import Direction
from mapping.fields import from_sales
from mapping.model import Table, TableMapping
from mapping.policies import ConflictPolicy
from mapping.values import Side
from sync.heart.coupling import Held
from sync.heart.plan import Outcome, Pair, Run, StartRule
from sync.heart.reconcile import reconcile
from tests.engine.pairs import BC, CUSTOMER, ITEM, SALES, WORLD, carried_out, edited, named, pair, row, settled, written

RUN = Run()


def customers(bc: dict[str, object], sales: dict[str, object]) -> Pair:
    """A customer and an account that nothing is remembered of."""
    return pair(row(CUSTOMER, BC, **bc), row(CUSTOMER, SALES, **sales))


def in_step(bc: dict[str, object], sales: dict[str, object]) -> Pair:
    """A customer and an account that have been merged before."""
    return settled(CUSTOMER, customers(bc, sales))


STREET: tuple[dict[str, object], dict[str, object]] = (
    {"addressLine1": "High Street 1", "city": "Ulm"},
    {"address1_line1": "High Street 1", "address1_city": "Ulm"},
)


@pytest.mark.rule("A3")
def test_blanks_are_filled_from_the_other_side() -> None:
    plan = reconcile(CUSTOMER, customers({"displayName": "Alpha"}, {"telephone1": "123"}), WORLD, RUN)
    assert written(plan) == {BC: {"phoneNumber": "123"}, SALES: {"name": "Alpha"}}


@pytest.mark.rule("A3")
def test_equal_values_are_remembered_and_not_written() -> None:
    plan = reconcile(
        CUSTOMER, customers({"displayName": "Alpha", "country": "DE"}, {"name": "Alpha", "address1_country": "Germany"}), WORLD, RUN
    )
    assert not plan.steps
    assert plan.held["displayName"] == Held("Alpha", "Alpha")
    assert plan.outcomes[SALES] is Outcome.UNCHANGED


@pytest.mark.rule("A3")
@pytest.mark.parametrize(
    ("rule", "expected"),
    [(StartRule.BC_WINS, {SALES: {"name": "Alpha"}}), (StartRule.SALES_WINS, {BC: {"displayName": "Beta"}}), (StartRule.ASK, {})],
)
def test_the_start_rule_decides_where_both_hold_different_values(rule: StartRule, expected: dict[Side, object]) -> None:
    plan = reconcile(CUSTOMER, customers({"displayName": "Alpha"}, {"name": "Beta"}), WORLD, Run(start_rule=rule))
    assert written(plan) == expected
    assert named(plan) == ({"displayName": "conflicting_edits"} if rule is StartRule.ASK else {})


@pytest.mark.rule("A3")
def test_a_field_added_to_a_mapping_later_starts_by_the_start_rule() -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    later = replace(before, held={name: held for name, held in before.held.items() if name != "website"})
    plan = reconcile(CUSTOMER, edited(later, bc={"website": "a.de"}, sales={"websiteurl": "b.de"}), WORLD, RUN)
    assert written(plan) == {SALES: {"websiteurl": "a.de"}}


@pytest.mark.rule("B1")
def test_an_accepted_rounding_never_travels() -> None:
    start = pair(row(ITEM, BC, unitPrice=10.505), row(ITEM, SALES, price=10.505))
    before = settled(ITEM, start)
    plan = reconcile(ITEM, edited(before, bc={"displayName": "Bolt"}), WORLD, RUN)
    assert written(plan) == {SALES: {"name": "Bolt"}}


@pytest.mark.rule("B1")
def test_a_conflict_left_as_it_is_blocks_only_its_own_field() -> None:
    before = in_step({"displayName": "Alpha", "phoneNumber": "1"}, {"name": "Alpha", "telephone1": "1"})
    both = edited(before, bc={"displayName": "Beta", "phoneNumber": "2"}, sales={"name": "Gamma"})
    plan = reconcile(CUSTOMER, both, WORLD, RUN)
    assert named(plan) == {"displayName": "conflicting_edits"}
    assert "Beta" in plan.problems[0].detail and "Gamma" in plan.problems[0].detail and "Alpha" in plan.problems[0].detail
    assert written(plan) == {SALES: {"telephone1": "2"}}


@pytest.mark.rule("B2")
def test_defaults_of_a_record_born_on_the_receiving_side_overwrite_nothing() -> None:
    born = Pair(
        rows={SALES: row(CUSTOMER, SALES, name="Alpha", creditlimit=500, _ownerid_value="user-else")}, ids={BC: "bc-id", SALES: "sales-id"}
    )
    plan = reconcile(CUSTOMER, born, WORLD, Run(creates=frozenset({BC}), couples=True))
    assert plan.outcomes[BC] is Outcome.INSERTED
    after = carried_out(CUSTOMER, born, plan)
    assert not reconcile(CUSTOMER, after, WORLD, RUN).steps
    assert written(reconcile(CUSTOMER, edited(after, bc={"creditLimit": 700}), WORLD, RUN)) == {SALES: {"creditlimit": 700}}


@pytest.mark.rule("B2")
def test_an_edit_on_the_receiving_side_is_set_back_and_counted() -> None:
    before = in_step({"creditLimit": 100}, {"creditlimit": 100})
    plan = reconcile(CUSTOMER, edited(before, sales={"creditlimit": 900}), WORLD, RUN)
    assert written(plan) == {SALES: {"creditlimit": 100}}
    assert plan.set_back


@pytest.mark.rule("B2")
def test_a_field_from_sales_only_is_set_back_in_bc() -> None:
    note = TableMapping(
        name="NOTE", bc=Table(name="left"), sales=Table(name="right"), direction=Direction.FROM_SALES, fields=(from_sales("note", "note"),)
    )
    before = settled(note, pair({"id": "bc-id", "note": "old"}, {"id": "sales-id", "note": "new"}))
    assert before.rows[BC]["note"] == "new"
    plan = reconcile(note, edited(before, bc={"note": "typed in BC"}), WORLD, RUN)
    assert written(plan) == {BC: {"note": "new"}}
    assert plan.set_back


@pytest.mark.rule("B2")
def test_a_source_set_to_zero_by_somebody_travels() -> None:
    before = in_step({"creditLimit": 100}, {"creditlimit": 100})
    assert written(reconcile(CUSTOMER, edited(before, bc={"creditLimit": 0}), WORLD, RUN)) == {SALES: {"creditlimit": 0}}


@pytest.mark.rule("E9")
def test_a_number_typed_by_people_is_kept_at_the_first_merge() -> None:
    plan = reconcile(CUSTOMER, customers({"number": "C100"}, {"accountnumber": "OLD-7"}), WORLD, RUN)
    assert not plan.steps
    assert written(reconcile(CUSTOMER, customers({"number": "C100"}, {}), WORLD, RUN)) == {SALES: {"accountnumber": "C100"}}


@pytest.mark.rule("B3")
@pytest.mark.parametrize("side", list(Side))
def test_the_side_that_changed_wins(side: Side) -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    column = {BC: "displayName", SALES: "name"}
    plan = reconcile(CUSTOMER, edited(before, **{side.value: {column[side]: "Beta"}}), WORLD, RUN)
    assert written(plan) == {side.other: {column[side.other]: "Beta"}}


@pytest.mark.rule("B3")
def test_edits_to_different_fields_merge() -> None:
    before = in_step({"displayName": "Alpha", "phoneNumber": "1"}, {"name": "Alpha", "telephone1": "1"})
    plan = reconcile(CUSTOMER, edited(before, bc={"displayName": "Beta"}, sales={"telephone1": "2"}), WORLD, RUN)
    assert written(plan) == {SALES: {"name": "Beta"}, BC: {"phoneNumber": "2"}}
    assert not plan.problems


@pytest.mark.rule("B3")
def test_the_same_edit_on_both_sides_is_only_remembered() -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    plan = reconcile(CUSTOMER, edited(before, bc={"displayName": "Beta"}, sales={"name": "Beta"}), WORLD, RUN)
    assert not plan.steps
    assert plan.held == {"displayName": Held("Beta", "Beta")}


@pytest.mark.rule("B3")
@pytest.mark.parametrize(
    ("policy", "expected"),
    [(ConflictPolicy.BC_WINS, {SALES: {"name": "Beta"}}), (ConflictPolicy.SALES_WINS, {BC: {"displayName": "Gamma"}})],
)
def test_a_policy_decides_a_conflict(policy: ConflictPolicy, expected: dict[Side, object]) -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    both = edited(before, bc={"displayName": "Beta"}, sales={"name": "Gamma"})
    plan = reconcile(replace(CUSTOMER, conflict=policy), both, WORLD, RUN)
    assert written(plan) == expected
    assert not plan.problems


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.rule("B8")
@pytest.mark.parametrize(
    ("later", "expected"), [(60, {BC: {"displayName": "Gamma"}}), (-60, {SALES: {"name": "Beta"}}), (1, {}), (None, {})]
)
def test_the_newest_wins_unless_it_cannot_be_told(later: int | None, expected: dict[Side, object]) -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    both = edited(before, bc={"displayName": "Beta"}, sales={"name": "Gamma"})
    stamps = {BC: NOON} | ({} if later is None else {SALES: NOON + timedelta(seconds=later)})
    plan = reconcile(replace(CUSTOMER, conflict=ConflictPolicy.NEWEST), replace(both, stamps=stamps), WORLD, RUN)
    assert written(plan) == expected
    assert named(plan) == ({} if expected else {"displayName": "conflicting_edits"})


@pytest.mark.rule("B4")
def test_a_group_travels_whole() -> None:
    before = in_step(*STREET)
    plan = reconcile(CUSTOMER, edited(before, bc={"city": "Bonn"}), WORLD, RUN)
    assert {name: value for name, value in written(plan)[SALES].items() if value} == {
        "address1_line1": "High Street 1",
        "address1_city": "Bonn",
    }
    assert BC not in written(plan)


@pytest.mark.rule("B4")
def test_edits_to_different_members_of_a_group_are_one_conflict() -> None:
    before = in_step(*STREET)
    plan = reconcile(CUSTOMER, edited(before, bc={"city": "Bonn"}, sales={"address1_line1": "Low Street 2"}), WORLD, RUN)
    assert named(plan) == {"address": "conflicting_edits"}
    assert not plan.steps


@pytest.mark.rule("A3")
@pytest.mark.rule("B4")
def test_blank_members_of_a_group_are_filled_and_contradicting_ones_are_not_mixed() -> None:
    fills = reconcile(CUSTOMER, customers({"addressLine1": "High Street 1"}, {"address1_city": "Ulm"}), WORLD, RUN)
    assert written(fills) == {BC: {"city": "Ulm"}, SALES: {"address1_line1": "High Street 1"}}
    other = reconcile(CUSTOMER, customers({"addressLine1": "High Street 1", "city": "Bonn"}, {"address1_city": "Ulm"}), WORLD, RUN)
    assert written(other)[SALES]["address1_city"] == "Bonn"
    assert BC not in written(other)


@pytest.mark.rule("C1")
def test_a_coupled_record_outside_the_filters_gives_and_gets_nothing() -> None:
    before = in_step({"displayName": "Alpha"}, {"name": "Alpha"})
    outside = edited(before, bc={"displayName": "Beta", "blocked": "All"})
    plan = reconcile(CUSTOMER, outside, WORLD, RUN)
    assert not plan.steps and not plan.held and plan.why
    assert set(plan.outcomes.values()) == {Outcome.OUT_OF_FILTER}
    back = edited(outside, bc={"blocked": ""})
    assert written(reconcile(CUSTOMER, back, WORLD, RUN)) == {SALES: {"name": "Beta"}}
