"""QUOTE: active quotes of Sales become quotes of BC; a revision fills the same one anew, a won one leaves it to its order (rule E7).

A quote of Sales is read-only from the day it is active: nothing is ever written to it.
"""

from __future__ import annotations

from dataclasses import replace

from mapping.beside import Related
from mapping.document_lines import BESIDE_DOCUMENTS, freight
from mapping.document_rules import AMOUNTS, SET_DISCOUNT, discounted, for_open_customer, in_rated_currency
from mapping.document_totals import totals_of
from mapping.documents import CURRENCY_OF_DOCUMENT, CUSTOMERS_PERSON, RATES_OF_DOCUMENT, head, texts
from mapping.field import Direction
from mapping.fields import from_sales, on
from mapping.filters import OneOf, one_of
from mapping.gone import Became, Ending, Gone
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.notes import brought
from mapping.order_quotes import BEARING_REFERENCE
from mapping.order_states import CANCELED, RELEASED, reopened
from mapping.orders import SUBMIT, handed_over
from mapping.ours import Page
from mapping.parts import Part
from mapping.plain import Day
from mapping.quote_lines import QUOTELINE
from mapping.steps import Call, Delete, Single, Step, Together, Update
from mapping.succession import Succession
from mapping.values import Refusal, Row, Side
from mapping.world import World

OFFERED, WON = 1, 2
"""quote.statecode: Active, Won."""

REVISED = 7
"""quote.statuscode of one that was closed because there is a next version of it."""

STATUS = "documentStatus"
"""Open or Released."""

ARCHIVE, RELEASE = "archive", "release"
"""The actions of the extension's page that keep a version of a quote, and that close it to edits."""

FROM_QUOTE = Related(
    name="ordersOfQuote",
    side=Side.SALES,
    table="salesorders",
    key="_quoteid_value",
    of="quoteid",
    columns=("salesorderid", "_quoteid_value", "statecode", SUBMIT),
    coupled="SALESORDER-ORDER",
)
"""The orders of Sales that came from a quote."""

MADE_OF_QUOTE = Related(
    name="madeOfQuote", side=Side.BC, table="salesOrders", key="quoteNumber", of="number", columns=("id", "quoteNumber")
)
"""The orders of BC that name a quote as the one that they were made of."""


def orders_of(quote: Row, world: World) -> list[Row]:
    """The orders of Sales that came from a quote; one that was canceled is none."""
    return [order for order in world.rows(FROM_QUOTE.name, str(quote.get("quoteid"))) if order["statecode"] != CANCELED]


def was_taken_over(order: Row, world: World) -> bool:
    """Whether an order of Sales came to BC, whatever became of it there since."""
    return handed_over(order) or in_bc(order, world) is not None


def in_bc(order: Row, world: World) -> str | None:
    """The id of an order of Sales in BC."""
    return world.partner(FROM_QUOTE.coupled, Side.SALES, str(order["salesorderid"]))


def still_worth_quoting(quote: Row, world: World) -> str | None:
    """A quote whose order is in BC needs none there any more: the order says all. One that was won has an order, or is history."""
    orders = orders_of(quote, world)
    if any(was_taken_over(order, world) for order in orders):
        return "its order is in BC, and it never was"
    return "it was won before it was taken over, and no order came from it" if quote["statecode"] == WON and not orders else None


def becomes_its_order(draft: Draft, world: World) -> Addition:
    """A won quote: released while its order is a draft of Sales, archived and gone once the order is in BC, which names it (section 15.3).

    Whether the order or the quote comes first is all the same. Without an order it is a problem. API v2.0 has neither action: there the
    quote stays open.
    """
    quote, quoted = draft.rows[Side.SALES], draft.rows[Side.BC]
    if quote["statecode"] != WON:
        return Addition()
    orders = orders_of(quote, world)
    if not orders:
        return Addition(refusal=Refusal(code="won_without_order", detail="it was won, and no order came from it"))
    here = next((order for order in orders if was_taken_over(order, world)), None)
    if not world.extended or (here and draft.creates):
        return Addition(done=here is not None)
    if here is None:
        return Addition() if quoted.get(STATUS) == RELEASED else Addition(after=(_action(draft, RELEASE),))
    taken_over = in_bc(here, world)
    names: tuple[Single, ...] = ()
    if taken_over and not any(order["id"] == taken_over for order in world.rows(MADE_OF_QUOTE.name, quoted["number"])):
        names = (Update(side=Side.BC, table="salesOrders", id=taken_over, values={"quoteNumber": quoted["number"]}),)
    gone = Delete(side=Side.BC, table="salesQuotes", id=draft.ids[Side.BC])
    return Addition(after=(Together(side=Side.BC, steps=(*names, _action(draft, ARCHIVE), gone)),), done=True)


def _action(draft: Draft, name: str) -> Call:
    return Call(side=Side.BC, table="salesQuotes", id=draft.ids[Side.BC], name=name, body={})


def opened(change: Update, quote: Row, /, *within: Single) -> Step:
    """A change of a quote that people of BC may have released: its next version is open, as nobody has released that one."""
    step = reopened(change, quote, *within)
    if not isinstance(step, Together):
        return step
    return replace(step, steps=tuple(each for each in step.steps if not isinstance(each, Call) or each.name != RELEASE))


def made_into_an_order(quote: Row, world: World) -> Became | None:
    """A quote that is gone from BC was made into an order by its people, which still bears the quote's reference; a won one is over."""
    made = [row["number"] for name in BEARING_REFERENCE for row in world.rows(name, str(quote["quotenumber"]))]
    if made:
        return Became(ending=Ending.DONE, why=f"it was made into {made[0]} in Business Central")
    return Became(ending=Ending.DONE, why="it was won, and its quote in Business Central is gone") if quote["statecode"] == WON else None


LINES = Part(
    lines=QUOTELINE,
    keys={Side.BC: "documentId", Side.SALES: "_quoteid_value"},
    nested={Side.BC: "salesQuoteLines", Side.SALES: "quote_details"},
    order={Side.BC: "sequence", Side.SALES: "sequencenumber"},
    sought={Side.BC: ("documentNumber", "number")},
    attached={Side.BC: "attachedToLineNumber"},
    also=freight,
)

REFERENCE, *TEXTS = texts("quotenumber")

QUOTE = TableMapping(
    name="QUOTE",
    bc=Table(name="salesQuotes"),
    sales=Table(name="quotes", id="quoteid", changed="modifiedon"),
    page=Page(41),
    direction=Direction.FROM_SALES,
    enabled=False,
    keep={Side.SALES: [one_of("statecode", OFFERED, WON)]},
    begins={Side.SALES: [still_worth_quoting]},
    resting={Side.SALES: [OneOf("statuscode", (REVISED,), negated=True)]},
    succession=Succession(key="quotenumber", version="revisionnumber", archive=ARCHIVE),
    actions=(ARCHIVE, RELEASE, "reopen", SET_DISCOUNT),
    needs=("CUSTOMER", "ITEM-PRODUCT", "RESOURCE-PRODUCT", "OPPORTUNITY"),
    creates=frozenset({Side.BC}),
    reopens={Side.BC: opened},
    natural_keys=(("yourReference",),),
    belongs="_customerid_value",
    related=(CUSTOMERS_PERSON, CURRENCY_OF_DOCUMENT, RATES_OF_DOCUMENT, *BESIDE_DOCUMENTS, FROM_QUOTE, MADE_OF_QUOTE),
    brings=brought("quotes"),
    totals=totals_of("salesQuoteLines", "quote_details"),
    parts=(LINES,),
    unserved={"salesQuoteLines": {"parts": (replace(LINES, attached={}),)}},
    rules=(for_open_customer, in_rated_currency, discounted("salesQuotes"), becomes_its_order),
    gone=Gone(
        side=Side.BC,
        related=tuple(
            Related(name=name, side=Side.BC, table=name, key=column, of="quotenumber", columns=("id", "number", column))
            for name, column in BEARING_REFERENCE.items()
        ),
        rule=made_into_an_order,
    ),
    also={
        Side.BC: ("number", STATUS, "discountAmount"),
        Side.SALES: ("quotenumber", "revisionnumber", "statecode", "statuscode", *AMOUNTS),
    },
    names={Side.BC: ("number",), Side.SALES: ("quotenumber", "name")},
    fields=on("salesQuotes", "quotes", REFERENCE),
    given=on(
        "salesQuotes",
        "quotes",
        *head(),
        from_sales("validUntilDate", "effectiveto", Day(local=True)),
        *TEXTS,
    ),
)
