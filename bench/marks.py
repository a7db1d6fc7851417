"""The marks to reach, and for each that is missed the largest part of what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.figures import Counts, Figures

GATHERING_SECONDS = 3.0
"""WEBHOOK_DELAY_SECONDS, as it is by default."""

Runs = Mapping[str, Figures]
"""The runs of one latency by name: floor, storage, first, second, match, coupling, order, orders, and the edits."""


@dataclass(frozen=True)
class Mark:
    """What a figure must not exceed (or reach, when `at_least`), and where to look when it does not."""

    name: str
    value: float
    figure: Callable[[Runs], float]
    why: Callable[[Runs], str]
    at_least: bool = False

    def met(self, figure: float) -> bool:
        """Whether a figure keeps the mark."""
        return figure >= self.value if self.at_least else figure <= self.value


@dataclass(frozen=True)
class Verdict:
    """A mark, what was measured, and why it was missed."""

    name: str
    mark: float
    at_least: bool
    measured: float
    met: bool
    reason: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def judge(runs: Runs) -> list[Verdict]:
    """All marks against the runs of one latency."""
    verdicts = []
    for mark in MARKS:
        figure = mark.figure(runs)
        met = mark.met(figure)
        verdicts.append(Verdict(mark.name, mark.value, mark.at_least, round(figure, 4), met, "" if met else mark.why(runs)))
    return verdicts


def _requests(run: Figures) -> float:
    return run.per_record(sum(run.requests.values()))


def _most(counts: Counts, number: int = 4) -> str:
    """The largest counters in words."""
    largest = sorted(counts.items(), key=lambda pair: -pair[1])[:number]
    return ", ".join(f"{count:g} {name}" for name, count in largest)


def _why_requests(name: str) -> Callable[[Runs], str]:
    def why(runs: Runs) -> str:
        routes = runs[name].routes
        return "most are " + "; ".join(f"{side}: {_most(routes[side])}" for side in routes)

    return why


def _why_transactions(name: str) -> Callable[[Runs], str]:
    def why(runs: Runs) -> str:
        own = {each.removeprefix("app "): count for each, count in runs[name].transactions.items() if each.startswith("app ")}
        return f"most are {_most(own)}"

    return why


def _why_writes(runs: Runs) -> str:
    return f"written: {_most(runs['second'].operations)}"


def _why_slow(runs: Runs) -> str:
    first = runs["first"]
    shares = ", ".join(f"{name} {seconds} s" for name, seconds in first.cpu_seconds.items())
    return (
        f"of {first.seconds:.1f} s the queue function ran {first.spent['inFunctions']:.1f} s, "
        f"{first.spent['betweenMessages']:.1f} s passed before the host fetched the next message; processor time: {shares}"
    )


def _why_late(runs: Runs) -> str:
    return "gathering takes 3 s, the host looks at the queue every 5 s; the rest is the look"


def _extra_runs(runs: Runs) -> float:
    """A burst that takes longer than one gathering is more than one run."""
    burst = runs["burst"]
    return max(burst.spent["runs"] - burst.spent["typing"] // GATHERING_SECONDS, 0)


def _why_runs(runs: Runs) -> str:
    return f"{runs['burst'].spent['runs']:g} runs of edits typed in {runs['burst'].spent['typing']:.1f} s"


MARKS = (
    Mark("first load: service requests per record", 0.05, lambda runs: _requests(runs["first"]), _why_requests("first")),
    Mark(
        "first load: storage transactions per record",
        0.2,
        lambda runs: runs["first"].per_record(runs["first"].app_transactions),
        _why_transactions("first"),
    ),
    Mark("second run: rows written to the services", 0, lambda runs: sum(runs["second"].rows_written.values()), _why_writes),
    Mark("second run: rows of couplings written", 0, lambda runs: runs["second"].coupling_writes, _why_writes),
    Mark(
        "first load: share of the rate at which storage takes its couplings",
        0.8,
        lambda runs: runs["first"].rate / runs["storage"].rate,
        _why_slow,
        at_least=True,
    ),
    Mark("match: requests to the side that got more", 9, lambda runs: max(runs["match"].requests.values()), _why_requests("match")),
    Mark(
        "match, then couple and synch: service requests per record",
        0.02,
        lambda runs: _requests(runs["coupling"]),
        _why_requests("coupling"),
    ),
    Mark(
        "match, then couple and synch: storage transactions per record",
        0.2,
        lambda runs: runs["coupling"].per_record(runs["coupling"].app_transactions),
        _why_transactions("coupling"),
    ),
    Mark("one order of 10 lines: requests to BC", 8, lambda runs: runs["order"].requests["bc"], _why_requests("order")),
    Mark("one order of 10 lines: requests to Sales", 6, lambda runs: runs["order"].requests["sales"], _why_requests("order")),
    Mark(
        "an edit in BC: seconds until it is in Sales, the 30 s that BC waits left out", 30, lambda runs: runs["fromBc"].seconds, _why_late
    ),
    Mark("an edit in Sales: seconds until it is in BC", 15, lambda runs: runs["fromSales"].seconds, _why_late),
    Mark("a burst of edits: runs more than typing took gathering times", 1, _extra_runs, _why_runs),
)
