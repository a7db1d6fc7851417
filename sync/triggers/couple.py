"""HTTP: couple two records, create new ones on the other side, move a coupling."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from mapping.field import Direction
from mapping.model import TableMapping
from mapping.policies import StartRule
from mapping.values import Side
from sync.around.titles import by_name
from sync.context import Context
from sync.desk.couple import Coupled, How, Wish, couple, preview
from sync.desk.create_new import Made, create_new
from sync.desk.move import move
from sync.desk.report import as_fields, as_outcome, id_name
from sync.entry.holds import refuse_on_hold
from sync.errors import RequestRefused
from sync.heart.plan import Outcome
from sync.run.jobs import note_run
from sync.run.looks import INLINE
from sync.store import Job
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, flag_of, id_of, ids_of, mapping_of

blueprint = func.Blueprint()

LONGEST_NAME = 200

COUPLING = {
    "bcId": "the id of a record of Business Central; with createNew, also a list of up to 100",
    "salesId": "the id of a record of Sales; with createNew, also a list of up to 100",
    "name": "instead of one of the two ids: the name or number of the record on that side, or its beginning",
    "createNew": "true to make a new record on the other side of the one given",
    "sync": "none, toSales (default), fromSales (default of a mapping from Sales only) or merge",
    "startRule": "with merge: bcWins, salesWins or ask where both hold something; the mapping's own when left out",
    "force": "true to couple what is outside the filter, or to make another one of a record that is there",
    "dryRun": "true to be shown the fields and the plan only",
}

MOVING = {
    "bcId": "the id of the coupled record of Business Central that gives up its coupling",
    "salesId": "the id of the coupled record of Sales that gives up its coupling",
    "to": "the id of the record on the same side that takes it over",
    "startRule": "bcWins, salesWins or ask where both hold something; the mapping's own when left out",
    "force": "true to move it to a record outside the filter",
}

Body = dict[str, Any]


@blueprint.function_name("couple_records")
@blueprint.route(route="couplings/{mapping}", methods=["POST"])
@answered
async def couple_records(req: func.HttpRequest) -> func.HttpResponse:
    """Couple two records and synchronise them, or make a new record on the other side and couple it."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    body = body_of(req, COUPLING)
    force, dry_run = flag_of(body, "force", COUPLING), flag_of(body, "dryRun", COUPLING)
    if flag_of(body, "createNew", COUPLING):
        return await _create(ctx, mapping, body, force)
    wish = _wish(mapping, body, force)
    given = _one_or_both(mapping, body)
    if wish.how is not How.NONE and not dry_run:
        await refuse_on_hold(ctx, mapping)
    ids = await _with_named(ctx, mapping, given, body.get("name"))
    if dry_run:
        warnings, fields, plan = await preview(ctx, mapping, ids, wish)
        return as_json({**_head(mapping, ids, wish), "dryRun": True, "warnings": warnings, "fields": as_fields(mapping, fields, plan)})
    job = Job.new(ctx.company, mapping.name, "coupling")
    done = await couple(ctx, mapping, ids, wish, job.id)
    return as_json({**_head(mapping, ids, wish), **await _answer(ctx, done, job)})


def _one_or_both(mapping: TableMapping, body: Body) -> dict[Side, str]:
    """The ids given: two, or one together with a name."""
    given = {side: id_of(mapping, side, body[id_name(side)]) for side in Side if body.get(id_name(side)) is not None}
    name = body.get("name")
    if name is not None and (not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME):
        raise BadRequest(f"name must be a text of up to {LONGEST_NAME} characters.")
    if len(given) + (name is not None) != len(Side):
        raise BadRequest("Name two records: bcId and salesId, or one of them and a name.", allowed=COUPLING)
    return given


async def _with_named(ctx: Context, mapping: TableMapping, given: dict[Side, str], name: str | None) -> dict[Side, str]:
    missing = next((side for side in Side if side not in given), None)
    return {**given, missing: await by_name(ctx, mapping, missing, name.strip())} if missing and name else given


DIRECTED = {How.TO_SALES: (Side.SALES, StartRule.BC_WINS), How.FROM_SALES: (Side.BC, StartRule.SALES_WINS)}
"""The side that a direction writes to, and who wins in it."""


def _wish(mapping: TableMapping, body: Body, force: bool) -> Wish:
    """How to couple; as natively the mapping's direction, to Sales where it has both. A start rule alone means a merge."""
    rule = start_rule(body)
    usual = How.MERGE if rule else How.FROM_SALES if mapping.direction is Direction.FROM_SALES else How.TO_SALES
    try:
        how = How(body["sync"]) if body.get("sync") is not None else usual
    except ValueError as error:
        raise BadRequest(f"{error}.", allowed=COUPLING) from error
    if how not in DIRECTED:
        if how is How.NONE and rule:
            raise BadRequest("Without a synchronisation there is nothing for a start rule to decide.", allowed=COUPLING)
        return Wish(how=how, start_rule=rule or mapping.start_rule, force=force)
    target, winner = DIRECTED[how]
    if not mapping.direction.reaches(target):
        raise BadRequest(f"{mapping.name} goes {mapping.direction} only.", allowed=COUPLING)
    if rule not in (None, winner):
        raise BadRequest(f"{how} and {rule} contradict each other.", allowed=COUPLING)
    return Wish(how=how, start_rule=winner, force=force)


def start_rule(body: Body) -> StartRule | None:
    """The start rule given, if any."""
    try:
        return StartRule(body["startRule"]) if body.get("startRule") is not None else None
    except ValueError as error:
        raise BadRequest(f"{error}.", allowed={"startRule": list(StartRule)}) from error


def _head(mapping: TableMapping, ids: dict[Side, str], wish: Wish) -> Body:
    return {"mapping": mapping.name, "bcId": ids[Side.BC], "salesId": ids[Side.SALES], "sync": wish.how}


async def _answer(ctx: Context, done: Coupled, job: Job) -> Body:
    """What became of it; the job is logged when there is anything to tell."""
    logged = await note_run(ctx, job, done.tally)
    mapping = done.task.mapping
    names = {f"{side}Name": mapping.title(side, row) for side, row in done.task.rows.items()}
    outcome = "alreadyCoupled" if done.already else "coupled"
    return {"outcome": outcome, **names, "job": logged, "warnings": done.warnings, **as_outcome(done.task)}


async def _create(ctx: Context, mapping: TableMapping, body: Body, force: bool) -> func.HttpResponse:
    """Create New, for one record or some."""
    given = [side for side in Side if body.get(id_name(side)) is not None]
    if len(given) != 1 or any(name in body for name in ("name", "sync", "startRule", "dryRun")):
        raise BadRequest("createNew takes bcId or salesId, and force.", allowed=COUPLING)
    side, several = given[0], isinstance(body[id_name(given[0])], list)
    ids = ids_of(mapping, side, body[id_name(side)] if several else [body[id_name(side)]], INLINE)
    await refuse_on_hold(ctx, mapping)
    job = Job.new(ctx.company, mapping.name, "coupling")
    made = await create_new(ctx, mapping, side, ids, force=force, job=job.id)
    logged = await note_run(ctx, job, made.tally)
    if several:
        return as_json({"mapping": mapping.name, "job": logged, "records": [_made(made, side, id_) for id_ in ids]})
    for refusal in made.refused.values():
        raise refusal
    return as_json({"mapping": mapping.name, "job": logged, **_made(made, side, ids[0])})


def _made(made: Made, side: Side, id_: str) -> Body:
    """What became of one record: created, or why not."""
    refusal: RequestRefused | None = made.refused.get(id_)
    if refusal:
        return {id_name(side): id_, "outcome": "refused", "code": refusal.code, "why": str(refusal), **refusal.detail}
    task = made.tasks[id_]
    outcome = task.outcomes.get(side.other, Outcome.FAILED)
    return {"outcome": "created" if outcome is Outcome.INSERTED else outcome, **as_outcome(task)}


@blueprint.function_name("move_coupling")
@blueprint.route(route="couplings/{mapping}/move", methods=["POST"])
@answered
async def move_coupling(req: func.HttpRequest) -> func.HttpResponse:
    """Move the coupling of one record to another record of the same side."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    body = body_of(req, MOVING)
    given = [side for side in Side if body.get(id_name(side)) is not None]
    if len(given) != 1:
        raise BadRequest("Name one record that gives up its coupling: bcId or salesId.", allowed=MOVING)
    if body.get("to") is None:
        raise BadRequest("Name the record that takes the coupling over: to.", allowed=MOVING)
    side = given[0]
    id_, to = id_of(mapping, side, body[id_name(side)]), id_of(mapping, side, body.get("to"))
    if id_ == to:
        raise BadRequest("A coupling moves to another record.", allowed=MOVING)
    wish = Wish(how=How.MERGE, start_rule=start_rule(body) or mapping.start_rule, force=flag_of(body, "force", MOVING))
    await refuse_on_hold(ctx, mapping)
    job = Job.new(ctx.company, mapping.name, "coupling")
    done = await move(ctx, mapping, side, id_, to, wish, job.id)
    answer = await _answer(ctx, done, job)
    return as_json({"mapping": mapping.name, "moved": {"side": side, "from": id_, "to": to}, **answer, "outcome": "moved"})
