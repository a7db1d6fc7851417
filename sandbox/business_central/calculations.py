"""How a page reads its properties from a row: plain fields, ids behind codes, and values that BC calculates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business_central.clock import iso
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.schema import NO_DATE, NO_GUID, Page, Property
from sandbox.business_central.tables import Row

Read = Callable[[Row], Any]


def reader(company: Company, page: Page, prop: Property) -> Read:
    """A function of a row that gives a property's JSON value."""
    if prop.calc.startswith("flow:"):
        return _flow(company, page, prop)
    if prop.calc:
        return CALCULATIONS[prop.calc](company, prop)
    if prop.via:
        code, ids = prop.via[0], company.table(prop.via[1]).ids
        if (code, prop.via[1]) == ("No.", "Item"):
            return lambda row: ids.get(row.get("No.", ""), NO_GUID) if row.get("API Type") == "Item" else NO_GUID
        return lambda row: ids.get(row.get(code, ""), NO_GUID)
    assert prop.field is not None
    name, blank = prop.field.name, prop.field.blank
    if prop.kind == "DateTime":
        return lambda row: iso(row.get(name, blank))
    return lambda row: row.get(name, blank)


def raw_reader(company: Company, page: Page, prop: Property) -> Read:
    """Like `reader`, but times stay milliseconds: for comparing."""
    if prop.kind == "DateTime" and prop.field:
        name, blank = prop.field.name, prop.field.blank
        return lambda row: row.get(name, blank)
    return reader(company, page, prop)


def _flow(company: Company, page: Page, prop: Property) -> Read:
    table = company.table(page.table.name)
    totals, blank = company.totals[prop.calc.removeprefix("flow:")], prop.blank
    return lambda row: totals.get(table.key_of(row), blank)


def contact_relation(company: Company, contact: Row) -> str:
    """The summary enum on a contact: what its company is to us."""
    number = contact.get("Company No.") or contact.get("No.", "")
    kinds = {row.get("Link to Table", "Other") for row in company.table("Contact Business Relation").lookup("Contact No.", number)}
    if not kinds:
        return "None"
    return str(kinds.pop()) if len(kinds) == 1 else "Multiple"


def customer_of_contact(company: Company, contact: Row) -> Row | None:
    """The customer that a contact's company is."""
    number = contact.get("Company No.") or contact.get("No.", "")
    for row in company.table("Contact Business Relation").lookup("Contact No.", number):
        if row.get("Link to Table") == "Customer":
            return company.table("Customer").find(row.get("No.", ""))
    return None


def _of_related(table: str, link: str, field: str) -> Callable[[Company, Property], Read]:
    """A field of the row that another field names, such as the display name of a tax area."""

    def make(company: Company, prop: Property) -> Read:
        related = company.table(table)
        return lambda row: (related.find(row.get(link, "")) or {}).get(field, "")

    return make


def _currency_code(company: Company, prop: Property) -> Read:
    return lambda row: row.get("Currency Code") or company.local_currency


def _lcy(company: Company, prop: Property) -> Read:
    return lambda row: company.local_currency


def _constant(company: Company, prop: Property) -> Read:
    return lambda row: prop.blank


def _today(company: Company, prop: Property) -> Read:
    return lambda row: company.environment.clock.today()


OWED = ("Balance (LCY)", "Outstanding Orders (LCY)", "Shipped Not Invoiced (LCY)", "Outstanding Invoices (LCY)")


def _customer_total(company: Company, prop: Property) -> Read:
    """All that a customer owes or will owe, less what was invoiced beforehand."""
    prepaid = company.totals["Invoiced Prepayment (LCY)"]

    def total(row: Row) -> Any:
        number = row.get("No.", "")
        return tidy(sum(company.total(field, number) for field in OWED) - prepaid.get(number, 0))

    return total


def _fiscal_year(company: Company, prop: Property) -> Read:
    return lambda row: f"{company.environment.clock.today()[:4]}-01-01"


def _relation(company: Company, prop: Property) -> Read:
    return lambda row: contact_relation(company, row)


def _customer_id(company: Company, prop: Property) -> Read:
    return lambda row: (customer_of_contact(company, row) or {}).get("SystemId", NO_GUID)


def _customer_name(company: Company, prop: Property) -> Read:
    return lambda row: (customer_of_contact(company, row) or {}).get("Name", "")


_ORDER_STATUS = {"Released": "Open", "Pending_x0020_Prepayment": "Open", "Pending_x0020_Approval": "In_x0020_Review"}


def _document_status(company: Company, prop: Property) -> Read:
    if "Sent" in prop.members:
        return lambda row: _quote_status(row, company.environment.clock.today())
    return lambda row: _ORDER_STATUS.get(row.get("Status", "Open"), "Draft")


def _quote_status(row: Row, today: str) -> str:
    if row.get("Quote Accepted Date", NO_DATE) != NO_DATE:
        return "Accepted"
    if NO_DATE < row.get("Quote Valid Until Date", NO_DATE) < today:
        return "Expired_x0020_"
    return "Sent" if row.get("Quote Sent to Customer") else "Draft"


def _partial(company: Company, prop: Property) -> Read:
    return lambda row: row.get("Shipping Advice", "Partial") == "Partial"


LINE_TYPES = {"Comment": "_x0020_", "Account": "G_x002F_L_x0020_Account", "Charge": "Charge_x0020__x0028_Item_x0029_"}
"""How the table of lines calls a kind of line, where API v2.0 has a word of its own."""


def _line_type(company: Company, prop: Property) -> Read:
    return lambda row: LINE_TYPES.get(kind := row.get("API Type", "Comment"), kind)


OBJECT_TABLES = {"Item": "Item", "Resource": "Resource", "Account": "G/L Account"}
"""The tables of what a line sells, by its kind."""


def _line_object_id(company: Company, prop: Property) -> Read:
    def read(row: Row) -> Any:
        table = OBJECT_TABLES.get(row.get("API Type", "Comment"))
        return company.id_of(table, row.get("No.", "")) if table else NO_GUID

    return read


def _fully_invoiced(company: Company, prop: Property) -> Read:
    """Whether all that an order sells was shipped and invoiced, as one that was invoiced together with others can be for a while."""
    lines = company.table("Sales Line")

    def read(row: Row) -> Any:
        sold = [line for line in lines.lookup("Document Id", row["SystemId"]) if line.get("API Type", "Comment") != "Comment"]
        return bool(sold) and all(line.get("Quantity Invoiced", 0) == line.get("Quantity", 0) for line in sold)

    return read


def _source_document(company: Company, prop: Property) -> Read:
    """Whether the document that an archived version is of is still there."""
    headers = company.table("Sales Header").ids
    return lambda row: (row.get("Document Type"), row.get("No.")) in headers


def _document_number(company: Company, prop: Property) -> Read:
    headers = (company.table("Sales Header"), company.table("Sales Invoice"))
    return lambda row: next((found["No."] for table in headers if (found := table.rows.get(row.get("Document Id", "")))), "")


def _state_of_invoice(status: str) -> Callable[[Company, Property], Read]:
    return lambda company, prop: lambda row: row.get("Status") == status


def _closed(company: Company, prop: Property) -> Read:
    left = company.totals["Remaining Amount"]
    return lambda row: not left.get(row.get("No.", ""), 0)


CALCULATIONS: dict[str, Callable[[Company, Property], Read]] = {
    "currencyCode": _currency_code,
    "lcyCode": _lcy,
    "constant": _constant,
    "fiscalYearStart": _fiscal_year,
    "today": _today,
    "customerTotal": _customer_total,
    "taxAreaDisplayName": _of_related("Tax Area", "Tax Area Code", "Description"),
    "contactRelation": _relation,
    "contactName": _of_related("Contact", "Contact No.", "Name"),
    "contactCompanyName": _of_related("Contact", "Contact No.", "Company Name"),
    "contactCustomerId": _customer_id,
    "contactCustomerName": _customer_name,
    "documentStatus": _document_status,
    "partialShipping": _partial,
    "salesLineType": _line_type,
    "lineObjectId": _line_object_id,
    "sourceDocument": _source_document,
    "fullyInvoiced": _fully_invoiced,
    "documentNumber": _document_number,
    "canceled": _state_of_invoice("Canceled"),
    "corrective": _state_of_invoice("Corrective"),
    "closed": _closed,
}
