"""Synchronise now: one record or many, at a person's word, with the warnings that the native menu shows (rule B3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from mapping.world import World
from sync.context import Context
from sync.desk.report import Compared, as_fields, as_outcome, compared
from sync.desk.sentences import UNCOUPLED
from sync.entry.holds import hold_on
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Outcome, Run
from sync.record.brake import RUN
from sync.record.records import Seen, carry_out, load, make_plans
from sync.record.task import Task
from sync.run import messages
from sync.run.jobs import hand_out, note_run
from sync.store import Job

ON_HOLD, GONE, NOT_COUPLED, TOMBSTONE, DONE, PARKED, NOT_FOUND = "onHold", "gone", "notCoupled", "tombstone", "done", "parked", "notFound"

RESTING = {
    NOT_COUPLED: "It is not coupled. Couple it first: POST couplings/{mapping}.",
    DONE: "It is done: its counterpart is gone for good, and nothing more happens to it.",
    TOMBSTONE: f"A person uncoupled it. {UNCOUPLED}",
}

NAMES = {Side.BC: "Business Central", Side.SALES: "Sales"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which records of which side, and whose values win: without `forced` the two are merged field by field."""

    side: Side
    ids: Sequence[str]
    forced: Side | None = None

    def run(self, mapping: TableMapping) -> Run:
        """What the run may do."""
        return Run(forced=self.forced, start_rule=mapping.start_rule)


@dataclass
class Sorted:
    """The records that can be synchronised, and why the others are left out."""

    ready: list[str] = field(default_factory=list)
    left_out: dict[str, dict[str, Any]] = field(default_factory=dict)


async def sort_out(ctx: Context, mapping: TableMapping, wanted: Wanted) -> Sorted:
    """Who is left out, by name of the reason: on hold, not there, not coupled, uncoupled by a person, parked."""
    hold = await hold_on(ctx, mapping)
    if hold:
        return Sorted(left_out={id_: {"outcome": ON_HOLD, "why": hold} for id_ in wanted.ids})
    known = await ctx.store.couplings.load(ctx.company, mapping.name, wanted.side, wanted.ids)
    parked = await _parked(ctx, mapping, known)
    found = Sorted()
    for id_ in wanted.ids:
        reason = _rests(known.get(id_)) or parked.get(id_)
        if reason:
            found.left_out[id_] = reason
        else:
            found.ready.append(id_)
    return await _with_unknown(ctx, mapping, wanted.side, found)


async def _with_unknown(ctx: Context, mapping: TableMapping, side: Side, found: Sorted) -> Sorted:
    """Of those that are not coupled, which do not exist at all."""
    alone = [id_ for id_, reason in found.left_out.items() if reason["outcome"] == NOT_COUPLED]
    missing = (await Seen.read(ctx, mapping, side, alone)).missing if alone else ()
    nowhere = {id_: {"outcome": NOT_FOUND, "why": f"There is no such row in {NAMES[side]}."} for id_ in missing}
    return replace(found, left_out=found.left_out | nowhere)


def _rests(coupling: Coupling | None) -> dict[str, Any] | None:
    if coupling is not None and not coupling.closed:
        return None
    outcome = NOT_COUPLED if coupling is None else DONE if coupling.life is Life.DONE else TOMBSTONE
    return {"outcome": outcome, "why": RESTING[outcome]}


async def _parked(ctx: Context, mapping: TableMapping, known: Mapping[str, Coupling]) -> dict[str, dict[str, Any]]:
    keys = {f"{side}:{each.of(side)}": id_ for id_, each in known.items() for side in Side}
    problems = await ctx.store.problems.of(ctx.company, mapping.name, keys)
    return {
        keys[key]: {"outcome": PARKED, "code": row.code, "why": f"It is parked: {row.message}. POST problems/retry releases it."}
        for key, row in problems.items()
        if row.parked
    }


async def synchronize_now(ctx: Context, mapping: TableMapping, wanted: Wanted, *, dry_run: bool) -> tuple[str | None, list[dict[str, Any]]]:
    """Synchronise these records within the call: the job that is logged if there is anything to tell, and an outcome per record.

    A dry run shows the fields with the values of both sides and what both would hold, and writes nothing.
    """
    found = await sort_out(ctx, mapping, wanted)
    seen = await Seen.read(ctx, mapping, wanted.side, found.ready)
    # A row that is gone is named and left to the next look: what follows is the mapping's policy, not this call's.
    run = wanted.run(mapping)
    tasks = await load(ctx, mapping, replace(seen, missing=frozenset()), run) if seen.rows else []
    world = await make_plans(ctx, mapping, tasks, run)
    shown = {task.ids[wanted.side]: _shown(mapping, task, world, wanted.forced, dry_run=dry_run) for task in tasks}
    logged = None
    if tasks and not dry_run:
        job = Job.new(ctx.company, mapping.name, "manual")
        logged = await note_run(ctx, job, await carry_out(ctx, mapping, tasks, seen, run, job.id))
        for task in tasks:
            shown[task.ids[wanted.side]] |= {"outcome": _outcome(task), **as_outcome(task)}
    missing = {id_: {"outcome": GONE, "why": f"There is no such row in {NAMES[wanted.side]} any more."} for id_ in seen.missing}
    answered = {**missing, **shown, **found.left_out}
    return logged, [{"id": id_, **answered[id_]} for id_ in wanted.ids]


def _shown(mapping: TableMapping, task: Task, world: World, forced: Side | None, *, dry_run: bool) -> dict[str, Any]:
    """What is known before anything is written."""
    fields = compared(mapping, task.pair, world)
    known = {"warnings": warnings(fields, forced)}
    if not dry_run:
        return known
    planned = {"outcome": "planned", "why": task.plan.why, "fields": as_fields(mapping, fields, task.plan)}
    problems = [{"code": each.code, "field": each.field, "detail": each.detail} for each in task.plan.problems if each.holds_back]
    return {**known, **planned, "bcId": task.ids[Side.BC], "salesId": task.ids[Side.SALES], "problems": problems}


def warnings(fields: Sequence[Compared], forced: Side | None) -> list[dict[str, Any]]:
    """What the native menu warns of, as data and in words; a merge overwrites nobody's edit and warns of nothing."""
    if forced is None:
        return []
    target = forced.other
    travelling = [one for one in fields if one.direction.reaches(target)]
    edited = [one for one in travelling if one.changed(target) and not one.same]
    found = [_lost(one, target) for one in edited]
    if not edited:
        return []
    both = any(one.changed(forced) for one in fields)
    code = "bothChanged" if both else "destinationNewer"
    said = "Both sides were changed" if both else f"{NAMES[target]} was changed, {NAMES[forced]} was not,"
    return [{"code": code, "text": f"{said} since they were last in step."}, *found]


def _lost(one: Compared, target: Side) -> dict[str, Any]:
    text = f"What was entered in {NAMES[target]} in {one.name} is overwritten."
    return {"code": "wouldOverwrite", "field": one.name, "text": text, "lost": one.values[target], "by": one.values[target.other]}


def _outcome(task: Task) -> str:
    """In one word: what was written, else what the side in question says."""
    if task.busy:
        return "busy"
    written = [outcome for outcome in task.outcomes.values() if outcome in (Outcome.INSERTED, Outcome.MODIFIED)]
    return written[0] if written else task.outcomes.get(task.source.other, Outcome.UNCHANGED)


async def synchronize_as_job(ctx: Context, mapping: TableMapping, wanted: Wanted) -> tuple[Job | None, Sorted]:
    """Synchronise these records over the queue; no job where nobody is ready."""
    found = await sort_out(ctx, mapping, wanted)
    if not found.ready:
        return None, found
    run = wanted.run(mapping)
    job = replace(Job.new(ctx.company, mapping.name, "manual"), details={RUN: messages.dump_run(run)})
    parts = messages.records(ctx.company, mapping.name, wanted.side, found.ready, run=run, job=job.id)
    await hand_out(ctx, job, parts)
    return job, found
