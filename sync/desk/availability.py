"""What is in stock of a product: read live from Business Central, for whom the number on the product is too old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mapping.model import TableMapping
from mapping.stock import Stock
from mapping.values import Side
from sync.context import Context
from sync.errors import NoStock, NoSuchRecord, NotCoupled
from sync.heart.coupling import Life
from sync.services import odata
from sync.services.model import Query

LONGEST_NUMBER = 20
"""Characters of a number in Business Central."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability:
    """The stock of one product; without the product's id where a number was asked for."""

    company: str
    sales_id: str | None
    number: str
    name: str
    quantity: float
    unit: str
    as_of: datetime


async def availability(companies: Sequence[Context], product: str) -> Availability:
    """The stock of a product by its id in Sales, or by its number in Business Central, in the first company that knows it."""
    try:
        id_ = odata.guid(product)
    except ValueError:
        return await _by_number(companies, product)
    for ctx in companies:
        for mapping in _product_mappings(ctx):
            coupling = (await ctx.store.couplings.load(ctx.company, mapping.name, Side.SALES, [id_])).get(id_)
            if coupling and coupling.life is Life.COUPLED:
                return await _of_coupled(ctx, mapping, id_, coupling.bc_id)
    raise await _unknown(companies[0], id_)


def _product_mappings(ctx: Context) -> list[TableMapping]:
    """All mappings of the tables of Sales in which something has a stock."""
    tables = {mapping.sales.name for mapping in ctx.mappings.values() if mapping.stock}
    return [mapping for mapping in ctx.mappings.values() if mapping.sales.name in tables]


async def _of_coupled(ctx: Context, mapping: TableMapping, id_: str, bc_id: str) -> Availability:
    if mapping.stock is None:
        raise NoStock(f"The product is coupled by {mapping.name}, whose records have no stock.")
    found = await _read(ctx, mapping, mapping.stock, odata.one_of("id", [UUID(bc_id)], Side.BC), id_)
    if found is None:
        raise NoSuchRecord("The product's record in Business Central was deleted.")
    return found


async def _by_number(companies: Sequence[Context], number: str) -> Availability:
    for ctx in companies:
        for mapping in ctx.mappings.values() if 0 < len(number) <= LONGEST_NUMBER else ():
            if mapping.stock:
                found = await _read(ctx, mapping, mapping.stock, odata.one_of(mapping.stock.number, [number.upper()], Side.BC), None)
                if found:
                    return found
    raise NoSuchRecord("There is no product with that id or number.")


async def _read(ctx: Context, mapping: TableMapping, stock: Stock, wanted: str, id_: str | None) -> Availability | None:
    columns = ("id", stock.number, stock.name, stock.quantity, stock.unit)
    page = await ctx.bc.page(Query(table=mapping.bc.name, columns=columns, filter=wanted, size=1))
    if not page.rows:
        return None
    row = page.rows[0]
    return Availability(
        company=ctx.company,
        sales_id=id_,
        number=str(row[stock.number]),
        name=str(row[stock.name]),
        quantity=row[stock.quantity],
        unit=str(row[stock.unit]),
        as_of=page.clock,
    )


async def _unknown(ctx: Context, id_: str) -> NoSuchRecord | NotCoupled:
    """Whether there is such a product at all."""
    for table in {mapping.sales.name: mapping.sales for mapping in _product_mappings(ctx)}.values():
        if await ctx.services[Side.SALES].rows(table.name, [id_], (table.id,)):
            return NotCoupled("The product is not coupled, so that its stock is not known.")
    return NoSuchRecord("There is no product with that id or number.")
