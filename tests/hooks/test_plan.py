"""What is done to Business Central's subscriptions, for whatever there is: one is left for each table, and then nothing to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.hooks.actions import Do
from sync.hooks.business_central import RENEW, Action, Present, Wanted, plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIFE = timedelta(days=3)
URL, STATE = "https://couplet.example.com/api/hooks/business-central?key=k", "s"
RESOURCES = [f"/api/v2.0/companies(c)/{table}" for table in ("customers", "items", "contacts")]


@st.composite
def present(draw: st.DrawFn) -> Present:
    """A subscription of ours in whatever state."""
    return Present(
        id=draw(st.uuids()).hex,
        resource=draw(st.sampled_from([*RESOURCES, "/api/v2.0/companies(c)/currencies"])),
        url=draw(st.sampled_from([URL, "https://old.example.com"])),
        state=draw(st.sampled_from([STATE, "old"])),
        expires=NOW + timedelta(hours=draw(st.integers(-80, 80))),
        version="v",
    )


def carried_out(actions: Sequence[Action], mine: Sequence[Present]) -> list[Present]:
    """The subscriptions afterwards, if nothing stands in the way."""
    after = {each.id: each for each in mine}
    for number, action in enumerate(actions):
        if action.do is Do.DROP and action.present:
            del after[action.present.id]
        elif action.do in (Do.MAKE, Do.RENEW) and action.wanted:
            id_ = action.present.id if action.present else f"new {number}"
            after[id_] = Present(
                id=id_, resource=action.resource, url=action.wanted.url, state=action.wanted.state, expires=NOW + LIFE, version="v2"
            )
    return list(after.values())


@given(st.lists(present(), max_size=12), st.sets(st.sampled_from(RESOURCES)))
def test_one_is_left_for_each_table_and_a_second_round_has_nothing_to_do(mine: list[Present], resources: set[str]) -> None:
    wanted = {each: Wanted(resource=each, url=URL, state=STATE) for each in resources}
    actions = plan(wanted, mine, NOW)
    after = carried_out(actions, mine)
    assert sorted(each.resource for each in after) == sorted(resources)
    assert all((each.url, each.state) == (URL, STATE) and each.expires - NOW >= RENEW for each in after)
    assert {action.do for action in plan(wanted, after, NOW)} <= {Do.KEEP}


@given(st.lists(present(), max_size=12))
def test_what_is_good_is_kept_and_no_more_is_asked_of_bc_than_needed(mine: list[Present]) -> None:
    wanted = {each: Wanted(resource=each, url=URL, state=STATE) for each in RESOURCES}
    actions = plan(wanted, mine, NOW)
    good = {each.resource for each in mine if (each.url, each.state) == (URL, STATE) and each.expires - NOW >= RENEW}
    assert good & set(RESOURCES) == {action.resource for action in actions if action.do is Do.KEEP}
    alive = {each.resource for each in mine if each.expires > NOW} & set(RESOURCES)
    assert {action.resource for action in actions if action.do is Do.MAKE} == set(RESOURCES) - alive
    order = [list(Do).index(action.do) for action in actions]
    assert order == sorted(order), "room is made first"
