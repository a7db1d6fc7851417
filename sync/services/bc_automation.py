"""Business Central's automation API: what extensions an environment has, its users, and the permission sets that they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.services.bc_calls import HEADERS, JSON
from sync.services.http import Connection, Request, body
from sync.services.translate import decoded

API = "microsoft/automation/v2.0"


class Automation:
    """Asked and told company by company; `root` is where the APIs stand."""

    def __init__(self, connection: Connection, root: str) -> None:
        self._connection = connection
        self._root = f"{root}/{API}"

    async def rows(self, company: str, path: str) -> list[Mapping[str, Any]]:
        """A list, such as `users` or `users({id})/userPermissions`."""
        response = await self._connection.send(Request(method="GET", url=self._address(company, path), headers=HEADERS))
        return list(decoded(response.content, self._connection.side)["value"])

    async def add(self, company: str, path: str, values: Mapping[str, Any]) -> None:
        """Add a row to a list."""
        headers = {**HEADERS, **JSON}
        await self._connection.send(Request(method="POST", url=self._address(company, path), headers=headers, content=body(values)))

    def _address(self, company: str, path: str) -> str:
        return f"{self._root}/companies({company})/{path}"
