"""HTTP: whether Couplet is alive. Anonymous and cheap; it tells no names of people or companies, and no secret."""

from __future__ import annotations

import azure.functions as func

from sync.declared import check
from sync.entry.upkeep import check_pulse
from sync.environment import environment
from sync.errors import CoupletError
from sync.triggers.answers import as_json
from sync.triggers.callers import check_sign_in

blueprint = func.Blueprint()


@blueprint.function_name("health")
@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """200 when settings and mappings file are right, the storage answers and mappings are looked at in time, else 503 and what is wrong."""
    try:
        opened = await environment()
        check(opened.declared)
        check_sign_in()
        await opened.store.format.check(at_once=True)
        await opened.store.queue.length()
        await check_pulse(opened)
    except CoupletError as error:
        return as_json({"status": "unhealthy", "code": error.code, "detail": str(error), "remedy": error.remedy}, status=503)
    return as_json({"status": "healthy"})
