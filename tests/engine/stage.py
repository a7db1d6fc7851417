"""A stage on which several coroutines play: each of their calls waits until the script says that it goes on, dies, or gets no answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

ACTOR: ContextVar[int | None] = ContextVar("actor", default=None)
"""Who is playing; nobody waits at a gate unless somebody does."""

STEP = timedelta(seconds=10)
"""How long each call takes: longer than the clocks of two instances may be apart."""


class Clock(datetime):
    """The time of the play; it only moves when the script says so."""

    present = datetime(2026, 11, 22, 12, tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        """What the engine takes for the time."""
        moment = cls.present
        return cls(moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, tzinfo=tz)


class Stage:
    """The gates at which actors wait, and the actors that have left."""

    def __init__(self) -> None:
        self.waiting: dict[int, list[asyncio.Future[None]]] = defaultdict(list)
        self.tasks: dict[int, asyncio.Task[Any]] = {}
        self.lost: set[int] = set()
        self.saving: set[int] = set()

    async def enter(self, actor: int, play: Coroutine[Any, Any, Any]) -> None:
        """An actor begins, up to its first gate."""
        token = ACTOR.set(actor)
        self.tasks[actor] = asyncio.ensure_future(play)
        ACTOR.reset(token)
        await self._settle(actor)

    async def gate(self, *, saves: bool = False) -> None:
        """Wait for the script; `saves` for those who are about to change what is stored."""
        actor = ACTOR.get()
        if actor is not None:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.waiting[actor].append(turn)
            if saves:
                self.saving.add(actor)
            await turn
            self.saving.discard(actor)
            Clock.present += STEP

    def alive(self, actor: int) -> bool:
        """Whether an actor is still on the stage."""
        return actor in self.tasks and not self.tasks[actor].done()

    async def go(self, actor: int) -> None:
        """One call of an actor takes place, up to its next."""
        if self.waiting[actor]:
            self.waiting[actor].pop(0).set_result(None)
            await self._settle(actor)

    async def crash(self, actor: int) -> None:
        """An actor is gone between two calls, without a word."""
        if self.alive(actor):
            self.tasks[actor].cancel()
            await asyncio.gather(self.tasks[actor], return_exceptions=True)
            self.waiting[actor].clear()
            self.saving.discard(actor)

    async def clear(self) -> list[Exception]:
        """The play is over; what went wrong with the actors."""
        for actor in self.tasks:
            await self.crash(actor)
        ended = await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return [one for one in ended if isinstance(one, Exception)]

    def loses_answer(self) -> bool:
        """Whether the answer to the present actor's write gets lost."""
        actor = ACTOR.get()
        lost = actor in self.lost
        self.lost.discard(-1 if actor is None else actor)
        return lost

    async def _settle(self, actor: int) -> None:
        for _ in range(100):
            if self.waiting[actor] or self.tasks[actor].done():
                return
            await asyncio.sleep(0)
        raise AssertionError("an actor waits for something that is not on the stage")
