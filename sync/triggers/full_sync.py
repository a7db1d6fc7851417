"""HTTP: start, look at, cancel and restart a full synch."""

from __future__ import annotations

import re
from typing import Any

import azure.functions as func

from sync.context import Context
from sync.entry.guards import check_alone
from sync.heart.plan import Side, StartRule
from sync.record.tally import DIRECTIONS
from sync.run import full
from sync.run.dry_run import SAMPLES
from sync.run.full import Order
from sync.run.recommend import CreateNew
from sync.run.stalled import stall_json, stalled
from sync.store import Entry, FullSync, Line
from sync.triggers.answers import NEWEST_FIRST, BadRequest, answered, as_json, body_of, company_of, cursor_of, flag_of, limit_of, mapping_of
from sync.triggers.entries import status_in

blueprint = func.Blueprint()

ALLOWED = {
    "mappings": "a list of mapping names; all when left out",
    "createNew": "none, toSales, fromSales or both; by the lines' recommendations when left out",
    "startRule": "bcWins, salesWins or ask; each mapping's own (bcWins) when left out",
    "unconditional": "true: what is remembered of coupled records is not trusted, each pair is merged as for the first time",
    "dryRun": "true: nothing is written; what would be done is counted and shown by samples",
}


@blueprint.function_name("start_full_sync")
@blueprint.route(route="full-sync", methods=["POST"])
@answered
async def start_full_sync(req: func.HttpRequest) -> func.HttpResponse:
    """202 with the new full synch, 409 with the one in the way."""
    ctx = await company_of(req)
    order = parse_order(body_of(req, ALLOWED), ctx)
    if not order.dry_run:
        await check_alone(ctx)
    return taken(*await full.start(ctx, order))


def taken(started: FullSync, in_the_way: FullSync | None) -> func.HttpResponse:
    """The answer to whoever started a full synch."""
    if in_the_way:
        raise BadRequest(
            f"Full synch {in_the_way.id} is in process since {in_the_way.started:%Y-%m-%d %H:%M:%S} UTC. "
            f"Wait for it, or cancel it: POST full-sync/{in_the_way.id}/cancel.",
            status=409,
            inTheWay=in_the_way.id,
        )
    return as_json({"id": started.id}, status=202, location=f"full-sync/{started.id}")


@blueprint.function_name("list_full_syncs")
@blueprint.route(route="full-sync", methods=["GET"])
@answered
async def list_full_syncs(req: func.HttpRequest) -> func.HttpResponse:
    """Full synchs, newest first."""
    ctx = await company_of(req)
    listing = await ctx.store.full_syncs.list(ctx.company, limit=limit_of(req), cursor=cursor_of(req, NEWEST_FIRST))
    return as_json({"value": [_head(each) for each in listing.rows], "cursor": listing.cursor})


@blueprint.function_name("get_full_sync")
@blueprint.route(route="full-sync/{id}", methods=["GET"])
@answered
async def get_full_sync(req: func.HttpRequest) -> func.HttpResponse:
    """One full synch with its lines."""
    ctx = await company_of(req)
    return as_json(await shown(ctx, await _known(ctx, req), samples=_samples(req)))


@blueprint.function_name("cancel_full_sync")
@blueprint.route(route="full-sync/{id}/cancel", methods=["POST"])
@answered
async def cancel_full_sync(req: func.HttpRequest) -> func.HttpResponse:
    """Ask a full synch to stop."""
    ctx = await company_of(req, while_held=True)
    body_of(req, {})
    present = await _known(ctx, req)
    if present.status.over:
        raise BadRequest(f"Full synch {present.id} is over: {present.status}.", status=409)
    return as_json(await shown(ctx, await full.cancel(ctx, present.id)), status=202)


@blueprint.function_name("restart_full_sync")
@blueprint.route(route="full-sync/{id}/restart", methods=["POST"])
@answered
async def restart_full_sync(req: func.HttpRequest) -> func.HttpResponse:
    """Begin the lines again that were cancelled or ended in error."""
    ctx = await company_of(req)
    body_of(req, {})
    present = await _known(ctx, req)
    if not present.status.over:
        raise BadRequest(f"Full synch {present.id} is still in process.", status=409)
    if present.rehearsal:
        raise BadRequest(f"{present.id} is a dry run: what it planned is forgotten. Start another one.", status=409)
    return as_json(await shown(ctx, await full.restart(ctx, present.id)), status=202)


def parse_order(body: dict[str, Any], ctx: Context) -> Order:
    """What was asked for, or a clear word about what is wrong with it."""
    mappings = body.get("mappings")
    if mappings is not None and not (isinstance(mappings, list) and mappings and all(isinstance(name, str) for name in mappings)):
        raise BadRequest("mappings must be a list of one or more names; leave it out for all.", allowed=list(ctx.mappings))
    try:
        create_new = CreateNew(body["createNew"]) if body.get("createNew") is not None else None
        start_rule = StartRule(body["startRule"]) if body.get("startRule") is not None else None
    except ValueError as error:
        raise BadRequest(f"{error}.", allowed=ALLOWED) from error
    names = [mapping_of(ctx, name).name for name in mappings or []]
    unconditional, dry_run = (flag_of(body, name, ALLOWED) for name in ("unconditional", "dryRun"))
    return Order(mappings=names, create_new=create_new, start_rule=start_rule, unconditional=unconditional, dry_run=dry_run)


async def _known(ctx: Context, req: func.HttpRequest) -> FullSync:
    found = await ctx.store.full_syncs.get(ctx.company, req.route_params["id"])
    if found is None:
        raise BadRequest(f"There is no full synch {req.route_params['id'][:100]}.", status=404)
    return found


def _head(each: FullSync) -> dict[str, Any]:
    times = {"startedAt": each.started, "finishedAt": each.finished}
    return {"id": each.id, "status": each.status, **times, "options": each.options, "operationId": each.operation or None}


def _samples(req: func.HttpRequest) -> int:
    """`?samples=`: how many records of each sort a dry run shows."""
    text = req.params.get("samples", "3")
    if not re.fullmatch("[0-9]{1,2}", text) or int(text) > SAMPLES:
        raise BadRequest(f"samples must be a whole number from 0 to {SAMPLES}.")
    return int(text)


async def shown(ctx: Context, head: FullSync, *, samples: int = 0) -> dict[str, Any]:
    """A full synch with its lines, as the native review page shows them."""
    lines = await ctx.store.full_syncs.lines(ctx.company, head.id)
    entries = {entry.mapping: entry for entry in await ctx.store.entries.all(ctx.company)}
    answer = [{**await line_json(ctx, line), **entry_json(ctx, entries.get(line.mapping) or ctx.entry(line.mapping))} for line in lines]
    if head.rehearsal and samples:
        for each in answer:
            each["samples"] = await ctx.store.samples.of(ctx.company, head.id, each["mapping"], samples)
    return {**_head(head), "lines": answer}


def entry_json(ctx: Context, entry: Entry) -> dict[str, Any]:
    """What the regular job of a line's mapping is doing."""
    return {"entryStatus": status_in(ctx, entry), "holdReason": entry.hold_reason}


async def line_json(ctx: Context, line: Line) -> dict[str, Any]:
    """One line; while it is in process, with what its job has counted so far."""
    done, totals, stall = line.done, {"toSales": line.to_sales, "fromSales": line.from_sales}, None
    if line.job and not line.status.over:
        job = await ctx.store.jobs.get(ctx.company, line.job)
        stall = await stalled(ctx, job) if job else None
        outcomes = await ctx.store.work.outcomes(ctx.company, line.job)
        done = outcomes.get("read", 0)
        totals = {name: {"jobId": line.job, "status": line.status, **outcomes.get(name, {})} for name in totals}
    return {
        "mapping": line.mapping,
        "dependsOn": line.depends_on,
        "direction": line.direction,
        "recommendation": line.recommendation,
        "creates": [DIRECTIONS[Side(side)] for side in line.creates],
        "status": line.status,
        "message": line.message,
        "total": line.total,
        "done": done,
        **stall_json(stall),
        **totals,
    }
