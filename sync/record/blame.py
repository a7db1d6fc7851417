"""What a service's refusal means for the record that it was about."""

from __future__ import annotations

import re
from dataclasses import replace

from mapping.ours import COMPANY
from mapping.steps import Create, writes
from sync.errors import AlreadyExists, FieldError, NotFound, ServiceError, Stale
from sync.heart.lines import MOST_PROBLEMS
from sync.heart.plan import Outcome, Problem
from sync.record.task import Task, refused_unit
from sync.services.model import Answer
from sync.services.sales_dialect import KEY_TAKEN


def blame(task: Task, error: ServiceError | None) -> None:
    """What a service's refusal means for the record: look again, leave one field out, or a problem (rules B9, C6).

    Of a new document nothing is left out: it is made whole, or not at all (rule E6).
    """
    if error is None:
        return
    whole = task.plan.creates is not None and bool(task.mapping.parts)
    unit = refused_unit(task, error) if isinstance(error, FieldError) and not whole else None
    said = error.service_message or str(error)
    problem = Problem(code=error.code, detail=f"{_line_meant(task, said)}{said}", field=unit, service=error.answer)
    if isinstance(error, Stale | NotFound | AlreadyExists):
        task.again = True
        task.unmarked |= error.service_code == KEY_TAKEN and _writes_marks(task)
        task.problems.append(problem)
        task.outcomes[error.side or task.source.other] = Outcome.FAILED
    elif unit and unit not in task.refused:
        task.refused[unit] = problem
        task.again = True
    else:
        task.fail(problem)


def _line_meant(task: Task, said: str) -> str:
    """The lines of a new document that a service's refusal speaks of, ready to stand before it."""
    words = set(re.findall(r"[^\s,;:='\"()]+", said.replace(". ", " ").rstrip(".")))
    meant = [line.called for line in task.plan.lines if words & set(line.names)]
    more = f" and {len(meant) - MOST_PROBLEMS} more" if len(meant) > MOST_PROBLEMS else ""
    return f"{'; '.join(meant[:MOST_PROBLEMS])}{more}: " if meant else ""


def pardoned(answer: Answer) -> Answer:
    """The answer to a step, without the refusal of a row that nobody misses: it is there already, or what it belongs to is gone."""
    spared = isinstance(answer.step, Create) and answer.step.optional and answer.error and not answer.error.transient
    return replace(answer, error=None) if spared else answer


def _writes_marks(task: Task) -> bool:
    """Whether what was refused says whose record the row is: then another row of Sales says the same (rule D8)."""
    refused = next(answer.step for answer in task.answers if answer.error)
    return any(COMPANY in write.values for write in writes([refused]))
