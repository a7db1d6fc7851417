"""HTTP: taking over from the native connector, and making lost couplings again. A dry run first."""

from __future__ import annotations

import azure.functions as func

from sync.context import Context
from sync.store import Job
from sync.store.findings import CURSOR
from sync.takeover import adopt, rebuild
from sync.takeover.report import listed, report
from sync.takeover.sorting import Fate
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, cursor_of, flag_of, job_of, limit_of
from sync.triggers.reports import asked_list, begun

blueprint = func.Blueprint()

DRY_RUN = "true: nothing is coupled; the job says what would be"
ADOPT = {"dryRun": DRY_RUN, "switches": "false: leave the switches of the mappings as they are here"}
REBUILD = {"dryRun": DRY_RUN, "match": "false: only by the id that Couplet wrote into Sales, not by match"}


@blueprint.function_name("adopt")
@blueprint.route(route="setup/adopt", methods=["POST"])
@answered
async def post_adopt(req: func.HttpRequest) -> func.HttpResponse:
    """Take over what the native connector coupled and how it was switched, without writing a record: 202 with the job."""
    ctx = await company_of(req)
    body = body_of(req, ADOPT)
    job = await adopt.adopt(ctx, dry_run=flag_of(body, "dryRun", ADOPT), switches=flag_of(body, "switches", ADOPT, usual=True))
    return _begun(job)


@blueprint.function_name("get_adoption")
@blueprint.route(route="setup/adopt/{id}", methods=["GET"])
@answered
async def get_adoption(req: func.HttpRequest) -> func.HttpResponse:
    """What was taken over, or would be: counts, switches, field rows, and one list with `?list=`, `?limit=`, `?cursor=`."""
    return await _told(req, adopt.KIND)


@blueprint.function_name("rebuild")
@blueprint.route(route="setup/rebuild", methods=["POST"])
@answered
async def post_rebuild(req: func.HttpRequest) -> func.HttpResponse:
    """Make lost couplings again, from the id that Couplet wrote into Sales and then by match: 202 with the job."""
    ctx = await company_of(req)
    body = body_of(req, REBUILD)
    job = await rebuild.rebuild(ctx, dry_run=flag_of(body, "dryRun", REBUILD), match=flag_of(body, "match", REBUILD, usual=True))
    return _begun(job)


@blueprint.function_name("get_rebuild")
@blueprint.route(route="setup/rebuild/{id}", methods=["GET"])
@answered
async def get_rebuild(req: func.HttpRequest) -> func.HttpResponse:
    """What was made again, or would be: counts, and one list with `?list=`, `?limit=`, `?cursor=`."""
    return await _told(req, rebuild.KIND)


def _begun(job: Job) -> func.HttpResponse:
    return begun(job, f"setup/{job.mapping}/{job.id}")


async def _told(req: func.HttpRequest, kind: str) -> func.HttpResponse:
    ctx = await company_of(req)
    job = await job_of(ctx, req)
    if job.mapping != kind:
        raise BadRequest(f"{job.id} is no job of {kind}.", status=404)
    name = asked_list(req, list(Fate))
    return as_json(await (report(ctx, job) if name is None else _list(req, ctx, job, name)))


async def _list(req: func.HttpRequest, ctx: Context, job: Job, name: str) -> dict[str, object]:
    return {"id": job.id, **await listed(ctx, job, name, limit_of(req, 100), cursor_of(req, CURSOR))}
