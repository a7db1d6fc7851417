"""What match-based coupling compares: fields, each with its priority (rule A1).

Priorities are real alternatives: what the first one does not settle is left to the second. Within a priority all fields must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

LAST_PRIORITY = 99


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One field that must agree, in whatever case unless `case_sensitive`; a lower `priority` is tried before a higher one."""

    field: str
    case_sensitive: bool = False
    priority: int = 1


def from_natural_keys(keys: Iterable[Sequence[str]]) -> tuple[Criterion, ...]:
    """The criteria of a mapping that declares none: each natural key is a priority of its own."""
    return tuple(Criterion(field=name, priority=place) for place, key in enumerate(keys, 1) for name in key)


def by_priority(criteria: Iterable[Criterion]) -> list[tuple[Criterion, ...]]:
    """The criteria of each priority, the first one first."""
    ordered = sorted(criteria, key=lambda one: one.priority)
    return [tuple(group) for _, group in groupby(ordered, key=lambda one: one.priority)]
