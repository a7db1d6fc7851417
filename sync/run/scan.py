"""What changed on each side since last time (design.md section 3): BC by its stamp, Sales by change tracking."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mapping.beside import Watch
from mapping.digest import digest
from mapping.model import TableMapping
from mapping.values import Side
from sync.around.currencies import money_of
from sync.around.reference import all_rows, rows_where
from sync.context import Context
from sync.desk.filing import close_gone
from sync.errors import DeltaExpired, TrackingOff
from sync.heart.plan import Row, Run
from sync.run import messages
from sync.services.model import Query
from sync.store import Entry

log = logging.getLogger("couplet")

PAGE = 5000

Days = tuple[str | None, date]
"""The day of the company on which the last look asked the calendar, and that of this one."""

RESET = "reset"
"""The declaration of an entry that a person reset: everything is read once, as if nothing had ever been looked at."""

AFTER_RESET: Mapping[str, Any] = dict.fromkeys(
    ("bc_watermark", "bc_columns", "day_seen", "sales_watermark", "sales_link", "sales_columns", "last_asked", "not_before")
) | {"declaration": RESET, "failures": 0, "idle": False}
"""What a reset leaves of an entry: no marks, so that everything is read once more; couplings are not its own."""


def after_reset() -> dict[str, Any]:
    """What a reset writes. A look that is at work writes its marks over it, but has not seen it: the next one knows."""
    return {**AFTER_RESET, "reset_at": datetime.now(UTC)}


def as_reset(entry: Entry) -> Entry:
    """The entry, without its marks where they are of a look that began before the last reset."""
    return entry if entry.reset_at == entry.reset_seen else replace(entry, **AFTER_RESET)


REDECLARED = "The mapping changed since its state was made (tables, fields, filters or direction)"
WAS_RESET = "The mapping was reset"


@dataclass
class Due:
    """Ids that are due on each side, and the properties of the entry that say from where to look next time.

    `gone` are rows of Sales that change tracking calls deleted, `said_gone` rows of either side of which a notification said so.
    `news` says what is new about the mapping itself.
    """

    bc: dict[str, str] = field(default_factory=dict)
    sales: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    said_gone: Mapping[Side, Sequence[str]] = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)
    news: str = ""


async def look(ctx: Context, mapping: TableMapping, entry: Entry) -> Due:
    """What changed since the entry's marks; an idle look costs one request per side and watched table (rule F2)."""
    due = Due()
    redeclared = entry.declaration not in (None, digest(mapping))
    # Taken before the look with the old link: nothing falls between the two.
    fresh = await baseline(ctx, mapping) if redeclared else {"declaration": digest(mapping)}
    await _look_in_bc(ctx, mapping, entry, due)
    await _look_in_sales(ctx, mapping, entry, due)
    await _hear_of_deletions(ctx, mapping, entry, due)
    await _leave_out_own_writes(ctx, mapping, due)
    await _leave_out_known_trouble(ctx, mapping, due)
    due.marks.update({**fresh, "reset_seen": entry.reset_at})
    if redeclared:
        await _compare_everything(ctx, mapping, due, WAS_RESET if entry.declaration == RESET else REDECLARED)
    return due


async def _compare_everything(ctx: Context, mapping: TableMapping, due: Due, why: str) -> None:
    """The mapping is not the one that the state was made with: every coupled record is due once, and the run says so (rule H2)."""
    due.bc.update({each.bc_id: "" async for each in ctx.store.couplings.walk(ctx.company, mapping.name)})
    due.news = f"{why}: all coupled records are compared."
    log.warning("%s: %s", mapping.name, due.news, extra={"mapping": mapping.name})


async def baseline(ctx: Context, mapping: TableMapping) -> dict[str, Any]:
    """Marks that say: everything up to now is somebody else's to read (a full walk's, or nobody's as nothing is coupled)."""
    page = await ctx.bc.page(Query(table=mapping.bc.name, columns=("id",), size=1))
    due = Due(marks={"bc_watermark": page.clock, "day_seen": _today(ctx).isoformat(), "declaration": digest(mapping)})
    due.marks["reset_seen"] = ctx.entry(mapping.name).reset_at
    await _look_in_sales(ctx, mapping, Entry(company=ctx.company, mapping=mapping.name), due)
    return due.marks


async def _look_in_bc(ctx: Context, mapping: TableMapping, entry: Entry, due: Due) -> None:
    overlap = timedelta(seconds=ctx.settings.overlap_seconds)
    since = entry.bc_watermark and entry.bc_watermark - overlap
    page = await ctx.bc.page(Query(table=mapping.bc.name, columns=("id", mapping.bc.changed), size=PAGE, changed_since=since))
    # The service's own clock at the start of the look: ours may differ, and rows may be written while we read.
    due.marks["bc_watermark"] = page.clock
    while True:
        due.bc.update({str(row["id"]): str(row.get("@odata.etag")) for row in page.rows})
        if not page.next:
            break
        page = await ctx.bc.page(page.next, size=PAGE)
    # One day for the whole look: at midnight the next one would otherwise count as seen before anybody asked for it.
    today = _today(ctx)
    for watch in mapping.watches:
        if watch.across:
            due.sales += await _watched_across(ctx, mapping, watch, since)
        else:
            due.bc.update(await _watched(ctx, mapping, watch, since, (entry.day_seen, today)))
    due.marks["day_seen"] = today.isoformat()


async def _watched(ctx: Context, mapping: TableMapping, watch: Watch, since: datetime | None, days: Days) -> Mapping[str, str]:
    """Records that another table makes due, and in any table the calendar (rule F1)."""
    itself = watch.table == mapping.bc.name
    columns = tuple(dict.fromkeys(("id", watch.column)))
    changed = [] if itself else await all_rows(ctx.bc, watch.table, columns, changed_since=since)
    keys = {str(row[watch.column]) for row in changed + await _of_days_passed(ctx, watch, columns, days)}
    if watch.by and keys:
        table, column, named = watch.by
        keys = {str(row[named]) for row in await rows_where(ctx.bc, table, column, keys, (column, named))}
    if watch.key == mapping.bc.id:
        return dict.fromkeys(keys, "")
    due: dict[str, str] = {}
    if keys and watch.shared and getattr(await money_of(ctx), watch.shared) in keys:
        due = {each.bc_id: "" async for each in ctx.store.couplings.walk(ctx.company, mapping.name)}
    rows = await rows_where(ctx.bc, mapping.bc.name, watch.key, keys, ("id", watch.key)) if keys else []
    found = {str(row["id"]) for row in rows}
    known = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, found) if watch.kept else found
    return due | dict.fromkeys(known, "")


async def _watched_across(ctx: Context, mapping: TableMapping, watch: Watch, since: datetime | None) -> list[str]:
    """Records that another table of BC makes due by a column of their rows in Sales; none where the organisation lacks that column."""
    if mapping.marks is None or watch.key not in mapping.marks.columns:
        return []
    changed = await all_rows(ctx.bc, watch.table, ("id", watch.column), changed_since=since)
    keys = {str(row[watch.column]) for row in changed if row[watch.column]}
    rows = await rows_where(ctx.sales, mapping.sales.name, watch.key, keys, (mapping.sales.id,)) if keys else []
    return [str(row[mapping.sales.id]) for row in rows]


def _today(ctx: Context) -> date:
    """The day of the company, as what its records hold is read by."""
    return datetime.now(ctx.settings.bc_time_zone).date()


async def _of_days_passed(ctx: Context, watch: Watch, columns: Sequence[str], days: Days) -> list[Row]:
    """Rows that count, or count no more, from a day on that began since the last look; within a day nothing is asked."""
    day_seen, today = days
    last = date.fromisoformat(day_seen) if day_seen else None
    if last is None or last >= today:
        return []
    begun = [f"{column} gt {last} and {column} le {today}" for column in watch.days]
    ended = [f"{column} ge {last} and {column} lt {today}" for column in watch.ends]
    found = [await all_rows(ctx.bc, watch.table, columns, condition) for condition in (*begun, *ended)]
    return [row for rows in found for row in rows]


async def _look_in_sales(ctx: Context, mapping: TableMapping, entry: Entry, due: Due) -> None:
    if mapping.sales.is_choice:
        await _look_at_options(ctx, mapping, entry, due)
        return
    try:
        await _follow_changes(ctx, mapping, entry.sales_link, due, everything=entry.declaration == RESET)
    except DeltaExpired:
        # Deletions older than the link stay unseen here; the daily comparison of ids finds them (rule C2).
        due.sales += [str(row[mapping.sales.id]) for row in await all_rows(ctx.sales, mapping.sales.name, (mapping.sales.id,))]
        await _follow_changes(ctx, mapping, None, due)
    except TrackingOff:
        await _look_by_stamp(ctx, mapping, entry, due)


async def _follow_changes(ctx: Context, mapping: TableMapping, link: str | None, due: Due, *, everything: bool = False) -> None:
    """Change tracking from a delta link; without one only the link to start from is wanted, unless everything is."""
    changes = await ctx.sales.changes(mapping.sales.name, link)
    while True:
        if link or everything:
            due.sales += changes.ids
            due.gone += changes.deleted
        if changes.delta or not changes.next:
            break
        changes = await ctx.sales.changes(mapping.sales.name, changes.next)
    due.marks["sales_link"] = changes.delta


async def _look_by_stamp(ctx: Context, mapping: TableMapping, entry: Entry, due: Due) -> None:
    """A table without change tracking is read by `modifiedon`, which has one second's resolution."""
    since = entry.sales_watermark and entry.sales_watermark - timedelta(seconds=ctx.settings.overlap_seconds)
    columns = (mapping.sales.id, mapping.sales.changed)
    start = None if entry.declaration == RESET else datetime.now(UTC)
    page = await ctx.sales.page(Query(table=mapping.sales.name, columns=columns, size=PAGE, changed_since=since or start))
    due.marks["sales_watermark"] = page.clock
    while True:
        due.sales += [str(row[mapping.sales.id]) for row in page.rows]
        if not page.next:
            break
        page = await ctx.sales.page(page.next, size=PAGE)


async def _look_at_options(ctx: Context, mapping: TableMapping, entry: Entry, due: Due) -> None:
    """Options carry no stamp: all labels are read and compared with last time as a whole."""
    rows = await all_rows(ctx.services[Side.SALES], mapping.sales.name, ("value", "label"))
    digest = hashlib.sha256(json.dumps(sorted((row["value"], row["label"]) for row in rows)).encode()).hexdigest()
    due.marks["sales_link"] = digest
    if entry.declaration == RESET or (entry.sales_link and entry.sales_link != digest):
        present = {str(row["value"]) for row in rows}
        due.sales += sorted(present)
        due.gone += [each.sales_id async for each in ctx.store.couplings.walk(ctx.company, mapping.name) if each.sales_id not in present]


async def _hear_of_deletions(ctx: Context, mapping: TableMapping, entry: Entry, due: Due) -> None:
    """Partners of rows that are said to be deleted are due: what they are coupled to is read, and is there or not (rule C2)."""
    if entry.hinted == entry.hints_seen:
        return
    due.said_gone = await ctx.store.hooks.said_gone(ctx.company, mapping.name)
    due.marks["hints_seen"] = entry.hinted
    due.gone += due.said_gone[Side.SALES]
    orphans = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, due.said_gone[Side.BC])
    due.sales += [coupling.sales_id for coupling in orphans.values()]


async def _leave_out_own_writes(ctx: Context, mapping: TableMapping, due: Due) -> None:
    """A BC row that still has the version which its coupling holds was written by us, or was compared before (rule F2)."""
    versions = {id_: version for id_, version in due.bc.items() if version}
    couplings = await ctx.store.couplings.load(ctx.company, mapping.name, Side.BC, versions) if versions else {}
    for id_, coupling in couplings.items():
        if coupling.bc_version == due.bc[id_]:
            del due.bc[id_]
    if due.gone:
        orphans = await ctx.store.couplings.load(ctx.company, mapping.name, Side.SALES, due.gone)
        due.bc.update({coupling.bc_id: "" for coupling in orphans.values()})
        await close_gone(ctx, mapping, Side.SALES, set(due.gone) - orphans.keys())


async def _leave_out_known_trouble(ctx: Context, mapping: TableMapping, due: Due) -> None:
    """A BC row with the version with which its record did not get through is tried again when its problem says so, not at every look."""
    versions = {f"{Side.BC}:{id_}": version for id_, version in due.bc.items() if version}
    for key, problem in (await ctx.store.problems.of(ctx.company, mapping.name, versions) if versions else {}).items():
        if problem.bc_version == versions[key]:
            del due.bc[key.partition(":")[2]]


def as_messages(ctx: Context, mapping: TableMapping, due: Due, run: Run, job: str) -> Sequence[messages.Message]:
    """What is due as work messages of a job."""
    to_sales = messages.records(ctx.company, mapping.name, Side.BC, sorted(due.bc), run=run, job=job)
    return [*to_sales, *messages.records(ctx.company, mapping.name, Side.SALES, sorted(due.sales), run=run, job=job)]
