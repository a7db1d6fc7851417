"""QUOTELINE: the lines of quotes, which go with their quote only, and to BC as those of orders do (section 15.3)."""

from __future__ import annotations

from dataclasses import replace

from mapping.document_lines import IN_UNIT_GROUPS, item_alone, product, quantity
from mapping.field import Direction
from mapping.fields import on
from mapping.model import Table
from mapping.order_lines import SOLINE_ORDERDETAIL
from mapping.policies import Mode

QUOTELINE = replace(
    SOLINE_ORDERDETAIL,
    name="QUOTELINE",
    bc=Table(name="salesQuoteLines", changed=""),
    sales=Table(name="quotedetails", id="quotedetailid", changed="modifiedon"),
    direction=Direction.FROM_SALES,
    part_of="QUOTE",
    variants={Mode.UNIT_GROUPS: IN_UNIT_GROUPS},
    given=on("salesQuoteLines", "quotedetails", product(), quantity()),
    standard_given=on("salesQuoteLines", "quotedetails", item_alone()),
)
