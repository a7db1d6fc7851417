"""Who belongs to whom among many rows: one to one, priority by priority, and the same whoever asks (rule A1)."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.values import Side
from sync.run.matching import MOST_CANDIDATES, Keys, Matching, match

pytestmark = pytest.mark.rule("A1")

PRIORITIES = 3
VALUES = st.frozensets(st.sampled_from([("a",), ("b",), ("c",), ("d",)]), max_size=2)
ONE_SIDE = st.lists(st.tuples(*([VALUES] * PRIORITIES)), max_size=7)


def rows(bc: Mapping[str, Keys], sales: Mapping[str, Keys]) -> dict[Side, Mapping[str, Keys]]:
    return {Side.BC: bc, Side.SALES: sales}


def of(*values: str) -> Keys:
    """A row by one value a priority; a blank is none."""
    return tuple(frozenset({(value,)}) if value else frozenset() for value in values)


def pairs(found: Matching) -> dict[str, str]:
    return {one.bc: one.sales for one in found.matched}


@st.composite
def worlds(draw: st.DrawFn) -> dict[Side, Mapping[str, Keys]]:
    return rows(*({f"{side}{place}": keys for place, keys in enumerate(draw(ONE_SIDE))} for side in Side))


def test_a_later_priority_finds_what_an_earlier_one_missed() -> None:
    found = match(rows({"b1": of("1", ""), "b2": of("2", "x")}, {"s1": of("1", ""), "s2": of("", "x")}))
    assert pairs(found) == {"b1": "s1", "b2": "s2"}
    assert [one.priority for one in found.matched] == [0, 1]


def test_an_earlier_priority_goes_before_a_later_one() -> None:
    assert pairs(match(rows({"b1": of("1", "x")}, {"s1": of("", "x"), "s2": of("1", "")}))) == {"b1": "s2"}


def test_a_later_priority_settles_among_the_candidates_only() -> None:
    twins = {"s1": of("1", "x"), "s2": of("1", "y"), "s3": of("", "z")}
    assert pairs(match(rows({"b1": of("1", "x")}, twins))) == {"b1": "s1"}
    other = match(rows({"b1": of("1", "z")}, twins))
    assert pairs(other) == {}
    assert [(one.id, one.candidates) for one in other.ambiguous] == [("b1", ("s1", "s2"))]
    assert other.unmatched[Side.SALES] == ["s3"]


def test_who_has_a_better_key_is_left_to_it() -> None:
    found = match(rows({"b1": of("1", ""), "b2": of("1", ""), "b3": of("", "x")}, {"s1": of("1", "x")}))
    assert pairs(found) == {}
    assert found.unmatched[Side.BC] == ["b3"]


def test_rivals_are_named() -> None:
    [first, second] = match(rows({"b1": of("1"), "b2": of("1")}, {"s1": of("1")})).ambiguous
    assert (first.id, first.candidates, first.rivals) == ("b1", ("s1",), ("b2",))
    assert (second.id, second.rivals) == ("b2", ("b1",))


def test_what_a_pairing_leaves_single_is_paired_too() -> None:
    bc, sales = {"b1": of("1", "x"), "b2": of("1", "")}, {"s1": of("1", "x"), "s2": of("1", "")}
    assert pairs(match(rows(bc, sales))) == {"b1": "s1", "b2": "s2"}


@given(worlds())
def test_it_is_one_to_one_and_every_pair_agrees(world: dict[Side, Mapping[str, Keys]]) -> None:
    found = match(world)
    assert len({one.sales for one in found.matched}) == len({one.bc for one in found.matched}) == len(found.matched)
    for one in found.matched:
        assert world[Side.BC][one.bc][one.priority] & world[Side.SALES][one.sales][one.priority]


@given(worlds())
def test_a_second_run_finds_nothing_new(world: dict[Side, Mapping[str, Keys]]) -> None:
    found = match(world)
    done = {Side.BC: {one.bc for one in found.matched}, Side.SALES: {one.sales for one in found.matched}}
    rest = {side: {id_: keys for id_, keys in world[side].items() if id_ not in done[side]} for side in Side}
    assert match(rest).matched == []


@given(worlds())
def test_no_row_is_forgotten(world: dict[Side, Mapping[str, Keys]]) -> None:
    found = match(world)
    for side in Side:
        paired = {one.bc if side is Side.BC else one.sales for one in found.matched}
        named = {one.id for one in found.ambiguous if one.side is side} | {
            id_ for one in found.ambiguous if one.side is side.other for id_ in one.candidates
        }
        unmatched = set(found.unmatched[side])
        assert paired | named | unmatched == set(world[side])
        assert not paired & unmatched and not named & (paired | unmatched)


@given(worlds())
def test_an_ambiguous_row_names_its_candidates_and_they_agree_with_it(world: dict[Side, Mapping[str, Keys]]) -> None:
    for one in match(world).ambiguous:
        own = world[one.side][one.id][one.priority]
        assert one.candidates and all(own & world[one.side.other][each][one.priority] for each in one.candidates)


@given(worlds(), st.randoms(use_true_random=False))
def test_it_depends_neither_on_the_order_of_rows_nor_on_the_side_it_is_seen_from(
    world: dict[Side, Mapping[str, Keys]], dice: random.Random
) -> None:
    shuffled = {side: dict(dice.sample(list(rows.items()), len(rows))) for side, rows in world.items()}
    assert pairs(match(shuffled)) == pairs(match(world))
    mirrored = match({Side.BC: world[Side.SALES], Side.SALES: world[Side.BC]})
    assert {one.sales: one.bc for one in mirrored.matched} == pairs(match(world))


def test_a_criterion_that_all_share_costs_no_more_than_its_rows() -> None:
    many = {side: {f"{side}{number}": of("same") for number in range(20_000)} for side in Side}
    found = match(many)
    assert (len(found.matched), len(found.ambiguous)) == (0, 40_000 - MOST_CANDIDATES)
