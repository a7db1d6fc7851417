"""The people of one simulated system: what they do on its pages, what they see there, and what goes wrong around them."""

from __future__ import annotations

from typing import Any

import httpx

Row = dict[str, Any]

NO_TLS = False
"""The control desk is on this machine and speaks plain HTTP: no certificates are read for it."""


class People:
    """Hands, eyes and the control desk of one side."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/_control", verify=NO_TLS, trust_env=False, timeout=30)

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, route: str, body: Any = None) -> Any:
        answer = await self._http.post(route, json={} if body is None else body)
        assert answer.is_success, f"{route}: {answer.text[:500]}"
        return answer.json() if answer.content else None

    async def hand(self, verb: str, **body: Any) -> Any:
        """Do something as a person does it on the pages of the real system."""
        return await self._post(f"/hands/{verb}", body)

    async def refused(self, verb: str, **body: Any) -> str:
        """What the system says to people who try what it does not allow."""
        answer = await self._http.post(f"/hands/{verb}", json=body)
        assert answer.is_client_error, f"{verb}: {answer.status_code}"
        return answer.text

    async def edit(self, table: str, id_: str, **values: Any) -> Row:
        """Type new values into a record."""
        edited: Row = await self.hand("edit", set=table, id=id_, values=values)
        return edited

    async def insert(self, table: str, **values: Any) -> Row:
        """Make a new record; in Sales, values as in a POST body."""
        made: Row = await self.hand("insert", set=table, values=values)
        return made

    async def delete(self, table: str, id_: str) -> None:
        """Delete a record."""
        await self.hand("delete", set=table, id=id_)

    async def rows(self, table: str, **having: Any) -> list[Row]:
        """All rows of a table, or those with these values."""
        found: Any = (await self._http.get(f"/rows/{table}")).raise_for_status().json()
        rows = found["value"] if isinstance(found, dict) else found
        return [row for row in rows if all(row.get(name) == value for name, value in having.items())]

    async def row(self, table: str, id_: str) -> Row:
        """One row by its id."""
        return next(row for row in await self.rows(table) if id_ in row.values())

    async def seed(self, tables: dict[str, list[Row]], company: Row | None = None) -> None:
        """Rows that were there before."""
        await self._post("/seed", {"tables": tables, "company": company})

    async def reset(self, *, factory: bool = False, admitted: bool = True) -> None:
        """Empty the system and take back all faults; as from the `factory`, without customisations, and nobody `admitted` the app yet."""
        await self._post("/reset", {"factory": factory, "admitted": admitted})

    async def fault(self, kind: str = "status", **fault: Any) -> None:
        """Let something go wrong: `status`, `drop` or `delay`, for a method and a path, before or after the write."""
        await self._post("/faults", {"kind": kind, **fault})

    async def heal(self) -> None:
        """Take back all faults."""
        (await self._http.delete("/faults")).raise_for_status()

    async def unused_faults(self) -> int:
        """How many faults were asked for and did not happen."""
        waiting: int = (await self._post("/faults", {"kind": "delay", "path": "^$"}))["waiting"]
        return waiting - 1

    async def switch(self, **switches: Any) -> None:
        """Turn switches of the simulator; they stay until turned back."""
        await self._post("/switches", switches)

    async def counters(self) -> Row:
        """Requests, rows and routes since the last reset."""
        counted: Row = (await self._http.get("/counters")).raise_for_status().json()
        return counted

    async def reset_counters(self) -> None:
        await self._post("/counters/reset")
