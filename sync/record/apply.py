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
from sync.heart.kept import is_open, sealed
from sync.heart.plan import Create, Outcome
from sync.heart.reconcile import differing_units, held_of_new_row
from sync.heart.turns import with_turns
from sync.record.blame import blame, pardoned
from sync.record.claims import claim_moment, may_be_made, store_under_real_ids, with_real_id
from sync.record.history import keep_made, keep_replaced, settle_doubts, withdraw_unwritten
from sync.record.rights import check_rights
from sync.record.task import Task
from sync.record.together import together
from sync.record.told import told
from sync.services.model import Answer
from sync.store import Taken
from sync.store.lives import FIRST


async def apply(ctx: Context, tasks: Sequence[Task], world: World, worker: str, job: str) -> None:
    """Carry out every task's plan; what became of it stands in the task."""
    for task in tasks:
        note(task)
    await settle_doubts(ctx, tasks)
    await _withdraw_refused(ctx, tasks, worker)
    await _remember_without_writing(ctx, [task for task in tasks if not task.plan.steps], worker, job)
    leased = await _lease(ctx, [task for task in tasks if task.plan.steps], worker)
    try:
        kept = await keep_replaced(ctx, leased, world, job)
        await _write(ctx, leased)
    except (ServiceError, StoreError):
        await _release(ctx, leased)
        raise
    await withdraw_unwritten(ctx, [task for task in leased if _failed(task)], kept)
    await _settle(ctx, leased, world, job)


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
    unsettled = [task for task in tasks if task.coupling is not None and len(task.rows) == len(Side) and _unsettled(task, task.coupling)]
    unsettled += [task for task in tasks if task.coupling is not None and task.plan.done]
    settled = [task for task in unsettled if not _busy(task, worker)]
    await _insert(ctx, fresh, [_done(task, _new(ctx, task), job) for task in fresh])
    saved = await ctx.store.couplings.save([sealed(task.mapping, await told(task, _done(task, _coupled(task), job))) for task in settled])
    for task, coupling in zip(settled, saved, strict=True):
        _keep(task, coupling)


def _unsettled(task: Task, coupling: Coupling) -> bool:
    """Whether the stored coupling differs from what is known now; an unchanged record costs no write at all."""
    if task.plan.asked is None:
        return False  # The units were not looked at: what a dead worker meant to write, and what a person was asked, stays.
    leftover = coupling.intent or (coupling.lease and coupling.lease.until <= datetime.now(UTC)) or coupling.life is Life.CLAIMED
    news = task.plan.held or leftover or task.plan.asked != coupling.asked or is_open(task.mapping, coupling)
    return bool(news) and task.plan.why is None


async def _lease(ctx: Context, tasks: Sequence[Task], worker: str) -> list[Task]:
    """Those tasks whose records are now ours to write to, each coupling row saying so."""
    lease = Lease(worker, datetime.now(UTC) + timedelta(seconds=ctx.settings.lease_seconds))
    fresh = [task for task in tasks if task.coupling is None]
    since = await claim_moment(ctx, tasks)
    await _insert(ctx, fresh, [replace(_claim(ctx, task), lease=lease, claimed_at=since) for task in fresh])
    known = [task for task in tasks if task.coupling is not None and task not in fresh]
    free = [task for task in known if not _busy(task, worker)]
    saved = await ctx.store.couplings.save(
        [sealed(task.mapping, replace(_taken_over(task), lease=lease, claimed_at=since)) for task in free]
    )
    for task, coupling in zip(free, saved, strict=True):
        _keep(task, coupling)
    return [task for task in (*fresh, *free) if task.coupling is not None and not task.again]


def _taken_over(task: Task) -> Coupling:
    """A known coupling before this worker writes: with what a new row is made of, else with what arrived of a crashed worker's writes."""
    held = task.plan.claimed if task.plan.creates else {**_coupled(task).held, **task.plan.arrived}
    return replace(_coupled(task), held=held, intent=task.plan.intent)


def _busy(task: Task, worker: str) -> bool:
    lease = _coupled(task).lease
    task.busy = lease is not None and lease.owner != worker and lease.until > datetime.now(UTC)
    return task.busy


def _claim(ctx: Context, task: Task) -> Coupling:
    """The coupling of a pair that is about to be made: of two rows, or of one and an id of our choosing (rule A6)."""
    life = Life.CLAIMED if task.plan.creates else Life.COUPLED
    return replace(_new(ctx, task), life=life, held=task.plan.claimed, intent=task.plan.intent)


def _new(ctx: Context, task: Task) -> Coupling:
    return Coupling(
        company=ctx.company,
        mapping=task.mapping.name,
        bc_id=task.ids[Side.BC],
        sales_id=task.ids[Side.SALES],
        life_number=task.life_number,
    )


async def _insert(ctx: Context, tasks: Sequence[Task], couplings: Sequence[Coupling]) -> None:
    safe = [sealed(task.mapping, coupling) for task, coupling in zip(tasks, couplings, strict=True)]
    for task, stored in zip(tasks, await ctx.store.couplings.insert(safe), strict=True):
        _keep(task, None if isinstance(stored, Taken) else stored)
        task.became_coupled = not isinstance(stored, Taken)


def _keep(task: Task, coupling: Coupling | None) -> None:
    """The coupling as it is stored now; somebody else's write means another round."""
    completed = task.coupling and task.coupling.life is Life.CLAIMED and coupling and coupling.life is Life.COUPLED
    task.became_coupled = task.became_coupled or bool(completed)
    task.coupling = coupling or task.coupling
    task.again = coupling is None


def _coupled(task: Task) -> Coupling:
    if task.coupling is None:
        raise LookupError(task.key)
    return task.coupling


async def _write(ctx: Context, tasks: Sequence[Task]) -> None:
    """Every task's steps in their order; steps of the same place go together, in as few requests as the services allow."""
    for place in range(max((len(task.plan.steps) for task in tasks), default=0)):
        going = [task for task in tasks if len(task.plan.steps) > place and not any(answer.error for answer in task.answers)]
        going = [task for task in going if not _too_late(task, place)]
        await together(_write_side(ctx, side, [task for task in going if task.plan.steps[place].side is side], place) for side in Side)
        await check_rights(ctx, (answer.error for task in going for answer in task.answers))


def _too_late(task: Task, place: int) -> bool:
    """Whether the lease ran out while this worker waited for others: what he read may be old, so he looks again."""
    lease = _coupled(task).lease
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
        blame(task, next(answer.error for answer in task.answers if answer.error))
    await _release(ctx, failed)
    done = [task for task in tasks if task not in failed]
    for task in done:
        _take_answers(task)
    await keep_made(ctx, done, job)
    after = [sealed(task.mapping, await told(task, _done(task, _coupled(task), job, world))) for task in done]
    saved = await store_under_real_ids(ctx, list(zip(map(_coupled, done), after, strict=True)))
    for task, coupling in zip(done, saved, strict=True):
        _keep(task, coupling)
        task.again = task.again or _more_to_say(task, world)


def _take_answers(task: Task) -> None:
    """The rows as the services made them (rule B7)."""
    for answer in task.answers:
        if answer.row is not None and answer.step.table == task.mapping.table(answer.step.side).name:
            task.rows[answer.step.side] = answer.row


def _more_to_say(task: Task, world: World) -> bool:
    """Whether BC's answer holds what Sales should see at once: a number it gave, or a value it rewrote (rules B2, B7)."""
    answered = any(answer.row is not None and answer.step.side is Side.BC for answer in task.answers)
    if not answered or (len(task.rows) != len(Side) and task.plan.creates is not Side.BC):
        return False
    return bool(differing_units(task.mapping, task.rows[Side.BC], _coupled(task).held, world))


def _done(task: Task, coupling: Coupling, job: str, world: World | None = None) -> Coupling:
    """The coupling after its plan: what both sides hold, the versions that our own writes were answered with, no lease.

    Of one that is closed no value is kept (rule G2).
    """
    held = {} if task.plan.done else task.held_after()
    if world and task.plan.creates and len(task.rows) == len(Side):
        held = held_of_new_row(task.mapping, task.pair, held, world, task.plan.creates)
    versions = _versions(task)
    return replace(
        coupling,
        bc_id=task.ids[Side.BC],
        life=Life.DONE if task.plan.done else Life.COUPLED,
        held=held,
        lease=None,
        claimed_at=None,
        intent={},
        asked=coupling.asked if task.plan.asked is None else task.plan.asked,
        bc_version=versions.get(Side.BC, coupling.bc_version),
        sales_version=versions.get(Side.SALES, coupling.sales_version),
        turns=with_turns(coupling.turns, task.mapping, task.plan.intent, datetime.now(UTC)),
        synced_at=datetime.now(UTC),
        job=job if task.plan.steps or task.coupling is None else coupling.job,
    )


def _versions(task: Task) -> dict[Side, str | None]:
    """The version of each row whose content is remembered: of the row that was read, or of our own write if its answer carried one."""
    versions: dict[Side, str | None] = {side: row.get("@odata.etag") for side, row in task.rows.items()}
    for answer in task.answers:
        if answer.step.table == task.mapping.table(answer.step.side).name:
            versions[answer.step.side] = answer.version
    return versions


async def _release(ctx: Context, tasks: Sequence[Task]) -> None:
    """Give back what was leased; a claim whose row was not made is withdrawn, the intent stays (a write may have got through).

    Where the row may be made still, under an id that only BC knows, the lease runs out by itself.
    """
    withdrawn = [task for task in tasks if _unmade(task)]
    for task in withdrawn:
        if await _withdraw(ctx, _coupled(task)):
            task.coupling, task.became_coupled = None, False
    rest = [task for task in tasks if task not in withdrawn and not may_be_made(task)]
    saved = await store_under_real_ids(
        ctx, [(_coupled(task), replace(_coupled(task), bc_id=task.ids[Side.BC], lease=None)) for task in rest]
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
    ours = isinstance(first.error, AlreadyExists) and _coupled(task).claimed_at is None
    return not ours and task.plan.creates is not None and isinstance(task.plan.steps[0], Create)
