"""What people are shown of a plan is what the plan does: every value once, from what stands there to what will."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mapping.model import TableMapping
from mapping.steps import Create, Update
from sync.desk.preview import Change, changes
from sync.heart.plan import Pair, Plan, Run, StartRule
from sync.heart.reconcile import reconcile
from tests.engine.pairs import WORLD, carried_out, members
from tests.engine.test_reconcile_properties import histories, often, starts
from tests.in_force import IN_FORCE

RUNS = st.builds(Run, start_rule=st.sampled_from(StartRule), unconditional=st.booleans())


@often
@given(starts() | histories(), RUNS)
def test_every_value_that_is_written_is_shown_with_what_stands_there_and_what_will(case: tuple[str, Pair], run: Run) -> None:
    mapping, before = IN_FORCE[case[0]], case[1]
    plan = reconcile(mapping, before, WORLD, run)
    after = carried_out(mapping, before, plan)
    for change in shown(mapping, before, plan):
        member = next((each for each in members(mapping) if each.name == change.field), None)
        if member is not None:
            assert change.old == member.read(change.side, before.rows[change.side], WORLD)
            assert change.new == member.read(change.side, after.rows[change.side], WORLD)


def shown(mapping: TableMapping, before: Pair, plan: Plan) -> list[Change]:
    """The changes of a plan: one for each value that it writes to the two rows, except columns of rules that hold it already."""
    told = changes(mapping, before, plan, WORLD)
    fields = [(change.side, change.field) for change in told]
    assert len(fields) == len(set(fields))
    for step in plan.steps:
        own = isinstance(step, Create | Update) and step.table == mapping.table(step.side).name
        values = step.values if own and isinstance(step, Create | Update) else {}
        named = {change.column for change in told if change.side is step.side}
        sent = {name.partition("@")[0] for name, value in values.items() if before.rows[step.side].get(name) != value}
        binds = {getattr(member.kind, "nav", ""): member.column(step.side) for member in members(mapping)}
        assert {binds.get(name, name) for name in sent} - named == set(), (sent, named)
    return told


@often
@given(histories())
def test_a_pair_in_step_shows_nothing(case: tuple[str, Pair]) -> None:
    mapping, before = IN_FORCE[case[0]], case[1]
    after = carried_out(mapping, before, reconcile(mapping, before, WORLD, Run()))
    again = reconcile(mapping, after, WORLD, Run())
    assert changes(mapping, after, again, WORLD) == []
