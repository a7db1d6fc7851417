"""What people do about open problems: find them, try again, choose one side for all, park, restore, take away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.retries import by_side, restored
from sync.desk.uncouple import uncouple
from sync.entry.holds import refuse_on_hold
from sync.errors import NoSuchProblem, StillThere
from sync.heart.plan import Run
from sync.record.brake import RUN
from sync.record.records import Seen, synchronize
from sync.run import messages
from sync.run.jobs import hand_out, note_run
from sync.run.looks import INLINE, place_of_looks, request_scan, scheduled_run
from sync.store import Job, Parked, ProblemRow

Choices = Mapping[str, Any]
SOLVED, OPEN, LOOKED_FOR = "solved", "open", "scheduled"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Which problems somebody means: of mappings, of one code, or of certain records of one mapping."""

    mappings: Sequence[str]
    code: str | None = None
    records: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Retried:
    """What became of problems that were tried again: an outcome for each, or the jobs that work on them."""

    outcomes: Sequence[Mapping[str, Any]] = ()
    jobs: Sequence[str] = ()
    count: int = 0


async def meant(ctx: Context, cause: Cause) -> list[ProblemRow]:
    """The open problems that somebody means; every record named must have one."""
    if not cause.records:
        return [row async for row in ctx.store.problems.all(ctx.company, cause.mappings, code=cause.code)]
    [mapping] = cause.mappings
    return [await problem_of(ctx, ctx.mappings[mapping], key) for key in dict.fromkeys(cause.records)]


async def problem_of(ctx: Context, mapping: TableMapping, key: str) -> ProblemRow:
    """The open problem of a record, whichever of its two ids is named."""
    found = await ctx.store.problems.get(ctx.company, mapping.name, key)
    side, _, id_ = key.partition(":")
    if found is None and side in list(Side):
        known = await ctx.store.couplings.load(ctx.company, mapping.name, Side(side), [id_])
        other = Side(side).other
        pairs = [f"{other}:{coupling.of(other)}" for coupling in known.values()]
        found = await ctx.store.problems.get(ctx.company, mapping.name, pairs[0]) if pairs else None
    if found is None:
        raise NoSuchProblem(f"{mapping.name} {key[:100]} has no open problem.")
    return found


async def retry(ctx: Context, problems: Sequence[ProblemRow], choices: Choices | None = None) -> Retried:
    """Try these records again, up to a hundred within the call and more as jobs; `choices` settle what is in conflict in all of them."""
    grouped: dict[str, list[ProblemRow]] = defaultdict(list)
    for row in problems:
        grouped[row.mapping].append(row)
    for name in grouped:
        await refuse_on_hold(ctx, ctx.mappings[name])
    now = datetime.now(UTC)
    await ctx.store.problems.change([restored(row, now) for row in problems])
    runs = {name: replace(scheduled_run(ctx.mappings[name]), choices=choices or {}) for name in grouped}
    if len(problems) > INLINE:
        jobs = [await _as_job(ctx, ctx.mappings[name], rows, runs[name]) for name, rows in grouped.items()]
        return Retried(jobs=[job for job in jobs if job], count=len(problems))
    outcomes = [each for name, rows in grouped.items() for each in await _now(ctx, ctx.mappings[name], rows, runs[name])]
    return Retried(outcomes=outcomes, count=len(problems))


async def _as_job(ctx: Context, mapping: TableMapping, problems: Sequence[ProblemRow], run: Run) -> str | None:
    job = replace(Job.new(ctx.company, mapping.name, "manual"), details={RUN: messages.dump_run(run)})
    ids = by_side(problems)
    parts = [part for side in ids for part in messages.records(ctx.company, mapping.name, side, ids[side], run=run, job=job.id)]
    await _look_where_looks_failed(ctx, mapping, problems)
    if parts:
        await hand_out(ctx, job, parts)
    return job.id if parts else None


async def _now(ctx: Context, mapping: TableMapping, problems: Sequence[ProblemRow], run: Run) -> list[dict[str, Any]]:
    """Try these records within the call; what is still open afterwards says why."""
    for side, ids in by_side(problems).items():
        seen = await Seen.read(ctx, mapping, side, ids)
        job = Job.new(ctx.company, mapping.name, "manual", started=seen.at)
        tally = await synchronize(ctx, mapping, seen, run, job.id)
        await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, side, tally.busy, run=run), delay_seconds=5)
        await note_run(ctx, job, tally)
    await _look_where_looks_failed(ctx, mapping, problems)
    left = await ctx.store.problems.of(ctx.company, mapping.name, [row.key for row in problems])
    return [_outcome(row, left.get(row.key)) for row in problems]


def _outcome(before: ProblemRow, after: ProblemRow | None) -> dict[str, Any]:
    looked_for = before.key == place_of_looks(before.mapping)
    what = SOLVED if after is None else LOOKED_FOR if looked_for else OPEN
    told = {"mapping": before.mapping, "record": before.key, "outcome": what}
    return told | ({"code": after.code, "message": after.message} if after else {})


async def _look_where_looks_failed(ctx: Context, mapping: TableMapping, problems: Sequence[ProblemRow]) -> None:
    """The problem that a mapping cannot be looked at is tried again by a look."""
    if any(row.key == place_of_looks(mapping.name) for row in problems):
        await request_scan(ctx, mapping.name)


async def park(ctx: Context, problems: Sequence[ProblemRow]) -> None:
    """Try these again only when something changes: an edit, the record waited for, or a person."""
    await ctx.store.problems.change([replace(row, parked=Parked.PERSON, not_before=None) for row in problems])


async def restore(ctx: Context, problems: Sequence[ProblemRow]) -> None:
    """Try these again at the next look, with all attempts before them."""
    now = datetime.now(UTC)
    await ctx.store.problems.change([restored(row, now) for row in problems])


async def take_away(ctx: Context, mapping: TableMapping, key: str) -> ProblemRow:
    """Close the problem of a record of which no row exists any more; what is left of its coupling goes, too."""
    row = await problem_of(ctx, mapping, key)
    if row.side:
        known = await ctx.store.couplings.load(ctx.company, mapping.name, row.side, [row.key.partition(":")[2]])
        ids = {row.side: row.key.partition(":")[2], **{side: each.of(side) for each in known.values() for side in Side}}
        there = [side for side, id_ in ids.items() if await ctx.services[side].rows(mapping.table(side).name, [id_])]
        if there:
            raise StillThere(f"It is still there in {' and '.join(there)}.")
        await uncouple(ctx, mapping, list(known.values()), tombstone=False)
    await ctx.store.problems.resolve(ctx.company, mapping.name, [row.key])
    return row
