"""What the services tell makes mappings due: one look for however many hints come in a burst, and nothing is believed of what they say."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from sync.context import Context
from sync.environment import Environment
from sync.errors import CoupletError
from sync.heart.plan import Side
from sync.hooks.keys import Keys
from sync.hooks.notices import Notice, of_business_central, of_sales
from sync.hooks.tables import is_own, watched
from sync.run.looks import request_scan
from sync.telemetry.trace import joined, traceparent

log = logging.getLogger("couplet")

ROUTES_SECONDS = 10.0
"""How long is remembered which tables wake which mappings: a switch holds after so long."""

QUIET, LONGEST = 0.5, 3
"""A burst is over when nothing was told for this part of the setting's delay; a look begins at most after so many delays."""

LINKED = 10
"""So many of a burst are told one by one, each with a link to the look that sees its change."""

COUNT_SECONDS = 10.0
"""Counts of notifications are written at most so often: a burst of a thousand costs one write."""


@dataclass(frozen=True, slots=True)
class _Route:
    """A mapping that a table makes due, whether it couples the table's own rows, and whether people let it be woken."""

    ctx: Context
    mapping: str
    own: bool
    wakes: bool


@dataclass
class _Counts:
    taken: int = 0
    refused: int = 0
    written_at: float = 0.0


@dataclass
class _Due:
    """One mapping that was hinted at: rows said to be deleted, and whether there may be more of them that are not named."""

    ctx: Context
    mapping: str
    gone: list[str] = field(default_factory=list)
    unnamed: bool = False

    @property
    def learned(self) -> Mapping[str, datetime]:
        """What the mapping's entry learns for its next look."""
        now = datetime.now(UTC)
        return {**({"hinted": now} if self.gone else {}), **({"compare_asked": now} if self.unnamed else {})}


@dataclass
class _Window:
    """The time until a look that was asked for can begin: what is told within it is seen by that look, and `told` stands on its entry.

    While more is told the look is put off, at `latest` it begins; `trace` is the context in which it was asked for, `linked` counts links.
    """

    begins: float = 0.0
    latest: float = 0.0
    told: set[str] = field(default_factory=set)
    trace: str | None = None
    linked: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hints:
    """What one process was told. It remembers which looks it asked for and have not begun, so that a burst costs it no storage."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._routes: dict[Side, Mapping[str, Sequence[_Route]]] = {}
        self._routes_until = 0.0
        self._windows: dict[tuple[str, str], _Window] = defaultdict(_Window)
        self._counts = {side: _Counts() for side in Side}

    async def from_business_central(self, raw: bytes, keys: Keys) -> None:
        """Take a notification of Business Central whose address carried our key."""
        notices, refused = of_business_central(raw, keys.is_bc_state)
        await self._take(Side.BC, notices, refused)

    async def from_sales(self, raw: bytes) -> None:
        """Take a notification of Sales that carried our key."""
        notice = of_sales(raw)
        await self._take(Side.SALES, [notice] if notice else [], 0 if notice else 1)

    async def of_anything(self, side: Side) -> None:
        """A notification that is too large to be read: whatever is watched may have changed."""
        routes = (await self._known_routes())[side]
        await self._take(side, [Notice(table=table, unnamed=True) for table in routes], 0)

    async def refused(self, side: Side) -> None:
        """A notification that did not come from the side."""
        await self._count(side, refused=1)

    async def write_counts(self, side: Side) -> None:
        """Write what was counted since the last time."""
        counts = self._counts[side]
        taken, refused = counts.taken, counts.refused
        if not taken and not refused:
            return
        counts.taken, counts.refused, counts.written_at = 0, 0, time.monotonic()
        try:
            await self._environment.store.hooks.count(side, taken=taken, refused=refused)
        except CoupletError as error:
            log.warning("%d notifications could not be counted: %s", taken + refused, error, extra={"code": error.code})
        if refused:
            log.warning("%s: %d notifications were refused: a wrong key, or about nothing that is watched", side, refused)

    async def _take(self, side: Side, notices: Sequence[Notice], refused: int) -> None:
        due, unknown = await self._due(side, notices)
        await asyncio.gather(*(self._wake(side, each) for each in due))
        await self._count(side, taken=len(notices) - unknown, refused=refused + unknown)

    async def _due(self, side: Side, notices: Sequence[Notice]) -> tuple[list[_Due], int]:
        """The mappings that the notices are about, and how many are about none."""
        routes = (await self._known_routes())[side]
        found: dict[tuple[str, str], _Due] = {}
        unknown = 0
        for notice in notices:
            concerned = [each for each in routes.get(notice.table.lower(), ()) if notice.company in (None, each.ctx.company.lower())]
            unknown += not concerned
            for route in concerned:
                if not route.wakes:
                    continue
                due = found.setdefault((route.ctx.company, route.mapping), _Due(route.ctx, route.mapping))
                due.unnamed |= notice.unnamed and route.own
                if notice.gone and route.own:
                    due.gone.append(notice.gone)
        return list(found.values()), unknown

    async def _wake(self, side: Side, due: _Due) -> None:
        """Ask for a look, unless one was asked for that has not begun: it will see what this hint is about."""
        place, store = (due.ctx.company, due.mapping), due.ctx.store
        if due.gone:
            await store.hooks.say_gone(*place, side, due.gone)
        window = self._windows[place]
        async with window.turn:
            gathers = await _gathers(due, window)
            if not gathers:
                window.told.clear()
            news = {name: value for name, value in due.learned.items() if name not in window.told}
            if news:
                await store.entries.merge(due.ctx.company, due.mapping, **news)
            if not gathers:
                await _ask(due, window)
            elif window.linked < LINKED:
                window.linked += 1
                joined(window.trace, company=due.ctx.company, mapping=due.mapping, side=side)
            window.told.update(news)

    async def _known_routes(self) -> Mapping[Side, Mapping[str, Sequence[_Route]]]:
        if time.monotonic() >= self._routes_until:
            contexts = await self._environment.contexts()
            self._routes = {side: await _routes(contexts, side) for side in Side}
            self._routes_until = time.monotonic() + ROUTES_SECONDS
        return self._routes

    async def _count(self, side: Side, *, taken: int = 0, refused: int = 0) -> None:
        counts = self._counts[side]
        counts.taken += taken
        counts.refused += refused
        if time.monotonic() - counts.written_at >= COUNT_SECONDS:
            await self.write_counts(side)


async def _gathers(due: _Due, window: _Window) -> bool:
    """Whether the look that was asked for has not begun and sees this hint, too; it is put off when it would begin amid a burst."""
    now, quiet = time.monotonic(), QUIET * due.ctx.settings.webhook_delay_seconds
    if now >= window.begins:
        return False
    if window.begins - now >= quiet or window.begins >= window.latest:
        return True
    later = min(window.begins + quiet, window.latest)
    put_off = await due.ctx.store.entries.put_off(due.ctx.company, due.mapping, datetime.now(UTC) + timedelta(seconds=later - now))
    window.begins = later if put_off else 0.0
    return put_off


async def _ask(due: _Due, window: _Window) -> None:
    """Ask for a look. While the connection is on hold looks would only pile up; its end asks for one of every mapping."""
    asked, delay = time.monotonic(), due.ctx.settings.webhook_delay_seconds
    requested = not due.ctx.hold and await request_scan(due.ctx, due.mapping, delay_seconds=delay, rested=True)
    window.begins, window.trace, window.linked = asked + delay if requested else 0.0, traceparent() if requested else None, 0
    window.latest = asked + LONGEST * delay


async def _routes(contexts: Sequence[Context], side: Side) -> Mapping[str, Sequence[_Route]]:
    """What a table's name in a notification makes due; Sales names tables in the singular."""
    routes: dict[str, list[_Route]] = defaultdict(list)
    for ctx in contexts:
        for table, names in watched(ctx.mappings.values(), side).items():
            told = table if side is Side.BC else (await ctx.sales.table(table)).name
            mappings = [ctx.mappings[name] for name in names]
            routes[told.lower()] += [_Route(ctx, each.name, is_own(each, side, table), each.wakes) for each in mappings]
    return routes


_HINTS: WeakKeyDictionary[Environment, Hints] = WeakKeyDictionary()


def hints_of(environment: Environment) -> Hints:
    """What this process was told; one for each environment."""
    if environment not in _HINTS:
        _HINTS[environment] = Hints(environment)
    return _HINTS[environment]
