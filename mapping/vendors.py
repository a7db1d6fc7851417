"""VENDOR: vendors of BC and accounts of Sales with relationship type Vendor. Off until somebody switches it on.

Natively no credit limit goes along, and an inactive account does not block its vendor.
"""

from __future__ import annotations

from mapping.accounts import ACCOUNTS, INACTIVE, MERGED, NAMES, NEEDS, OFFERED, PEOPLE, STATE, groups_of, shared, shipped_by
from mapping.field import Direction
from mapping.fields import on
from mapping.filters import blank, equals
from mapping.model import Table, TableMapping
from mapping.ours import Page
from mapping.values import Side

VENDOR_TYPE = 11
"""account.customertypecode: Vendor."""

VENDOR = TableMapping(
    name="VENDOR",
    bc=Table(name="vendors"),
    sales=ACCOUNTS,
    page=Page(26),
    direction=Direction.BOTH,
    enabled=False,
    keep={Side.BC: [blank("blocked")], Side.SALES: [equals("customertypecode", VENDOR_TYPE), equals("statecode", 0)]},
    types={Side.SALES: [equals("customertypecode", VENDOR_TYPE)]},
    needs=NEEDS,
    natural_keys=(("number",), ("displayName", "postalCode")),
    asked_only=frozenset({Side.BC}),
    born={Side.SALES: {"customertypecode": VENDOR_TYPE}},
    supplies=groups_of("vendorTemplates", "Vendor Templates", "vendorPostingGroup"),
    inactive={Side.SALES: INACTIVE},
    merged=MERGED,
    also={Side.BC: ("blocked",), Side.SALES: ("customertypecode", *STATE, *MERGED)},
    cascades=PEOPLE,
    names=NAMES,
    fields=on("vendors", "accounts", *shared("purchaserCode", shipped_by("shipmentMethodCode", "shipmentMethods"))),
    offered=on("vendors", "accounts", *OFFERED),
)
