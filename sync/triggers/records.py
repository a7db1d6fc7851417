"""HTTP: synchronise records now."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.desk.now import Wanted, synchronize_as_job, synchronize_now
from sync.entry.holds import refuse_parts
from sync.run.looks import INLINE
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, flag_of, id_of, ids_of, mapping_of, side_of

blueprint = func.Blueprint()

MOST_IDS = 1000

DIRECTIONS: dict[str, Side | None] = {"toSales": Side.BC, "fromSales": Side.SALES, "merge": None}
"""Whose values win in which direction."""

ONE = {
    "direction": "toSales or fromSales, so that this side's values win; merge, field by field, when left out",
    "dryRun": "true to be shown the fields and the plan only",
}
MANY = {"side": "bc or sales: whose ids these are", "ids": f"a list of up to {MOST_IDS} ids", **ONE}


@blueprint.function_name("synchronize_record")
@blueprint.route(route="records/{mapping}/{side}/{id}/sync", methods=["POST"])
@answered
async def synchronize_record(req: func.HttpRequest) -> func.HttpResponse:
    """Synchronise one record now."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    refuse_parts(mapping)
    side = side_of(req)
    body = body_of(req, ONE)
    wanted = Wanted(side=side, ids=[id_of(mapping, side, req.route_params["id"])], forced=_forced(mapping, body))
    job, [record] = await synchronize_now(ctx, mapping, wanted, dry_run=flag_of(body, "dryRun", ONE))
    return as_json({"mapping": mapping.name, "side": side, "job": job, **record})


@blueprint.function_name("synchronize_many_records")
@blueprint.route(route="records/{mapping}/sync", methods=["POST"])
@answered
async def synchronize_many_records(req: func.HttpRequest) -> func.HttpResponse:
    """Synchronise some records now: up to a hundred within the call, more as a job (202)."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    refuse_parts(mapping)
    body = body_of(req, MANY)
    if body.get("side") not in list(Side):
        raise BadRequest("side must be bc or sales.", allowed=MANY)
    side, dry_run = Side(body["side"]), flag_of(body, "dryRun", MANY)
    wanted = Wanted(side=side, ids=ids_of(mapping, side, body.get("ids"), MOST_IDS), forced=_forced(mapping, body))
    head = {"mapping": mapping.name, "side": side}
    if len(wanted.ids) <= INLINE:
        job, records = await synchronize_now(ctx, mapping, wanted, dry_run=dry_run)
        return as_json({**head, "job": job, "records": records})
    if dry_run:
        raise BadRequest(f"A dry run shows up to {INLINE} records.", allowed=MANY)
    started, found = await synchronize_as_job(ctx, mapping, wanted)
    left_out = [{"id": id_, **reason} for id_, reason in found.left_out.items()]
    answer = {**head, "job": started.id if started else None, "scheduled": len(found.ready), "leftOut": left_out}
    return as_json(answer, status=202 if started else 200, location=f"jobs/{started.id}" if started else None)


def _forced(mapping: TableMapping, body: dict[str, Any]) -> Side | None:
    """The side whose values win; a direction that the mapping does not have is refused."""
    direction = body.get("direction", "merge")
    if not isinstance(direction, str) or direction not in DIRECTIONS:
        raise BadRequest("direction must be toSales, fromSales or merge.", allowed=ONE)
    winner = DIRECTIONS[direction]
    if winner and not mapping.direction.reaches(winner.other):
        raise BadRequest(f"{mapping.name} goes {mapping.direction} only.", allowed=ONE)
    return winner
