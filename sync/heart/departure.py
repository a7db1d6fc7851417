"""What follows when a row of a pair is gone, or left the mapping's filters, by the mapping's policies (rules C1, C2). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping.field import Direction
from mapping.gone import Became, Ending
from mapping.model import TableMapping
from mapping.policies import DeletionPolicy, LeavingPolicy
from mapping.steps import Delete, Step
from mapping.values import Row, Side
from mapping.world import World
from sync.errors import CounterpartDeleted
from sync.heart.coupling import DEPARTED, Held
from sync.heart.merge import WINNERS
from sync.heart.plan import Act, Outcome, Pair, Plan, Problem
from sync.heart.present import Present, read_unit

LEFT = "left"
NOBODY = Held(None, None)


def both_gone() -> Plan:
    """A coupling of two rows that are both gone goes away quietly."""
    return Plan(parts=True)


def what_became(mapping: TableMapping, pair: Pair, survivor: Side, world: World) -> Became | None:
    """What the mapping's rule finds out about a row that is gone (rule C5); None where it cannot tell."""
    return mapping.gone.rule(pair.rows[survivor], world) if mapping.gone and mapping.gone.side is survivor.other else None


def ended_unseen(mapping: TableMapping, pair: Pair, survivor: Side, world: World) -> bool:
    """Whether a row that is still claimed was made, and came to its end before the next worker looked: it is not made again (rule A6)."""
    became = what_became(mapping, pair, survivor, world) if pair.claimed else None
    return became is not None and became.ending is Ending.DONE


def counterpart_gone(mapping: TableMapping, pair: Pair, survivor: Side, outside: str | None, world: World) -> Plan:
    """One row of the pair is gone: what became of it (rule C5), else what the mapping's policy says of a deletion, and a problem where that
    cannot be done (rule C2).
    """
    known = what_became(mapping, pair, survivor, world)
    if known:
        return _became(mapping, pair, survivor, known)
    policy, gone = mapping.deletion, survivor.other
    if policy is DeletionPolicy.REMOVE_COUPLING:
        return Plan(act=Act.UNCOUPLE, parts=True)
    if policy is DeletionPolicy.RESTORE:
        return _restored(mapping, gone, outside)
    if policy is DeletionPolicy.FOLLOW_SOURCE and mapping.direction is not Direction.BOTH:
        return _deleted(mapping, pair, survivor) if mapping.direction.reaches(survivor) else _restored(mapping, gone, outside)
    if policy is DeletionPolicy.DELETE_COUNTERPART:
        return _deleted(mapping, pair, survivor)
    if policy is DeletionPolicy.DEACTIVATE_COUNTERPART:
        return _deactivated(mapping, pair, survivor)
    if policy is DeletionPolicy.DELETE_UNCHANGED:
        return _deleted_unless_changed(mapping, pair, survivor, outside, world)
    return _problem(gone, f"the coupled row in {gone} is gone")


def _deleted_unless_changed(mapping: TableMapping, pair: Pair, survivor: Side, outside: str | None, world: World) -> Plan:
    """What was deleted on one side is deleted on the other; changed there since, it is a conflict like any other (rule B3)."""
    read = {unit.name: read_unit(unit, pair, world) for unit in mapping.fields if unit.direction.reaches(survivor.other)}
    held = {name: pair.held[name].of(survivor) for name in read if name in pair.held}
    changed = [name for name, one in read.items() if name in held and isinstance(one, Present) and one.value(survivor) != held[name]]
    winner = WINNERS.get(mapping.conflict)
    if not changed or winner is survivor.other:
        return _deleted(mapping, pair, survivor)
    if winner is survivor:
        return _restored(mapping, survivor.other, outside)
    return _problem(survivor.other, f"it was deleted in {survivor.other}, and its {', '.join(changed)} changed in {survivor} since")


def _became(mapping: TableMapping, pair: Pair, survivor: Side, became: Became) -> Plan:
    """The survivor learns what became of its counterpart, and the coupling ends; a worker who died over it is carried on."""
    row = pair.rows[survivor]
    values = {column: value for column, value in became.values.items() if column not in row or row[column] != value}
    own = (mapping.update(survivor, pair.ids[survivor], values, row, *became.within),) if values or became.within else ()
    frees = became.ending is Ending.FREE
    return Plan(
        steps=(*own, *became.after),
        outcomes={survivor: Outcome.MODIFIED if own or became.after else Outcome.UNCHANGED},
        act=Act.UNCOUPLE if frees else None,
        parts=frees,
        frees=frees,
        done=not frees,
    )


def _deleted(mapping: TableMapping, pair: Pair, side: Side, why: str | None = None) -> Plan:
    """The row of one side is deleted, and the pair parted."""
    version = pair.rows[side].get("@odata.etag")
    step = Delete(side=side, table=mapping.table(side).name, id=pair.ids[side], version=version)
    return Plan(steps=(step,), outcomes={side: Outcome.DELETED}, act=Act.DELETE, parts=True, why=why)


def _restored(mapping: TableMapping, gone: Side, outside: str | None) -> Plan:
    if gone not in mapping.creates:
        return _problem(gone, f"the coupled row in {gone} is gone, and {mapping.name} never makes rows there")
    if outside:
        return Plan(outcomes={gone: Outcome.OUT_OF_FILTER}, why=outside)
    return Plan(act=Act.RESTORE, restores=gone, outcomes={gone: Outcome.RESTORED})


def _deactivated(mapping: TableMapping, pair: Pair, survivor: Side) -> Plan:
    """The survivor is made inactive, and the pair parted; a side that knows no such state is left to a person."""
    values = mapping.inactive.get(survivor)
    if not values:
        return _problem(survivor.other, f"the coupled row in {survivor.other} is gone, and {survivor} cannot deactivate its counterpart")
    if _holds(pair.rows[survivor], values):
        return Plan(act=Act.UNCOUPLE, parts=True)
    return Plan(steps=(_update(mapping, pair, survivor, values),), outcomes={survivor: Outcome.MODIFIED}, act=Act.DEACTIVATE, parts=True)


def _problem(gone: Side, detail: str) -> Plan:
    return Plan(outcomes={gone: Outcome.FAILED}, problems=(Problem(code=CounterpartDeleted.code, detail=detail),))


def departed(mapping: TableMapping, pair: Pair, world: World, why: str) -> Plan | None:
    """What the policy says of a coupled pair outside the filters; None when it stays as it is (rule C1).

    A side is deactivated only while the other one alone is outside, and once: what a person does to it later is not fought over. It is
    deleted only where the mapping writes: a row that is no more than a copy (rule E3).
    """
    left = [side for side in Side if mapping.outside(side, pair.rows[side], world)]
    policies = {mapping.leaves(side) for side in left} - {LeavingPolicy.KEEP}
    if not pair.coupled or not policies or _rests(mapping, pair, world):
        return None
    if LeavingPolicy.REMOVE_COUPLING in policies:
        return Plan(act=Act.UNCOUPLE, parts=True, why=why)
    target = left[0].other if len(left) == 1 else None
    if LeavingPolicy.DELETE_COUNTERPART in policies:
        return _deleted(mapping, pair, target, why) if target and mapping.direction.reaches(target) else None
    values = mapping.inactive.get(target) if target else None
    if target is None or not values or _remembered(mapping, pair):
        return None
    before = tuple(pair.rows[target].get(column) for column in values)
    known = Held(before, LEFT) if target is Side.BC else Held(LEFT, before)
    return Plan(
        steps=(_update(mapping, pair, target, values),) if not _holds(pair.rows[target], values) else (),
        outcomes={target: Outcome.MODIFIED},
        held={DEPARTED: known},
        intent={target: {DEPARTED: known}},
        act=Act.DEACTIVATE,
        why=why,
    )


def _rests(mapping: TableMapping, pair: Pair, world: World) -> bool:
    """Whether people work on one of the rows, so that its being outside means nothing (rule E2)."""
    return any(keep(row, world) for side, row in pair.rows.items() for keep in mapping.resting.get(side, ()))


def returned(mapping: TableMapping, pair: Pair, world: World) -> tuple[Pair, Mapping[Side, Row]]:
    """The pair as it is without what Couplet itself did when one side left, and the values that put that right; none while it is away.

    Only what is still as Couplet left it is put right.
    """
    known = _remembered(mapping, pair)
    if known is None or pair.only_side:
        return pair, {}
    target = Side.SALES if known.bc == LEFT else Side.BC
    before = known.of(target)
    values = mapping.inactive.get(target, {})
    away = mapping.outside(target.other, pair.rows[target.other], world)
    if away or not isinstance(before, tuple) or len(before) != len(values) or not _holds(pair.rows[target], values):
        return pair, {}
    back = dict(zip(values, before, strict=True))
    return replace(pair, rows={**pair.rows, target: {**pair.rows[target], **back}}), {target: back}


def forgotten(mapping: TableMapping, pair: Pair) -> Mapping[str, Held]:
    """What is remembered once both rows are inside again: nobody left."""
    return {DEPARTED: NOBODY} if _remembered(mapping, pair) else {}


def _remembered(mapping: TableMapping, pair: Pair) -> Held | None:
    """Who left; a worker may have died over his write, and then what he meant counts where it arrived."""
    known = pair.held.get(DEPARTED)
    if known and known != NOBODY:
        return known
    for side, intent in pair.intent.items():
        if DEPARTED in intent and _holds(pair.rows.get(Side(side), {}), mapping.inactive.get(Side(side), {})):
            return intent[DEPARTED]
    return None


def _holds(row: Row, values: Mapping[str, object]) -> bool:
    return all(row.get(column) == value for column, value in values.items())


def _update(mapping: TableMapping, pair: Pair, side: Side, values: Mapping[str, object]) -> Step:
    return mapping.update(side, pair.ids[side], dict(values), pair.rows[side])
