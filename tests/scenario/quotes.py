"""A company that sells by quotes, and the sales people who write them in Sales."""

from __future__ import annotations

from typing import Any, Self

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.orders import DEFAULT_LIST, Desk
from tests.scenario.world import Record, Row

NAME = "QUOTE"


class QuoteDesk(Desk):
    """Who writes quotes in Sales; their orders are those of the desk that it is."""

    @classmethod
    async def opened(cls, engine: Engine, *, automatic: bool = True) -> Self:
        """In a company whose customers and goods are in step, with quotes and orders switched on."""
        desk = await super().opened(engine, automatic=automatic)
        await engine.switch(NAME, enabled=True, onlyCoupled=not automatic)
        await engine.look(NAME)
        return desk

    async def quote(self, *lines: Row, of: str = "C0", by: str = "account", list_: str = DEFAULT_LIST, **values: Any) -> Row:
        """A draft of a quote with its lines."""
        made = await self.engine.sales.insert("quotes", **{"name": "Quote of Anja", **self.head(of, by, list_), **values})
        await self.add(made, *lines)
        return made

    async def add(self, quote: Row, *lines: Row, after: int = 0) -> None:
        """Lines to a draft."""
        for place, line in enumerate(lines, after + 1):
            bound = {"quoteid@odata.bind": f"/quotes({quote['quoteid']})", "sequencenumber": place}
            await self.engine.sales.insert("quotedetails", **bound, **line)

    async def active(self, *lines: Row, **values: Any) -> Row:
        """A quote that was sent to its customer, and that Couplet has seen."""
        made = await self.quote(*lines, **values)
        await self.activate(made)
        return made

    async def activate(self, quote: Row) -> None:
        await self.engine.sales.hand("activate", id=quote["quoteid"])
        await self.engine.look(NAME)

    async def revised(self, quote: Row) -> Row:
        """The next version of a quote, a draft still."""
        made: Row = await self.engine.sales.hand("revise", id=quote["quoteid"])
        return made

    async def ordered(self, quote: Row) -> Row:
        """The order that a quote is converted to, not yet submitted."""
        made: Row = await self.engine.sales.hand("convert", set="quotes", id=quote["quoteid"])
        return made

    async def win(self, quote: Row) -> None:
        await self.engine.sales.hand("win", set="quotes", id=quote["quoteid"])

    async def quoted(self, quote: Row) -> Row:
        """The quote as BC has it: the one under its number."""
        [found] = await self.engine.bc.rows("salesQuotes", yourReference=quote["quotenumber"])
        return found

    async def lines_of(self, quote: Row) -> list[Row]:
        """Its lines in BC in their order."""
        rows = await self.engine.bc.rows("salesQuoteLines", documentId=(await self.quoted(quote))["id"])
        return sorted(rows, key=lambda row: int(row["sequence"]))

    async def state(self, quote: Row) -> str | None:
        """Where its coupling stands."""
        coupling = await self.engine.coupling(NAME, as_record(quote))
        return coupling.life.value if coupling else None


def as_record(quote: Row) -> Record:
    """A quote of Sales as the engine's helpers take it."""
    return Record(Side.SALES, "quotes", quote["quoteid"], quote)
