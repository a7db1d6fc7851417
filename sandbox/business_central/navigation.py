"""From a row to its related rows: `$expand` and nested paths."""

from __future__ import annotations

from typing import Any

from sandbox import odata
from sandbox.business_central import errors, query, schema
from sandbox.business_central.company import Company
from sandbox.business_central.schema import FULL, NO_GUID, STANDARD, Navigation, Page
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View, view

CHILDREN = {
    "salesOrderLines": "Document Id",
    "salesQuoteLines": "Document Id",
    "salesInvoiceLines": "Document Id",
    "salesShipmentLines": "Document Id",
    "salesOrderArchiveLines": "Document Id",
}
"""Entity sets that belong to a parent row, and the field that holds the parent's id."""
PARENTS = {"salesOrder": "salesOrders", "salesQuote": "salesQuotes", "salesInvoice": "salesInvoices", "salesShipment": "salesShipments"}


def target_view(source: View, navigation: Navigation) -> View | None:
    """The view a navigation property leads to; None for pages that the simulator does not have."""
    if navigation.target and source.page.route == FULL:
        page = schema.full_page(navigation.target)
    elif navigation.target:
        page = schema.pages().get((source.page.route, navigation.target)) or schema.pages().get((STANDARD, navigation.target))
    else:
        page = next((page for (route, _), page in schema.pages().items() if route == STANDARD and page.type == navigation.name), None)
    return view(source.company, page) if page else None


def related(source: View, row: Row, navigation: Navigation) -> tuple[View | None, list[Row]]:
    """The target view and its rows that belong to a row."""
    target = target_view(source, navigation)
    if target is None:
        return None, []
    page = target.page
    if page.set == "contactsInformation":
        return target, contacts_of(source.company, row)
    if page.set in CHILDREN:
        rows = target.table.lookup(CHILDREN[page.set], row["SystemId"])
        return target, sorted((line for line in rows if target.shows(line)), key=target.table.key_of)
    if navigation.name in PARENTS:
        found = target.table.rows.get(row.get("Document Id", ""))
    elif page.table is source.page.table:
        found = row
    elif navigation.name == "contact":
        found = target.table.rows.get(row.get("Contact Id", ""))
    else:
        found = _by_code(source, row, page)
    return target, [found] if found else []


def _by_code(source: View, row: Row, page: Page) -> Row | None:
    for prop in source.page.properties.values():
        if prop.via and prop.via[1] == page.table.name:
            row_id = source.readers[prop.name](row)
            return source.company.table(page.table.name).rows.get(row_id) if row_id != NO_GUID else None
    return None


def contacts_of(company: Company, business: Row, kind: str = "Customer") -> list[Row]:
    """The contacts of a customer or vendor as rows of BC's temporary contact information buffer."""
    found = []
    for relation in company.table("Contact Business Relation").lookup("No.", business.get("No.", "")):
        if relation.get("Link to Table") != kind:
            continue
        for contact in company.table("Contact").lookup("Company No.", relation["Contact No."]):
            found.append(
                {
                    "SystemId": contact["SystemId"],
                    "version": contact["version"],
                    "Contact Id": contact["SystemId"],
                    "Contact No.": contact["No."],
                    "Contact Name": contact.get("Name", ""),
                    "Contact Type": contact.get("Type", "Company"),
                    "Related Id": business["SystemId"],
                    "Related Type": kind,
                }
            )
    return found


def expand(source: View, row: Row, shown: Row, text: str) -> None:
    """Put the expanded related rows into a row's JSON object. Raises Refused."""
    try:
        items = odata.parse_expand(text)
    except odata.BadQuery as wrong:
        raise errors.bad_request(str(wrong)) from wrong
    for item in items:
        navigation = source.page.navigation.get(item.name)
        if navigation is None:
            raise errors.unknown_property(item.name, source.page.type)
        target, rows = related(source, row, navigation)
        listed: list[Any] = _expanded(target, rows, item) if target else []
        if navigation.many:
            shown[item.name] = listed
        elif listed:
            shown[item.name] = listed[0]


def _expanded(target: View, rows: list[Row], item: odata.Expand) -> list[Row]:
    options = query.Options.of(item.options)
    write = target.writer(options.select)
    listed = []
    for row in query.run(target, options, len(rows) + 1, rows).rows:
        shown = write(row)
        if options.expand:
            expand(target, row, shown, options.expand)
        listed.append(shown)
    return listed
