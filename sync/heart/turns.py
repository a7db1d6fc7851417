"""Two systems that rewrite each other's values: the third alternation within a day is a problem, not a write (rule B7)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from mapping.field import Direction
from mapping.model import TableMapping
from mapping.values import Side, Value
from sync.heart.coupling import Held, Turn

DAY = timedelta(days=1)
MOST_ALTERNATIONS = 3
KEPT = 6
"""Turns kept of a unit: enough to see three alternations."""

Turns = Mapping[str, tuple[Turn, ...]]


def is_ping_pong(turns: tuple[Turn, ...], target: Side, value: Value, now: datetime) -> bool:
    """Whether carrying this value to `target` would be the third alternation within a day, with a value that went there before."""
    today = [turn for turn in turns if now - turn.at < DAY]
    sides = [turn.side for turn in today] + [target]
    alternations = sum(one != other for one, other in pairwise(sides))
    went_there = any((turn.side, turn.digest) == (target, _digest(value)) for turn in today)
    return alternations >= MOST_ALTERNATIONS and went_there


def with_turns(turns: Turns, mapping: TableMapping, intent: Mapping[str, Mapping[str, Held]], now: datetime) -> Turns:
    """The turns after what was meant to be written has been written; only two-way values can alternate."""
    two_way = {unit.name for unit in mapping.fields if unit.direction is Direction.BOTH}
    after = dict(turns)
    for side, values in intent.items():
        for name, held in values.items():
            if name in two_way:
                value = held.of(Side(side))
                after[name] = (*after.get(name, ()), Turn(side, _digest(value), now))[-KEPT:]
    return after


def _digest(value: Value) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
