"""HTTP: the rows that a mapping's filters refuse, and the records that wait for something, with the reason of each."""

from __future__ import annotations

import base64
import binascii

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.desk.outside import outside
from sync.desk.readiness import readiness
from sync.errors import LinkRefused
from sync.triggers.answers import BadRequest, answered, as_json, company_of, cursor_of, mapping_of

blueprint = func.Blueprint()

CURSOR = r"[\w-]{1,6000}={0,2}"
"""The form of cursors: where the rest of the table begins, as one word."""


NOT_OURS = "cursor must be what the page before gave."


@blueprint.function_name("list_outside")
@blueprint.route(route="mappings/{name}/outside", methods=["GET"])
@answered
async def list_outside(req: func.HttpRequest) -> func.HttpResponse:
    """The rows of a table that the mapping's filters refuse, each with the reason; `?side=` bc (default) or sales, `?cursor=`."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    side = _side(req, Side.BC)
    try:
        found = await outside(ctx, mapping, side, _link(cursor_of(req, CURSOR)))
    except LinkRefused as error:
        raise BadRequest(NOT_OURS) from error
    return as_json({"value": found.rows, "read": found.read, "cursor": _cursor(found.next)})


@blueprint.function_name("get_readiness")
@blueprint.route(route="mappings/{name}/readiness", methods=["GET"])
@answered
async def get_readiness(req: func.HttpRequest) -> func.HttpResponse:
    """What the uncoupled records of a part of a table wait for, line by line; `?side=` the one that rows are made of, `?cursor=`."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    sources = _sources(mapping)
    side = _side(req, sources[0])
    if side not in sources:
        raise BadRequest(f"{mapping.name} makes no rows of those of {side}.", allowed=sources)
    try:
        found = await readiness(ctx, mapping, side, _link(cursor_of(req, CURSOR)))
    except LinkRefused as error:
        raise BadRequest(NOT_OURS) from error
    return as_json({"value": found.waiting, "ready": found.ready, "read": found.read, "cursor": _cursor(found.next)})


def _sources(mapping: TableMapping) -> list[Side]:
    """The sides whose records have rows made for them."""
    sources = [side for side in Side if side.other in mapping.creates and not mapping.part_of]
    if not sources:
        raise BadRequest(f"{mapping.name} makes no rows by itself.")
    return sources


def _side(req: func.HttpRequest, otherwise: Side) -> Side:
    asked = req.params.get("side", otherwise)
    if asked not in list(Side):
        raise BadRequest("The side must be bc or sales.", allowed=list(Side))
    return Side(asked)


def _cursor(link: str | None) -> str | None:
    return base64.urlsafe_b64encode(link.encode()).decode() if link else None


def _link(cursor: str | None) -> str | None:
    try:
        return base64.urlsafe_b64decode(cursor).decode() if cursor else None
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadRequest(NOT_OURS) from error
