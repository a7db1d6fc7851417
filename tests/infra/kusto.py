"""Queries for the portal, read by Microsoft's own parser: names are bound to the columns that the workspace tables have."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.workbook import QUERIES
from sandbox.processes import PROJECT

HOME = PROJECT / ".sandbox" / "kusto"
SCRIPT = Path(__file__).with_name("kusto.mjs")

_ALL = "TimeGenerated: datetime, OperationId: string, OperationName: string, ParentId: string, Properties: dynamic, AppRoleInstance: string"
_DONE = "Id: string, Name: string, Success: bool, ResultCode: string, DurationMs: real"
TABLES = {
    "AppTraces": f"({_ALL}, Message: string, SeverityLevel: int)",
    "AppRequests": f"({_ALL}, {_DONE}, Url: string, Source: string)",
    "AppDependencies": f"({_ALL}, {_DONE}, DependencyType: string, Target: string, Data: string)",
    "AppMetrics": f"({_ALL}, Name: string, Sum: real, Min: real, Max: real, ItemCount: int)",
}
"""https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces and its neighbours: the columns of use to us."""

COMPARED = re.compile(r'^(?:Properties(?:\.|\["))?(?P<field>\w+)(?:"\])? (?:==|!=|in|!in) (?P<values>"[^"]*"|\("[^()]*"\))$')
"""A comparison of one field with texts."""

SAMPLES = {
    "a column that is not there": "AppTraces\n| where TimeGenrated > ago(1d)",
    "another type": "AppTraces | summarize avg(Message)",
    "no condition": "AppTraces | where",
    "nothing wrong": 'AppTraces | where Properties.event in ("job", "pulse") and Properties["mapping"] == "X" | project Properties.kind',
}
"""Queries of the tests' own, read along with the others: the parser takes a second to load."""


@dataclass(frozen=True)
class Query:
    """A query: what the parser complains of, the tables it reads, the fields it asks for, what it compares them with, its columns."""

    wrong: tuple[str, ...]
    tables: frozenset[str]
    fields: frozenset[str]
    values: Mapping[str, frozenset[str]]
    columns: Mapping[str, str]

    @property
    def events(self) -> frozenset[str]:
        """The events that it reads."""
        return self.values.get("event", frozenset())


def texts() -> dict[str, str]:
    """The text of every query, by its path."""
    return {path.relative_to(QUERIES).with_suffix("").as_posix(): path.read_text(encoding="utf-8") for path in QUERIES.rglob("*.kql")}


def queries() -> Mapping[str, Query]:
    """Every query, read."""
    return {name: query for name, query in _read().items() if name not in SAMPLES}


def samples() -> Mapping[str, Query]:
    """The tests' own, read."""
    return {name: query for name, query in _read().items() if name in SAMPLES}


@cache
def _read() -> Mapping[str, Query]:
    if not (HOME / "node.txt").exists():
        raise FileNotFoundError(f"Microsoft's parser is not installed in {HOME}: run `python3 dev.py setup`")
    line = [(HOME / "node.txt").read_text(encoding="utf-8"), str(SCRIPT), str(HOME)]
    asked = json.dumps({"tables": TABLES, "queries": {**texts(), **SAMPLES}})
    done = subprocess.run(line, input=asked, capture_output=True, text=True, check=True, encoding="utf-8")
    return {name: _query(found) for name, found in json.loads(done.stdout).items()}


def _query(found: Mapping[str, Any]) -> Query:
    compared = [match for said in found["compared"] if (match := COMPARED.match(said))]
    return Query(
        wrong=tuple(found["wrong"]),
        tables=frozenset(found["tables"]),
        fields=frozenset(re.findall(r"^Properties(?:\.|\[\")(\w+)", "\n".join(found["properties"]), re.MULTILINE)),
        values={match["field"]: frozenset(re.findall(r'"([^"]+)"', match["values"])) for match in compared},
        columns=found["columns"],
    )
