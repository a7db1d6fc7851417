"""The screen: colours and moving bars on a terminal, plain lines without control characters anywhere else."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

PLAIN_WIDTH = 150
OVER = ("success", "error", "cancelled")
STYLES = {"success": "green", "error": "yellow", "in process": "cyan", "cancelled": "red"}


class Shown(Protocol):
    """Something that shows how far the lines of a full synch have come."""

    def update(self, lines: list[dict[str, Any]]) -> None: ...


class Screen:
    """Where the demo speaks."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _console()
        self.live = self.console.is_terminal

    def chapter(self, text: str) -> None:
        """A heading."""
        self.console.print()
        self.console.print(escape(text), style="bold")

    def say(self, text: str, style: str = "", *, copied: bool = False) -> None:
        """A line of text; folded on a terminal, unless it is one to be copied."""
        self.console.print(escape(f"  {text}"), style=style, soft_wrap=copied or not self.live)

    def table(self, table: Table) -> None:
        self.console.print(table)

    @contextmanager
    def progress(self, totals: Mapping[str, int]) -> Iterator[Shown]:
        """Bars on a terminal, else a line when a mapping begins or ends; `totals` says how many rows each mapping has to read."""
        if not self.live:
            yield Lines(self)
            return
        columns = (TextColumn("  {task.description:16}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[status]}"))
        with Progress(*columns, console=self.console) as progress:
            yield Bars(progress, totals)


class Bars:
    """A bar a mapping; more rows may be there to read than were counted, as new ones are made on the way."""

    def __init__(self, progress: Progress, totals: Mapping[str, int]) -> None:
        self.progress = progress
        self.totals = totals
        self.tasks = {name: progress.add_task(name, total=max(total, 1), status="waiting") for name, total in totals.items()}

    def update(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            name, done, status = line["mapping"], line["done"], line["status"]
            total = done if status in OVER else max(self.totals[name], done, 1)
            shown = f"[{STYLES.get(status, 'dim')}]{status}{failures(line)}"
            self.progress.update(self.tasks[name], completed=done, total=total, status=shown)


class Lines:
    """A line each time a mapping begins or ends."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.known: dict[str, str] = {}

    def update(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            name, status = line["mapping"], line["status"]
            if status != self.known.get(name, "waiting"):
                read = f", {line['done']} records read{failures(line)}" if status in OVER else ""
                self.screen.say(f"{name}: {status}{read}")
            self.known[name] = status


def failures(line: dict[str, Any]) -> str:
    """How many records of a line failed, as the end of a sentence."""
    failed = sum(line[direction].get("failed", 0) for direction in ("toSales", "fromSales"))
    return f", {failed} failed" if failed else ""


def _console() -> Console:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of all countries, and a console that may not know their letters.
        sys.stdout.reconfigure(errors="replace", line_buffering=True)
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(force_terminal=False, no_color=True, color_system=None, highlight=False, width=PLAIN_WIDTH)
