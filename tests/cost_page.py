"""The arithmetic of docs/cost.md: its tables of prices and quantities read, and a month worked out from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "cost.md"

HOURS = 730
DAYS = 30
FIVE_MINUTES = HOURS * 12
"""How often the pulse beats."""

OTHER_TIMERS = 5
"""Runs an hour of the timers with schedules of their own: subscriptions every quarter of an hour, another connector every hour."""


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading, by their first cell."""
    part = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows[1:]}


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(re.sub(r"[,$]", "", text))


PRICES: Mapping[str, float] = {name: number(cells[0]) for name, cells in table("Prices").items()}
MEASURED: Mapping[str, float] = {name: number(cells[0]) for name, cells in table("Quantities").items()}


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month of one company: so many records in step, looks every so many minutes; the first one begins with a full synch."""

    records: int
    minutes: int
    first: bool = False

    @property
    def ticks(self) -> float:
        return HOURS * 60 / self.minutes

    @property
    def edits(self) -> float:
        return DAYS * self.records * MEASURED["edits of a record a day"]

    @property
    def timer_runs(self) -> float:
        return self.ticks * MEASURED["timers at a tick"] + OTHER_TIMERS * HOURS + FIVE_MINUTES

    @property
    def looks(self) -> float:
        return self.ticks * MEASURED["looks at a tick"]

    @property
    def executions(self) -> float:
        return self.timer_runs + self.looks + self.edits * MEASURED["executions of an edit"]

    @property
    def functions(self) -> float:
        """Executions, and the seconds of an instance; an execution is billed as a second at least."""
        walked = DAYS * MEASURED["seconds of a record, compared"] + self.first * MEASURED["seconds of a record, first full synch"]
        seconds = MEASURED["gigabytes of an instance"] * (self.executions + self.records * walked)
        return _beyond(self.executions, "executions") + _beyond(seconds, "gigabyte seconds")

    @property
    def storage(self) -> float:
        """Requests to tables and queues, the notes of timers in blobs, and what is kept."""
        walked = DAYS * MEASURED["storage transactions of a record, compared"]
        walked += self.first * MEASURED["storage transactions of a record, first full synch"]
        tables = self.timer_runs * MEASURED["storage transactions of a timer"] + self.records * walked
        tables += FIVE_MINUTES * MEASURED["storage transactions of a pulse"]
        tables += self.looks * MEASURED["storage transactions of a look without news"]
        tables += self.edits * MEASURED["storage transactions of an edit"]
        queues = 3 * (self.looks + self.edits) + HOURS * 3600 * MEASURED["reads of the queues a second"]
        leases = 60 * HOURS * MEASURED["instances that live"] * MEASURED["leases of an instance a minute"]
        kept = self.records * MEASURED["bytes of a coupling"] / 1e9
        asked = _beyond(tables, "table transactions") + _beyond(queues, "queue operations")
        return asked + _beyond(self.timer_runs, "blob writes") + _beyond(leases, "blob operations") + _beyond(kept, "gigabytes kept")

    @property
    def logs(self) -> float:
        """What the host, the app and each of its requests to a service tell."""
        rows = self.executions * MEASURED["log rows of an execution"] + self.looks * MEASURED["log rows of a look without news"]
        rows += self.edits * MEASURED["log rows of an edit"] + FIVE_MINUTES * MEASURED["log rows of a pulse"]
        rows += FIVE_MINUTES * MEASURED["instances that live"] * MEASURED["log rows of an instance every five minutes"]
        rows += self.first * self.records * MEASURED["log rows of a record, first full synch"]
        return _beyond(rows * MEASURED["bytes of a log row"] / 1e9, "gigabytes of logs")

    @property
    def total(self) -> float:
        return self.functions + self.storage + self.logs


def _beyond(quantity: float, name: str) -> float:
    """The price of what is beyond the free part."""
    price, per, free = (number(cell) for cell in table("Prices")[name][:3])
    return max(quantity - free, 0) / per * price
