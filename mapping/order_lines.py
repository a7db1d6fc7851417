"""SOLINE-ORDERDETAIL: the lines of sales orders, which go with their order only (section 15.1)."""

from __future__ import annotations

from mapping.document_lines import IN_UNIT_GROUPS, READ, RELATED, RELATED_STANDARD, RULES, item_alone, product, quantity, with_texts
from mapping.field import Direction
from mapping.fields import on
from mapping.model import Table, TableMapping
from mapping.orders_both import LINE_BOTH_WAYS
from mapping.policies import DeletionPolicy, Mode
from mapping.values import Side

SOLINE_ORDERDETAIL = TableMapping(
    name="SOLINE-ORDERDETAIL",
    bc=Table(name="salesOrderLines", changed=""),
    sales=Table(name="salesorderdetails", id="salesorderdetailid", changed="modifiedon"),
    direction=Direction.BOTH,
    part_of="SALESORDER-ORDER",
    needs=("ITEM-PRODUCT", "RESOURCE-PRODUCT"),
    deletion=DeletionPolicy.REMOVE_COUPLING,
    related=RELATED,
    rules=RULES,
    variants={Mode.UNIT_GROUPS: IN_UNIT_GROUPS, Mode.ORDERS_BOTH: LINE_BOTH_WAYS},
    expands=with_texts,
    also={Side.BC: ("sequence",), Side.SALES: ("lineitemnumber", "sequencenumber", *READ)},
    names={Side.BC: ("sequence", "lineObjectNumber"), Side.SALES: ("productnumber", "productdescription")},
    given=on("salesOrderLines", "salesorderdetails", product(), quantity()),
    standard_given=on("salesOrderLines", "salesorderdetails", item_alone()),
    unserved=RELATED_STANDARD,
    fields=(),
)
