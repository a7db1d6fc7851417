"""SALESORDER-ORDER: orders that were submitted in Sales become orders of BC, which are BC's from then on (rule E6; section 15.1).

BC's number goes to columns of our own, never over the number of Sales: that one stands in BC under Your Reference, and people know both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mapping import orders_both
from mapping.accounts import owned_by
from mapping.document_lines import BESIDE_DOCUMENTS, freight
from mapping.document_rules import AMOUNTS, discounted, for_open_customer, in_rated_currency
from mapping.document_totals import totals_of
from mapping.documents import CURRENCY_OF_DOCUMENT, CUSTOMERS_PERSON, RATES_OF_DOCUMENT, address, head, terms, texts
from mapping.ensures import EnsureEach
from mapping.field import Direction, FieldMapping, Kind
from mapping.fields import from_sales, on, to_sales
from mapping.filters import equals
from mapping.invoices import LISTS, currency_of, list_in
from mapping.kinds import Number
from mapping.model import Addition, Draft, Table, TableMapping, Unit
from mapping.notes import brought
from mapping.order_lines import SOLINE_ORDERDETAIL
from mapping.order_quotes import QUOTE_COLUMN, QUOTE_OF_ORDER, WITH_ITS_QUOTE, made_of_its_quote
from mapping.order_states import CANCELED, GUARD, REOPENED, SUBMITTED, reopened, toggled
from mapping.order_status import (
    GONE,
    INVOICES_POSTED,
    LINES_POSTED,
    POSTED_OF_ORDER,
    SHIPPED_ON,
    SHOWN,
    fulfilled_when_shipped,
    told_on_the_timeline,
)
from mapping.ours import ORDER_NUMBER, Page
from mapping.parts import Part
from mapping.plain import Day
from mapping.policies import Mode
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

SUBMIT = "lastbackofficesubmit"
"""The day on which an order of Sales was handed to the back office."""

NEVER = "1900-01-01"
"""What other connectors write for no day at all."""


@dataclass(frozen=True, slots=True)
class TakenOver(Kind):
    """Whether the order is in the back office: it is once it stands in BC, and Sales shows since when (native: lastbackofficesubmit)."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return True if side is Side.BC else handed_over(row)

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        day = Day(local=True).write(field, side, world.today.isoformat() if value else None, pair, world)
        return day if isinstance(day, Refusal) else replace(day, holds=bool(value))


def handed_over(row: Row) -> bool:
    """Whether an order of Sales was handed to a back office."""
    day = str(row.get(SUBMIT) or "")
    return bool(day) and not day.startswith(NEVER)


def once(draft: Draft, world: World) -> Addition:
    """An order that was handed to a back office before is not made a second time: it may be there under another coupling."""
    row = draft.rows.get(Side.SALES, {})
    if draft.creates is not Side.BC or not handed_over(row):
        return Addition()
    return Addition(refusal=Refusal(code="handed_over_before", detail=f"it was handed to the back office on {str(row[SUBMIT])[:10]}"))


def not_canceled(draft: Draft, world: World) -> Addition:
    """An order that was canceled in Sales stands in BC still, where nobody may know: a person says what becomes of it."""
    if draft.rows.get(Side.SALES, {}).get("statecode") != CANCELED or Side.BC not in draft.rows or draft.creates:
        return Addition()
    number = draft.rows[Side.BC]["number"]
    return Addition(refusal=Refusal(code="canceled_in_sales", detail=f"it was canceled in Sales and is order {number} in Business Central"))


LINES = Part(
    lines=SOLINE_ORDERDETAIL,
    keys={Side.BC: "documentId", Side.SALES: "_salesorderid_value"},
    nested={Side.BC: "salesOrderLines", Side.SALES: "order_details"},
    order={Side.BC: "sequence", Side.SALES: "sequencenumber"},
    attached={Side.BC: "attachedToLineNumber"},
    also=freight,
)


def _back_office() -> Unit:
    """Not a field of BC: that the order is there says it all. It is marked in the run that made it."""
    kept = FieldMapping(bc="", sales=SUBMIT, name=SUBMIT, direction=Direction.TO_SALES, kind=TakenOver(), at_once=True)
    return Unit(SUBMIT, (kept,))


READ = {
    Side.BC: ("number", "discountAmount", *SHOWN[Side.BC]),
    Side.SALES: (*SHOWN[Side.SALES], SUBMIT, QUOTE_COLUMN, *AMOUNTS),
}
DISCOUNTED = discounted("salesOrders")
RULES = (
    once,
    not_canceled,
    for_open_customer,
    in_rated_currency,
    DISCOUNTED,
    made_of_its_quote,
    fulfilled_when_shipped,
    told_on_the_timeline,
)


def both_ways() -> Mapping[str, Any]:
    """What the mapping is in the mode in which both sides make and change orders."""
    return {
        "keep": orders_both.FINISHED,
        "never": orders_both.FINISHED,
        "creates": frozenset(Side),
        "reopens": {Side.BC: reopened, Side.SALES: toggled},
        "halfway": {Side.BC: REOPENED},
        "watches": (LINES_POSTED, orders_both.WATCHED),
        "ensures": (EnsureEach(name=LISTS, key=currency_of, of=list_in),),
        "rules": (*(orders_both.while_open(rule) if rule is DISCOUNTED else rule for rule in RULES), *orders_both.RULES),
        "parts": (replace(LINES, merged=True, sought={Side.BC: ("documentNumber", "number")}),),
        "also": {Side.BC: (*READ[Side.BC], GUARD, "documentStatus", "customerName"), Side.SALES: READ[Side.SALES]},
        "given": on("salesOrders", "salesorders", *orders_both.TOLD_TO_BC),
        "fields": on("salesOrders", "salesorders", _back_office(), *orders_both.HEADER_FIELDS),
    }


SALESORDER_ORDER = TableMapping(
    name="SALESORDER-ORDER",
    bc=Table(name="salesOrders"),
    sales=Table(name="salesorders", id="salesorderid", changed="modifiedon"),
    page=Page(42, column=ORDER_NUMBER),
    direction=Direction.BOTH,
    enabled=False,
    feature="issopintegrationenabled",
    keep={Side.SALES: [equals("statecode", SUBMITTED)]},
    needs=("CUSTOMER", "ITEM-PRODUCT", "RESOURCE-PRODUCT", "OPPORTUNITY"),
    creates=frozenset({Side.BC}),
    reopens={Side.SALES: toggled},
    also=READ,
    belongs="_customerid_value",
    related=(CUSTOMERS_PERSON, CURRENCY_OF_DOCUMENT, RATES_OF_DOCUMENT, *BESIDE_DOCUMENTS, *POSTED_OF_ORDER, *QUOTE_OF_ORDER),
    rules=RULES,
    gone=GONE,
    watches=(LINES_POSTED,),
    unserved={
        "salesInvoiceLines": {"watches": (INVOICES_POSTED,)},
        "salesOrderLines": {"parts": (replace(LINES, attached={}),)},
    },
    brings=(*brought("salesorders"), WITH_ITS_QUOTE),
    totals=totals_of("salesOrderLines", "order_details"),
    parts=(LINES,),
    names={Side.BC: ("number",), Side.SALES: ("ordernumber", "name")},
    given=on(
        "salesOrders",
        "salesorders",
        *head(),
        from_sales("shipToName", "shipto_name"),
        from_sales("paymentDiscountPercent", "discountpercentage", Number(precision=2)),
        *texts("ordernumber"),
    ),
    variants={Mode.ORDERS_BOTH: both_ways()},
    fields=on(
        "salesOrders",
        "salesorders",
        owned_by("salesperson"),
        _back_office(),
        address(to_sales, "billTo", "billto"),
        to_sales("billToName", "billto_name"),
        address(to_sales, "shipTo", "shipto"),
        to_sales("shipToName", "shipto_name"),
        SHIPPED_ON,
        *terms(to_sales),
    ),
)
