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
    if not isinstance(item, dict):
        return None
    resource, state, change = (item.get(name) for name in ("resource", "clientState", "changeType"))
    if not isinstance(resource, str) or not isinstance(state, str) or change not in CHANGES or len(resource) > LONGEST_RESOURCE:
        return None
    found = _RESOURCE.fullmatch(resource)
    if found is None or not knows(state, found[1]):
        return None
    # Many changes come as one, without their ids; the filter is left out when there are deletions among them.
    unnamed = change == "collection" and found[4] is None
    gone = found[3].lower() if change == "deleted" and found[3] else None
    return Notice(table=found[2], company=found[1].lower(), gone=gone, unnamed=unnamed)


def of_sales(raw: bytes) -> Notice | None:
    """What a body says, or None when it is no notification of a change."""
    context = _json(raw)
    if not isinstance(context, dict) or context.get("MessageName") not in MESSAGES:
        return None
    table, row = context.get("PrimaryEntityName"), context.get("PrimaryEntityId")
    if not isinstance(table, str) or not isinstance(row, str) or not _LOGICAL_NAME.fullmatch(table):
        return None
    try:
        return Notice(table=table, gone=guid(row) if context["MessageName"] == "Delete" else None)
    except ValueError:
        return None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
