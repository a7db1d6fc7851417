"""The demo as people start it, and what it says when something does not come."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sandbox.demo.screen import Screen
from sandbox.demo.stage import DemoFailed, wait_for
from sandbox.processes import PROJECT
from tests.in_force import ENABLED

STEPS = ("customerToSales", "accountToBusinessCentral", "twoPeopleMerged", "conflict")


def run_demo(home: Path, scale: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox.demo", "--home", str(home)]
    environment = {**os.environ, "SCALE": scale, "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=160, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    home = tmp_path_factory.mktemp("demo")
    done = run_demo(home, "0.1")
    assert done.returncode == 0, done.stdout + done.stderr
    return done, json.loads((home / "demo.json").read_text(encoding="utf-8"))


Demo = tuple[subprocess.CompletedProcess[str], dict[str, Any]]


@pytest.mark.slow
def test_off_a_terminal_the_demo_ends_by_itself_in_plain_lines(demo: Demo) -> None:
    done, numbers = demo
    assert numbers["failure"] is None
    assert numbers["seconds"] < 150
    assert [mark for mark in done.stdout if mark < " " and mark != "\n"] == []
    assert "python3 dev.py sandbox" in done.stdout


@pytest.mark.slow
def test_the_full_synch_is_told_with_speed_and_requests_per_record(demo: Demo) -> None:
    full = demo[1]["fullSync"]
    assert full["records"] == sum(line["done"] for line in full["lines"]) > 300
    assert len(full["lines"]) == len(ENABLED)
    assert full["recordsPerSecond"] > 0
    for system in ("businessCentral", "sales"):
        assert 0 < full["requests"][system]["perRecord"] < 1


@pytest.mark.slow
@pytest.mark.rule("A2")
def test_the_dry_run_before_it_changes_nothing_and_says_what_the_full_synch_then_does(demo: Demo) -> None:
    dry, full = demo[1]["dryRun"], demo[1]["fullSync"]
    for said, done in zip(dry["lines"], full["lines"], strict=True):
        if not ENABLED[said["mapping"]].only_coupled:
            continue  # its rows are made by every look: who is first, the look or the full synch, is no matter
        for way in ("toSales", "fromSales"):
            counted = {name: (said[way].get(name, 0), done[way].get(name, 0)) for name in ("inserted", "coupled", "failed", "waiting")}
            assert all(one == other for one, other in counted.values()), (said["mapping"], way, counted)
    assert "All customers and accounts are as they were before" in demo[0].stdout


@pytest.mark.slow
def test_one_record_is_explained_in_sentences(demo: Demo) -> None:
    told = demo[1]["explained"]
    assert any("phoneNumber is held back" in sentence for sentence in told["sentences"])
    assert all(sentence in demo[0].stdout.replace("\n", " ").replace("  ", " ") for sentence in told["sentences"][:1])


@pytest.mark.slow
def test_every_edit_arrives_and_is_timed(demo: Demo) -> None:
    steps = demo[1]["steps"]
    assert all(0 < steps[name]["seconds"] < 60 for name in STEPS)
    assert len({steps[name]["bcId"] for name in STEPS}) == len(STEPS)


@pytest.mark.slow
@pytest.mark.rule("C5", "E5", "E6")
def test_an_order_goes_to_business_central_and_its_shipment_invoice_and_payment_come_back(demo: Demo) -> None:
    told = demo[1]["orderToCash"]
    assert all(0 < told[f"{step}Seconds"] < 60 for step in ("order", "shipped", "invoice", "paid"))
    assert told["bcNumber"] in demo[0].stdout and "its order is Invoiced" in demo[0].stdout


@pytest.mark.slow
@pytest.mark.rule("B3")
def test_the_true_conflict_is_a_problem_with_both_values(demo: Demo) -> None:
    done, numbers = demo
    problem = numbers["steps"]["conflict"]["problem"]
    assert problem["code"] == "conflicting_edits"
    assert problem["fields"] == ["phoneNumber"]
    assert all(value in problem["message"] for value in ("+49 89 5550103", "+49 89 5550104"))
    assert numbers["problems"]["conflicting_edits"]["count"] == 1
    assert "conflicting_edits" in done.stdout


@pytest.mark.slow
def test_the_job_log_and_the_problems_are_printed_and_written(demo: Demo) -> None:
    done, numbers = demo
    children = [job for job in numbers["jobs"] if job["parent"] == numbers["fullSync"]["id"]]
    assert {job["mapping"] for job in children} == {line["mapping"] for line in numbers["fullSync"]["lines"]}
    assert all(job["seconds"] > 0 and job["records"] > 0 for job in children)
    for code, told in numbers["problems"].items():
        assert code in done.stdout
        assert told["count"] > 0 and told["remedy"] and told["example"]


@pytest.mark.parametrize("scale", ["zero", "0", "-1", "nan"])
def test_a_scale_that_is_none_is_refused_at_once(tmp_path: Path, scale: str) -> None:
    done = run_demo(tmp_path, scale)
    assert done.returncode == 2
    assert f"SCALE must be a number above 0, such as 0.1 or 2, and is '{scale}'" in done.stderr


def test_what_does_not_come_in_time_is_named() -> None:
    with pytest.raises(DemoFailed, match=r"the phone of C1 in Sales did not come within 0 seconds"):
        wait_for("the phone of C1 in Sales", lambda: None, 0)


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_moves_on_a_terminal_and_is_plain_lines_elsewhere(terminal: bool) -> None:
    told = io.StringIO()
    screen = Screen(Console(file=told, force_terminal=terminal, width=100))
    line = {"mapping": "CUSTOMER", "done": 7, "toSales": {"failed": 2}, "fromSales": {}}
    with screen.progress({"CUSTOMER": 4}) as progress:
        for status in ("waiting", "in process", "in process", "error"):
            progress.update([{**line, "status": status}])
    if terminal:
        assert "\x1b" in told.getvalue()
        assert "7/7" in told.getvalue()
    else:
        assert told.getvalue() == "  CUSTOMER: in process\n  CUSTOMER: error, 7 records read, 2 failed\n"
