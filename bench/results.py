"""Rounds into one result: the round in the middle for each latency, the marks, and the file that keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bench import machine
from bench.marks import Runs, judge

Rounds = Mapping[float, Sequence[Runs]]
"""All rounds by latency in milliseconds."""


def middle(rounds: Sequence[Runs]) -> Runs:
    """The round whose first load took neither longest nor shortest."""
    return sorted(rounds, key=lambda runs: runs["first"].seconds)[(len(rounds) - 1) // 2]


def result(rounds: Rounds, records: int, about: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was found, as JSON."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**about, "loadAfter": machine.load()},
        "versions": machine.versions(),
        "records": records,
        "counted": COUNTED,
        "latencies": [
            {
                "latencyMilliseconds": latency,
                "rounds": len(each),
                "secondsOfFirstLoads": [round(runs["first"].seconds, 2) for runs in each],
                **{name: figures.as_json() for name, figures in middle(each).items()},
                "marks": [verdict.as_json() for verdict in judge(middle(each))],
            }
            for latency, each in rounds.items()
        ],
    }


COUNTED = {
    "requests": "HTTP requests that reached a simulator; a $batch or bulk message is one",
    "storageTransactions": "HTTP requests of the app's process to the storage account, a table transaction is one; "
    "those of the host, which reads and deletes queue messages, are named 'host' and not in the figure per record",
    "entities": "rows written in table transactions, and rows read",
    "seconds": "from the app's own startedAt to its finishedAt of the full synch",
    "storage": "the couplings of the first load stored by Couplet's own store alone: inserted as claims, then saved once",
    "floor": "the same pages read and the same rows written by httpx, 100 a CreateMultiple, 4 in flight",
    "match": "a dry run of match-based coupling: both tables compared whole, by number, then by name and post code; it couples nothing",
    "coupling": "the run itself: matched once more, coupled, merged; every account is written",
    "order": "an order of ten lines, submitted in Sales, from the look at its mapping until it is in BC, coupled and marked",
    "orders": "a hundred of them submitted before one look",
    "fromBc": "one edit in BC until it is in Sales, told by webhook, no timer running; without the 30 s that BC waits before it tells",
    "fromSales": "one edit in Sales until it is in BC, likewise",
    "burst": "edits of all accounts, at most 1,000, by eight people at once; typing is their time, runs are those that changed something",
    "inFunctions": "time in which the queue function ran, by the host's log; betweenMessages is the rest",
}
