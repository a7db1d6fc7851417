"""What both sides hold now in one unit, a field or a group, and the ways to compare it and carry it over (rules B1, B4, B6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapping.field import Direction, FieldMapping
from mapping.kinds import LocalMoney, Number, fold
from mapping.lookups import Currency, Lookup
from mapping.model import Unit
from mapping.values import Refusal, Scalar, Side, Value, Written
from mapping.world import World
from sync.heart.coupling import Held
from sync.heart.digests import shown
from sync.heart.plan import Pair, Problem

COUNTED = (Number, LocalMoney)
"""Kinds whose 0 nobody has filled: it overwrites nothing at the first merge (rules A3, B2). A text 0 was typed by somebody."""


@dataclass(frozen=True, slots=True)
class Present:
    """What both sides hold now, and the ways to compare and carry it over."""

    unit: Unit
    pair: Pair
    world: World
    values: Mapping[Side, tuple[Scalar, ...]]

    def carried(self, to: Side) -> list[Written] | Refusal:
        """The values of the other side, made ready for `to`."""
        written = []
        for place, (member, value) in enumerate(zip(self.unit.members, self.values[to.other], strict=True)):
            if self._silent(place, to.other):
                written.append(Written(values={}, holds=self.values[to][place] if to in self.values else None))
                continue
            one = member.write(to, value, self.pair.rows, self.world)
            if isinstance(one, Refusal) and one.blank and to is Side.SALES:
                one = member.write(to, None, self.pair.rows, self.world)
            if isinstance(one, Refusal):
                return one
            written.append(one)
        return written

    def same(self, *, caseless: bool = False) -> bool:
        """Whether either side's values arrive on the other as what it holds already (rule B1); `caseless` for any text."""
        one_way = self.unit.direction is not Direction.BOTH and any(member.transform for member in self.unit.members)
        return any(self._arrives(side, caseless) for side in Side if not one_way or self.unit.direction.reaches(side))

    def _arrives(self, side: Side, caseless: bool) -> bool:
        written = self.carried(side)
        if isinstance(written, Refusal):
            return False
        arrived = [None if self._silent(place, side.other) else one.holds for place, one in enumerate(written)]
        compared = zip(self.unit.members, arrived, self.values[side], strict=True)
        return all(_equal(one, value, caseless or member.kind.caseless) for member, one, value in compared)

    def value(self, side: Side) -> Value:
        """What one side holds: the scalar of a field, the tuple of a group."""
        return whole(self.values[side])

    def says_nothing(self, side: Side) -> bool:
        """Whether one side holds only blanks that are to overwrite nothing."""
        return all(self._silent(place, side) for place in range(len(self.unit.members)))

    def _silent(self, place: int, side: Side) -> bool:
        return self.unit.members[place].not_null and self.values[side][place] is None

    def lacks_needed(self, side: Side) -> bool:
        """Whether one side holds no value without which no row is made."""
        members = zip(self.unit.members, self.values[side], strict=True)
        return any(member.needed and value is None and not self._is_local_currency(member, side) for member, value in members)

    @staticmethod
    def _is_local_currency(member: FieldMapping, side: Side) -> bool:
        return side is Side.BC and isinstance(member.kind, Currency)

    def blank(self, side: Side) -> bool:
        """Whether one side holds nothing but what a field holds that nobody has filled; BC's blank currency is the local one (rule D1)."""
        local_currency = self._is_local_currency(self.unit.members[0], side)
        members = zip(self.unit.members, self.values[side], strict=True)
        return not local_currency and all(value is None or (value == "0" and isinstance(member.kind, COUNTED)) for member, value in members)


def _equal(one: Scalar, other: Scalar, caseless: bool) -> bool:
    return fold(one) == fold(other) if caseless else one == other


def whole(values: tuple[Scalar, ...]) -> Value:
    """A unit's values as they are remembered: the scalar of a field, the tuple of a group."""
    return values[0] if len(values) == 1 else values


def read_unit(unit: Unit, pair: Pair, world: World) -> Present | Refusal | None:
    """What both sides hold in a unit; None when a column is absent, as an absent column is unknown, never blank."""
    values: dict[Side, tuple[Scalar, ...]] = {}
    for side, row in pair.rows.items():
        if any(member.column(side) and member.shown(side) not in row for member in unit.members):
            return None
        read = [member.read(side, row, world) for member in unit.members]
        refusal = next((one for one in read if isinstance(one, Refusal)), None)
        if refusal:
            return refusal
        values[side] = tuple(one for one in read if not isinstance(one, Refusal))
    return Present(unit, pair, world, values)


def left_out_problem(present: Present, target: Side) -> Problem | None:
    """What `target` lacks because a partner is not coupled: left blank, or stood in for; released when it is (rules B6, D7)."""
    for member, value in zip(present.unit.members, present.values[target.other], strict=True):
        if isinstance(member.kind, Lookup):
            one = member.write(target, value, present.pair.rows, present.world)
            if isinstance(one, Refusal) and one.blank:
                return as_problem(present.unit, one)
            if isinstance(one, Written) and one.instead:
                return replace(as_problem(present.unit, one.instead), noted=True)
    return None


def lacks_partner(present: Present, held: Held) -> bool:
    """Whether what Sales held is a blank, or a stand-in, in the place of a partner."""
    fallback = (present.world.owner_fallback or "").partition("/")[2]
    is_lookup = isinstance(present.unit.members[0].kind, Lookup) and present.unit.direction.reaches(Side.SALES)
    return is_lookup and held.bc is not None and (held.sales is None or held.sales == fallback)


def conflict(present: Present, code: str = "conflicting_edits") -> Problem:
    """A problem that shows both values and what each side held before; only this unit waits (rule B3)."""
    before, unit = present.pair.held.get(present.unit.name), present.unit
    text = {side: f" (before: {shown(unit, before.of(side))!r})" if before else "" for side in Side}
    said = {side: f"{shown(unit, present.value(side))!r}{text[side]}" for side in Side}
    detail = f"BC holds {said[Side.BC]}, Sales holds {said[Side.SALES]}"
    return with_values(present, Problem(code=code, detail=detail, field=present.unit.name))


def with_values(present: Present, problem: Problem) -> Problem:
    """The problem with what both sides hold and held, so that a person can choose; of a row still to be made there is nothing to choose."""
    if len(present.values) != len(Side):
        return problem
    held = present.pair.held.get(present.unit.name)
    return replace(problem, values={side: present.value(side) for side in Side}, held=held)


def as_refused(unit: Unit, pair: Pair, world: World, problem: Problem) -> Problem:
    """The problem of a unit that a service refused, with what both sides hold: a person may choose there, too (rule B9)."""
    present = read_unit(unit, pair, world)
    return with_values(present, problem) if isinstance(present, Present) else problem


def as_problem(unit: Unit, refusal: Refusal) -> Problem:
    """A refusal as the problem of one unit (rule B9)."""
    return Problem(code=refusal.code, detail=refusal.detail, field=unit.name, waits=refusal.waits, left_out=refusal.blank)
