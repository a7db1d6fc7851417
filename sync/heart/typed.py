"""A value that a person typed, made ready for both sides through the kinds of its fields (rule B3)."""

from __future__ import annotations

from collections.abc import Mapping

from mapping.field import FieldMapping
from mapping.kinds import too_long
from mapping.values import Refusal, Scalar, Side, Written
from sync.heart.present import Present

Typed = Mapping[str, Scalar | float]


def for_both(present: Present, typed: Typed) -> Mapping[Side, list[Written]] | Refusal:
    """The typed values of a unit's members, as BC would show them, made ready for either side; or why a side cannot take one of them."""
    written: dict[Side, list[Written]] = {side: [] for side in Side}
    for member in present.unit.members:
        one = _member(present, member, typed[member.name])
        if isinstance(one, Refusal):
            return one
        for side in Side:
            written[side].append(one[side])
    return written


def _member(present: Present, member: FieldMapping, value: Scalar | float) -> Mapping[Side, Written] | Refusal:
    """One member: read as BC would show it, carried to Sales, and back."""
    carried: Scalar | Refusal
    both: dict[Side, Written] = {}
    try:
        carried = member.read(Side.BC, {member.shown(Side.BC): value}, present.world)
        for side in (Side.SALES, Side.BC):
            if isinstance(carried, Refusal):
                return carried
            one = member.kind.write(member, side, carried, present.pair.rows, present.world)
            if isinstance(one, Refusal):
                return one
            if one.shortened:
                return too_long(member, side, member.length(side) or 0)
            both[side], carried = one, one.holds
    except (ValueError, ArithmeticError):
        return Refusal(code="invalid_value", detail=f"{member.name} is no value of its kind")
    return both
