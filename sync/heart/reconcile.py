"""The heart: one pair of records as both sides show it now, what is remembered of it, and its neighbours, make a plan.

Pure: it reads nothing itself and writes nothing (rule B10). The same function serves scheduled runs, full synch, dry runs and `explain`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mapping.extensions import failed
from mapping.filters import Broken
from mapping.kinds import LocalMoney
from mapping.lookups import Currency
from mapping.model import Addition, Draft, TableMapping, Unit
from mapping.steps import Step
from mapping.values import Refusal, Row, Side, Value
from mapping.world import World
from sync.heart.along import Along, opening, resumed, updates
from sync.heart.anew import made_anew
from sync.heart.coupling import Held
from sync.heart.creating import create, refused
from sync.heart.departure import both_gone, counterpart_gone, departed, ended_unseen, forgotten, returned
from sync.heart.digests import same_as_kept
from sync.heart.given import (
    constants_kept,
    finally_written,
    given_otherwise,
    known_to_rules,
    overruled,
    remembered_by_rules,
    with_marks,
)
from sync.heart.line_pairs import Line, told
from sync.heart.making import gathered, values_of
from sync.heart.merge import Merged, merge_unit
from sync.heart.plan import Act, Outcome, Pair, Plan, Problem, Run, because
from sync.heart.present import Present, as_refused, read_unit
from sync.heart.sealing import recall
from sync.heart.versions import is_behind, version_met


def reconcile(
    mapping: TableMapping,
    pair: Pair,
    world: World,
    run: Run,
    held_back: Mapping[str, Problem] | None = None,
    lines: Sequence[Line] = (),
) -> Plan:
    """What is to be done to one pair: merge the two rows, or make the one that is missing.

    `held_back` names units that a service refused in this run, with the reason; the rest goes through (rule B9). `lines` are those of a
    document, each with its plan.
    """
    if not pair.rows:
        return both_gone()
    pair = recall(mapping, pair, world)
    pair, put_right = returned(mapping, pair, world)
    pair, halfway = resumed(mapping, pair)
    outside = _outside(mapping, pair, world)
    if isinstance(outside, Broken):
        return refused(failed(outside), *(side.other for side in pair.rows))
    if pair.only_side is None:
        # A row that was being made when the last worker stopped may not be what the filter asks for yet: a draft is not active.
        if outside and not pair.claimed:
            return _other_type(mapping, pair, world) or departed(mapping, pair, world, outside) or _kept(mapping, pair, world, outside)
        return _merge(mapping, pair, world, run, held_back or {}, Along(put_right=put_right, lines=lines, halfway=halfway))
    source = pair.only_side
    if pair.lost or ended_unseen(mapping, pair, source, world):
        return counterpart_gone(mapping, pair, source, outside, world)
    outside = outside or (None if pair.coupled else mapping.too_late(source, pair.rows[source], world))
    if outside:
        return Plan(outcomes={source.other: Outcome.OUT_OF_FILTER}, why=outside)
    if source.other not in run.creates or source.other not in mapping.ever_creates:
        return Plan(outcomes={source.other: Outcome.SKIPPED}, why="it is not coupled, and this run creates nothing there")
    return create(mapping, pair, source, world, held_back or {})


def _outside(mapping: TableMapping, pair: Pair, world: World) -> str | None:
    reasons = (mapping.outside(side, row, world) for side, row in pair.rows.items())
    return next((reason for reason in reasons if reason), None)


def _other_type(mapping: TableMapping, pair: Pair, world: World) -> Plan | None:
    """A record whose type was changed after it was coupled is another sort of record now: a problem (rule A4)."""
    reasons = (keep(row, world) for side, row in pair.rows.items() for keep in mapping.types.get(side, ()))
    changed = next((reason for reason in reasons if reason), None)
    if changed is None:
        return None
    problem = Problem(code="type_changed", detail=changed)
    return Plan(outcomes=dict.fromkeys(Side, Outcome.FAILED), problems=(problem,), why=changed)


def _kept(mapping: TableMapping, pair: Pair, world: World, why: str) -> Plan:
    """A coupled record outside the filters gives and gets nothing; only state rules run for it (rule C1)."""
    draft = Draft(rows=pair.rows, ids=pair.ids, values={side: {} for side in Side}, inside=False, remembered=known_to_rules(pair))
    additions = [rule(draft, world) for rule in mapping.rules] if pair.coupled else []
    values = gathered({}, additions)
    steps = (*updates(mapping, pair, values), *(step for one in additions for step in one.after))
    problems = tuple(because(one.refusal) for one in additions if one.refusal)
    outcomes = {step.side: Outcome.MODIFIED for step in steps} or dict.fromkeys(Side, Outcome.FAILED if problems else Outcome.OUT_OF_FILTER)
    return Plan(steps=steps, outcomes=outcomes, held=remembered_by_rules(additions, pair), problems=problems, asked=pair.asked, why=why)


def _merge(mapping: TableMapping, pair: Pair, world: World, run: Run, held_back: Mapping[str, Problem], along: Along) -> Plan:
    """Merge two rows unit by unit, then let the mapping's rules have their say."""
    merged = _merged_units(mapping, pair, world, run, held_back)
    fresh = pair.claimed or not pair.held
    carried = gathered(values_of(merged.values()), [])
    draft = Draft(rows=pair.rows, ids=pair.ids, values=carried, fresh=fresh, claimed=pair.claimed, remembered=known_to_rules(pair))
    additions = [constants_kept(mapping, pair), *(rule(draft, world) for rule in mapping.rules)]
    refusals = [Problem(code=one.refusal.code, detail=one.refusal.detail) for one in additions if one.refusal]
    if refusals and not pair.coupled:
        return Plan(outcomes=dict.fromkeys(Side, Outcome.FAILED), problems=tuple(refusals))
    after = [step for one in additions for step in one.after]
    if is_behind(mapping, pair) and not any(one.done for one in additions):
        return made_anew(mapping, pair, world, held_back, after)
    values = finally_written(mapping, pair.rows, gathered(draft.values, [*additions, Addition(values=along.put_right)]), None)
    if isinstance(values, Refusal):
        return refused(values, *Side)
    written = with_marks(mapping, pair, values, world)
    merged = overruled(mapping, merged, given_otherwise(mapping, merged, values, pair, world))
    own = updates(mapping, pair, written, along)
    steps = (*own, *after)
    problems = (*(one.problem for one in merged.values() if one.problem), *refusals, *told(along.lines))
    return Plan(
        steps=steps,
        outcomes=_merge_outcomes(steps, problems),
        held={
            **forgotten(mapping, pair),
            **remembered_by_rules(additions, pair),
            **version_met(mapping, pair),
            **{name: one.held for name, one in merged.items() if one.held not in (None, pair.held.get(name))},
        },
        arrived={name: one.arrived for name, one in merged.items() if one.arrived is not None},
        intent=opening(mapping, own, _intent(merged)),
        asked=frozenset(name for name, one in merged.items() if one.asked or (name not in pair.held and _still_asked(name, one, pair))),
        problems=problems,
        shortened=any(one.shortened for one in merged.values()) or any(line.plan.shortened for line in along.lines),
        set_back=any(one.set_back for one in merged.values()),
        done=any(one.done for one in additions),
        act=Act.BLANK if pair.coupled and any(map(_blanks, merged.values())) else None,
    )


def _still_asked(name: str, merged: Merged, pair: Pair) -> bool:
    """Whether a unit that a person was asked about at the first merge could not be looked at this time."""
    return name in pair.asked and merged.held is None


def _blanks(one: Merged) -> bool:
    """Whether a filled value is about to become blank."""
    return one.held is not None and any(_blank(one.held.of(side)) for side in one.values)


def _blank(value: Value) -> bool:
    return value is None or (isinstance(value, tuple) and all(each is None for each in value))


def _merged_units(mapping: TableMapping, pair: Pair, world: World, run: Run, held_back: Mapping[str, Problem]) -> Mapping[str, Merged]:
    """Every unit merged; the currency first, as amounts are merged in the currency that the Sales row will have (rules B4, D1)."""
    merged: dict[str, Merged] = {}
    for unit in sorted(mapping.fields, key=lambda unit: not isinstance(unit.members[0].kind, Currency)):
        refused = held_back.get(unit.name)
        merged[unit.name] = (
            Merged(problem=as_refused(unit, pair, world, refused)) if refused else merge_unit(mapping, unit, pair, world, run)
        )
        if isinstance(unit.members[0].kind, Currency):
            pair = _as_amounts_see_it(mapping, unit, merged[unit.name], pair)
    return {unit.name: merged[unit.name] for unit in mapping.fields}


def _as_amounts_see_it(mapping: TableMapping, currency: Unit, merged: Merged, pair: Pair) -> Pair:
    """The pair with the currency that the Sales row will have; where that is another one, amounts are merged as for the first time."""
    member, known = currency.members[0], pair.held.get(currency.name)
    column = member.shown(Side.SALES)
    held = merged.held or (known if merged.values else None)
    future = held.sales if held else pair.rows[Side.SALES].get(column)
    rows = {Side.BC: {**pair.rows[Side.BC], member.bc: None}, Side.SALES: {**pair.rows[Side.SALES], column: future}}
    moves = known is None or known.sales != future
    amounts = {unit.name for unit in mapping.fields if moves and isinstance(unit.members[0].kind, LocalMoney)}
    return replace(pair, rows=rows, held={name: held for name, held in pair.held.items() if name not in amounts})


def _merge_outcomes(steps: tuple[Step, ...], problems: tuple[Problem, ...]) -> Mapping[Side, Outcome]:
    written = {step.side: Outcome.MODIFIED for step in steps}
    rest = Outcome.FAILED if any(one.holds_back for one in problems) else Outcome.UNCHANGED
    return {side: written.get(side, rest) for side in Side} if not problems or written else dict.fromkeys(Side, rest)


def held_of_new_row(mapping: TableMapping, pair: Pair, held: Mapping[str, Held], world: World, made: Side) -> Mapping[str, Held]:
    """What both sides hold once the row made on `made` is known: its own defaults overwrite nothing, numbers travel at once (rule B2)."""
    complete = dict(held)
    own_default = [unit for unit in mapping.fields if not unit.direction.reaches(made) and not unit.members[0].at_once]
    for unit in own_default:
        present = read_unit(unit, pair, world)
        if isinstance(present, Present):
            complete[unit.name] = Held(present.value(Side.BC), present.value(Side.SALES))
    return complete


def differing_units(mapping: TableMapping, row: Row, held: Mapping[str, Held], world: World) -> list[str]:
    """The units in which BC's row holds something else than is remembered of it: it was rewritten there, or is not known in Sales yet."""
    present = {
        unit.name: read_unit(unit, Pair(rows={Side.BC: row}, ids={}), world)
        for unit in mapping.fields
        if unit.direction.reaches(Side.SALES)
    }
    return [
        name
        for name, one in present.items()
        if isinstance(one, Present) and (not same_as_kept(one.value(Side.BC), held[name].bc) if name in held else not one.blank(Side.BC))
    ]


def _intent(merged: Mapping[str, Merged]) -> Mapping[str, Mapping[str, Held]]:
    """Per side that is about to be written, and unit, what both sides hold then, so that a crash can be told from an edit."""
    intent: dict[str, dict[str, Held]] = {}
    for name, one in merged.items():
        for side in one.values:
            if one.held is not None:
                intent.setdefault(side, {})[name] = one.held
    return intent
