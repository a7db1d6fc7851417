"""The result for people: a table per latency, then the marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from bench.figures import Figures
from bench.marks import Runs, Verdict

NAMES = {
    "floor": "raw floor",
    "storage": "storage alone",
    "first": "first load",
    "second": "second run",
    "match": "match",
    "coupling": "couple + synch",
    "order": "one order",
    "orders": "100 orders",
    "fromBc": "edit in BC",
    "fromSales": "edit in Sales",
    "burst": "1,000 edits",
}
Cell = Callable[[Figures], str]


def _rate(run: Figures) -> str:
    return f"{run.rate:,.0f}"


def _seconds(run: Figures) -> str:
    return f"{run.seconds:.2f}"


def _share(side: str) -> Cell:
    return lambda run: f"{run.per_record(run.requests[side]):.4f}" if run.requests else "-"


def _written(run: Figures) -> str:
    return " / ".join(str(count) for count in run.rows_written.values()) or "-"


def _transactions(run: Figures) -> str:
    return f"{run.per_record(run.app_transactions):.3f}" if run.transactions else "-"


def _entities(name: str) -> Cell:
    return lambda run: f"{run.per_record(run.entities[name]):.2f}" if run.entities else "-"


def _cpu(process: str) -> Cell:
    def cell(run: Figures) -> str:
        used = run.cpu_seconds.get(process)
        return "-" if used is None else f"{used:.1f}"

    return cell


def _peak(run: Figures) -> str:
    return "-" if run.peak_megabytes is None else f"{run.peak_megabytes:.0f}"


ROWS: dict[str, Cell] = {
    "records/s": _rate,
    "seconds": _seconds,
    "requests to BC a record": _share("bc"),
    "requests to Sales a record": _share("sales"),
    "rows written to BC / Sales": _written,
    "storage transactions a record": _transactions,
    "entities written a record": _entities("written"),
    "entities read a record": _entities("read"),
    "CPU s: app and host": _cpu("functions"),
    "CPU s: Azurite": _cpu("azurite"),
    "CPU s: BC simulator": _cpu("business-central"),
    "CPU s: Sales simulator": _cpu("sales"),
    "peak memory of the app, MB": _peak,
}


def show(console: Console, latency: float, runs: Runs, verdicts: Sequence[Verdict]) -> None:
    """Print the figures of one latency and what became of the marks."""
    records = next(iter(runs.values())).records
    table = Table(title=f"{records:,} customers from BC to Sales, {latency:g} ms of latency a request", title_justify="left")
    table.add_column("")
    for name in runs:
        table.add_column(NAMES[name], justify="right")
    for title, cell in ROWS.items():
        table.add_row(title, *(cell(run) for run in runs.values()))
    console.print(table)
    for verdict in verdicts:
        bound = "at least" if verdict.at_least else "at most"
        state = "[green]met[/]   " if verdict.met else "[red]missed[/]"
        console.print(f"{state} {verdict.name}: {verdict.measured:g} ({bound} {verdict.mark:g})")
        if verdict.reason:
            console.print(f"       {verdict.reason}", style="dim")
    console.print()
