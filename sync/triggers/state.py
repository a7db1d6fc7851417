"""HTTP: the state of a company written out as lines of JSON, and taken in again."""

from __future__ import annotations

import json
from typing import Any

import azure.functions as func

from sync.transfer import into, out
from sync.transfer.lines import Line
from sync.triggers.answers import BadRequest, answered, as_json, asked_flag, company_of, cursor_of, limit_of

blueprint = func.Blueprint()

MOST_LINES = 1000
LARGEST = 4 * 1024 * 1024
CURSOR = "Couplet-Cursor"
"""The header of a part that is not the last one: what asks for the next."""


@blueprint.function_name("export_state")
@blueprint.route(route="state/export", methods=["GET"])
@answered
async def export_state(req: func.HttpRequest) -> func.HttpResponse:
    """Settings, couplings and life numbers as lines of JSON, a part at a time; `?values=false` without what records held."""
    ctx = await company_of(req)
    cursor, limit = cursor_of(req, out.CURSOR), limit_of(req, MOST_LINES, MOST_LINES)
    part = await out.part(ctx, limit=limit, cursor=cursor, values=asked_flag(req, "values") is not False)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in part.lines)
    headers = {CURSOR: part.cursor} if part.cursor else {}
    return func.HttpResponse(text, mimetype="application/x-ndjson", headers=headers)


@blueprint.function_name("import_state")
@blueprint.route(route="state/import", methods=["POST"])
@answered
async def import_state(req: func.HttpRequest) -> func.HttpResponse:
    """Take lines in that were written out, the first of them in every call; a dry run unless `?dryRun=false`."""
    ctx = await company_of(req, while_held=True)
    dry_run = asked_flag(req, "dryRun") is not False
    try:
        came = await into.take(ctx, _lines(req), dry_run=dry_run)
    except into.LinesWrong as wrong:
        raise BadRequest(
            f"{wrong} Nothing was taken.", mistakes=[{"line": line, "why": why} for line, why in wrong.mistakes.items()]
        ) from None
    return as_json({"dryRun": dry_run, **came.counts, "refused": sorted(came.refused, key=lambda each: int(each["line"]))})


def _lines(req: func.HttpRequest) -> list[Line]:
    """The objects in a request's body, one a line."""
    raw = req.get_body()
    texts = raw.splitlines() if len(raw) <= LARGEST else []
    if not 0 < len(texts) <= MOST_LINES + 1:
        raise BadRequest(f"The body must have 1 to {MOST_LINES + 1} lines and up to {LARGEST} bytes.", status=413 if raw else 400)
    found: list[Line] = []
    mistakes: dict[int, str] = {}
    for number, text in enumerate(texts, 1):
        line = _object(text)
        if line is None:
            mistakes[number] = "must be a JSON object"
        else:
            found.append(line)
    if mistakes:
        raise into.LinesWrong(mistakes)
    return found


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
