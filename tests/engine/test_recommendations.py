"""What a line of a full synch is recommended for, and where it may create: over all counts that two sides can have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.model import TableMapping
from mapping.values import Side
from sync.run.recommend import CreateNew, Recommendation, creates, recommend
from tests.in_force import IN_FORCE

MAPPINGS = st.sampled_from(list(IN_FORCE.values()))
COUNTS = st.fixed_dictionaries({side: st.integers(0, 4) for side in Side})


@given(mapping=MAPPINGS, counted=COUNTS)
def test_a_line_is_for_coupling_only_where_both_sides_hold_something(mapping: TableMapping, counted: dict[Side, int]) -> None:
    told = recommend(mapping, counted)
    if told is Recommendation.COUPLE:
        assert all(counted.values())
    if told is Recommendation.NONE:
        assert min(counted.values()) == 0


@given(mapping=MAPPINGS, counted=COUNTS, asked=st.sampled_from([None, *CreateNew]))
def test_nothing_is_made_where_nobody_asked_and_both_sides_hold_records(
    mapping: TableMapping, counted: dict[Side, int], asked: CreateNew | None
) -> None:
    told = recommend(mapping, counted)
    made = creates(mapping, told, asked)
    assert made <= mapping.creates
    if asked is None:
        assert not made & mapping.asked_only
        assert not made or told is Recommendation.FULL
    if asked is CreateNew.NONE:
        assert not made


@given(mapping=MAPPINGS, counted=COUNTS)
def test_more_records_never_make_a_line_need_less(mapping: TableMapping, counted: dict[Side, int]) -> None:
    order = [Recommendation.NONE, Recommendation.FULL, Recommendation.COUPLE]
    more = {side: count + 1 for side, count in counted.items()}
    assert order.index(recommend(mapping, more)) >= order.index(recommend(mapping, counted))


@pytest.mark.rule("A2")
@pytest.mark.parametrize(
    ("name", "bc", "sales", "told"),
    [
        ("SALESPEOPLE", 0, 0, Recommendation.FULL),
        ("SALESPEOPLE", 3, 9, Recommendation.FULL),
        ("CURRENCY", 3, 1, Recommendation.FULL),
        ("CURRENCY", 3, 2, Recommendation.COUPLE),
        ("UNIT OF MEASURE", 5, 1, Recommendation.FULL),
        ("UNIT OF MEASURE", 5, 2, Recommendation.COUPLE),
        ("PAYMENT TERMS", 0, 4, Recommendation.NONE),
        ("PAYMENT TERMS", 2, 4, Recommendation.COUPLE),
        ("CUSTOMER", 0, 0, Recommendation.NONE),
        ("CUSTOMER", 7, 0, Recommendation.FULL),
        ("CUSTOMER", 0, 7, Recommendation.FULL),
        ("CUSTOMER", 1, 1, Recommendation.COUPLE),
    ],
)
def test_the_native_rules(name: str, bc: int, sales: int, told: Recommendation) -> None:
    assert recommend(IN_FORCE[name], {Side.BC: bc, Side.SALES: sales}) is told
