"""Which mappings a table makes due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from mapping.model import CHOICES, TableMapping
from mapping.values import Side


def watched(mappings: Iterable[TableMapping], side: Side) -> Mapping[str, list[str]]:
    """The tables of a side whose changes make mappings due, and which that are on: their own, and in BC those that they watch (rule F1)."""
    found: dict[str, list[str]] = defaultdict(list)
    for mapping in mappings:
        # Rows of Sales that follow others are Couplet's own: nobody works on them, and nobody need be told.
        if not mapping.runs or (mapping.follows and side is Side.SALES):
            continue
        others = [watch.table for watch in mapping.watches] if side is Side.BC else []
        for table in dict.fromkeys((mapping.table(side).name, *others)):
            # Options are no table: nobody tells of them, and a look reads all of them anyway.
            if not table.startswith(CHOICES):
                found[table].append(mapping.name)
    return dict(found)


def waking(mappings: Iterable[TableMapping]) -> list[TableMapping]:
    """The mappings that people let be woken."""
    return [mapping for mapping in mappings if mapping.wakes]


def is_own(mapping: TableMapping, side: Side, table: str) -> bool:
    """Whether the table is the one whose rows the mapping couples."""
    return mapping.table(side).name.lower() == table.lower()
