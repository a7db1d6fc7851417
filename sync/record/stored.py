"""What is stored of a record: before it is written, with what is meant, and afterwards, with what both sides hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mapping.values import Side
from mapping.world import World
from sync.context import Context
from sync.heart.coupling import OPENED, Coupling, Held, Life
from sync.heart.reconcile import differing_units, held_of_new_row
from sync.heart.sealing import is_open, sealed
from sync.heart.turns import with_turns
from sync.record.task import Task
from sync.store import Taken


async def insert(ctx: Context, tasks: Sequence[Task], couplings: Sequence[Coupling]) -> None:
    """New couplings; where somebody else was quicker, another round sees what he did."""
    safe = [sealed(task.mapping, coupling) for task, coupling in zip(tasks, couplings, strict=True)]
    for task, stored in zip(tasks, await ctx.store.couplings.insert(safe), strict=True):
        keep(task, None if isinstance(stored, Taken) else stored)
        task.became_coupled = not isinstance(stored, Taken)


def keep(task: Task, coupling: Coupling | None) -> None:
    """The coupling as it is stored now; somebody else's write means another round."""
    completed = task.coupling and task.coupling.life is Life.CLAIMED and coupling and coupling.life is Life.COUPLED
    task.became_coupled = task.became_coupled or bool(completed)
    task.coupling = coupling or task.coupling
    task.again = coupling is None


def coupled(task: Task) -> Coupling:
    """The coupling of a task that has one."""
    if task.coupling is None:
        raise LookupError(task.key)
    return task.coupling


def new_coupling(ctx: Context, task: Task) -> Coupling:
    """The coupling of a pair that had none, nothing remembered yet."""
    return Coupling(
        company=ctx.company,
        mapping=task.mapping.name,
        bc_id=task.ids[Side.BC],
        sales_id=task.ids[Side.SALES],
        life_number=task.life_number,
    )


def claim_of(ctx: Context, task: Task) -> Coupling:
    """The coupling of a pair that is about to be made: of two rows, or of one and an id of our choosing (rule A6)."""
    life = Life.CLAIMED if task.plan.creates else Life.COUPLED
    return replace(new_coupling(ctx, task), life=life, held=task.plan.claimed, intent=task.plan.intent)


def taken_over(task: Task) -> Coupling:
    """A known coupling before this worker writes: with what a new row is made of, else with what arrived of a crashed worker's writes."""
    held = task.plan.claimed if task.plan.creates else {**coupled(task).held, **task.plan.arrived}
    return replace(coupled(task), held=held, intent=task.plan.intent)


def still_meant(task: Task) -> Mapping[str, Mapping[str, Held]]:
    """What is left of the intent of a record that was refused: rows of which nothing was done were not opened by us."""
    untouched = {answer.step.side for answer in task.answers if answer.untouched}
    return {
        side: {name: held for name, held in meant.items() if name != OPENED or side not in untouched}
        for side, meant in coupled(task).intent.items()
    }


def unsettled(task: Task, coupling: Coupling) -> bool:
    """Whether the stored coupling differs from what is known now; an unchanged record costs no write at all."""
    if task.plan.asked is None:
        return False  # The units were not looked at: what a dead worker meant to write, and what a person was asked, stays.
    leftover = coupling.intent or (coupling.lease and coupling.lease.until <= datetime.now(UTC)) or coupling.life is Life.CLAIMED
    news = task.plan.held or leftover or task.plan.asked != coupling.asked or is_open(task.mapping, coupling)
    return bool(news) and task.plan.why is None


def take_answers(task: Task) -> None:
    """The rows as the services made them (rule B7)."""
    for answer in task.answers:
        if answer.row is not None and answer.step.table == task.mapping.table(answer.step.side).name:
            task.rows[answer.step.side] = answer.row


def done(task: Task, coupling: Coupling, job: str, world: World | None = None) -> Coupling:
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


def at_hand(task: Task) -> frozenset[Side]:
    """The sides of a pair made just now whose row need not be read again: it was not written, or the last write answered with it.

    Whoever writes next expects that version: what somebody wrote meanwhile is found then.
    """
    last = {answer.step.side: answer for answer in task.answers}
    return frozenset(side for side in task.rows if side not in last or last[side].row) if task.plan.creates else frozenset()


def more_to_say(task: Task, world: World) -> bool:
    """Whether BC's answer holds what Sales should see at once: a number it gave, or a value it rewrote (rules B2, B7)."""
    answered = any(answer.row is not None and answer.step.side is Side.BC for answer in task.answers)
    if not answered or (len(task.rows) != len(Side) and task.plan.creates is not Side.BC):
        return False
    return bool(differing_units(task.mapping, task.rows[Side.BC], coupled(task).held, world))
