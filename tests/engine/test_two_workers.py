"""Two workers on one record, people who edit it at any moment, crashes between any two calls: no edit is lost, no row is made twice.

Searched are all short histories of one shape (one worker comes so far, a person edits, he goes on or dies, the other comes so far, a
person edits, all end), and longer ones of any shape. The same search finds lost edits at once when lease or intent is taken out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mapping.values import Side
from sync.context import Context
from sync.heart.coupling import Coupling
from sync.record import stored
from sync.record.task import Task
from tests.engine.play import Act, Do, Play, Script
from tests.engine.stage import Clock
from tests.engine.twin import FIELDS, Lost
from tests.engine.twin_store import Couplings

pytestmark = pytest.mark.rule("C6")

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONGEST = 8
"""Calls that a worker makes for one record when nobody disturbs him, and one more."""

PEOPLE: Sequence[Sequence[Act]] = ((), *((Act(do, side=side),) for do, side in product((Do.EDIT, Do.REVERT), Side)))
"""What a person may do at one moment: nothing, write something new, or put back what was there before."""

ENDS: Sequence[Sequence[Act]] = ((), (Act(Do.CRASH, 0), Act(Do.WAIT)), (Act(Do.LOSE_ANSWER, 0),))
"""What becomes of the first worker: he goes on later, he is gone and his lease runs out, or the answer to his next write gets lost."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine tells the time by the stage's clock."""
    for module in ("record.apply", "record.records", "around.neighbours"):
        monkeypatch.setattr(f"sync.{module}.datetime", Clock)


@contextlib.contextmanager
def theatre() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for many plays."""
    loop = asyncio.new_event_loop()
    try:
        yield loop
    finally:
        loop.close()


def perform(loop: asyncio.AbstractEventLoop, script: Script) -> None:
    """One history from the beginning of time to its judgement."""
    Clock.present = BEGIN
    try:
        loop.run_until_complete(Play(script).run())
    except AssertionError as found:
        found.add_note(str(script))
        raise


def short_histories(there: tuple[Side, ...], sides: tuple[Side, Side], *, ends: Sequence[Sequence[Act]] = ENDS) -> Iterator[Script]:
    """All histories of the one shape, the first edit made before any worker begins."""
    first = Act(Do.EDIT, side=there[0])
    for far, then, end, further, at_last in product(range(LONGEST), PEOPLE, ends, range(LONGEST), PEOPLE):
        yield Script((first, Act(Do.GO, 0, far), *then, *end, Act(Do.GO, 1, further), *at_last), sides, there)


def search(scripts: Iterator[Script], *, every: int = 1, announced: bool = True) -> int:
    """Play each of the histories (or every so many-th), up to the first that goes wrong; how many went well."""
    with theatre() as loop:
        played = 0
        for number, script in enumerate(scripts):
            if number % every == 0:
                perform(loop, replace(script, announced=announced))
                played += 1
        return played


@pytest.mark.parametrize("sides", list(product(Side, Side)), ids=str)
def test_no_edit_is_lost_in_any_short_history_of_a_coupled_record(sides: tuple[Side, Side]) -> None:
    assert search(short_histories(tuple(Side), sides), every=11) > 400


@pytest.mark.rule("A6")
@pytest.mark.parametrize("there", list(Side))
def test_a_missing_row_is_made_once_in_any_short_history(there: Side) -> None:
    assert search(short_histories((there,), (there, there)), every=11) > 400


ACTS = st.one_of(
    st.builds(Act, st.just(Do.GO), st.sampled_from((0, 1)), st.integers(1, 6)),
    st.builds(Act, st.sampled_from((Do.CRASH, Do.LOSE_ANSWER)), st.sampled_from((0, 1))),
    st.builds(Act, st.sampled_from((Do.EDIT, Do.REVERT)), side=st.sampled_from(Side), name=st.sampled_from(FIELDS)),
    st.just(Act(Do.WAIT)),
)
SIDES = st.sampled_from(Side)


EDITED_AND_PUT_BACK = [
    Act(Do.EDIT, side=Side.SALES, name="name"),
    Act(Do.GO, 0, 1),
    *(Act(do, side=side, name="name") for do, side in ((Do.EDIT, Side.BC), (Do.EDIT, Side.SALES), (Do.REVERT, Side.BC))),
]
"""An edit that was put back while a worker was on his way: his write and the next one lose nothing."""


@example(acts=EDITED_AND_PUT_BACK, sides=(Side.SALES, Side.BC), there=(Side.BC, Side.SALES))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    acts=st.lists(ACTS, max_size=30),
    sides=st.tuples(SIDES, SIDES),
    there=st.sampled_from([tuple(Side), (Side.BC,), (Side.SALES,)]),
)
def test_no_edit_is_lost_whatever_happens(acts: list[Act], sides: tuple[Side, Side], there: tuple[Side, ...]) -> None:
    with theatre() as loop:
        perform(loop, Script(acts, sides, there))


def without_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coupling row is written with the intent, and nobody is kept out."""
    monkeypatch.setattr("sync.record.apply.Lease", lambda owner, until: None)


def without_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is written, and nothing of what is about to be written."""
    real = Couplings.save

    async def save(self: Couplings, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        return await real(self, [replace(each, intent={}) for each in couplings])

    monkeypatch.setattr(Couplings, "save", save)


def without_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written before the remote writes; the etag at the end is all there is."""

    async def lease(ctx: Context, tasks: Sequence[Task], worker: str) -> list[Task]:
        fresh = [task for task in tasks if task.coupling is None]
        await stored.insert(ctx, fresh, [stored.claim_of(ctx, task) for task in fresh])
        return [task for task in tasks if task.coupling is not None and not task.again]

    monkeypatch.setattr("sync.record.apply._lease", lease)


def without_etags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever saves last is right."""
    monkeypatch.setattr(Couplings, "_unchanged", lambda self, coupling: True)


def without_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows read before their coupling are taken as they are."""
    monkeypatch.setattr("sync.record.records._stale", lambda task, seen: False)


@pytest.mark.parametrize("taken_out", [without_lease, without_intent, without_both, without_etags, without_second_look])
def test_the_search_finds_lost_edits_when_a_guard_is_taken_out(monkeypatch: pytest.MonkeyPatch, taken_out: Any) -> None:
    taken_out(monkeypatch)
    with pytest.raises(Lost):
        search_for_lost_edits()


def search_for_lost_edits() -> None:
    """Play short histories up to the first that loses an edit, whatever else goes wrong before."""
    scripts = (script for sides in product(Side, Side) for script in short_histories(tuple(Side), sides))
    with theatre() as loop:
        for script in scripts:
            try:
                perform(loop, replace(script, announced=False))
            except Lost:
                raise
            except AssertionError:
                continue


@pytest.mark.xfail(strict=True, raises=Lost, reason="to tell them apart, the intent would have to know the version of the row it is about")
def test_putting_back_what_a_crashed_worker_wrote_is_told_from_a_write_that_never_took_place() -> None:
    worker_dies_before_he_remembers = (Act(Do.GO, 0, 5), Act(Do.REVERT, side=Side.SALES), Act(Do.CRASH, 0), Act(Do.WAIT))
    with theatre() as loop:
        perform(loop, Script((Act(Do.EDIT, side=Side.BC), *worker_dies_before_he_remembers), (Side.BC, Side.BC), untold=True))
