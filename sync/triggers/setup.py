"""HTTP: whether all is set up as it must be."""

from __future__ import annotations

import azure.functions as func

from sync.environment import Environment, looking
from sync.setup.checking import checked
from sync.triggers.answers import BadRequest, answered, as_json

blueprint = func.Blueprint()


@blueprint.function_name("check_setup")
@blueprint.route(route="setup/check", methods=["GET"])
@answered
async def check_setup(req: func.HttpRequest) -> func.HttpResponse:
    """Every requirement, met or not, with its remedy; also where the app cannot work yet."""
    async with looking() as opened:
        return await _checked(opened, req)


async def _checked(opened: Environment, req: func.HttpRequest) -> func.HttpResponse:
    names, wanted = opened.settings.bc_companies, req.params.get("company")
    chosen = [name for name in names if wanted is None or name.casefold() == wanted.casefold()]
    if len(chosen) != 1:
        raise BadRequest("Say which company, as BC_COMPANY names it: ?company=", allowed=list(names))
    found = await checked(opened, chosen[0])
    return as_json({"company": chosen[0], "ready": all(one.met for one in found if one.needed), "requirements": found})
