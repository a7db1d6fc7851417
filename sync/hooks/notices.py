"""What a notification says, read without trusting it: which row of which table, and whether it was deleted. Nothing else is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.services.odata import guid

LARGEST = 256 * 1024
"""Bytes of a body; a larger one is not read."""

LONGEST_RESOURCE = 2000

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_RESOURCE = re.compile(rf"\S*?\bapi/(?:v2\.0|[\w.-]+/[\w.-]+/[\w.-]+)/companies\(({_GUID})\)/(\w+)(?:\(({_GUID})\))?(\?\S*)?")
_LOGICAL_NAME = re.compile(r"[a-z][a-z0-9_]{0,127}")

CHANGES = frozenset({"created", "updated", "deleted", "collection"})
MESSAGES = frozenset({"Create", "Update", "Delete"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A table in which something changed; with `gone` a row that is said to be deleted.

    `company` is set by Business Central. `unnamed` says that rows may have been deleted which are not named.
    """

    table: str
    company: str | None = None
    gone: str | None = None
    unnamed: bool = False


def of_business_central(raw: bytes, knows: Callable[[str, str], bool]) -> tuple[list[Notice], int]:
    """The items of a body that carry their company's secret, and how many do not; `knows(secret, company)` compares."""
    items = _json(raw)
    items = items.get("value") if isinstance(items, dict) else None
    if not isinstance(items, list):
        return [], 1
    notices = [_item(item, knows) for item in items]
    return [notice for notice in notices if notice], notices.count(None)


def _item(item: Any, knows: Callable[[str, str], bool]) -> Notice | None:
    resource, state, change = _texts(item, "resource", "clientState", "changeType")
    found = _RESOURCE.fullmatch(resource) if len(resource) <= LONGEST_RESOURCE else None
    if found is None or change not in CHANGES or not knows(state, found[1]):
        return None
    # Many changes come as one, without their ids; the filter is left out when there are deletions among them.
    unnamed = change == "collection" and found[4] is None
    gone = found[3].lower() if change == "deleted" and found[3] else None
    return Notice(table=found[2], company=found[1].lower(), gone=gone, unnamed=unnamed)


def of_sales(raw: bytes) -> Notice | None:
    """What a body says, or None when it is no notification of a change."""
    message, table, row = _texts(_json(raw), "MessageName", "PrimaryEntityName", "PrimaryEntityId")
    if message not in MESSAGES or not _LOGICAL_NAME.fullmatch(table):
        return None
    try:
        id_ = guid(row)
    except ValueError:
        return None
    return Notice(table=table, gone=id_ if message == "Delete" else None)


def _texts(values: Any, *names: str) -> list[str]:
    """These properties as texts; what is none is blank."""
    found = [values.get(name) if isinstance(values, dict) else None for name in names]
    return [value if isinstance(value, str) else "" for value in found]


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
