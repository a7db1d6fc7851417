"""The bench runs end to end on a few records; how long it takes is nobody's business here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import main
from bench.customers import account, customer
from bench.figures import Figures, less
from bench.marks import MARKS, judge
from bench.results import middle

RECORDS = 120


def test_customers_are_the_same_at_every_run_and_all_different() -> None:
    rows = [customer(number) for number in range(RECORDS)]
    assert rows == [customer(number) for number in range(RECORDS)]
    for name in ("id", "number", "displayName", "email"):
        assert len({row[name] for row in rows}) == RECORDS
    assert len({account(row, "eur")["accountid"] for row in rows}) == RECORDS


def test_a_mark_that_is_missed_is_named_with_the_largest_part_of_what_was_measured() -> None:
    first = Figures(
        records=10, seconds=2.0, requests={"bc": 9, "sales": 1}, routes={"bc": {"GET customers": 9}, "sales": {"POST accounts": 1}}
    )
    first.transactions = {"app GET couplings": 30, "host GET couplet-work": 5}
    first.spent = {"inFunctions": 1.5, "betweenMessages": 0.5}
    second = Figures(records=10, seconds=1.0, rows_written={"bc": 0, "sales": 0}, operations={"PUT couplings": 2, "PUT jobs": 4})
    storage = Figures(records=10, seconds=0.5)
    match = Figures(records=10, seconds=0.5, requests={"bc": 4, "sales": 12}, routes={"bc": {}, "sales": {"GET accounts": 12}})
    coupling = Figures(records=10, seconds=0.5, requests={"bc": 0, "sales": 0}, routes={})
    late, burst = Figures(records=1, seconds=31.0), Figures(records=1000, seconds=9.0, spent={"typing": 2.0, "runs": 3.0})
    runs = {"floor": storage, "storage": storage, "first": first, "second": second, "match": match, "coupling": coupling}
    order = Figures(records=1, seconds=0.5, requests={"bc": 9, "sales": 6}, routes={"bc": {"GET items": 9}, "sales": {}})
    runs |= {"order": order, "fromBc": late, "fromSales": storage, "burst": burst}
    verdicts = judge(runs)
    assert [verdict.met for verdict in verdicts] == [False, False, True, False, False, False, True, True, False, True, False, True, False]
    assert [verdict.measured for verdict in verdicts] == [1.0, 3.0, 0, 2, 0.25, 12, 0, 0, 9, 6, 31, 0.5, 3]
    assert "12 GET accounts" in verdicts[5].reason
    assert "9 GET customers" in verdicts[0].reason
    assert "30 GET couplings" in verdicts[1].reason and "couplet-work" not in verdicts[1].reason
    assert "4 PUT jobs" in verdicts[3].reason
    assert "ran 1.5 s" in verdicts[4].reason and "0.5 s passed" in verdicts[4].reason


def test_the_round_in_the_middle_is_shown() -> None:
    rounds = [{"first": Figures(records=1, seconds=seconds)} for seconds in (9.0, 1.0, 4.0)]
    assert middle(rounds)["first"].seconds == 4.0


def test_counters_that_did_not_move_are_left_out() -> None:
    assert less({"a": 3, "b": 2, "c": 1}, {"a": 1, "b": 2}) == {"a": 2, "c": 1}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_bench_measures_floor_first_load_second_run_storage_match_and_edits(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    assert main(["--records", str(RECORDS), "--latency", "5", "--home", str(tmp_path / "home"), "--out", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert {"date", "machine", "versions", "records", "counted", "latencies"} <= found.keys()
    (runs,) = found["latencies"]
    assert runs["latencyMilliseconds"] == 5 and runs["rounds"] == 1
    moved_once(runs["floor"])
    moved_once(runs["first"], own_mark=1)
    assert runs["second"]["rowsWritten"] == {"bc": 0, "sales": 0}
    assert runs["second"]["storageTransactions"] and not any("couplings" in name for name in runs["second"]["storageOperations"])
    assert runs["match"]["rowsWritten"] == {"bc": 0, "sales": 0}
    assert runs["coupling"]["rowsWritten"] == {"bc": 0, "sales": RECORDS}
    assert (runs["order"]["records"], runs["orders"]["records"]) == (1, 100)
    assert runs["orders"]["perRecord"]["bcRequests"] < runs["order"]["perRecord"]["bcRequests"] <= 8
    assert runs["orders"]["perRecord"]["salesRequests"] < runs["order"]["perRecord"]["salesRequests"] <= 6
    assert 0 < runs["fromBc"]["seconds"] < 30 and 0 < runs["fromSales"]["seconds"] < 15
    assert runs["burst"]["records"] == runs["burst"]["rowsWritten"]["bc"] == RECORDS
    assert [mark["name"] for mark in runs["marks"]] == [mark.name for mark in MARKS]
    assert all(bool(mark["reason"]) is not mark["met"] for mark in runs["marks"])


def moved_once(run: dict[str, Any], *, own_mark: int = 0) -> None:
    """Every customer was read at least once and written exactly once; at its start the app also writes down that it is there (rule G3)."""
    assert run["records"] == RECORDS
    assert run["rowsWritten"] == {"bc": 0, "sales": RECORDS + own_mark}
    assert run["requests"]["bc"] > 0 and run["requests"]["sales"] > 0
