"""Carrying out the plans of a list of records: claim or lease, write in bulk, remember. One record is a list of one.

Before the first remote write of a record its coupling row is written once, on the etag that was read, with a lease and what is about
to be written; afterwards once more with what both sides hold. A crash between the two is told from an edit by the intent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mapping.values import Side
from mapping.world import World
from sync.context import Context
from sync.errors import AlreadyExists, ServiceError, Stale, StoreError
from sync.heart.coupling import Coupling, Lease, Life
from sync.heart.plan import Create, Outcome
from sync.heart.sealing import sealed
from sync.record import stored
from sync.record.blame import blame, pardoned
from sync.record.claims import claim_moment, may_be_made, store_under_real_ids, with_real_id
from sync.record.history import keep_made, keep_replaced, settle_doubts, withdraw_unwritten
from sync.record.line_couplings import forget_lines
from sync.record.line_writes import blame_line, hold_lines, settle_lines
from sync.record.rights import check_rights
from sync.record.task import Task
from sync.record.together import together
from sync.record.told import told
from sync.services.model import Answer
from sync.store.lives import FIRST


async def apply(ctx: Context, tasks: Sequence[Task], world: World, worker: str, job: str) -> None:
    """Carry out every task's plan; what became of it stands in the task."""
    for task in tasks:
        note(task)
    await settle_doubts(ctx, tasks)
    await _withdraw_refused(ctx, tasks, worker)
    unwritten = [task for task in tasks if not task.plan.steps]
    await _remember_without_writing(ctx, unwritten, worker, job)
    await settle_lines(ctx, [task for task in unwritten if task.lines and task.coupling and not _busy(task, worker)], world, job)
    leased = await _with_lines(ctx, await _lease(ctx, [task for task in tasks if task.plan.steps], worker))
    try:
        kept = await keep_replaced(ctx, leased, world, job)
        await _write(ctx, leased)
    except (ServiceError, StoreError):
        await _release(ctx, leased)
        raise
    await withdraw_unwritten(ctx, [task for task in leased if _failed(task)], kept)
    await _settle(ctx, leased, world, job)
    for task in [each for each in tasks if each.plan.done and each.coupling]:
        await forget_lines(ctx, task.mapping, [stored.coupled(task)])


async def _with_lines(ctx: Context, leased: Sequence[Task]) -> list[Task]:
    """Those documents whose lines say what is meant, too; the others are given back."""
    held = await hold_lines(ctx, leased)
    await _release(ctx, [task for task in leased if task not in held])
    return held


def note(task: Task) -> None:
    """Take over from the plan what is true whether or not anything is written."""
    task.again = False
    task.answers = []
    task.problems = list(task.plan.problems)
    for side, outcome in task.plan.outcomes.items():
        if task.outcomes.get(side) in (None, Outcome.UNCHANGED, Outcome.FAILED):
            task.outcomes[side] = outcome
    task.shortened |= task.plan.shortened
    task.set_back |= task.plan.set_back


async def _remember_without_writing(ctx: Context, tasks: Sequence[Task], worker: str, job: str) -> None:
    """Couple what only has to be coupled, and store agreements that no write came with."""
    fresh = [task for task in tasks if task.coupling is None and (task.plan.held or task.plan.asked) and len(task.rows) == len(Side)]
    unsettled = [
        task for task in tasks if task.coupling is not None and len(task.rows) == len(Side) and stored.unsettled(task, task.coupling)
    ]
    unsettled += [task for task in tasks if task.coupling is not None and task.plan.done]
    settled = [task for task in unsettled if not _busy(task, worker)]
    await stored.insert(ctx, fresh, [stored.done(task, stored.new_coupling(ctx, task), job) for task in fresh])
    saved = await ctx.store.couplings.save(
        [sealed(task.mapping, await told(task, stored.done(task, stored.coupled(task), job))) for task in settled]
    )
    for task, coupling in zip(settled, saved, strict=True):
        stored.keep(task, coupling)


async def _lease(ctx: Context, tasks: Sequence[Task], worker: str) -> list[Task]:
    """Those tasks whose records are now ours to write to, each coupling row saying so."""
    lease = Lease(worker, datetime.now(UTC) + timedelta(seconds=ctx.settings.lease_seconds))
    fresh = [task for task in tasks if task.coupling is None]
    since = await claim_moment(ctx, tasks)
    await stored.insert(ctx, fresh, [replace(stored.claim_of(ctx, task), lease=lease, claimed_at=since) for task in fresh])
    known = [task for task in tasks if task.coupling is not None and task not in fresh]
    free = [task for task in known if not _busy(task, worker)]
    saved = await ctx.store.couplings.save(
        [sealed(task.mapping, replace(stored.taken_over(task), lease=lease, claimed_at=since)) for task in free]
    )
    for task, coupling in zip(free, saved, strict=True):
        stored.keep(task, coupling)
    return [task for task in (*fresh, *free) if task.coupling is not None and not task.again]


def _busy(task: Task, worker: str) -> bool:
    lease = stored.coupled(task).lease
    task.busy = lease is not None and lease.owner != worker and lease.until > datetime.now(UTC)
    return task.busy


async def _write(ctx: Context, tasks: Sequence[Task]) -> None:
    """Every task's steps in their order; steps of the same place go together, in as few requests as the services allow."""
    for place in range(max((len(task.plan.steps) for task in tasks), default=0)):
        going = [task for task in tasks if len(task.plan.steps) > place and not any(answer.error for answer in task.answers)]
        going = [task for task in going if not _too_late(task, place)]
        await together(_write_side(ctx, side, [task for task in going if task.plan.steps[place].side is side], place) for side in Side)
        await check_rights(ctx, (answer.error for task in going for answer in task.answers))


def _too_late(task: Task, place: int) -> bool:
    """Whether the lease ran out while this worker waited for others: what he read may be old, so he looks again."""
    lease = stored.coupled(task).lease
    late = lease is not None and lease.until <= datetime.now(UTC)
    if late:
        task.answers.append(Answer(step=task.plan.steps[place], error=Stale(side=task.plan.steps[place].side)))
    return late


async def _write_side(ctx: Context, side: Side, tasks: Sequence[Task], place: int) -> None:
    steps = [with_real_id(task, task.plan.steps[place]) for task in tasks]
    answers = await ctx.services[side].write(steps) if steps else []
    for task, answer in zip(tasks, answers, strict=True):
        task.answers.append(pardoned(answer))
        if task.plan.creates is Side.BC and place == 0 and answer.id:
            task.ids[Side.BC] = answer.id


def _failed(task: Task) -> bool:
    return any(answer.error for answer in task.answers)


async def _settle(ctx: Context, tasks: Sequence[Task], world: World, job: str) -> None:
    """Store what both sides hold now, or what stands in the way."""
    failed = [task for task in tasks if _failed(task)]
    for task in failed:
        error = next(answer.error for answer in task.answers if answer.error)
        if not blame_line(task, error):
            blame(task, error)
    await _release(ctx, failed)
    done = [task for task in tasks if task not in failed]
    for task in done:
        stored.take_answers(task)
    await keep_made(ctx, done, job)
    after = [sealed(task.mapping, await told(task, stored.done(task, stored.coupled(task), job, world))) for task in done]
    saved = await store_under_real_ids(ctx, list(zip(map(stored.coupled, done), after, strict=True)))
    for task, coupling in zip(done, saved, strict=True):
        stored.keep(task, coupling)
        more = not task.again and stored.more_to_say(task, world)
        task.again, task.at_hand = task.again or more, stored.at_hand(task) if more else frozenset()
    await settle_lines(ctx, done, world, job)


async def _release(ctx: Context, tasks: Sequence[Task]) -> None:
    """Give back what was leased; a claim whose row was not made is withdrawn, the intent stays (a write may have got through).

    Where the row may be made still, under an id that only BC knows, the lease runs out by itself.
    """
    withdrawn = [task for task in tasks if _unmade(task)]
    for task in withdrawn:
        if await _withdraw(ctx, stored.coupled(task)):
            task.coupling, task.became_coupled = None, False
    rest = [task for task in tasks if task not in withdrawn and not may_be_made(task)]
    held = [(stored.coupled(task), task.ids[Side.BC], stored.still_meant(task)) for task in rest]
    saved = await store_under_real_ids(
        ctx, [(coupling, replace(coupling, bc_id=id_, lease=None, intent=left)) for coupling, id_, left in held]
    )
    for task, coupling in zip(rest, saved, strict=True):
        task.coupling = coupling or task.coupling


async def _withdraw_refused(ctx: Context, tasks: Sequence[Task], worker: str) -> None:
    """Take back claims of rows under our own ids that are not there, and that may not be made any more."""
    for task in tasks:
        claim = task.coupling
        refused = not task.plan.steps and any(one.holds_back for one in task.plan.problems) and task.plan.why is None
        if (
            claim
            and claim.life is Life.CLAIMED
            and claim.claimed_at is None
            and refused
            and len(task.rows) == 1
            and not _busy(task, worker)
        ):
            task.coupling = None if await _withdraw(ctx, claim) else claim


async def _withdraw(ctx: Context, claim: Coupling) -> bool:
    """Take a claim back; the number of a later life stays known (rule A6)."""
    if claim.life_number == FIRST:
        return await ctx.store.couplings.remove(claim)
    [parted] = await ctx.store.couplings.part([claim])
    return parted is not None


def _unmade(task: Task) -> bool:
    """Whether the row that was claimed was certainly not made: the service refused it for what it holds."""
    first: Answer | None = task.answers[0] if task.answers else None
    if first is None or first.error is None or first.error.transient:
        return False
    ours = isinstance(first.error, AlreadyExists) and stored.coupled(task).claimed_at is None
    return not ours and task.plan.creates is not None and isinstance(task.plan.steps[0], Create)
