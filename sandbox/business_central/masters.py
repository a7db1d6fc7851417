"""Rules of customers, contacts, vendors and items: what BC does by itself when their fields are set or rows written."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import SETTERS, Draft, convert, rule
from sandbox.business_central.tables import Row

EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,.]+(\.[^@\s;,.]+)*")
SHARED = (
    "Name", "Address", "Address 2", "City", "County", "Country/Region Code", "Post Code", "Phone No.", "E-Mail", "Home Page", "Fax No.",
    "Salesperson Code", "Currency Code", "VAT Registration No.",
)
"""Fields that a customer and its company contact hold in common."""
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
    for name in draft.table.key:
        if draft.table.fields[name].kind == "Code" and not draft.get(name) and "Setup" not in table:
            raise errors.Refused("BadRequest_RequiredParamNotProvided", f"The field {name} of table {table} must be given a value.")
    if table in NAMED and not draft.get("Name"):
        raise errors.dialog('A "displayName" must be provided.')
    for field, value in draft.company.templates.get(table, {}).items():
        if not draft.row.get(field):
            draft.row[field] = value
    for hook in BEFORE_INSERT.get(table, ()):
        hook(draft)


def _number(draft: Draft, table: str) -> None:
    if not draft.row.get("No."):
        draft.row["No."] = draft.company.next_number(table)
    elif not draft.company.environment.switches["manualNumbers"]:
        raise errors.dialog(f"You may not enter numbers manually. If you want to enter numbers manually, please activate Manual Nos. in No. Series "
                            f"{table.upper()}.")


def before_insert(table: str) -> Callable[[Hook], Hook]:
    return lambda hook: BEFORE_INSERT.setdefault(table, []).append(hook) or hook  # type: ignore[func-returns-value]


def after_write(table: str) -> Callable[[Hook], Hook]:
    return lambda hook: AFTER_WRITE.setdefault(table, []).append(hook) or hook  # type: ignore[func-returns-value]


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
    rows = draft.company.table("Post Code").lookup("City", value) if value else []
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


@_for_each(NAMED, "Name")
def _name(draft: Draft, value: str) -> None:
    if not value and draft.before is not None:
        raise errors.dialog('The blank "displayName" is not allowed.')
    if draft.table.name == "Contact":
        old = (draft.before or {}).get("Name", "")
        if draft.row.get("Search Name", "") in ("", old.upper()):
            draft.row["Search Name"] = value.upper()
        if draft.get("Type") == "Person":
            split_name(draft)


def split_name(draft: Draft) -> None:
    """First, middle and last name from a person's full name."""
    parts = draft.get("Name").split()
    last = parts.pop() if len(parts) > 1 else ""
    middle = parts.pop() if len(parts) > 1 else ""
    for field, value in (("First Name", " ".join(parts)), ("Middle Name", middle), ("Surname", last)):
        draft.row[field] = value[:30]


@rule("Contact", "First Name", "Middle Name", "Surname")
def _join_name(draft: Draft, value: str) -> None:
    if draft.get("Type") == "Person":
        parts = (draft.get(field) for field in ("First Name", "Middle Name", "Surname"))
        old, draft.row["Name"] = draft.get("Name"), " ".join(part for part in parts if part)[:100]
        if draft.get("Search Name") in ("", old.upper()):
            draft.row["Search Name"] = draft.row["Name"].upper()


@rule("Contact", "Type")
def _contact_type(draft: Draft, value: str) -> None:
    if value == "Person" and draft.get("Name"):
        split_name(draft)
    if value == "Company" and draft.before is not None:
        draft.row.update({"Company No.": draft.get("No."), "Company Name": draft.get("Name")})


@rule("Contact", "Company No.")
def _contact_company(draft: Draft, value: str) -> None:
    company = draft.company.table("Contact").find(value) if value else None
    if company is not None and company.get("Type", "Company") != "Company":
        raise errors.field_error(f"Type must be equal to 'Company' in Contact: No.={value}. Current value is '{company.get('Type')}'.")
    if draft.get("Type") == "Company" and value not in ("", draft.get("No.")):
        raise errors.dialog("The Company No. of a contact of type Company cannot be changed.")
    draft.row["Company Name"] = company.get("Name", "") if company else ""
    if company is not None and draft.company.environment.switches["inheritFromCompany"]:
        for field in ("Address", "Address 2", "City", "County", "Country/Region Code", "Post Code"):
            if not draft.get(field):
                draft.row[field] = company.get(field, "")


@before_insert("Contact")
def _new_contact(draft: Draft) -> None:
    if draft.get("Type") == "Company":
        draft.row.update({"Company No.": draft.row["No."], "Company Name": draft.get("Name")})


@after_write("Contact")
def _contact_written(draft: Draft) -> None:
    """A company's new name reaches its persons, and what it shares with a customer reaches the customer."""
    before, row, company = draft.before, draft.row, draft.company
    if before is None or row.get("Type", "Company") != "Company":
        return
    contacts = company.table("Contact")
    if before.get("Name") != row.get("Name"):
        for person in contacts.lookup("Company No.", row["No."]):
            contacts.modify({**person, "Company Name": row.get("Name", "")})
    for relation in company.table("Contact Business Relation").lookup("Contact No.", row["No."]):
        if relation.get("Link to Table") == "Customer":
            _share(company, before, row, "Customer", relation.get("No.", ""))


@after_write("Customer")
def _customer_written(draft: Draft) -> None:
    """Each customer has a company contact, which follows what they share."""
    company, row = draft.company, draft.row
    if draft.before is None:
        if company.environment.switches["companyContacts"]:
            add_company_contact(company, row)
        return
    for relation in company.table("Contact Business Relation").lookup("No.", row["No."]):
        if relation.get("Link to Table") == "Customer":
            _share(company, draft.before, row, "Contact", relation["Contact No."])


def _share(company: Company, before: Row, row: Row, table: str, number: str) -> None:
    other = company.table(table).find(number)
    changed = {field: row.get(field, "") for field in SHARED if before.get(field, "") != row.get(field, "")}
    if other is not None and any(other.get(field, "") != value for field, value in changed.items()):
        company.table(table).modify({**other, **changed})


def company_contact_rows(company: Company, customer: Row) -> tuple[Row, Row]:
    """The contact and the relation that BC makes for a customer; ids are left to the table."""
    number = company.next_number("Contact")
    kind = customer.get("Contact Type", "Company")
    contact = {field: customer[field] for field in SHARED if customer.get(field)}
    name = customer.get("Name", "")
    contact |= {"No.": number, "Type": kind, "Company No.": number, "Company Name": name, "Search Name": name.upper()}
    relation = {"Contact No.": number, "Business Relation Code": "CUST", "Link to Table": "Customer", "No.": customer["No."]}
    return contact, relation


def add_company_contact(company: Company, customer: Row) -> None:
    contact, relation = company_contact_rows(company, customer)
    company.table("Contact").insert(contact)
    company.table("Contact Business Relation").insert(relation)


@rule("Customer", "Primary Contact No.")
def _primary_contact(draft: Draft, value: str) -> None:
    contact = draft.company.table("Contact").find(value)
    if contact is None:
        return
    companies = {row["Contact No."] for row in draft.company.table("Contact Business Relation").lookup("No.", draft.get("No."))}
    if companies and contact.get("Company No.") not in companies:
        raise errors.dialog(f"Contact {value} {contact.get('Name', '')} is not related to customer {draft.get('No.')} {draft.get('Name')}.")
    draft.row["Contact"] = contact.get("Name", "") if contact.get("Type") == "Person" else draft.get("Contact")


@rule("Item", "Base Unit of Measure")
def _base_unit(draft: Draft, value: str) -> None:
    draft.row["Sales Unit of Measure"] = value


@rule("Item", "Sales Unit of Measure")
def _sales_unit(draft: Draft, value: str) -> None:
    if value and value != draft.get("Base Unit of Measure") and (draft.get("No."), value) not in draft.company.table("Item Unit of Measure").ids:
        raise errors.no_related_row("Item", "Sales Unit of Measure", value, "Item Unit of Measure")


@before_insert("Item")
def _new_item(draft: Draft) -> None:
    if draft.get("Type") != "Inventory":
        draft.row["Inventory Posting Group"] = ""


@after_write("Item")
def _item_written(draft: Draft) -> None:
    """The base unit of an item is one of its units."""
    number, unit = draft.row["No."], draft.row.get("Base Unit of Measure", "")
    units = draft.company.table("Item Unit of Measure")
    if unit and (number, unit) not in units.ids:
        units.insert({"Item No.": number, "Code": unit, "Qty. per Unit of Measure": 1})


def _set_currency(draft: Draft, value: Any) -> None:
    """The local currency's code is taken and stored as blank."""
    code = convert("Code", "currencyCode", value, draft)
    draft.put("Currency Code", "" if code == draft.company.local_currency else code)


def _repoint(draft: Draft, value: Any) -> None:
    """`customerContacts.customerId`: the contact's company becomes the company of another customer."""
    customer = draft.company.table("Customer").rows.get(convert("Guid", "customerId", value, draft))
    if customer is None:
        raise errors.dialog("The customer cannot be found.")
    relations = draft.company.table("Contact Business Relation")
    for relation in relations.lookup("Contact No.", draft.get("Company No.")):
        if relation.get("Link to Table") == "Customer":
            relations.modify({**relation, "No.": customer["No."]})


SETTERS["currencyCode"] = _set_currency
SETTERS["contactCustomerId"] = _repoint


def delete_customer(company: Company, row: Row) -> None:
    """A customer with open documents or a balance stays; its relation to a contact goes with it."""
    for document in company.table("Sales Header").lookup("Sell-to Customer No.", row["No."]):
        raise errors.dialog(f"You cannot delete Customer {row['No.']} because there is at least one outstanding Sales "
                            f"{document['Document Type']} for this customer.")
    if company.total("Balance (LCY)", row["No."]):
        raise errors.dialog(f"You cannot delete Customer {row['No.']} because it has ledger entries in a fiscal year that has not been closed yet.")
    _drop_relations(company, "No.", row["No."])


def delete_contact(company: Company, row: Row) -> None:
    _drop_relations(company, "Contact No.", row["No."])


def _drop_relations(company: Company, field: str, number: str) -> None:
    relations = company.table("Contact Business Relation")
    for relation in relations.lookup(field, number):
        relations.delete(relation["SystemId"])


BEFORE_DELETE["Customer"] = [delete_customer]
BEFORE_DELETE["Contact"] = [delete_contact]


def rename(company: Company, table: str, old: Any, new: Any) -> None:
    """Everything that names a row by its key follows a rename; the stamps of those rows stay."""
    for other in company.tables.values():
        for field in other.definition.fields.values():
            if field.relation == table and old:
                for row in other.lookup(field.name, old):
                    other.modify({**row, field.name: new}, stamped=False)
    if table == "Customer":
        relations = company.table("Contact Business Relation")
        for relation in relations.lookup("No.", old):
            relations.modify({**relation, "No.": new}, stamped=False)

