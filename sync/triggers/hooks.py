"""HTTP and timer of the webhooks: what the services tell, and how their subscriptions stand.

The receivers are anonymous to the host and ask for a key of their own. They answer 2xx whatever was sent: Business Central ends a
subscription on any 4xx, and an answer that differed would tell a stranger something. What only waiting can mend is 503.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import azure.functions as func

from sync.environment import Environment, environment
from sync.errors import CoupletError, by_code
from sync.heart.plan import Side
from sync.hooks.actions import Done
from sync.hooks.hints import hints_of
from sync.hooks.keep import keep
from sync.hooks.keys import BC_ROUTE, HEADER, SALES_ROUTE, Keys
from sync.hooks.notices import LARGEST
from sync.store import Source, Subscription
from sync.store.hooks import EVERYBODY
from sync.telemetry.trace import begun
from sync.triggers.answers import answered, as_json, body_of, company_of, flag_of

blueprint = func.Blueprint()
log = logging.getLogger("couplet")

SCHEDULE = "0 */15 * * * *"
"""How often the subscriptions are looked at: two or three requests to each side."""

TOKEN = re.compile(r"[\w.~+/=:%-]{1,1024}", re.ASCII)
"""What is given back in the handshake; anything else is nobody's token."""

TAKEN = 202

REPAIR = {"dryRun": "true or false (default)"}

Take = Callable[[Environment, func.HttpRequest, Keys], Awaitable["func.HttpResponse | None"]]


@blueprint.function_name("hear_business_central")
@blueprint.route(route=BC_ROUTE, methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def hear_business_central(req: func.HttpRequest) -> func.HttpResponse:
    """Take a notification of Business Central, or give back the token of its handshake."""
    return await _heard(Side.BC, req, _from_business_central)


@blueprint.function_name("hear_sales")
@blueprint.route(route=SALES_ROUTE, methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def hear_sales(req: func.HttpRequest) -> func.HttpResponse:
    """Take a notification of Sales."""
    return await _heard(Side.SALES, req, _from_sales)


@blueprint.function_name("get_hooks")
@blueprint.route(route="hooks", methods=["GET"])
@answered
async def get_hooks(req: func.HttpRequest) -> func.HttpResponse:
    """How the webhooks stand: what was told and refused, the subscriptions with their end, and what stands in the way of one."""
    ctx = await company_of(req)
    opened = await environment()
    for side in Side:
        await hints_of(opened).write_counts(side)
    sources = await ctx.store.hooks.sources()
    known = await ctx.store.hooks.subscriptions(ctx.company, EVERYBODY)
    shown = {"bc": "businessCentral", "sales": "sales"}
    sides = {shown[side]: _side(sources[side], [each for each in known if each.side is side]) for side in Side}
    return as_json({"on": ctx.settings.webhooks, "delaySeconds": ctx.settings.webhook_delay_seconds, **sides})


@blueprint.function_name("repair_hooks")
@blueprint.route(route="hooks/repair", methods=["POST"])
@answered
async def repair_hooks(req: func.HttpRequest) -> func.HttpResponse:
    """Do now what the timer does: make, renew and drop subscriptions; with `dryRun` only tell what would be done."""
    dry_run = flag_of(body_of(req, REPAIR), "dryRun", REPAIR)
    done = await keep(await environment(), dry_run=dry_run)
    return as_json({"dryRun": dry_run, "value": [_done(each) for each in done]})


@blueprint.function_name("keep_hooks")
@blueprint.schedule(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
async def keep_hooks(timer: func.TimerRequest) -> None:
    """Look at the subscriptions: they end after three days, and Business Central drops them when it was refused."""
    try:
        with begun("timer"):
            await keep(await environment())
    except CoupletError as error:
        log.error("webhooks: %s %s", error, error.remedy, extra={"code": error.code})


async def _heard(side: Side, req: func.HttpRequest, take: Take) -> func.HttpResponse:
    """An answer that tells nothing; 503 when the app itself cannot work, which makes the service send again."""
    try:
        opened = await environment()
        with begun("notification", req.headers.get("traceparent")):
            answer = await take(opened, req, Keys(opened.settings)) if opened.settings.webhooks else None
    except CoupletError as error:
        log.error("a notification of %s could not be taken: %s", side, error, extra={"code": error.code})
        return func.HttpResponse(status_code=503)
    except Exception:
        log.exception("a notification of %s could not be taken", side)
        return func.HttpResponse(status_code=503)
    return answer or func.HttpResponse(status_code=TAKEN)


async def _from_business_central(opened: Environment, req: func.HttpRequest, keys: Keys) -> func.HttpResponse | None:
    token = req.params.get("validationToken")
    if not keys.is_bc_key(req.params.get("key", "")):
        await hints_of(opened).refused(Side.BC)
    elif token is not None:
        if TOKEN.fullmatch(token):
            return func.HttpResponse(token, status_code=200, mimetype="text/plain", headers={"X-Content-Type-Options": "nosniff"})
        await hints_of(opened).refused(Side.BC)
    elif _too_large(req):
        await hints_of(opened).of_anything(Side.BC)
    else:
        await hints_of(opened).from_business_central(req.get_body(), keys)
    return None


async def _from_sales(opened: Environment, req: func.HttpRequest, keys: Keys) -> func.HttpResponse | None:
    organization = urlsplit(opened.settings.sales_url).netloc.lower()
    foreign = req.headers.get("x-ms-dynamics-organization", organization).lower() != organization
    if foreign or not keys.is_sales_key(req.headers.get(HEADER, "")) or _too_large(req):
        await hints_of(opened).refused(Side.SALES)
    else:
        await hints_of(opened).from_sales(req.get_body())
    return None


def _too_large(req: func.HttpRequest) -> bool:
    told = req.headers.get("content-length", "0")
    return not told.isdecimal() or int(told[:20]) > LARGEST or len(req.get_body()) > LARGEST


def _side(source: Source, known: list[Subscription]) -> Mapping[str, Any]:
    trouble = {"code": source.code, "message": source.message, "remedy": by_code(source.code).remedy} if source.code else {}
    return {
        "taken": source.taken,
        "refused": source.refused,
        "lastTaken": source.last_taken,
        "lastRefused": source.last_refused,
        "checkedAt": source.checked,
        **trouble,
        "subscriptions": [_subscription(each) for each in known],
    }


def _subscription(each: Subscription) -> Mapping[str, Any]:
    trouble: dict[str, Any] = {}
    if each.code:
        trouble = {"code": each.code, "message": each.message, "remedy": by_code(each.code).remedy, "failingSince": each.failing_since}
    return {"resource": each.resource, "id": each.id, "expiresAt": each.expires, **trouble}


def _done(each: Done) -> Mapping[str, Any]:
    error = {"code": each.error.code, "message": str(each.error), "remedy": each.error.remedy} if each.error else {}
    return {"side": each.side, "resource": each.resource, "do": each.do, "why": each.why, "id": each.id, "expiresAt": each.expires, **error}
