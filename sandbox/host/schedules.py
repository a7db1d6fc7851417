"""NCRONTAB: `{second} {minute} {hour} {day} {month} {day of week}` in UTC, as the real host reads it."""

from __future__ import annotations

import re
from datetime import datetime

from croniter import croniter

from sandbox.host.settings import SettingsRefused

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# name, smallest, largest, names of the values from the smallest on
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of week", 0, 6, DAYS),
)
PART = re.compile(r"^(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?$")


class Schedule:
    """When a timer is due."""

    def __init__(self, text: str, where: str) -> None:
        self.text = " ".join(checked(text, where))

    def after(self, moment: datetime) -> datetime:
        """The first due moment later than the given one (UTC)."""
        # day_or=False: day and day of week must both fit, in NCRONTAB and unlike Unix
        due: datetime = croniter(self.text, moment, second_at_beginning=True, day_or=False).get_next(datetime)
        return due

    def interval(self, moment: datetime) -> float:
        """Seconds between the next two due moments."""
        first = self.after(moment)
        return (self.after(first) - first).total_seconds()


def checked(text: str, where: str) -> list[str]:
    """The six fields in words of numbers; raises SettingsRefused naming field, value and what is allowed."""
    fields = text.split()
    if len(fields) == 5:
        fields = ["0", *fields]
    if len(fields) != 6:
        raise SettingsRefused(f"{where}: the schedule {text!r} needs six fields: {', '.join(field[0] for field in FIELDS)}")
    for value, field in zip(fields, FIELDS, strict=True):
        if not all(part_fits(part, field) for part in value.lower().split(",")):
            name, low, high, _ = field
            raise SettingsRefused(f"{where}: {value!r} in the schedule {text!r} is no {name}; allowed are {low} to {high}, * , - and /")
    return fields


def part_fits(part: str, field: tuple[str, int, int, tuple[str, ...]]) -> bool:
    """True for `*`, a value, a range that goes up, each with a step or without."""
    found = PART.match(part)
    if found is None or found.group(3) == "0":
        return False
    _, low, high, names = field
    values = [number(word, low, names) for word in found.groups()[:2] if word is not None]
    return all(value is not None and low <= value <= high for value in values) and values == sorted(values, key=lambda value: value or 0)


def number(word: str, low: int, names: tuple[str, ...]) -> int | None:
    if word in names:
        return names.index(word) + low
    return int(word) if word.isdigit() else None
