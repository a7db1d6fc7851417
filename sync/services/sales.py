"""Dynamics 365 Sales through the Dataverse Web API: rows, changes, bulk messages, batches."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx

from sync.errors import NotFound
from sync.heart.plan import Row, Side, Step
from sync.services import odata
from sync.services.http import Connection, Request, body
from sync.services.model import Answer, Changes, Organization, Page, Query
from sync.services.sales_options import SalesOptions
from sync.services.sales_tables import STANDARD, SalesTable
from sync.services.sales_write import HEADERS, SalesWriter
from sync.services.translate import clock, decoded

MOST_IDS = 400  # about 18 KB of a URL that may have 32
TRACKED_PAGE = 5000
MOST_COUNTED = 5000

JSON = {"Content-Type": "application/json"}
# Says for a lookup of several kinds (owner, parent customer) which table it points to
FEATURES = ("issopintegrationenabled",)
"""Settings of the organisation that mappings need to be on."""

ANNOTATIONS = 'odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"'


class Sales:
    """One organisation. `root` is its Web API: `https://.../api/data/v9.2`."""

    side = Side.SALES

    def __init__(self, connection: Connection, *, root: str) -> None:
        self.root = root.rstrip("/")
        self.connection = connection
        self._tables = dict(STANDARD)
        self._options = SalesOptions(self)
        self._writer = SalesWriter(self)

    async def page(self, query: Query | str, *, size: int = 500) -> Page:
        """One page of a query, or of a next link (then `size` is the one asked for before)."""
        if isinstance(query, str):
            url = odata.check_link(query, [f"{self.root}/"], self.side)
        else:
            size = query.size
            url = odata.address(f"{self.root}/{query.table}", odata.query_options(query, self.side))
        response = await self.send("GET", url, prefer=f"odata.maxpagesize={size},{ANNOTATIONS}")
        answer = decoded(response.content, self.side)
        return Page(rows=answer["value"], next=answer.get("@odata.nextLink"), clock=clock(response.headers, self.side))

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows with these ids that exist, by id."""
        key = (await self.table(table)).key
        wanted = sorted({odata.guid(each) for each in ids})
        queries = [
            Query(table=table, columns=columns, filter=odata.one_of(key, [UUID(each) for each in part], self.side), size=MOST_IDS)
            for part in odata.chunks(wanted, MOST_IDS)
        ]
        pages = await asyncio.gather(*(self.page(query) for query in queries))
        return {row[key]: row for page in pages for row in page.rows}

    async def count(self, table: str) -> int:
        """How many rows a table holds; of more than Dataverse counts, how many it held when it last took stock (at most a day ago)."""
        known = await self.table(table)
        counted = int((await self.get(odata.address(table, {"$select": known.key, "$top": "1", "$count": "true"})))["@odata.count"])
        if counted < MOST_COUNTED:
            return counted
        stock = await self.get(f"RetrieveTotalRecordCount(EntityNames=['{known.name}'])")
        return max(counted, int(stock["EntityRecordCountCollection"]["Values"][0]))

    async def changes(self, table: str, link: str | None) -> Changes:
        """What changed in a table since the link was given; None reads all ids and starts tracking.

        Raises DeltaExpired and TrackingOff.
        """
        key = (await self.table(table)).key
        url = odata.check_link(link, [f"{self.root}/{table}"], self.side) if link else f"{self.root}/{table}?$select={key}"
        response = await self.send("GET", url, prefer=f"odata.track-changes,odata.maxpagesize={TRACKED_PAGE}")
        answer = decoded(response.content, self.side)
        gone = [row["id"] for row in answer["value"] if _is_gone(row)]
        return Changes(
            ids=[row[key] for row in answer["value"] if not _is_gone(row)],
            deleted=gone,
            next=answer.get("@odata.nextLink"),
            delta=answer.get("@odata.deltaLink"),
            clock=clock(response.headers, self.side),
        )

    async def organization(self) -> Organization:
        """The organisation's id and what decides about money and labels."""
        columns = f"name,_basecurrencyid_value,pricingdecimalprecision,currencydecimalprecision,languagecode,{','.join(FEATURES)}"
        [row] = (await self.get(f"organizations?$select={columns}"))["value"]
        return Organization(
            id=row["organizationid"],
            name=row["name"],
            base_currency_id=row["_basecurrencyid_value"],
            pricing_precision=row["pricingdecimalprecision"],
            currency_precision=row["currencydecimalprecision"],
            language=row["languagecode"],
            features=frozenset(name for name in FEATURES if row.get(name)),
        )

    async def who_am_i(self) -> Row:
        """The app's own UserId, BusinessUnitId and OrganizationId."""
        return dict(await self.get("WhoAmI()"))

    async def options(self, table: str, column: str) -> dict[int, str]:
        """The values of an option column with their labels; of the table named by its entity set."""
        return await self._options.of(table, column)

    async def add_option(self, table: str, column: str, label: str, value: int | None = None) -> int:
        """Add a value to an option column; the number it got. Seen by people after `publish`."""
        return await self._options.add(table, column, label, value)

    async def rename_option(self, table: str, column: str, value: int, label: str) -> None:
        """Give a value of an option column another label."""
        await self._options.rename(table, column, value, label)

    async def remove_option(self, table: str, column: str, value: int) -> None:
        """Delete a value of an option column."""
        await self._options.remove(table, column, value)

    async def publish(self, tables: Sequence[str]) -> None:
        """Publish the customisations of these tables."""
        await self._options.publish(tables)

    async def table(self, name: str) -> SalesTable:
        """What is known of a table, by its entity set; tables outside the standard are asked for once."""
        if name not in self._tables:
            found = await self.get(
                odata.address(
                    "EntityDefinitions",
                    {
                        "$select": "LogicalName,EntitySetName,PrimaryIdAttribute",
                        "$filter": f"EntitySetName eq {odata.literal(name, self.side)}",
                    },
                )
            )
            if not found["value"]:
                raise NotFound(f"Sales has no table {name}.", side=self.side)
            entity = found["value"][0]
            self._tables[name] = SalesTable(entity["LogicalName"], name, entity["PrimaryIdAttribute"], True)
        return self._tables[name]

    def learn(self, table: SalesTable) -> None:
        """A table outside the standard that was found together with others."""
        self._tables[table.set] = table

    async def get(self, path: str) -> Any:
        """A GET below the Web API's root."""
        return decoded((await self.send("GET", f"{self.root}/{path}")).content, self.side)

    async def post(self, path: str, values: Any, *, repeatable: bool) -> Any:
        """Call an unbound action; its answer, or None."""
        response = await self.send("POST", f"{self.root}/{path}", content=body(values), repeatable=repeatable)
        return decoded(response.content, self.side) if response.content else None

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Carry out the steps in order, in few requests; an answer for each, in order."""
        return await self._writer.write(steps)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        prefer: str | None = None,
        repeatable: bool = True,
    ) -> httpx.Response:
        """A request with the headers that Dataverse wants."""
        extra = {**(JSON if content else {}), **({"Prefer": prefer} if prefer else {}), **(headers or {})}
        request = Request(method=method, url=url, headers={**HEADERS, **extra}, content=content, repeatable=repeatable)
        return await self.connection.send(request)


def _is_gone(row: Row) -> bool:
    return row.get("reason") == "deleted" or "$deletedEntity" in str(row.get("@odata.context", ""))
