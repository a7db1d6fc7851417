"""What must come of the random orders, worked out from what was typed and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.scenario.order_company import FREIGHT, WRITE_IN
from tests.scenario.order_people import WRITTEN_IN, product_number
from tests.scenario.people import Row
from tests.scenario.random_orders import INVOICED, NONE, VAT, Fate, Line, Order, Sort, cents

RESOURCE, ITEM, ACCOUNT, TEXT = "Resource", "Item", "G_x002F_L_x0020_Account", "_x0020_"
FIFTH_PLACE = Decimal("0.00001")
RATE = 1 + VAT / 100

SUBMITTED, FULFILLED, INVOICED_STATE = (1, 3), (3, 100001), (4, 100003)
ORDER_STATES = {fate: INVOICED_STATE if fate in INVOICED else FULFILLED if fate is Fate.SHIPPED else SUBMITTED for fate in Fate}
"""State and status of an order in Sales once all is in step (rules C5, E6)."""

BILLED, PARTIAL, COMPLETE, CANCELED = (0, 4), (2, 100002), (2, 100001), (3, 100003)
INVOICE_STATES = {fate: BILLED for fate in INVOICED} | {
    Fate.PAID: COMPLETE,
    Fate.PAID_IN_PART: PARTIAL,
    Fate.CANCELED: CANCELED,
}
"""State and status of its last invoice in Sales (rule E5)."""


@dataclass(frozen=True)
class Sold:
    """A line of a document in BC that costs something."""

    type: str
    number: str
    quantity: Decimal
    price: Decimal
    off: Decimal

    @property
    def net(self) -> Decimal:
        """Its amount without VAT and without a share of the discount on the whole order."""
        return cents(self.quantity * self.price - self.off)


def sold(order: Order) -> list[Sold]:
    """The lines that BC must have, in order, freight last."""
    lines = [_sold(line) for line in order.lines]
    return [*lines, Sold(ACCOUNT, FREIGHT, Decimal(1), order.freight, NONE)] if order.freight else lines


def _sold(line: Line) -> Sold:
    """Price and amount of an item whose price includes VAT are without it in BC; the discount is what lies between them."""
    number = WRITE_IN if line.sort in WRITTEN_IN else product_number(line)
    kind = RESOURCE if line.sort is Sort.RESOURCE else ITEM
    if line.sort is not Sort.VAT_WITHIN:
        return Sold(kind, number, line.quantity, line.price, line.off)
    price = (line.price / RATE).quantize(FIFTH_PLACE, ROUND_HALF_UP)
    off = cents(line.quantity * price) - cents((line.quantity * line.price - line.off) / RATE) if line.off else NONE
    return Sold(kind, number, line.quantity, price, off)


def words(order: Order) -> str:
    """All texts of the lines one after the other, without the blanks at which they may be broken."""
    return _flat(line.text for line in order.lines)


def words_in_bc(order: Order, lines: Iterable[Row]) -> str:
    """The same of the lines in BC: texts under a line of the catalogue, and of a write-in also its description."""
    return _flat(line["description"] for line in lines if line["type"] == TEXT or line["lineObjectNumber"] == WRITE_IN)


def _flat(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())


def sold_in_bc(lines: Iterable[Row]) -> list[Sold]:
    """The lines of a document in BC that cost something."""
    ordered = sorted(lines, key=lambda line: int(line["sequence"]))
    return [
        Sold(line["type"], line["lineObjectNumber"], *(Decimal(str(line[name])) for name in ("quantity", "unitPrice", "discountAmount")))
        for line in ordered
        if line["quantity"]
    ]


def net(order: Order) -> Decimal:
    """What the order comes to in BC without VAT: its lines less what the whole order is reduced by in Sales."""
    reduced = order.goods + order.freight - order.total
    return sum((line.net for line in sold(order)), NONE) - reduced
