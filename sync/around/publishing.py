"""One publication for all who write choices at the same time: the parts of a run publish together (rule D6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

Publish = Callable[[Sequence[str]], Awaitable[None]]


class Publishing:
    """Who began to write waits at his end for all others who write just now; the last one publishes what all of them wrote."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._writers = 0
        self._due: set[str] = set()
        self._round = 0
        self._failed: dict[int, Exception] = {}
        self._turn = asyncio.Condition()

    def begin(self) -> None:
        """Somebody writes from now on; each must come to an end, with `end` or `leave`."""
        self._writers += 1

    async def leave(self) -> None:
        """Somebody stopped writing and waits for nothing."""
        async with self._turn:
            self._writers -= 1
            self._turn.notify_all()

    async def end(self, tables: Iterable[str]) -> None:
        """Somebody wrote to these tables; returns when people see it, and raises what the publication raised, for all who waited for it."""
        async with self._turn:
            self._writers -= 1
            self._due.update(tables)
            mine = self._round
            self._turn.notify_all()
            while self._round == mine and self._writers:
                await self._turn.wait()
            if self._round == mine:
                await self._publish_all(mine)
            failed = self._failed.get(mine)
        if failed:
            raise failed

    async def _publish_all(self, number: int) -> None:
        due, self._due = sorted(self._due), set()
        try:
            if due:
                await self._publish(due)
        except Exception as error:
            self._failed[number] = error
        self._round += 1
        self._turn.notify_all()
