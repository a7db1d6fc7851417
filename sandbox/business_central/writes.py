"""Creating, changing and deleting rows through a page."""

from __future__ import annotations

import re

from sandbox.business_central import errors, masters
from sandbox.business_central.clock import etag
from sandbox.business_central.company import Environment
from sandbox.business_central.drafts import Draft
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View

_ETAG = re.compile(r'(W/)?"[^"]*"')


def create(view: View, body: Row, preset: Row | None = None) -> Row:
    """Insert a row with validation, templates and everything that BC adds; `preset` holds fields that the URL gives."""
    if "I" not in view.page.ops:
        raise errors.not_allowed("POST", view.page.set)
    return insert(view, body, preset)


def insert(view: View, body: Row, preset: Row | None = None) -> Row:
    """`create` without the page's own permission."""
    draft = Draft(view.company, view.page, None, body)
    with view.company.environment.journal.atomic():
        draft.row.update(view.page.where)
        draft.row.update(preset or {})
        draft.apply(body)
        masters.prepare_insert(draft)
        draft.row = view.table.insert(draft.row)
        finish(draft)
        return view.table.rows[draft.row["SystemId"]]


def update(view: View, row_id: str, body: Row, match: str | None) -> Row:
    """Change a row when the client has seen its version; properties that stay equal are passed over. Raises Refused."""
    if "M" not in view.page.ops:
        raise errors.not_allowed("PATCH", view.page.set)
    row = view.row(row_id)
    check_match(view, row, match, required=True)
    draft = Draft(view.company, view.page, row, body)
    with view.company.environment.journal.atomic():
        draft.apply(body)
        return store(view, draft)


def store(view: View, draft: Draft) -> Row:
    """Write a changed draft, with renames and follow-ups; an unchanged one moves nothing."""
    before = draft.before
    assert before is not None
    if draft.row != before:
        old, new = view.table.key_of(before), view.table.key_of(draft.row)
        draft.row = view.table.modify(draft.row)
        if old != new:
            masters.rename(view.company, view.page.table.name, old, new)
        finish(draft)
    return view.table.rows[before["SystemId"]]


def finish(draft: Draft) -> None:
    for hook in masters.AFTER_WRITE.get(draft.table.name, ()):
        hook(draft)


def remove(view: View, row_id: str, match: str | None) -> None:
    """Delete a row; the version is checked when the client sends one. Raises Refused."""
    delete(view, deletable(view, row_id, match))


def deletable(view: View, row_id: str, match: str | None) -> Row:
    """The row with an id, if it may be deleted through the page. Raises Refused."""
    if "D" not in view.page.ops:
        raise errors.not_allowed("DELETE", view.page.set)
    row = view.row(row_id)
    check_match(view, row, match, required=bool(view.company.environment.switches["deleteNeedsEtag"]))
    return row


def delete(view: View, row: Row) -> None:
    """`remove` without the page's own permission."""
    with view.company.environment.journal.atomic():
        for hook in masters.BEFORE_DELETE.get(view.page.table.name, ()):
            hook(view.company, row)
        view.table.delete(row["SystemId"])


def check_match(view: View, row: Row, match: str | None, *, required: bool) -> None:
    """The `If-Match` header against the row's version. Raises Refused."""
    match_fails(view.company.environment, etag(row["version"]), match, required=required)


def match_fails(environment: Environment, held: str, match: str | None, *, required: bool) -> None:
    """Raise Refused when an `If-Match` header is missing, unreadable, or not the version held."""
    if match is None and not required:
        return
    if match is None or (match.strip() != "*" and not _ETAG.fullmatch(match.strip())):
        raise errors.Refused(
            "BadRequest_InvalidToken",
            "Could not validate the client concurrency token required by the service. Please provide a valid token in the client request.",
        )
    if match.strip() not in ("*", held, held.removeprefix("W/")):
        raise errors.stale(int(environment.switches["staleStatus"]))
