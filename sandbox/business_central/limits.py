"""The service's limits per user: five requests at once, a queue behind them, 6,000 in five minutes."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sandbox.business_central import errors


class Limits:
    """Gate for the requests of one user; sizes are switches, so that tests can make them small."""

    def __init__(self, switches: dict[str, Any]) -> None:
        self.switches = switches
        self.times: deque[float] = deque()
        self.inside = 0
        self.running = 0
        self.freed = asyncio.Condition()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A place among those that run, waited for in the queue. Raises Refused (429) when the queue or the rate is full."""
        self._check_rate()
        places = self.switches["concurrent"] + self.switches["queue"]
        if self.inside >= places:
            raise self._too_many(self.inside + 1, places)
        self.inside += 1
        try:
            if self.running >= self.switches["concurrent"]:
                async with self.freed:
                    await self.freed.wait_for(lambda: self.running < self.switches["concurrent"])
            self.running += 1
            try:
                if self.switches["workMs"]:
                    await asyncio.sleep(self.switches["workMs"] / 1000)
                yield
            finally:
                self.running -= 1
                if self.inside > self.running + 1:
                    async with self.freed:
                        self.freed.notify_all()
        finally:
            self.inside -= 1

    def _check_rate(self) -> None:
        now, window, limit = time.monotonic(), self.switches["rateWindowSeconds"], self.switches["rateLimit"]
        while self.times and self.times[0] <= now - window:
            self.times.popleft()
        if len(self.times) >= limit:
            raise self._too_many(len(self.times) + 1, limit)
        self.times.append(now)

    def _too_many(self, actual: int, maximum: int) -> errors.Refused:
        headers = {"Retry-After": "1"} if self.switches["retryAfterOn429"] else {}
        message = f"Too many requests reached. Actual ({actual}). Maximum ({maximum})."
        return errors.Refused("Application_TooManyRequests", message, headers=headers)
