"""What people's own Python functions are given and may answer: `accept`, `before_write`, `after_write` and `match` of a mapping.

A function that raises, or answers something else than it may, is the problem of its record and of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mapping.filters import Broken
from mapping.values import Refusal, Row, Side
from mapping.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record as a function sees it: its mapping, the side that the call is about, and the rows of both sides (`{}`: not there).

    `values` are about to be written, or were written, to `side`; `creates` says that the row is made by them. `candidates` are rows of
    the other side that answer to the record's natural key.
    """

    mapping: str
    side: str
    row: Row
    other: Row = field(default_factory=dict)
    values: Row = field(default_factory=dict)
    creates: bool = False
    candidates: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function of people's own, by the name it has in mappings.toml (`extensions.py:accept_customer`)."""

    name: str
    find: Callable[[], Callable[[Record], Any]] = field(compare=False)

    def __call__(self, record: Record) -> Any:
        """What the function answers; raises Failed when it does."""
        try:
            return self.find()(record)
        except (Exception, SystemExit) as error:
            raise Failed(f"{self.name} raised {type(error).__name__}: {error}"[:500]) from error

    def __str__(self) -> str:
        return self.name


class Failed(Exception):
    """A function of people's own raised, or answered what it may not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extensions:
    """The functions that a mapping names, besides `accept`, which stands among its filters."""

    before_write: Function | None = None
    after_write: Function | None = None
    match: Function | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A filter that asks a function: it answers yes, no, or why not in words."""

    mapping: str
    side: Side
    function: Function

    def __call__(self, row: Row, world: World) -> str | None:
        try:
            answer = self.function(Record(mapping=self.mapping, side=self.side, row=row))
        except Failed as error:
            return Broken(error)
        if isinstance(answer, str):
            return answer or None
        return None if answer else f"{self.function} does not accept it"

    def __str__(self) -> str:
        return f"accepted by {self.function}"


def before_write(extensions: Extensions, record: Record) -> Mapping[str, Any] | Refusal:
    """The values as they are to be written; None from the function leaves them as they are."""
    if extensions.before_write is None:
        return record.values
    try:
        answer = extensions.before_write(record)
    except Failed as error:
        return failed(error)
    if answer is None:
        return record.values
    if not isinstance(answer, Mapping) or not all(isinstance(name, str) for name in answer):
        return failed(f"{extensions.before_write} must answer a dict of columns and values, or None")
    return dict(answer)


def after_write(extensions: Extensions, record: Record) -> Refusal | None:
    """Tell the function what was written; its failure, if it fails."""
    try:
        if extensions.after_write:
            extensions.after_write(record)
    except Failed as error:
        return failed(error)
    return None


def matching(extensions: Extensions, record: Record) -> list[Row] | Refusal:
    """Those of the candidates that the function leaves; without one, all."""
    if extensions.match is None:
        return list(record.candidates)
    try:
        answer = extensions.match(record)
    except Failed as error:
        return failed(error)
    chosen = [] if answer is None else [answer] if isinstance(answer, Mapping) else answer
    if not isinstance(chosen, list | tuple) or not all(each in record.candidates for each in chosen):
        return failed(f"{extensions.match} must answer some of the candidates")
    return list(chosen)


def failed(what: object) -> Refusal:
    """The refusal of a record whose function failed."""
    return Refusal(code="extension_failed", detail=str(what))
