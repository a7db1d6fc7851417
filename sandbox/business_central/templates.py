"""BC's own templates for customers, vendors and items, and the bound action that applies one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import Draft
from sandbox.business_central.schema import full_page
from sandbox.business_central.tables import Row
from sandbox.business_central.views import view
from sandbox.business_central.writes import store

OWN = ("Code", "Description", "No. Series")
"""Fields of a template that are about the template itself, or come too late for a row that has its number."""
SETS = {"Customer": "customers", "Vendor": "vendors", "Item": "items"}


def applying(table: str, templates: str) -> Callable[[Company, Row, Row], Any]:
    """The bound action `{"templateCode"}` of a table's page: what the template holds goes into the blank fields. Raises Refused."""

    def apply(company: Company, row: Row, body: Row) -> None:
        code = str(body.get("templateCode") or "").strip().upper()
        template = company.table(templates).find(code)
        if template is None:
            message = f"The {templates} does not exist. Identification fields and values: Code='{code}'"
            raise errors.Refused("Internal_RecordNotFound", message)
        page = full_page(SETS[table])
        assert page is not None
        draft = Draft(company, page, row, {})
        with company.environment.journal.atomic():
            for field in company.table(templates).definition.fields:
                if field in page.table.fields and not field.startswith("System") and field not in OWN:
                    _fill(draft, field, template.get(field))
            store(view(company, page), draft)

    return apply


def _fill(draft: Draft, field: str, value: Any) -> None:
    if value is not None and draft.get(field) == draft.table.fields[field].blank:
        draft.put(field, value)
