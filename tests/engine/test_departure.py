"""Properties of what follows when rows are gone or leave (rules C1, C2): pure, for every policy and every state of both rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.customers import CUSTOMER
from mapping.model import TableMapping
from mapping.policies import Bound, DeletionPolicy, LeavingPolicy
from mapping.steps import Delete, Update
from mapping.values import Side
from mapping.world import World
from sync.heart.coupling import DEPARTED, Held
from sync.heart.departure import counterpart_gone, departed, forgotten, returned
from sync.heart.plan import Act, Pair

WORLD = World()
IDS = {Side.BC: "bc-1", Side.SALES: "sales-1"}
BLOCKED = st.sampled_from(["_x0020_", "Ship", "All"])
STATES = st.sampled_from([(0, 1), (1, 2)])


def pair(blocked: str, state: tuple[int, int], held: dict[str, Held] | None = None) -> Pair:
    rows: dict[Side, Any] = {
        Side.BC: {"blocked": blocked, "@odata.etag": "b"},
        Side.SALES: {"customertypecode": 3, "statecode": state[0], "statuscode": state[1], "@odata.etag": "s"},
    }
    return Pair(rows=rows, ids=IDS, held=held or {}, coupled=True)


def left(which: Pair) -> list[Side]:
    return [side for side in Side if CUSTOMER.outside(side, which.rows[side], WORLD)]


def applied(which: Pair, updates: list[Update]) -> Pair:
    rows = dict(which.rows)
    for step in updates:
        rows[step.side] = {**rows[step.side], **step.values}
    return replace(which, rows=rows)


def policy(which: LeavingPolicy) -> TableMapping:
    return replace(CUSTOMER, leaving=which)


@given(blocked=BLOCKED, state=STATES)
def test_by_default_nothing_follows_from_leaving(blocked: str, state: tuple[int, int]) -> None:
    assert departed(CUSTOMER, pair(blocked, state), WORLD, "why") is None


@given(blocked=BLOCKED, state=STATES)
def test_a_counterpart_is_deactivated_only_while_the_other_side_alone_is_outside(blocked: str, state: tuple[int, int]) -> None:
    which = pair(blocked, state)
    plan = departed(policy(LeavingPolicy.DEACTIVATE_COUNTERPART), which, WORLD, "why")
    assert (plan is not None) == (len(left(which)) == 1)
    if plan:
        assert [step.side for step in plan.steps] == [left(which)[0].other]
        assert plan.act is Act.DEACTIVATE


@given(blocked=BLOCKED, state=STATES)
def test_leaving_and_returning_puts_the_counterpart_back_as_it_was(blocked: str, state: tuple[int, int]) -> None:
    which, mapping = pair(blocked, state), policy(LeavingPolicy.DEACTIVATE_COUNTERPART)
    plan = departed(mapping, which, WORLD, "why")
    if plan is None:
        return
    who = left(which)[0]
    away = replace(applied(which, [step for step in plan.steps if isinstance(step, Update)]), held=dict(plan.held))
    assert departed(mapping, away, WORLD, "why") is None, "once is enough"
    assert returned(mapping, away, WORLD)[1] == {}
    states: dict[Side, dict[str, Any]] = {Side.BC: {"blocked": "_x0020_"}, Side.SALES: {"statecode": 0, "statuscode": 1}}
    inside = states[who]
    home = replace(away, rows={**away.rows, who: {**away.rows[who], **inside}})
    seen, values = returned(mapping, home, WORLD)
    assert seen.rows[who.other] == which.rows[who.other]
    assert left(seen) == []
    assert list(values) == [who.other]
    assert forgotten(CUSTOMER, home) == {DEPARTED: Held(None, None)}


@given(other=st.sampled_from([(1, 5), (0, 1)]))
def test_what_a_person_changed_since_is_left_alone(other: tuple[int, int]) -> None:
    held = {DEPARTED: Held("left", (0, 1))}
    assert returned(policy(LeavingPolicy.DEACTIVATE_COUNTERPART), pair("_x0020_", other, held), WORLD)[1] == {}


@pytest.mark.parametrize("survivor", list(Side))
@given(which=st.sampled_from(list(DeletionPolicy)), blocked=BLOCKED, state=STATES)
def test_only_the_survivor_is_ever_written_and_on_the_version_that_was_read(
    survivor: Side, which: DeletionPolicy, blocked: str, state: tuple[int, int]
) -> None:
    whole = pair(blocked, state)
    lone = replace(whole, rows={survivor: whole.rows[survivor]})
    outside = CUSTOMER.outside(survivor, lone.rows[survivor], WORLD)
    assert not outside or isinstance(outside, str)
    plan = counterpart_gone(replace(CUSTOMER, deletion=which), lone, survivor, outside, WORLD)
    assert all(isinstance(step, Delete | Update) and step.side is survivor and step.version for step in plan.steps)
    deleting = (DeletionPolicy.DELETE_COUNTERPART, DeletionPolicy.DELETE_UNCHANGED)
    assert any(isinstance(step, Delete) for step in plan.steps) == (which in deleting)
    assert (plan.act is None) == bool(plan.problems or plan.why)
    assert bool(plan.problems) == (which in (DeletionPolicy.MANUAL, DeletionPolicy.FOLLOW_SOURCE)), "neither side is the source"


@given(couplings=st.integers(0, 10**6), percent=st.integers(0, 100), least=st.integers(0, 1000))
def test_the_bound_is_never_below_its_least_and_grows_with_the_couplings(couplings: int, percent: int, least: int) -> None:
    bound = Bound(percent=percent, least=least)
    assert bound.of(couplings) >= least
    assert bound.of(couplings + 1) >= bound.of(couplings)
    assert bound.of(couplings) <= max(least, couplings * percent / 100)
