"""What Couplet wrote down meanwhile: the job log and the problems, as tables."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from sandbox.demo.full import seconds_between
from sandbox.demo.screen import STYLES
from sandbox.demo.stage import Row, Stage

COUNTED = ("inserted", "modified", "unchanged", "failed")
RECORDS = ("inserted", "modified", "unchanged", "skipped", "failed", "waiting", "outOfFilter")
"""The counters that together say how many records a scheduled job handled; the others count some of them again."""

DRY = "dryRun"
"""The kind of jobs that did nothing."""

LATEST = 12
"""So many of the jobs that the timers brought stand in the table."""

CALLED = ("number", "code", "accountnumber", "productnumber", "displayName", "name", "fullname")
"""Columns of both systems by which people know a record."""

LONGEST = 110


def job_log(stage: Stage, full: Row) -> list[Row]:
    """Print the jobs, oldest first: those of the full synch and the latest of the timers; returns all of them, with records/s."""
    read = {line["mapping"]: line["done"] for line in full["lines"]}
    jobs = [_job(job, read) for job in stage.couplet.listed("jobs") if job["kind"] != DRY]
    jobs.sort(key=lambda job: str(job["startedAt"]))
    children = [job for job in jobs if job["parent"] == full["id"]]
    others = [job for job in jobs if job["parent"] != full["id"]]
    stage.screen.chapter(
        f"Job log: {len(jobs)} jobs" + (f", the last {LATEST} of the timers' {len(others)}" if len(others) > LATEST else "")
    )
    stage.screen.table(_job_table([*children, *others[-LATEST:]]))
    stage.screen.say(
        "Times are UTC; counts are inserted/modified/unchanged/failed. Status error: a record failed, all others went through."
    )
    _requests(stage, full)
    return jobs


def _requests(stage: Stage, full: Row) -> None:
    stage.screen.say("Requests of the full synch, with the looks of the timers meanwhile:")
    for system in stage.systems:
        told = full["requests"][system.key]
        stage.screen.say(f"  {system.name}: {told['requests']}, {told['perRecord']} per record")


def _job(job: Row, read: Row) -> Row:
    """A job with its duration and speed; a job of the full synch has read whole tables, one of the timers a few records."""
    if job["finishedAt"] is None:
        return {**job, "seconds": None, "records": None, "recordsPerSecond": None}
    seconds = seconds_between(job["startedAt"], job["finishedAt"])
    handled = sum(counts.get(name, 0) for counts in job["totals"].values() for name in RECORDS)
    records = read[job["mapping"]] if job["parent"] else handled
    return {**job, "seconds": seconds, "records": records, "recordsPerSecond": round(records / seconds, 1)}


def _job_table(jobs: list[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), collapse_padding=True)
    for heading in ("Mapping", "Kind", "Status", "Started"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Seconds", "Records", "Records/s", "To Sales", "From Sales"):
        table.add_column(heading, justify="right")
    for job in jobs:
        status = job["status"]
        table.add_row(
            job["mapping"],
            job["kind"],
            f"[{STYLES.get(status, 'dim')}]{status}[/]",
            job["startedAt"][11:19],
            *("-" if job[name] is None else f"{job[name]:{shape}}" for name, shape in SHAPES.items()),
            *(_counts(job["totals"].get(direction, {})) for direction in ("toSales", "fromSales")),
        )
    return table


SHAPES = {"seconds": ".2f", "records": "d", "recordsPerSecond": ".0f"}


def _counts(totals: Row) -> str:
    return "/".join(str(totals.get(name, 0)) for name in COUNTED) if totals else "-"


def problem_desk(stage: Stage) -> Row:
    """Print the open problems by code: how many, what to do, and one of them; returns the same by code."""
    by_code: dict[str, list[Row]] = {}
    problems = stage.couplet.listed("problems")
    for problem in problems:
        by_code.setdefault(problem["code"], []).append(problem)
    names = Names(stage)
    told = {
        code: {"count": len(rows), "remedy": rows[0]["remedy"], "example": f"{names.of(rows[0])}: {rows[0]['message']}"}
        for code, rows in sorted(by_code.items(), key=lambda each: (-len(each[1]), each[0]))
    }
    stage.screen.chapter(f"{len(problems)} open problems; the demo company is as untidy as real ones are")
    stage.screen.table(_problem_table(told))
    return told


def _problem_table(told: Row) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), collapse_padding=True)
    table.add_column("Problem", no_wrap=True)
    table.add_column("Records", justify="right")
    table.add_column("What to do")
    table.add_column("For example")
    for code, one in told.items():
        table.add_row(code, str(one["count"]), escape(one["remedy"] or "-"), escape(_short(one["example"])))
    return table


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class Names:
    """What people call the record behind a problem."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.mappings = {one["name"]: one for one in stage.couplet.get("mappings")["value"]}

    def of(self, problem: Row) -> str:
        """`CUSTOMER C10001 Feinkost Neumann KG`; the id where the record has no name."""
        side, _, id = problem["record"].partition(":")
        system = self.stage.bc if side == "bc" else self.stage.sales
        rows = system.rows(self.mappings[problem["mapping"]][side])
        row = next((row for row in rows if id in row.values()), {})
        called = [str(row[column]) for column in CALLED if row.get(column)]
        return " ".join([problem["mapping"], *(called or [id])])
