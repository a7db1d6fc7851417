"""The columns of both systems: types and lengths, from the public descriptions of the two APIs."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from mapping.values import Side

HERE = Path(__file__).parent


@lru_cache(maxsize=8)
def tables(name: str) -> dict[str, dict[str, dict[str, Any]]]:
    """One schema file: table -> column -> `{type, length?, readOnly?, targets?}`."""
    loaded: dict[str, dict[str, dict[str, Any]]] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def column(side: Side, table: str, name: str) -> dict[str, Any] | None:
    """What is known of one column; None when the table has no such column in any profile."""
    if side is Side.SALES:
        return tables("sales").get(table, {}).get(name)
    return tables("business_central_extension").get(table, {}).get(name) or tables("business_central").get(table, {}).get(name)


def length(side: Side, table: str, name: str) -> int | None:
    """How many UTF-16 units a text column takes; None when it is unbounded or no text."""
    known = column(side, table, name)
    return known.get("length") if known else None


def is_standard(table: str, name: str) -> bool:
    """Whether BC's standard API v2.0 serves this property; else it needs the extension."""
    return name in tables("business_central").get(table, {})


def table(side: Side, name: str) -> dict[str, dict[str, Any]]:
    """All columns of a table in whatever profile; none of one that nobody has described."""
    if side is Side.SALES:
        return tables("sales").get(name, {})
    return {**tables("business_central").get(name, {}), **tables("business_central_extension").get(name, {})}


def names(side: Side) -> set[str]:
    """All tables of a side in whatever profile."""
    return set(tables("sales")) if side is Side.SALES else {*tables("business_central"), *tables("business_central_extension")}
