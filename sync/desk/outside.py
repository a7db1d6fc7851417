"""Which rows of a table stand outside a mapping's filters, and why: what is not synchronised is never silent (rules C1, E3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mapping.model import TableMapping
from mapping.values import Row, Side
from sync.around.neighbours import world_of
from sync.context import Context
from sync.errors import LinkRefused
from sync.heart.coupling import Life
from sync.services.model import Page, Query

PAGE = 500
PAGES = 20
"""Pages that are read for one answer at most: of a table without refused rows nobody wants to wait for the end."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Refused rows of a part of a table, how many rows were looked at, and the link to the rest."""

    rows: list[dict[str, Any]]
    read: int
    next: str | None


async def outside(ctx: Context, mapping: TableMapping, side: Side, link: str | None) -> Outside:
    """The rows outside the filters in the next page that has any."""
    found: list[dict[str, Any]] = []
    read = 0
    for _ in range(PAGES):
        page = await page_of(ctx, mapping, side, link, PAGE)
        read, link = read + len(page.rows), page.next
        found = await _refused(ctx, mapping, side, page.rows)
        if found or not link:
            break
    return Outside(found, read, link)


async def page_of(ctx: Context, mapping: TableMapping, side: Side, link: str | None, size: int) -> Page:
    """The first rows of a mapping's table, or those that the link of the page before leads to; raises LinkRefused."""
    table = mapping.table(side)
    if link is None:
        order = table.id if table.changed else None
        return await ctx.services[side].page(Query(table=table.name, columns=mapping.columns(side), order=order, size=size))
    if not _leads_to(table.name, link):
        raise LinkRefused(side=side)
    page = await ctx.services[side].page(link, size=size)
    if page.rows and not page.rows[0].keys() >= set(mapping.columns(side)):
        raise LinkRefused(side=side)
    return page


def _leads_to(table: str, link: str) -> bool:
    """Whether a link can be one to that table."""
    try:
        return link.isprintable() and urlsplit(link).path.endswith(f"/{table.rpartition('/')[2]}")
    except ValueError:
        return False


async def _refused(ctx: Context, mapping: TableMapping, side: Side, rows: list[Row]) -> list[dict[str, Any]]:
    world = await world_of(ctx, mapping, {side: rows, side.other: []})
    reasons = {str(row[mapping.table(side).id]): (mapping.title(side, row), mapping.outside(side, row, world)) for row in rows}
    refused = {id_: (name, why) for id_, (name, why) in reasons.items() if why}
    known = await ctx.store.couplings.load(ctx.company, mapping.name, side, refused)
    coupled = {id_ for id_, coupling in known.items() if coupling.life is not Life.TOMBSTONE}
    return [{"id": id_, "name": name or None, "reason": why, "coupled": id_ in coupled} for id_, (name, why) in refused.items()]
