"""Privileges given to roles and asked for: AddPrivilegesRole, ReplacePrivilegesRole, RemovePrivilegeRole, and what a role or user has."""

from __future__ import annotations

from typing import Any

from sandbox.sales import privileges
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.rights import Rights
from sandbox.sales.store import Row

ACTIONS = ("AddPrivilegesRole", "ReplacePrivilegesRole", "RemovePrivilegeRole")


class Roles:
    """What is done with the privileges of a role; they are kept with the root's, which each business unit's copy follows."""

    def __init__(self, db: Database, rights: Rights) -> None:
        self.db = db
        self.rights = rights

    def run(self, name: str, role: str, call: Call) -> Answer:
        """One of the actions bound to a role."""
        self.rights.may(call.caller, "prvWriteRole")
        root, body = self._root(role), call.json()
        if name == "RemovePrivilegeRole":
            kept = self.db.depths.get(root, {})
            self._keep(root, {each: depth for each, depth in kept.items() if each != self._name(body.get("PrivilegeId"))})
        else:
            given = dict(self._given(each) for each in body.get("Privileges") or ())
            before = self.db.depths.get(root, {}) if name == "AddPrivilegesRole" else {}
            self._keep(root, given | before)
        return Answer(204)

    def _root(self, role: str) -> str:
        row = self.db.get("role", role)
        if self.rights.of_role(role) is None:
            raise Refused("0x80041016", "The privileges of the role System Administrator cannot be changed.")
        return str(row.get("_parentrootroleid_value") or role)

    def _name(self, privilege: Any) -> str:
        return str(self.db.get("privilege", str(privilege).lower())["name"])

    def _given(self, each: Row) -> tuple[str, str]:
        """A privilege that a body gives, and how deep; one that is already there keeps its depth."""
        row, depth = self.db.get("privilege", str(each.get("PrivilegeId")).lower()), str(each.get("Depth", ""))
        depth = privileges.DEPTHS[int(depth)] if depth in ("0", "1", "2", "3") else depth
        if depth not in privileges.DEPTHS:
            raise Refused("0x80048d19", f"'{depth}' is no PrivilegeDepth.")
        if not row[f"canbe{depth.lower()}"]:
            raise Refused("0x80040203", f"The privilege {row['name']} cannot be given at the depth {depth}.")
        return str(row["name"]), depth

    def _keep(self, root: str, held: dict[str, str]) -> None:
        known = privileges.of_platform(self.db.schema)
        self.db.depths[root] = held
        links = self.db.links["roleprivileges_association"]
        links.difference_update({pair for pair in links if pair[0] == root})
        links.update((root, known[name].id) for name in held)
        self.db.granted += 1

    def of_role(self, role: str, call: Call) -> Answer:
        """`RetrieveRolePrivilegesRole(RoleId=...)`."""
        self.rights.may(call.caller, "prvReadRole")
        return self._answer("RetrieveRolePrivilegesRoleResponse", self.rights.of_role(role), self.db.get("role", role), call)

    def of_user(self, user: str, call: Call) -> Answer:
        """`systemusers(<id>)/RetrieveUserPrivileges()`."""
        self.rights.may(call.caller, "prvReadUser")
        return self._answer("RetrieveUserPrivilegesResponse", self.rights.of(user), self.db.get("systemuser", user), call)

    def _answer(self, kind: str, held: dict[str, str] | None, holder: Row, call: Call) -> Answer:
        known = privileges.of_platform(self.db.schema)
        held = dict.fromkeys(known, "Global") if held is None else held
        found = [
            {"Depth": depth, "PrivilegeId": known[name].id, "PrivilegeName": name, "BusinessUnitId": holder["_businessunitid_value"]}
            for name, depth in held.items()
        ]
        return json_answer({"@odata.context": f"{call.base}$metadata#Microsoft.Dynamics.CRM.{kind}", "RolePrivileges": found})
