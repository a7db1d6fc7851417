"""HTTP: synch jobs."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from sync.context import Context
from sync.entry.upkeep import SEVERAL
from sync.run.stalled import stall_json, stalled
from sync.store import Job
from sync.triggers.answers import NEWEST_FIRST, answered, as_json, company_of, cursor_of, job_of, limit_of, mappings_of
from sync.triggers.problem_lists import listed

blueprint = func.Blueprint()


@blueprint.function_name("list_jobs")
@blueprint.route(route="jobs", methods=["GET"])
@answered
async def list_jobs(req: func.HttpRequest) -> func.HttpResponse:
    """Synch jobs, newest first; `?mapping=` for those of one mapping, without those that belong to several."""
    ctx = await company_of(req)
    names = [*mappings_of(ctx, req), *(() if "mapping" in req.params else SEVERAL)]
    listing = await ctx.store.jobs.list(ctx.company, names, limit=limit_of(req), cursor=cursor_of(req, NEWEST_FIRST))
    return as_json({"value": [await _shown(ctx, job) for job in listing.rows], "cursor": listing.cursor})


@blueprint.function_name("get_job")
@blueprint.route(route="jobs/{id}", methods=["GET"])
@answered
async def get_job(req: func.HttpRequest) -> func.HttpResponse:
    """One synch job."""
    ctx = await company_of(req)
    return as_json(await _shown(ctx, await job_of(ctx, req)))


@blueprint.function_name("get_job_errors")
@blueprint.route(route="jobs/{id}/errors", methods=["GET"])
@answered
async def get_job_errors(req: func.HttpRequest) -> func.HttpResponse:
    """The open problems that a job met, each with its remedy."""
    ctx = await company_of(req)
    job = await job_of(ctx, req)
    return await listed(ctx, req, [job.mapping], job.id)


async def _shown(ctx: Context, job: Job) -> dict[str, Any]:
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
        "operationId": job.operation or None,
        **({"children": job.details["children"]} if "children" in job.details else {}),
        **stall_json(await stalled(ctx, job)),
    }
