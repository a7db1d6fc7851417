"""HTTP: the rows that a mapping's filters refuse, with the reason of each."""

from __future__ import annotations

import base64
import binascii

import azure.functions as func

from mapping.values import Side
from sync.desk.outside import outside
from sync.errors import LinkRefused
from sync.triggers.answers import BadRequest, answered, as_json, company_of, cursor_of, mapping_of

blueprint = func.Blueprint()

CURSOR = r"[\w-]{1,6000}={0,2}"
"""The form of cursors: where the rest of the table begins, as one word."""


NOT_OURS = "cursor must be what the page before gave."


@blueprint.function_name("list_outside")
@blueprint.route(route="mappings/{name}/outside", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def list_outside(req: func.HttpRequest) -> func.HttpResponse:
    """The rows of a table that the mapping's filters refuse, each with the reason; `?side=` bc (default) or sales, `?cursor=`."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    asked = req.params.get("side", Side.BC)
    if asked not in list(Side):
        raise BadRequest("The side must be bc or sales.", allowed=list(Side))
    try:
        found = await outside(ctx, mapping, Side(asked), _link(cursor_of(req, CURSOR)))
    except LinkRefused as error:
        raise BadRequest(NOT_OURS) from error
    cursor = base64.urlsafe_b64encode(found.next.encode()).decode() if found.next else None
    return as_json({"value": found.rows, "read": found.read, "cursor": cursor})


def _link(cursor: str | None) -> str | None:
    try:
        return base64.urlsafe_b64decode(cursor).decode() if cursor else None
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadRequest(NOT_OURS) from error
