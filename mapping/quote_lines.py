"""QUOTELINE: the lines of quotes, which go with their quote only, as those of orders do (section 15.3)."""

from __future__ import annotations

from mapping.document_lines import IN_UNIT_GROUPS, READ, RELATED, RELATED_STANDARD, RULES, item_alone, product, quantity, with_texts
from mapping.field import Direction
from mapping.fields import on
from mapping.model import Table, TableMapping
from mapping.policies import DeletionPolicy, Mode
from mapping.values import Side

QUOTELINE = TableMapping(
    name="QUOTELINE",
    bc=Table(name="salesQuoteLines", changed=""),
    sales=Table(name="quotedetails", id="quotedetailid", changed="modifiedon"),
    direction=Direction.FROM_SALES,
    part_of="QUOTE",
    needs=("ITEM-PRODUCT", "RESOURCE-PRODUCT"),
    deletion=DeletionPolicy.REMOVE_COUPLING,
    related=RELATED,
    rules=RULES,
    variants={Mode.UNIT_GROUPS: IN_UNIT_GROUPS},
    expands=with_texts,
    also={Side.BC: ("sequence",), Side.SALES: ("lineitemnumber", "sequencenumber", *READ)},
    names={Side.BC: ("sequence", "lineObjectNumber"), Side.SALES: ("productnumber", "productdescription")},
    given=on("salesQuoteLines", "quotedetails", product(), quantity()),
    standard_given=on("salesQuoteLines", "quotedetails", item_alone()),
    unserved=RELATED_STANDARD,
    fields=(),
)
