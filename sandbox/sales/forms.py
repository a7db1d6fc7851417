"""Forms as the product comes with them; a changed one is seen once it is published."""

from __future__ import annotations

from sandbox.sales.database import Database
from sandbox.sales.schema import Table

MAIN, QUICK_VIEW = 2, 6
WITH_A_FORM = ("account", "contact", "product", "opportunity", "quote", "quotedetail", "salesorder", "salesorderdetail", "invoice")
DRAFT = "draft"
"""Where a form keeps the layout that nobody has published yet; no column, so that nobody reads it."""

LAYOUT = (
    '<form><tabs><tab id="{{1f2a0000-0000-4000-8000-000000000001}}" name="general">'
    '<labels><label description="General" languagecode="1033"/>'
    '</labels><columns><column width="100%"><sections><section id="{{1f2a0000-0000-4000-8000-000000000002}}" name="general"><labels>'
    '<label description="General" languagecode="1033"/></labels><rows><row><cell id="{{1f2a0000-0000-4000-8000-000000000003}}"><labels>'
    '<label description="Name" languagecode="1033"/></labels><control id="{name}" classid="{{4273EDBD-AC1D-40D3-9FB2-095C621B552D}}" '
    'datafieldname="{name}"/></cell></row></rows></section></sections></column></columns></tab></tabs></form>'
)


def layout(table: Table) -> str:
    """The main form of a table as the product has it: one tab, one section, the name."""
    return LAYOUT.format(name=table.primary_name)


def publish(db: Database, name: str) -> None:
    """The forms of a table as they were changed."""
    table = db.schema.tables["systemform"]
    for form_id, row in list(db.rows("systemform").items()):
        if row["objecttypecode"] == name and DRAFT in row:
            kept = {key: value for key, value in row.items() if key != DRAFT}
            db.put(table, form_id, {**kept, "formxml": row[DRAFT], "componentstate": 0})
