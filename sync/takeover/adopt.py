"""Taking over from the native connector: couplings, option couplings and switches; added field rows as text for mappings.toml.

It is off when this begins (rule G3). No record is written: what differs is asked at the first merge (rule A3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace

from mapping.model import TableMapping
from mapping.values import Row
from sync.context import Context
from sync.entry.guards import DATAVERSE_SETUPS, SALES_SETUPS, check_alone
from sync.store import Finding, Job
from sync.takeover import native
from sync.takeover.chain import Message, Stage, Turned, start, work
from sync.takeover.native import Coupled
from sync.takeover.rows import as_toml
from sync.takeover.rows import differences as row_differences
from sync.takeover.sorting import Fate, Pairs, by_mapping, sort
from sync.takeover.switches import differences, modes, switch
from sync.takeover.taking import Lists, add, take

KIND = "adopt"
"""The kind of the job, of its messages, and the name that stands in for a mapping in its id."""

SWITCHES, COUPLINGS, OPTIONS, REST = "switches", "couplings", "options", "rest"


async def adopt(ctx: Context, *, dry_run: bool, switches: bool = True) -> Job:
    """Begin to take over, or to find out what would be taken over."""
    await check_alone(ctx)
    await native.check_served(ctx)
    found = await native.table_mappings(ctx)
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in await native.field_rows(ctx):
        rows[str(row["mappingName"]).upper()].append(row)
    known = {str(row["name"]).upper(): row for row in found}
    taken = [(mapping, known[name]) for name, mapping in ctx.mappings.items() if name in known]
    turned = [asdict(one) for mapping, row in taken for one in differences(ctx, mapping, row)]
    details = {
        "switches": turned,
        "modes": modes(ctx, await native.setup(ctx, DATAVERSE_SETUPS), await native.setup(ctx, SALES_SETUPS)),
        "fields": as_toml([one for mapping, _ in taken for one in row_differences(mapping, rows[mapping.name])]),
        "leftOut": [{"native": row["name"], "table": row["tableName"], "why": why} for row, why in _left_out(ctx, found)],
        "filters": {mapping.name: {"bc": row["tableFilter"], "sales": row["integrationTableFilter"]} for mapping, row in taken},
    }
    stages = _stages(ctx, [(mapping, row["tableId"]) for mapping, row in taken], known.keys())
    applied = [{"do": SWITCHES}] if switches and not dry_run else []
    return await start(ctx, KIND, [*applied, *stages], dry_run=dry_run, details=details)


def _left_out(ctx: Context, rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """The native mappings that are not taken over, and why."""
    found = [(row, _why(ctx, str(row["name"]).upper())) for row in rows]
    return [(row, why) for row, why in found if why]


def _why(ctx: Context, name: str) -> str:
    known = ctx.mappings.get(name)
    if known:
        return f"its rows are paired anew with the documents of {known.part_of}" if known.part_of else ""
    unavailable = next((one.why for one in ctx.unavailable if one.mapping == name and one.field is None), None)
    held = ctx.unconverted.held.get(name) or ctx.coupled_otherwise.get(name)
    mode = ctx.other_modes.get(name)
    return unavailable or held or (f"it belongs to the mode {mode}" if mode else "there is no mapping of this name: see docs/extending.md")


def _stages(ctx: Context, taken: Sequence[tuple[TableMapping, int]], natively: Collection[str]) -> list[Stage]:
    """Tables in the order in which their mappings need each other; what shares a table is told apart by where its record is found."""
    tables: dict[int, list[TableMapping]] = defaultdict(list)
    for mapping, table in taken:
        if not mapping.part_of:
            tables[table].append(mapping)
    unnamed = [name for name, each in ctx.mappings.items() if name not in natively and _could_be_coupled(each)]
    stages: list[Stage] = []
    for table, (first, *others) in tables.items():
        if first.sales.is_choice:
            stages.append({"do": OPTIONS, "mapping": first.name, "table": table})
        else:
            also = [*(each.name for each in others), *unnamed]
            stages.append({"do": COUPLINGS, "mapping": first.name, "table": table, "also": also})
    return [*stages, {"do": REST, "tables": list(tables)}]


def _could_be_coupled(mapping: TableMapping) -> bool:
    """Whether the native connector may have couplings of a mapping that it has no name for, as of quotes."""
    return not (mapping.part_of or mapping.follows or mapping.sales.is_choice or "/" in mapping.bc.name)


async def work_adopt(ctx: Context, message: Message) -> None:
    """One page of taking over, and those behind it."""
    await work(_turn, ctx, message)


async def _turn(ctx: Context, job: Job, stage: Stage, link: str | None) -> Turned:
    if stage["do"] == SWITCHES:
        await switch(ctx, job.details["switches"])
        return Turned(lists={})
    if stage["do"] == REST:
        return await _rest(ctx, stage, link)
    mapping = ctx.mappings.get(stage["mapping"])
    if mapping is None:
        return Turned(lists={})
    if stage["do"] == OPTIONS:
        options = await native.options(ctx, stage["table"])
        pairs = [one.pair for one in options]
        return Turned(lists=await _take(ctx, mapping, pairs, native.among(options, pairs), job))
    rows, following = await native.couplings(ctx, f"tableId eq {stage['table']}", link)
    found = [Coupled(bc_id=row["recordId"], sales_id=row["salesId"], archived=row["archivedSalesOrder"]) for row in rows]
    doubles = await native.doubled(ctx, stage["table"], found)
    archived = {one.pair for one in found if one.archived}
    lists: Lists = {}
    for name, own in (await by_mapping(ctx, [stage["mapping"], *stage["also"]], [one.pair for one in found])).items():
        add(lists, await _take(ctx, ctx.mappings[name], own, doubles, job, archived))
    return Turned(lists=lists, next=following)


Among = Collection[tuple[str, str]]


async def _take(ctx: Context, mapping: TableMapping, pairs: Pairs, doubles: Among, job: Job, archived: Among = ()) -> Lists:
    lists = await take(ctx, mapping, await sort(ctx, mapping, pairs, doubles, job.id), job.id)
    gone = lists.get(Fate.GONE, [])
    lists[Fate.GONE] = [replace(one, why=ARCHIVED) if (one.bc_id, one.sales_id) in archived else one for one in gone]
    return lists


ARCHIVED = "invoiced to the last piece and archived"
"""Why an order is gone."""


async def _rest(ctx: Context, stage: Stage, link: str | None) -> Turned:
    """Couplings of tables that no mapping takes."""
    condition = " and ".join(f"tableId ne {table}" for table in stage["tables"])
    rows, following = await native.couplings(ctx, condition, link)
    names = {row["tableId"]: str(row["name"]) for row in await native.table_mappings(ctx)}
    found: list[Finding] = []
    for row in rows:
        name = names.get(row["tableId"], "")
        why = _why(ctx, name.upper()) if name else f"no native mapping is about table {row['tableId']}"
        found.append(Finding(mapping=name or f"table {row['tableId']}", bc_id=row["recordId"], sales_id=row["salesId"], why=why))
    return Turned(lists={Fate.LEFT_OUT: found}, next=following)
