"""The full synch: triggered by HTTP, watched until it ends, and what it cost."""

from __future__ import annotations

from datetime import datetime

from sandbox.demo.stage import Row, Stage, System, wait_for

FULL_SECONDS = 300.0


def full_sync(stage: Stage, scale: float) -> Row:
    """Run a full synch to its end; its lines, seconds, records/s and the requests that each system saw per record."""
    totals = rows_to_read(stage)
    stage.screen.chapter(f"Full synch of {len(totals)} mappings, each after those it needs")
    for system in stage.systems:
        system.reset_counters()
    full_id = stage.couplet.post("full-sync", {"createNew": "both"})["id"]
    with stage.screen.progress(totals) as progress:

        def look() -> Row | None:
            full = stage.couplet.get(f"full-sync/{full_id}")
            progress.update(full["lines"])
            return full if full["finishedAt"] else None

        full, _ = wait_for("the end of the full synch", look, FULL_SECONDS * max(1.0, scale))
    return _told(stage, full)


def rows_to_read(stage: Stage) -> dict[str, int]:
    """How many rows each mapping has to read as things stand; its own new rows come on top."""
    return {
        mapping["name"]: sum(len(system.rows(table)) for system, table in _sources(stage, mapping))
        for mapping in stage.couplet.get("mappings")["value"]
    }


def _sources(stage: Stage, mapping: Row) -> list[tuple[System, str]]:
    sources = {"toSales": (stage.bc, mapping["bc"]), "fromSales": (stage.sales, mapping["sales"])}
    return [source for direction, source in sources.items() if mapping["direction"] in (direction, "both")]


def _told(stage: Stage, full: Row) -> Row:
    seconds = seconds_between(full["startedAt"], full["finishedAt"])
    records = sum(line["done"] for line in full["lines"])
    requests = {system.key: _requests(system, records) for system in stage.systems}
    stage.screen.say(f"{records} records looked at in {seconds:.1f} s: {records / seconds:.0f} records/s")
    return {
        "id": full["id"],
        "status": full["status"],
        "seconds": seconds,
        "records": records,
        "recordsPerSecond": round(records / seconds, 1),
        "requests": requests,
        "lines": full["lines"],
    }


def _requests(system: System, records: int) -> Row:
    """What the system counted; the looks of the timers meanwhile are in it."""
    counted = system.counters()
    return {
        "requests": counted["requests"],
        "perRecord": round(counted["requests"] / max(records, 1), 3),
        "partsOfBatches": counted["batched"],
        "rowsRead": counted["rowsRead"],
        "rowsWritten": counted["rowsWritten"],
    }


def seconds_between(start: str, finish: str) -> float:
    """Seconds between two times of the API, never quite nothing."""
    passed = datetime.fromisoformat(finish) - datetime.fromisoformat(start)
    return max(round(passed.total_seconds(), 3), 0.001)
