"""HTTP: looking back. What a job changed, taking it back, and the history of one record (rule H1)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.desk import undo
from sync.desk.undo import Undone
from sync.entry.holds import refuse_on_hold
from sync.errors import by_code
from sync.heart.coupling import Coupling
from sync.store import Change, Job
from sync.triggers.answers import (
    BadRequest,
    answered,
    as_json,
    body_of,
    company_of,
    cursor_of,
    flag_of,
    id_of,
    job_of,
    limit_of,
    mapping_of,
    side_of,
)

blueprint = func.Blueprint()

UNDO = {"dryRun": "true (default) tells what would be put back, false puts it back"}
LATER = "The job changed {count} records and more: they are put back by job {job}."


@blueprint.function_name("get_job_changes")
@blueprint.route(route="jobs/{id}/changes", methods=["GET"])
@answered
async def get_job_changes(req: func.HttpRequest) -> func.HttpResponse:
    """What a job changed, record by record and field by field, with the values it replaced."""
    ctx = await company_of(req)
    job = await job_of(ctx, req)
    listing = await ctx.store.changes.of_job(ctx.company, job.mapping, job.id, limit=limit_of(req), cursor=_cursor(req, job))
    kept = f"Replaced values are kept for {ctx.settings.history_days} days."
    return as_json({"value": [_change(each) for each in listing.rows], "cursor": listing.cursor, "note": kept})


@blueprint.function_name("undo_job")
@blueprint.route(route="jobs/{id}/undo", methods=["POST"])
@answered
async def undo_job(req: func.HttpRequest) -> func.HttpResponse:
    """Put back what a job replaced and nobody has edited since; a dry run unless `dryRun` is false."""
    ctx = await company_of(req)
    job = await job_of(ctx, req)
    mapping = mapping_of(ctx, job.mapping)
    dry = flag_of(body_of(req, UNDO), "dryRun", UNDO, usual=True)
    if not job.status.over:
        raise BadRequest(f"Job {job.id} is still in process; wait for its end.", status=409)
    listing = await ctx.store.changes.of_job(ctx.company, mapping.name, job.id, limit=undo.INLINE, cursor=_cursor(req, job))
    if not listing.rows:
        raise BadRequest(
            f"Job {job.id} replaced nothing, or longer ago than values are kept ({ctx.settings.history_days} days).", status=404
        )
    if dry:
        return _shown(job, await undo.undo_changes(ctx, mapping, listing.rows, None), None, listing.cursor)
    await refuse_on_hold(ctx, mapping)
    if listing.cursor:
        own = await undo.undo_later(ctx, mapping, job)
        return as_json({"job": own.id, "note": LATER.format(count=len(listing.rows), job=own.id)}, status=202, location=f"jobs/{own.id}")
    own, undone = await undo.undo_now(ctx, mapping, listing.rows)
    return _shown(job, undone, own.id, None)


@blueprint.function_name("get_record_log")
@blueprint.route(route="records/{mapping}/{side}/{id}/log", methods=["GET"])
@answered
async def get_record_log(req: func.HttpRequest) -> func.HttpResponse:
    """The history of one record: when it was coupled, what each job changed in it, and what stands in its way now."""
    ctx = await company_of(req)
    mapping, side = mapping_of(ctx, req.route_params["mapping"]), side_of(req)
    id_ = id_of(mapping, side, req.route_params["id"])
    coupling = (await ctx.store.couplings.load(ctx.company, mapping.name, side, [id_])).get(id_)
    bc_id = coupling.bc_id if coupling else id_
    changes = await ctx.store.changes.of_record(ctx.company, mapping.name, bc_id, limit=limit_of(req))
    problem = await _problem(ctx, mapping, side, id_)
    if coupling is None and not changes and problem is None:
        raise BadRequest(f"Nothing is known of a record {id_} of {mapping.name}.", status=404)
    return as_json(
        {
            "mapping": mapping.name,
            "coupling": coupling and _coupling(coupling),
            "problem": problem or (coupling and await _problem(ctx, mapping, Side.BC, bc_id)),
            "value": [_change(each) for each in changes],
        }
    )


def _cursor(req: func.HttpRequest, job: Job) -> str | None:
    return cursor_of(req, rf"j:{job.id.rpartition('-')[2]}\|[0-9a-f]{{12}}")


def _coupling(one: Coupling) -> dict[str, Any]:
    ids = {"bcId": one.bc_id, "salesId": one.sales_id}
    return {**ids, "state": one.life, "lastSynchronised": one.synced_at, "job": one.job}


async def _problem(ctx: Context, mapping: TableMapping, side: Side, id_: str) -> dict[str, Any] | None:
    row = await ctx.store.problems.get(ctx.company, mapping.name, f"{side}:{id_}")
    if row is None:
        return None
    known = by_code(row.code)
    told = {"code": row.code, "message": row.message, "since": row.since, "job": row.job, "operationId": row.operation or None}
    return {**told, "remedy": known.remedy if known else None}


def _change(each: Change) -> dict[str, Any]:
    fields = [{"field": name, "before": one["before"], "after": one["after"]} for name, one in each.fields.items()]
    ids = {"bcId": each.bc_id, "salesId": each.sales_id}
    work = {"job": each.job, "operationId": each.operation or None}
    return {**ids, "side": each.side, "kind": each.kind, "at": each.at, **work, "fields": fields}


def _shown(job: Job, undone: list[Undone], own: str | None, cursor: str | None) -> func.HttpResponse:
    counted = Counter("putBack" if one.left_alone is None else "leftAlone" for one in undone)
    body = {"undone": job.id, "dryRun": own is None, "job": own, "putBack": counted["putBack"], "leftAlone": counted["leftAlone"]}
    return as_json({**body, "fields": undone, "cursor": cursor})
