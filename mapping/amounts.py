"""Amounts of documents: each is in the currency of its document, on both sides alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
        return None if value is None else decimal_text(value, 5 if side is Side.BC else precision({Side.SALES: row}, world))

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        rounded = decimal_text(value or 0, precision(pair, world))
        holds = rounded if self.signed or not rounded.startswith("-") else "0"
        return Written(values={field.column(side): number(holds)}, holds=holds)


def precision(pair: Mapping[Side, Row], world: World) -> int:
    """Decimals of the amounts of a document: those of its currency."""
    own = world.currency(currency_id(pair, world)) or world.local_currency
    return own.precision if own and own.precision is not None else world.currency_precision
