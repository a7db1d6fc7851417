"""When a problem is tried again by itself (rule F3): growing pauses, an end, and what an edit alone settles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.desk.retries import DAILY, PAUSES, restored, scheduled
from sync.errors import by_code, catalogue
from sync.store import Parked, ProblemRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CODES = st.sampled_from(sorted(cls.code for cls in catalogue()))


def met(*codes: str, attempts: int = 1) -> ProblemRow:
    """A problem with these causes, met so often with the same outcome."""
    details = {"problems": [{"code": code, "field": None, "detail": ""} for code in codes]}
    return ProblemRow(company="c", mapping="CUSTOMER", key="bc:1", code=codes[0], details=details, attempts=attempts, last=NOW)


@pytest.mark.rule("F3")
@given(CODES)
def test_each_pause_is_longer_than_the_one_before_and_then_it_is_parked_or_looked_at_daily(code: str) -> None:
    course = [scheduled(met(code, attempts=attempts)) for attempts in range(1, len(PAUSES) + 3)]
    pauses = [one.not_before - NOW for one in course if one.not_before]
    if by_code(code).settled_by_edit:
        assert set(pauses) == {DAILY} and len(pauses) == len(course)
        assert not any(one.parked for one in course)
    else:
        assert pauses == sorted(set(pauses)) and len(pauses) == len(PAUSES)
        assert [one.parked for one in course[len(PAUSES) :]] == [Parked.ATTEMPTS] * 2


@pytest.mark.rule("F3", "B9")
@given(st.lists(CODES, min_size=1, max_size=4), st.integers(1, 9))
def test_the_cause_that_time_can_settle_decides_when_to_try_again(codes: list[str], attempts: int) -> None:
    one = scheduled(met(*codes, attempts=attempts))
    others = [code for code in codes if not by_code(code).settled_by_edit]
    assert (one.not_before == NOW + DAILY and not one.parked) or others
    assert (one.not_before is None) == (one.parked is not None)
    assert one.not_before is None or one.not_before - NOW <= timedelta(days=1)


@given(CODES, st.integers(1, 50))
def test_a_restored_problem_is_due_and_begins_anew(code: str, attempts: int) -> None:
    one = restored(scheduled(met(code, attempts=attempts)), NOW)
    assert (one.not_before, one.parked, one.attempts) == (NOW, None, 0)


def test_what_waiting_alone_settles_is_tried_at_the_next_look() -> None:
    assert scheduled(met("stale")).not_before == NOW
