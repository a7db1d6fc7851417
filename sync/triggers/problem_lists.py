"""Open problems as people see them: page by page, by cause, and one by one."""

from __future__ import annotations

import re
from typing import Any

import azure.functions as func

from sync.context import Context
from sync.errors import NoOwner, by_code
from sync.store import ProblemRow
from sync.triggers.answers import as_json, asked_flag, cursor_of, limit_of

MOST_NAMED = 100
"""Records that a group names; it counts all of them."""

CURSOR = r"owners-[0-9]{1,9}|[0-9]{1,4}\|[\w.~:-]{0,450}"
GROUPS = "owners-"
"""Begins a cursor that stands among the groups, which come before all other problems."""


async def listed(ctx: Context, req: func.HttpRequest, mappings: list[str], job: str | None) -> func.HttpResponse:
    """The open problems of some mappings (those that one job met), as the query asks for them.

    A salesperson without user is one problem with the records behind it, whatever page they are on (rule D7); `?expand=true` shows each.
    """
    limit, cursor, code, parked = limit_of(req), cursor_of(req, CURSOR), req.params.get("code"), asked_flag(req, "parked")
    grouped = req.params.get("expand") != "true" and code in (None, NoOwner.code)
    groups: list[dict[str, Any]] = []
    if grouped and (cursor is None or cursor.startswith(GROUPS)):
        found = await _by_owner(ctx, mappings, job, parked)
        start = int(re.sub(r"\D", "", cursor or "") or 0)
        groups, cursor = found[start : start + limit], None
        if len(found) > start + limit or (len(groups) == limit and not code):
            return as_json({"value": groups, "cursor": f"{GROUPS}{start + limit}"})
    if grouped and code:
        return as_json({"value": groups, "cursor": None})
    asked = {"code": code, "but": NoOwner.code if grouped else None, "job": job}
    listing = await ctx.store.problems.list(ctx.company, mappings, **asked, parked=parked, limit=limit - len(groups), cursor=cursor)
    return as_json({"value": [*groups, *map(shown, listing.rows)], "cursor": listing.cursor})


async def _by_owner(ctx: Context, mappings: list[str], job: str | None, parked: bool | None) -> list[dict[str, Any]]:
    """One problem a salesperson, with the records that wait for a user of his."""
    groups: dict[str, dict[str, Any]] = {}
    async for row in ctx.store.problems.all(ctx.company, mappings, code=NoOwner.code):
        if job not in (None, row.job) or parked not in (None, row.parked is not None):
            continue
        mapping, _, record = (row.released_by or f"{row.mapping} {row.key}").rpartition(" ")
        group = groups.setdefault(record, {**shown(row), **NOBODYS, "mapping": mapping, "record": record, "count": 0, "waiting": []})
        group["count"] += 1
        group["message"] = f"{row.message}; {group['count']} record(s) wait"
        if len(group["waiting"]) < MOST_NAMED:
            group["waiting"].append(f"{row.mapping} {row.key}")
    return sorted(groups.values(), key=lambda group: str(group["record"]))


NOBODYS: dict[str, Any] = {"bcId": None, "salesId": None, "name": None, "names": {}, "problems": []}
"""What a group does not take over from its first record."""


async def by_cause(ctx: Context, mappings: list[str]) -> func.HttpResponse:
    """How many problems there are of each code, over all pages, the most frequent first."""
    groups: dict[str, dict[str, Any]] = {}
    async for row in ctx.store.problems.all(ctx.company, mappings):
        cause = by_code(row.code)
        fresh = {"code": row.code, "count": 0, "parked": 0, "meaning": meaning(cause), "remedy": cause.remedy, "since": row.since}
        group = groups.setdefault(row.code, {**fresh, "mappings": {}})
        group["count"] += 1
        group["parked"] += row.parked is not None
        group["since"] = min(group["since"], row.since)
        group["mappings"][row.mapping] = group["mappings"].get(row.mapping, 0) + 1
    return as_json({"value": sorted(groups.values(), key=lambda group: (-group["count"], group["code"]))})


def meaning(cause: type[Exception]) -> str:
    """What a code says in one sentence."""
    return (cause.__doc__ or "").strip().partition("\n")[0]


OF_A_STOPPED_RUN = ("acts", "records")
"""What a run that the brake stopped would do: how often each act, and the first records of its list (rule C3)."""


def shown(row: ProblemRow) -> dict[str, Any]:
    """One problem with everything that a person needs to settle it."""
    return {
        "mapping": row.mapping,
        "record": row.key,
        "name": row.name,
        "names": row.details.get("names", {}),
        "bcId": row.bc_id,
        "salesId": row.sales_id,
        "code": row.code,
        "message": row.message,
        "remedy": by_code(row.code).remedy,
        "fields": row.fields,
        "problems": row.details.get("problems", []),
        **{name: row.details[name] for name in OF_A_STOPPED_RUN if name in row.details},
        "releasedBy": row.released_by,
        "since": row.since,
        "last": row.last,
        "attempts": row.attempts,
        "nextAttempt": row.not_before,
        "parked": row.parked is not None,
        "parkedBy": row.parked,
        "job": row.job,
        "operationId": row.operation or None,
    }
