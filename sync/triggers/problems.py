"""HTTP: the error desk. Open problems with their remedies, and what people do about them."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from sync.context import Context
from sync.errors import NoOwner, by_code
from sync.store import ProblemRow
from sync.triggers.answers import answered, as_json, company_of, limit_of, mappings_of

blueprint = func.Blueprint()


@blueprint.function_name("list_problems")
@blueprint.route(route="problems", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def list_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Open problems; `?mapping=` and `?code=` for some of them."""
    ctx = await company_of(req)
    return await listed(ctx, req, mappings_of(ctx, req), None)


async def listed(ctx: Context, req: func.HttpRequest, mappings: list[str], job: str | None) -> func.HttpResponse:
    """The open problems of some mappings (those that one job met), as the query asks for them."""
    listing = await ctx.store.problems.list(
        ctx.company, mappings, code=req.params.get("code"), job=job, limit=limit_of(req), cursor=req.params.get("cursor")
    )
    shown = [_problem(row) for row in listing.rows]
    return as_json({"value": shown if req.params.get("expand") == "true" else _grouped(shown), "cursor": listing.cursor})


def _grouped(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One problem a salesperson without user, with the records behind it (rule D7); `?expand=true` shows each record."""
    groups: dict[str, dict[str, Any]] = {}
    rest = []
    for problem in problems:
        if problem["code"] != NoOwner.code or not problem["releasedBy"]:
            rest.append(problem)
            continue
        mapping, _, record = problem["releasedBy"].rpartition(" ")
        group = groups.setdefault(record, {**problem, "mapping": mapping, "record": record, "bcId": None, "salesId": None, "waiting": []})
        group["waiting"].append(f"{problem['mapping']} {problem['record']}")
        group["message"] = f"{problem['message']}; {len(group['waiting'])} record(s) wait"
    return [*groups.values(), *rest]


def _problem(row: ProblemRow) -> dict[str, Any]:
    known = by_code(row.code)
    return {
        "mapping": row.mapping,
        "record": row.key,
        "bcId": row.bc_id,
        "salesId": row.sales_id,
        "code": row.code,
        "message": row.message,
        "remedy": known.remedy if known else None,
        "fields": row.fields,
        "problems": row.details.get("problems", []),
        "releasedBy": row.released_by,
        "since": row.since,
        "attempts": row.attempts,
        "job": row.job,
    }
