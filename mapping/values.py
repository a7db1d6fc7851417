"""The words that mappings and the engine share: sides, rows, values, and why a value cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Row = Mapping[str, Any]
"""One row as a service sent it: property name -> JSON value."""

Scalar = str | int | bool | None
"""A field's value on one side in comparable form: text trimmed, decimals and dates as text, ids as text, blank as None."""

Value = Scalar | tuple[Scalar, ...]
"""A scalar, or the values of a group's members in order (rule B4)."""


class Side(StrEnum):
    """One of the two systems that are kept in step."""

    BC = "bc"
    SALES = "sales"

    @property
    def other(self) -> Side:
        """The system on the other side."""
        return Side.SALES if self is Side.BC else Side.BC


@dataclass(frozen=True, slots=True)
class Awaited:
    """A record that must be coupled first: its mapping, and the side and id under which the waiting record knows it."""

    mapping: str
    side: Side
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a value cannot be read or written: the code of an error class, and what a person needs to know.

    `waits` names the record whose coupling would settle it; `blank` says that the value is left out meanwhile (rule B6).
    """

    code: str
    detail: str
    waits: Awaited | None = None
    blank: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A value made ready for one side: the properties to send, what that side will hold, and whether it was cut (rule B5).

    `unminded`: the other side says nothing about it; it is neither written nor remembered. `instead` says what this value stands in
    for, until that can be had (rule D7).
    """

    values: Mapping[str, Any]
    holds: Scalar
    shortened: bool = False
    unminded: bool = False
    instead: Refusal | None = None
