"""The automation API, as far as setting up uses it: extensions, permission sets, users and what they are permitted.

The card of an application is made by hand: there is no API for it. What users are permitted is kept, and not asked for by the other APIs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.calls import Answer, Call, Row, segments
from sandbox.business_central.company import Environment
from sandbox.business_central.tables import new_id

APP, NAME = "c0a7b1e5-4d2f-4c39-9a68-5e1b7f3d2a90", "Couplet"
BASE = "00000000-0000-0000-0000-000000000000"
OF_THE_EXTENSION = ("COUPLET READ", "COUPLET EDIT")
OF_THE_PRODUCT = ("D365 BASIC", "D365 BUS FULL ACCESS", "SUPER")
"""Some of the sets that every environment has."""


@dataclass
class Directory:
    """The users of an environment, by id, each with what it is permitted; and the applications that have a card."""

    users: dict[str, Row] = field(default_factory=dict)
    permitted: dict[str, list[Row]] = field(default_factory=dict)
    applications: set[str] = field(default_factory=set)

    def card(self, body: Row) -> Row:
        """`{"clientId", "name", "permissionSets"?}`: a person makes an enabled card on the page Microsoft Entra Applications."""
        self.applications.add(str(body["clientId"]).lower())
        user_id, name = new_id(), str(body["name"])
        self.users[user_id] = {"userSecurityId": user_id, "userName": name.upper(), "displayName": name, "state": "Enabled"}
        self.permitted[user_id] = [permission(user_id, each, "") for each in body.get("permissionSets", ())]
        return self.users[user_id]


def permission(user_id: str, role: str, company: str) -> Row:
    """One permission set that a user has, in one company or, without a name, in all."""
    of_ours = role in OF_THE_EXTENSION
    return {
        "id": new_id(),
        "userSecurityId": user_id,
        "roleId": role,
        "displayName": role.title(),
        "company": company,
        "appId": APP if of_ours else BASE,
        "extensionName": NAME if of_ours else "",
        "scope": "System",
    }


class Automation:
    """Answers calls below `api/microsoft/automation/v2.0`."""

    def __init__(self, environment: Environment, directory: Directory) -> None:
        self.environment = environment
        self.directory = directory

    def answer(self, call: Call) -> Answer:
        """The answer to a call, refusals included."""
        try:
            return self._dispatch(call)
        except errors.Refused as refused:
            return Answer.refusal(refused)

    def _dispatch(self, call: Call) -> Answer:
        path = segments(call.path)
        if not path or path[0][0] != "companies":
            raise errors.no_route(f"{call.base}/{call.path}")
        if path[0][1] is not None:
            self.environment.company(path[0][1])
        match (call.method, *path[1:]):
            case ("GET",):
                return _rows([{"id": each.id, "name": each.name} for each in self.environment.companies.values()])
            case ("GET", ("extensions", None)):
                return _rows(self._extensions())
            case ("GET", ("permissionSets", None)):
                return _rows(self._sets())
            case ("GET", ("users", None)):
                return _rows(list(self.directory.users.values()))
            case ("GET", ("users", str(user)), ("userPermissions", None)):
                return _rows(self._of(user))
            case ("POST", ("users", str(user)), ("userPermissions", None)):
                return self._permit(user, call.json())
        raise errors.no_route(f"{call.base}/{call.path}")

    def _extended(self) -> bool:
        return bool(self.environment.switches["profile"] == "extended")

    def _extensions(self) -> list[Row]:
        version = {"versionMajor": 1, "versionMinor": 0, "versionBuild": 0, "versionRevision": 0}
        ours = {"packageId": APP, "id": APP, "displayName": NAME, "publisher": NAME, "isInstalled": True, **version}
        return [ours] if self._extended() else []

    def _sets(self) -> list[Row]:
        ours = [{"id": each, "scope": "System", "appId": APP, "extensionName": NAME} for each in OF_THE_EXTENSION]
        others = [{"id": each, "scope": "System", "appId": BASE, "extensionName": ""} for each in OF_THE_PRODUCT]
        return [{**row, "displayName": str(row["id"]).title()} for row in (*(ours if self._extended() else ()), *others)]

    def _of(self, user: str) -> list[Row]:
        if user not in self.directory.users:
            raise errors.Refused("BadRequest_ResourceNotFound", "The user does not exist.")
        return self.directory.permitted[user]

    def _permit(self, user: str, body: Row) -> Answer:
        held, role, company = self._of(user), str(body.get("roleId", "")), str(body.get("company", ""))
        if role not in {row["id"] for row in self._sets()}:
            raise errors.bad_request(f"The permission set '{role}' does not exist.")
        if company:
            self.environment.company(company)
        if any((each["roleId"], each["company"]) == (role, company) for each in held):
            raise errors.Refused("Internal_EntityWithSameKeyExists", "The user already has this permission set.")
        held.append(permission(user, role, company))
        return Answer(201, held[-1])


def _rows(found: list[Any]) -> Answer:
    return Answer(200, {"value": found})
