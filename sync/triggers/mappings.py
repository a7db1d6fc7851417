"""HTTP: job queue entries. Look at them, switch, run, hold, resume and reset them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.profiles import Unavailable
from sync.context import Context
from sync.entry.field_rows import field_rows, rest_of
from sync.entry.holds import check_on, refuse_parts
from sync.entry.switches import TAKES, BadSwitch, changed
from sync.errors import NotOnThisProfile, OnHold
from sync.run import scan
from sync.run.dry_run import rehearse_look
from sync.run.looks import INLINE, request_scan, scheduled_run
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, flag_of, mapping_of, reason_of
from sync.triggers.entries import shown_entry, warnings

blueprint = func.Blueprint()


@blueprint.function_name("list_mappings")
@blueprint.route(route="mappings", methods=["GET"])
@answered
async def list_mappings(req: func.HttpRequest) -> func.HttpResponse:
    """All mappings with their job queue entries."""
    ctx = await company_of(req)
    backlog = await ctx.store.work.backlog(ctx.company)
    shown = [shown_entry(ctx, mapping, ctx.entry(name), backlog) for name, mapping in ctx.mappings.items()]
    return as_json(
        {
            "value": shown,
            "unavailable": [_missing(one) for one in ctx.unavailable],
            "otherModes": dict(ctx.other_modes),
            "unconverted": dict(ctx.unconverted.held),
            "coupledOtherwise": dict(ctx.coupled_otherwise),
        }
    )


@blueprint.function_name("get_mapping")
@blueprint.route(route="mappings/{name}", methods=["GET"])
@answered
async def get_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """One mapping with its field rows."""
    ctx = await company_of(req)
    mapping = _known(ctx, req)
    unavailable = [_missing(one) for one in ctx.unavailable if one.mapping == mapping.name]
    rows = field_rows(mapping, ctx.declared[mapping.name])
    return as_json({**await _shown(ctx, mapping), "fields": rows, **rest_of(mapping), "unavailable": unavailable})


@blueprint.function_name("switch_mapping")
@blueprint.route(route="mappings/{name}", methods=["PATCH"])
@answered
async def switch_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Change run-time switches, all or none; null goes back to the default. They hold from the next message on, over deployments too."""
    ctx = await company_of(req, while_held=True)
    mapping = _known(ctx, req)
    body = body_of(req, TAKES)
    if not body:
        raise BadRequest("Name at least one switch.", allowed=dict(TAKES))
    declared = ctx.declared[mapping.name]
    try:
        await ctx.store.entries.switch(ctx.company, mapping.name, lambda present: changed(declared, present, body))
    except BadSwitch as error:
        raise BadRequest(f"Nothing was switched. {error}.", problems=dict(error.problems), allowed=dict(TAKES)) from error
    present = await company_of(req, while_held=True)
    after = present.mappings[mapping.name]
    return as_json({**await _shown(present, after), "warnings": warnings(after)})


RUN = {"dryRun": "true: nothing is written; what a look would find and do is answered"}


@blueprint.function_name("run_mapping")
@blueprint.route(route="mappings/{name}/run", methods=["POST"])
@answered
async def run_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Look now; with `dryRun`, only say what a look would do."""
    ctx = await company_of(req)
    mapping = _known(ctx, req)
    dry = flag_of(body_of(req, RUN), "dryRun", RUN)
    check_on(ctx, [mapping.name])
    entry = ctx.entry(mapping.name)
    if dry:
        return as_json(await rehearse_look(ctx, mapping, entry, scheduled_run(mapping), INLINE))
    if entry.held_by_person:
        raise OnHold(f"{mapping.name} is on hold: {entry.hold_reason or 'no reason given'}.")
    queued = await request_scan(ctx, mapping.name)
    return as_json({"mapping": mapping.name, "queued": queued, "note": None if queued else "a look is on its way already"}, status=202)


@blueprint.function_name("hold_mapping")
@blueprint.route(route="mappings/{name}/hold", methods=["POST"])
@answered
async def hold_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Put a mapping on hold, with a reason; the look in work comes to its end."""
    ctx = await company_of(req, while_held=True)
    mapping = _known(ctx, req)
    refuse_parts(mapping)
    reason = reason_of(req)
    since = ctx.entry(mapping.name).held_since or datetime.now(UTC)
    await ctx.store.entries.merge(ctx.company, mapping.name, held_by_person=True, hold_reason=reason, held_since=since)
    return as_json(await _current(ctx, mapping))


@blueprint.function_name("resume_mapping")
@blueprint.route(route="mappings/{name}/resume", methods=["POST"])
@answered
async def resume_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """End a hold, a pause after failures or an inactivity timeout; what changed meanwhile is found by the next look."""
    ctx = await company_of(req, while_held=True)
    mapping = _known(ctx, req)
    body_of(req, {})
    ended = {"held_by_person": False, "hold_reason": None, "held_since": None, "not_before": None, "idle": False}
    await ctx.store.entries.merge(ctx.company, mapping.name, **ended)
    return as_json(await _current(ctx, mapping))


@blueprint.function_name("reset_mapping")
@blueprint.route(route="mappings/{name}/reset", methods=["POST"])
@answered
async def reset_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Back to the defaults: no switches, no watermarks. Couplings stay, and the next look compares all of them; a hold stays a hold."""
    ctx = await company_of(req, while_held=True)
    mapping = _known(ctx, req)
    body_of(req, {})
    await ctx.store.entries.switch(ctx.company, mapping.name, lambda _: {}, **scan.after_reset())
    present = await company_of(req, while_held=True)
    return as_json(await _shown(present, present.mappings[mapping.name]))


def _known(ctx: Context, req: func.HttpRequest) -> TableMapping:
    return mapping_of(ctx, req.route_params["name"])


async def _current(ctx: Context, mapping: TableMapping) -> dict[str, Any]:
    """The entry as it stands after it was changed."""
    entry = await ctx.store.entries.get(ctx.company, mapping.name)
    return shown_entry(ctx, mapping, entry, await ctx.store.work.backlog(ctx.company))


async def _shown(ctx: Context, mapping: TableMapping) -> dict[str, Any]:
    return shown_entry(ctx, mapping, ctx.entry(mapping.name), await ctx.store.work.backlog(ctx.company))


def _missing(one: Unavailable) -> dict[str, Any]:
    """What this Business Central cannot do, by mapping and field, and how it could."""
    return {"mapping": one.mapping, "field": one.field, "why": one.why, "remedy": NotOnThisProfile.remedy}
