"""What only the first of a list of records does to a row that several of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mapping.steps import Step, Update
from sync.record.task import Task


def only_first(tasks: Sequence[Task]) -> Sequence[Task]:
    """The same tasks; a step that only the first record does to a row is left out of the plans of the others."""
    done: set[tuple[str, str, str]] = set()

    def left_to_me(step: Step) -> bool:
        if not isinstance(step, Update) or not step.first:
            return True
        place = (step.side, step.table, step.id)
        mine = place not in done
        done.add(place)
        return mine

    for task in tasks:
        if any(isinstance(step, Update) and step.first for step in task.plan.steps):
            task.plan = replace(task.plan, steps=tuple(step for step in task.plan.steps if left_to_me(step)))
    return tasks
