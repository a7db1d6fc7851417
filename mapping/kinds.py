"""How a field's value is read from either row into comparable form, and written to either side.

A kind is a pure pair of functions per side. What one side holds is kept in that side's own terms (a lookup's own id, an amount
in the row's own currency): two values are the same when one, written to the other side, arrives as the other (rule B1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar

from mapping.field import FieldMapping, Kind
from mapping.normal import Form
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

EMAIL = re.compile(r"[^@\s;,<>]+@[^@\s;,<>.]+(\.[^@\s;,<>.]+)+")


def fold(value: Scalar) -> Scalar:
    """A value without regard to case, as both services compare text."""
    return value.casefold() if isinstance(value, str) else value


def utf16(text: str) -> int:
    """Length in UTF-16 units, as both services count (rule B5)."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, length: int) -> str:
    """The longest beginning of a text that fits, without splitting a character (rule B5)."""
    raw = text.encode("utf-16-le")[: length * 2]
    return raw.decode("utf-16-le", errors="ignore").rstrip()


def one_line(text: str) -> str:
    """Line breaks and control characters become blanks, as BC has one-line fields (rule B5)."""
    return "".join(" " if unicodedata.category(mark) == "Cc" else mark for mark in text).strip()


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Plain text; longer than the other column, it is cut there and stays whole where it is (rule B5)."""

    form: ClassVar[Form] = Form.TEXT
    may_cut: bool = True
    upper: bool = False
    caseless: bool = False

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[field.column(side)]
        return str(value).strip() or None if value is not None else None

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        text = str(value or "")
        if side is Side.BC:
            text = one_line(text.upper() if self.upper else text)
        refusal = self.refuse(field, side, text)
        if refusal:
            return refusal
        limit = field.length(side)
        if limit is not None and utf16(text) > limit:
            if not self.may_cut:
                return too_long(field, side, limit)
            return Written(values={field.column(side): cut(text, limit)}, holds=cut(text, limit), shortened=True)
        return Written(values={field.column(side): text if side is Side.BC else text or None}, holds=text or None)

    def refuse(self, field: FieldMapping, side: Side, text: str) -> Refusal | None:
        """Why this text cannot be written to `side`; nothing by default."""
        return None


def too_long(field: FieldMapping, side: Side, limit: int) -> Refusal:
    """The refusal of a value that is never cut: codes, numbers, e-mail, phone, web addresses (rule B5)."""
    return Refusal(code="too_long", detail=f"{field.column(side)} takes {limit} characters")


@dataclass(frozen=True, slots=True)
class Exact(Text):
    """Codes and numbers: never cut, and the same in whatever case."""

    form: ClassVar[Form] = Form.CODE
    may_cut: bool = False
    caseless: bool = True


@dataclass(frozen=True, slots=True)
class Email(Exact):
    """E-mail addresses; BC checks them, Sales does not."""

    form: ClassVar[Form] = Form.EMAIL

    def refuse(self, field: FieldMapping, side: Side, text: str) -> Refusal | None:
        wrong = side is Side.BC and text and not all(EMAIL.fullmatch(part.strip()) for part in text.split(";"))
        return Refusal(code="invalid_value", detail=f"{field.column(side)} must be an e-mail address") if wrong else None


@dataclass(frozen=True, slots=True)
class Phone(Exact):
    """Phone numbers; BC refuses letters in them."""

    form: ClassVar[Form] = Form.PHONE

    def refuse(self, field: FieldMapping, side: Side, text: str) -> Refusal | None:
        wrong = side is Side.BC and any(mark.isalpha() for mark in text)
        return Refusal(code="invalid_value", detail=f"{field.column(side)} must not contain letters") if wrong else None


@dataclass(frozen=True, slots=True)
class Web(Exact):
    """Addresses of web sites."""

    form: ClassVar[Form] = Form.WEB


@dataclass(frozen=True, slots=True)
class Vat(Exact):
    """VAT registration numbers."""

    form: ClassVar[Form] = Form.VAT


def decimal_text(value: Any, precision: int) -> str:
    """A number as comparable text, rounded half up as money is: `12.5`, never `12.50` or `1E+1`."""
    try:
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
    except InvalidOperation:
        return str(value)
    plain = format(rounded, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def number(text: Scalar) -> float | int:
    """Comparable text as a JSON number; both services take IEEE doubles."""
    value = Decimal(str(text))
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A quantity, rounded to the Sales column's precision; below zero it arrives in Sales as zero, unless it is `signed`."""

    form: ClassVar[Form] = Form.NUMBER
    precision: int = 2
    signed: bool = False

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[field.column(side)]
        return None if value is None else decimal_text(value, 5 if side is Side.BC else self.precision)

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        amount = Decimal(str(value or 0))
        holds = decimal_text(max(amount, Decimal(0)) if side is Side.SALES and not self.signed else amount, self.precision)
        return Written(values={field.column(side): number(holds)}, holds=holds)


@dataclass(frozen=True, slots=True)
class LocalMoney(Kind):
    """An amount that BC keeps in local currency, held by Sales in the row's own currency at the row's own rate (rule D1)."""

    form: ClassVar[Form] = Form.NUMBER
    pricing: bool = False

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[field.column(side)]
        return None if value is None else decimal_text(value, 5 if side is Side.BC else self._precision({Side.SALES: row}, world))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        amount = max(Decimal(str(value or 0)), Decimal(0))
        rate = _rate(field, pair, world)
        if rate is None:
            return Refusal(code="no_exchange_rate", detail="the record's currency has no rate in Sales")
        digits = self._precision(pair, world) if side is Side.SALES else world.currency_precision
        holds = decimal_text(amount * rate if side is Side.SALES else amount / rate, digits)
        return Written(values={field.column(side): number(holds)}, holds=holds)

    def _precision(self, pair: Mapping[Side, Row], world: World) -> int:
        """Decimals that Sales keeps: of a price the organisation's, of any other amount those of its currency."""
        if self.pricing:
            return world.pricing_precision
        own = world.currency(currency_id(pair, world))
        return own.precision if own and own.precision is not None else world.currency_precision


def _rate(field: FieldMapping, pair: Mapping[Side, Row], world: World) -> Decimal | None:
    """Units of the row's currency per unit of local currency; a row without currency is in local currency."""
    local = world.local_currency
    own = world.currency(currency_id(pair, world))
    if own is None or local is None or own.id == local.id:
        return Decimal(1)
    return own.rate / local.rate if local.rate else None


def currency_id(pair: Mapping[Side, Row], world: World) -> str | None:
    """The currency that the Sales row will have: BC's where BC names one, else what the Sales row has."""
    bc_currency = pair.get(Side.BC, {}).get("currencyId")
    coupled = world.partner("CURRENCY", Side.BC, str(bc_currency)) if bc_currency else None
    return coupled or pair.get(Side.SALES, {}).get("_transactioncurrencyid_value")


@dataclass(frozen=True, slots=True)
class Country(Kind):
    """A country: BC's code on one side, what people typed on the other, compared by code (rule D2)."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        return str(row[field.column(side)] or "").strip() or None

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if value is None:
            return Written(values={field.column(side): "" if side is Side.BC else None}, holds=None)
        code = world.countries.code(str(value))
        if side is Side.SALES:
            shown = world.countries.name(str(value)) if world.country_as_name else str(value)
            return Written(values={field.column(side): shown}, holds=shown)
        if code is None:
            return Refusal(code="unknown_country", detail=f"BC's Countries/Regions know no '{value}'")
        return Written(values={field.column(side): code}, holds=code)
