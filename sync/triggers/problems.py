"""HTTP: the error desk. Open problems with their remedies, and what people do about them."""

from __future__ import annotations

from typing import Any

import azure.functions as func

from mapping.values import Side
from sync.around.labels import labels
from sync.context import Context
from sync.desk import by_hand
from sync.desk.by_hand import Cause
from sync.desk.resolve import LEAVE, resolve
from sync.errors import CoupletError, by_code
from sync.heart.choice import EVERY_UNIT, Choice
from sync.store import ProblemRow
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, mapping_of, mappings_of
from sync.triggers.problem_lists import by_cause, listed, shown

blueprint = func.Blueprint()

MOST_RECORDS = 1000

CAUSE = {
    "mapping": "the name of a mapping",
    "code": "the code of a problem",
    "records": f"1 to {MOST_RECORDS} records of the mapping, as GET problems names them: bc:<id> or sales:<id>",
}
ONE = {"mapping": CAUSE["mapping"], "record": "bc:<id> or sales:<id>"}
RESOLUTION = {
    **ONE,
    "choices": 'by field or group: "bc", "sales", "leave", or {"value": ...}',
    "seen": "by field or group, the values that you saw: {bc: ..., sales: ...}",
    "code": "instead of a record: all problems of this code",
    "side": "with code: bc, sales or leave, for all of them",
}


@blueprint.function_name("list_problems")
@blueprint.route(route="problems", methods=["GET"])
@answered
async def list_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Open problems; `?mapping=`, `?code=`, `?job=` and `?parked=` for some of them, `?groupBy=code` for their numbers."""
    ctx = await company_of(req)
    group = req.params.get("groupBy")
    if group not in (None, "code"):
        raise BadRequest("groupBy must be code.", allowed=["code"])
    mappings = mappings_of(ctx, req)
    _code(req.params.get("code"))
    return await by_cause(ctx, mappings) if group else await listed(ctx, req, mappings, req.params.get("job"))


@blueprint.function_name("get_problem")
@blueprint.route(route="problems/{mapping}/{record}", methods=["GET"])
@answered
async def get_problem(req: func.HttpRequest) -> func.HttpResponse:
    """The open problem of one record, whichever of its two ids is named; `labels` say what its references are called."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    problem = await by_hand.problem_of(ctx, mapping, req.route_params["record"])
    return as_json({**shown(problem), "labels": await labels(ctx, mapping, problem)})


@blueprint.function_name("retry_problems")
@blueprint.route(route="problems/retry", methods=["POST"])
@answered
async def retry_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Try again: certain records, those of one cause, or all."""
    ctx = await company_of(req)
    return _retried(await by_hand.retry(ctx, await _meant(ctx, body_of(req, CAUSE))))


def _retried(done: by_hand.Retried) -> func.HttpResponse:
    """200 with an outcome for each record, or 202 with the jobs that more than a hundred became."""
    if done.jobs:
        return as_json({"jobs": done.jobs, "scheduled": done.count}, status=202, location=f"jobs/{done.jobs[0]}")
    return as_json({"records": done.outcomes, "count": done.count})


@blueprint.function_name("skip_problems")
@blueprint.route(route="problems/skip", methods=["POST"])
@answered
async def skip_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Park: no more attempts until something changes."""
    ctx = await company_of(req, while_held=True)
    problems = await _meant(ctx, body_of(req, CAUSE), some=True)
    await by_hand.park(ctx, problems)
    return _changed(problems, "parked")


@blueprint.function_name("restore_problems")
@blueprint.route(route="problems/restore", methods=["POST"])
@answered
async def restore_problems(req: func.HttpRequest) -> func.HttpResponse:
    """End the parking: the next look tries again."""
    ctx = await company_of(req, while_held=True)
    problems = await _meant(ctx, body_of(req, CAUSE), some=True)
    await by_hand.restore(ctx, problems)
    return _changed(problems, "restored")


def _changed(problems: list[ProblemRow], what: str) -> func.HttpResponse:
    named = [{"mapping": row.mapping, "record": row.key, "outcome": what} for row in problems[:MOST_RECORDS]]
    return as_json({"records": named, "count": len(problems)})


async def _meant(ctx: Context, body: dict[str, Any], *, some: bool = False) -> list[ProblemRow]:
    """The problems that a body means; `some`: it must not mean all there are."""
    mapping, code, records = body.get("mapping"), body.get("code"), body.get("records")
    if some and mapping is None and code is None and records is None:
        raise BadRequest("Say which: records, a code or a mapping.", allowed=CAUSE)
    if records is not None and (mapping is None or code is not None):
        raise BadRequest("records need their mapping, and no code.", allowed=CAUSE)
    names = [mapping_of(ctx, _text(mapping, "mapping")).name] if mapping is not None else list(ctx.mappings)
    return await by_hand.meant(ctx, Cause(mappings=names, code=_code(code), records=_records(records)))


def _records(given: object) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or not 0 < len(given) <= MOST_RECORDS:
        raise BadRequest(f"records must be a list of 1 to {MOST_RECORDS}.", allowed=CAUSE)
    return [_text(each, "records") for each in given]


def _text(given: object, name: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= 200:
        raise BadRequest(f"{name} must be a text of up to 200 characters.")
    return given


def _code(given: object) -> str | None:
    if given is not None and by_code(_text(given, "code")) is CoupletError:
        raise BadRequest(f"There is no problem with the code {str(given)[:100]}.", status=404)
    return None if given is None else str(given)


@blueprint.function_name("resolve_problems")
@blueprint.route(route="problems/resolve", methods=["POST"])
@answered
async def resolve_problems(req: func.HttpRequest) -> func.HttpResponse:
    """Settle what is in conflict: one record field by field, or one side for all problems of a code."""
    ctx = await company_of(req)
    body = body_of(req, RESOLUTION)
    by_record, by_cause_ = {"record", "choices", "seen"} & body.keys(), {"code", "side"} & body.keys()
    if by_record and not by_cause_ and {"mapping", "record", "choices"} <= body.keys():
        return await _resolve_one(ctx, body)
    if by_cause_ and not by_record and {"code", "side"} <= body.keys():
        return await _resolve_all(ctx, body)
    raise BadRequest("Say mapping, record and choices, or code and side.", allowed=RESOLUTION)


async def _resolve_one(ctx: Context, body: dict[str, Any]) -> func.HttpResponse:
    choices, seen = body["choices"], body.get("seen", {})
    if not isinstance(choices, dict) or not isinstance(seen, dict):
        raise BadRequest("choices and seen must be objects by field or group.", allowed=RESOLUTION)
    mapping = mapping_of(ctx, _text(body["mapping"], "mapping"))
    done = await resolve(ctx, mapping, _text(body["record"], "record"), choices, seen)
    return as_json({**done, "problem": shown(done["problem"]) if done["problem"] else None})


async def _resolve_all(ctx: Context, body: dict[str, Any]) -> func.HttpResponse:
    side, code = body["side"], _code(body["code"])
    if side not in (*Side, LEAVE):
        raise BadRequest("side must be bc, sales or leave.", allowed=[*Side, LEAVE])
    problems = await _meant(ctx, {name: body[name] for name in ("mapping", "code") if name in body})
    choice = Choice(side=None if side == LEAVE else Side(side), code=code)
    return _retried(await by_hand.retry(ctx, problems, {EVERY_UNIT: choice}))


@blueprint.function_name("delete_problem")
@blueprint.route(route="problems", methods=["DELETE"])
@answered
async def delete_problem(req: func.HttpRequest) -> func.HttpResponse:
    """Take away the problem of a record that exists on neither side any more."""
    ctx = await company_of(req, while_held=True)
    body = body_of(req, ONE)
    if body.keys() != ONE.keys():
        raise BadRequest("Say mapping and record.", allowed=ONE)
    mapping = mapping_of(ctx, _text(body["mapping"], "mapping"))
    return as_json({"deleted": shown(await by_hand.take_away(ctx, mapping, _text(body["record"], "record")))})
