"""Orders that came from a quote: the order of BC names the quote of BC, and the quote is due once its order is there (section 15.3)."""

from __future__ import annotations

from mapping.beside import Related
from mapping.model import Addition, Draft
from mapping.policies import Brings
from mapping.values import Refusal, Side
from mapping.world import World

QUOTE_COLUMN = "_quoteid_value"

_QUOTE = Related(name="quoteOfOrder", side=Side.SALES, table="quotes", key="quoteid", of=QUOTE_COLUMN, columns=("quoteid", "quotenumber"))
_QUOTED = Related(
    name="quoteInBc",
    side=Side.BC,
    table="salesQuotes",
    key="yourReference",
    of="quotenumber",
    beside=_QUOTE.name,
    columns=("id", "number", "yourReference"),
)
BEARING_REFERENCE = {"salesOrders": "yourReference", "salesInvoices": "customerPurchaseOrderReference"}
"""What is made of a quote by people of BC bears its reference: of one that is gone, only that can tell."""

_ORDERED = tuple(
    Related(
        name=f"{table} of the quote",
        side=Side.BC,
        table=table,
        key=column,
        of="quotenumber",
        beside=_QUOTE.name,
        columns=("id", "number", column),
    )
    for table, column in BEARING_REFERENCE.items()
)
QUOTE_OF_ORDER = (_QUOTE, _QUOTED, *_ORDERED)
"""The quote that an order came from, and what BC has under the quote's number: the quote itself, or what people made of it."""

WITH_ITS_QUOTE = Brings(mapping="QUOTE", side=Side.SALES, column="quoteid", of=QUOTE_COLUMN)


def made_of_its_quote(draft: Draft, world: World) -> Addition:
    """A new order names the quote of BC that it came from; of one that people of BC made into an order, or invoiced
    by now, no second one is made."""
    quote = world.row(_QUOTE.name, draft.rows.get(Side.SALES, {}).get(QUOTE_COLUMN))
    if draft.creates is not Side.BC or not quote:
        return Addition()
    made = next((row for each in _ORDERED if (row := world.row(each.name, quote["quotenumber"]))), None)
    if made:
        said = f"its quote {quote['quotenumber']} was made into {made['number']} in Business Central"
        return Addition(refusal=Refusal(code="quote_ordered", detail=said))
    quoted = world.row(_QUOTED.name, quote["quotenumber"])
    return Addition(values={Side.BC: {"quoteNumber": quoted["number"]}} if quoted else {})
