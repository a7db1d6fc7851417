"""HTTP: job queue entries. Look at them, run them now, hold and resume them; and explain one record."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.profiles import Unavailable
from sync.context import Context
from sync.errors import NotOnThisProfile
from sync.explain import explain
from sync.field_rows import field_rows, rest_of
from sync.looks import request_scan
from sync.store import Entry
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, id_of, mapping_of, side_of

blueprint = func.Blueprint()


@blueprint.function_name("list_mappings")
@blueprint.route(route="mappings", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def list_mappings(req: func.HttpRequest) -> func.HttpResponse:
    """All mappings with their job queue entries."""
    ctx = await company_of(req)
    entries = {entry.mapping: entry for entry in await ctx.store.entries.all(ctx.company)}
    none = Entry(company=ctx.company, mapping="")
    shown = [await _shown(ctx, mapping, entries.get(name, none)) for name, mapping in ctx.mappings.items()]
    return as_json({"value": shown, "unavailable": [_missing(one) for one in ctx.unavailable]})


@blueprint.function_name("get_mapping")
@blueprint.route(route="mappings/{name}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def get_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """One mapping with its field rows."""
    ctx = await company_of(req)
    mapping = _known(ctx, req)
    unavailable = [_missing(one) for one in ctx.unavailable if one.mapping == mapping.name]
    rows = field_rows(mapping, ctx.declared[mapping.name])
    return as_json({**await _current(ctx, mapping), "fields": rows, **rest_of(mapping), "unavailable": unavailable})


@blueprint.function_name("run_mapping")
@blueprint.route(route="mappings/{name}/run", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def run_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Look now."""
    ctx = await company_of(req)
    mapping = _known(ctx, req)
    entry = await ctx.store.entries.get(ctx.company, mapping.name)
    if entry.held_by_person:
        raise BadRequest(f"{mapping.name} is on hold: {entry.hold_reason or 'no reason given'}. Resume it first.", status=409)
    queued = await request_scan(ctx, mapping.name)
    return as_json({"mapping": mapping.name, "queued": queued, "note": None if queued else "a look is on its way already"}, status=202)


@blueprint.function_name("hold_mapping")
@blueprint.route(route="mappings/{name}/hold", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def hold_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Put a mapping on hold, with a reason."""
    ctx = await company_of(req)
    mapping = _known(ctx, req)
    reason = body_of(req, {"reason": "why, in your own words"}).get("reason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > 500):
        raise BadRequest("reason must be a text of up to 500 characters.")
    await ctx.store.entries.merge(ctx.company, mapping.name, held_by_person=True, hold_reason=reason)
    return as_json(await _current(ctx, mapping))


@blueprint.function_name("resume_mapping")
@blueprint.route(route="mappings/{name}/resume", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def resume_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """End a hold; what changed meanwhile is found by the next look."""
    ctx = await company_of(req)
    mapping = _known(ctx, req)
    await ctx.store.entries.merge(ctx.company, mapping.name, held_by_person=False, hold_reason=None)
    return as_json(await _current(ctx, mapping))


@blueprint.function_name("explain_record")
@blueprint.route(route="explain/{mapping}/{side}/{id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answered
async def explain_record(req: func.HttpRequest) -> func.HttpResponse:
    """Why one record is or is not in step, and what would happen if it ran now."""
    ctx = await company_of(req)
    mapping = _known(ctx, req, "mapping")
    side = side_of(req)
    return as_json(await explain(ctx, mapping, side, id_of(mapping, side, req.route_params["id"])))


def _known(ctx: Context, req: func.HttpRequest, parameter: str = "name") -> TableMapping:
    return mapping_of(ctx, req.route_params[parameter])


async def _current(ctx: Context, mapping: TableMapping) -> dict[str, Any]:
    return await _shown(ctx, mapping, await ctx.store.entries.get(ctx.company, mapping.name))


async def _shown(ctx: Context, mapping: TableMapping, entry: Entry) -> dict[str, Any]:
    return {
        "name": mapping.name,
        "bc": mapping.bc.name,
        "sales": mapping.sales.name,
        "direction": mapping.direction,
        "needs": mapping.needs,
        "onlyCoupled": mapping.only_coupled,
        "status": status_of(entry),
        "holdReason": entry.hold_reason,
        "lastLooked": entry.last_looked,
        "lastJob": entry.last_job,
    }


def _missing(one: Unavailable) -> dict[str, Any]:
    """What this Business Central cannot do, by mapping and field, and how it could."""
    return {"mapping": one.mapping, "field": one.field, "why": one.why, "remedy": NotOnThisProfile.remedy}


def status_of(entry: Entry) -> str:
    """The status of the job queue entry, in the native words; derived, never stored."""
    at_work = entry.scan_pending_since is not None or entry.scan_running_since is not None or entry.full_job is not None
    states = {"On Hold": entry.held_by_person, "Error": entry.failures > 0, "In Process": at_work}
    return next((name for name, is_so in states.items() if is_so), "Ready")
