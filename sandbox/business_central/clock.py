"""Time and versions as SQL Server keeps them: steps of 3.33 ms, and a number that grows with each write."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sandbox.business_central.schema import NO_TIME

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def sql_rounded(milliseconds: float) -> int:
    """Milliseconds as a SQL `datetime` holds them: the last digit is 0, 3 or 7."""
    return round(round(milliseconds * 0.3) / 0.3)


@lru_cache(maxsize=8192)
def iso(milliseconds: int) -> str:
    """`2024-01-31T10:00:00.25Z`: UTC, trailing zeros cut."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year >= 1000 else moment.isoformat()[:19]
    fraction = f"{milliseconds % 1000:03d}".rstrip("0")
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


@lru_cache(maxsize=4096)
def milliseconds_of(text: str) -> int:
    """The reverse of `iso`; raises ValueError."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - _EPOCH) // timedelta(milliseconds=1), NO_TIME)


def etag(version: int) -> str:
    """A row version as the opaque `W/"..."` that clients see: the base64 of `'19;<20 digits>;00;'`."""
    token = 10_000_000_000_000_000_000 + version * 7919 % 9_000_000_000_000_000_000
    return 'W/"' + base64.b64encode(f"'19;{token};00;'".encode()).decode() + '"'


class Clock:
    """The service's clock; `offset_ms` moves it (a switch), `lag_ms` makes stamps older than the time of their commit."""

    def __init__(self) -> None:
        self.offset_ms = 0.0
        self.lag_ms = 0.0
        self.version = 0
        self._last = 0

    def now(self) -> float:
        """Milliseconds since 1970, UTC, unrounded."""
        return time.time() * 1000 + self.offset_ms

    def today(self) -> str:
        return iso(int(self.now()))[:10]

    def stamp(self) -> int:
        """A stamp for a write; later writes never get an older one, unless a lag is switched on."""
        stamp = sql_rounded(self.now())
        self._last = max(self._last, stamp)
        return sql_rounded(self._last - self.lag_ms) if self.lag_ms else self._last

    def forget(self) -> None:
        """There are no rows any more whose stamps a new one must not be older than."""
        self._last = 0

    def next_version(self) -> int:
        self.version += 1
        return self.version
