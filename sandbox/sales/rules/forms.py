"""Forms: what is checked of a new layout, and that it waits for its publication."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from sandbox.sales.database import Database
from sandbox.sales.errors import Refused
from sandbox.sales.forms import DRAFT, QUICK_VIEW
from sandbox.sales.rules.write import Write


def checked(write: Write) -> None:
    """A layout must be XML, with columns of the table, ids that are there once, and quick views of forms that exist."""
    if "formxml" not in write.changes:
        return
    try:
        root = ElementTree.fromstring(str(write.changes["formxml"] or ""))
    except ElementTree.ParseError as wrong:
        raise Refused("0x80040203", f"The form XML is invalid: {wrong}.") from wrong
    table = write.db.schema.tables.get(str(write.row.get("objecttypecode")))
    if root.tag != "form" or table is None:
        raise Refused("0x80040203", "The form XML must be a form of an entity.")
    cells = [cell.get("id") for cell in root.iter("cell")]
    if len(cells) != len(set(cells)):
        raise Refused("0x80040203", "The form XML holds a cell id more than once.")
    unknown = [name for name in _shown(root) if name not in table.columns]
    if unknown:
        raise Refused("0x80040203", f"The form refers to columns that {table.name} lacks: {', '.join(unknown)}.")
    _quick_views(write.db, root)


def _shown(root: ElementTree.Element) -> Iterator[str]:
    for control in root.iter("control"):
        name = control.get("datafieldname")
        if name:
            yield name


def _quick_views(db: Database, root: ElementTree.Element) -> None:
    """The forms behind quick views, which stand as escaped XML in a parameter."""
    for parameter in root.iter("QuickForms"):
        try:
            named = ElementTree.fromstring(parameter.text or "").iter("QuickFormId")
        except ElementTree.ParseError as wrong:
            raise Refused("0x80040203", f"The parameter QuickForms is invalid: {wrong}.") from wrong
        for form in named:
            row = db.rows("systemform").get((form.text or "").strip("{}").lower(), {})
            if row.get("type") != QUICK_VIEW or row.get("objecttypecode") != form.get("entityname"):
                raise Refused("0x80040217", f"systemform With Id = {form.text} Does Not Exist")


def unpublished(write: Write) -> None:
    """A changed layout waits for its publication; a new form is there at once."""
    if write.old is not None and "formxml" in write.changes:
        write.row[DRAFT] = write.row["formxml"]
        write.row["formxml"] = write.old["formxml"]
        write.row["componentstate"] = 1


BEFORE = {"systemform": (checked, unpublished)}
