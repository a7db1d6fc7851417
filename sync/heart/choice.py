"""What a person decided about a unit in conflict: one side's value, a typed one, or both as they are (rules B1, B3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mapping.values import Scalar, Side, Value

if TYPE_CHECKING:
    from sync.heart.plan import Problem

EVERY_UNIT = "*"
"""The key of a choice for whatever unit is in conflict."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One person's decision about one unit: `side` wins, or `typed` (what BC would show, by member name) is written to both.

    Neither: both sides stay as they are, which is remembered as agreed. `seen` is what the person saw: other values are not touched.
    `code` limits a choice for every unit to problems of that code.
    """

    side: Side | None = None
    typed: Mapping[str, Scalar | float] | None = None
    seen: Mapping[Side, Value] = field(default_factory=dict)
    code: str | None = None

    def answers(self, problem: Problem) -> bool:
        """Whether this decides the problem: a unit held back, of which both sides hold something to choose."""
        return problem.values is not None and problem.holds_back and self.code in (None, problem.code)
