"""What a row that is about to be made on the other side, or written there, consists of. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mapping.model import Addition, TableMapping, Unit
from mapping.values import Refusal, Side
from mapping.world import World
from sync.heart.coupling import Held
from sync.heart.merge import Merged
from sync.heart.plan import Pair, Problem
from sync.heart.present import Present, as_problem, left_out_problem, read_unit, whole


def made_unit(unit: Unit, pair: Pair, target: Side, world: World) -> Merged:
    """One unit of a row about to be made; a unit that does not travel that way is remembered when the new row is known."""
    if not unit.direction.reaches(target):
        return Merged()
    present = read_unit(unit, pair, world)
    if present is None:
        return Merged()
    if isinstance(present, Refusal):
        return Merged(problem=as_problem(unit, present))
    if present.lacks_needed(target.other):
        return Merged(problem=as_problem(unit, Refusal(code="required_missing", detail=f"{unit.name} is blank")))
    written = present.carried(target)
    if isinstance(written, Refusal):
        return Merged(problem=as_problem(unit, written))
    if any(one.unminded for one in written):
        return Merged()
    values: dict[str, object] = {}
    for one in written:
        values.update(one.values)
    mine, theirs = present.value(target.other), whole(tuple(one.holds for one in written))
    held = Held(mine, theirs) if target is Side.SALES else Held(theirs, mine)
    shortened = any(one.shortened for one in written)
    return Merged(values={target: values}, held=held, problem=left_out_problem(present, target), shortened=shortened)


def values_of(merged: Iterable[Merged]) -> dict[Side, dict[str, object]]:
    """The values of these units, per side."""
    values: dict[Side, dict[str, object]] = {side: {} for side in Side}
    for one in merged:
        for side, sent in one.values.items():
            values[side].update(sent)
    return values


def gathered(values: Mapping[Side, Mapping[str, object]], additions: Iterable[Addition]) -> dict[Side, dict[str, object]]:
    """The values of the fields and of the rules together, per side."""
    together = {side: dict(values.get(side, {})) for side in Side}
    for one in additions:
        for side, sent in one.values.items():
            together[side].update(sent)
    return together


def made_units(mapping: TableMapping, pair: Pair, target: Side, world: World, without: Collection[str] = ()) -> dict[str, Merged]:
    """Every unit of a row about to be made, and what it is given beside them, as far as its source says anything."""
    made = {unit.name: made_unit(unit, pair, target, world) for unit in mapping.fields if unit.name not in without}
    given = {unit.name: _given_unit(unit, pair, target, world) for unit in mapping.given if unit.name not in without}
    return made | {name: one for name, one in given.items() if one.values or one.problem}


def _given_unit(unit: Unit, pair: Pair, target: Side, world: World) -> Merged:
    """A unit that a new row is given: a blank gives nothing, so that what the service itself fills in stays."""
    present = read_unit(unit, pair, world)
    silent = isinstance(present, Present) and present.blank(target.other) and not present.lacks_needed(target.other)
    return Merged() if silent else made_unit(unit, pair, target, world)


def blocking(mapping: TableMapping, problems: Iterable[Problem]) -> list[Problem]:
    """Those problems because of which no row is made: a partner that must be coupled first, or a value that the row needs."""
    return [problem for problem in problems if _blocks(mapping, problem)]


def _blocks(mapping: TableMapping, problem: Problem) -> bool:
    if problem.waits and problem.holds_back:
        return True
    return problem.field is not None and any(member.needed for member in mapping.unit(problem.field).members)
