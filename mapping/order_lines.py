"""SOLINE-ORDERDETAIL: the lines of sales orders, which go with their order only (section 15.1)."""

from __future__ import annotations

from mapping.document_lines import (
    ITEM_OF_LINE,
    PRODUCT_OF_LINE,
    UNIT_OF_LINE,
    in_own_unit,
    in_unit_of_group,
    priced,
    product,
    quantity,
    something_sold,
    with_texts,
    write_in,
)
from mapping.field import Direction
from mapping.fields import on
from mapping.model import Table, TableMapping
from mapping.policies import DeletionPolicy, Mode
from mapping.values import Side

RELATED = (PRODUCT_OF_LINE, ITEM_OF_LINE)
OTHERS = ("description", "productdescription", "_uomid_value", "priceperunit", "volumediscountamount", "manualdiscountamount")

SOLINE_ORDERDETAIL = TableMapping(
    name="SOLINE-ORDERDETAIL",
    bc=Table(name="salesOrderLines", changed=""),
    sales=Table(name="salesorderdetails", id="salesorderdetailid", changed="modifiedon"),
    direction=Direction.BOTH,
    part_of="SALESORDER-ORDER",
    needs=("ITEM-PRODUCT", "RESOURCE-PRODUCT"),
    deletion=DeletionPolicy.REMOVE_COUPLING,
    related=RELATED,
    rules=(something_sold, write_in, in_own_unit, priced),
    variants={
        Mode.UNIT_GROUPS: {"related": (*RELATED, UNIT_OF_LINE), "rules": (something_sold, write_in, in_unit_of_group, priced)},
    },
    expands=with_texts,
    also={Side.BC: ("sequence",), Side.SALES: ("lineitemnumber", "sequencenumber", *OTHERS)},
    names={Side.BC: ("sequence", "lineObjectNumber"), Side.SALES: ("productnumber", "productdescription")},
    given=on("salesOrderLines", "salesorderdetails", product(), quantity()),
    fields=(),
)
