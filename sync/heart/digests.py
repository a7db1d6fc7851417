"""Digests in the place of values: what is kept of long texts, and of fields that the mapping says so of (rule G2).

A digest tells whether a value changed and nothing else. Where the row still holds the value, the row tells it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from mapping.field import FieldMapping
from mapping.model import Unit
from mapping.values import Scalar, Value

MARK = "\0"
"""Begins a digest: no text of either service holds this character."""

LONGEST = 1000
"""Characters of a text that is kept as it is."""


def is_digest(value: object) -> bool:
    """Whether only a digest was kept of a value."""
    return isinstance(value, str) and value.startswith(MARK)


def _digest(value: Scalar) -> Scalar:
    """A value as its digest; a blank stays one, and a digest what it is."""
    return value if value is None or is_digest(value) else MARK + hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()


def kept(member: FieldMapping, value: Scalar) -> Scalar:
    """What is kept of a field's value."""
    too_long = isinstance(value, str) and len(value) > LONGEST
    return _digest(value) if member.digest or too_long else value


def told(member: FieldMapping, value: Scalar) -> Scalar:
    """A field's value as it is shown where it is kept: a digest by its beginning, before it as much of a long text as is kept."""
    safe = kept(member, value)
    if not isinstance(safe, str) or not is_digest(safe):
        return safe
    mark = f"kept as a digest only: {safe[1:13]}"
    return f"({mark})" if member.digest or is_digest(value) else f"{str(value)[:LONGEST]}… ({len(str(value))} characters, {mark})"


def shown(unit: Unit, value: Value) -> Value:
    """A unit's value as it is shown where it is kept."""
    return by_member(unit, value, told)


def by_member(unit: Unit, value: Value, do: Callable[[FieldMapping, Scalar], Scalar]) -> Value:
    """A unit's value with something done to each member's part; what was held before a group got another member keeps its own."""
    if not isinstance(value, tuple):
        return do(unit.members[0], value)
    return (*(do(member, one) for member, one in zip(unit.members, value, strict=False)), *value[len(unit.members) :])


def same_as_kept(value: Value, held: Value) -> bool:
    """Whether this is the value of which something was kept."""
    return value == recalled(held, value)


def recalled(held: Value, now: Value) -> Value:
    """What was held, with each digest that is the one of the present value replaced by that value."""
    if not isinstance(held, tuple) or not isinstance(now, tuple):
        return now if is_digest(held) and not isinstance(now, tuple) and _digest(now) == held else held
    return (*(now_ if is_digest(one) and _digest(now_) == one else one for one, now_ in zip(held, now, strict=False)), *held[len(now) :])
