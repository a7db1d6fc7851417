"""HTTP: rows that come and go. Compare ids now, and answer a run that the brake stopped (rules C2, C3)."""

from __future__ import annotations

import azure.functions as func

from sync import brake, compare
from sync.errors import MassChange
from sync.holds import refuse_on_hold
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, mapping_of

blueprint = func.Blueprint()

CONFIRM = {
    "problem": "the record of the problem mass_change, such as mass:<job>",
    "confirm": "true (default) does what its list says, false forgets the list",
}


@blueprint.function_name("compare_mapping")
@blueprint.route(route="mappings/{name}/compare", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def compare_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Look now for coupled rows that are no longer there."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    body_of(req, {})
    await refuse_on_hold(ctx, mapping)
    job = await compare.request(ctx, mapping)
    return as_json({"mapping": mapping.name, "job": job.id}, status=202, headers={"Location": f"jobs/{job.id}"})


@blueprint.function_name("confirm_mass_change")
@blueprint.route(route="mappings/{name}/confirm", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def confirm_mass_change(req: func.HttpRequest) -> func.HttpResponse:
    """Let a run that was stopped do what its list says, or forget the list; the entry goes on either way."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    body = body_of(req, CONFIRM)
    key, yes = body.get("problem"), body.get("confirm", True)
    if not isinstance(key, str) or not isinstance(yes, bool):
        raise BadRequest("problem must be a text, confirm true or false.", allowed=CONFIRM)
    problem = await ctx.store.problems.get(ctx.company, mapping.name, key)
    if problem is None or problem.code != MassChange.code:
        raise BadRequest(f"{mapping.name} has no such problem: {key[:100]}.", status=404)
    stopped = key.removeprefix(brake.MASS)
    if not yes:
        await brake.dismiss(ctx, mapping, stopped)
        return as_json({"mapping": mapping.name, "dismissed": key})
    job = await brake.confirm(ctx, mapping, stopped)
    return as_json({"mapping": mapping.name, "job": job.id}, status=202, headers={"Location": f"jobs/{job.id}"})
