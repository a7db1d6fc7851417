"""What a person chooses is what both sides hold afterwards, whatever was edited before (rules B1, B3, B4)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.values import Side, Value
from sync.desk.filing import as_told
from sync.desk.resolve import from_told
from sync.heart.choice import EVERY_UNIT, Choice
from sync.heart.plan import Pair, Plan, Run
from sync.heart.reconcile import reconcile
from tests.engine.pairs import WORLD, carried_out
from tests.engine.test_reconcile_properties import histories, often, units_of
from tests.in_force import IN_FORCE

SIDES = st.sampled_from((Side.BC, Side.SALES, None))


def conflicts(plan: Plan) -> set[str]:
    """The units that a person has to decide."""
    return {one.field for one in plan.problems if one.field and one.code == "conflicting_edits"}


@settings(often, max_examples=60)
@given(histories(), st.data())
def test_a_chosen_side_is_on_both_and_what_was_left_stays(history: tuple[str, Pair], data: st.DataObject) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    first = reconcile(mapping, before, WORLD, Run())
    chosen = {name: data.draw(SIDES) for name in sorted(conflicts(first))}
    run = Run(choices={name: Choice(side=side) for name, side in chosen.items()})
    plan = reconcile(mapping, before, WORLD, run)
    after = carried_out(mapping, before, plan)
    then, now = units_of(mapping, before), units_of(mapping, after)
    refused = {one.field for one in plan.problems}
    for name, side in chosen.items():
        if name in refused:
            assert all(now[name].value(each) == then[name].value(each) for each in Side), f"{name} was refused and yet written"
        elif side is None:
            assert all(now[name].value(each) == then[name].value(each) for each in Side)
        else:
            assert now[name].value(side) == then[name].value(side) and now[name].same()
    again = reconcile(mapping, after, WORLD, run)
    assert not again.steps and not again.held


@settings(often, max_examples=60)
@given(histories(), SIDES)
def test_one_side_for_all_decides_every_conflict_and_touches_nothing_else(history: tuple[str, Pair], side: Side | None) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    first = reconcile(mapping, before, WORLD, Run())
    plan = reconcile(mapping, before, WORLD, Run(choices={EVERY_UNIT: Choice(side=side, code="conflicting_edits")}))
    kept = {name: held for name, held in plan.held.items() if name not in conflicts(first)}
    assert kept == first.held or any(unit.name in conflicts(first) for unit in mapping.fields if unit.name.startswith("currency"))


@settings(often, max_examples=60)
@given(histories())
def test_what_a_person_sees_is_what_he_can_send_back(history: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[history[0]], history[1]
    for unit in (mapping.unit(name) for name in units_of(mapping, before)):
        for side in Side:
            value: Value = units_of(mapping, before)[unit.name].value(side)
            assert from_told(unit, as_told(unit, value)) == value
