"""What records do to rows of another mapping: only the first of a list does it, and the other mapping is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mapping.steps import Create, Step, Update
from mapping.values import Side
from sync.context import Context
from sync.record.task import Task
from sync.run import messages


def only_first(tasks: Sequence[Task]) -> Sequence[Task]:
    """The same tasks; a step that only the first record does to a row is left out of the plans of the others."""
    done: set[tuple[str, str, str | None]] = set()

    def left_to_me(step: Step) -> bool:
        if not isinstance(step, Create | Update) or not step.first:
            return True
        place = (step.side, step.table, step.id)
        mine = place not in done
        done.add(place)
        return mine

    for task in tasks:
        if any(isinstance(step, Create | Update) and step.first for step in task.plan.steps):
            task.plan = replace(task.plan, steps=tuple(step for step in task.plan.steps if left_to_me(step)))
    return tasks


async def tell_others(ctx: Context, tasks: Sequence[Task]) -> None:
    """Records of other mappings whose rows were written are synchronised next."""
    told: dict[tuple[str, Side], set[str]] = defaultdict(set)
    for answer in (answer for task in tasks for answer in task.answers if not answer.error):
        if isinstance(answer.step, Update) and answer.step.tells:
            told[answer.step.tells, answer.step.side].add(answer.step.id)
    for (name, side), ids in told.items():
        await ctx.store.queue.send_many(messages.records(ctx.company, name, side, sorted(ids)))
