"""How people call records: names of records by id, and records by a name that somebody typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mapping.kinds import fold
from mapping.model import TableMapping
from mapping.values import Row, Side
from sync.around.neighbours import world_of
from sync.context import Context
from sync.errors import NoSuchName
from sync.services import odata
from sync.services.model import Query

CANDIDATES = 20
"""Most records that are named when a name does not lead to one."""


async def titles(ctx: Context, mapping: TableMapping, side: Side, ids: Iterable[str]) -> dict[str, str]:
    """What people call these records, by id; one that is gone, has no name, or is a code that leads to no row, is left out."""
    table = mapping.table(side)
    wanted = sorted(id_ for id_ in set(ids) if id_.isdecimal() or odata.GUID.fullmatch(id_))
    rows = await ctx.services[side].rows(table.name, wanted, (table.id, *mapping.names.get(side, ()))) if wanted else {}
    named = {id_: mapping.title(side, row) for id_, row in rows.items()}
    return {id_: title for id_, title in named.items() if title}


Reference = tuple[str, Side, str]
"""A record: its mapping, the side on which it is looked at, and its id there."""


async def titles_of(ctx: Context, references: Iterable[Reference]) -> dict[Reference, str]:
    """What people call records of several mappings; one request for each table and side."""
    groups: dict[tuple[str, Side], set[str]] = defaultdict(set)
    for name, side, id_ in references:
        if name in ctx.mappings and ctx.mappings[name].names.get(side):
            groups[name, side].add(id_)
    found = {key: await titles(ctx, ctx.mappings[key[0]], key[1], ids) for key, ids in groups.items()}
    return {(name, side, id_): title for (name, side), named in found.items() for id_, title in named.items()}


async def by_name(ctx: Context, mapping: TableMapping, side: Side, text: str) -> str:
    """The id of the record with this name or number, or else of the only one that begins so; as natively, only inside the filter.

    NoSuchName, with those that it could be, when there is no such record or more than one.
    """
    rows = await _inside(ctx, mapping, side, await _beginning(ctx, mapping, side, text))
    called = {id_: [fold(str(row.get(name) or "")) for name in mapping.names[side]] for id_, row in rows.items()}
    exact = [id_ for id_, names in called.items() if fold(text) in names]
    found = exact or list(rows)
    if len(found) == 1:
        return found[0]
    several = [{"id": id_, "name": mapping.title(side, rows[id_])} for id_ in sorted(found)[:CANDIDATES]]
    what = "several records have" if found else "no record has"
    raise NoSuchName(f"Inside the filter of {mapping.name}, {what} the name {text} in {side}.", candidates=several)


async def _beginning(ctx: Context, mapping: TableMapping, side: Side, text: str) -> dict[str, Row]:
    """Rows of which a name or number begins with the text: one request for each, as BC takes no `or` over two fields."""
    table, found = mapping.table(side), dict[str, Row]()
    for name in mapping.names[side]:
        # Dataverse takes a bracket for the beginning of a set of characters.
        pattern = text.replace("[", "[[]") if side is Side.SALES else text
        condition = f"startswith({name},{odata.literal(pattern, side)})"
        page = await ctx.services[side].page(Query(table=table.name, columns=mapping.columns(side), filter=condition, size=PAGE), size=PAGE)
        found |= {str(row[table.id]): row for row in page.rows if str(row.get(name) or "").casefold().startswith(text.casefold())}
    return found


async def _inside(ctx: Context, mapping: TableMapping, side: Side, rows: dict[str, Row]) -> dict[str, Row]:
    world = await world_of(ctx, mapping, {side: list(rows.values()), side.other: []})
    return {id_: row for id_, row in rows.items() if mapping.outside(side, row, world) is None}


PAGE = 200
"""Rows read for one beginning; a beginning that more rows share is no name."""
