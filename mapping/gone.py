"""What became of a coupled record whose row is gone on one side: a document that was posted, archived or deleted (rule C5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mapping.beside import Related
from mapping.steps import Single, Step
from mapping.values import Row, Side
from mapping.world import World


class Ending(StrEnum):
    """What becomes of the coupling."""

    DONE = "done"
    """It is closed: it stays listed, and nothing more happens to it."""
    FREE = "free"
    """The pair is parted, and either record may be coupled again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Became:
    """What became of a record: what its survivor is to hold, and how the coupling ends. `why` tells it in words.

    `within` are steps on rows of the survivor's own, such as its lines, that go together with its change, `after` those behind it.
    """

    ending: Ending
    why: str
    values: Mapping[str, Any] = field(default_factory=dict)
    within: Sequence[Single] = ()
    after: Sequence[Step] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """How to find out what became of a record whose row on `side` is gone.

    `related` are rows that the survivor leads to: their `of` is a column of its row, or with `beside` of related rows of that name.
    `rule` looks at the survivor and at them; None where it cannot tell, and then the deletion policy decides (rule C2).
    """

    side: Side
    related: tuple[Related, ...]
    rule: Callable[[Row, World], Became | None]
