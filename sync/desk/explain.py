"""Why one record is or is not in step, in sentences a key user understands, and the plan if it ran now; nothing is written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.lookups import Lookup
from mapping.model import TableMapping
from mapping.values import Awaited, Row, Side
from mapping.world import World
from sync.around.titles import Reference, titles_of
from sync.context import Context
from sync.desk import sentences
from sync.desk.preview import Change, changes, problem_json, references, steps_json
from sync.desk.report import Compared, as_fields, compared
from sync.entry.holds import hold_on
from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Run
from sync.record.pairing import other_places
from sync.record.records import Seen, load, make_plans
from sync.record.task import Task
from sync.run.dry_run import unwritten
from sync.store import Job, ProblemRow

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_PARENTS = 3
"""So many waited-for records are explained, too."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known of one record.

    `elsewhere` is the company and mapping in which it is coupled instead; `changes` what the plan would write; `names` what people call
    the records that are spoken of; `parents` the explanations of those it waits for.
    """

    mapping: TableMapping
    side: Side
    id: str
    row: Row | None = None
    coupling: Coupling | None = None
    elsewhere: tuple[str, str] | None = None
    job: Job | None = None
    task: Task | None = None
    fields: Sequence[Compared] = ()
    changes: Sequence[Change] = ()
    problem: ProblemRow | None = None
    hold: str | None = None
    names: Mapping[Reference, str] = field(default_factory=dict)
    parents: Sequence[Mapping[str, Any]] = ()

    def name(self, side: Side, id_: str) -> str:
        """What people call a record of this mapping; its id where it has no name."""
        return self.names.get((self.mapping.name, side, id_), id_)

    def named(self, text: str) -> str:
        """A text with names in the place of ids, as far as they are known."""
        known = {id_: name for (_, _, id_), name in self.names.items()}
        return GUID.sub(lambda found: known.get(found[0], found[0]), text)


async def explain(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> dict[str, Any]:
    """What is known of one record, for people and for machines."""
    return as_json(await _facts(unwritten(ctx), mapping, side, id_, parents=True))


async def _facts(ctx: Context, mapping: TableMapping, side: Side, id_: str, *, parents: bool) -> Facts:
    seen = await Seen.read(ctx, mapping, side, [id_])
    known = (await ctx.store.couplings.load(ctx.company, mapping.name, side, [id_])).get(id_)
    found = Facts(mapping=mapping, side=side, id=id_, row=seen.rows.get(id_), coupling=known, hold=await hold_on(ctx, mapping))
    elsewhere = await _elsewhere(ctx, mapping, side, id_) if known is None and found.row is not None else None
    if elsewhere or (known and known.closed) or (known is None and found.row is None):
        return await _with_names(ctx, replace(found, elsewhere=elsewhere))
    tasks = await load(ctx, mapping, seen, Run(creates=mapping.creates, couples=True, start_rule=mapping.start_rule), outside_too=True)
    world = await make_plans(ctx, mapping, tasks, Run(couples=True, start_rule=mapping.start_rule))
    if not tasks:
        return await _with_names(ctx, found)
    return await _with_task(ctx, found, tasks[0], world, parents=parents)


async def _elsewhere(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> tuple[str, str] | None:
    """The company and mapping that hold the row instead (rules A4, G1)."""
    places = other_places(ctx, mapping, side)
    held = await asyncio.gather(*(ctx.store.couplings.load(*place, side, [id_]) for place in places))
    return next((place for place, one in zip(places, held, strict=True) if id_ in one), None)


async def _with_task(ctx: Context, found: Facts, task: Task, world: World, *, parents: bool) -> Facts:
    """The facts with the plan, the problem that is known, and those it waits for."""
    job_id = task.coupling.job if task.coupling else None
    job, problem = await asyncio.gather(
        ctx.store.jobs.get(ctx.company, job_id) if job_id else _nothing(),
        ctx.store.problems.get(ctx.company, found.mapping.name, task.key),
    )
    waits = [one.waits for one in task.plan.problems if one.waits][:MOST_PARENTS] if parents else []
    full = replace(
        found,
        task=task,
        job=job,
        problem=problem,
        fields=compared(found.mapping, task.pair, world),
        changes=changes(found.mapping, task.pair, task.plan, world),
        parents=[await _parent(ctx, each) for each in waits],
    )
    return await _with_names(ctx, full)


async def _nothing() -> None:
    return None


async def _parent(ctx: Context, awaited: Awaited) -> dict[str, Any]:
    """The explanation of a record that is waited for, one level deep; of a code that leads nowhere, the code."""
    mapping = ctx.mappings.get(awaited.mapping)
    if mapping is None or not (GUID.fullmatch(awaited.id) or mapping.table(awaited.side).is_choice):
        return {"mapping": awaited.mapping, "side": awaited.side, "id": awaited.id, "name": awaited.id, "sentences": []}
    return as_json(await _facts(ctx, mapping, awaited.side, awaited.id, parents=False))


async def _with_names(ctx: Context, facts: Facts) -> Facts:
    return replace(facts, names=await titles_of(ctx, set(_spoken_of(facts))))


def _spoken_of(facts: Facts) -> Iterable[Reference]:
    """The records whose names the sentences need."""
    name, task = facts.mapping.name, facts.task
    yield name, facts.side, facts.id
    if facts.coupling:
        yield from ((name, side, facts.coupling.of(side)) for side in Side)
    if task:
        yield from ((name, side, task.ids[side]) for side in task.rows)
        yield from ((name, task.source.other, id_) for one in task.plan.problems for id_ in GUID.findall(one.detail))
    yield from references(facts.changes)
    yield from (reference for one in facts.fields if not one.same for reference in _referred_to(facts.mapping, one))


def _referred_to(mapping: TableMapping, one: Compared) -> Iterable[Reference]:
    """The records that a field's values name."""
    for place, member in enumerate(mapping.unit(one.name).members):
        for side, value in one.values.items():
            held = value[place] if isinstance(value, tuple) else value
            if isinstance(member.kind, Lookup) and isinstance(held, str):
                yield from ((name, side, held) for name in member.kind.mappings)


def as_json(facts: Facts) -> dict[str, Any]:
    """The facts with the sentences that tell them."""
    task = facts.task
    return {
        "mapping": facts.mapping.name,
        "side": facts.side,
        "id": facts.id,
        "name": facts.names.get((facts.mapping.name, facts.side, facts.id)),
        "sentences": sentences.all_of(facts),
        "exists": facts.row is not None,
        "coupledTo": _coupled_to(facts),
        "uncoupled": facts.coupling is not None and facts.coupling.life is Life.TOMBSTONE,
        "lastSynchronised": facts.coupling.synced_at if facts.coupling else None,
        "lastJob": facts.coupling.job if facts.coupling else None,
        "outside": task.plan.why if task else None,
        "hold": facts.hold,
        "fields": as_fields(facts.mapping, facts.fields, task.plan) if task else [],
        "problems": [problem_json(one) for one in task.plan.problems] if task else [],
        "open": _open(facts.problem),
        "waitsFor": list(facts.parents),
        "changes": [change.shown(facts.names) for change in facts.changes],
        "plan": steps_json(task.plan.steps) if task else [],
    }


def _coupled_to(facts: Facts) -> str | None:
    return facts.coupling.of(facts.side.other) if facts.coupling and facts.coupling.life is not Life.TOMBSTONE else None


def _open(problem: ProblemRow | None) -> dict[str, Any] | None:
    """The problem that stands on the error desk."""
    if problem is None:
        return None
    return {
        "code": problem.code,
        "since": problem.since,
        "attempts": problem.attempts,
        "nextTry": problem.not_before,
        "parked": problem.parked,
    }
