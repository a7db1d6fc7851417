"""`python -m infra.workbook`: write the workbook for the portal, made of the queries that stand beside the declaration of telemetry."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[1]
QUERIES = ROOT / "sync" / "telemetry" / "queries"
FILE = ROOT / "infra" / "azure" / "workbook.json"

SCHEMA = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json"
WORKSPACE = "<workspace>"
"""What the deployment puts the id of the workspace in the place of."""

DAY = 24 * 60 * 60 * 1000
RANGES = (DAY // 24, DAY // 6, DAY, 3 * DAY, 7 * DAY, 30 * DAY)

PARAMETERS = {"chosenCompany": "Company", "chosenMapping": "Mapping", "chosenRecord": "Record", "chosenOperation": "Operation"}
"""What a query lets people choose in its first lines, and the parameter of the workbook that chooses it."""

Item = dict[str, Any]


class Shown(StrEnum):
    """How the answer of a query is drawn."""

    TABLE = "table"
    LINES = "timechart"
    BARS = "barchart"


@dataclass(frozen=True)
class Part:
    """One query on a tab; `width` in percent of the page."""

    query: str
    shown: Shown = Shown.TABLE
    width: int = 100


@dataclass(frozen=True)
class Tab:
    """One tab: its parts, and the texts that people type in there."""

    label: str
    parts: tuple[Part, ...]
    typed: Mapping[str, str] | None = None


TABS = (
    Tab("Now", (Part("connections"), Part("standing"), Part("subscriptions"))),
    Tab("Jobs", (Part("jobs-by-mapping"), Part("counts", Shown.BARS), Part("jobs"))),
    Tab("Speed", (Part("slowest-mappings", width=50), Part("durations", Shown.LINES, 50), Part("arrival"))),
    Tab("Failures", (Part("failures-by-code"), Part("open-problems", Shown.LINES), Part("problems"), Part("given-up"), Part("log"))),
    Tab(
        "Load",
        (
            Part("backlog", Shown.LINES, 50),
            Part("lag", Shown.LINES, 50),
            Part("throttling", Shown.BARS),
            Part("work"),
            Part("calls"),
            Part("lost", Shown.BARS),
        ),
    ),
    Tab(
        "One record",
        (Part("record-history"), Part("operation")),
        typed={"Record": "id of the record in either system", "Operation": "operation, from the column of that name"},
    ),
)


def text(query: str) -> str:
    """The text of a query."""
    return (QUERIES / f"{query}.kql").read_text(encoding="utf-8")


def title(query: str) -> str:
    """What a query shows: its first line."""
    return text(query).partition("\n")[0].removeprefix("// ")


def chosen(query: str) -> str:
    """The text of a query in the workbook: what people chose in the place of what stands in its first lines."""
    return re.sub(
        r'^let (chosen\w+) = ".*";$', lambda found: f'let {found[1]} = "{{{PARAMETERS[found[1]]}}}";', text(query), flags=re.MULTILINE
    )


def workbook() -> Item:
    """The whole workbook, as the portal keeps it."""
    items = [_parameters("choices", [_range(), _choice("Company", "companies"), _choice("Mapping", "mappings")]), _tabs()]
    for tab in TABS:
        typed = [_typed(name, says) for name, says in (tab.typed or {}).items()]
        content = [*([_parameters(f"{tab.label}: typed", typed)] if typed else []), *map(_part, tab.parts)]
        items += [
            {**item, "conditionalVisibility": {"parameterName": "Tab", "comparison": "isEqualTo", "value": tab.label}} for item in content
        ]
    return {"version": "Notebook/1.0", "items": items, "fallbackResourceIds": [WORKSPACE], "$schema": SCHEMA}


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"couplet/workbook/{name}"))


def _parameters(name: str, parameters: list[Item]) -> Item:
    content = {"version": "KqlParameterItem/1.0", "parameters": parameters, "style": "pills", **_source()}
    return {"type": 9, "content": content, "name": name}


def _source() -> Item:
    return {"queryType": 0, "resourceType": "microsoft.operationalinsights/workspaces"}


def _parameter(name: str, kind: int, value: Any, **more: Any) -> Item:
    return {"id": _id(name), "version": "KqlParameterItem/1.0", "name": name, "type": kind, "value": value, **more}


def _range() -> Item:
    settings = {"selectableValues": [{"durationMs": each} for each in RANGES], "allowCustom": True}
    return _parameter("TimeRange", 4, {"durationMs": DAY}, label="Time range", isRequired=True, typeSettings=settings)


def _choice(name: str, query: str) -> Item:
    more = {"query": text(query), "typeSettings": {"additionalResourceOptions": []}, "timeContextFromParameter": "TimeRange"}
    return _parameter(name, 2, "*", isRequired=True, **more, **_source())


def _typed(name: str, says: str) -> Item:
    return _parameter(name, 1, "", description=says)


def _tabs() -> Item:
    links = [
        {"id": _id(f"tab {tab.label}"), "cellValue": "Tab", "linkTarget": "parameter", "linkLabel": tab.label, "subTarget": tab.label}
        | {"style": "link"}
        for tab in TABS
    ]
    return {"type": 11, "content": {"version": "LinkItem/1.0", "style": "tabs", "links": links}, "name": "tabs"}


def _part(part: Part) -> Item:
    content = {
        "version": "KqlItem/1.0",
        "query": chosen(part.query),
        "size": 0,
        "title": title(part.query),
        "timeContext": {"durationMs": DAY},
        "timeContextFromParameter": "TimeRange",
        "showExportToExcel": True,
        "visualization": part.shown,
        **_source(),
    }
    grid = {"gridSettings": {"filter": True, "rowLimit": 1000}} if part.shown is Shown.TABLE else {}
    return {"type": 3, "content": {**content, **grid}, "customWidth": str(part.width), "name": part.query}


def written() -> str:
    """The file that the deployment takes in."""
    return json.dumps(workbook(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the file."""
    FILE.write_text(written(), encoding="utf-8")
    print(f"written: {FILE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
