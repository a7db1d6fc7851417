"""Rows of older formats, brought to the present one when they are read: one step a format and table, each from the format before.

A row is stored in the present format with its next change, so that nothing has to be rewritten at once, and an app that is brought
back after an upgrade refuses only what was changed meanwhile. A step may meet a row of which some columns were read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sync.store.records import join, split, to_json

FORMAT = 2
"""The format of rows that this version writes. Properties that are new and have a default need no new format."""

Row = dict[str, Any]
Step = Callable[[Row], Row]

WRITTEN_WHOLE = frozenset({"couplings"})
"""Tables whose rows are never merged: a merge would give a row the new number and leave some of its properties as they were."""


def _intents_of_both_sides(row: Row) -> Row:
    """1 -> 2: an intent said what would be written; it says what both sides hold then, as `held` does.

    Late apps of format 1 wrote the pairs already. A list is one unless the unit is a group, whose values are lists themselves.
    """
    if "intent" not in row:
        return row
    held = json.loads(join(row, "held") or "{}")
    meant = {
        side: {name: _pair(value, held.get(name, ())) for name, value in units.items()}
        for side, units in json.loads(join(row, "intent")).items()
    }
    rest = {name: value for name, value in row.items() if not name.startswith("intent")}
    return {**rest, **split("intent", to_json(meant))}


def _pair(value: Any, held: Any) -> list[Any]:
    is_group = any(isinstance(part, list) for part in held)
    is_pair = isinstance(value, list) and (isinstance(value[0], list) if is_group and value else 0 < len(value) <= LONGEST_PAIR)
    return value if is_pair else [value]


LONGEST_PAIR = 3

STEPS: Mapping[tuple[str, int], Step] = {("couplings", 1): _intents_of_both_sides}
"""What becomes of a table's rows of a format, to be rows of the next one."""


def migrated(table: str, row: Row) -> Row:
    """A row of this or an older format as one of this."""
    for number in range(row.get("format", FORMAT), FORMAT):
        step = STEPS.get((table, number))
        row = step(row) if step else row
    return row
