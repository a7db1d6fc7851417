"""Before and behind: what a full synch would do, without writing anything, and why one record is as it is."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from sandbox.demo.people import MAPPING
from sandbox.demo.stage import DemoFailed, Row, Stage, wait_for

DRY_SECONDS = 180.0
TOLD = {"inserted": "made", "coupled": "coupled", "modified": "changed", "failed": "refused", "waiting": "waiting"}
"""Counters of a line that a dry run shows, and what they are called here."""

MOST_SENTENCES = 8


def dry_run(stage: Stage, scale: float) -> Row:
    """Run a full synch dry, and show what it would do in each mapping; DemoFailed when anything was written."""
    stage.screen.chapter("Dry run: what a full synch would do. Nothing is written")
    before = [system.rows(system.table) for system in stage.systems]
    full_id = stage.couplet.post("full-sync", {"createNew": "both", "dryRun": True})["id"]

    def look() -> Row | None:
        full = stage.couplet.get(f"full-sync/{full_id}")
        return full if full["finishedAt"] else None

    full, seconds = wait_for("the end of the dry run", look, DRY_SECONDS * max(1.0, scale))
    if before != [system.rows(system.table) for system in stage.systems]:
        raise DemoFailed("customers or accounts are not as they were before the dry run")
    stage.screen.table(_table(full["lines"]))
    _one_sample(stage, full["lines"])
    stage.screen.say(f"All customers and accounts are as they were before; {seconds:.1f} s")
    return {"id": full_id, "seconds": seconds, "lines": full["lines"]}


def _table(lines: list[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), collapse_padding=True)
    for heading in ("Mapping", "Recommended"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Rows", "To Sales", "From Sales"):
        table.add_column(heading, justify="right" if heading == "Rows" else "left")
    for line in lines:
        table.add_row(line["mapping"], line["recommendation"], str(line["total"]), _counts(line["toSales"]), _counts(line["fromSales"]))
    return table


def _counts(counts: Row) -> str:
    return ", ".join(f"{counts[name]} {called}" for name, called in TOLD.items() if counts.get(name)) or "-"


def _one_sample(stage: Stage, lines: list[Row]) -> None:
    """One customer that would be coupled and changed, value by value."""
    line = next(each for each in lines if each["mapping"] == MAPPING)
    for sample in line["samples"].get("toSales", {}).get("modified", [])[:1]:
        stage.screen.say(f"For example {sample['bc']['name']}:")
        for change in sample["fields"][:3]:
            stage.screen.say(f"  {change['side']}.{change['column']}: {change['old']!r} -> {change['new']!r}")


def explained(stage: Stage, bc_id: str) -> Row:
    """Ask why a record is as it is, and print the answer."""
    stage.screen.chapter("Why is this customer as it is? GET explain answers in sentences")
    answer = stage.couplet.get(f"explain/{MAPPING}/bc/{bc_id}")
    stage.screen.say(f"{answer['name']}:")
    for sentence in answer["sentences"][:MOST_SENTENCES]:
        stage.screen.say(f"  {sentence}")
    return answer
