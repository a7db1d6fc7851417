"""HTTP: the full synch review. Open it, decide about its lines, start, restart, cancel, refresh, reset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.run import full, review
from sync.run.recommend import CREATES, CreateNew, Recommendation
from sync.store import Entry, Line
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, mapping_of
from sync.triggers.full_sync import ALLOWED, entry_json, line_json, parse_order, taken
from sync.triggers.match import criteria_of

blueprint = func.Blueprint()

WISHES = {
    "recommendation": f"{Recommendation.FULL.value} or {Recommendation.COUPLE.value}; null takes the decision back",
    "criteria": "a list of {field, caseSensitive?, priority?} by which a line couples records; null takes the decision back",
    "createNew": "none, toSales, fromSales or both; null takes the decision back",
}


@blueprint.function_name("open_review")
@blueprint.route(route="full-sync/review", methods=["GET"])
@answered
async def open_review(req: func.HttpRequest) -> func.HttpResponse:
    """The lines with what is recommended, what was decided and what became of them; made when there are none."""
    ctx = await company_of(req)
    return as_json(await _shown(ctx, await review.opened(ctx)))


@blueprint.function_name("start_review")
@blueprint.route(route="full-sync/review/start", methods=["POST"])
@answered
async def start_review(req: func.HttpRequest) -> func.HttpResponse:
    """Start the lines that are named, else all that never ran."""
    return await _started(req, again=False)


@blueprint.function_name("restart_review")
@blueprint.route(route="full-sync/review/restart", methods=["POST"])
@answered
async def restart_review(req: func.HttpRequest) -> func.HttpResponse:
    """Start all lines that did not end well, or never ran."""
    return await _started(req, again=True)


@blueprint.function_name("cancel_review")
@blueprint.route(route="full-sync/review/cancel", methods=["POST"])
@answered
async def cancel_review(req: func.HttpRequest) -> func.HttpResponse:
    """Ask the full synch that runs the review to stop."""
    ctx = await company_of(req, while_held=True)
    body_of(req, {})
    running = {line.run for line in await review.opened(ctx) if line.run}
    present = await ctx.store.full_syncs.running(ctx.company)
    if present is None or present.status.over or present.id not in running:
        raise BadRequest("No line of the review is in process.", status=409)
    await full.cancel(ctx, present.id)
    return as_json(await _shown(ctx, await review.opened(ctx)), status=202)


@blueprint.function_name("refresh_review")
@blueprint.route(route="full-sync/review/refresh", methods=["POST"])
@answered
async def refresh_review(req: func.HttpRequest) -> func.HttpResponse:
    """Count both sides again and recommend anew."""
    ctx = await company_of(req)
    body_of(req, {})
    return as_json(await _shown(ctx, await review.refresh(ctx)))


@blueprint.function_name("reset_review")
@blueprint.route(route="full-sync/review/reset", methods=["POST"])
@answered
async def reset_review(req: func.HttpRequest) -> func.HttpResponse:
    """Make the lines anew; one that runs is left as it is."""
    ctx = await company_of(req)
    body_of(req, {})
    return as_json(await _shown(ctx, await review.reset(ctx)))


@blueprint.function_name("change_review_line")
@blueprint.route(route="full-sync/review/lines/{mapping}", methods=["PATCH"])
@answered
async def change_review_line(req: func.HttpRequest) -> func.HttpResponse:
    """Decide what is to be done in a line."""
    ctx = await company_of(req, while_held=True)
    line = await _known(ctx, req)
    wish = parse_wish(ctx.mappings[line.mapping], body_of(req, WISHES))
    await review.decide(ctx, line.mapping, wish)
    return as_json(await _shown(ctx, await review.opened(ctx)))


@blueprint.function_name("drop_review_line")
@blueprint.route(route="full-sync/review/lines/{mapping}", methods=["DELETE"])
@answered
async def drop_review_line(req: func.HttpRequest) -> func.HttpResponse:
    """Take a line off the review; a reset brings it back."""
    ctx = await company_of(req, while_held=True)
    line = await _known(ctx, req)
    await review.drop(ctx, line.mapping)
    return as_json(await _shown(ctx, await review.opened(ctx)))


def parse_wish(mapping: TableMapping, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a person decided about a line, or a clear word about what is wrong with it."""
    try:
        recommendation = Recommendation(body["recommendation"]) if body.get("recommendation") is not None else None
        create_new = CreateNew(body["createNew"]) if body.get("createNew") is not None else None
    except ValueError as error:
        raise BadRequest(f"{error}.", allowed=WISHES) from error
    if recommendation is Recommendation.NONE:
        raise BadRequest("That there is nothing to do cannot be decided; take the line off the review.", allowed=WISHES)
    never = CREATES[create_new] - mapping.creates if create_new and create_new is not CreateNew.BOTH else frozenset[Side]()
    if never:
        raise BadRequest(f"{mapping.name} never makes rows in {', '.join(sorted(never))}.", allowed=WISHES)
    criteria = criteria_of(body["criteria"], mapping) if body.get("criteria") is not None else ()
    if criteria and recommendation is Recommendation.FULL:
        raise BadRequest("Only a line that couples records has criteria; a full synchronization goes by the natural key.", allowed=WISHES)
    told: dict[str, Any] = {"recommendation": recommendation, "createNew": create_new}
    wish = {name: value and value.value for name, value in told.items() if name in body}
    if criteria:
        return {**wish, "recommendation": Recommendation.COUPLE.value, "criteria": [asdict(one) for one in criteria]}
    return {**wish, "criteria": None} if "criteria" in body or recommendation else wish


async def _started(req: func.HttpRequest, *, again: bool) -> func.HttpResponse:
    ctx = await company_of(req)
    order = parse_order(body_of(req, ALLOWED), ctx)
    started, in_the_way = await review.start(ctx, order, again=again)
    return taken(started, in_the_way)


async def _known(ctx: Context, req: func.HttpRequest) -> Line:
    name = mapping_of(ctx, req.route_params["mapping"]).name
    line = await review.line_of(ctx, name)
    if line is None:
        raise BadRequest(f"The review has no line {name}.", status=404)
    return line


async def _shown(ctx: Context, lines: list[Line]) -> dict[str, Any]:
    entries = (await ctx.store.entries.state(ctx.company)).entries
    return {"lines": [await _line(ctx, line, lines, entries.get(line.mapping) or ctx.entry(line.mapping)) for line in lines]}


async def _line(ctx: Context, line: Line, lines: list[Line], entry: Entry) -> dict[str, Any]:
    """A line; what it depends on and was taken off the review is nothing that it waits for."""
    there = {each.mapping for each in lines}
    shown = await line_json(ctx, line)
    needs = [need for need in line.depends_on if need in there]
    if line.job and line.wish.get("criteria"):
        shown["report"] = f"couplings/{line.mapping}/match/{line.job}"
    return {**shown, "dependsOn": needs, "decided": line.wish, "fullSync": line.run, **entry_json(ctx, entry)}
