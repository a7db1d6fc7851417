"""What the native connector left in Business Central, as our extension's read-only pages show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from mapping.values import Row, Side
from sync.around.reference import all_rows
from sync.context import Context
from sync.entry.guards import CONNECTIONS
from sync.errors import NotOnThisProfile
from sync.services import odata
from sync.services.model import Page, Query

COUPLINGS, OPTIONS, MAPPINGS, FIELDS = "nativeCouplings", "nativeOptions", "nativeMappings", "nativeFields"
TABLES = (COUPLINGS, OPTIONS, MAPPINGS, FIELDS, *CONNECTIONS)

MAPPING_COLUMNS = (
    "id",
    "name",
    "tableId",
    "tableName",
    "direction",
    "synchOnlyCoupledRecords",
    "deletionConflictResolution",
    "updateConflictResolution",
    "multiCompanySynchEnabled",
    "tableFilter",
    "integrationTableFilter",
)
COUPLING_COLUMNS = ("id", "salesId", "recordId", "tableId", "archivedSalesOrder")
IDS_A_REQUEST = 60
"""Ids in one filter, as many as an address of Business Central has room for."""

PAGE = 100
"""Couplings of one step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coupled:
    """One native coupling: the ids of both records, and whether the order behind it lives on in the archive only."""

    bc_id: str
    sales_id: str
    archived: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """Both ids."""
        return self.bc_id, self.sales_id


async def check_served(ctx: Context) -> None:
    """Raise NotOnThisProfile where the extension, or the version that is installed, does not show what is to be taken over."""
    profile = await ctx.bc.profile()
    lacking = [table for table in TABLES if not profile.serves(table)]
    if lacking:
        raise NotOnThisProfile(f"Business Central serves no {', '.join(lacking)}.", side=Side.BC, tables=lacking)


async def table_mappings(ctx: Context) -> list[Row]:
    """The native table mappings."""
    return await all_rows(ctx.bc, MAPPINGS, MAPPING_COLUMNS)


async def field_rows(ctx: Context) -> list[Row]:
    """The native field rows of all mappings."""
    return await all_rows(ctx.bc, FIELDS, ())


async def setup(ctx: Context, table: str) -> Row:
    """One of the native connection set-ups; an empty row where there is none."""
    return next(iter(await all_rows(ctx.bc, table, ())), {})


async def couplings(ctx: Context, condition: str, link: str | None) -> tuple[list[Row], str | None]:
    """A page of native couplings, and the link to the rest."""
    asked: Query | str = link or Query(table=COUPLINGS, columns=COUPLING_COLUMNS, filter=condition, size=PAGE)
    page: Page = await ctx.bc.page(asked, size=PAGE)
    return page.rows, page.next


async def options(ctx: Context, table: int) -> list[Coupled]:
    """The option couplings of a table."""
    rows = await all_rows(ctx.bc, OPTIONS, ("id", "recordId", "tableId", "optionValue"), f"tableId eq {table}")
    return [Coupled(bc_id=row["recordId"], sales_id=str(row["optionValue"])) for row in rows]


async def doubled(ctx: Context, table: int, found: Sequence[Coupled]) -> set[tuple[str, str]]:
    """Those of the pairs of which a record is coupled with another one, too, wherever in the table of couplings that stands."""
    asked = {"salesId": [one.sales_id for one in found], "recordId": [one.bc_id for one in found]}
    everything = {(row["recordId"], row["salesId"]) for column, ids in asked.items() for row in await _with(ctx, table, column, ids)}
    return among(found, everything)


def among(found: Sequence[Coupled], everything: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the pairs of which a record stands in several of all pairs."""
    known = set(everything)
    times = [Counter(pair[place] for pair in known) for place in range(2)]
    return {one.pair for one in found if any(times[place][one.pair[place]] > 1 for place in range(2))}


async def _with(ctx: Context, table: int, column: str, ids: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for part in odata.chunks([UUID(each) for each in sorted(set(ids))], IDS_A_REQUEST):
        condition = f"tableId eq {table} and ({odata.one_of(column, part, Side.BC)})"
        rows += await all_rows(ctx.bc, COUPLINGS, ("id", "salesId", "recordId"), condition)
    return rows
