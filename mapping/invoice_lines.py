"""POSTEDSALESLINE-INV: the lines of posted invoices, which go with their invoice only (rule E5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapping.amounts import OwnMoney, left_over, line_amounts
from mapping.field import Direction, FieldMapping
from mapping.fields import needed, on, to_sales
from mapping.kinds import Number, number
from mapping.lookups import Lookup
from mapping.model import Addition, Draft, Keep, Table, TableMapping
from mapping.price_units import PriceUnit, products_with_units
from mapping.prices import PRICES_OF_PRODUCT
from mapping.products import ACTIVE, SALES_SETUP, NotWriteIn, bound
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

NAME = "POSTEDSALESLINE-INV"
COMMENT = "Comment"
SOLD = {"Item": "ITEM-PRODUCT", "Resource": "RESOURCE-PRODUCT"}
"""Types of lines that sell a product, and the mappings of these."""

OBJECT = "lineObjectId"
"""The item or resource of a line; API v2.0 shows items only, so that lines of resources are written in there."""

WRITE_IN: Mapping[str, Keep] = {kind: NotWriteIn(kind, "lineObjectNumber") for kind in SOLD}


@dataclass(frozen=True, slots=True)
class Says:
    """Lines that say something of their own: neither an empty text, nor one that is attached to another line and goes with that."""

    def __call__(self, row: Row, world: World) -> str | None:
        if row.get("lineType") != COMMENT:
            return None
        if row.get("attachedToLineNumber"):
            return f"its text goes with line {row['attachedToLineNumber']}"
        return None if str(row.get("description") or "").strip() else "it is an empty line"

    def __str__(self) -> str:
        return "it is neither empty nor the text of another line"


SAYS = Says()


@dataclass(frozen=True, kw_only=True, slots=True)
class SoldProduct(Lookup):
    """The product of an item or resource; a line of any other type, or of the write-in product, has none (behaviour.md, section 15.4)."""

    def spoken(self, field: FieldMapping, row: Row) -> str:
        return str(row.get(OBJECT) or row[field.bc] or "") if row["lineType"] in SOLD else ""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        written_in = side is Side.BC and row["lineType"] in SOLD and WRITE_IN[row["lineType"]](row, world)
        return None if written_in else Lookup.read(self, field, side, row, world)

    def write_blank(self, field: FieldMapping, side: Side, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        return Written(values={}, holds=None)


PRODUCTS_SOLD: Mapping[str, Any] = {
    "mapping": SOLD["Item"],
    "others": (SOLD["Resource"],),
    "target": "products",
    "nav": "productid",
    "many": True,
    "first": True,
    "told_by": "lineType",
    "sorts": SOLD,
}
"""Which products a line of BC may sell, and what says which."""

PRODUCT = to_sales(
    "itemId",
    "productid",
    SoldProduct(**PRODUCTS_SOLD),
    name="product",
)


def written_in(draft: Draft, world: World) -> Addition:
    """What is no product of the catalogue is written in by number and description: freight, fixed assets, texts (section 15.4)."""
    if "productid@odata.bind" in draft.values[Side.SALES]:
        return Addition()
    row = draft.rows[Side.BC]
    said = " ".join(part for name in ("lineObjectNumber", "description") if (part := str(row[name] or "").strip()))
    return Addition(values={Side.SALES: {"isproductoverridden": True, "productdescription": said}})


def on_sale(draft: Draft, world: World) -> Addition:
    """Sales takes no product into a document that is not active there: retired with its blocked item or resource, or a draft."""
    product = world.row("product", bound(draft, "productid"))
    if product.get("statecode", ACTIVE["statecode"]) == ACTIVE["statecode"]:
        return Addition()
    said = "its product in Sales is not active, as its item or resource is blocked, or it is not published"
    return Addition(refusal=Refusal(code="product_not_active", detail=said))


def amounts_as_in_bc(draft: Draft, world: World) -> Addition:
    """Price and discount by which Sales comes to BC's amounts."""
    if draft.document is None:
        return Addition()
    found = line_amounts(draft.rows[Side.BC], draft.document.rows[Side.BC], world)
    values = {"priceperunit": found.price, "manualdiscountamount": found.discount}
    return Addition(values={Side.SALES: {name: number(str(value)) for name, value in values.items()}})


def told_of_it(draft: Draft, world: World) -> Addition:
    """Texts that are attached to the line are its description; it goes where the invoice goes (native rule of the line)."""
    if draft.document is None:
        return Addition()
    mine = draft.rows[Side.BC]["sequence"]
    texts = [str(line["description"] or "") for line in lines_of(draft.document, world) if line.get("attachedToLineNumber") == mine]
    there = {name: value for name, value in draft.document.values[Side.SALES].items() if name.startswith("shipto_")}
    return Addition(values={Side.SALES: {**there, "description": "\n".join(texts)[:MEMO]}})


MEMO = 2000
"""Characters that the description of a line takes."""


def lines_of(document: Draft, world: World) -> Sequence[Row]:
    """All lines of a posted invoice, in their order."""
    known = world.parts.get(NAME)
    return sorted(known.of(Side.BC, document.ids[Side.BC]), key=lambda line: int(line["sequence"])) if known else ()


def rounding(draft: Draft, world: World) -> Sequence[Row] | Refusal:
    """The difference between BC's total and what Sales comes to is a line of its own (behaviour.md, section 15.4)."""
    shown = [row for row in lines_of(draft, world) if SAYS(row, world) is None]
    left = left_over(shown, draft.rows[Side.BC], world)
    if left is None:
        return Refusal(code="lines_incomplete", detail=f"its {len(shown)} lines do not come to its total")
    values = {"isproductoverridden": True, "productdescription": "Rounding", "ispriceoverridden": True, "quantity": 1}
    return [{**values, "priceperunit": number(str(left))}] if left else []


POSTEDSALESLINE_INV = TableMapping(
    name=NAME,
    bc=Table(name="salesInvoiceLines", changed=""),
    sales=Table(name="invoicedetails", id="invoicedetailid", changed="modifiedon"),
    direction=Direction.TO_SALES,
    part_of="POSTEDSALESINV-INV",
    only_coupled=False,
    keep={Side.BC: [SAYS]},
    needs=("ITEM-PRODUCT", "RESOURCE-PRODUCT"),
    creates=frozenset({Side.SALES}),
    constants={Side.SALES: {"ispriceoverridden": True}},
    related=(SALES_SETUP, *products_with_units(PRODUCT.name), PRICES_OF_PRODUCT),
    rules=(written_in, on_sale, amounts_as_in_bc, told_of_it),
    also={Side.BC: ("lineType", "lineObjectNumber", OBJECT, "description", "attachedToLineNumber")},
    names={Side.BC: ("lineObjectNumber", "description"), Side.SALES: ("productname",)},
    fields=on(
        "salesInvoiceLines",
        "invoicedetails",
        PRODUCT,
        to_sales("unitOfMeasureCode", "uomid", PriceUnit(product=PRODUCT.members[0])),
        to_sales("sequence", "lineitemnumber", Number(precision=0)),
        needed(to_sales("quantity", "quantity", Number(precision=5, signed=True))),
        to_sales("unitPrice", "priceperunit", OwnMoney()),
        to_sales("discountAmount", "manualdiscountamount", OwnMoney(signed=False)),
        to_sales("netTaxAmount", "tax", OwnMoney()),
    ),
)
