"""SOLINE-ORDERDETAIL: the lines of sales orders, which go with their order only (behaviour.md, section 15)."""

from __future__ import annotations

from mapping.field import Direction
from mapping.fields import both, needed, on
from mapping.kinds import Number
from mapping.model import Table, TableMapping
from mapping.policies import DeletionPolicy
from mapping.values import Side

QUANTITY_PRECISION = 5

SOLINE_ORDERDETAIL = TableMapping(
    name="SOLINE-ORDERDETAIL",
    bc=Table(name="salesOrderLines", changed=""),
    sales=Table(name="salesorderdetails", id="salesorderdetailid", changed="modifiedon"),
    direction=Direction.BOTH,
    part_of="SALESORDER-ORDER",
    needs=("ITEM-PRODUCT", "RESOURCE-PRODUCT"),
    deletion=DeletionPolicy.REMOVE_COUPLING,
    also={Side.BC: ("sequence",), Side.SALES: ("lineitemnumber", "sequencenumber")},
    names={Side.BC: ("sequence", "lineObjectNumber"), Side.SALES: ("productnumber", "productdescription")},
    fields=on(
        "salesOrderLines", "salesorderdetails", needed(both("quantity", "quantity", Number(precision=QUANTITY_PRECISION, signed=True)))
    ),
)
