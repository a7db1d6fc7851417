"""HTTP: the connection as a whole. Look at it, stop and restart everything, synchronise what was modified in all mappings."""

from __future__ import annotations

from collections import Counter
from typing import Any

import azure.functions as func

from sync.context import Context
from sync.entry.connection import hold
from sync.entry.seat import check_seat, take_over
from sync.entry.upkeep import resume
from sync.environment import environment
from sync.errors import AnotherCouplet, InTheWay
from sync.run.modified import synchronize_modified
from sync.triggers.answers import answered, as_json, body_of, company_of, reason_of, shown_hold
from sync.triggers.entries import status_in

blueprint = func.Blueprint()


@blueprint.function_name("get_connection")
@blueprint.route(route="connection", methods=["GET"])
@answered
async def get_connection(req: func.HttpRequest) -> func.HttpResponse:
    """Whether anything runs at all, and if not, why, since when and by whom."""
    return as_json(_shown(await company_of(req)))


@blueprint.function_name("hold_connection")
@blueprint.route(route="connection/hold", methods=["POST"])
@answered
async def hold_connection(req: func.HttpRequest) -> func.HttpResponse:
    """Stop everything, with a reason that every answer shows; nothing is lost."""
    ctx = await company_of(req, while_held=True)
    await hold(ctx, reason_of(req, needed=True) or "")
    return as_json(_shown(await company_of(req, while_held=True)))


@blueprint.function_name("resume_connection")
@blueprint.route(route="connection/resume", methods=["POST"])
@answered
async def resume_connection(req: func.HttpRequest) -> func.HttpResponse:
    """Let everything go on where it stopped."""
    ctx = await company_of(req, while_held=True)
    body_of(req, {})
    if ctx.hold and ctx.hold.code == AnotherCouplet.code:
        await check_seat(ctx)
    resumed = await resume(await environment(), ctx)
    present = await company_of(req, while_held=True)
    return as_json({**_shown(present), "note": None if resumed else "the connection was not on hold"})


@blueprint.function_name("take_over_connection")
@blueprint.route(route="connection/take-over", methods=["POST"])
@answered
async def take_over_connection(req: func.HttpRequest) -> func.HttpResponse:
    """Let this app take the place of another Couplet that keeps the company in step; that one pauses within the hour."""
    ctx = await company_of(req, while_held=True)
    body_of(req, {})
    before = await take_over(ctx)
    if ctx.hold and ctx.hold.code == AnotherCouplet.code:
        await resume(await environment(), ctx)
    shown = _shown(await company_of(req, while_held=True))
    return as_json({**shown, "note": f"it took the place of the state {before}" if before else "no other app was there"})


@blueprint.function_name("synchronize_modified")
@blueprint.route(route="synchronize-modified", methods=["POST"])
@answered
async def synchronize_all_modified(req: func.HttpRequest) -> func.HttpResponse:
    """Look at all mappings, one after the other, in dependency order: 202 with the job."""
    ctx = await company_of(req)
    body_of(req, {})
    job, running = await synchronize_modified(ctx)
    if running:
        raise InTheWay(f"Job {running.id} does that since {running.started:%Y-%m-%d %H:%M:%S} UTC.", inTheWay=running.id)
    return as_json({"job": job.id}, status=202, location=f"jobs/{job.id}")


def _shown(ctx: Context) -> dict[str, Any]:
    """The connection; its entries counted by status, as the native set-up page counts active jobs."""
    return {
        "company": ctx.company,
        "environment": ctx.settings.bc_name,
        "status": "On Hold" if ctx.hold else "Ready",
        "hold": shown_hold(ctx.hold) if ctx.hold else None,
        "entries": Counter(status_in(ctx, ctx.entry(name)) for name in ctx.mappings),
        "unavailable": sorted({one.mapping for one in ctx.unavailable if one.field is None}),
    }
