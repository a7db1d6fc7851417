"""`python -m bench`: measure a full synch of plain customers from BC to Sales, a match of both, and write `bench/results.json`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console

from bench import floor, load, machine, matching, near, orders
from bench.customers import COLUMNS
from bench.figures import Figures
from bench.marks import Runs, judge
from bench.place import Place
from bench.results import middle, result
from bench.table import NAMES, show
from sandbox.processes import PROJECT
from sync.store import Store

RESULTS = PROJECT / "bench" / "results.json"
WIDTH = 120
"""Columns where nobody looks on: a file, a log."""


def main(arguments: list[str] | None = None) -> int:
    """Run all rounds, print a table for each latency, write the results; 0 also when marks are missed, which is told."""
    options = parse(arguments)
    console, about = Console(), machine.description()
    if not console.is_terminal:
        console.width = WIDTH
    rounds: dict[float, list[Runs]] = defaultdict(list)
    for number in range(options.rounds):
        for latency in options.latency:
            console.print(f"round {number + 1}, {latency:g} ms ...", style="dim")
            rounds[latency].append(measure(options.records, latency, options.home))
    for latency, each in rounds.items():
        show(console, latency, middle(each), judge(middle(each)))
    options.out.write_text(json.dumps(result(rounds, options.records, about), indent=1) + "\n", encoding="utf-8")
    console.print(f"written: {options.out}")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000, help="customers; default 10,000")
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 50], help="milliseconds that each service request takes longer")
    parser.add_argument("--rounds", type=int, default=1, help="how often; the round in the middle is shown")
    parser.add_argument("--home", type=Path, default=PROJECT / ".sandbox" / "bench", help="folder of the bench's own sandbox")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results")
    return parser.parse_args(arguments)


def measure(records: int, latency: float, home: Path) -> Runs:
    """All runs of one latency on one sandbox."""
    with Place(records, latency, home) as place:
        return asyncio.run(measure_in(place))


async def measure_in(place: Place) -> Runs:
    """The floor on an empty organisation, the first load on it emptied again, the second run, storage alone, a match, orders, edits."""
    runs: dict[str, Figures] = {"floor": await floor.move(place)}
    expected = values(place)
    place.empty_sales()
    store = Store.open(load.Account(place.storage))
    try:
        runs["first"] = await load.run(place, store)
        if values(place) != expected:
            raise load.LoadFailed("the accounts of the first load are not those of the floor")
        runs["second"] = await load.run(place, store)
        runs["storage"] = await floor.couple(store, place.records)
        runs |= await matching.run(place, store)
        runs |= await orders.run(place, store)
        runs |= await near.run(place, store)
    finally:
        await store.close()
    return {name: runs[name] for name in NAMES}


def values(place: Place) -> list[tuple[object, ...]]:
    """What was carried to all accounts, in order of their numbers."""
    return sorted(tuple(row[column] for column in COLUMNS.values()) for row in place.accounts())


if __name__ == "__main__":
    sys.exit(main())
