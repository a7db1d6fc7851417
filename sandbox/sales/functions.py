"""Unbound functions: WhoAmI, RetrieveVersion, RetrieveTotalRecordCount, RetrieveExchangeRate, RetrieveRolePrivilegesRole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.sales import errors
from sandbox.sales.calls import Answer, Call, json_answer
from sandbox.sales.database import Database
from sandbox.sales.roles import Roles
from sandbox.sales.values import guid

NAMES = re.compile(r"'([^']*)'")


class Functions:
    """`run` answers None for a name that is no function."""

    def __init__(self, db: Database, roles: Roles, switches: Mapping[str, Any]) -> None:
        self.db = db
        self.switches = switches
        self.roles = roles
        self.known: dict[str, Callable[[str, Call], Answer]] = {
            "WhoAmI": self._who_am_i,
            "RetrieveVersion": self._version,
            "RetrieveTotalRecordCount": self._total,
            "RetrieveExchangeRate": self._rate,
            "RetrieveRolePrivilegesRole": self._role,
        }

    def run(self, name: str, arguments: str | None, call: Call) -> Answer | None:
        function = self.known.get(name)
        if function is None:
            return None
        if call.method != "GET":
            raise errors.unknown_segment(name)
        return function(call.options.fill(arguments or ""), call)

    def _who_am_i(self, arguments: str, call: Call) -> Answer:
        """The application user itself, also under impersonation."""
        user_id = call.caller.behind or call.caller.user_id
        user = self.db.get("systemuser", user_id)
        return json_answer(
            {
                "@odata.context": f"{call.base}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse",
                "BusinessUnitId": user["_businessunitid_value"],
                "UserId": user_id,
                "OrganizationId": self.db.organization_id,
            }
        )

    def _version(self, arguments: str, call: Call) -> Answer:
        """The version; another one by the switch `version`."""
        kind = f"{call.base}$metadata#Microsoft.Dynamics.CRM.RetrieveVersionResponse"
        return json_answer({"@odata.context": kind, "Version": self.switches["version"]})

    def _total(self, arguments: str, call: Call) -> Answer:
        names = NAMES.findall(arguments.replace('"', "'"))
        unknown = [name for name in names if name not in self.db.stores]
        if unknown or not names:
            raise errors.Refused("0x80040203", f"The entity {', '.join(unknown)} does not exist.")
        return json_answer(
            {
                "@odata.context": f"{call.base}$metadata#Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse",
                "EntityRecordCountCollection": {
                    "Count": len(names),
                    "IsReadOnly": False,
                    "Keys": names,
                    "Values": [len(self.db.rows(name)) for name in names],
                },
            }
        )

    def _role(self, arguments: str, call: Call) -> Answer:
        return self.roles.of_role(guid(arguments.partition("=")[2].strip()) or "", call)

    def _rate(self, arguments: str, call: Call) -> Answer:
        currency_id = guid(arguments.partition("=")[2].strip()) or ""
        currency = self.db.get("transactioncurrency", currency_id)
        kind = f"{call.base}$metadata#Microsoft.Dynamics.CRM.RetrieveExchangeRateResponse"
        return json_answer({"@odata.context": kind, "ExchangeRate": currency["exchangerate"]})
