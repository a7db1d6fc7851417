"""What the demo plays on: Couplet's HTTP API, the two systems behind their control desks, and the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from sandbox.demo.screen import Screen
from sandbox.running import Sandbox

Row = dict[str, Any]
Found = TypeVar("Found")

POLL_SECONDS = 0.25
STEP_SECONDS = 60.0
"""So long may a change take to arrive; with timers of five seconds that is a dozen looks."""


class DemoFailed(Exception):
    """The demo cannot go on; the message says what did not come."""


def call(client: httpx.Client, method: str, path: str, **more: Any) -> Any:
    """One request; DemoFailed with the service's own words when it is refused or nobody answers."""
    try:
        answer = client.request(method, path, **more)
    except httpx.HTTPError as problem:
        raise DemoFailed(f"{method} {client.base_url}{path} got no answer: {problem or type(problem).__name__}") from problem
    if not answer.is_success:
        raise DemoFailed(f"{method} {client.base_url}{path} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json() if answer.content else None


class Couplet:
    """Couplet's HTTP API, as anybody with a function key calls it."""

    def __init__(self, address: str, key: str) -> None:
        self.client = httpx.Client(base_url=f"{address}/api/", headers={"x-functions-key": key}, trust_env=False, timeout=30)

    def get(self, path: str, **parameters: Any) -> Row:
        answer: Row = call(self.client, "GET", path, params=parameters)
        return answer

    def post(self, path: str, body: Row | None = None) -> Row:
        answer: Row = call(self.client, "POST", path, json=body or {})
        return answer

    def patch(self, path: str, body: Row) -> Row:
        answer: Row = call(self.client, "PATCH", path, json=body)
        return answer

    def listed(self, path: str, **parameters: Any) -> list[Row]:
        """All rows of a list, page by page."""
        rows: list[Row] = []
        cursor: Row = {}
        while True:
            page = self.get(path, limit=200, **parameters, **cursor)
            rows += page["value"]
            if not page["cursor"]:
                return rows
            cursor = {"cursor": page["cursor"]}


class System:
    """One of the two systems: what it holds, and the hands of a person who works there; `table` holds its customers."""

    def __init__(self, name: str, key: str, address: str, *, table: str, id: str) -> None:
        self.name = name
        self.key = key
        self.table = table
        self.id = id
        self.client = httpx.Client(base_url=f"{address}/_control/", trust_env=False, timeout=30)

    def rows(self, table: str) -> list[Row]:
        """All rows of a table with all columns."""
        rows: list[Row] = call(self.client, "GET", f"rows/{table}")
        return rows

    def customer(self, id: str) -> Row:
        """One customer or account as it stands now."""
        return next(row for row in self.rows(self.table) if row[self.id] == id)

    def edit(self, id: str, values: Row) -> None:
        """A person types new values into a customer or account."""
        self.hand("edit", set=self.table, id=id, values=values)

    def hand(self, verb: str, **body: Any) -> Any:
        """Do something as a person does it on the pages of this system."""
        return call(self.client, "POST", f"hands/{verb}", json=body)

    def reset_counters(self) -> None:
        call(self.client, "POST", "counters/reset")

    def counters(self) -> Row:
        """Requests and rows since the last reset."""
        counters: Row = call(self.client, "GET", "counters")
        return counters


@dataclass(frozen=True)
class Stage:
    """Everything that the steps of the demo need."""

    couplet: Couplet
    bc: System
    sales: System
    screen: Screen

    @classmethod
    def of(cls, sandbox: Sandbox, screen: Screen) -> Stage:
        """The stage of a running sandbox."""
        told = sandbox.endpoints
        return cls(
            couplet=Couplet(told["functions"], told["functionKey"]),
            bc=System("Business Central", "businessCentral", told["businessCentral"], table="customers", id="id"),
            sales=System("Sales", "sales", told["sales"], table="accounts", id="accountid"),
            screen=screen,
        )

    @property
    def systems(self) -> tuple[System, System]:
        return self.bc, self.sales


def wait_for(
    what: str, look: Callable[[], Found | None], seconds: float = STEP_SECONDS, *, since: float | None = None
) -> tuple[Found, float]:
    """Look until something is found; what it is, and the seconds since `since` (a monotonic time, else now).

    DemoFailed when it does not come in time.
    """
    begun = time.monotonic() if since is None else since
    while True:
        found = look()
        passed = time.monotonic() - begun
        if found is not None:
            return found, round(passed, 2)
        if passed > seconds:
            raise DemoFailed(f"{what} did not come within {seconds:g} seconds")
        time.sleep(POLL_SECONDS)
