"""Rows of Sales that records need and that are made where they are missing: the default price list, a price list for a currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mapping.values import Row
from mapping.world import World

if TYPE_CHECKING:
    from mapping.model import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Ensure:
    """A row of Sales that records of the mapping need: found by the first of `values` that `fits`, else made by the first that is free."""

    name: str
    table: Table
    column: str
    columns: tuple[str, ...]
    values: Callable[[World], Sequence[str]]
    fits: Callable[[Row, World], bool]
    make: Callable[[str, World], Mapping[str, Any]]

    def wanted(self, rows: Iterable[Row], world: World) -> Mapping[str, Ensure]:
        """What these rows of BC need, by the key under which rules find it: the one row that all share."""
        return {"*": self}


@dataclass(frozen=True, kw_only=True, slots=True)
class EnsureEach:
    """A row of Sales for each value that `key` finds in the records: `of` it, such as the price list of a currency."""

    name: str
    key: Callable[[Row, World], str | None]
    of: Callable[[str], Ensure]

    def wanted(self, rows: Iterable[Row], world: World) -> Mapping[str, Ensure]:
        """What these rows of BC need, by the key under which rules find it."""
        keys = {key for row in rows if (key := self.key(row, world))}
        return {key: self.of(key) for key in sorted(keys)}
