"""POSTEDSALESINV-INV: posted sales invoices of BC and invoices of Sales, with their lines (rule E5).

Header and lines go to Sales once the invoice is posted. What is not Active there is closed to edits: it keeps both, and only its state
goes on following the payments, also backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from mapping.amounts import OwnMoney, line_amounts
from mapping.beside import Related, Watch
from mapping.document_totals import totals_of
from mapping.documents import address
from mapping.ensures import Ensure, EnsureEach
from mapping.field import Direction, FieldMapping
from mapping.fields import late, needed, on, to_sales
from mapping.filters import equals, one_of
from mapping.invoice_lines import POSTEDSALESLINE_INV, lines_of, rounding
from mapping.kinds import Exact, Text, number
from mapping.lookups import Currency, Lookup, Option, Owner
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.ours import ORDER_NUMBER, Page
from mapping.parts import Part
from mapping.payments import BILLED, ORDER, PAID, STATE, paid_as_in_bc, told_when_paid
from mapping.plain import Day
from mapping.price_lines import new_line
from mapping.prices import PRICE_LISTS, partner_of
from mapping.products import bound, price_list_names
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

POSTED = ("Open", "Paid", "Canceled", "Corrective")
"""API v2.0 shows drafts on the same page: those and what is in review are not posted."""

METHODS = "shipment methods"
ORDERS, CONTACTS = "orders", "contacts of orders"
NUMBERED, CONTACTS_TOO = "orders by their number in BC", "contacts of numbered orders"
LISTS = "price list in the currency"


@dataclass(frozen=True, slots=True)
class WorkDescription(Text):
    """The work description; where there is none, what the shipment method is called (native rule of the invoice's description)."""

    def looks_at(self, side: Side) -> tuple[str, ...]:
        return ("shipmentMethodId",) if side is Side.BC else ()

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.SALES:
            return Text.read(self, field, side, row, world)
        method = next((each for each in world.rows(METHODS, "*") if each["id"] == row.get("shipmentMethodId")), {})
        said = str(row.get("workDescription") or "").strip() or str(method.get("displayName") or "").strip()
        return said or None


def currency_of(row: Row, world: World) -> str | None:
    """The currency of an invoice in Sales: a blank one is the local one (rule D1)."""
    value = CURRENCY.read(Side.BC, row, world)
    local = world.local_currency
    if value is None:
        return local.id if local else None
    return world.partner("CURRENCY", Side.BC, str(value))


def list_in(currency: str) -> Ensure:
    """The price list that invoices in a currency of Sales stand in: the default one where it is the local currency."""

    def names(world: World) -> list[str]:
        known, local = world.currency(currency), world.local_currency
        return price_list_names(world) if local and local.id == currency else [f"Couplet Price List in {known.iso}"] if known else []

    return Ensure(
        name=f"price list in {currency}",
        table=PRICE_LISTS,
        column="name",
        columns=("_transactioncurrencyid_value",),
        values=names,
        fits=lambda row, world: row["_transactioncurrencyid_value"] == currency,
        make=lambda name, world: {"name": name, "transactioncurrencyid@odata.bind": f"/transactioncurrencies({currency})"},
    )


def order_of(invoice: Row, world: World) -> Row:
    """The order of Sales that an invoice came from; an empty row where there is none.

    Your Reference is its number there; where somebody wrote something else, or API v2.0 took none, the order that has BC's number.
    """
    named = world.row(ORDERS, str(invoice.get(REFERENCE) or ""))
    numbered = world.row(NUMBERED, str(invoice.get("orderNumber") or ""))
    return named or (numbered if _is_for(invoice, numbered, world) else {})


def _is_for(invoice: Row, order: Row, world: World) -> bool:
    """Whether an order is the customer's of the invoice, or of a contact who belongs to it."""
    person = world.row(CONTACTS, order.get("_contactid_value")) or world.row(CONTACTS_TOO, order.get("_contactid_value"))
    account = world.partner("CUSTOMER", Side.BC, str(invoice["customerId"]))
    return account in (order.get("_customerid_value"), person.get("_parentcustomerid_value"))


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerOfOrder(Owner):
    """Who owns the order owns the invoice; without an order the user of its salesperson does."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        order = order_of(pair[Side.BC], world) if Side.BC in pair else {}
        owner = next(((table, str(order[column])) for table, column in OWNERS.items() if order.get(column)), None)
        if owner is None:
            return Owner.write(self, field, side, value, pair, world)
        return Written(values={f"{self.nav}@odata.bind": f"/{owner[0]}({owner[1]})"}, holds=owner[1])


def list_of(draft: Draft, world: World) -> str | None:
    """The price list of a new invoice: that of its order in the same currency, else the one of its currency."""
    order, currency = order_of(draft.rows[Side.BC], world), bound(draft, "transactioncurrencyid")
    own = order.get("_pricelevelid_value") if order.get("_transactioncurrencyid_value") == currency else None
    return own or world.row(LISTS, currency).get(PRICE_LISTS.id)


def named_and_listed(draft: Draft, world: World) -> Addition:
    """Without an order an invoice is called by its number; it stands in a price list of its currency (behaviour.md, section 15.4)."""
    if draft.creates is not Side.SALES:
        return Addition()
    price_list = list_of(draft, world)
    if not price_list:
        known = world.currency(bound(draft, "transactioncurrencyid"))
        said = f"no price list in {known.iso if known else 'its currency'} could be found or made"
        return Addition(refusal=Refusal(code="no_price_list", detail=said))
    name = str(draft.rows[Side.BC]["number"])
    return Addition(values={Side.SALES: {"name": name, "pricelevelid@odata.bind": f"/{PRICE_LISTS.name}({price_list})"}})


def of_its_order(draft: Draft, world: World) -> Addition:
    """An invoice of an order of Sales takes over its name and opportunity, and leads to it (behaviour.md, section 15.4).

    Its customer must still be the order's: the order's account, or the account of the contact who ordered.
    """
    order = order_of(draft.rows[Side.BC], world)
    if draft.creates is not Side.SALES or not order:
        return Addition()
    if not _is_for(draft.rows[Side.BC], order, world):
        said = f"its order {order['ordernumber']} is for another customer in Sales"
        return Addition(refusal=Refusal(code="customer_changed", detail=said))
    same_currency = order["_transactioncurrencyid_value"] == bound(draft, "transactioncurrencyid")
    links = {
        "salesorderid": ("salesorders", order["salesorderid"]),
        "opportunityid": ("opportunities", order["_opportunityid_value"] if same_currency else None),
    }
    binds = {f"{nav}@odata.bind": f"/{table}({id_})" for nav, (table, id_) in links.items() if id_}
    return Addition(values={Side.SALES: {**({"name": order["name"]} if order["name"] else {}), **binds}})


def priced_in_its_list(draft: Draft, world: World) -> Addition:
    """Each product of a new invoice has its line in the invoice's price list, made where it is missing (behaviour.md, section 15.4)."""
    known = world.parts.get(LINES.name) if draft.creates or draft.claimed else None
    price_list = bound(draft, "pricelevelid") or list_of(draft, world)
    if known is None or price_list is None:
        return Addition()
    prices: dict[tuple[str, str], Decimal] = {}
    for row in lines_of(draft, world):
        product, unit = (partner_of(LINES.lines.member(name), row, known.world) for name in ("product", "unitOfMeasureCode"))
        there = known.world.rows("prices", product)
        if product and unit and not any((line["_pricelevelid_value"], line["_uomid_value"]) == (price_list, unit) for line in there):
            prices.setdefault((product, unit), line_amounts(row, draft.rows[Side.BC], world).price)
    steps = (new_line(product, price_list, unit, number(str(price))) for (product, unit), price in prices.items() if price > 0)
    return Addition(after=tuple(replace(step, first=True) for step in steps))


REFERENCE = "customerPurchaseOrderReference"
"""Your Reference, as both profiles call it; it is the number of the order in Sales."""
CUSTOMER_NAV = "customerid_account"
OWNERS = {"systemusers": "_owninguser_value", "teams": "_owningteam_value"}

INVOICE_CURRENCY = to_sales(
    "currencyId",
    "transactioncurrencyid",
    Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid", first=True),
    once=Side.SALES,
)
CURRENCY = INVOICE_CURRENCY.members[0]

FIELDS = on(
    "salesInvoices",
    "invoices",
    needed(to_sales("number", "invoicenumber", Exact(), once=Side.SALES)),
    needed(to_sales("customerId", "customerid", Lookup(mapping="CUSTOMER", target="accounts", nav=CUSTOMER_NAV, many=True, first=True))),
    to_sales(
        "salesperson",
        "ownerid",
        OwnerOfOrder(mapping="SALESPEOPLE", target="systemusers", nav="ownerid", codes="salespeoplePurchasers"),
    ),
    needed(INVOICE_CURRENCY),
    to_sales("dueDate", "duedate", Day()),
    to_sales("shipToName", "shipto_name"),
    address(to_sales, "shipTo", "shipto"),
    to_sales("shipmentDate", "datedelivered", Day(local=True)),
    to_sales("billToName", "billto_name"),
    address(to_sales, "billTo", "billto"),
    to_sales("discountAmount", "discountamount", OwnMoney(signed=False)),
    to_sales("shippingAgentCode", "shippingmethodcode", Option(mapping="SHIPPING AGENT", codes="shippingAgents", blank=True)),
    to_sales("paymentTermsId", "paymenttermscode", Option(mapping="PAYMENT TERMS", blank=True)),
    to_sales("workDescription", "description", WorkDescription()),
    *(
        late(to_sales(bc, sales, OwnMoney()))
        for bc, sales in {
            "totalAmountExcludingTax": "totalamountlessfreight",
            "totalAmountIncludingTax": "totalamount",
            "totalTaxAmount": "totaltax",
        }.items()
    ),
)

LINES = Part(
    lines=POSTEDSALESLINE_INV,
    keys={Side.BC: "documentId", Side.SALES: "_invoiceid_value"},
    nested={Side.BC: "salesInvoiceLines", Side.SALES: "invoice_details"},
    order={Side.BC: "sequence", Side.SALES: "sequencenumber"},
    also=rounding,
    sought={Side.BC: ("documentNumber", "number")},
)


def _orders(name: str, contacts: str, key: str, of: str) -> tuple[Related, Related]:
    """Orders of Sales that an invoice names, and the contacts who ordered."""
    columns = (
        "salesorderid",
        "ordernumber",
        "name",
        "_customerid_value",
        "_contactid_value",
        "_opportunityid_value",
        "_pricelevelid_value",
    )
    more = tuple(dict.fromkeys((key, "_transactioncurrencyid_value", *OWNERS.values())))
    person = ("contactid", "_parentcustomerid_value")
    return (
        Related(name=name, side=Side.SALES, table="salesorders", key=key, of=of, across=True, columns=(*columns, *more)),
        Related(name=contacts, side=Side.SALES, table="contacts", key="contactid", of="_contactid_value", beside=name, columns=person),
    )


POSTEDSALESINV_INV = TableMapping(
    name="POSTEDSALESINV-INV",
    bc=Table(name="salesInvoices"),
    sales=Table(name="invoices", id="invoiceid", changed="modifiedon"),
    direction=Direction.TO_SALES,
    keep={Side.BC: [one_of("status", *POSTED)], Side.SALES: [equals("statecode", BILLED["statecode"])]},
    needs=("CUSTOMER", "CURRENCY", "ITEM-PRODUCT", "RESOURCE-PRODUCT", "OPPORTUNITY"),
    natural_keys=(("number",),),
    creates=frozenset({Side.SALES}),
    enabled=False,
    only_coupled=False,
    born={Side.SALES: {"statuscode": BILLED["statuscode"]}},
    related=(
        Related(name=METHODS, side=Side.BC, table="shipmentMethods", columns=("id", "displayName"), remembered=True),
        *_orders(ORDERS, CONTACTS, "ordernumber", REFERENCE),
        *_orders(NUMBERED, CONTACTS_TOO, ORDER_NUMBER, "orderNumber"),
    ),
    # Neither a payment nor what takes it back changes the stamp of the posted invoice (rule F1).
    watches=(Watch(table="detailedCustomerLedgerEntries", column="invoiceNumber", key="number", kept=True),),
    rules=(named_and_listed, of_its_order, priced_in_its_list, paid_as_in_bc, told_when_paid),
    totals=totals_of("salesInvoiceLines", "invoice_details", freight=()),
    parts=(LINES,),
    ensures=(EnsureEach(name=LISTS, key=currency_of, of=list_in),),
    also={Side.BC: (*PAID, REFERENCE, "orderNumber", "shipmentMethodId", "pricesIncludeTax"), Side.SALES: (*STATE, ORDER)},
    page=Page(132),
    names={Side.BC: ("number", "customerName"), Side.SALES: ("invoicenumber", "name")},
    fields=FIELDS,
    standard=on("salesInvoices", "invoices", to_sales("shipmentMethodId", "description", WorkDescription())),
)
