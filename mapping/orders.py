"""SALESORDER-ORDER: orders that were submitted in Sales become orders of BC, which are BC's from then on (rule E6; section 15.1)."""

from __future__ import annotations

from mapping.document_totals import totals_of
from mapping.documents import CUSTOMERS_PERSON, address, currency, customer, terms, texts
from mapping.field import Direction
from mapping.fields import from_sales, on, to_sales
from mapping.filters import equals
from mapping.model import Table, TableMapping
from mapping.notes import brought
from mapping.order_lines import SOLINE_ORDERDETAIL
from mapping.ours import Page
from mapping.parts import Part
from mapping.values import Side

SUBMITTED = 1
"""salesorder.statecode: Submitted."""

LINES = Part(
    lines=SOLINE_ORDERDETAIL,
    keys={Side.BC: "documentId", Side.SALES: "_salesorderid_value"},
    nested={Side.BC: "salesOrderLines", Side.SALES: "order_details"},
    order={Side.BC: "sequence", Side.SALES: "sequencenumber"},
    attached={Side.BC: "attachedToLineNumber"},
)

SALESORDER_ORDER = TableMapping(
    name="SALESORDER-ORDER",
    bc=Table(name="salesOrders"),
    sales=Table(name="salesorders", id="salesorderid", changed="modifiedon"),
    page=Page(42),
    direction=Direction.BOTH,
    enabled=False,
    keep={Side.SALES: [equals("statecode", SUBMITTED)]},
    needs=("CUSTOMER", "ITEM-PRODUCT", "RESOURCE-PRODUCT", "OPPORTUNITY"),
    creates=frozenset({Side.BC}),
    also={Side.SALES: ("statecode", "statuscode", "lastbackofficesubmit")},
    related=(CUSTOMERS_PERSON,),
    brings=brought("salesorders"),
    totals=totals_of("salesOrderLines", "order_details"),
    parts=(LINES,),
    names={Side.BC: ("number",), Side.SALES: ("ordernumber", "name")},
    given=on(
        "salesOrders",
        "salesorders",
        customer(),
        currency(),
        address(from_sales, "billTo", "billto"),
        address(from_sales, "shipTo", "shipto"),
        *terms(from_sales),
        *texts("ordernumber"),
    ),
    fields=on("salesOrders", "salesorders", *terms(to_sales)),
)
