"""When a problem is tried again by itself, and when that is given up: growing pauses, then it is parked (rule F3).

What releases it at once needs no clock: an edit on either side makes the record due, a coupled parent asks who waits for it, and other
settings are noticed at the next look.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.errors import by_code
from sync.run import messages
from sync.store import Parked, ProblemRow

PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""After the first, second ... equal failure; after the one behind the last pause the problem is parked."""

DAILY = timedelta(days=1)
"""Problems that only an edit settles are looked at so often all the same, in case that an edit or a deletion was not noticed."""


def scheduled(problem: ProblemRow) -> ProblemRow:
    """The problem with the time of its next attempt, or parked; `attempts` counts the equal failures so far."""
    causes = [by_code(each["code"]) for each in problem.details.get("problems", ())] or [by_code(problem.code)]
    if all(cause.settled_by_edit for cause in causes):
        return replace(problem, not_before=problem.last + DAILY, parked=None)
    if problem.attempts > len(PAUSES):
        return replace(problem, not_before=None, parked=Parked.ATTEMPTS)
    at_once = problem.attempts == 1 and any(cause.transient for cause in causes)
    return replace(problem, not_before=problem.last + (timedelta(0) if at_once else PAUSES[problem.attempts - 1]), parked=None)


def restored(problem: ProblemRow, now: datetime) -> ProblemRow:
    """The problem as if it had just been met: due now, and with all its attempts before it."""
    return replace(problem, attempts=0, not_before=now, parked=None)


def terms_of(ctx: Context, mapping: TableMapping) -> str:
    """A digest of the settings that decide whether a record gets through: with others it is worth another attempt."""
    leaving = [mapping.leaves(side) for side in Side]
    policies = (mapping.direction, mapping.conflict, dict(mapping.conflicts), mapping.deletion, leaving, sorted(mapping.creates))
    fields = [(unit.name, unit.direction, [member.name for member in unit.members]) for unit in mapping.fields]
    settings = (ctx.settings.owner_fallback, ctx.settings.country_format)
    return hashlib.sha256(json.dumps([policies, fields, settings], sort_keys=True).encode()).hexdigest()[:16]


async def retry_due(ctx: Context, mapping: TableMapping, now: datetime | None = None) -> int:
    """Put those records on the queue whose problem is to be tried again; how many they are. One query when there is none.

    Each is put off first by the longest pause: what becomes of the attempt says when the next one is, or the problem is closed.
    """
    now = now or datetime.now(UTC)
    terms = terms_of(ctx, mapping)
    due = await ctx.store.problems.due(ctx.company, mapping.name, now, terms)
    await ctx.store.problems.change([replace(row, not_before=now + DAILY, parked=None, terms=terms) for row in due])
    for side, ids in by_side(due).items():
        await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, side, ids))
    return len(due)


def by_side(problems: Sequence[ProblemRow]) -> dict[Side, list[str]]:
    """The ids of the records, by the side that their keys name; what is about no record has none."""
    ids: dict[Side, list[str]] = defaultdict(list)
    for row in problems:
        if row.side:
            ids[row.side].append(row.key.partition(":")[2])
    return ids
