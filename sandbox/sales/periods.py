"""Spans of time that query functions such as LastXDays name, as microseconds since 1970, end exclusive, in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Period = tuple[int, int]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FOREVER = 1 << 62
UNITS = {"Hours": dt.timedelta(hours=1), "Days": dt.timedelta(days=1), "Weeks": dt.timedelta(weeks=1)}
DAYS_OF = {"Months": 30.436875, "Years": 365.2425}


def stamp(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _midnight(days: int = 0) -> dt.datetime:
    return _now().replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=days)


def _span(unit: str, count: int) -> dt.timedelta:
    return UNITS[unit] * count if unit in UNITS else dt.timedelta(days=DAYS_OF[unit] * count)


def _last(unit: str) -> Callable[[int], Period]:
    """From the start of the day that many units ago (hours: of the moment) until now."""

    def period(count: int) -> Period:
        start = (_now() if unit == "Hours" else _midnight()) - _span(unit, count)
        return stamp(start), stamp(_now()) + 1

    return period


def _next(unit: str) -> Callable[[int], Period]:
    def period(count: int) -> Period:
        end = (_now() if unit == "Hours" else _midnight(1)) + _span(unit, count)
        return stamp(_now()), stamp(end)

    return period


def _older(unit: str) -> Callable[[int], Period]:
    return lambda count: (-FOREVER, stamp(_now() - _span(unit, count)))


def _month(offset: int) -> Callable[[int], Period]:
    def period(count: int) -> Period:
        first = _midnight().replace(day=1)
        months = first.year * 12 + first.month - 1 + offset
        start = first.replace(year=months // 12, month=months % 12 + 1)
        end = first.replace(year=(months + 1) // 12, month=(months + 1) % 12 + 1)
        return stamp(start), stamp(end)

    return period


def _year(offset: int) -> Callable[[int], Period]:
    def period(count: int) -> Period:
        first = _midnight().replace(month=1, day=1)
        return stamp(first.replace(year=first.year + offset)), stamp(first.replace(year=first.year + offset + 1))

    return period


def _day(offset: int) -> Callable[[int], Period]:
    return lambda count: (stamp(_midnight(offset)), stamp(_midnight(offset + 1)))


EACH = (*UNITS, *DAYS_OF)
PERIODS: dict[str, Callable[[int], Period]] = {
    **{f"LastX{unit}": _last(unit) for unit in EACH},
    **{f"NextX{unit}": _next(unit) for unit in EACH},
    **{f"OlderThanX{unit}": _older(unit) for unit in EACH},
    "Today": _day(0),
    "Yesterday": _day(-1),
    "Tomorrow": _day(1),
    "ThisMonth": _month(0),
    "LastMonth": _month(-1),
    "NextMonth": _month(1),
    "ThisYear": _year(0),
    "LastYear": _year(-1),
    "NextYear": _year(1),
}
