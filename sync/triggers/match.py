"""HTTP: match-based coupling. What it would find, and the run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import azure.functions as func

from mapping.criteria import LAST_PRIORITY, Criterion
from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.entry.holds import refuse_on_hold
from sync.errors import NeverMade, NoSuchRecord
from sync.heart.plan import StartRule
from sync.run.match import LISTS, Order, begin, dry_run
from sync.run.match_report import outcomes, shown
from sync.run.recommend import CREATES, CreateNew
from sync.store import Job, Report
from sync.triggers.answers import BadRequest, answered, as_json, body_of, company_of, cursor_of, flag_of, limit_of, mapping_of
from sync.triggers.reports import asked_list, begun

blueprint = func.Blueprint()

AT_ONCE = 100
"""So many records are coupled while the caller waits; more, or all, are a job."""

MOST_IDS = 1000
MOST_CRITERIA = 20

ALLOWED = {
    "criteria": "a list of {field, caseSensitive?, priority?}; without it the mapping's own, see GET couplings/{mapping}/match",
    "ids": f"up to {MOST_IDS} ids of records of BC to be coupled; without it all that are not coupled",
    "dryRun": "true: only say what would be found",
    "startRule": f"who wins where both rows differ: {', '.join(StartRule)}",
    "createNew": f"where rows are made for what has no partner: {', '.join(CreateNew)}",
    "sync": "false: only couple",
}


@blueprint.function_name("get_match_criteria")
@blueprint.route(route="couplings/{mapping}/match", methods=["GET"])
@answered
async def get_match_criteria(req: func.HttpRequest) -> func.HttpResponse:
    """The criteria in force, and the fields that can be criteria."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    fields = [
        {"name": member.name, "bc": member.bc, "sales": member.sales, "comparedAs": member.kind.form}
        for unit in mapping.fields
        for member in unit.members
        if member.bc and member.sales
    ]
    known = Order(criteria=mapping.match_criteria).as_json()["criteria"]
    creates = CreateNew.TO_SALES if mapping.makes_unmatched else CreateNew.NONE
    return as_json(
        {"mapping": mapping.name, "criteria": known, "startRule": mapping.start_rule, "createNew": creates, "sync": True, "fields": fields}
    )


@blueprint.function_name("match")
@blueprint.route(route="couplings/{mapping}/match", methods=["POST"])
@answered
async def match(req: func.HttpRequest) -> func.HttpResponse:
    """Couple what belongs together, or say what would be coupled."""
    ctx = await company_of(req)
    mapping = mapping_of(ctx, req.route_params["mapping"])
    order = parse_order(body_of(req, ALLOWED), mapping)
    await _refuse_unknown(ctx, mapping, order)
    if order.dry_run:
        found = await dry_run(ctx, mapping, order)
        return as_json(await _all_lists(ctx, mapping, found)) if isinstance(found, Report) else _accepted(found)
    await refuse_on_hold(ctx, mapping)
    at_once = 0 < len(order.ids) <= AT_ONCE
    job = await begin(ctx, mapping, order, at_once=at_once)
    report = await ctx.store.matches.get(ctx.company, mapping.name, job.id)
    if not at_once or report is None or not job.status.over:
        return _accepted(job)
    records = await outcomes(ctx, mapping, report)
    return as_json({**await _all_lists(ctx, mapping, report), "status": job.status, "totals": job.totals, "records": records})


@blueprint.function_name("get_match")
@blueprint.route(route="couplings/{mapping}/match/{id}", methods=["GET"])
@answered
async def get_match(req: func.HttpRequest) -> func.HttpResponse:
    """What a match found: the beginning of all lists, or a part of one; `?list=`, `?limit=`, `?cursor=`."""
    ctx = await company_of(req)
    mapping, id_ = mapping_of(ctx, req.route_params["mapping"]), req.route_params["id"][:200]
    report = await ctx.store.matches.get(ctx.company, mapping.name, id_)
    if report is None:
        job = await ctx.store.jobs.get(ctx.company, id_)
        if job is None or job.mapping != mapping.name or "order" not in job.details:
            raise BadRequest(f"There is no match {id_}.", status=404)
        return as_json({"id": job.id, "status": job.status, "note": "it is still being found out"})
    cursor, name = cursor_of(req, "[0-9]{1,9}"), asked_list(req, LISTS)
    if name is None:
        return as_json(await _all_lists(ctx, mapping, report))
    part = await shown(ctx, mapping, report, name, int(cursor or 0), limit_of(req))
    return as_json({"id": report.id, "counts": report.counts, "list": name, **part})


async def _all_lists(ctx: Context, mapping: TableMapping, report: Report) -> dict[str, Any]:
    """The beginning of every list, each with the cursor for the rest."""
    lists = {name: await shown(ctx, mapping, report, name, 0, 50) for name in LISTS}
    return {"id": report.id, "mapping": mapping.name, "at": report.at, "order": report.order, "counts": report.counts, **lists}


def _accepted(job: Job) -> func.HttpResponse:
    return begun(job, f"couplings/{job.mapping}/match/{job.id}")


def parse_order(body: dict[str, Any], mapping: TableMapping) -> Order:
    """What was asked for, or a clear word about what is wrong with it."""
    dry_run, sync = flag_of(body, "dryRun", ALLOWED), flag_of(body, "sync", ALLOWED, usual=True)
    try:
        start_rule = StartRule(body.get("startRule") or mapping.start_rule)
        create_new = CreateNew(body.get("createNew") or (CreateNew.TO_SALES if mapping.makes_unmatched else CreateNew.NONE))
    except ValueError as error:
        raise BadRequest(f"{error}.", allowed=ALLOWED) from error
    ids = _ids(body.get("ids"))
    creates = CREATES[create_new] & mapping.creates
    if create_new is not CreateNew.NONE and not creates:
        raise NeverMade(f"{mapping.name} makes no rows by createNew {create_new}.")
    if Side.BC in creates and ids:
        raise BadRequest("ids name records of BC: createNew can be none or toSales.", allowed=ALLOWED)
    criteria = criteria_of(body["criteria"], mapping) if body.get("criteria") is not None else mapping.match_criteria
    if not criteria:
        raise BadRequest("Choose at least one criterion.", allowed=[name for name in _fields(mapping)])
    return Order(criteria=criteria, ids=ids, start_rule=start_rule, creates=creates, synchronises=sync, dry_run=dry_run)


def _fields(mapping: TableMapping) -> list[str]:
    return [member.name for unit in mapping.fields for member in unit.members if member.bc and member.sales]


def criteria_of(given: Any, mapping: TableMapping) -> tuple[Criterion, ...]:
    """The criteria that were given, or a clear word about what is wrong with them."""
    known = _fields(mapping)
    if not isinstance(given, list) or len(given) > MOST_CRITERIA:
        raise BadRequest(f"criteria must be a list of up to {MOST_CRITERIA} criteria.", allowed=ALLOWED)
    criteria = tuple(_criterion(each, known) for each in given)
    if len({(one.field, one.priority) for one in criteria}) != len(criteria):
        raise BadRequest("A field stands twice in one priority.")
    return criteria


def _criterion(given: Any, known: list[str]) -> Criterion:
    shape = {"field": "one of the mapping's fields", "caseSensitive": "true or false", "priority": f"1 to {LAST_PRIORITY}"}
    if not isinstance(given, dict) or given.keys() - shape.keys() or "field" not in given:
        raise BadRequest("A criterion is {field, caseSensitive?, priority?}.", allowed=shape)
    name, case_sensitive, priority = given["field"], flag_of(given, "caseSensitive", shape), given.get("priority", 1)
    if name not in known:
        raise BadRequest(f"There is no field {str(name)[:100]} on both sides of this mapping.", allowed=known)
    if isinstance(priority, bool) or not isinstance(priority, int) or not 1 <= priority <= LAST_PRIORITY:
        raise BadRequest(f"The criterion {name} cannot be used.", allowed=shape)
    return Criterion(field=name, case_sensitive=case_sensitive, priority=priority)


def _ids(given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    wrong = BadRequest(f"ids must be a list of 1 to {MOST_IDS} ids of records of BC.", allowed=ALLOWED)
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_IDS:
        raise wrong
    try:
        return tuple(dict.fromkeys(str(UUID(each)) for each in given))
    except (ValueError, AttributeError, TypeError) as error:
        raise wrong from error


async def _refuse_unknown(ctx: Context, mapping: TableMapping, order: Order) -> None:
    if order.ids:
        there = await ctx.bc.rows(mapping.bc.name, order.ids, ("id",))
        missing = [id_ for id_ in order.ids if id_ not in there]
        if missing:
            raise NoSuchRecord(f"BC has no {mapping.bc.name} {', '.join(missing[:10])}.")
