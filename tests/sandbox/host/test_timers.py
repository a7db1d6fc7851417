"""Timers keep their schedule, never overlap themselves, and catch up once."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.host.schedules import Schedule
from sandbox.host.settings import SettingsRefused
from tests.sandbox.host.conftest import RunningApp


def test_a_timer_never_overlaps_itself(app: RunningApp) -> None:
    app.schedule = "* * * * * *"  # each run takes longer than the second between two due moments
    app.start()
    ticks = app.seen("ticks", 3)
    assert all(later["begun"] >= earlier["ended"] for earlier, later in pairwise(ticks))
    assert not any(tick["pastDue"] for tick in ticks)


def test_missed_runs_collapse_to_one_that_is_past_due(app: RunningApp) -> None:
    app.schedule = "0 */5 * * * *"
    past = datetime.now(UTC) - timedelta(hours=2)
    write_status(app, past, Schedule(app.schedule, "tick").after(past))
    app.start()
    assert [tick["pastDue"] for tick in app.seen("ticks", 1)] == [True]
    app.kill()
    app.start()
    time.sleep(0.5)
    assert app.seen("ticks", 0) == []


def test_a_changed_schedule_does_not_fire_at_once(app: RunningApp) -> None:
    app.schedule = "0 0 */2 * * *"
    past = datetime.now(UTC) - timedelta(hours=5)
    write_status(app, past, past + timedelta(minutes=5))
    app.start()
    time.sleep(0.5)
    assert app.seen("ticks", 0) == []


def write_status(app: RunningApp, last: datetime, due: datetime) -> None:
    folder = app.state / "timers"
    folder.mkdir(parents=True)
    status = {"Last": last.isoformat(), "LastUpdated": last.isoformat(), "Next": due.isoformat()}
    (folder / "tick.json").write_text(json.dumps(status))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0 */5 * *", "needs six fields"),
        ("0 61 * * * *", "'61' in the schedule .* is no minute; allowed are 0 to 59"),
        ("0 0 0 ? * *", "is no day;"),
        ("0 0 0 L * *", "is no day;"),
        ("0 0 0 * * 7", "is no day of week"),
        ("0 */0 * * * *", "is no minute"),
        ("0 0 5-2 * * *", "is no hour"),
        ("every day", "needs six fields"),
    ],
)
def test_a_bad_schedule_is_refused_with_field_and_range(text: str, complaint: str) -> None:
    with pytest.raises(SettingsRefused, match=f"sync_items: .*{complaint}"):
        Schedule(text, "sync_items")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/5 * * * * *", "2026-11-22T10:00:05"),
        ("0 */5 * * * *", "2026-11-22T10:05:00"),
        ("*/5 * * * *", "2026-11-22T10:05:00"),
        ("0 30 9 * jan mon-fri", "2027-01-01T09:30:00"),
        ("0 0 9 13 * FRI", "2027-08-13T09:00:00"),  # day and day of week must both fit
    ],
)
def test_the_next_due_moment(text: str, expected: str) -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
    assert Schedule(text, "t").after(moment) == datetime.fromisoformat(expected + "+00:00")
