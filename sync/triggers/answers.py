"""What the HTTP API answers: JSON in camelCase, errors as problem details (RFC 9457)."""

from __future__ import annotations

import dataclasses
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

import azure.functions as func

from mapping.model import TableMapping
from mapping.values import Side
from sync.context import Context
from sync.entry.connection import check_open
from sync.environment import environment
from sync.errors import (
    ColumnsMissing,
    CompanyNotFound,
    CoupledOtherwise,
    CoupletError,
    NotInThisMode,
    NotOnThisProfile,
    RequestRefused,
    Unconverted,
    by_code,
)
from sync.services.http import on_behalf_of_a_person
from sync.services.odata import guid
from sync.store import Hold, Job
from sync.telemetry.trace import begun, operation
from sync.triggers.callers import check_caller
from sync.triggers.statuses import status_of

log = logging.getLogger("couplet")

Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]

LARGEST_BODY = 64 * 1024


HELD: ContextVar[Hold | None] = ContextVar("held", default=None)
"""The hold of the connection that the present call is about: every answer tells it."""

ON_HOLD = "Couplet-On-Hold"
"""The header of every answer while the connection is on hold: the reason, percent-encoded."""


class BadRequest(Exception):
    """What a caller sent cannot be used: the status, what is wrong, and what is allowed."""

    def __init__(self, detail: str, *, status: int = 400, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.more = more


def answered(handler: Handler) -> Handler:
    """A handler for callers who may ask for this, by key or role; its errors as problem details."""

    @wraps(handler)
    async def admitted(req: func.HttpRequest) -> func.HttpResponse:
        check_caller(req)
        return await handler(req)

    return explained(admitted)


def explained(handler: Handler) -> Handler:
    """Errors of a handler as problem details; what nobody foresaw is logged, and answered without its text.

    What it asks of the services goes down the lane of people (design.md, section 7).
    """

    @wraps(handler)
    async def answer(req: func.HttpRequest) -> func.HttpResponse:
        token = HELD.set(None)
        try:
            with begun("call", req.headers.get("traceparent")), on_behalf_of_a_person():
                return await attempt(req)
        finally:
            HELD.reset(token)

    async def attempt(req: func.HttpRequest) -> func.HttpResponse:
        try:
            return await handler(req)
        except BadRequest as error:
            return _problem(error.status, "bad_request" if error.status == 400 else "not_possible", str(error), error.more)
        except CompanyNotFound as error:
            # The caller named a company that is not configured, or BC_COMPANY names one that is not there.
            return _problem(400 if error.side is None else 502, error.code, str(error), {"remedy": error.remedy})
        except RequestRefused as error:
            return _problem(error.status, error.code, str(error), {**error.detail, "remedy": error.remedy})
        except CoupletError as error:
            return _problem(status_of(error), error.code, str(error), {"remedy": error.remedy})
        except Exception:
            log.exception("%s %s", req.method, req.url.partition("?")[0])
            return _problem(500, "internal", "Something went wrong inside Couplet; the log says what.", {"operationId": operation()})

    return answer


def _problem(status: int, code: str, detail: str, more: Mapping[str, Any]) -> func.HttpResponse:
    body = {"type": f"urn:couplet:{code}", "title": code.replace("_", " ").capitalize(), "status": status, "detail": detail, **more}
    return func.HttpResponse(json.dumps(_told(body)), status_code=status, mimetype="application/problem+json", headers=_held_header())


def as_json(body: Any, *, status: int = 200, location: str | None = None) -> func.HttpResponse:
    """An answer with a JSON body; `location` is the call under /api that tells how it goes on."""
    text = json.dumps(_told(plain(body)), ensure_ascii=False)
    headers = {**_held_header(), **({"Location": f"/api/{location}"} if location else {})}
    return func.HttpResponse(text, status_code=status, mimetype="application/json", headers=headers)


def _told(body: Any) -> Any:
    """The body with the hold of the connection, while there is one."""
    hold = HELD.get()
    return {**body, "onHold": plain(shown_hold(hold))} if hold and isinstance(body, dict) else body


def shown_hold(hold: Hold) -> dict[str, Any]:
    """Why nothing runs, since when, and who stopped it: a person, or the app itself."""
    known = by_code(hold.code) if hold.code else None
    return {"reason": hold.reason, "since": hold.since, "by": hold.by, "code": hold.code, "remedy": known.remedy if known else None}


def _held_header() -> dict[str, str]:
    hold = HELD.get()
    return {ON_HOLD: quote(hold.reason[:LONGEST_REASON])} if hold else {}


def plain(value: Any) -> Any:
    """Dataclasses, times and enums as JSON, names in camelCase."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {_camel(each.name): plain(getattr(value, each.name)) for each in dataclasses.fields(value) if each.name != "etag"}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


async def company_of(req: func.HttpRequest, *, while_held: bool = False) -> Context:
    """The company that a call is about: `?company=`, needed only where several are configured (rule G1).

    While its connection is on hold, a call that asks for work is refused with the reason; `while_held` calls only change what is kept.
    """
    ctx = await (await environment()).context(req.params.get("company"))
    HELD.set(ctx.hold)
    if req.method != "GET" and not while_held:
        check_open(ctx)
    return ctx


def mapping_of(ctx: Context, name: str) -> TableMapping:
    """The mapping of that name, in whatever case; for one that this Business Central cannot do, or of another mode, the reason."""
    found = ctx.mappings.get(name) or ctx.mappings.get(name.upper())
    if found:
        return found
    why = ctx.unconverted.held.get(name.upper())
    if why:
        raise Unconverted(f"{name.upper()} is held back: {why}.")
    otherwise = ctx.coupled_otherwise.get(name.upper())
    if otherwise:
        raise CoupledOtherwise(f"{name.upper()} is held back: {otherwise}.")
    missing = next((one for one in ctx.unavailable if one.mapping == name.upper() and one.field is None), None)
    if missing:
        remedy = (NotOnThisProfile if missing.side is Side.BC else ColumnsMissing).remedy
        raise BadRequest(f"{missing.mapping} is unavailable: {missing.why}.", status=404, remedy=remedy)
    mode = ctx.other_modes.get(name.upper())
    if mode:
        raise NotInThisMode(f"{name.upper()} is not in force: it belongs to the mode {mode}.")
    raise BadRequest(f"There is no mapping {name[:100]}.", status=404, allowed=list(ctx.mappings))


def mappings_of(ctx: Context, req: func.HttpRequest) -> list[str]:
    """The mapping that `?mapping=` names, or all."""
    name = req.params.get("mapping")
    if name is None:
        return list(ctx.mappings)
    return [mapping_of(ctx, name).name]


async def job_of(ctx: Context, req: func.HttpRequest) -> Job:
    """The job that a route names."""
    job = await ctx.store.jobs.get(ctx.company, req.route_params["id"])
    if job is None:
        raise BadRequest(f"There is no job {req.route_params['id'][:100]}.", status=404)
    return job


def side_of(req: func.HttpRequest) -> Side:
    """The side that a route names."""
    try:
        return Side(req.route_params["side"])
    except ValueError as error:
        raise BadRequest("The side must be bc or sales.", status=404, allowed=list(Side)) from error


def id_of(mapping: TableMapping, side: Side, given: object) -> str:
    """The id of a record of one side: a guid, or the value of an option."""
    text = given if isinstance(given, str) else ""
    try:
        return text if mapping.table(side).is_choice and text.isdecimal() and len(text) < LONGEST_NUMBER else guid(text)
    except ValueError as error:
        raise BadRequest("The id must be a guid.", allowed="a guid such as 5d115c9c-44e3-ea11-bb43-000d3a2feca1") from error


def ids_of(mapping: TableMapping, side: Side, given: object, most: int) -> list[str]:
    """A list of ids, each once."""
    if not isinstance(given, list) or not 0 < len(given) <= most:
        raise BadRequest(f"The ids must be a list of 1 to {most} ids.")
    return list(dict.fromkeys(id_of(mapping, side, each) for each in given))


LONGEST_NUMBER = 12
"""Digits of an option's value, and some more."""


def body_of(req: func.HttpRequest, allowed: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object in a request's body; `allowed` names its properties and says what they take."""
    raw = req.get_body() or b"{}"
    if len(raw) > LARGEST_BODY:
        raise BadRequest(f"The body may have up to {LARGEST_BODY} bytes.", status=413)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no JSON: {error}.", allowed=dict(allowed)) from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.", allowed=dict(allowed))
    unknown = sorted(body.keys() - allowed.keys())
    if unknown:
        raise BadRequest(f"Unknown: {', '.join(unknown)}.", allowed=dict(allowed))
    return body


LONGEST_REASON = 500


def reason_of(req: func.HttpRequest, *, needed: bool = False) -> str | None:
    """The `reason` in a request's body: why something is put on hold, in a person's words."""
    reason = body_of(req, {"reason": "why, in your own words"}).get("reason")
    if reason is None and not needed:
        return None
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadRequest(f"reason must be a text of up to {LONGEST_REASON} characters.")
    return reason.strip()


def flag_of(body: Mapping[str, Any], name: str, allowed: Mapping[str, str], *, usual: bool = False) -> bool:
    """A property that is true or false; `usual` when it is left out."""
    value = body.get(name, usual)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} must be true or false.", allowed=dict(allowed))
    return value


def asked_flag(req: func.HttpRequest, name: str) -> bool | None:
    """`?<name>=true` or `false`; None when it is left out."""
    text = req.params.get(name)
    if text not in (None, "true", "false"):
        raise BadRequest(f"{name} must be true or false.", allowed=["true", "false"])
    return None if text is None else text == "true"


NEWEST_FIRST = "[0-9a-f]{24}"
"""The form of cursors of lists of jobs and full synchs."""


def cursor_of(req: func.HttpRequest, form: str) -> str | None:
    """`?cursor=` as the page before gave it; another text than one of its form is refused."""
    cursor: str | None = req.params.get("cursor")
    if cursor is not None and not re.fullmatch(form, cursor, re.ASCII):
        raise BadRequest("cursor must be what the page before gave.")
    return cursor


def limit_of(req: func.HttpRequest, most: int = 200, usual: int = 50) -> int:
    """`?limit=`, bounded."""
    text = req.params.get("limit", str(usual))
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise BadRequest(f"limit must be a whole number from 1 to {most}.")
    return int(text)
