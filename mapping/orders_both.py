"""Orders in the mode in which both sides make and change them: Released in BC, Submitted in Sales (behaviour.md, section 15.2).

An order that people finished on one side is made, or brought into step, on the other, and finished there, too. One that is open, or not
submitted, is being worked on and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from mapping.accounts import owned_by
from mapping.amounts import OwnMoney, decimals
from mapping.beside import Watch
from mapping.document_lines import (
    PRICE_DIGITS,
    PRODUCT_OF_LINE,
    QUANTITY_DIGITS,
    UNIT_OF_LINE,
    LineProduct,
    in_unit_of_group,
    something_sold,
    with_texts,
    write_in,
)
from mapping.documents import DocumentCustomer, Memo, Reference, address, terms
from mapping.field import FieldMapping
from mapping.fields import both, from_sales, group, needed, numbered, on, to_sales
from mapping.filters import equals
from mapping.invoice_lines import PRODUCTS_SOLD, SOLD, WRITE_IN, on_sale
from mapping.invoices import LISTS
from mapping.kinds import Exact, Number, decimal_text, number
from mapping.lookups import Currency
from mapping.model import Addition, Draft, Rule, Unit
from mapping.order_states import ACTIVE, IN_PROGRESS, OPEN, RELEASED, SUBMITTED
from mapping.plain import Day
from mapping.policies import DeletionPolicy
from mapping.price_units import PriceUnit, products_with_units
from mapping.prices import PRICE_LISTS
from mapping.products import SALES_SETUP, bound
from mapping.steps import Call, Step, Update
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

FINISHED = {Side.BC: [equals("documentStatus", RELEASED)], Side.SALES: [equals("statecode", SUBMITTED)]}
"""What is kept in step: whatever else a filter says, both stay (native: an error otherwise)."""


def only_new(unit: Unit) -> Unit:
    """A field that either side takes only when the row is made (rule D5)."""
    return Unit(unit.name, tuple(replace(member, once=frozenset(Side)) for member in unit.members))


@dataclass(frozen=True, slots=True)
class LinePrice(OwnMoney):
    """The price of a line as agreed, with the decimals of prices: in Sales it is its own, not that of its price list.

    One of BC that Sales shows rounded stays as it is there.
    """

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return OwnMoney.read(self, field, side, row, _of_prices(world, side))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        there = decimal_text(pair.get(side, {}).get(field.column(side)) or 0, PRICE_DIGITS)
        same = side is Side.BC and decimal_text(there, world.pricing_precision) == value
        written = OwnMoney.write(self, field, side, there if same else value, pair, _of_prices(world, side))
        if side is Side.BC or isinstance(written, Refusal):
            return written
        return replace(written, values={**written.values, "ispriceoverridden": True})


def _of_prices(world: World, side: Side) -> World:
    """A world in which amounts have as many decimals as prices have on a side."""
    return replace(world, decimals=PRICE_DIGITS if side is Side.BC else world.pricing_precision)


@dataclass(frozen=True, slots=True)
class LineDiscount(OwnMoney):
    """What a line takes off in all: in Sales by hand and, for each unit, by volume (T496, T497)."""

    signed: bool = False

    def looks_at(self, side: Side) -> tuple[str, ...]:
        return ("volumediscountamount",) if side is Side.SALES else ()

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.BC:
            return OwnMoney.read(self, field, side, row, world)
        off = Decimal(str(row.get(field.sales) or 0)) + _by_volume(row)
        return decimal_text(off, decimals({Side.SALES: row}, world))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        written = OwnMoney.write(self, field, side, value, pair, world)
        if side is Side.BC or isinstance(written, Refusal):
            return written
        by_hand = max(Decimal(str(written.holds)) - _by_volume(pair.get(Side.SALES, {})), Decimal(0))
        return replace(written, values={field.sales: number(decimal_text(by_hand, decimals(pair, world)))})


def _by_volume(row: Row) -> Decimal:
    return Decimal(str(row.get("quantity") or 0)) * Decimal(str(row.get("volumediscountamount") or 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductEitherWay(LineProduct):
    """The product of a line; one of the write-in product, or of neither item nor resource, has none in Sales."""

    def looks_at(self, side: Side) -> tuple[str, ...]:
        return ("lineType", "lineObjectNumber") if side is Side.BC else ()

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        none = side is Side.BC and (row["lineType"] not in SOLD or WRITE_IN[row["lineType"]](row, world))
        return None if none else LineProduct.read(self, field, side, row, world)

    def write_blank(self, field: FieldMapping, side: Side, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        return Written(values={}, holds=None)


PRODUCT = only_new(
    both(
        "lineObjectId",
        "productid",
        ProductEitherWay(**PRODUCTS_SOLD),
        name="product",
    )
)
"""A line that is to sell something else is deleted, and another one added."""


PRODUCTS = tuple(
    replace(each, columns=tuple(dict.fromkeys((*each.columns, *(PRODUCT_OF_LINE.columns if each.name == PRODUCT_OF_LINE.name else ())))))
    for each in products_with_units(PRODUCT.name)
)
"""The products that either side's lines name, and their units."""


@dataclass(frozen=True, slots=True)
class OneOfSold:
    """Lines of items and resources; what else an order of BC has stays there (native: Type = Item or Resource)."""

    def __call__(self, row: Row, world: World) -> str | None:
        return None if row.get("lineType") in SOLD else f"it is a line of the type {row.get('lineType')}"

    def __str__(self) -> str:
        return "it is a line of an item or a resource"


def written_in(draft: Draft, world: World) -> Addition:
    """What is no product in Sales is called as in BC."""
    if draft.creates is not Side.SALES or "productid@odata.bind" in draft.values[Side.SALES]:
        return Addition()
    said = str(draft.rows[Side.BC].get("description") or draft.rows[Side.BC].get("lineObjectNumber") or "")
    return Addition(values={Side.SALES: {"isproductoverridden": True, "productdescription": said}})


def on_sale_there(draft: Draft, world: World) -> Addition:
    """Sales takes no product into an order that is not active there."""
    return on_sale(draft, world) if draft.creates is Side.SALES else Addition()


def texts_to_bc(draft: Draft, world: World) -> Any:
    """In BC a line stands with its texts; in Sales it is one row."""
    return with_texts(draft, world) if draft.creates is Side.BC else (draft.values[Side.SALES],)


LINE_BOTH_WAYS: Mapping[str, Any] = {
    "deletion": DeletionPolicy.DELETE_UNCHANGED,
    "keep": {Side.BC: [OneOfSold()]},
    "natural_keys": (("product", "quantity"), ("product",)),
    "constants": {},
    "born": {Side.SALES: {"ispriceoverridden": True}},
    "given": (),
    "also": {
        Side.BC: ("sequence", "description"),
        Side.SALES: ("sequencenumber", "description", "productdescription"),
    },
    "related": (UNIT_OF_LINE, SALES_SETUP, *PRODUCTS),
    "rules": (something_sold, write_in, in_unit_of_group, written_in, on_sale_there),
    "expands": texts_to_bc,
    "fields": on(
        "salesOrderLines",
        "salesorderdetails",
        PRODUCT,
        only_new(to_sales("unitOfMeasureCode", "uomid", PriceUnit(product=PRODUCT.members[0]))),
        needed(
            group(
                "sold",
                both("quantity", "quantity", Number(precision=QUANTITY_DIGITS, signed=True)),
                both("unitPrice", "priceperunit", LinePrice()),
                both("discountAmount", "manualdiscountamount", LineDiscount()),
            )
        ),
        both("requestedDeliveryDate", "requestdeliveryby", Day(local=True)),
        numbered("netTaxAmount", "tax", OwnMoney()),
        to_sales("shippedQuantity", "quantityshipped", Number(precision=QUANTITY_DIGITS, signed=True)),
    ),
}
"""What the lines of an order are in this mode: each is a pair of its own. Quantity, price and discount are one value: BC works out the
discount anew with a new quantity."""


@dataclass(frozen=True, slots=True)
class OrderDiscount(OwnMoney):
    """What BC takes off the whole order; Sales may say it as an amount, in per cent, or both (T499, T500)."""

    signed: bool = False

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.BC:
            return OwnMoney.read(self, field, side, row, world)
        whole = Decimal(str(row.get("totallineitemamount") or 0)) * Decimal(str(row.get("discountpercentage") or 0)) / 100
        return decimal_text(Decimal(str(row.get(field.sales) or 0)) + whole, decimals({Side.SALES: row}, world))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        written = OwnMoney.write(self, field, side, value, pair, world)
        if side is Side.BC or isinstance(written, Refusal):
            return written
        return replace(written, values={**written.values, "discountpercentage": None})


def listed(draft: Draft, world: World) -> Addition:
    """An order born in BC is called by its customer and stands in the price list of its currency, which is made where it is missing."""
    if draft.creates is not Side.SALES:
        return Addition()
    row, price_list = draft.rows[Side.BC], world.row(LISTS, bound(draft, "transactioncurrencyid")).get(PRICE_LISTS.id)
    if not price_list:
        return Addition(refusal=Refusal(code="no_price_list", detail="no price list in its currency could be found or made"))
    name = str(row.get("customerName") or row["number"])
    return Addition(values={Side.SALES: {"name": name, "pricelevelid@odata.bind": f"/{PRICE_LISTS.name}({price_list})"}})


def finished(draft: Draft, world: World) -> Addition:
    """An order that was made on a side is finished there, too, once all of it stands: released in BC, submitted in Sales."""
    steps: list[Step] = []
    rows, ids = draft.rows, draft.ids
    if draft.creates is Side.BC or (draft.claimed and rows[Side.BC].get("documentStatus") == OPEN):
        steps.append(Call(side=Side.BC, name="release", table="salesOrders", id=ids[Side.BC], body={}))
    if draft.creates is Side.SALES or (draft.claimed and rows[Side.SALES].get("statecode") == ACTIVE):
        steps.append(Update(side=Side.SALES, table="salesorders", id=ids[Side.SALES], values=dict(IN_PROGRESS)))
    return Addition(after=tuple(steps))


def while_open(rule: Rule) -> Rule:
    """A rule about an order that is made in BC: until it is released there, it is not done."""

    def only(draft: Draft, world: World) -> Addition:
        going = draft.creates is Side.BC or draft.rows.get(Side.BC, {}).get("documentStatus") == OPEN
        return rule(draft, world) if going else Addition()

    return only


RULES: tuple[Rule, ...] = (listed, finished)

IN_CURRENCY = Currency(mapping="CURRENCY", target="transactioncurrencies", nav="transactioncurrencyid", first=True)
CUSTOMER = DocumentCustomer(mapping="CUSTOMER", target="accounts", nav="customerid_account", many=True, first=True)

HEADER_FIELDS = (
    needed(only_new(both("customerId", "customerid", CUSTOMER))),
    needed(only_new(both("currencyId", "transactioncurrencyid", IN_CURRENCY))),
    owned_by("salesperson"),
    both("shipToName", "shipto_name"),
    address(both, "shipTo", "shipto"),
    to_sales("billToName", "billto_name"),
    address(both, "billTo", "billto"),
    *terms(both),
    both("workDescription", "description", Memo()),
    to_sales("discountAmount", "discountamount", OrderDiscount()),
    to_sales("lastShipmentDate", "datefulfilled", Day(local=True)),
)
"""What both sides may change of an order; its customer and currency stay what they were when it was made."""

TOLD_TO_BC = (from_sales("yourReference", "ordernumber", Exact()), from_sales("externalDocumentNumber", "name", Reference()))
"""What an order made in BC is told of the one in Sales; afterwards both are BC's."""

WATCHED = Watch(table="salesOrderLines", column="documentNumber", key="number")
"""A text of a line changes no stamp of its order."""
