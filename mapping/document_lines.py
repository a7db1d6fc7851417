"""What lines of sales documents have in common: what they sell, in which unit, at which price, and their texts (section 15.1).

A line that is made in BC holds what was agreed in Sales: its price and its discount are always sent, so that BC finds none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from mapping.amounts import decimals
from mapping.beside import Related
from mapping.field import FieldMapping
from mapping.fields import from_sales, needed
from mapping.kinds import Number, decimal_text, number
from mapping.lookups import Lookup
from mapping.model import Addition, Draft, Rule, Unit
from mapping.products import SALES_SETUP, SETUP
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

PRODUCT, ITEMS, CUSTOMER, TAXES = "product", "items of lines", "customer of the document", "VAT posting setup"

STATES = {0: "Active", 1: "Retired", 2: "Draft", 3: "Under Revision"}
"""product.statecode."""

ITEM, RESOURCE = 1, 3
"""product.producttypecode: Sales Inventory, Services."""

SOLD_AS = {ITEM: "ITEM-PRODUCT", RESOURCE: "RESOURCE-PRODUCT"}
QUANTITY_DIGITS, PRICE_DIGITS = 5, 5

PRODUCT_OF_LINE = Related(
    name=PRODUCT,
    side=Side.SALES,
    table="products",
    key="productid",
    of="_productid_value",
    columns=("productid", "productnumber", "name", "statecode", "producttypecode", "_defaultuomid_value", "_defaultuomscheduleid_value"),
)
SOLD, SOLD_ITEM = "lineObjectId", "itemId"
"""What a line of BC sells: an item or a resource, and in API v2.0 an item."""

ITEM_OF_LINE = Related(
    name=ITEMS,
    side=Side.BC,
    table="items",
    key="id",
    by=SOLD,
    columns=("id", "baseUnitOfMeasureCode", "priceIncludesTax", "vatBusinessPostingGroupPrice", "vatProductPostingGroup"),
)
ITEM_ALONE = replace(ITEM_OF_LINE, columns=("id", "baseUnitOfMeasureCode", "priceIncludesTax"))
"""What API v2.0 tells of an item: not how much tax its price includes."""

CUSTOMER_OF_DOCUMENT = Related(
    name=CUSTOMER,
    side=Side.BC,
    table="customers",
    key="id",
    by="customerId",
    columns=("id", "number", "blocked", "pricesIncludeVAT", "vatBusinessPostingGroup"),
)
TAX_RATES = Related(
    name=TAXES,
    side=Side.BC,
    table="vatPostingSetups",
    key="vatBusinessPostingGroup",
    of="vatBusinessPostingGroupPrice",
    beside=ITEMS,
    columns=("vatBusinessPostingGroup", "vatProductPostingGroup", "vatPercent"),
)
"""Of items whose price includes VAT, which say for whom."""

BESIDE_DOCUMENTS = (CUSTOMER_OF_DOCUMENT, SALES_SETUP)
"""What lines look at beside their document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineProduct(Lookup):
    """The item or resource that a line sells: an active product of Sales whose type is that of its record (section 15.1)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        product = world.row(PRODUCT, str(value)) if side is Side.BC and value else {}
        if not product:
            return Lookup.write(self, field, side, value, pair, world)
        state, type_ = product["statecode"], product["producttypecode"]
        if state:
            return Refusal(code="product_not_active", detail=f"product {product['productnumber']} is {STATES.get(state, state)} in Sales")
        if type_ not in SOLD_AS:
            return Refusal(code="product_type", detail=f"product {product['productnumber']} is neither an inventory item nor a service")
        written = Lookup.write(self, field, side, value, pair, world)
        awaited = SOLD_AS[type_]
        if isinstance(written, Refusal) and written.waits and awaited in self.mappings:
            return replace(written, detail=f"its {awaited} is not coupled", waits=replace(written.waits, mapping=awaited))
        return written


def product() -> Unit:
    """What a line of Sales sells; a line without product is a write-in."""
    kind = LineProduct(mapping="ITEM-PRODUCT", others=("RESOURCE-PRODUCT",), target="products", nav="productid", many=True, first=True)
    return from_sales(SOLD, "productid", kind)


def item_alone() -> Unit:
    """What a line of Sales sells where API v2.0 knows no resources: an item."""
    kind = LineProduct(mapping="ITEM-PRODUCT", target="products", nav="productid", many=True, first=True)
    return from_sales(SOLD_ITEM, "productid", kind, name=SOLD)


def quantity() -> Unit:
    """How much a line sells."""
    return needed(from_sales("quantity", "quantity", Number(precision=QUANTITY_DIGITS, signed=True)))


def something_sold(draft: Draft, world: World) -> Addition:
    """A line of nothing, or of less than nothing, is no sale: BC would take it and could not ship it."""
    amount = Decimal(str(_source(draft).get("quantity") or 0))
    if draft.creates is not Side.BC or amount > 0:
        return Addition()
    return Addition(refusal=Refusal(code="bad_quantity", detail=f"its quantity is {decimal_text(amount, QUANTITY_DIGITS)}"))


def write_in(draft: Draft, world: World) -> Addition:
    """A line without product sells the write-in product of BC's Sales & Receivables Setup (section 15.1)."""
    if draft.creates is not Side.BC or _source(draft).get("_productid_value"):
        return Addition()
    setup = world.row(SETUP, "*")
    kind, sold = str(setup.get("writeInProductType") or ""), str(setup.get("writeInProductNumber") or "")
    if not sold:
        lacking = "Sales & Receivables Setup names no write-in product" if setup else "API v2.0 does not tell which product write-ins are"
        return Addition(refusal=Refusal(code="no_write_in_product", detail=f"it has no product, and {lacking}"))
    return Addition(values={Side.BC: {"lineType": kind, "lineObjectNumber": sold}})


def in_own_unit(draft: Draft, world: World) -> Addition:
    """In the base unit, the only one that Sales knows of a product while units are single."""
    row, product = _source(draft), _product(draft, world)
    if draft.creates is not Side.BC or not product:
        return Addition()
    if row.get("_uomid_value") != product["_defaultuomid_value"]:
        return Addition(refusal=_other_unit(product))
    code = _item(draft, world).get("baseUnitOfMeasureCode")
    return Addition(values={Side.BC: {"unitOfMeasureCode": code}} if code else {})


UNIT_OF_LINE = Related(
    name="unit", side=Side.SALES, table="uoms", key="uomid", of="_uomid_value", columns=("uomid", "name", "_uomscheduleid_value")
)


def in_unit_of_group(draft: Draft, world: World) -> Addition:
    """In the unit of the product's own unit group, which is called as in BC."""
    row, product = _source(draft), _product(draft, world)
    if draft.creates is not Side.BC or not product:
        return Addition()
    unit = world.row(UNIT_OF_LINE.name, row.get("_uomid_value"))
    if unit.get("_uomscheduleid_value") != product["_defaultuomscheduleid_value"]:
        return Addition(refusal=_other_unit(product))
    return Addition(values={Side.BC: {"unitOfMeasureCode": unit["name"]}})


def _other_unit(product: Row) -> Refusal:
    return Refusal(code="other_unit", detail=f"its unit is none in which product {product['productnumber']} is counted")


def priced(draft: Draft, world: World) -> Addition:
    """The price and the discount of the line as agreed; a price that includes VAT goes without it to a document that does not (T535)."""
    if draft.creates is not Side.BC:
        return Addition()
    row, within = _source(draft), _tax_within(draft, world)
    if isinstance(within, Refusal):
        return Addition(refusal=within)
    amount, price = (Decimal(str(row.get(name) or 0)) for name in ("quantity", "priceperunit"))
    off = amount * Decimal(str(row.get("volumediscountamount") or 0)) + Decimal(str(row.get("manualdiscountamount") or 0))
    net = Decimal(decimal_text(price / (1 + within / 100), PRICE_DIGITS))
    digits = decimals(draft.rows, world)
    if within and off:
        # What is left to pay is what counts: the discount takes up what the price lost by rounding.
        off = _money(amount * net, digits) - _money((amount * price - off) / (1 + within / 100), digits)
    values = {"unitPrice": number(decimal_text(net, PRICE_DIGITS)), "discountAmount": number(decimal_text(off, digits))}
    return Addition(values={Side.BC: values})


def _money(amount: Decimal, digits: int) -> Decimal:
    return Decimal(decimal_text(amount, digits))


def _tax_within(draft: Draft, world: World) -> Decimal | Refusal:
    """The per cent of VAT that the price of the line holds and BC's document adds; 0 where both mean the same price."""
    item, customer = _item(draft, world), world.row(CUSTOMER, _customer(draft))
    if not item.get("priceIncludesTax") or customer.get("pricesIncludeVAT"):
        return Decimal(0)
    if "vatBusinessPostingGroup" not in customer or "vatBusinessPostingGroupPrice" not in item:
        return Refusal(code="no_vat_rate", detail="the price of its item includes VAT, and nothing tells how much")
    if item["vatBusinessPostingGroupPrice"] != customer["vatBusinessPostingGroup"]:
        return Decimal(0)
    groups = {"vatBusinessPostingGroup": item["vatBusinessPostingGroupPrice"], "vatProductPostingGroup": item["vatProductPostingGroup"]}
    rates = world.rows(TAXES, item["vatBusinessPostingGroupPrice"])
    rate = next((each for each in rates if all(each[name] == code for name, code in groups.items())), None)
    if rate is None:
        return Refusal(code="no_vat_rate", detail=f"VAT Posting Setup has no {' / '.join(groups.values())}")
    return Decimal(str(rate["vatPercent"]))


def with_texts(draft: Draft, world: World) -> Sequence[Mapping[str, Any]] | Refusal:
    """A write-in is called by the beginning of its text; what does not fit, and the text of a product, stands in comments (T517, T518)."""
    values, row = draft.values[Side.BC], _source(draft)
    told = list(pieces(str(row.get("description") or row.get("productdescription") or ""), TEXT_LENGTH))
    if not row.get("_productid_value"):
        return ({**values, **({"description": told[0]} if told else {})}, *map(_comment, told[1:]))
    named = str(_product(draft, world).get("name") or "")
    return (values, *map(_comment, told if told != [named] else ()))


TEXT_LENGTH = 100
"""Characters of a line's description in BC."""


def _comment(text: str) -> Mapping[str, Any]:
    return {"lineType": "Comment", "description": text}


def pieces(text: str, length: int) -> Iterator[str]:
    """The lines of a text, those that are longer than so many UTF-16 units in several; blank ones say nothing."""
    for line in text.splitlines():
        rest = line.strip()
        while rest:
            piece = rest.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")
            yield piece
            rest = rest[len(piece) :]


def freight(draft: Draft, world: World) -> Sequence[Mapping[str, Any]] | Refusal:
    """The freight of a document is a line on the freight account of Sales & Receivables Setup (T502)."""
    amount = Decimal(str(_source(draft).get("freightamount") or 0))
    if draft.creates is not Side.BC or not amount:
        return ()
    account = str(world.row(SETUP, "*").get("freightGLAccNumber") or "")
    if not account:
        return Refusal(code="no_freight_account", detail="it has freight, and Sales & Receivables Setup names no freight account")
    price = number(decimal_text(amount, decimals(draft.rows, world)))
    return ({"lineType": "Account", "lineObjectNumber": account, "quantity": 1, "unitPrice": price},)


RELATED = (PRODUCT_OF_LINE, ITEM_OF_LINE, TAX_RATES)
"""What a line looks at."""
RELATED_STANDARD = {"vatPostingSetups": {"related": (PRODUCT_OF_LINE, ITEM_ALONE)}}
"""What a line looks at instead where BC does not serve the rates of VAT."""

READ = ("description", "productdescription", "_uomid_value", "priceperunit", "volumediscountamount", "manualdiscountamount")
"""Columns of a line of Sales that its rules read."""

RULES: tuple[Rule, ...] = (something_sold, write_in, in_own_unit, priced)
IN_UNIT_GROUPS = {"related": (*RELATED, UNIT_OF_LINE), "rules": (something_sold, write_in, in_unit_of_group, priced)}
"""What is otherwise where units come in groups."""


def _source(draft: Draft) -> Row:
    return draft.rows.get(Side.SALES, {})


def _product(draft: Draft, world: World) -> Row:
    return world.row(PRODUCT, _source(draft).get("_productid_value"))


def _item(draft: Draft, world: World) -> Row:
    values = draft.values[Side.BC]
    return world.row(ITEMS, values.get(SOLD) or values.get(SOLD_ITEM))


def _customer(draft: Draft) -> str | None:
    return draft.document.values[Side.BC].get("customerId") if draft.document else None
