"""PAYMENT TERMS, SHIPMENT METHOD and SHIPPING AGENT: BC codes that Sales keeps as values of choice columns (rule D6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mapping.field import Direction, FieldMapping
from mapping.fields import on, to_sales
from mapping.kinds import Exact, cut
from mapping.model import CHOICES, Addition, Draft, Table, TableMapping
from mapping.policies import DeletionPolicy, Review
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World


@dataclass(frozen=True, slots=True)
class Label(Exact):
    """An option's label; BC's code is its first ten characters in upper case."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        code = cut(str(value or "").upper(), CODE_LENGTH)
        return Exact.write(self, field, side, code if side is Side.BC else value, pair, world)


MIRRORED = "mirrored"
"""Whether orders, quotes and invoices have the choice, too."""

CODE_LENGTH = 10
"""Characters of a payment terms, shipment method or shipping agent code."""


def written_again(draft: Draft, world: World) -> Addition:
    """An option that a worker died over may stand on the account and not be published elsewhere: its label is written once more."""
    if draft.claimed and not draft.creates:
        return Addition(values={Side.SALES: {"label": draft.rows[Side.BC]["code"]}})
    return Addition()


def mirrored(draft: Draft, world: World) -> Addition:
    """A choice that a maker added to accounts alone is written once more, which adds it to orders, quotes and invoices (rule D6)."""
    label = draft.values[Side.SALES].get("label", draft.rows[Side.SALES].get("label"))
    lacking = not draft.creates and draft.rows[Side.SALES].get(MIRRORED) is False
    return Addition(values={Side.SALES: {"label": label}}) if lacking else Addition()


def option_mapping(name: str, bc_table: str, column: str) -> TableMapping:
    """A mapping of BC codes to the values of one choice column of accounts; the label is the code."""
    return TableMapping(
        name=name,
        bc=Table(name=bc_table),
        sales=Table(name=f"{CHOICES}accounts/{column}", id="value", changed=""),
        direction=Direction.TO_SALES,
        natural_keys=(("code",),),
        creates=frozenset({Side.SALES}),
        makes_unmatched=True,
        review=Review(needs=Side.BC),
        rules=(written_again, mirrored),
        also={Side.SALES: (MIRRORED,)},
        deletion=DeletionPolicy.REMOVE_COUPLING,
        names={Side.BC: ("code",), Side.SALES: ("label",)},
        fields=on(bc_table, f"{CHOICES}accounts/{column}", to_sales("code", "label", Label())),
    )


PAYMENT_TERMS = option_mapping("PAYMENT TERMS", "paymentTerms", "paymenttermscode")
SHIPMENT_METHOD = option_mapping("SHIPMENT METHOD", "shipmentMethods", "address1_freighttermscode")
SHIPPING_AGENT = option_mapping("SHIPPING AGENT", "shippingAgents", "address1_shippingmethodcode")
