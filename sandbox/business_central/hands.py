"""The hands of people: what they do on BC's own pages, under BC's rules."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business_central import errors, schema, views, writes
from sandbox.business_central.company import Company, Environment
from sandbox.business_central.drafts import Draft
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View
from sandbox.control import ControlRefused, Hand

Verb = Callable[[Company, Row], Any]


def _view(company: Company, name: str) -> View:
    page = schema.full_page(name)
    if page is None:
        raise ControlRefused(f"no entity set {name!r} here", status=404)
    return views.view(company, page)


def edit(company: Company, body: Row) -> Row:
    """`{"set", "id", "values"}`: a person types new values; every field of the fullest page can be typed, its rules run."""
    shown = _view(company, body["set"])
    row = shown.row(body["id"])
    draft = Draft(company, shown.page, row, body["values"])
    with company.environment.journal.atomic():
        draft.apply(body["values"])
        return shown.writer()(writes.store(shown, draft))


def insert(company: Company, body: Row) -> Row:
    """`{"set", "values"}`: a person makes a new row."""
    shown = _view(company, body["set"])
    return shown.writer()(writes.insert(shown, body["values"]))


def delete(company: Company, body: Row) -> None:
    """`{"set", "id"}`."""
    shown = _view(company, body["set"])
    writes.delete(shown, shown.row(body["id"]))


VERBS: dict[str, Verb] = {"edit": edit, "insert": insert, "delete": delete}


def verbs(environment: Environment) -> dict[str, Hand]:
    """The verbs as the control desk calls them; `company` in a body names another company than the first."""

    def bound(verb: Verb) -> Hand:
        def call(body: Row) -> Any:
            company = environment.company(body["company"]) if body.get("company") else environment.first
            try:
                return verb(company, body)
            except errors.Refused as refused:
                raise ControlRefused(str(refused), status=refused.status, code=refused.code) from refused

        return call

    return {name: bound(verb) for name, verb in VERBS.items()}
