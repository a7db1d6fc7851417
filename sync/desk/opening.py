"""Where people find a record in the other system: the address of its page there, and what lies alongside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mapping.alongside import Alongside
from mapping.model import TableMapping
from mapping.ours import client_of, link
from mapping.values import Side
from sync.context import Context
from sync.desk.create_new import create_new
from sync.desk.report import as_outcome
from sync.entry.holds import refuse_on_hold
from sync.errors import NoPage, NoSuchRecord, NotCoupled, ServiceError, ServiceUnusable
from sync.heart.coupling import Coupling
from sync.run.jobs import note_run
from sync.services import odata
from sync.settings import Settings
from sync.store import Job

MOST_SHOWN = 25
"""Rows alongside a record that are named, newest first; all are counted."""

MOST_COUNTED = 5000
"""Dataverse counts no further in one answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A coupled record and where the other system shows it."""

    mapping: str
    bc_id: str
    sales_id: str
    url: str


def sales_page(settings: Settings, name: str, id_: str) -> str:
    """The page of a row in Sales, by the logical name of its table."""
    return f"{settings.sales_url}/main.aspx?{urlencode({'pagetype': 'entityrecord', 'etn': name, 'id': id_})}"


async def opened(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> Opened:
    """Where the other side shows the record that this one is coupled to."""
    coupling = await _coupled(ctx, mapping, side, id_)
    url = await _address(ctx, mapping, side.other, coupling.of(side.other) or "")
    return Opened(mapping=mapping.name, bc_id=coupling.bc_id, sales_id=coupling.sales_id, url=url)


async def made_and_opened(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> Opened:
    """The same; a record that is not coupled gets its counterpart first, where the mapping makes some of its own accord."""
    try:
        return await opened(ctx, mapping, side, id_)
    except NotCoupled as reason:
        if mapping.only_coupled:
            raise NotCoupled(f"{mapping.name} makes no records of its own accord: it synchronises coupled ones only.") from reason
    await refuse_on_hold(ctx, mapping)
    job = Job.new(ctx.company, mapping.name, "coupling")
    made = await create_new(ctx, mapping, side, [id_], force=False, job=job.id)
    await note_run(ctx, job, made.tally)
    for refusal in made.refused.values():
        raise refusal
    try:
        return await opened(ctx, mapping, side, id_)
    except NotCoupled as reason:
        raise NotCoupled(f"{mapping.name}: no counterpart could be made.", **as_outcome(made.tasks[id_])) from reason


async def alongside(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> dict[str, Any]:
    """How many rows of Sales lie alongside a coupled record, by table, and the newest of them; one that cannot be read says why."""
    coupling = await _coupled(ctx, mapping, side, id_)
    here = await _address(ctx, mapping, Side.SALES, coupling.sales_id)
    found = [await _counted(ctx, each, coupling.sales_id) for each in mapping.alongside]
    return {"mapping": mapping.name, "bcId": coupling.bc_id, "salesId": coupling.sales_id, "url": here, "alongside": found}


async def _coupled(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> Coupling:
    known = (await ctx.store.couplings.load(ctx.company, mapping.name, side, [id_])).get(id_)
    if known is None or known.closed:
        raise NotCoupled(f"{mapping.name}: the record is not coupled.")
    return known


async def _address(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> str:
    """The page of a record; of one in BC found by its number, as its web client wants it."""
    if side is Side.SALES:
        if mapping.sales.is_choice:
            raise NoPage(f"{mapping.name}: in Sales it is an option of a column.")
        return sales_page(ctx.settings, (await ctx.sales.table(mapping.sales.name)).name, id_)
    if mapping.page is None:
        raise NoPage(f"{mapping.name}: Business Central shows its records in a list only.")
    rows = await ctx.services[side].rows(mapping.bc.name, [id_], (mapping.bc.id, mapping.page.property))
    if id_ not in rows:
        raise NoSuchRecord(f"There is no {mapping.bc.name} {id_} any more.", side=side)
    return link(client_of(ctx.settings.bc_client, await ctx.bc.company_name()), mapping.page, str(rows[id_][mapping.page.property]))


async def _counted(ctx: Context, each: Alongside, sales_id: str) -> dict[str, Any]:
    options = {
        "$select": f"{each.key},{each.title}",
        "$filter": f"{each.of} eq {odata.guid(sales_id)}",
        "$orderby": "createdon desc",
        "$top": str(MOST_SHOWN),
        "$count": "true",
    }
    try:
        answer = await ctx.sales.get(odata.address(each.table, options))
    except ServiceUnusable:
        raise
    except ServiceError as error:
        return {"table": each.table, "code": error.code, "why": str(error), "remedy": error.remedy}
    count = int(answer["@odata.count"])
    rows = [{"id": row[each.key], "name": row.get(each.title), "url": _page(ctx, each, row)} for row in answer["value"]]
    return {"table": each.table, "count": count, "atLeast": count >= MOST_COUNTED, "newest": rows}


def _page(ctx: Context, each: Alongside, row: dict[str, Any]) -> str:
    return sales_page(ctx.settings, each.name, str(row[each.key]))
