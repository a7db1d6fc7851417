"""The brake: a run that would change very many records stops before the first, until a person confirms its list (rule C3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.errors import MassChange
from sync.heart.plan import Act, Run
from sync.run import messages
from sync.store import Job, ProblemRow
from sync.store.withheld import Withheld

MASS = "mass:"
"""The key of the problem of a stopped run, before the job's id."""

SHOWN = 20
"""Records of the list that stand in the problem itself."""

ONE_CAUSE = timedelta(hours=1)
"""Slices that come within so long are taken for parts of one run."""

DELETION = "deletion"
"""The detail of a job that says what a person wanted of deleted rows."""

RUN = "run"
"""The detail of a job that says what a person wanted of its records, such as whose values win."""

WISHES = "wishes"
"""The detail of the problem that keeps both."""

Wishes = Mapping[str, Any]

DONE: Mapping[Act, str] = {
    Act.DELETE: "deleted",
    Act.DEACTIVATE: "made inactive",
    Act.RESTORE: "made again",
    Act.UNCOUPLE: "uncoupled",
    Act.BLANK: "blanked in a field",
}


def careful(mapping: TableMapping, run: Run, records: int | None) -> Run:
    """The run as it may begin with so many records (None: nobody knows): beyond the bound it may do nothing yet that the brake counts."""
    if run.agreed is not None or mapping.bound.none or (records is not None and records <= mapping.bound.least):
        return run
    return replace(run, agreed=frozenset())


async def withhold(ctx: Context, job: str, acts: Mapping[Act, list[str]]) -> None:
    """Note what a part of a run would do; its number is known when the run is over."""
    if acts:
        await ctx.store.withheld.add(ctx.company, job, acts)


async def settle(ctx: Context, mapping: TableMapping, job: str, wishes: Wishes | None = None, *, slice_of_more: bool = False) -> bool:
    """What was withheld is done when it is within the mapping's bound, else a person is asked; whether the run was stopped.

    A message without a job may be a slice of something large, such as many problems tried again: what was let through shortly before
    counts, too. `wishes` are what a person wanted of the records, of a message without a job.
    """
    wishes = wishes or await _wishes(ctx, job)
    count = Counter([each.act async for each in ctx.store.withheld.of(ctx.company, job)])
    total = sum(count.values())
    if total == 0:
        return False
    before = await _let_through(ctx, mapping) if slice_of_more else 0
    if total + before > mapping.bound.least:
        known = await ctx.store.couplings.count(ctx.company, mapping.name)
        if total + before > mapping.bound.of(known):
            await _stop(ctx, mapping, job, wishes, count, known)
            return True
    if slice_of_more:
        since = {} if before else {"let_through_since": datetime.now(UTC)}
        await ctx.store.entries.merge(ctx.company, mapping.name, let_through=before + total, **since)
    async for message in _agreed(ctx, mapping, job, wishes, None):
        await ctx.store.queue.send(message)
    await ctx.store.withheld.clear(ctx.company, job)
    return False


async def would_stop(ctx: Context, mapping: TableMapping, count: Mapping[str, int]) -> str | None:
    """What a dry run says where the run itself would stop before the first; None where it would not."""
    total = sum(count.values())
    if total <= mapping.bound.least or total <= mapping.bound.of(await ctx.store.couplings.count(ctx.company, mapping.name)):
        return None
    said = ", ".join(f"{number} would be {DONE[Act(act)]}" for act, number in count.items())
    return f"It would stop before the first and ask ({MassChange.code}): {said}."


async def _let_through(ctx: Context, mapping: TableMapping) -> int:
    """How many acts slices were let through with, since the first of them."""
    entry = await ctx.store.entries.get(ctx.company, mapping.name)
    recent = entry.let_through_since and datetime.now(UTC) - entry.let_through_since < ONE_CAUSE
    return entry.let_through if recent else 0


async def _stop(ctx: Context, mapping: TableMapping, job: str, wishes: Wishes, count: Mapping[Act, int], known: int) -> None:
    """The entry is put on hold and the list kept; the run is confirmed or dismissed by a person."""
    said = ", ".join(f"{number} would be {DONE[act]}" for act, number in count.items())
    message = f"{sum(count.values())} of {known} coupled records: {said}."
    listed = [{"bcId": each.id, "act": each.act} for each in await _first(ctx, job)]
    details: dict[str, Any] = {
        "problems": [{"code": MassChange.code, "field": None, "detail": message}],
        "acts": dict(count),
        "records": listed,
        WISHES: wishes,
    }
    row = ProblemRow(
        company=ctx.company, mapping=mapping.name, key=MASS + job, code=MassChange.code, message=message, details=details, job=job
    )
    await ctx.store.problems.put([row])
    reason = f"{MassChange.code}: {message}".rstrip(".")
    await ctx.store.entries.merge(ctx.company, mapping.name, held_by_person=True, hold_reason=reason, held_since=datetime.now(UTC))


async def _first(ctx: Context, job: str) -> list[Withheld]:
    found: list[Withheld] = []
    async for each in ctx.store.withheld.of(ctx.company, job):
        found.append(each)
        if len(found) == SHOWN:
            break
    return found


async def confirm(ctx: Context, mapping: TableMapping, job: str) -> Job:
    """A person agrees: what was listed is done, as a job of its own, and the entry goes on. Anything else is asked about again."""
    problem = await ctx.store.problems.get(ctx.company, mapping.name, MASS + job)
    kept: Wishes | None = problem.details.get(WISHES) if problem else None
    wishes = kept if kept is not None else await _wishes(ctx, job)
    agreed = replace(Job.new(ctx.company, mapping.name, "manual"), details=dict(wishes))
    parts = [message async for message in _agreed(ctx, mapping, job, wishes, agreed.id)]
    await ctx.store.work.add(ctx.company, agreed.id, {part["number"]: part for part in parts})
    await ctx.store.work.seal(ctx.company, agreed.id)
    await ctx.store.jobs.start(agreed)
    await dismiss(ctx, mapping, job)
    await ctx.store.queue.send_many(parts)
    return agreed


async def dismiss(ctx: Context, mapping: TableMapping, job: str) -> None:
    """Forget the list; the entry goes on."""
    await ctx.store.problems.resolve(ctx.company, mapping.name, [MASS + job])
    left = await ctx.store.problems.list(ctx.company, [mapping.name], code=MassChange.code, limit=1)
    entry = await ctx.store.entries.get(ctx.company, mapping.name)
    if not left.rows and (entry.hold_reason or "").startswith(MassChange.code):
        await ctx.store.entries.merge(ctx.company, mapping.name, held_by_person=False, hold_reason=None, held_since=None)
    await ctx.store.withheld.clear(ctx.company, job)


async def _wishes(ctx: Context, job: str) -> Wishes:
    """What a person wanted of the records of a job."""
    known = await ctx.store.jobs.get(ctx.company, job)
    return {name: known.details[name] for name in (DELETION, RUN) if name in known.details} if known else {}


async def _agreed(ctx: Context, mapping: TableMapping, job: str, wishes: Wishes, by: str | None) -> AsyncIterator[messages.Message]:
    """The pairs of a list as work messages, each for one act."""
    deletion, wanted = wishes.get(DELETION), wishes.get(RUN)
    run = messages.load_run(wanted, Run()) if wanted else None
    lists: dict[Act, list[str]] = {}
    async for each in ctx.store.withheld.of(ctx.company, job):
        lists.setdefault(each.act, []).append(each.id)
    first = 0
    for act, ids in lists.items():
        for message in messages.records(
            ctx.company, mapping.name, Side.BC, ids, run=run, job=by, first=first, agreed=act, deletion=deletion
        ):
            yield message
            first += 1
