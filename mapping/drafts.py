"""What a mapping's own functions see and say: a plan in the making, what they add to it, filters, and templates of new rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mapping.steps import Single, Step, Update
from mapping.values import Refusal, Row, Scalar, Side
from mapping.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Addition:
    """What a special rule adds: values beside those of the fields, steps after the record's own, and what it is to know later.

    What it `remembers` is known to the mapping's rules once all steps are done, by names of their own; `done` closes the coupling then.
    """

    values: Mapping[Side, Mapping[str, Any]] = field(default_factory=dict)
    after: Sequence[Any] = ()
    remembers: Mapping[str, Scalar] = field(default_factory=dict)
    refusal: Refusal | None = None
    done: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A plan in the making, as a special rule sees it: the two rows, their ids, and the values about to be written per side.

    `creates` is the side on which a row is being made; `fresh` says that the pair has not been completed before (created, claimed, or
    merged for the first time), `claimed` that a worker died while he made a row; `inside` whether both rows pass the filters.
    `remembered` is what the rules wanted to know of the pair. Of a line, `document` is the draft of its document.
    """

    rows: Mapping[Side, Row]
    ids: Mapping[Side, str]
    values: Mapping[Side, Mapping[str, Any]]
    creates: Side | None = None
    fresh: bool = False
    claimed: bool = False
    inside: bool = True
    remembered: Mapping[str, Scalar] = field(default_factory=dict)
    document: Draft | None = None


Rule = Callable[[Draft, World], Addition]
Keep = Callable[[Row, World], "str | None"]
"""A filter on one row: None when the row is inside, else the reason in words."""


class Reopen(Protocol):
    """How a row is written that may be read-only as it stands: the change itself, or steps that go together with it.

    `within` are steps on other rows that need it open, too: its lines.
    """

    def __call__(self, change: Update, row: Row, /, *within: Single) -> Step: ...


Expand = Callable[[Draft, World], "Sequence[Mapping[str, Any]] | Refusal"]
"""What a row that is part of a document becomes: the values of one row or several, the first its own; or why it cannot be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """What a new row is given beside its fields: of the templates of a side the first by priority whose filters hold for the source row.

    Its values win over those of the fields. `values` is None when nobody knows the template by that name. `code` names the template of
    BC that supplies the rest (rule E8).
    """

    name: str
    values: Mapping[str, Any] | None
    code: str = ""
    where: Sequence[Keep] = ()
    priority: int = 0

    def fits(self, row: Row, world: World) -> bool:
        """Whether a new row made from this one takes the template."""
        return not any(keep(row, world) for keep in self.where)
