"""SALESPEOPLE: users of Sales become owners, and the salesperson's card follows the user.

Couples by e-mail, never creates by itself; a person has a salesperson made of a user (rule A2, native function Create Salesperson).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from mapping.beside import Related
from mapping.field import Direction
from mapping.fields import from_sales, on
from mapping.filters import blank, equals
from mapping.kinds import Email, Phone, Text
from mapping.model import Addition, Draft, Table, TableMapping
from mapping.ours import Page
from mapping.policies import Mode, Review
from mapping.values import Side
from mapping.world import World

SERIES = re.compile(r"SP NO\. (0\d*)")
FIRST = 1
DIGITS = 5


def next_code(codes: Collection[str]) -> str:
    """The code after the last one of the pattern `SP NO. 0*`; the first is `SP NO. 00001` (native rule of Create Salesperson)."""
    taken = {code.upper() for code in codes}
    last = max((found[1] for code in taken if (found := SERIES.fullmatch(code))), default=None)
    number, digits = (int(last) + 1, len(last)) if last else (FIRST, DIGITS)
    while f"SP NO. {number:0{digits}}" in taken:
        number += 1
    return f"SP NO. {number:0{digits}}"


def code_of_new_salesperson(draft: Draft, world: World) -> Addition:
    """A salesperson made of a user is given the next code."""
    if draft.creates is not Side.BC:
        return Addition()
    return Addition(values={Side.BC: {"code": next_code([str(row["code"]) for row in world.rows("codes", "*")])}})


SALESPEOPLE = TableMapping(
    name="SALESPEOPLE",
    bc=Table(name="salespeoplePurchasers"),
    page=Page(5116, "Code", "code"),
    sales=Table(name="systemusers", id="systemuserid", changed="modifiedon"),
    direction=Direction.FROM_SALES,
    # Users with an application id are never offered (rule D7).
    keep={
        Side.SALES: [equals("isdisabled", False), equals("islicensed", True), equals("isintegrationuser", False), blank("applicationid")]
    },
    natural_keys=(("email",),),
    creates=frozenset(),
    by_hand=frozenset({Side.BC}),
    related=(Related(name="codes", side=Side.BC, table="salespeoplePurchasers", columns=("code",)),),
    rules=(code_of_new_salesperson,),
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
