"""ACCOUNT-FIGURES: what a customer owes, ordered and bought, as of a day, in a row beside the account (native: account statistics).

Couplet's own table in Sales (rule D8). Each row goes with a coupled customer, comes and goes with it, and is linked from its account.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapping.beside import Related, Watch
from mapping.field import Direction, FieldMapping
from mapping.fields import on, to_sales
from mapping.filters import coupled
from mapping.kinds import Exact, Number
from mapping.lookups import Lookup
from mapping.model import Addition, Draft, Table, TableMapping, Unit
from mapping.plain import Day
from mapping.policies import Companies, DeletionPolicy, Review
from mapping.steps import Update
from mapping.values import Refusal, Row, Scalar, Side
from mapping.world import World

LINK, LINKED = "couplet_AccountFiguresId@odata.bind", "_couplet_accountfiguresid_value"
"""The account's reference to its figures, as it is written and as it is read."""

FIGURES = "couplet_accountfigureses"

CUSTOMER = Unit(
    "customer", (FieldMapping(bc="id", sales="", name="customer", kind=Lookup(mapping="CUSTOMER", target="accounts", nav="", many=True)),)
)
"""The page of figures has the customer's own ids."""


def linked(draft: Draft, world: World) -> Addition:
    """The account leads to its figures (T562): written once, and again where somebody took the link away."""
    account = world.row("accounts", world.partner("CUSTOMER", Side.BC, draft.ids[Side.BC]))
    figures = draft.ids.get(Side.SALES)
    if not account or not figures or str(account.get(LINKED) or "").lower() == figures.lower():
        return Addition()
    link = Update(side=Side.SALES, table="accounts", id=account["accountid"], values={LINK: f"/{FIGURES}({figures})"})
    return Addition(after=[link])


@dataclass(frozen=True, slots=True)
class LocalCurrency(Exact):
    """The ISO code of BC's local currency, in which the figures are (rule D1); BC has no such column, it is the same for all rows."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return world.local_iso if side is Side.BC else Exact.read(self, field, side, row, world)


def amount(bc: str, sales: str) -> Unit:
    """An amount in local currency; it may be below zero, as what was paid too much is."""
    return to_sales(bc, sales, Number(signed=True))


ACCOUNT_FIGURES = TableMapping(
    name="ACCOUNT-FIGURES",
    bc=Table(name="customerFigures"),
    sales=Table(name=FIGURES, id="couplet_accountfiguresid", changed="modifiedon"),
    direction=Direction.TO_SALES,
    follows="CUSTOMER",
    needs=("CUSTOMER",),
    keep={Side.BC: [coupled("id", "CUSTOMER")]},
    creates=frozenset({Side.SALES}),
    only_coupled=False,
    deletion=DeletionPolicy.FOLLOW_SOURCE,
    companies=Companies.ANY,
    review=Review(always_full=True, needs=Side.BC),
    only_compared=(CUSTOMER,),
    related=(
        Related(
            name="accounts", side=Side.SALES, table="accounts", key="accountid", of="id", columns=("accountid", LINKED), through="CUSTOMER"
        ),
    ),
    # Neither what is posted nor what is ordered changes the stamp of the customer; overdue is what a due date leaves behind (rule F1).
    watches=(
        Watch(table="detailedCustomerLedgerEntries", column="customerNumber", key="number"),
        Watch(table="salesOrders", column="customerNumber", key="number"),
        Watch(table="salesOrderLines", column="documentNumber", key="number", by=("salesOrders", "number", "customerNumber")),
        Watch(table="salesInvoices", column="customerNumber", key="number", ends=("dueDate",)),
    ),
    # An order that is deleted, or a line of one, leaves nothing behind that could be watched.
    fades=("couplet_outstandingorders", "couplet_shippednotinvoiced", "couplet_outstandinginvoices"),
    rules=(linked,),
    names={Side.BC: ("number", "displayName"), Side.SALES: ("couplet_bcnumber", "couplet_name")},
    fields=on(
        "customerFigures",
        FIGURES,
        to_sales("displayName", "couplet_name"),
        to_sales("number", "couplet_bcnumber", Exact()),
        amount("balanceLCY", "couplet_balance"),
        amount("outstandingOrdersLCY", "couplet_outstandingorders"),
        amount("shippedNotInvoicedLCY", "couplet_shippednotinvoiced"),
        amount("outstandingInvoicesLCY", "couplet_outstandinginvoices"),
        amount("totalLCY", "couplet_total"),
        amount("creditLimitLCY", "couplet_creditlimit"),
        amount("overdueLCY", "couplet_overdue"),
        to_sales("overdueAsOf", "couplet_asof", Day()),
        amount("salesLCY", "couplet_totalsales"),
        amount("invoicedPrepaymentLCY", "couplet_invoicedprepayment"),
        to_sales("", "couplet_currency", LocalCurrency()),
    ),
)
