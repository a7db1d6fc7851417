"""Which of Couplet's own columns and tables this organisation has (rule D8); without them everything works, and is marked nowhere."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mapping import stock
from mapping.model import TableMapping
from mapping.ours import COLUMNS, COMPANY, LINK, ORDER_NUMBER, PARENT, TABLE_OF, TABLES, Marks
from mapping.profiles import Unavailable
from mapping.values import Row, Side
from sync.around.reference import rows_where
from sync.errors import ServiceError, ServiceUnusable
from sync.services import odata
from sync.services.sales import Sales
from sync.services.sales_tables import SalesTable

if TYPE_CHECKING:
    from sync.context import Context

log = logging.getLogger("couplet")

PREFIX = "couplet_"
CONNECTION = "couplet_connection"
FIGURES = "couplet_accountfigures"
WITHOUT_LINK = ("productpricelevel", "uom", FIGURES)
ONLY_ON = (("product", stock.TIME), ("salesorder", ORDER_NUMBER))
KNOWN = frozenset((*COLUMNS, stock.TIME, ORDER_NUMBER))
ASK_AGAIN_SECONDS = 3600.0
"""What is missing is looked for again after so long: somebody may have added it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """What there is: our columns by logical name of the table, and the entity sets of our own tables by logical name."""

    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    asked: float = 0.0

    @property
    def lacking(self) -> list[str]:
        """What `python -m infra.sales --apply` would add, by name of table or column."""
        wanted = {(table, column) for table in TABLES.values() for column in COLUMNS if column != LINK or table not in WITHOUT_LINK}
        wanted.update(ONLY_ON)
        missing = [f"{table}.{column}" for table, column in sorted(wanted) if column not in self.columns.get(table, ())]
        return [*(name for name in (CONNECTION, FIGURES) if name not in self.tables), *missing]

    @property
    def old(self) -> bool:
        """Whether something was missing when it was last looked for, a while ago."""
        return bool(self.lacking) and time.monotonic() - self.asked > ASK_AGAIN_SECONDS


async def find_ours(sales: Sales) -> Ours:
    """Ask once for everything; an organisation that shows nobody its metadata has nothing of ours, as far as we know."""
    wanted = {
        "$select": "LogicalName,EntitySetName,PrimaryIdAttribute",
        "$filter": " or ".join(f"LogicalName eq '{name}'" for name in (*TABLES.values(), CONNECTION)),
        "$expand": "Attributes($select=LogicalName,AttributeType;$filter=IsCustomAttribute eq true)",
    }
    try:
        rows = (await sales.get(odata.address("EntityDefinitions", wanted)))["value"]
    except ServiceUnusable:
        raise
    except ServiceError as error:
        log.warning("Sales does not tell which columns it has: %s", error, extra={"code": error.code})
        rows = []
    own = {row["LogicalName"]: row["EntitySetName"] for row in rows if row["LogicalName"] in (CONNECTION, FIGURES)}
    for row in rows:
        if row["LogicalName"] in own:
            sales.learn(SalesTable(row["LogicalName"], row["EntitySetName"], row["PrimaryIdAttribute"], True))
    found = Ours(
        columns={row["LogicalName"]: KNOWN & set(_usable(row["Attributes"])) for row in rows},
        tables=own,
        asked=time.monotonic(),
    )
    if found.lacking:
        log.warning("Sales lacks %d of Couplet's columns and tables, see infra/sales: %s ...", len(found.lacking), found.lacking[0])
    return found


def _usable(attributes: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The columns of these, without those of ours that somebody made of another type: they would refuse what we write."""
    for each in attributes:
        if each["LogicalName"] not in COLUMNS or each["AttributeType"] == "String":
            yield each["LogicalName"]


def without_our_tables(mappings: Mapping[str, TableMapping], ours: Ours) -> tuple[dict[str, TableMapping], list[Unavailable]]:
    """The mappings that can work in this organisation, and those whose table nobody has added yet."""
    lacking = {
        name for name, each in mappings.items() if each.sales.name.startswith(PREFIX) and each.sales.name not in ours.tables.values()
    }
    why = "Sales has not got Couplet's table for it"
    missing = [Unavailable(name, None, why, Side.SALES) for name in mappings if name in lacking]
    return {name: mapping for name, mapping in mappings.items() if name not in lacking}, missing


def with_marks(mappings: Mapping[str, TableMapping], ours: Ours, company: str, client: str) -> dict[str, TableMapping]:
    """The mappings with what this organisation lets Couplet write beside their fields."""
    return {name: replace(mapping, marks=_marks(mapping, ours, company, client)) for name, mapping in mappings.items()}


def _marks(mapping: TableMapping, ours: Ours, company: str, client: str) -> Marks | None:
    columns = ours.columns.get(TABLES.get(mapping.sales.name, ""), frozenset())
    return Marks(company=company, columns=columns, client=client) if columns else None


async def companies_of(ctx: Context, mapping: TableMapping, rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    """The companies of those to whom these rows of Sales belong, as far as they are nobody's; asked only where there are several."""
    if not (mapping.belongs and mapping.marks and len(ctx.companies) > 1):
        return {}
    named = {
        str(row[mapping.belongs]): row.get(f"{mapping.belongs}{TABLE_OF}")
        for row in rows
        if row.get(mapping.belongs) and not row.get(COMPANY)
    }
    people = await _holders(ctx, "contact", "contactid", [id_ for id_, table in named.items() if table == "contact"], PARENT)
    employers = {str(row[PARENT]) for row in people.values() if row.get(PARENT) and not row[COMPANY]}
    accounts = await _holders(ctx, "account", "accountid", [*employers, *(id_ for id_, table in named.items() if table == "account")])
    found = {**accounts, **{id_: row if row[COMPANY] else accounts.get(str(row.get(PARENT)), row) for id_, row in people.items()}}
    return {id_: [row] for id_, row in found.items() if id_ in named}


async def _holders(ctx: Context, table: str, key: str, ids: Sequence[str], *columns: str) -> dict[str, Row]:
    """Accounts or contacts with their company; none where the table has no column for it."""
    if not ids or COMPANY not in ctx.ours.columns.get(table, ()):
        return {}
    rows = await rows_where(ctx.sales, f"{table}s", key, ids, (key, COMPANY, *columns))
    return {str(row[key]): {**row, "table": table} for row in rows}
