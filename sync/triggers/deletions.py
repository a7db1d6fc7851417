"""HTTP: rows that come and go. Compare ids now, answer a run that the brake stopped, repair couplings, erase (C2, C3, G2)."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.policies import DeletionPolicy
from mapping.values import Side
from sync.desk import erase as erasing
from sync.desk import repair as mending
from sync.desk.repair import Found
from sync.desk.report import id_name
from sync.entry.holds import refuse_on_hold
from sync.errors import MassChange
from sync.record import brake
from sync.run import compare
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, flag_of, id_of, ids_of, mapping_of

blueprint = func.Blueprint()

CONFIRM = {
    "problem": "the record of the problem mass_change, such as mass:<job>",
    "confirm": "true (default) does what its list says, false forgets the list",
}

MOST_IDS = 100

REPAIR = {
    "dryRun": "true (default) tells what is broken, false repairs it",
    "do": f"what to do where one row is gone, instead of the mapping's policy: {', '.join(DeletionPolicy)}",
    "bcId": f"a list of up to {MOST_IDS} ids of Business Central; all couplings when neither list is given",
    "salesId": f"a list of up to {MOST_IDS} ids of Sales",
}

SHOWN = 100
"""Couplings of one sort of damage that an answer shows; all are counted."""

ERASE = {"mapping": "the mapping", "side": "bc or sales", "id": "the id of the record there"}


@blueprint.function_name("compare_mapping")
@blueprint.route(route="mappings/{name}/compare", methods=["POST"])
@answered
async def compare_mapping(req: func.HttpRequest) -> func.HttpResponse:
    """Look now for coupled rows that are no longer there."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    body_of(req, {})
    await refuse_on_hold(ctx, mapping)
    job = await compare.request(ctx, mapping)
    return as_json({"mapping": mapping.name, "job": job.id}, status=202, location=f"jobs/{job.id}")


@blueprint.function_name("confirm_mass_change")
@blueprint.route(route="mappings/{name}/confirm", methods=["POST"])
@answered
async def confirm_mass_change(req: func.HttpRequest) -> func.HttpResponse:
    """Let a run that was stopped do what its list says, or forget the list; the entry goes on either way."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["name"])
    body = body_of(req, CONFIRM)
    key, yes = body.get("problem"), flag_of(body, "confirm", CONFIRM, usual=True)
    if not isinstance(key, str):
        raise BadRequest("problem must be a text.", allowed=CONFIRM)
    problem = await ctx.store.problems.get(ctx.company, mapping.name, key)
    if problem is None or problem.code != MassChange.code:
        raise BadRequest(f"{mapping.name} has no such problem: {key[:100]}.", status=404)
    stopped = key.removeprefix(brake.MASS)
    if not yes:
        await brake.dismiss(ctx, mapping, stopped)
        return as_json({"mapping": mapping.name, "dismissed": key})
    job = await brake.confirm(ctx, mapping, stopped)
    return as_json({"mapping": mapping.name, "job": job.id}, status=202, location=f"jobs/{job.id}")


@blueprint.function_name("repair_couplings")
@blueprint.route(route="couplings/{mapping}/repair", methods=["POST"])
@answered
async def repair_couplings(req: func.HttpRequest) -> func.HttpResponse:
    """Find halves, old claims and couplings of deleted rows; with `dryRun` false, mend and treat them as a job."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    body = body_of(req, REPAIR)
    dry, wanted = flag_of(body, "dryRun", REPAIR, usual=True), _policy(body)
    listed = {side: ids_of(mapping, side, body[id_name(side)], MOST_IDS) for side in Side if id_name(side) in body}
    if not dry:
        await refuse_on_hold(ctx, mapping)
    found = await (mending.find_among(ctx, mapping, listed) if listed else mending.find(ctx, mapping))
    shown = _found(mapping, found, wanted)
    if dry:
        return as_json({**shown, "dryRun": True})
    job = await mending.repair(ctx, mapping, found, wanted)
    return as_json({**shown, "dryRun": False, "job": job.id}, status=202, location=f"jobs/{job.id}")


def _policy(body: dict[str, Any]) -> DeletionPolicy | None:
    wanted = body.get("do")
    if wanted is not None and wanted not in list(DeletionPolicy):
        raise BadRequest(f"do must be one of {', '.join(DeletionPolicy)}.", allowed=REPAIR)
    return DeletionPolicy(wanted) if wanted is not None else None


def _found(mapping: TableMapping, found: Found, wanted: DeletionPolicy | None) -> dict[str, Any]:
    """What is broken, counted and listed by damage, and what is done where one row is gone."""
    damages = {
        damage: [{"bcId": each.bc_id, "salesId": each.sales_id} for each in listed] for damage, listed in found.couplings.items() if listed
    }
    halves = {mending.Damage.POINTER_ONLY: Side.SALES, mending.Damage.NO_POINTER: Side.BC}
    counted = {damage: sum(half.side is side for half in found.halves) for damage, side in halves.items()}
    return {
        "mapping": mapping.name,
        "do": wanted or mapping.deletion,
        "count": {**{damage: len(listed) for damage, listed in damages.items()}, **{damage: n for damage, n in counted.items() if n}},
        "unknown": found.unknown,
        "couplings": {damage: listed[:SHOWN] for damage, listed in damages.items()},
    }


@blueprint.function_name("erase_record")
@blueprint.route(route="erase", methods=["POST"])
@answered
async def erase_record(req: func.HttpRequest) -> func.HttpResponse:
    """Forget what is remembered of one record: it is uncoupled for good, and of it only ids are kept."""
    ctx = await company_of(req, while_held=True)
    body = body_of(req, ERASE)
    name, side, id_ = body.get("mapping"), body.get("side"), body.get("id")
    if not isinstance(name, str) or side not in list(Side):
        raise BadRequest("Say mapping, side and id.", allowed=ERASE)
    mapping, side = mapping_of(ctx, name), Side(side)
    known = id_of(mapping, side, id_)
    done = await erasing.erase(ctx, mapping, side, known)
    if done is None:
        raise BadRequest(f"Nothing is known of a record {known} of {mapping.name}, and there is no such row in {side}.", status=404)
    still = [each for each, stands in done.standing.items() if stands]
    return as_json(
        {
            "mapping": mapping.name,
            "ids": done.ids,
            "uncoupled": done.was_coupled,
            "job": done.job if done.was_coupled else None,
            "stillIn": still,
            "note": "Couplet keeps only the ids. The rows themselves are deleted in the systems named in stillIn." if still else None,
        }
    )
