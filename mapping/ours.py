"""What Couplet writes on a row of Sales beside the fields of its mapping: whose record it is, its number, and a link (rules D8, E9, G1).

The same for every mapping whose table has the columns; an organisation without them lacks nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mapping.policies import Companies
from mapping.values import Row

COMPANY, ID, NUMBER, LINK = "couplet_companyid", "couplet_bcid", "couplet_bcnumber", "couplet_bclink"
COLUMNS = (COMPANY, ID, NUMBER, LINK)
ORDER_NUMBER = "couplet_ordernumber"
"""The number of the order in BC: of an order its own, of an invoice that of the order it came from."""

LENGTHS = {NUMBER: 50, LINK: 1000}

TABLES: Mapping[str, str] = {
    "accounts": "account",
    "contacts": "contact",
    "products": "product",
    "pricelevels": "pricelevel",
    "productpricelevels": "productpricelevel",
    "uomschedules": "uomschedule",
    "uoms": "uom",
    "opportunities": "opportunity",
    "quotes": "quote",
    "salesorders": "salesorder",
    "invoices": "invoice",
    "couplet_accountfigureses": "couplet_accountfigures",
}
"""The tables that may have the columns: entity set and logical name."""

HOLDERS = "holders"
"""The related rows that say whose a row is that is not marked itself: its account or contact, each with `table` and its company."""

TABLE_OF = "@Microsoft.Dynamics.CRM.lookuplogicalname"
"""Sales names the table that a lookup leads to in an annotation of the column."""

PARENT = "_parentcustomerid_value"
"""Of a contact, for whom he works."""

OWNED = TABLES.keys() - {"uomschedules", "uoms"}
"""Tables whose rows are one company's each, whatever they are marked with; units that are marked for nobody serve all (rule G1)."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page of Business Central that shows one record: its number, the field that finds it, and the property that holds its value.

    `column` is a further column of ours in Sales that holds the value.
    """

    number: int
    field: str = "No."
    property: str = "number"
    column: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Whose rows are whose: the company by id, those of our columns that the table has, and where people open the company."""

    company: str
    columns: frozenset[str]
    client: str = ""

    def written(self, page: Page | None, names: tuple[str, ...], id_: str, bc: Row, sales: Row) -> dict[str, Any]:
        """The columns of a row in Sales that do not say yet what they should; nothing where another company marked it."""
        if self._of_others(sales):
            return {}
        number = str(bc.get(page.property if page else names[0] if names else "") or "")
        wanted = {COMPANY: self.company, ID: id_, NUMBER: number, LINK: self._link(page, number)}
        wanted |= {page.column: number} if page and page.column else {}
        fitting = {name: value for name, value in wanted.items() if value and len(value) <= LENGTHS.get(name, 36)}
        return {name: value for name, value in fitting.items() if name in self.columns and sales.get(name) != value}

    def outside(self, companies: Companies, row: Row) -> str | None:
        """Why a row of Sales belongs to another company, in words; a column that is not there says nothing (rule G1)."""
        if companies is Companies.ANY or COMPANY not in row:
            return None
        if self._of_others(row):
            return f"it belongs to company {row[COMPANY]}"
        return "it belongs to no company" if companies is Companies.OWN and not row[COMPANY] else None

    def cleared(self, row: Row) -> dict[str, Any]:
        """What makes a row of this company nobody's again."""
        mine = str(row.get(COMPANY) or "").lower() == self.company.lower()
        return {name: None for name in sorted(self.columns) if mine and row.get(name) is not None}

    def _of_others(self, row: Row) -> bool:
        return bool(row.get(COMPANY)) and str(row[COMPANY]).lower() != self.company.lower()

    def _link(self, page: Page | None, number: str) -> str:
        if page is None or not number or not self.client:
            return ""
        return link(self.client, page, number)


def link(client: str, page: Page, number: str) -> str:
    """The address of a record's page in the web client, which takes a filter on a field."""
    value = number.replace("'", "''")
    asked = quote(f"'{page.field}' IS '{value}'", safe="")
    return f"{client}&page={page.number}&filter={asked}"


def client_of(root: str, company: str) -> str:
    """Where people open a company in the web client, up to what they open there; `root` ends where the next parameter begins."""
    return f"{root}company={quote(company, safe='')}"
