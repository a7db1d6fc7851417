"""Who may do what: the privileges of the roles that a user has, himself or through his teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.sales import privileges
from sandbox.sales.base import ADMINISTRATOR_ROLE_ID
from sandbox.sales.bodies import Changes
from sandbox.sales.database import Caller, Database
from sandbox.sales.errors import Refused
from sandbox.sales.schema import Table

PLATFORM = frozenset({"createdby", "createdonbehalfby", "modifiedby", "modifiedonbehalfby", "organizationid", "ownerid"})
"""Lookups that nobody appends a row by."""


class Rights:
    """Asked of whoever calls the Web API; the hands of people are trusted. How deep a privilege reaches counts for tracked reads only.

    The switch `privilegesLost` takes privileges away from application users.
    """

    def __init__(self, db: Database, switches: Mapping[str, Any]) -> None:
        self.db = db
        self.switches = switches
        self.known: dict[str, dict[str, str] | None] = {}
        self.stamp = -1

    def may(self, caller: Caller, privilege: str) -> None:
        """Refused without the privilege; impersonated or not, whoever calls needs it as well."""
        if not caller.asks or not privilege:
            return
        for user in (caller.user_id, caller.behind):
            if user is not None and self.depth(user, privilege) is None:
                raise self._missing(user, privilege)

    def everywhere(self, caller: Caller, privilege: str) -> None:
        """Refused unless the privilege reaches the rows of the whole organisation."""
        self.may(caller, privilege)
        if caller.asks and self.depth(caller.user_id, privilege) != "Global":
            raise self._missing(caller.user_id, privilege)

    def on(self, caller: Caller, access: str, table: Table) -> None:
        """Refused without this access to a table."""
        if caller.asks:
            self.may(caller, privileges.named(access, table))

    def writing(self, caller: Caller, access: str, table: Table, changes: Changes) -> None:
        """Refused without what a write takes: the access itself, and what it takes to bind rows to others and to give them away."""
        if not caller.asks:
            return
        self.on(caller, access, table)
        if self.of(caller.user_id) is None:
            return
        for target in self._targets(table, changes):
            self.on(caller, "Append", table)
            self.on(caller, "AppendTo", self.db.schema.tables[target])
        owner = changes.values.get("_ownerid_value")
        if owner is not None and owner != caller.user_id:
            self.on(caller, "Assign", table)

    def _targets(self, table: Table, changes: Changes) -> Iterator[str]:
        """The tables of the rows that the written ones are bound to."""
        for key, value in changes.values.items():
            column = table.by_key.get(key)
            if column is not None and value is not None and column.targets and column.name not in PLATFORM:
                target = self.db.target_of(column.name, table, value)
                if target in self.db.schema.tables:
                    yield target

    def depth(self, user: str, privilege: str) -> str | None:
        """How deep a user's privilege reaches; None where he lacks it."""
        if privilege in self.switches["privilegesLost"] and self.db.rows("systemuser").get(user, {}).get("applicationid"):
            return None
        held = self.of(user)
        return "Global" if held is None else held.get(privilege)

    def of(self, user: str) -> dict[str, str] | None:
        """A user's privileges with their depth; None for an administrator, who has all."""
        if self.stamp != self.db.granted:
            self.known.clear()
            self.stamp = self.db.granted
        if user not in self.known:
            self.known[user] = self._union(self._roles(user))
        return self.known[user]

    def of_role(self, role: str) -> dict[str, str] | None:
        """A role's privileges with their depth; None for that of administrators. The copy of a business unit has those of the root."""
        root = self.db.get("role", role).get("_parentrootroleid_value") or role
        return None if root == ADMINISTRATOR_ROLE_ID else self.db.depths.get(str(root), {})

    def _roles(self, user: str) -> list[str]:
        teams = {team for team, member in self.db.links["teammembership_association"] if member == user}
        own = [role for holder, role in self.db.links["systemuserroles_association"] if holder == user]
        return own + [role for team, role in self.db.links["teamroles_association"] if team in teams]

    def _union(self, roles: list[str]) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for role in roles:
            held = self.of_role(role) if role in self.db.rows("role") else {}
            if held is None:
                return None
            found |= {name: max(depth, found.get(name, depth), key=privileges.DEPTHS.index) for name, depth in held.items()}
        return found

    @staticmethod
    def _missing(user: str, privilege: str) -> Refused:
        return Refused("0x80040220", f"Principal user (Id={user}, type=8) is missing {privilege} privilege.")
