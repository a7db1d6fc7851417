"""What holds for every pair of rows, whatever they hold: convergence, no edit lost, conflicts only where there is one."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mapping.field import Direction, FieldMapping
from mapping.kinds import Country, Email, Exact, LocalMoney, Number, Phone
from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.steps import Update
from mapping.values import Row, Side
from sync.heart.plan import Pair, Plan, Run, StartRule
from sync.heart.present import Present, read_unit
from sync.heart.reconcile import reconcile
from tests.engine.pairs import BC, CONTACT, CUSTOMER, IDS, ITEM, SALES, WORLD, carried_out, edited, members, pair, row, settled, written
from tests.in_force import IN_FORCE

often = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

LONG = "Alpha " * 16 + "🦊🦊 and more than the other side takes"
POOLS: Mapping[type, Mapping[Side, tuple[Any, ...]]] = {
    Email: {BC: ("", "a@b.de", "A@B.de", "c@d.de"), SALES: (None, "a@b.de", "c@d.de", "broken", "x" * 85 + "@b.de")},
    Phone: {BC: ("", "+49 1", "+49 2"), SALES: (None, "+49 1", "+49 2", "call me", "1" * 40)},
    Exact: {BC: ("", "X1", "Y2"), SALES: (None, "X1", "x1", "Z3")},
    Country: {BC: ("", "DE", "FR"), SALES: (None, "DE", "Deutschland", "France", "Atlantis")},
    Number: {BC: (0, 10.5, 10.505, -3), SALES: (None, 0, 10.5, 99)},
    LocalMoney: {BC: (0, 10.5, 10.505, -3), SALES: (None, 0, 10.5, 99)},
}
TEXTS: Mapping[Side, tuple[Any, ...]] = {BC: ("", "Alpha", "Beta"), SALES: (None, "Alpha", "alpha", "Gam\nma", LONG)}
NO_ID = "00000000-0000-0000-0000-000000000000"
REFERENCES: Mapping[str, Mapping[Side, tuple[Any, ...]]] = {
    "SALESPEOPLE": {BC: ("", "ANN", "BOB"), SALES: ("user-ann", "user-else")},
    "SHIPPING AGENT": {BC: ("", "DHL", "UPS"), SALES: (None, 11, 12)},
    "SHIPMENT METHOD": {BC: (NO_ID, "sm-1", "sm-2"), SALES: (None, 21, 22)},
    "PAYMENT TERMS": {BC: (NO_ID, "pt-1", "pt-2"), SALES: (None, 31, 32)},
    "CONTACT": {BC: ("", "K1", "K2"), SALES: (None, "person-1", "person-2")},
    "CUSTOMER": {BC: ("C1", "C2"), SALES: ("account-1", "account-2")},
    "UNIT OF MEASURE": {BC: ("un-1", "un-2"), SALES: ("group-1", "group-2")},
}
CURRENCIES: Mapping[str, Mapping[Side, tuple[Any, ...]]] = {
    "currencyId": {BC: (NO_ID, "cu-usd", "cu-gbp"), SALES: ("euro", "dollar")},
    "currencyCode": {BC: ("", "USD", "GBP"), SALES: ("euro", "dollar")},
    "": {BC: ("",), SALES: ("euro", "dollar")},
}


def pool(member: FieldMapping, side: Side) -> tuple[Any, ...]:
    """Few values for one column, so that both sides often meet."""
    if isinstance(member.kind, Lookup):
        return (CURRENCIES[member.bc] if member.kind.mapping == "CURRENCY" else REFERENCES[member.kind.mapping])[side]
    return POOLS.get(type(member.kind), TEXTS)[side]


@st.composite
def values(draw: DrawFn, mapping: TableMapping, side: Side, *, most: int | None = None) -> Row:
    """Values for all columns of one side, or for at most so many."""
    every = {member.shown(side): pool(member, side) for member in members(mapping)}
    names = sorted(every) if most is None else draw(st.lists(st.sampled_from(sorted(every)), max_size=most, unique=True))
    return {name: draw(st.sampled_from(every[name])) for name in names}


@st.composite
def starts(draw: DrawFn) -> tuple[str, Pair]:
    """The name of a mapping, and two rows that nothing is remembered of."""
    mapping = draw(st.sampled_from((CUSTOMER, CONTACT, ITEM)))
    return mapping.name, pair(*(row(mapping, side, **draw(values(mapping, side))) for side in Side))


@st.composite
def histories(draw: DrawFn) -> tuple[str, Pair]:
    """The name of a mapping, and two rows that were in step, as far as they could be, and were edited on either side."""
    name, start = draw(starts())
    mapping = IN_FORCE[name]
    before = settled(mapping, settled(mapping, start))
    return name, edited(before, **{side.value: draw(values(mapping, side, most=4)) for side in Side})


RUNS = st.builds(Run, start_rule=st.sampled_from(StartRule))


def units_of(mapping: TableMapping, shown: Pair) -> dict[str, Present]:
    """What both sides hold, unit by unit."""
    read = {unit.name: read_unit(unit, shown, WORLD) for unit in mapping.fields}
    return {name: one for name, one in read.items() if isinstance(one, Present)}


def changed_sides(one: Present, shown: Pair) -> set[Side]:
    """The sides that hold something else than is remembered of them."""
    held = shown.held[one.unit.name]
    return {side for side in Side if one.value(side) != held.of(side)}


def touched(mapping: TableMapping, plan: Plan, name: str, side: Side) -> bool:
    """Whether a plan writes a unit on one side."""
    unit = mapping.unit(name)
    names = {member.column(side) for member in unit.members}
    names |= {f"{member.kind.nav}@odata.bind" for member in unit.members if isinstance(member.kind, Lookup) and member.kind.nav}
    return bool(names & written(plan).get(side, {}).keys())


@often
@given(starts(), RUNS)
def test_a_first_run_leaves_nothing_to_write(start: tuple[str, Pair], run: Run) -> None:
    mapping, before = IN_FORCE[start[0]], start[1]
    assert_at_rest(mapping, settled(mapping, before, run=run), run)


@often
@given(histories())
def test_a_later_run_leaves_nothing_to_write(history: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    assert_at_rest(mapping, settled(mapping, before), Run())


def assert_at_rest(mapping: TableMapping, after: Pair, run: Run) -> None:
    """Another run writes nothing to either side and has nothing to remember."""
    again = reconcile(mapping, after, WORLD, run)
    assert not again.steps
    assert not again.held


@pytest.mark.case("T053")
@often
@given(st.sampled_from(("CUSTOMER", "CONTACT", "ITEM-PRODUCT")), st.sampled_from(Side), st.data())
def test_a_row_just_made_leaves_nothing_to_write(name: str, side: Side, data: st.DataObject) -> None:
    mapping = IN_FORCE[name]
    alone = Pair(rows={side: row(mapping, side, **data.draw(values(mapping, side)))}, ids=IDS)
    plan = reconcile(mapping, alone, WORLD, Run(creates=frozenset(Side), couples=True))
    if plan.creates:
        after = carried_out(mapping, alone, plan)
        assert not reconcile(mapping, after, WORLD, Run()).steps
        assert_at_rest(mapping, settled(mapping, after), Run())
    else:
        assert not plan.steps and plan.problems


@often
@given(histories())
def test_what_was_changed_on_one_side_is_on_both_or_a_problem(history: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    plan = reconcile(mapping, before, WORLD, Run())
    after = units_of(mapping, carried_out(mapping, before, plan))
    in_trouble = {problem.field for problem in plan.problems}
    for name, one in units_of(mapping, before).items():
        if one.unit.direction is Direction.BOTH and name in before.held and name not in in_trouble:
            for side in changed_sides(one, before):
                assert after[name].value(side) == one.value(side), f"{name}: the edit in {side} is gone"
                assert after[name].same(), f"{name}: the edit in {side} did not travel"


@often
@given(histories())
def test_conflicts_are_only_where_both_sides_changed_to_different_values(history: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    plan = reconcile(mapping, before, WORLD, Run())
    shown = units_of(mapping, before)
    conflicts = {problem.field or "" for problem in plan.problems if problem.code == "conflicting_edits"}
    for name, one in shown.items():
        both = one.unit.direction is Direction.BOTH and name in before.held and changed_sides(one, before) == set(Side)
        assert (name in conflicts) == (both and not one.same()), name
        if name in conflicts:
            assert not any(touched(mapping, plan, name, side) for side in Side)


@often
@given(histories())
def test_one_way_fields_equal_their_source_and_are_never_written_there(history: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    plan = reconcile(mapping, before, WORLD, Run())
    after = units_of(mapping, carried_out(mapping, before, plan))
    in_trouble = {problem.field for problem in plan.problems}
    for name, one in after.items():
        if one.unit.direction is Direction.TO_SALES:
            assert not touched(mapping, plan, name, BC)
            nobody_filled_it = one.blank(BC) or one.unit.members[0].keep_typed
            assert name in in_trouble or nobody_filled_it or one.same(), name


@often
@given(histories())
def test_what_nobody_touched_is_not_written(history: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    plan = reconcile(mapping, before, WORLD, Run())
    amounts = {unit.name for unit in mapping.fields if isinstance(unit.members[0].kind, LocalMoney)}
    for name, one in units_of(mapping, before).items():
        if name in before.held and name not in amounts and not changed_sides(one, before):
            assert not any(touched(mapping, plan, name, side) for side in Side), name


@often
@given(histories(), RUNS, st.data())
def test_absent_columns_are_unknown_never_blank(history: tuple[str, Pair], run: Run, data: st.DataObject) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    side = data.draw(st.sampled_from(Side))
    member = data.draw(st.sampled_from([member for member in members(mapping) if member.name not in ("companyNumber", "currencyId")]))
    name = next(unit.name for unit in mapping.fields if member in unit.members)
    short = {column: value for column, value in before.rows[side].items() if column != member.shown(side)}
    plan = reconcile(mapping, replace(before, rows={**before.rows, side: short}), WORLD, run)
    assert name not in plan.held
    assert name not in {problem.field for problem in plan.problems}
    assert name in ("unitCost", "currentCost") or not any(touched(mapping, plan, name, each) for each in Side)


@often
@given(histories(), RUNS)
def test_the_same_question_has_the_same_answer_and_changes_nothing(history: tuple[str, Pair], run: Run) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    asked = copy.deepcopy(before)
    assert reconcile(mapping, before, WORLD, run) == reconcile(mapping, asked, WORLD, run)
    assert before == asked


@often
@given(histories(), st.data())
def test_a_worker_who_dies_between_his_writes_leaves_no_conflict(history: tuple[str, Pair], data: st.DataObject) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    plan = reconcile(mapping, before, WORLD, Run())
    done = [step for step in plan.steps if isinstance(step, Update) and data.draw(st.booleans())]
    torn = carried_out(mapping, before, replace(plan, steps=tuple(done)))
    again = reconcile(mapping, replace(torn, held=before.held, intent=plan.intent), WORLD, Run())
    assert {problem.field for problem in again.problems} == {problem.field for problem in plan.problems}
    whole = carried_out(mapping, before, plan)
    assert carried_out(mapping, replace(torn, held=before.held), again).rows == whole.rows


@pytest.mark.feature("F074")
@often
@given(histories(), st.sampled_from(StartRule))
def test_an_unconditional_run_ends_in_step_and_a_second_one_has_nothing_to_do(history: tuple[str, Pair], rule: StartRule) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    run = Run(start_rule=rule, unconditional=True)
    assert_at_rest(mapping, settled(mapping, before, run=run), run)
