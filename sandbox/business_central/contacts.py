"""Rules of contacts, and what binds them to customers and vendors: company contacts, business relations, names in parts."""

from __future__ import annotations

from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import SETTERS, Draft, convert, rule
from sandbox.business_central.masters import BEFORE_DELETE, after_write, before_insert, needs_name
from sandbox.business_central.tables import Row

SHARED = (
    "Name",
    "Address",
    "Address 2",
    "City",
    "County",
    "Country/Region Code",
    "Post Code",
    "Phone No.",
    "E-Mail",
    "Home Page",
    "Fax No.",
    "Salesperson Code",
    "Currency Code",
    "VAT Registration No.",
)
"""Fields that a customer or vendor and its company contact hold in common, as the contact calls them."""
CALLED = {"Vendor": {"Salesperson Code": "Purchaser Code"}}
"""What a table calls a shared field otherwise."""
RELATIONS = {"Customer": "CUST", "Vendor": "VEND"}
"""The tables whose rows have a company contact, and the code of the business relation."""


@rule("Contact", "Name")
def _name(draft: Draft, value: str) -> None:
    needs_name(draft, value)
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
    """A company's new name reaches its persons, and what it shares with a customer or vendor reaches that one."""
    before, row, company = draft.before, draft.row, draft.company
    if before is None or row.get("Type", "Company") != "Company":
        return
    contacts = company.table("Contact")
    if before.get("Name") != row.get("Name"):
        for person in contacts.lookup("Company No.", row["No."]):
            contacts.modify({**person, "Company Name": row.get("Name", "")})
    for relation in company.table("Contact Business Relation").lookup("Contact No.", row["No."]):
        if (table := relation.get("Link to Table", "")) in RELATIONS:
            _share(company, before, row, table, relation.get("No.", ""))


@after_write(*RELATIONS)
def _trader_written(draft: Draft) -> None:
    """Each customer and vendor has a company contact, which follows what they share."""
    company, row, table = draft.company, draft.row, draft.table.name
    if draft.before is None:
        if company.environment.switches["companyContacts"]:
            add_company_contact(company, table, row)
        return
    for relation in company.table("Contact Business Relation").lookup("No.", row["No."]):
        if relation.get("Link to Table") == table:
            _share(company, draft.before, row, table, relation["Contact No."], to_contact=True)


def _share(company: Company, before: Row, row: Row, table: str, number: str, *, to_contact: bool = False) -> None:
    """Bring what changed of the shared fields from a contact to its customer or vendor, or the other way."""
    receiver, names = "Contact" if to_contact else table, CALLED.get(table, {})
    changed = {}
    for field in SHARED:
        own = names.get(field, field)
        source, target = (own, field) if to_contact else (field, own)
        if before.get(source, "") != row.get(source, ""):
            changed[target] = row.get(source, "")
    other = company.table(receiver).find(number)
    if other is not None and any(other.get(field, "") != value for field, value in changed.items()):
        company.table(receiver).modify({**other, **changed})


def company_contact_rows(company: Company, table: str, trader: Row) -> tuple[Row, Row]:
    """The contact and the relation that BC makes for a customer or vendor; ids are left to the table."""
    number, names = company.next_number("Contact"), CALLED.get(table, {})
    kind = trader.get("Contact Type", "Company")
    contact = {field: trader[own] for field in SHARED if trader.get(own := names.get(field, field))}
    name = trader.get("Name", "")
    contact |= {"No.": number, "Type": kind, "Search Name": name.upper()}
    if kind == "Company":
        contact |= {"Company No.": number, "Company Name": name}
    relation = {"Contact No.": number, "Business Relation Code": RELATIONS[table], "Link to Table": table, "No.": trader["No."]}
    return contact, relation


def add_company_contact(company: Company, table: str, trader: Row) -> None:
    contact, relation = company_contact_rows(company, table, trader)
    company.table("Contact").insert(contact)
    company.table("Contact Business Relation").insert(relation)


@rule("Vendor", "Primary Contact No.")
def _primary_contact_of_vendor(draft: Draft, value: str) -> None:
    _primary_contact(draft, value)


@rule("Customer", "Primary Contact No.")
def _primary_contact(draft: Draft, value: str) -> None:
    contact = draft.company.table("Contact").find(value)
    if contact is None:
        return
    relations, table = draft.company.table("Contact Business Relation").lookup("No.", draft.get("No.")), draft.table.name
    companies = {row["Contact No."] for row in relations if row.get("Link to Table") == table}
    if companies and contact.get("Company No.") not in companies:
        message = f"Contact {value} {contact.get('Name', '')} is not related to {table.lower()} {draft.get('No.')} {draft.get('Name')}."
        raise errors.dialog(message)
    draft.row["Contact"] = contact.get("Name", "") if contact.get("Type") == "Person" else draft.get("Contact")


def _repoint(draft: Draft, value: Any) -> None:
    """`customerContacts.customerId`: the contact's company becomes the company of another customer."""
    customer = draft.company.table("Customer").rows.get(convert("Guid", "customerId", value, draft))
    if customer is None:
        raise errors.dialog("The customer cannot be found.")
    relations = draft.company.table("Contact Business Relation")
    for relation in relations.lookup("Contact No.", draft.get("Company No.")):
        if relation.get("Link to Table") == "Customer":
            relations.modify({**relation, "No.": customer["No."]})


SETTERS["contactCustomerId"] = _repoint


def delete_customer(company: Company, row: Row) -> None:
    """A customer with open documents or a balance stays; its relation to a contact goes with it."""
    for document in company.table("Sales Header").lookup("Sell-to Customer No.", row["No."]):
        raise errors.dialog(
            f"You cannot delete Customer {row['No.']} because there is at least one outstanding Sales "
            f"{document['Document Type']} for this customer."
        )
    if company.total("Balance (LCY)", row["No."]):
        raise errors.dialog(f"You cannot delete Customer {row['No.']} because it has ledger entries in an open fiscal year.")
    delete_trader(company, "Customer", row)


def delete_trader(company: Company, table: str, row: Row) -> None:
    """The relation of a customer or vendor to its contact goes with it."""
    relations = company.table("Contact Business Relation")
    for relation in relations.lookup("No.", row["No."]):
        if relation.get("Link to Table") == table:
            relations.delete(relation["SystemId"])


def delete_contact(company: Company, row: Row) -> None:
    """The relations of a contact go with it."""
    relations = company.table("Contact Business Relation")
    for relation in relations.lookup("Contact No.", row["No."]):
        relations.delete(relation["SystemId"])


BEFORE_DELETE["Customer"] = [delete_customer]
BEFORE_DELETE["Vendor"] = [lambda company, row: delete_trader(company, "Vendor", row)]
BEFORE_DELETE["Contact"] = [delete_contact]
