"""Merging one unit, a field or a group, against what each side held when they were last in step (rules A3, B1 to B7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mapping.field import Direction
from mapping.lookups import Lookup
from mapping.model import TableMapping, Unit
from mapping.policies import ConflictPolicy
from mapping.values import Refusal, Scalar, Side, Value, Written
from mapping.world import World
from sync.heart.choice import EVERY_UNIT, Choice
from sync.heart.coupling import Held
from sync.heart.digests import same_as_kept
from sync.heart.plan import Pair, Problem, Run, StartRule
from sync.heart.present import Present, as_problem, conflict, lacks_partner, left_out_problem, read_unit, whole, with_values
from sync.heart.turns import is_ping_pong
from sync.heart.typed import for_both


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What is to happen to one unit: the properties to send per side, what both sides hold afterwards, and what stands in the way.

    `arrived` is what both sides held after a write of a crashed worker that got through. `asked`: a person was asked at the first merge.
    """

    values: Mapping[Side, Mapping[str, object]] = field(default_factory=dict)
    held: Held | None = None
    arrived: Held | None = None
    problem: Problem | None = None
    shortened: bool = False
    set_back: bool = False
    asked: bool = False


def merge_unit(mapping: TableMapping, unit: Unit, pair: Pair, world: World, run: Run) -> Merged:
    """What is to happen to one unit of a pair of which both rows are there."""
    present = read_unit(unit, pair, world)
    if present is None:
        return Merged()
    if isinstance(present, Refusal):
        return Merged(problem=as_problem(unit, present))
    if _unminded(present):
        return Merged()
    arrived = _arrived(present)
    if arrived:
        present = replace(present, pair=replace(pair, held={**pair.held, unit.name: arrived}))
    held = arrived or pair.held.get(unit.name)
    if run.forced and unit.direction.reaches(run.forced.other):
        return replace(_forced(present, held, run.forced), arrived=arrived)
    unmade = _unmade(present) if held is None else None
    if unmade:
        return _write(present, unmade)
    again = held if not run.unconditional and unit.name not in pair.asked else None
    merged = _later_merge(present, again, mapping.policy(unit)) if again else _first_merge(present, run)
    choice = _choice(present, merged.problem, run)
    return replace(_decided(present, choice) if choice else merged, arrived=arrived)


def _unmade(present: Present) -> Side | None:
    """The side whose row was made by a worker who died before he wrote this unit there: what stands in it is nobody's edit."""
    pair = present.pair
    return next((side for side in Side if pair.claimed and present.unit.name in pair.intent.get(side, {})), None)


def _choice(present: Present, problem: Problem | None, run: Run) -> Choice | None:
    """A person's decision about this unit, if both sides hold what he saw; one about every unit decides problems only."""
    named, every = run.choices.get(present.unit.name), run.choices.get(EVERY_UNIT)
    if named:
        return named if all(present.value(side) == value for side, value in named.seen.items()) else None
    # Chosen for all alike, a side may have no way to the other one in this unit (rule B2).
    travels = every and (every.side is None or present.unit.direction.reaches(every.side.other))
    return every if every and travels and problem and every.answers(problem) else None


def _decided(present: Present, choice: Choice) -> Merged:
    """What a person chose in the place of a problem (rules B1, B3): a side, a value for both, or both as they are."""
    if choice.side:
        return _write(present, choice.side.other, asked=True)
    if choice.typed is None:
        return Merged(held=as_they_are(present))
    written = for_both(present, choice.typed)
    if isinstance(written, Refusal):
        return Merged(problem=with_values(present, as_problem(present.unit, written)))
    holds = {side: whole(tuple(one.holds for one in each)) for side, each in written.items()}
    values = {side: _gathered(each) for side, each in written.items() if present.value(side) != holds[side]}
    return Merged(values=values, held=Held(holds[Side.BC], holds[Side.SALES]))


def as_they_are(present: Present) -> Held:
    """Both sides left as they are by a person: a difference is no edit, and nothing is made up for later (rule B1)."""
    return Held(present.value(Side.BC), present.value(Side.SALES), accepted=not present.same())


def _gathered(written: Sequence[Written]) -> dict[str, object]:
    return {name: value for one in written for name, value in one.values.items()}


def _unminded(present: Present) -> bool:
    """Whether the source says nothing about a one-way unit, so that the other side keeps what it holds."""
    if present.unit.direction is Direction.BOTH:
        return False
    target = Side.SALES if present.unit.direction is Direction.TO_SALES else Side.BC
    member = present.unit.members[0]
    if present.values[target.other][0] is not None:
        return False
    written = member.write(target, None, present.pair.rows, present.world)
    return isinstance(written, Written) and written.unminded


def _arrived(present: Present) -> Held | None:
    """A side that already holds what a crashed worker meant to write there: both held then what he knew (design.md section 6)."""
    for side in Side:
        meant = present.pair.intent.get(side, {}).get(present.unit.name)
        if meant and present.value(side) == meant.of(side):
            return meant
    return None


def _first_merge(present: Present, run: Run) -> Merged:
    """Equal values are remembered, a blank is filled from the other side, else the start rule decides (rule A3)."""
    unit, direction = present.unit, present.unit.direction
    if present.same():
        return _agreed(present)
    if direction is not Direction.BOTH:
        source = Side.BC if direction is Direction.TO_SALES else Side.SALES
        keeps = unit.members[0].keep_typed and not present.blank(source.other)
        return _agreed(present) if keeps or present.blank(source) else _write(present, source.other)
    if present.blank(Side.BC) or present.blank(Side.SALES):
        return _write(present, Side.BC if present.blank(Side.BC) else Side.SALES)
    filled = _filled(present)
    if filled:
        return filled
    if run.start_rule is StartRule.ASK or unit.name in present.pair.asked:
        return Merged(problem=conflict(present), asked=True)
    return _write(present, Side.SALES if run.start_rule is StartRule.BC_WINS else Side.BC)


def _filled(present: Present) -> Merged | None:
    """A group whose members agree or are blank on one side: each blank is filled from the other side; None when they contradict."""
    values: dict[Side, dict[str, object]] = {side: {} for side in Side}
    holds: dict[Side, list[Scalar]] = {side: [] for side in Side}
    for place, member in enumerate(present.unit.members):
        one = Present(Unit(member.name, (member,)), present.pair, present.world, {side: (present.values[side][place],) for side in Side})
        blanks = [side for side in Side if one.blank(side)]
        if not one.same() and len(blanks) != 1:
            return None
        for side in Side:
            written = one.carried(side) if blanks == [side] else None
            if isinstance(written, Refusal):
                return None
            values[side].update(written[0].values if written else {})
            holds[side].append(written[0].holds if written else one.values[side][0])
    return Merged(
        values={side: sent for side, sent in values.items() if sent},
        held=Held(whole(tuple(holds[Side.BC])), whole(tuple(holds[Side.SALES]))),
    )


def _later_merge(present: Present, held: Held, policy: ConflictPolicy) -> Merged:
    """Who changed since last time decides (rules B1 to B3)."""
    changed = {side: present.value(side) != held.of(side) or _put_back(present, held, side) for side in Side}
    if not any(changed.values()):
        return _still_left_out(present, held)
    if present.same():
        return _agreed(present)
    if present.unit.direction is not Direction.BOTH:
        return _one_way(present, held, changed)
    if all(changed.values()):
        return _both_changed(present, policy)
    target = Side.SALES if changed[Side.BC] else Side.BC
    if _would_lose_text(present, held, target):
        return Merged(problem=conflict(present, "text_would_be_lost"))
    return _write(present, target)


def _forced(present: Present, held: Held | None, winner: Side) -> Merged:
    """A person chose whose values win; only what the winner never held in a one-way unit overwrites nothing even so (rule B2)."""
    never_held = held is None or held.of(winner) == present.value(winner)
    keeps = present.unit.direction is not Direction.BOTH and present.blank(winner) and never_held
    return _agreed(present) if keeps or present.same() else _write(present, winner.other, asked=True)


def _put_back(present: Present, held: Held, source: Side) -> bool:
    """Whether a value was put back that a crashed worker was carrying to the other side, while the other side was edited.

    Whether it got there before that edit cannot be told, so putting it back counts as an edit.
    """
    meant = present.pair.intent.get(source.other, {}).get(present.unit.name)
    return (
        meant is not None
        and present.value(source) != meant.of(source)
        and present.value(source.other)
        not in (
            held.of(source.other),
            meant.of(source.other),
        )
    )


def _one_way(present: Present, held: Held, changed: Mapping[Side, bool]) -> Merged:
    """The source's change travels; an edit on the receiving side is set back, unless the source never had a value (rule B2)."""
    source = Side.BC if present.unit.direction is Direction.TO_SALES else Side.SALES
    if changed[source]:
        return _write(present, source.other)
    if present.blank(source) or present.unit.members[0].keep_typed:
        return _agreed(present)
    return _write(present, source.other, set_back=True)


def _both_changed(present: Present, policy: ConflictPolicy) -> Merged:
    """Both sides changed to different values: the policy decides (rule B3); a blank that overwrites nothing has no say."""
    silent = next((side for side in Side if present.says_nothing(side)), None)
    if silent:
        return _write(present, silent)
    winner = _newest(present) if policy is ConflictPolicy.NEWEST else WINNERS.get(policy)
    return _write(present, winner.other) if winner else Merged(problem=conflict(present))


WINNERS = {ConflictPolicy.BC_WINS: Side.BC, ConflictPolicy.SALES_WINS: Side.SALES}

TOLERANCE = timedelta(seconds=2)
"""Two stamps closer than this say nothing about who was later: Sales keeps whole seconds, and no two clocks agree."""


def _newest(present: Present) -> Side | None:
    """The side that was changed last; None, which is manual, when that cannot be told (rule B8).

    A stamp that is not later than our last write may be our own, of another field: it says when the side was changed at the latest.
    """
    bc, sales = present.pair.stamps.get(Side.BC), present.pair.stamps.get(Side.SALES)
    if bc is None or sales is None or abs(bc - sales) <= TOLERANCE:
        return None
    ours = present.pair.synced_at
    return None if ours and max(bc, sales) <= ours else Side.BC if bc > sales else Side.SALES


def _would_lose_text(present: Present, held: Held, target: Side) -> bool:
    """The short side was edited while the long side holds more than the short one ever showed (rule B5)."""
    shown = present.carried(target.other)
    if isinstance(shown, Refusal) or not any(one.shortened for one in shown):
        return False
    return same_as_kept(whole(tuple(one.holds for one in shown)), held.of(target.other))


def _still_left_out(present: Present, held: Held) -> Merged:
    """A lookup that was left out while its partner was not coupled: written now that it is, else waited for again (rule B6)."""
    if held.accepted:
        return Merged()
    left_out_of_bc = held.bc is None and held.sales is not None and isinstance(present.unit.members[0].kind, Lookup)
    lacking = {Side.SALES: lacks_partner(present, held), Side.BC: left_out_of_bc and present.unit.direction.reaches(Side.BC)}
    for side in (side for side, lacks in lacking.items() if lacks):
        missing = left_out_problem(present, side)
        return Merged(problem=missing) if missing else _write(present, side)
    return Merged()


def _agreed(present: Present) -> Merged:
    """Nothing to write; what both sides hold is remembered, unless it is remembered already, and what is left out waits (rule B6)."""
    held = Held(present.value(Side.BC), present.value(Side.SALES))
    left_out = left_out_problem(present, Side.SALES) if lacks_partner(present, held) else None
    return Merged(held=None if present.pair.held.get(present.unit.name) == held else held, problem=left_out)


def _write(present: Present, target: Side, *, set_back: bool = False, asked: bool = False) -> Merged:
    """Carry the other side's values to `target`; what a person asked for is no ping-pong."""
    written = present.carried(target)
    if isinstance(written, Refusal):
        return Merged(problem=with_values(present, as_problem(present.unit, written)))
    values = _gathered(written)
    holds = whole(tuple(one.holds for one in written))
    held = Held(present.value(Side.BC), holds) if target is Side.SALES else Held(holds, present.value(Side.SALES))
    left_out = left_out_problem(present, target)
    if not asked and is_ping_pong(present.pair.turns.get(present.unit.name, ()), target, holds, present.world.now):
        return Merged(problem=conflict(present, "ping_pong"))
    values = {} if _holds_already(present, target, holds) else values
    if target in present.unit.members[0].once and target in present.pair.rows and values:
        detail = f"{target} takes {present.unit.name} only when the row is made"
        return Merged(problem=with_values(present, Problem(code="create_only", detail=detail, field=present.unit.name)))
    return Merged(
        values={target: values} if values else {},
        held=None if present.pair.held.get(present.unit.name) == held else held,
        problem=left_out,
        shortened=any(one.shortened for one in written),
        set_back=set_back,
    )


def _holds_already(present: Present, target: Side, holds: Value) -> bool:
    return target in present.values and present.value(target) == holds
