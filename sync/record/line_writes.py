"""What is stored of lines before their document is written, what its answers say of them, and what is stored of them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapping.steps import Delete, singles
from mapping.values import Side
from mapping.world import World
from sync.context import Context
from sync.errors import AlreadyExists, NotFound, ServiceError, Stale
from sync.heart.coupling import Coupling
from sync.heart.plan import MadeLine, Problem
from sync.heart.sealing import sealed
from sync.record import stored
from sync.record.claims import store_under_real_ids
from sync.record.lines import own_name
from sync.record.task import Task
from sync.services.model import Answer


async def hold_lines(ctx: Context, tasks: Sequence[Task]) -> list[Task]:
    """Store what is meant with the lines of these documents; those of which nobody else wrote any meanwhile.

    The lease of a document is that of its lines.
    """
    lines = [line for task in tasks for line in task.lines if line.plan.steps]
    fresh = [line for line in lines if line.coupling is None]
    known = [line for line in lines if line.coupling is not None]
    await stored.insert(ctx, fresh, [stored.claim_of(ctx, line) for line in fresh])
    saved = await ctx.store.couplings.save([sealed(line.mapping, stored.taken_over(line)) for line in known])
    for line, coupling in zip(known, saved, strict=True):
        stored.keep(line, coupling)
    for task in tasks:
        task.again = any(line.again for line in task.lines)
    return [task for task in tasks if not task.again]


async def settle_lines(ctx: Context, tasks: Sequence[Task], world: World, job: str) -> None:
    """Store what both sides hold now in the lines of documents that were written, or that only had to be remembered.

    A line that was to be written with a document that was not, as somebody works on it, is remembered as it was.
    """
    await _insert_made(ctx, tasks, job)
    for task in tasks:
        _share(task)
    lines = [line for task in tasks for line in task.lines if line.answers or not line.plan.steps]
    gone = [line for line in lines if line.plan.parts and line.coupling]
    await _remove(ctx, gone)
    kept = [line for line in lines if line not in gone and len(line.ids) == len(Side)]
    fresh = [line for line in kept if line.coupling is None and (line.plan.held or line.plan.asked) and len(line.rows) == len(Side)]
    await stored.insert(ctx, fresh, [stored.done(line, stored.new_coupling(ctx, line), job) for line in fresh])
    known = [line for line in kept if line.coupling and line not in fresh and (line.answers or stored.unsettled(line, line.coupling))]
    after = [stored.done(line, stored.coupled(line), job, world.parts[line.mapping.name].world) for line in known]
    saved = await store_under_real_ids(
        ctx, [(stored.coupled(line), sealed(line.mapping, one)) for line, one in zip(known, after, strict=True)]
    )
    for line, coupling in zip(known, saved, strict=True):
        stored.keep(line, coupling)
        line.again = line.again or (bool(line.answers) and stored.more_to_say(line, world.parts[line.mapping.name].world))
    for task in tasks:
        task.again = task.again or any(line.again for line in task.lines)


async def _insert_made(ctx: Context, tasks: Sequence[Task], job: str) -> None:
    """Couple the lines that were made with their document, where they are kept in step afterwards; what BC made of them is seen at once."""
    made = []
    for task in tasks:
        merged = {part.name for part in task.mapping.parts if part.merged}
        lines = [line for line in task.plan.lines if line.mapping in merged]
        made += [_coupled(ctx, each, job) for each in lines]
        task.again = task.again or bool(lines)
    await ctx.store.couplings.insert(made)


def _coupled(ctx: Context, line: MadeLine, job: str) -> Coupling:
    bc_id, sales_id = (line.ids[side] for side in Side)
    return Coupling(company=ctx.company, mapping=line.mapping, bc_id=bc_id, sales_id=sales_id, held=line.held, job=job)


def _share(task: Task) -> None:
    """Give each line of a document the answers to its own steps."""
    told = [part for answer in task.answers for part in (answer.parts or (answer,))]
    by_row = {(answer.step.side, answer.step.table, answer.step.id): answer for answer in told}
    for line in task.lines:
        steps = list(singles(line.plan.steps))
        done = any(step.side is answer.step.side for step in steps for answer in task.answers)
        line.answers = [by_row.get((step.side, step.table, step.id), Answer(step=step, id=step.id)) for step in steps if done]
        stored.take_answers(line)


async def _remove(ctx: Context, lines: Sequence[Task]) -> None:
    """Take away the couplings of lines that are gone."""
    for line in lines:
        coupling = stored.coupled(line)
        made_later = replace(coupling, life_number=coupling.life_number + 1)
        if any(isinstance(step, Delete) for step in line.plan.steps):
            await ctx.store.couplings.part([made_later])
        else:
            await ctx.store.couplings.remove(coupling)


def blame_line(task: Task, error: ServiceError | None) -> bool:
    """A service's refusal of a document because of one of its lines: that line is left out in the next round, and named (rule B9)."""
    at_fault = next((line for line in task.lines if error and error.record in {step.id for step in singles(line.plan.steps)}), None)
    if error is None or at_fault is None or isinstance(error, Stale | NotFound | AlreadyExists):
        return False
    problem = Problem(code=error.code, detail=error.service_message or str(error), service=error.answer)
    task.refused_lines[own_name(at_fault)] = problem
    task.again = True
    return True
