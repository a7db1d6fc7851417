"""CUSTOMER: customers of BC and accounts of Sales with relationship type Customer."""

from __future__ import annotations

from mapping.accounts import ACCOUNTS, INACTIVE, MERGED, NAMES, NEEDS, OFFERED, PEOPLE, STATE, groups_of, shared, shipped_by
from mapping.alongside import BUSINESS
from mapping.field import Direction
from mapping.fields import on, to_sales
from mapping.filters import blank, equals
from mapping.kinds import LocalMoney
from mapping.model import Table, TableMapping
from mapping.ours import Page
from mapping.values import Side

CUSTOMER_TYPE = 3
"""account.customertypecode: Customer."""

CUSTOMER = TableMapping(
    name="CUSTOMER",
    bc=Table(name="customers"),
    sales=ACCOUNTS,
    page=Page(21),
    alongside=BUSINESS,
    direction=Direction.BOTH,
    keep={Side.BC: [blank("blocked")], Side.SALES: [equals("customertypecode", CUSTOMER_TYPE), equals("statecode", 0)]},
    types={Side.SALES: [equals("customertypecode", CUSTOMER_TYPE)]},
    needs=NEEDS,
    natural_keys=(("number",), ("displayName", "postalCode")),
    asked_only=frozenset({Side.BC}),
    born={Side.SALES: {"customertypecode": CUSTOMER_TYPE}},
    supplies=groups_of("customerTemplates", "Customer Templates", "customerPostingGroup"),
    inactive={Side.BC: {"blocked": "All"}, Side.SALES: INACTIVE},
    merged=MERGED,
    also={Side.BC: ("blocked",), Side.SALES: ("customertypecode", *STATE, *MERGED)},
    cascades=PEOPLE,
    names=NAMES,
    fields=on(
        "customers",
        "accounts",
        *shared("salespersonCode", shipped_by("shipmentMethodId"), to_sales("creditLimit", "creditlimit", LocalMoney())),
    ),
    offered=on("customers", "accounts", *OFFERED),
)
