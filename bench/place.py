"""The place where everything is measured: a sandbox of its own with plain customers in BC and nothing in Sales."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from bench.customers import LOCAL_CURRENCY, customer
from sandbox.identity import TENANT
from sandbox.processes import PROJECT
from sandbox.running import BUSINESS_CENTRAL_AUDIENCE, ENVIRONMENT, Options, Pace, Sandbox

SEED_ROWS = 5000
"""Rows that a simulator takes in one request."""

ONLY_ON_REQUEST = Pace(settings={"SYNC_SCHEDULE": "0 0 0 1 1 *"})
"""The host's own times, and no timer that would begin something in the middle of a measurement."""

MAIN = ("functions", "azurite", "business-central", "sales")
"""Processes whose time and memory are told."""


class Place(Sandbox):
    """A sandbox with `records` customers; every answer of both simulators takes `latency` milliseconds longer."""

    def __init__(self, records: int, latency: float, home: Path) -> None:
        super().__init__(Options(scale=0, pace=ONLY_ON_REQUEST, home=home, app=metered_app(home), webhooks=True))
        self.records = records
        self.latency = latency
        self.client = httpx.Client(trust_env=False, timeout=120)
        self.company_id = ""

    def __enter__(self) -> Place:
        try:
            super().__enter__()
        except BaseException:
            self.client.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.client.close()
        super().__exit__(kind, problem, trace)

    def fill(self) -> None:
        """Load the customers, and only then let the simulators take their time."""
        about = {"localCurrencyCode": LOCAL_CURRENCY}
        for start in range(0, self.records, SEED_ROWS):
            rows = [customer(number) for number in range(start, min(start + SEED_ROWS, self.records))]
            self.desk(self.business_central, "seed", {"tables": {"customers": rows}, "company": about})
        super().fill()
        answer = self.client.get(f"{self.bc_root}/api/v2.0/companies", headers=self.bc_headers)
        self.company_id = str(answer.raise_for_status().json()["value"][0]["id"])
        self.slow_down()

    def subscribe(self) -> None:
        """Nobody tells of changes until `listen`: a full load must not be disturbed by its own echoes."""

    def listen(self) -> None:
        """From now on both systems tell of changes."""
        super().subscribe()

    def slow_down(self) -> None:
        for service in (self.business_central, self.sales):
            self.desk(service, "latency", {"ms": self.latency})

    def desk(self, service: str, verb: str, body: dict[str, Any] | None = None) -> Any:
        """Ask a simulator's control desk: GET without a body, POST with one."""
        url = f"{service}/_control/{verb}"
        answer = self.client.get(url) if body is None else self.client.post(url, json=body)
        return answer.raise_for_status().json() if answer.content else None

    def empty_sales(self) -> None:
        """Back to an organisation without accounts."""
        self.desk(self.sales, "reset", {})
        self.slow_down()

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts with all columns."""
        rows: list[dict[str, Any]] = self.desk(self.sales, "rows/accounts")
        return rows

    @property
    def bc_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(BUSINESS_CENTRAL_AUDIENCE)}"}

    @property
    def sales_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(self.sales)}"}

    @property
    def bc_root(self) -> str:
        return f"{self.business_central}/v2.0/{TENANT}/{ENVIRONMENT}"

    def pids(self) -> dict[str, int]:
        """The processes that are measured, by name."""
        found: dict[str, int] = self.endpoints["pids"]
        return {name: found[name] for name in MAIN}


def metered_app(home: Path) -> Path:
    """A folder with Couplet's `host.json` and the function app that tells its counters."""
    folder = home / "app"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "host.json", folder)
    shutil.copy(PROJECT / "bench" / "app" / "function_app.py", folder)
    return folder
