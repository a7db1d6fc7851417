"""HTTP: moving to unit groups, or back, once UNIT_GROUPS was changed."""

from __future__ import annotations

import azure.functions as func

from sync.errors import InTheWay
from sync.run.convert import start
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, flag_of, job_of

blueprint = func.Blueprint()

TAKES = {
    "dryRun": "true: nothing is written; the job says what would be made, coupled and refused",
    "confirm": "the number of couplings that go, as the dry run told it",
}
SHOWN = 50


@blueprint.function_name("convert_units")
@blueprint.route(route="unit-groups/convert", methods=["POST"])
@answered
async def convert_units(req: func.HttpRequest) -> func.HttpResponse:
    """Uncouple the units of the other mode, make or find those of the present one, bring products into step: 202 with the job."""
    ctx = await company_of(req)
    body = body_of(req, TAKES)
    confirmed = body.get("confirm")
    if confirmed is not None and (not isinstance(confirmed, int) or isinstance(confirmed, bool) or confirmed < 0):
        raise BadRequest("confirm must be a whole number.", allowed=TAKES)
    job, uncouples, running = await start(ctx, dry_run=flag_of(body, "dryRun", TAKES), confirmed=confirmed)
    if running:
        raise InTheWay(f"Job {running.id} converts since {running.started:%Y-%m-%d %H:%M:%S} UTC.", inTheWay=running.id)
    answer = {"job": job.id, "uncouples": uncouples, "confirm": sum(uncouples.values())}
    return as_json(answer, status=202, location=f"unit-groups/convert/{job.id}")


@blueprint.function_name("get_conversion")
@blueprint.route(route="unit-groups/convert/{id}", methods=["GET"])
@answered
async def get_conversion(req: func.HttpRequest) -> func.HttpResponse:
    """A conversion: how it stands; of a dry run also what would become of some records of each sort, by name."""
    ctx = await company_of(req)
    job = await job_of(ctx, req)
    samples = {name: await ctx.store.samples.of(ctx.company, job.id, name, SHOWN) for name in ctx.unconverted.whole}
    shown = {"job": job.id, "kind": job.kind, "status": job.status, "startedAt": job.started, "finishedAt": job.finished}
    return as_json({**shown, "totals": job.totals, "records": {name: found for name, found in samples.items() if found}})
