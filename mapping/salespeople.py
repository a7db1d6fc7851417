"""SALESPEOPLE: users of Sales become owners, and the salesperson's card follows the user.

Couples by e-mail, never creates by itself (rule A2).
"""

from __future__ import annotations

from mapping.field import Direction
from mapping.fields import from_sales, on
from mapping.filters import blank, equals
from mapping.kinds import Email, Phone, Text
from mapping.model import Review, Table, TableMapping
from mapping.policies import Mode
from mapping.values import Side

SALESPEOPLE = TableMapping(
    name="SALESPEOPLE",
    bc=Table(name="salespeoplePurchasers"),
    sales=Table(name="systemusers", id="systemuserid", changed="modifiedon"),
    direction=Direction.FROM_SALES,
    # Users with an application id are never offered (rule D7).
    keep={
        Side.SALES: [equals("isdisabled", False), equals("islicensed", True), equals("isintegrationuser", False), blank("applicationid")]
    },
    natural_keys=(("email",),),
    creates=frozenset(),
    only_in=Mode.PERSON,
    inactive={Side.BC: {"blocked": True}},
    review=Review(always_full=True),
    also={Side.SALES: ("isdisabled", "islicensed", "isintegrationuser", "applicationid"), Side.BC: ("code", "blocked")},
    names={Side.BC: ("code", "displayName"), Side.SALES: ("fullname",)},
    fields=on(
        "salespeoplePurchasers",
        "systemusers",
        from_sales("email", "internalemailaddress", Email()),
        from_sales("displayName", "fullname", Text()),
        from_sales("phoneNo", "mobilephone", Phone()),
    ),
    # Natively both are two-way rows under a mapping from Sales: they follow the mapping.
    offered=on(
        "salespeoplePurchasers",
        "systemusers",
        from_sales("jobTitle", "jobtitle"),
        from_sales("email2", "personalemailaddress", Email()),
    ),
)
