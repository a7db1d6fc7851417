"""Rules of master data: numbers, addresses, names, units, and the hooks that tables hang their own rules on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import SETTERS, Draft, convert, rule
from sandbox.business_central.tables import Row

EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,.]+(\.[^@\s;,.]+)*")
NUMBERED = ("Customer", "Contact", "Vendor", "Item", "Opportunity", "Resource")
NAMED = ("Customer", "Contact", "Vendor")

Hook = Callable[[Draft], None]
BEFORE_INSERT: dict[str, list[Hook]] = {}
AFTER_WRITE: dict[str, list[Hook]] = {}
BEFORE_DELETE: dict[str, list[Callable[[Company, Row], None]]] = {}


def prepare_insert(draft: Draft) -> None:
    """What every insert does: number, required values, template. Raises Refused."""
    table = draft.table.name
    if table in NUMBERED:
        _number(draft, table)
    for field, value in draft.company.templates.get(table, {}).items():
        if not draft.row.get(field):
            draft.row[field] = value
    for hook in BEFORE_INSERT.get(table, ()):
        hook(draft)
    for name in draft.table.key:
        if draft.table.fields[name].kind == "Code" and not draft.get(name) and name != "Primary Key":
            raise errors.Refused("BadRequest_RequiredParamNotProvided", f"The field {name} of table {table} must be given a value.")
    if table in NAMED and not draft.get("Name"):
        raise errors.dialog('A "displayName" must be provided.')


def _number(draft: Draft, table: str) -> None:
    if not draft.row.get("No."):
        series = draft.row.get("No. Series")
        draft.row["No."] = draft.company.next_of_series(series) if series else draft.company.next_number(table)
    elif not draft.company.environment.switches["manualNumbers"]:
        raise errors.dialog(f"You may not enter numbers manually. Activate Manual Nos. in No. Series {table.upper()} to enter numbers.")


def _registered(hooks: dict[str, list[Hook]], tables: tuple[str, ...]) -> Callable[[Hook], Hook]:
    def register(hook: Hook) -> Hook:
        for table in tables:
            hooks.setdefault(table, []).append(hook)
        return hook

    return register


def before_insert(*tables: str) -> Callable[[Hook], Hook]:
    """Make a function run before a row of some tables goes in."""
    return _registered(BEFORE_INSERT, tables)


def after_write(*tables: str) -> Callable[[Hook], Hook]:
    """Make a function run after a row of some tables went in or changed."""
    return _registered(AFTER_WRITE, tables)


def _for_each(tables: tuple[str, ...], *fields: str) -> Callable[[Any], Any]:
    def register(function: Any) -> Any:
        for table in tables:
            rule(table, *fields)(function)
        return function

    return register


ADDRESSED = ("Customer", "Contact", "Vendor", "Company Information", "Location")


@_for_each(ADDRESSED, "Post Code")
def _post_code(draft: Draft, value: str) -> None:
    """City, county and country follow a post code that BC knows."""
    rows = draft.company.table("Post Code").lookup("Code", value) if value else []
    if rows:
        fitting = [row for row in rows if row["City"].casefold() == draft.get("City").casefold()]
        _take_place(draft, (fitting or rows)[0], "City")


@_for_each(ADDRESSED, "City")
def _city(draft: Draft, value: str) -> None:
    """Post code, county and country follow a city that BC knows."""
    known = draft.company.table("Post Code")
    rows = [row for row in known.rows.values() if row["City"].casefold() == value.casefold()] if value and known.rows else []
    if rows:
        _take_place(draft, rows[0], "Post Code")


def _take_place(draft: Draft, row: Row, field: str) -> None:
    draft.row[field] = row["Code" if field == "Post Code" else "City"]
    draft.row["County"] = row.get("County", "")
    if row.get("Country/Region Code"):
        draft.row["Country/Region Code"] = row["Country/Region Code"]


@_for_each(("Customer", "Contact", "Vendor"), "Phone No.", "Mobile Phone No.")
def _phone(draft: Draft, value: str) -> None:
    if any(sign.isalpha() for sign in value):
        raise errors.field_error(f"Phone No. must not contain letters in {draft.table.name} No.='{draft.get('No.')}'.")


@_for_each((*ADDRESSED, "Salesperson/Purchaser"), "E-Mail")
def _email(draft: Draft, value: str) -> None:
    for address in filter(None, (part.strip() for part in re.split("[;,]", value))):
        if not EMAIL.fullmatch(address):
            raise errors.dialog(f'The email address "{address}" is not valid.')


@_for_each(("Customer", "Vendor"), "Name")
def _name(draft: Draft, value: str) -> None:
    needs_name(draft, value)


def needs_name(draft: Draft, value: str) -> None:
    """A name may not be emptied. Raises Refused."""
    if not value and draft.before is not None:
        raise errors.dialog('The blank "displayName" is not allowed.')


@rule("Item", "Base Unit of Measure")
def _base_unit(draft: Draft, value: str) -> None:
    draft.row["Sales Unit of Measure"] = value


@rule("Item", "Sales Unit of Measure")
def _sales_unit(draft: Draft, value: str) -> None:
    units = draft.company.table("Item Unit of Measure").ids
    if value and value != draft.get("Base Unit of Measure") and (draft.get("No."), value) not in units:
        raise errors.no_related_row("Item", "Sales Unit of Measure", value, "Item Unit of Measure")


@before_insert("Item")
def _new_item(draft: Draft) -> None:
    if draft.get("Type") != "Inventory":
        draft.row["Inventory Posting Group"] = ""


def _set_currency(draft: Draft, value: Any) -> None:
    """The local currency's code is taken and stored as blank."""
    code = convert("Code", "currencyCode", value, draft)
    draft.put("Currency Code", "" if code == draft.company.local_currency else code)


SETTERS["currencyCode"] = _set_currency


def rename(company: Company, table: str, old: Any, new: Any) -> None:
    """Everything that names a row by its key follows a rename; the stamps of those rows stay."""
    for other in company.tables.values():
        for field in other.definition.fields.values():
            if field.relation == table and old:
                for row in other.lookup(field.name, old):
                    other.modify({**row, field.name: new}, stamped=False)
    relations = company.table("Contact Business Relation")
    for relation in relations.lookup("No.", old):
        if relation.get("Link to Table") == table:
            relations.modify({**relation, "No.": new}, stamped=False)
