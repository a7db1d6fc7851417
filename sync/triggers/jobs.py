"""HTTP: synch jobs and the problems they met."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from sync.context import Context
from sync.errors import NoOwner, by_code
from sync.store import Job, ProblemRow
from sync.triggers.answers import BadRequest, answered, as_json, company_of, limit_of, mapping_of

blueprint = func.Blueprint()


@blueprint.function_name("list_jobs")
@blueprint.route(route="jobs", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def list_jobs(req: func.HttpRequest) -> func.HttpResponse:
    """Synch jobs, newest first; `?mapping=` for those of one mapping."""
    ctx = await company_of(req)
    listing = await ctx.store.jobs.list(ctx.company, mappings_of(ctx, req), limit=limit_of(req), cursor=req.params.get("cursor"))
    return as_json({"value": [_shown(job) for job in listing.rows], "cursor": listing.cursor})


@blueprint.function_name("get_job")
@blueprint.route(route="jobs/{id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def get_job(req: func.HttpRequest) -> func.HttpResponse:
    """One synch job."""
    ctx = await company_of(req)
    return as_json(_shown(await _known(ctx, req)))


@blueprint.function_name("get_job_errors")
@blueprint.route(route="jobs/{id}/errors", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def get_job_errors(req: func.HttpRequest) -> func.HttpResponse:
    """The open problems that a job met, each with its remedy."""
    ctx = await company_of(req)
    job = await _known(ctx, req)
    return await _problems(ctx, req, [job.mapping], job.id)


@blueprint.function_name("list_problems")
@blueprint.route(route="problems", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def list_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Open problems; `?mapping=` and `?code=` for some of them."""
    ctx = await company_of(req)
    return await _problems(ctx, req, mappings_of(ctx, req), None)


async def _problems(ctx: Context, req: func.HttpRequest, mappings: list[str], job: str | None) -> func.HttpResponse:
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


def mappings_of(ctx: Context, req: func.HttpRequest) -> list[str]:
    """The mapping that `?mapping=` names, or all."""
    name = req.params.get("mapping")
    if name is None:
        return list(ctx.mappings)
    return [mapping_of(ctx, name).name]


async def _known(ctx: Context, req: func.HttpRequest) -> Job:
    job = await ctx.store.jobs.get(ctx.company, req.route_params["id"])
    if job is None:
        raise BadRequest(f"There is no job {req.route_params['id'][:100]}.", status=404)
    return job


def _shown(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "mapping": job.mapping,
        "kind": job.kind,
        "status": job.status,
        "parent": job.parent,
        "startedAt": job.started,
        "finishedAt": job.finished,
        "totals": job.totals,
        "message": job.message,
    }


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
