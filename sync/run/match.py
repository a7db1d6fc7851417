"""Match-based coupling: find out who belongs to whom, report it, couple and merge by the start rule, make the rest if asked (A1 to A4).

A job of steps: the first finds and stores the report, each further one works one part of it. Twice is once: what was found is found no
second time, and a pair that is coupled already is a record like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mapping.criteria import Criterion
from mapping.model import TableMapping
from mapping.values import Side
from sync.around.titles import titles
from sync.context import Context
from sync.desk.retries import scheduled, terms_of
from sync.errors import AmbiguousMatch
from sync.heart.coupling import Coupling
from sync.heart.plan import Run, StartRule
from sync.record.pairs import load_pairs, only_couple, synchronize_pairs
from sync.record.records import Seen, synchronize
from sync.record.tally import DIRECTIONS, Tally
from sync.run import messages
from sync.run.candidates import TooManyRows, candidates
from sync.run.jobs import dump_marks
from sync.run.matching import Ambiguous, Matching, match
from sync.run.scan import baseline
from sync.run.walk import LEASED_PAUSE, follow, once_more
from sync.store import Job, ProblemRow, Report, keys

MATCHED, AMBIGUOUS, LEFT_OUT = "matched", "ambiguous", "leftOut"
UNMATCHED: Mapping[Side, str] = {Side.BC: "unmatchedInBc", Side.SALES: "unmatchedInSales"}
LISTS = (MATCHED, AMBIGUOUS, *UNMATCHED.values(), LEFT_OUT)
"""The lists of a report: pairs; records with several candidates; records without any; asked for by id and not free, or not there."""

MATCH = "match:"
"""The key of the problem that a match of a mapping was given up."""

MOST_AT_ONCE = 20_000
"""Rows of a table that a person waits for; more are read by a job."""

MOST_PROBLEMS = 1000
"""So many ambiguous records become problems; whoever has more of them needs other criteria."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What was asked for. `ids` are the records of BC to be coupled, all when empty; `creates` where rows are made of what is unmatched.

    Without `synchronises` the pairs are only coupled; with `dry_run` not even that.
    """

    criteria: tuple[Criterion, ...]
    ids: tuple[str, ...] = ()
    start_rule: StartRule = StartRule.BC_WINS
    creates: frozenset[Side] = frozenset()
    synchronises: bool = True
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The order as stored with its job and report."""
        criteria = [{"field": one.field, "caseSensitive": one.case_sensitive, "priority": one.priority} for one in self.criteria]
        return {
            "criteria": criteria,
            "ids": list(self.ids),
            "startRule": self.start_rule,
            "creates": sorted(self.creates),
            "sync": self.synchronises,
            "dryRun": self.dry_run,
        }

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Order:
        """The order that was stored."""
        return cls(
            criteria=tuple(
                Criterion(field=one["field"], case_sensitive=one["caseSensitive"], priority=one["priority"]) for one in stored["criteria"]
            ),
            ids=tuple(stored["ids"]),
            start_rule=StartRule(stored["startRule"]),
            creates=frozenset(map(Side, stored["creates"])),
            synchronises=stored["sync"],
            dry_run=stored["dryRun"],
        )


async def begin(ctx: Context, mapping: TableMapping, order: Order, *, at_once: bool = False, job: Job | None = None) -> Job:
    """Put a match on the queue, or do it `at_once`; should this process die meanwhile, another one finds its marker and goes on.

    `job` is the job of a full synch's line, where it is one.
    """
    own = job or Job.new(ctx.company, mapping.name, "coupling")
    job = await _with_order(ctx, mapping, order, own)
    first = messages.match(ctx.company, mapping.name, job=job.id, place=0)
    # Marker and seal first: who dies before the end must leave no job that nobody ends
    await ctx.store.work.add(ctx.company, job.id, {first["number"]: first})
    await ctx.store.work.seal(ctx.company, job.id)
    job = await ctx.store.jobs.start(job)
    await (work_match(ctx, first) if at_once else ctx.store.queue.send(first))
    return await ctx.store.jobs.get(ctx.company, job.id) or job


async def _with_order(ctx: Context, mapping: TableMapping, order: Order, job: Job) -> Job:
    """The job of a match, with what was asked for. Where nobody looked before, what changes from now on is for the first look."""
    never_looked = not order.dry_run and (await ctx.store.entries.get(ctx.company, mapping.name)).bc_watermark is None
    marks = await baseline(ctx, mapping) if never_looked else {}
    return replace(job, details={"order": order.as_json(), "marks": dump_marks(marks)})


async def dry_run(ctx: Context, mapping: TableMapping, order: Order) -> Report | Job:
    """Find out who belongs to whom and do nothing else: the report, or for large tables the job that will make it."""
    try:
        lists = await find(ctx, mapping, order, MOST_AT_ONCE)
    except TooManyRows:
        return await begin(ctx, mapping, order)
    return await keep_report(ctx, mapping, order, Job.new(ctx.company, mapping.name, "coupling").id, lists)


async def find(ctx: Context, mapping: TableMapping, order: Order, most: int | None = None) -> dict[str, list[Any]]:
    """The lists of a report: who belongs to whom over the whole set, as far as it was asked for."""
    rows = await candidates(ctx, mapping, order.criteria, most)
    # Seconds of computing for large tables: this process has other work to wait for meanwhile
    found = await asyncio.to_thread(match, rows)
    priorities = sorted({one.priority for one in order.criteria})
    return _lists(found, set(order.ids), priorities)


def _lists(found: Matching, ids: set[str], priorities: Sequence[int]) -> dict[str, list[Any]]:
    asked = [one for one in found.matched if not ids or one.bc in ids]
    # In the order of their keys, couplings of one part lie close to each other
    in_order = sorted(asked, key=lambda one: keys.record(Side.BC, one.bc))
    matched = [[one.bc, one.sales, priorities[one.priority]] for one in in_order]
    ambiguous = [one for one in found.ambiguous if not ids or one.id in ids]
    unmatched = {
        Side.BC: [id_ for id_ in found.unmatched[Side.BC] if not ids or id_ in ids],
        Side.SALES: [] if ids else list(found.unmatched[Side.SALES]),
    }
    named = {bc for bc, _, _ in matched} | {one.id for one in ambiguous} | set(unmatched[Side.BC])
    return {
        MATCHED: matched,
        AMBIGUOUS: [[one.side, one.id, list(one.candidates), list(one.rivals), priorities[one.priority]] for one in ambiguous],
        **{UNMATCHED[side]: unmatched[side] for side in Side},
        LEFT_OUT: sorted(ids - named),
    }


async def keep_report(ctx: Context, mapping: TableMapping, order: Order, job: str, lists: Mapping[str, Sequence[Any]]) -> Report:
    """Store what was found; reports that are older than jobs are kept go."""
    now = datetime.now(UTC)
    await ctx.store.matches.forget(ctx.company, mapping.name, now - timedelta(days=ctx.settings.job_retention_days))
    report = Report(id=job, company=ctx.company, mapping=mapping.name, at=now, order=order.as_json())
    return await ctx.store.matches.store(report, lists)


async def work_match(ctx: Context, message: Mapping[str, Any]) -> None:
    """Do a step of a match, and those behind it; of one that was never begun nothing stays."""
    if await ctx.store.jobs.get(ctx.company, message["job"]):
        await follow(ctx, message, _step)
    else:
        await ctx.store.work.clear(ctx.company, message["job"])


async def _step(ctx: Context, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    mapping, job = ctx.mappings[message["mapping"]], message["job"]
    report = await ctx.store.matches.get(ctx.company, mapping.name, job) or await _report(ctx, mapping, job)
    order, place = Order.load(report.order), message["place"]
    parts = _parts(order, report)
    again: list[messages.Message] = []
    if place == 0:
        outcome = await _note_what_is_left(ctx, mapping, order, report)
    else:
        side, name, number = parts[place - 1]
        items = await ctx.store.matches.part(report, name, number)
        tally = await (_couple(ctx, mapping, order, items, job) if name == MATCHED else _create(ctx, mapping, order, side, items, job))
        outcome = {**tally.as_json(), "read": len(items)}
        again = once_more(ctx, {**message, "side": side}, tally.busy, _run(order, side, name))
    following = [messages.match(ctx.company, mapping.name, job=job, place=place + 1)] if place < len(parts) else []
    then = {each["number"]: each for each in (*following, *again)}
    counted = await ctx.store.work.done(ctx.company, job, message["number"], outcome, then)
    if counted:
        await ctx.store.queue.send_many(again, delay_seconds=LEASED_PAUSE)
    return following[0] if counted and following else None


async def _report(ctx: Context, mapping: TableMapping, job_id: str) -> Report:
    job = await ctx.store.jobs.get(ctx.company, job_id)
    order = Order.load(job.details["order"] if job else {})
    return await keep_report(ctx, mapping, order, job_id, await find(ctx, mapping, order))


def _parts(order: Order, report: Report) -> list[tuple[Side, str, int]]:
    """What is to be worked, in order: pairs first, as a row that is made looks for its partner once more."""
    names = [(Side.BC, MATCHED), *((side, UNMATCHED[side]) for side in Side if side.other in order.creates)]
    return [] if order.dry_run else [(side, name, number) for side, name in names for number in range(report.parts(name))]


def _run(order: Order, side: Side, name: str) -> Run:
    creates = frozenset() if name == MATCHED else order.creates & {side.other}
    return Run(creates=creates, couples=bool(creates), start_rule=order.start_rule)


async def _couple(ctx: Context, mapping: TableMapping, order: Order, items: Sequence[Any], job: str) -> Tally:
    """Couple pairs of a report, and bring them into step unless it was said not to."""
    loaded = await load_pairs(ctx, mapping, [(bc, sales) for bc, sales, _ in items])
    if not order.synchronises:
        return await only_couple(ctx, mapping, loaded, job)
    return await synchronize_pairs(ctx, mapping, loaded, _run(order, Side.BC, MATCHED), job)


async def _create(ctx: Context, mapping: TableMapping, order: Order, side: Side, ids: Sequence[str], job: str) -> Tally:
    """Make the counterparts of records for which no partner was found."""
    seen = await Seen.read(ctx, mapping, side, ids)
    return await synchronize(ctx, mapping, seen, _run(order, side, UNMATCHED[side]), job)


async def _note_what_is_left(ctx: Context, mapping: TableMapping, order: Order, report: Report) -> dict[str, Any]:
    """Count what is neither coupled nor made; records with several candidates become problems, those with none are no problem any more."""
    await ctx.store.problems.resolve(ctx.company, mapping.name, [MATCH])
    if order.dry_run:
        return await _rehearsed(ctx, mapping, report)
    ambiguous = [Ambiguous(*each) for each in await ctx.store.matches.some(report, AMBIGUOUS, 0, report.counts[AMBIGUOUS])]
    await _file_ambiguous(ctx, mapping, order, ambiguous[:MOST_PROBLEMS], report.id)
    counts: dict[str, dict[str, int]] = {}
    for side in Side:
        left = await ctx.store.matches.some(report, UNMATCHED[side], 0, report.counts[UNMATCHED[side]])
        await ctx.store.problems.resolve(ctx.company, mapping.name, [f"{side}:{id_}" for id_ in left], codes=(AmbiguousMatch.code,))
        skipped = 0 if side.other in order.creates else len(left)
        counts[DIRECTIONS[side.other]] = {"failed": sum(one.side == side for one in ambiguous), "skipped": skipped}
    counts[DIRECTIONS[Side.SALES]]["skipped"] += report.counts[LEFT_OUT]
    return counts


async def _rehearsed(ctx: Context, mapping: TableMapping, report: Report) -> dict[str, Any]:
    """What a line of a dry run counts; the lines behind it see its pairs as coupled."""
    job = await ctx.store.jobs.get(ctx.company, report.id)
    if job is None or job.parent is None:
        return {}
    pairs = await ctx.store.matches.some(report, MATCHED, 0, report.counts[MATCHED])
    planned = ctx.store.planned(job.parent)
    planned.begin(report.id)
    await planned.insert([Coupling(company=ctx.company, mapping=mapping.name, bc_id=bc, sales_id=sales) for bc, sales, _ in pairs])
    return {DIRECTIONS[Side.SALES]: {"coupled": len(pairs), "failed": report.counts[AMBIGUOUS]}}


async def _file_ambiguous(ctx: Context, mapping: TableMapping, order: Order, ambiguous: Sequence[Ambiguous], job: str) -> None:
    names = await named(ctx, mapping, ambiguous)
    await ctx.store.problems.put([_problem(ctx, mapping, order, one, names, job) for one in ambiguous], scheduled)


async def named(ctx: Context, mapping: TableMapping, ambiguous: Sequence[Ambiguous]) -> Mapping[Side, Mapping[str, str]]:
    """What people call these records, their candidates and rivals."""
    ids: dict[Side, set[str]] = {side: set() for side in Side}
    for one in ambiguous:
        side = Side(one.side)
        ids[side] |= {one.id, *one.rivals}
        ids[side.other] |= {*one.candidates}
    return {side: await titles(ctx, mapping, side, ids[side]) for side in Side}


def listed(side: Side, ids: Sequence[str], names: Mapping[Side, Mapping[str, str]]) -> list[dict[str, str | None]]:
    """Records with what people call them."""
    return [{"id": id_, "name": names[side].get(id_)} for id_ in ids]


def _problem(
    ctx: Context, mapping: TableMapping, order: Order, one: Ambiguous, names: Mapping[Side, Mapping[str, str]], job: str
) -> ProblemRow:
    side = Side(one.side)
    rivals = f"; also wanted by {', '.join(one.rivals)}" if one.rivals else ""
    detail = f"candidates in {side.other}: {', '.join(one.candidates)}{rivals}"
    return ProblemRow(
        company=ctx.company,
        mapping=mapping.name,
        key=f"{side}:{one.id}",
        code=AmbiguousMatch.code,
        message=detail,
        bc_id=one.id if side is Side.BC else None,
        sales_id=one.id if side is Side.SALES else None,
        name=names[side].get(one.id),
        details={
            "problems": [{"code": AmbiguousMatch.code, "field": None, "detail": detail}],
            # What could be one of several is never made by itself, whatever was to be made of the rest
            "creates": [],
            "criteria": order.as_json()["criteria"],
            "candidates": listed(side.other, one.candidates, names),
            "rivals": listed(side, one.rivals, names),
        },
        job=job,
        terms=terms_of(ctx, mapping),
    )
