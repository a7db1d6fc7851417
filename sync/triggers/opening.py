"""HTTP: open a record in the other system, and see what lies alongside it there."""

from __future__ import annotations

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk.opening import Opened, alongside, made_and_opened, opened
from sync.entry.holds import refuse_parts
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, id_of, mapping_of, side_of

blueprint = func.Blueprint()

FOUND, SEE_OTHER = 302, 303


@blueprint.function_name("open_record")
@blueprint.route(route="records/{mapping}/{side}/{id}/open", methods=["GET"])
@answered
async def open_record(req: func.HttpRequest) -> func.HttpResponse:
    """Lead to the coupled record in the other system (302)."""
    return _leading(FOUND, await opened(*await _record(req)))


@blueprint.function_name("make_and_open_record")
@blueprint.route(route="records/{mapping}/{side}/{id}/open", methods=["POST"])
@answered
async def make_and_open_record(req: func.HttpRequest) -> func.HttpResponse:
    """The same (303); a record that is not coupled gets its counterpart first, where its mapping makes some."""
    body_of(req, {})
    return _leading(SEE_OTHER, await made_and_opened(*await _record(req)))


@blueprint.function_name("get_alongside")
@blueprint.route(route="records/{mapping}/{side}/{id}/alongside", methods=["GET"])
@answered
async def get_alongside(req: func.HttpRequest) -> func.HttpResponse:
    """How many opportunities, quotes and cases lie alongside a coupled record in Sales, and the newest of them."""
    ctx, mapping, side, id_ = await _record(req)
    if not mapping.alongside:
        raise BadRequest(
            f"Nothing is counted alongside {mapping.name}.", allowed=[each.name for each in ctx.mappings.values() if each.alongside]
        )
    return as_json(await alongside(ctx, mapping, side, id_))


async def _record(req: func.HttpRequest) -> tuple[Context, TableMapping, Side, str]:
    ctx = await company_of(req)
    mapping, side = mapping_of(ctx, req.route_params["mapping"]), side_of(req)
    refuse_parts(mapping)
    return ctx, mapping, side, id_of(mapping, side, req.route_params["id"])


def _leading(status: int, there: Opened) -> func.HttpResponse:
    """A browser follows the header; everybody else reads the address."""
    answer = as_json(there, status=status)
    answer.headers["Location"] = there.url
    answer.headers["Cache-Control"] = "no-store"
    return answer
