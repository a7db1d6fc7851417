"""Making lost couplings again: from the id that Couplet wrote into Sales, then by match (rules D8, A1). No record is written.

With the state went also what people parted, and which life a record is in. Uncoupling takes the id out of Sales, so that only a match can
join again what people parted; in which life Couplet made a row, the row's own id tells (rules A5, A6).
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping.model import TableMapping
from mapping.ours import COMPANY, ID
from mapping.policies import StartRule
from mapping.values import Side
from sync.context import Context
from sync.entry.guards import check_alone
from sync.run.match import AMBIGUOUS, MATCHED, Order, find, keep_report
from sync.run.matching import Ambiguous
from sync.services import odata
from sync.services.model import Query
from sync.store import Finding, Job, Report
from sync.takeover import native
from sync.takeover.chain import Message, Stage, Turned, start, work
from sync.takeover.native import Coupled
from sync.takeover.sorting import Fate, by_mapping, sort
from sync.takeover.taking import Lists, add, take

KIND = "rebuild"
"""The kind of the job, of its messages, and the name that stands in for a mapping in its id."""

MARKED, MATCH = "marked", "match"


async def rebuild(ctx: Context, *, dry_run: bool, match: bool = True) -> Job:
    """Begin to make lost couplings again, or to find out which would be made."""
    await check_alone(ctx)
    stages = [*_marked(ctx), *(_matched(ctx) if match else [])]
    without = [name for name, mapping in ctx.mappings.items() if not mapping.part_of and not _has_ids(ctx, name)]
    return await start(ctx, KIND, stages, dry_run=dry_run, details={"withoutId": without})


def _has_ids(ctx: Context, name: str) -> bool:
    marks = ctx.mappings[name].marks
    return marks is not None and {COMPANY, ID} <= marks.columns


def _marked(ctx: Context) -> list[Stage]:
    """Tables of Sales whose rows say whose they are, each with all mappings that share it."""
    tables: dict[str, list[str]] = {}
    for name, mapping in ctx.mappings.items():
        if _has_ids(ctx, name) and not mapping.part_of:
            tables.setdefault(mapping.sales.name, []).append(name)
    return [{"do": MARKED, "mappings": names} for names in tables.values()]


def _matched(ctx: Context) -> list[Stage]:
    """Mappings in which a match can find who belongs to whom; one that is switched off is left alone, as by a match of a person."""
    return [
        {"do": MATCH, "mapping": name}
        for name, mapping in ctx.mappings.items()
        if mapping.runs and mapping.match_criteria and not mapping.follows
    ]


async def work_rebuild(ctx: Context, message: Message) -> None:
    """One page of making couplings again, and those behind it."""
    await work(_turn, ctx, message)


async def _turn(ctx: Context, job: Job, stage: Stage, link: str | None) -> Turned:
    if stage["do"] == MARKED:
        return await _page_of_marked(ctx, job, stage, link)
    mapping = ctx.mappings.get(stage["mapping"])
    if mapping is None:
        return Turned(lists={})
    return await (_find(ctx, mapping, job) if link is None else _part_of_match(ctx, mapping, job, int(link)))


async def _page_of_marked(ctx: Context, job: Job, stage: Stage, link: str | None) -> Turned:
    """A page of rows that say of which record of this company they are."""
    first = next((ctx.mappings[name] for name in stage["mappings"] if name in ctx.mappings), None)
    if first is None:
        return Turned(lists={})
    condition = f"{COMPANY} eq {odata.literal(ctx.company, Side.SALES)} and {ID} ne null"
    asked = Query(table=first.sales.name, columns=(first.sales.id, ID), filter=condition, size=native.PAGE)
    page = await ctx.services[Side.SALES].page(link or asked, size=native.PAGE)
    marked = [Coupled(bc_id=str(row[ID]).lower(), sales_id=str(row[first.sales.id])) for row in page.rows]
    found = [one for one in marked if odata.GUID.fullmatch(one.bc_id)]
    pairs = [one.pair for one in found]
    lists: Lists = {Fate.GONE: [_unreadable(first, one) for one in marked if one not in found]}
    for name, own in (await by_mapping(ctx, stage["mappings"], pairs)).items():
        mapping = ctx.mappings[name]
        add(lists, await take(ctx, mapping, await sort(ctx, mapping, own, native.among(found, pairs), job.id), job.id))
    return Turned(lists=lists, next=page.next)


def _unreadable(mapping: TableMapping, one: Coupled) -> Finding:
    """A row whose mark somebody wrote over; the text that stands there now is a value of people's own."""
    return Finding(mapping=mapping.name, bc_id="", sales_id=one.sales_id, why="its mark is no id")


async def _find(ctx: Context, mapping: TableMapping, job: Job) -> Turned:
    """Find out who belongs to whom of what is left; the report is worked part by part."""
    order = Order(criteria=mapping.match_criteria, start_rule=StartRule.ASK, synchronises=False)
    report = await keep_report(ctx, mapping, order, job.id, await find(ctx, mapping, order))
    return Turned(lists={}, next="0" if _parts(report) else None)


def _parts(report: Report) -> list[tuple[str, int]]:
    """The parts of a report that are looked at: who could belong to several is told, and coupled with nobody."""
    return [(name, number) for name in (AMBIGUOUS, MATCHED) for number in range(report.parts(name))]


async def _part_of_match(ctx: Context, mapping: TableMapping, job: Job, place: int) -> Turned:
    report = await ctx.store.matches.get(ctx.company, mapping.name, job.id)
    parts = _parts(report) if report else []
    if report is None or place >= len(parts):
        return Turned(lists={})
    name, number = parts[place]
    items = await ctx.store.matches.part(report, name, number)
    following = str(place + 1) if place + 1 < len(parts) else None
    if name == AMBIGUOUS:
        return Turned(lists={Fate.AMBIGUOUS: [_ambiguous(mapping, Ambiguous(*each)) for each in items]}, next=following)
    pairs = [(bc, sales) for bc, sales, _ in items]
    return Turned(lists=await take(ctx, mapping, await sort(ctx, mapping, pairs, (), job.id), job.id), next=following)


def _ambiguous(mapping: TableMapping, one: Ambiguous) -> Finding:
    ids: Mapping[Side, str] = {Side(one.side): one.id}
    why = f"could be {', '.join(one.candidates)}" + (f"; also wanted by {', '.join(one.rivals)}" if one.rivals else "")
    return Finding(mapping=mapping.name, bc_id=ids.get(Side.BC, ""), sales_id=ids.get(Side.SALES, ""), why=why)
