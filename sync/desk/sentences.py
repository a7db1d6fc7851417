"""What is known of one record, told in plain sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mapping.field import Direction
from mapping.values import Side
from sync.desk.preview import Change
from sync.desk.report import Compared
from sync.heart.coupling import Life
from sync.heart.plan import Create, Delete, Problem

if TYPE_CHECKING:
    from sync.desk.explain import Facts

SYSTEMS = {Side.BC: "Business Central", Side.SALES: "Sales"}

JOBS = {
    "scheduled": "its regular job",
    "full": "a full synch",
    "manual": "a person",
    "coupling": "a coupling",
    "comparison": "a comparison of both sides",
    "undo": "an undo",
}

UNCOUPLED = "It stays so until a person couples it or creates it again."
"""What is said of a record with a tombstone (rule A5)."""

WAYS = {
    Direction.TO_SALES: "It travels to Sales only, and what differs there is kept.",
    Direction.FROM_SALES: "It travels to Business Central only, and what differs there is kept.",
    Direction.BOTH: "Nothing is to be carried over.",
}

MOST_CHANGES = 20
"""So many changes are told one by one."""


def all_of(facts: Facts) -> list[str]:
    """Everything worth telling, what matters most first."""
    return [*_standing(facts), *_kept_out(facts), *_problems(facts), *_parents(facts), *_fields(facts), *_schedule(facts), *_plan(facts)]


def _standing(facts: Facts) -> Iterator[str]:
    """Whether the record is there, and coupled to what."""
    here, there = SYSTEMS[facts.side], SYSTEMS[facts.side.other]
    coupling = facts.coupling
    if facts.row is None:
        yield f"There is no such row in {here}" + (": it was deleted." if coupling else ".")
    if facts.elsewhere:
        company, mapping = facts.elsewhere
        yield f"It is coupled already, by mapping {mapping} of company {company}: one row has one coupling."
    elif coupling is None:
        yield from _uncoupled(facts)
    elif coupling.life is Life.TOMBSTONE:
        yield f"A person uncoupled it from {facts.name(facts.side.other, coupling.of(facts.side.other))} in {there}."
        yield UNCOUPLED
    elif coupling.life is Life.DONE:
        yield f"It is done: its counterpart in {there} is gone for good, as that of an invoiced order is. Nothing more happens to it."
    elif coupling.life is Life.CLAIMED:
        yield f"A row was being made for it in {there}, and the answer is not known yet; the next run settles it."
    else:
        yield f"It is coupled to {facts.name(facts.side.other, coupling.of(facts.side.other))} in {there}."
        yield f"The two were last synchronised {_when(coupling.synced_at)}{_by(facts)}."


def _uncoupled(facts: Facts) -> Iterator[str]:
    if facts.row is None:
        return
    other, task = facts.side.other, facts.task
    if task and task.matched:
        yield f"It is not coupled; it would be coupled to {facts.name(other, task.ids[other])} in {SYSTEMS[other]}, which has the same key."
    elif task and task.inherits:
        taken = facts.name(other, task.ids[other])
        yield f"It follows a version that is coupled to {taken} in {SYSTEMS[other]}, and would take that over."
    else:
        yield f"It is not coupled, and no partner was found for it in {SYSTEMS[other]}."


def _when(moment: datetime | None) -> str:
    return f"on {moment:%Y-%m-%d at %H:%M:%S} UTC" if moment else "never"


def _by(facts: Facts) -> str:
    job = facts.coupling.job if facts.coupling else None
    if not job:
        return ""
    return f" by {JOBS.get(facts.job.kind, facts.job.kind)} (job {job})" if facts.job else f" by job {job}"


def _kept_out(facts: Facts) -> Iterator[str]:
    """Which filter keeps it out, and holds."""
    if facts.task and facts.task.plan.why:
        yield f"It is left alone: {facts.task.plan.why}."
    if facts.hold:
        yield f"{facts.hold} Nothing happens until it is resumed."


def _problems(facts: Facts) -> Iterator[str]:
    """What stands in the way, and when it is tried again."""
    for problem in facts.task.plan.problems if facts.task else ():
        yield _problem(facts, problem)
    left = facts.problem
    if left:
        times = f"{left.attempts} time{'s' if left.attempts > 1 else ''}"
        yield f"This is an open problem ({left.code}) since {left.since:%Y-%m-%d %H:%M} UTC, tried {times}."
        if left.parked:
            yield "It is parked: it is tried again when one of the rows or a setting changes, or when somebody restores it."
        elif left.not_before:
            yield f"It is tried again {_when(left.not_before)}, and at once when one of the rows changes."


def _problem(facts: Facts, problem: Problem) -> str:
    what = problem.field or "The record"
    if problem.left_out:
        return f"{what} is left blank for now: {facts.named(problem.detail)} ({problem.code})."
    if problem.noted:
        return f"{what} is stood in for: {facts.named(problem.detail)} ({problem.code})."
    return f"{what} is held back: {facts.named(problem.detail)} ({problem.code})."


def _parents(facts: Facts) -> Iterator[str]:
    """What it waits for, and why that is not there."""
    for parent in facts.parents:
        name = parent["name"] or parent["id"]
        yield " ".join([f"It waits for {name} ({parent['mapping']}).", *(f"Of {name}: {said}" for said in parent["sentences"])])


def _fields(facts: Facts) -> Iterator[str]:
    """Which fields differ, and why they are left so."""
    task = facts.task
    if task is None:
        return
    held_back = {problem.field for problem in task.plan.problems}
    written = {change.field for change in facts.changes}
    for one in facts.fields:
        members = {member.name for member in facts.mapping.unit(one.name).members}
        if not one.same and one.name not in held_back and not members & written:
            yield f"{one.name} differs: {facts.named(_both(one))}. {_left_because(one)}"


def _both(one: Compared) -> str:
    return f"Business Central has {_shown(one.values[Side.BC])}, Sales has {_shown(one.values[Side.SALES])}"


def _left_because(one: Compared) -> str:
    source = {Direction.TO_SALES: Side.BC, Direction.FROM_SALES: Side.SALES}.get(one.direction)
    if source and one.values[source] is None:
        return f"{SYSTEMS[source]} says nothing about it, so that {SYSTEMS[source.other]} keeps what it has."
    if one.held is not None and not any(one.changed(side) for side in Side):
        return "That was so when the two were last in step, and is left so: a difference once accepted is no edit."
    return WAYS[one.direction]


def _schedule(facts: Facts) -> Iterator[str]:
    """Whether the regular job would do anything about an uncoupled record (rule A2)."""
    uncoupled = facts.task is not None and facts.coupling is None and facts.row is not None
    if uncoupled and facts.mapping.only_coupled and facts.problem is None and not (facts.task and facts.task.plan.why):
        yield f"Its regular job does nothing with it: {facts.mapping.name} synchronises coupled records only."
        yield "Couple it, or start a full synch."
    other = facts.side.other
    if uncoupled and facts.task and facts.task.plan.creates is other and other in facts.mapping.asked_only:
        told = {Side.BC: "fromSales", Side.SALES: "toSales"}[other]
        yield f"Rows of {facts.mapping.name} are made in {SYSTEMS[other]} only by a run that is told so (createNew: {told} or both)."


def _plan(facts: Facts) -> Iterator[str]:
    """What would be written if it ran now."""
    task = facts.task
    if task is None:
        return
    plan = task.plan
    if plan.restores:
        yield f"If it ran now, the deleted row would be made again in {SYSTEMS[plan.restores]}."
    for step in plan.steps:
        if isinstance(step, Delete):
            yield f"If it ran now, its row in {SYSTEMS[step.side]} would be deleted."
    if plan.done:
        yield "If it ran now, the coupling would be closed as done."
    if plan.parts:
        yield "If it ran now, the coupling would be removed."
    if plan.steps:
        yield from _written(facts)
    elif not plan.why and not plan.problems and not plan.parts and not plan.done and not plan.restores:
        matched = task.matched and "If it ran now, the two would be coupled and nothing would be written."
        yield matched or "Both sides are in step: nothing would be written."


def _written(facts: Facts) -> Iterator[str]:
    made = [step.side for step in facts.task.plan.steps if isinstance(step, Create)] if facts.task else []
    creates = facts.task.plan.creates if facts.task else None
    if creates and made:
        yield f"If it ran now, a new row would be made in {SYSTEMS[creates]}."
    elif facts.changes:
        yield f"If it ran now, {len(facts.changes)} value{'s' if len(facts.changes) > 1 else ''} would be written:"
        yield from (_change(facts, change) for change in facts.changes[:MOST_CHANGES])


def _change(facts: Facts, change: Change) -> str:
    shown = change.shown(facts.names)
    return f"{SYSTEMS[change.side]}, {change.field}: from {_shown(shown['old'])} to {_shown(shown['new'])}."


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value if each is not None) or "nothing"
    return "nothing" if value in (None, "") else f"'{value}'"
