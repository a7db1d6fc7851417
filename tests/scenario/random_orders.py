"""Orders as sales people write them, at random and the same for each seed: every kind of line, discount, freight and text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import cycle, islice

CENT = Decimal("0.01")
NONE = Decimal(0)
VAT = Decimal(19)
"""Per cent that is on top of every line in BC, and within the price of an item that includes it."""

TEXT_LENGTH = 100
"""Characters of a description in BC."""


class Sort(StrEnum):
    """What a line sells, and how."""

    ITEM = "item"
    TOLD = "item with a text of its own"
    VAT_WITHIN = "item whose price includes VAT"
    RESOURCE = "resource"
    WRITE_IN = "write-in"
    LONG_WRITE_IN = "write-in with a long text"


class Fate(StrEnum):
    """What people in Business Central do with an order once it is there."""

    LEFT = "left as it came"
    RELEASED = "released"
    SHIPPED_IN_PART = "shipped in part"
    SHIPPED = "shipped"
    INVOICED = "shipped and invoiced"
    IN_TWO = "shipped and invoiced in two parts"
    COMBINED = "invoiced together with others"
    PAID = "invoiced and paid"
    PAID_IN_PART = "invoiced and paid in part"
    UNAPPLIED = "invoiced, paid, and the payment taken back"
    CANCELED = "invoiced and the invoice canceled"
    DELETED = "deleted, and submitted once more"


INVOICED = frozenset({Fate.INVOICED, Fate.IN_TWO, Fate.COMBINED, Fate.PAID, Fate.PAID_IN_PART, Fate.UNAPPLIED, Fate.CANCELED})
"""Orders that are invoiced to the last piece, so that Business Central has them no more."""

IN_PARTS = frozenset({Fate.SHIPPED_IN_PART, Fate.IN_TWO})
"""Orders of which one piece is shipped first: it must not be all there is."""


@dataclass(frozen=True)
class Line:
    """A line as it is typed: `manual` is off the whole line, `volume` off each piece."""

    sort: Sort
    product: int
    quantity: Decimal
    price: Decimal
    manual: Decimal = NONE
    volume: Decimal = NONE
    text: str = ""

    @property
    def off(self) -> Decimal:
        """The discount of the line in money."""
        return cents(self.volume * self.quantity + self.manual)

    @property
    def amount(self) -> Decimal:
        """What the line comes to in Sales."""
        return cents(self.quantity * self.price - self.volume * self.quantity - self.manual)

    @property
    def texts(self) -> list[str]:
        """The lines of text, each no longer than a description of BC."""
        return [line[start : start + TEXT_LENGTH] for line in self.text.split("\n") for start in range(0, len(line), TEXT_LENGTH)]


@dataclass(frozen=True)
class Order:
    """An order as it is typed; `customer` and `product` are places in the lists of the story's company."""

    place: int
    name: str
    customer: int
    by_contact: bool
    currency: str
    lines: tuple[Line, ...]
    percent: Decimal
    off: Decimal
    freight: Decimal
    description: str
    delivered_elsewhere: bool
    fate: Fate

    @property
    def goods(self) -> Decimal:
        """What the lines come to in Sales."""
        return sum((line.amount for line in self.lines), NONE)

    @property
    def discount(self) -> Decimal:
        """The discount on the whole order."""
        return self.off + self.goods * self.percent / 100

    @property
    def total(self) -> Decimal:
        """What the order comes to in Sales, where nobody types a tax."""
        return cents(self.goods - self.discount + self.freight)


def cents(amount: Decimal) -> Decimal:
    """An amount in whole cents."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def random_orders(seed: int, count: int, *, customers: int, products: int) -> list[Order]:
    """So many orders; every sort of line, fate and discount comes in turn, all else at random."""
    return list(islice(_orders(random.Random(seed), customers, products), count))


def _orders(dice: random.Random, customers: int, products: int) -> Iterator[Order]:
    sorts, fates = cycle(Sort), cycle(Fate)
    for place, fate in enumerate(fates):
        lines = tuple(_line(dice, next(sorts), products) for _ in range(dice.randint(1, 6)))
        if fate in IN_PARTS:
            lines = (replace(lines[0], quantity=lines[0].quantity + 1), *lines[1:])
        yield Order(
            place=place,
            name=_name(dice, place),
            customer=_customer(dice, fate, customers),
            by_contact=dice.random() < 0.2,
            currency="USD" if fate is not Fate.COMBINED and dice.random() < 0.2 else "EUR",
            lines=lines,
            percent=dice.choice([NONE, NONE, NONE, Decimal(5), Decimal("2.5")]),
            off=dice.choice([NONE, NONE, Decimal("1.5")]),
            freight=dice.choice([NONE, NONE, Decimal("7.9"), Decimal(25)]),
            description=dice.choice(["", "Please call before you come", "First line\nSecond line"]),
            delivered_elsewhere=dice.random() < 0.3,
            fate=fate,
        )


def _customer(dice: random.Random, fate: Fate, customers: int) -> int:
    """Orders that are invoiced together are those of two customers, so that there are several of each."""
    return dice.randrange(2 if fate is Fate.COMBINED else customers)


def _name(dice: random.Random, place: int) -> str:
    return f"Order {place} {dice.choice(['of Anja', 'for the new house', 'with a name that is longer than thirty-five characters'])}"


def _line(dice: random.Random, sort: Sort, products: int) -> Line:
    price = Decimal(dice.randint(500, 50_000)) * CENT
    quantity = Decimal(dice.choice([1, 2, 3, 4, 5, 7, 12])) if dice.random() < 0.9 else Decimal("2.5")
    return Line(
        sort=sort,
        product=dice.randrange(products),
        quantity=quantity,
        price=price,
        manual=dice.choice([NONE, NONE, NONE, Decimal("1.25"), Decimal(2)]),
        volume=dice.choice([NONE, NONE, NONE, Decimal("0.5")]),
        text=_text(dice, sort),
    )


def _text(dice: random.Random, sort: Sort) -> str:
    said = dice.choice(["Engraved", "Cut to size", "In the colour of the house"])
    if sort is Sort.WRITE_IN:
        return said
    if sort is Sort.LONG_WRITE_IN:
        return " ".join([said] * dice.randint(12, 30)) + "\nto be fetched at the back door"
    if sort is Sort.TOLD:
        return f"{said}\n" + " ".join(["as agreed"] * dice.randint(1, 20))
    return ""
