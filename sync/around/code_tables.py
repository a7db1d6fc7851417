"""BC tables that other tables refer to by code or number: code -> id and back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from mapping import schema
from mapping.lookups import PARTED
from mapping.world import NO_ID, Codes
from sync.around.reference import all_rows, rows_where
from sync.heart.plan import Row, Side
from sync.services import odata

if TYPE_CHECKING:
    from sync.context import Context

COMPANY_CONTACTS = "companyContacts"
"""Company contacts by their number, each standing for its customer; no table."""

UNIT_GROUPS = {"itemUnitGroups": "Item", "resourceUnitGroups": "Resource"}
"""Unit groups by the number of their item or resource; no tables, but parts of one."""

PARTS = {"itemUnitsOfMeasure": "itemNumber", "resourceUnitsOfMeasure": "resourceNumber"}
"""Tables whose code names a row only together with the number in this column."""


LINKS = {"customers": "Customer", "vendors": "Vendor"}
"""What a business relation calls the table that it links a contact to."""


async def code_table(ctx: Context, name: str, *, numbers: Iterable[str] = (), ids: Iterable[str] = (), tables: Sequence[str] = ()) -> Codes:
    """A code table: a small one whole, a large one only for these numbers and ids; company contacts stand for rows of these `tables`."""
    if name == COMPANY_CONTACTS:
        return await _company_contacts(ctx, list(numbers), list(ids), [table for table in tables if table in LINKS])
    if name in UNIT_GROUPS:
        return await _unit_groups(ctx, UNIT_GROUPS[name], list(numbers), list(ids))
    if name in PARTS:
        return await _parts(ctx, name, PARTS[name], list(numbers), list(ids))
    if "code" in schema.table(Side.BC, name):
        return await _small(ctx, name, {number.upper() for number in numbers})
    return await _numbered(ctx, name, list(numbers), list(ids))


async def _small(ctx: Context, table: str, wanted: set[str]) -> Codes:
    """What is remembered of a small table, read once more when it lacks a code: that may be younger."""
    known = await ctx.reference.get(f"codes {table}", lambda: _whole(ctx, table))
    if wanted <= known.ids.keys():
        return known
    ctx.reference.forget(f"codes {table}")
    return await ctx.reference.get(f"codes {table}", lambda: _whole(ctx, table))


async def _whole(ctx: Context, table: str) -> Codes:
    rows = await all_rows(ctx.bc, table, ("id", "code"))
    return _codes((str(row["code"]), str(row["id"])) for row in rows)


def _codes(pairs: Iterable[tuple[str, str]]) -> Codes:
    known = list(pairs)
    return Codes({code.upper(): id_ for code, id_ in known}, {id_: code for code, id_ in known})


async def _numbered(ctx: Context, table: str, numbers: Sequence[str], ids: Sequence[str]) -> Codes:
    """Rows of a large table by their number."""
    by_number = await _by(ctx, table, "number", numbers, ("id", "number"))
    by_id = await ctx.bc.rows(table, ids, ("id", "number"))
    return _codes((str(row["number"]), str(row["id"])) for row in (*by_number, *by_id.values()))


async def _unit_groups(ctx: Context, source: str, numbers: Sequence[str], ids: Sequence[str]) -> Codes:
    """Unit groups of items, or of resources, by the number of the item or resource."""
    columns = ("id", "sourceType", "sourceNumber")
    by_number = await _by(ctx, "unitGroups", "sourceNumber", numbers, columns)
    rows = (*by_number, *(await ctx.bc.rows("unitGroups", ids, columns)).values())
    return _codes((str(row["sourceNumber"]), str(row["id"])) for row in rows if row["sourceType"] == source)


async def _parts(ctx: Context, table: str, column: str, names: Sequence[str], ids: Sequence[str]) -> Codes:
    """Units of items, or of resources, by number and code together."""
    columns = ("id", column, "code")
    by_number = await _by(ctx, table, column, [name.partition(PARTED)[0] for name in names], columns)
    rows = (*by_number, *(await ctx.bc.rows(table, ids, columns)).values())
    return _codes((f"{row[column]}{PARTED}{row['code']}", str(row["id"])) for row in rows)


async def _company_contacts(ctx: Context, numbers: Sequence[str], ids: Sequence[str], tables: Sequence[str]) -> Codes:
    """Company contacts by their number, each standing for the customer it belongs to, or else for the vendor (rule E1)."""
    if not (await ctx.bc.profile()).serves("contactBusinessRelations"):
        return await _company_contacts_by_people(ctx, numbers, ids, tables)
    named = await _by(ctx, "contactBusinessRelations", "contactNumber", numbers, RELATION)
    pairs = [pair for table in tables for pair in await _businesses(ctx, table, named, ids)]
    several: dict[str, tuple[str, ...]] = {}
    for number, id_ in dict.fromkeys(pairs):
        several[number.upper()] = (*several.get(number.upper(), ()), id_)
    return replace(_codes(reversed(pairs)), several={number: found for number, found in several.items() if len(found) > 1})


RELATION = ("id", "contactNumber", "linkToTable", "number")


async def _businesses(ctx: Context, table: str, named: Sequence[Row], ids: Sequence[str]) -> list[tuple[str, str]]:
    """The rows of one table that these relations or ids name: the numbers of their company contacts, and their ids."""
    known = {str(row["number"]): id_ for id_, row in (await ctx.bc.rows(table, ids, ("id", "number"))).items()}
    more = await _by(ctx, "contactBusinessRelations", "number", list(known), RELATION)
    relations = [row for row in (*named, *more) if row["linkToTable"] == LINKS[table]]
    unknown = sorted({str(row["number"]) for row in relations} - known.keys())
    known |= {str(row["number"]): str(row["id"]) for row in await _by(ctx, table, "number", unknown, ("id", "number"))}
    return [(str(row["contactNumber"]), known[str(row["number"])]) for row in relations if str(row["number"]) in known]


async def _company_contacts_by_people(ctx: Context, numbers: Sequence[str], ids: Sequence[str], tables: Sequence[str]) -> Codes:
    """The same without our extension: a person shows which customer his company is, and what nobody shows is asked one by one."""
    contacts = await _by(ctx, "contacts", "companyNumber", numbers, ("id", "type", "companyNumber"))
    people = {str(row["id"]): str(row["companyNumber"]) for row in contacts if row["type"] == "Person"}
    shown = await ctx.bc.rows("customerContacts", list(people), ("id", "customerId"))
    found = {people[id_]: str(row["customerId"]) for id_, row in shown.items() if row["customerId"] != NO_ID}
    for table in tables:
        unknown = sorted(set(ids) - set(found.values()))
        told = await asyncio.gather(*(_company_contact(ctx, LINKS[table], each) for each in unknown))
        found |= {number: id_ for id_, number in zip(unknown, told, strict=True) if number and number not in found}
    return _codes(found.items())


async def _company_contact(ctx: Context, link: str, id_: str) -> str | None:
    """The number of a customer's or vendor's company contact; API v2.0 tells it for one of them at a time."""
    wanted = f"relatedId eq {odata.literal(UUID(id_), Side.BC)} and relatedType eq {odata.literal(link, Side.BC)}"
    rows = await all_rows(ctx.bc, "contactsInformation", ("contactNumber", "contactType"), wanted)
    return next((str(row["contactNumber"]) for row in rows if row["contactType"] == "Company"), None)


async def _by(ctx: Context, table: str, column: str, values: Sequence[str], columns: Sequence[str]) -> list[Row]:
    """The rows with one of these values; for very many values, the whole table is fewer requests."""
    wanted = set(values)
    if len(wanted) <= MOST_BY_VALUE:
        return await rows_where(ctx.bc, table, column, wanted, columns)
    # BC compares codes and numbers in whatever case
    folded = {value.upper() for value in wanted}
    return [row for row in await all_rows(ctx.bc, table, columns) if str(row[column]).upper() in folded]


MOST_BY_VALUE = 600
"""More than a page of a walk refers to: only who compares whole tables asks for so many, ten requests' worth."""
