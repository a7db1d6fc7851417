"""NCRONTAB, the schedules of timers in Azure Functions, in UTC: `{second} {minute} {hour} {day} {month} {day of week}`."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = ((0, 59, ()), (0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, MONTHS), (0, 6, DAYS))
"""Least and most of second, minute, hour, day, month and day of week, and the names of values from the least on."""

PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?")
YEARS = timedelta(days=8 * 366)


@dataclass(frozen=True)
class Schedule:
    """An NCRONTAB schedule, in UTC: seconds of the day, days, months and days of the week on which it is due."""

    seconds: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @classmethod
    @cache
    def parse(cls, text: str) -> Schedule:
        """The schedule in a text of six fields, seconds first; raises ValueError."""
        second, minute, hour, day, month, weekday = (
            _values(part, *field) for part, field in zip(text.lower().split(), FIELDS, strict=True)
        )
        seconds = tuple(sorted(h * 3600 + m * 60 + s for h, m, s in product(hour, minute, second)))
        return cls(seconds, frozenset(day), frozenset(month), frozenset(weekday))

    def after(self, moment: datetime) -> datetime:
        """The first tick behind a moment; years ahead where there is none."""
        moment = moment.astimezone(UTC)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = int((moment - midnight).total_seconds())
        until = midnight + YEARS
        while midnight < until:
            if self._fits(midnight):
                place = bisect_right(self.seconds, passed)
                if place < len(self.seconds):
                    return midnight + timedelta(seconds=self.seconds[place])
            midnight, passed = midnight + timedelta(days=1), -1
        return until

    def _fits(self, day: datetime) -> bool:
        return day.day in self.days and day.month in self.months and (day.weekday() + 1) % 7 in self.weekdays


def _values(text: str, least: int, most: int, names: tuple[str, ...]) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = PART.fullmatch(part)
        if match is None:
            raise ValueError(text)
        first, last, step = match.groups()
        low = least if first is None else _number(first, least, names)
        high = most if first is None or (step and last is None) else _number(last or first, least, names)
        if not least <= low <= high <= most:
            raise ValueError(text)
        found.update(range(low, high + 1, int(step or 1)))
    return found


def _number(word: str, least: int, names: tuple[str, ...]) -> int:
    return names.index(word) + least if word in names else int(word)
