"""The privileges that a platform knows: those on its tables, by kind of access, and those on its metadata."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sandbox.sales.schema import NAMESPACE, Schema, Table
from sandbox.sales.store import Row

ACCESS = {"Read": 1, "Write": 2, "Append": 4, "AppendTo": 16, "Create": 32, "Delete": 65536, "Share": 262144, "Assign": 524288}
OWNED_ONLY = ("Share", "Assign")
NOUNS = {
    "pricelevel": "Product",
    "productpricelevel": "Product",
    "uom": "Product",
    "uomschedule": "Product",
    "salesorder": "Order",
    "salesorderdetail": "Order",
    "quotedetail": "Quote",
    "invoicedetail": "Invoice",
    "opportunityproduct": "Opportunity",
    "opportunityclose": "Activity",
    "quoteclose": "Activity",
    "orderclose": "Activity",
    "annotation": "Note",
    "systemuser": "User",
    "sdkmessagefilter": "SdkMessage",
}
"""Tables whose privileges are not named after them: lines have those of their document, price lists and units those of products."""

UNASKED = frozenset({"privilege"})
"""Tables that everybody who gets in may read."""

METADATA = (
    *(
        f"prv{verb}{noun}"
        for noun in ("Entity", "Attribute", "Relationship", "OptionSet")
        for verb in ("Read", "Create", "Write", "Delete")
    ),
    *(f"prv{verb}EntityKey" for verb in ("Read", "Create", "Delete")),
    "prvPublishCustomization",
    "prvAssignRole",
    "prvMerge",
    "prvActOnBehalfOfAnotherUser",
)
NEW_ROLE = ("prvReadEntity", "prvReadAttribute", "prvReadRelationship", "prvReadOptionSet", "prvReadEntityKey", "prvReadSystemForm")
"""What the platform gives to each new role of its own accord."""

DEPTHS = ("Basic", "Local", "Deep", "Global")


@dataclass(frozen=True, slots=True)
class Privilege:
    """One privilege; `access` is None for one that is on no table."""

    name: str
    access: str | None = None
    owned: bool = False

    @property
    def id(self) -> str:
        return id_of(self.name)

    def row(self) -> Row:
        """As the table of privileges shows it."""
        return {
            "privilegeid": self.id,
            "name": self.name,
            "accessright": ACCESS.get(self.access or "", 0),
            **{f"canbe{depth.lower()}": self.owned or depth == "Global" for depth in DEPTHS},
        }

    def definition(self) -> Row:
        """As the definition of a table shows it."""
        depths = {f"CanBe{depth}": self.owned or depth == "Global" for depth in DEPTHS}
        others = {"CanBeEntityReference": False, "CanBeParentEntityReference": False, "CanBeRecordFilter": False}
        return {**depths, **others, "Name": self.name, "PrivilegeId": self.id, "PrivilegeType": self.access or "None"}


@cache
def id_of(name: str) -> str:
    """The id of a privilege: the same in every organisation."""
    return str(uuid.uuid5(NAMESPACE, f"privilege/{name}"))


def noun(table: Table) -> str:
    """What the privileges on a table are named after."""
    return NOUNS.get(table.name, table.schema)


def named(access: str, table: Table) -> str:
    """The privilege that an access to a table takes; none where everybody has it."""
    return "" if table.name in UNASKED else f"prv{access}{noun(table)}"


def of_table(table: Table) -> Iterator[Privilege]:
    """The privileges on one table."""
    if table.name in UNASKED:
        return
    owned = table.ownership == "UserOwned"
    yield from (Privilege(named(access, table), access, owned) for access in ACCESS if owned or access not in OWNED_ONLY)


def of_platform(schema: Schema) -> dict[str, Privilege]:
    """All privileges by name; those that several tables share once."""
    found = {name: Privilege(name) for name in METADATA}
    for table in schema.tables.values():
        for each in of_table(table):
            found.setdefault(each.name, each)
    return found
