"""One unit of a row that is about to be made on the other side. Pure."""

from __future__ import annotations

from mapping.model import Unit
from mapping.values import Refusal, Side
from mapping.world import World
from sync.heart.coupling import Held
from sync.heart.merge import Merged
from sync.heart.plan import Pair
from sync.heart.present import as_problem, left_out_problem, read_unit, whole


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
