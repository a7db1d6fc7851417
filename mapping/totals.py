"""Totals of documents: the sum in Sales against the sum in BC, and where the two part (native: only ever found by people).

Sales works no tax out by itself: where it has none, its sum is compared with the one without tax in BC, and a line whose price includes
tax in Sales with the one that includes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from itertools import zip_longest

from mapping.kinds import decimal_text
from mapping.values import Row, Side

DIGITS = 5
SYSTEMS = {Side.BC: "Business Central", Side.SALES: "Sales"}
SHOWN = 10
"""Places that a difference names; the others are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """The amounts of a document or a line on one side: `net` and `tax` are sums of columns, what a `gross` column has less its tax is net.

    `percent` is the rate of the tax, `discount` what the document as a whole is reduced by, `freight` what is added for its transport.
    """

    net: tuple[str, ...] = ()
    gross: str = ""
    tax: str = ""
    percent: str = ""
    discount: str = ""
    freight: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(dict.fromkeys(name for name in (*self.net, self.gross, self.tax, self.percent, self.discount, self.freight) if name))


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """The lines of one side: the property of their document that leads to them, the column that orders them, and what they are called by.

    `kind` is the column that says what sort of line one is: texts have no amounts, and those of `freight` sorts are no goods.
    """

    nested: str
    order: str
    names: tuple[str, ...]
    sums: Sums
    kind: str = ""
    texts: tuple[str, ...] = ()
    freight: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """Which columns of a document and its lines are compared, per side."""

    sums: Mapping[Side, Sums]
    lines: Mapping[Side, Lines] = field(default_factory=dict)

    def columns(self, side: Side) -> tuple[str, ...]:
        """The columns of a header that are compared."""
        return self.sums[side].columns


@dataclass(frozen=True, slots=True)
class Share:
    """One place where two documents part: its name, and the amount on either side."""

    name: str
    sales: Decimal
    bc: Decimal

    @property
    def apart(self) -> Decimal:
        """How far the two are apart."""
        return abs(self.sales - self.bc)

    def __str__(self) -> str:
        return f"{self.name} {amount(self.sales)} / {amount(self.bc)}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Two totals that are further apart than they may be, and the places where they part."""

    total: Share
    shares: tuple[Share, ...] = ()

    def listed(self) -> list[dict[str, str]]:
        """The same for programs: the total first, then as many places as are named."""
        places = (self.total, *self.shares[:SHOWN])
        return [{"place": each.name, "sales": amount(each.sales), "bc": amount(each.bc)} for each in places]

    def __str__(self) -> str:
        sums = f"the total is {amount(self.total.sales)} in Sales and {amount(self.total.bc)} in Business Central"
        more = len(self.shares) - SHOWN
        listed = ", ".join(map(str, self.shares[:SHOWN])) + (f" and {more} more" if more > 0 else "")
        return f"{sums}; they part (Sales / BC) in {listed}" if listed else sums


def amount(value: Decimal) -> str:
    """An amount as people read it, with two decimals or as many as it has."""
    text = decimal_text(value, DIGITS)
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<2}"


def _read(row: Row, *names: str) -> Decimal:
    return sum((Decimal(str(row.get(name) or 0)) for name in names if name), Decimal(0))


def _tax(sums: Sums, row: Row) -> Decimal:
    return _read(row, sums.tax)


def _net(sums: Sums, row: Row) -> Decimal:
    return _read(row, sums.gross) - _tax(sums, row) if sums.gross else _read(row, *sums.net)


def _readings(name: str, sums: Mapping[Side, Sums], rows: Mapping[Side, Row]) -> tuple[Share, Share]:
    """Two amounts with the tax of BC, and without it."""
    sales = _net(sums[Side.SALES], rows[Side.SALES]) + _tax(sums[Side.SALES], rows[Side.SALES])
    net = _net(sums[Side.BC], rows[Side.BC])
    return Share(name, sales, net + _tax(sums[Side.BC], rows[Side.BC])), Share(name, sales, net)


class Tax(Enum):
    """What Sales means by its sums: with a tax of its own, with one that is within the prices, or without any."""

    OWN = "own"
    WITHIN = "within"
    NONE = "none"


def _meant(totals: Totals, rows: Mapping[Side, Row]) -> tuple[Tax, Share]:
    """What Sales means by the total of a document, and the two totals as they are comparable then."""
    with_tax, without = _readings("total", totals.sums, rows)
    if _tax(totals.sums[Side.SALES], rows[Side.SALES]):
        return Tax.OWN, with_tax
    return (Tax.WITHIN, with_tax) if with_tax.apart < without.apart else (Tax.NONE, without)


def differ(totals: Totals, rows: Mapping[Side, Row], tolerance: Decimal) -> bool:
    """Whether the totals of two headers are further apart than they may be."""
    return _meant(totals, rows)[1].apart > tolerance


def difference(totals: Totals, rows: Mapping[Side, Row], lines: Mapping[Side, Sequence[Row]], tolerance: Decimal) -> Difference | None:
    """What sets two documents apart; None where their totals agree, or all that they are made of."""
    tax, total = _meant(totals, rows)
    if total.apart <= tolerance:
        return None
    shares = [*_of_lines(totals, lines, tax, tolerance), *_of_headers(totals, rows, lines, tax)]
    apart = sorted((share for share in shares if share.apart), key=lambda share: -share.apart)
    # Prices with tax beside prices without it: every line agrees, as Sales means it.
    agreed = tax is not Tax.OWN and all(lines.get(side) for side in Side) and sum(share.apart for share in apart) <= tolerance
    return None if agreed else Difference(total, tuple(apart))


def _line(name: str, sums: Mapping[Side, Sums], rows: Mapping[Side, Row], tax: Tax, tolerance: Decimal) -> Share:
    """A line as its document is meant; where Sales has no tax of its own, also the other way if it agrees then."""
    with_tax, without = _readings(name, sums, rows)
    usual, other = (without, with_tax) if tax is Tax.NONE else (with_tax, without)
    if tax is Tax.OWN or usual.apart <= tolerance:
        return usual
    # The tax of a line is of what the discount of the whole leaves of it; its price holds all of it.
    whole = Share(name, with_tax.sales, without.bc * (1 + _read(rows[Side.BC], sums[Side.BC].percent) / 100))
    return next((each for each in (other, whole) if each.apart <= tolerance), usual)


def _of_lines(totals: Totals, lines: Mapping[Side, Sequence[Row]], tax: Tax, tolerance: Decimal) -> list[Share]:
    """Line beside line, in their order; what one side has more stands alone."""
    ordered = {side: _goods(totals.lines[side], lines.get(side, ())) for side in Side}
    if len(ordered[Side.BC]) != len(ordered[Side.SALES]):
        # What is said in a line of its own on one side stands on the other side elsewhere.
        ordered = {side: [row for row in rows if _net(totals.lines[side].sums, row)] for side, rows in ordered.items()}
    pairs = zip_longest(ordered[Side.SALES], ordered[Side.BC], fillvalue=dict[str, object]())
    sums = {side: totals.lines[side].sums for side in Side}
    return [
        _line(_called(totals, place, pair), sums, pair, tax, tolerance)
        for place, (sales, bc) in enumerate(pairs, 1)
        if (pair := {Side.SALES: sales, Side.BC: bc})
    ]


def _goods(lines: Lines, rows: Sequence[Row]) -> list[Row]:
    goods = [row for row in rows if row.get(lines.kind) not in (*lines.texts, *lines.freight)] if lines.kind else list(rows)
    return sorted(goods, key=lambda row: row.get(lines.order) or 0)


def _called(totals: Totals, place: int, rows: Mapping[Side, Row]) -> str:
    names = (rows[side].get(name) for side in (Side.SALES, Side.BC) for name in totals.lines[side].names)
    name = next((str(name) for name in names if name), "")
    alone = next((f" (only in {SYSTEMS[side]})" for side in Side if not rows[side.other]), "")
    return f"line {place}{f' {name}' if name else ''}{alone}"


def _of_headers(totals: Totals, rows: Mapping[Side, Row], lines: Mapping[Side, Sequence[Row]], tax: Tax) -> list[Share]:
    """The discount of the whole, and freight, which is a column on one side and may be lines on the other."""
    sums = totals.sums
    discount, freight = ({side: _read(rows[side], getattr(sums[side], name)) for side in Side} for name in ("discount", "freight"))
    for side, each in totals.lines.items():
        for row in lines.get(side, ()):
            if each.freight and row.get(each.kind) in each.freight:
                freight[side] += _net(each.sums, row) + (_tax(each.sums, row) if tax is not Tax.NONE else Decimal(0))
    return [
        Share("discount", -discount[Side.SALES], -discount[Side.BC]),
        Share("freight", freight[Side.SALES], freight[Side.BC]),
    ]
