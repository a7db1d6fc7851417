"""HTTP: why one record is or is not in step."""

from __future__ import annotations

import azure.functions as func

from sync.desk.explain import explain
from sync.entry.holds import refuse_parts
from sync.triggers.answers import answered, as_json, company_of, id_of, mapping_of, side_of

blueprint = func.Blueprint()


@blueprint.function_name("explain_record")
@blueprint.route(route="explain/{mapping}/{side}/{id}", methods=["GET"])
@answered
async def explain_record(req: func.HttpRequest) -> func.HttpResponse:
    """Why one record is or is not in step, and what would happen if it ran now."""
    ctx = await company_of(req)
    mapping, side = mapping_of(ctx, req.route_params["mapping"]), side_of(req)
    refuse_parts(mapping)
    return as_json(await explain(ctx, mapping, side, id_of(mapping, side, req.route_params["id"])))
