"""PAYMENT TERMS, SHIPMENT METHOD and SHIPPING AGENT: BC codes that Sales keeps as values of choice columns (rule D6)."""

from __future__ import annotations

from mapping.fields import on, to_sales
from mapping.kinds import Exact
from mapping.model import Direction, Table, TableMapping
from mapping.values import Side


def option_mapping(name: str, bc_table: str, column: str) -> TableMapping:
    """A mapping of BC codes to the values of one choice column of accounts; the label is the code."""
    return TableMapping(
        name=name,
        bc=Table(name=bc_table),
        sales=Table(name=f"options/accounts/{column}", id="value", changed=""),
        direction=Direction.TO_SALES,
        natural_keys=(("code",),),
        creates=frozenset({Side.SALES}),
        fields=on(bc_table, f"options/accounts/{column}", to_sales("code", "label", Exact())),
    )


PAYMENT_TERMS = option_mapping("PAYMENT TERMS", "paymentTerms", "paymenttermscode")
SHIPMENT_METHOD = option_mapping("SHIPMENT METHOD", "shipmentMethods", "address1_freighttermscode")
SHIPPING_AGENT = option_mapping("SHIPPING AGENT", "shippingAgents", "address1_shippingmethodcode")
