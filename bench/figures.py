"""What a run cost: counters of all parts before and after it, and the difference."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench import machine
from bench.place import Place

Counts = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All counters at one moment."""

    at: float
    cpu: Mapping[str, float | None]
    bc: Mapping[str, Any]
    sales: Mapping[str, Any]
    app: Mapping[str, Any]


@dataclass(kw_only=True)
class Figures:
    """What one run cost. `transactions` names requests to the storage account, `operations` the rows written in transactions."""

    records: int
    seconds: float
    requests: dict[str, int] = field(default_factory=dict)
    routes: dict[str, Counts] = field(default_factory=dict)
    rows_written: dict[str, int] = field(default_factory=dict)
    transactions: Counts = field(default_factory=dict)
    operations: Counts = field(default_factory=dict)
    entities: Counts = field(default_factory=dict)
    cpu_seconds: dict[str, float | None] = field(default_factory=dict)
    peak_megabytes: float | None = None
    spent: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds if self.seconds else 0.0

    def per_record(self, count: float) -> float:
        """A count, shared out among the records."""
        return count / self.records

    @property
    def app_transactions(self) -> float:
        """Requests of the app to the storage account; those by which the host reads the queue are not among them."""
        return sum(count for name, count in self.transactions.items() if name.startswith("app "))

    @property
    def coupling_writes(self) -> float:
        """Rows of couplings that were written."""
        return sum(count for name, count in self.operations.items() if name.endswith(" couplings"))

    def as_json(self) -> dict[str, Any]:
        """Totals as counted, and the figures per record."""
        shares = {f"{name}Requests": self.per_record(count) for name, count in self.requests.items()}
        if self.transactions:
            shares["storageTransactions"] = self.per_record(self.app_transactions)
            shares |= {f"entities{name.capitalize()}": self.per_record(count) for name, count in self.entities.items()}
        return {
            "records": self.records,
            "seconds": round(self.seconds, 3),
            "recordsPerSecond": round(self.rate, 1),
            "perRecord": {name: round(share, 4) for name, share in shares.items()},
            "requests": self.requests,
            "routes": self.routes,
            "rowsWritten": self.rows_written,
            "storageTransactions": self.transactions,
            "storageOperations": self.operations,
            "entities": self.entities,
            "cpuSeconds": self.cpu_seconds,
            "peakMegabytes": self.peak_megabytes,
            "spent": {name: round(seconds, 2) for name, seconds in self.spent.items()},
        }


def read(place: Place) -> Reading:
    """Read all counters; they all count from the start of their process."""
    pids, functions = place.pids(), place.endpoints["functions"]
    return Reading(
        cpu={name: machine.cpu_seconds(pid) for name, pid in pids.items()},
        bc=place.desk(place.business_central, "counters"),
        sales=place.desk(place.sales, "counters"),
        app=place.client.get(f"{functions}/api/bench/figures").raise_for_status().json(),
        at=time.perf_counter(),
    )


def between(place: Place, before: Reading, after: Reading, seconds: float | None = None) -> Figures:
    """What lies between two readings; `seconds` where the run knows better how long it took."""
    sides = {"bc": (before.bc, after.bc), "sales": (before.sales, after.sales)}
    meter = less(after.app["meter"], before.app["meter"])
    return Figures(
        records=place.records,
        seconds=after.at - before.at if seconds is None else seconds,
        requests={name: new["requests"] - old["requests"] for name, (old, new) in sides.items()},
        routes={name: less(new["byRoute"], old["byRoute"]) for name, (old, new) in sides.items()},
        rows_written={name: new["rowsWritten"] - old["rowsWritten"] for name, (old, new) in sides.items()},
        transactions=less(after.app["transactions"], before.app["transactions"]),
        operations=less(after.app["operations"], before.app["operations"]),
        entities={"written": meter.get("written", 0), "read": meter.get("read", 0)},
        cpu_seconds={name: _used(before.cpu[name], after.cpu[name]) for name in before.cpu},
        peak_megabytes=machine.megabytes(place.pids()["functions"], "VmHWM"),
    )


def less(after: Mapping[str, float], before: Mapping[str, float]) -> Counts:
    """The counters that moved, by how much."""
    return {name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name, 0)}


def _used(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else round(after - before, 2)
