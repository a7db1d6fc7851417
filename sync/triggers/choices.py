"""HTTP: the choices of Sales that stand for payment terms, shipment methods and shipping agents."""

from __future__ import annotations

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.choices import choices, has_choices, remove_choice
from sync.triggers.answers import BadRequest, answered, as_json, company_of, id_of, mapping_of

blueprint = func.Blueprint()


def _mapping(ctx: Context, req: func.HttpRequest) -> TableMapping:
    mapping = mapping_of(ctx, req.route_params["mapping"])
    if not has_choices(mapping):
        with_choices = [name for name, each in ctx.mappings.items() if has_choices(each)]
        raise BadRequest(f"Rows of {mapping.name} are no choices.", allowed={"mapping": with_choices})
    return mapping


@blueprint.function_name("list_choices")
@blueprint.route(route="choices/{mapping}", methods=["GET"])
@answered
async def list_choices(req: func.HttpRequest) -> func.HttpResponse:
    """The choices of an option mapping: value, label, and the code that is coupled to it."""
    ctx = await company_of(req)
    mapping = _mapping(ctx, req)
    return as_json({"mapping": mapping.name, "value": await choices(ctx, mapping)})


@blueprint.function_name("delete_choice")
@blueprint.route(route="choices/{mapping}/{id}", methods=["DELETE"])
@answered
async def delete_choice(req: func.HttpRequest) -> func.HttpResponse:
    """Take a choice away that no code is coupled to and no row of Sales has."""
    ctx = await company_of(req)
    mapping = _mapping(ctx, req)
    gone = await remove_choice(ctx, mapping, id_of(mapping, Side.SALES, req.route_params["id"]))
    return as_json({"mapping": mapping.name, "deleted": gone})
