"""Amounts of documents: each is in the currency of its document, on both sides alike; and what Sales works out of those of a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from mapping.field import FieldMapping
from mapping.kinds import Number, currency_id, decimal_text, number
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World


@dataclass(frozen=True, slots=True)
class OwnMoney(Number):
    """An amount in the document's own currency, with the decimals that this has in Sales."""

    signed: bool = True

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[field.column(side)]
        return None if value is None else decimal_text(value, 5 if side is Side.BC else decimals({Side.SALES: row}, world))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        rounded = decimal_text(value or 0, decimals(pair, world))
        holds = rounded if self.signed or not rounded.startswith("-") else "0"
        return Written(values={field.column(side): number(holds)}, holds=holds)


def decimals(pair: Mapping[Side, Row], world: World) -> int:
    """Decimals of the amounts of a document, or of a line of it: those of its currency."""
    if world.decimals is not None:
        return world.decimals
    own = world.currency(currency_id(pair, world)) or world.local_currency
    return own.precision if own and own.precision is not None else world.currency_precision


def of_lines(document: Mapping[Side, Row], world: World) -> World:
    """The world beside the lines of a document, whose amounts are in its currency."""
    return replace(world, decimals=decimals(document, world))


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAmounts:
    """What a posted line of BC says to Sales, which multiplies price and quantity, takes off the discount and adds the tax."""

    quantity: Decimal
    price: Decimal
    discount: Decimal
    tax: Decimal
    digits: int
    step: Decimal

    @property
    def unsure(self) -> Decimal:
        """By how much rounded prices and amounts may part it from what BC came to, at most."""
        return abs(self.quantity) * self.step / 2 + Decimal(1).scaleb(-self.digits)

    @property
    def extended(self) -> Decimal:
        """What Sales comes to."""
        return rounded(self.quantity * self.price, self.digits) - self.discount + self.tax


def line_amounts(line: Row, header: Row, world: World) -> LineAmounts:
    """The amounts of a posted line (behaviour.md, section 15.4).

    A price that includes VAT is told without the line's tax, which Sales adds. Sales takes no discount below zero, as one on goods that
    were returned is: that is part of the price.
    """
    digits = decimals({Side.BC: header}, world)
    quantity, tax = rounded(line["quantity"], 5), rounded(line["netTaxAmount"], digits)
    price, discount = Decimal(str(line["unitPrice"] or 0)), rounded(line["discountAmount"], digits)
    if quantity and header.get("pricesIncludeTax"):
        price -= tax / quantity
    if quantity and discount < 0:
        price, discount = price - discount / quantity, Decimal(0)
    step = Decimal(1).scaleb(-world.pricing_precision)
    price = rounded(price, world.pricing_precision)
    return LineAmounts(quantity=quantity, price=price, discount=discount, tax=tax, digits=digits, step=step)


def left_over(lines: Iterable[Row], header: Row, world: World) -> Decimal | None:
    """What BC's total has and Sales would not come to: the roundings of prices that include VAT, or have more decimals than in Sales.

    None where no rounding can be the reason: lines are missing.
    """
    digits, amounts = decimals({Side.BC: header}, world), [line_amounts(line, header, world) for line in lines]
    comes_to = sum((each.extended for each in amounts), Decimal(0)) - rounded(header["discountAmount"], digits)
    left = rounded(header["totalAmountIncludingTax"], digits) - comes_to
    most = sum((each.unsure for each in amounts), Decimal(1).scaleb(-digits))
    return left if abs(left) <= most else None


def rounded(value: object, digits: int) -> Decimal:
    """An amount with so many decimals, half up as money is; a blank is nothing."""
    return Decimal(str(value or 0)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
