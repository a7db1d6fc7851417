"""HTTP: the couplings of a mapping. Look at them, couple, uncouple, move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.around.titles import titles
from sync.context import Context
from sync.desk.kept import kept, values_kept
from sync.desk.report import id_name
from sync.desk.uncoupling import Parted, part_all, part_as_job, part_now
from sync.errors import CounterpartDeleted
from sync.heart.coupling import Coupling, Life
from sync.run.looks import INLINE
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, cursor_of, id_of, ids_of, limit_of, mapping_of

blueprint = func.Blueprint()

BROKEN, KEPT = "broken", "kept"
STATES = (*Life, BROKEN, KEPT)

COUPLINGS, PROBLEMS = r"bc:[\w.~-]{1,250}", r"[0-9]{1,4}\|[\w.~:-]{0,450}"
"""The forms of cursors."""

MOST_IDS = 1000

UNCOUPLING = {
    "bcId": f"the id of a record of Business Central, or a list of up to {MOST_IDS}",
    "salesId": f"the id of a record of Sales, or a list of up to {MOST_IDS}",
    "all": "true to uncouple every record of the mapping",
    "confirm": "with all: how many couplings there are",
}


@blueprint.function_name("list_couplings")
@blueprint.route(route="couplings/{mapping}", methods=["GET"])
@answered
async def list_couplings(req: func.HttpRequest) -> func.HttpResponse:
    """Couplings page by page: all, one (`?bcId=`, `?salesId=`), or those of a `?state=`; `?names=true`, `?count=true`."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    found, cursor = await _asked_for(ctx, mapping, req)
    shown = [_shown(each) for each in found]
    if req.params.get("state") == KEPT:
        shown = [{**each, KEPT: values_kept(mapping, coupling)} for each, coupling in zip(shown, found, strict=True)]
    if req.params.get("names") == "true":
        await _with_names(ctx, mapping, shown)
    counts = await ctx.store.couplings.counts(ctx.company, mapping.name) if req.params.get("count") == "true" else None
    return as_json({"value": shown, "cursor": cursor, **({"count": counts} if counts else {})})


async def _asked_for(ctx: Context, mapping: TableMapping, req: func.HttpRequest) -> tuple[Sequence[Coupling], str | None]:
    state, limit, cursor = (
        req.params.get("state"),
        limit_of(req),
        cursor_of(req, PROBLEMS if req.params.get("state") == BROKEN else COUPLINGS),
    )
    by_id = [side for side in Side if req.params.get(id_name(side))]
    if state not in (None, *STATES) or len(by_id) + (state is not None) > 1:
        raise BadRequest("Ask for one of bcId, salesId and state.", allowed={"state": list(STATES)})
    if by_id:
        side = by_id[0]
        known = await ctx.store.couplings.load(ctx.company, mapping.name, side, [id_of(mapping, side, req.params[id_name(side)])])
        return list(known.values()), None
    if state == BROKEN:
        return await _broken(ctx, mapping, limit, cursor)
    if state == KEPT:
        return await kept(ctx, mapping, cursor)
    listing = await ctx.store.couplings.page(ctx.company, mapping.name, life=Life(state) if state else None, limit=limit, cursor=cursor)
    return listing.rows, listing.cursor


async def _broken(ctx: Context, mapping: TableMapping, limit: int, cursor: str | None) -> tuple[Sequence[Coupling], str | None]:
    """Couplings of which one record is known to be gone: their problems are open."""
    listing = await ctx.store.problems.list(ctx.company, [mapping.name], code=CounterpartDeleted.code, limit=limit, cursor=cursor)
    found: dict[str, Coupling] = {}
    for side in Side:
        ids = [row.key.partition(":")[2] for row in listing.rows if row.key.startswith(f"{side}:")]
        known = await ctx.store.couplings.load(ctx.company, mapping.name, side, ids)
        found |= {each.bc_id: each for each in known.values()}
    return list(found.values()), listing.cursor


def _shown(coupling: Coupling) -> dict[str, Any]:
    return {
        **{id_name(side): None if coupling.nobody(side) else coupling.of(side) for side in Side},
        "state": coupling.life,
        "lifeNumber": coupling.life_number,
        "lastSynchronised": coupling.synced_at,
        "job": coupling.job,
    }


async def _with_names(ctx: Context, mapping: TableMapping, shown: Sequence[dict[str, Any]]) -> None:
    """What people call the records; a record without a name is gone."""
    for side in Side:
        named = await titles(ctx, mapping, side, [each[id_name(side)] for each in shown if each[id_name(side)]])
        for each in shown:
            each[f"{side}Name"] = named.get(each[id_name(side)])


@blueprint.function_name("uncouple_records")
@blueprint.route(route="couplings/{mapping}", methods=["DELETE"])
@answered
async def uncouple_records(req: func.HttpRequest) -> func.HttpResponse:
    """Uncouple one record, many, or all: 200 with an outcome per record, 202 with the job for more than a hundred."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    body = body_of(req, UNCOUPLING)
    given = [name for name in ("bcId", "salesId", "all") if body.get(name) is not None]
    if len(given) != 1 or ("confirm" in body) != (given == ["all"]):
        raise BadRequest("Say which: bcId, salesId, or all with confirm.", allowed=UNCOUPLING)
    if given == ["all"]:
        return await _uncouple_all(ctx, mapping, body)
    side, named = next(side for side in Side if id_name(side) == given[0]), body[given[0]]
    ids = ids_of(mapping, side, named if isinstance(named, list) else [named], MOST_IDS)
    if len(ids) > INLINE:
        return _accepted((await part_as_job(ctx, mapping, side, ids)).id, len(ids))
    job, parted = await part_now(ctx, mapping, side, ids)
    return as_json({"mapping": mapping.name, "job": job, "records": parted.records, "along": _along(parted)})


async def _uncouple_all(ctx: Context, mapping: TableMapping, body: dict[str, Any]) -> func.HttpResponse:
    confirm = body["confirm"]
    if body["all"] is not True or isinstance(confirm, bool) or not isinstance(confirm, int):
        raise BadRequest("all must be true, and confirm the number of couplings.", allowed=UNCOUPLING)
    job, count = await part_all(ctx, mapping, confirm)
    return _accepted(job.id, count)


def _accepted(job: str, count: int) -> func.HttpResponse:
    return as_json({"job": job, "scheduled": count}, status=202, location=f"jobs/{job}")


def _along(parted: Parted) -> list[dict[str, Any]]:
    """What was uncoupled with the records, such as the contacts of a customer."""
    return [{"mapping": name, "bcId": each.bc_id, "salesId": each.sales_id} for name, along in parted.along.items() for each in along]
