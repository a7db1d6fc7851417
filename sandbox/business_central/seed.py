"""Fast loading of rows in the form that GET shows, past all validation: a company that was there before the story starts."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from sandbox.business_central import contacts, schema, units
from sandbox.business_central.amounts import outstanding
from sandbox.business_central.clock import milliseconds_of
from sandbox.business_central.company import Company, Environment
from sandbox.business_central.schema import NO_GUID, Page, Property
from sandbox.business_central.tables import Row, new_id
from sandbox.control import ControlRefused

FIRST = (
    "generalLedgerSetup",
    "currencies",
    "countriesRegions",
    "paymentTerms",
    "shipmentMethods",
    "paymentMethods",
    "unitsOfMeasure",
    "itemCategories",
    "taxAreas",
    "taxGroups",
    "generalProductPostingGroups",
    "inventoryPostingGroups",
    "locations",
    "customers",
    "items",
)
"""Tables that others name by id are loaded before them."""
POSTED = ("Open", "Paid", "Canceled", "Corrective")
"""The states of a posted invoice."""
Put = Callable[[Row, Any], None]


def load(environment: Environment, tables: dict[str, list[Row]], about: Row | None) -> dict[str, int]:
    """Load tables into a company (`about` names or describes it; the first one by default). Answers rows per entity set."""
    company = _company(environment, about or {})
    counts = {}
    for name in sorted(tables, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST)):
        page = schema.full_page(name)
        if page is None:
            raise ControlRefused(f"no entity set {name!r} here")
        counts[name] = _load(company, page, tables[name])
    if "customers" in tables and "contactBusinessRelations" not in tables and company.environment.switches["companyContacts"]:
        _company_contacts(company)
    units.load_groups(company)
    if "salesOrderLines" in tables:
        for number in {order["Sell-to Customer No."] for order in company.table("Sales Header").rows.values()}:
            outstanding(company, number)
    gc.freeze()  # rows stay for the rest of the run: the collector need not look at them again and again
    return counts


def _company(environment: Environment, about: Row) -> Company:
    wanted = about.get("id") or about.get("name")
    found = next((company for company in environment.companies.values() if wanted in (None, company.id, company.name)), None)
    if found is None:
        found = environment.add_company(about.get("name", "Company"), about.get("id"))
    if "name" in about:
        found.name = about["name"]
    found.display_name = about.get("displayName", found.display_name)
    for table, values in about.get("templates", {}).items():
        found.templates[table] = values
    if "localCurrencyCode" in about:
        setup = found.table("General Ledger Setup")
        setup.load([{**row, "LCY Code": about["localCurrencyCode"]} for row in list(setup.rows.values())])
    return found


def _load(company: Company, page: Page, rows: list[Row]) -> int:
    table, stamp = company.table(page.table.name), company.environment.clock.stamp()
    puts = {name: _putter(company, page, prop) for name, prop in page.properties.items()}
    late = [name for name, prop in page.properties.items() if prop.calc.startswith("flow:")]
    single, invoices = page.table.key == ("Primary Key",), page.table.name == "Sales Invoice"
    loaded = []
    for given in rows:
        row: Row = {"SystemModifiedAt": stamp, **page.where}
        for name, value in given.items():
            if "@" not in name and name not in late:
                _put(puts, page, name)(row, value)
        for name in late:
            puts[name](row, given.get(name))
        if single:
            row = _merged(list(table.rows.values()), row)
        if invoices:
            row["Posted"] = row.get("Status") in POSTED
        row.setdefault("SystemId", new_id())
        row.setdefault("SystemCreatedAt", row["SystemModifiedAt"])
        loaded.append(row)
    return table.load(loaded)


def _put(puts: dict[str, Put], page: Page, name: str) -> Put:
    put = puts.get(name)
    if put is None:
        raise ControlRefused(f"no property {name!r} in {page.set}; there are {', '.join(page.properties)}")
    return put


def _merged(held: list[Row], row: Row) -> Row:
    """A set-up table has one row: new values go into it."""
    return {**held[0], **row, "SystemId": row.get("SystemId", held[0]["SystemId"])} if held else row


def _putter(company: Company, page: Page, prop: Property) -> Put:
    """How a GET value goes into a row: codes for ids, milliseconds for times, totals beside the row, calculations left out."""
    if prop.via:
        return _via_putter(company, prop.via)
    if prop.calc.startswith("flow:"):
        totals, table = company.totals[prop.calc.removeprefix("flow:")], company.table(page.table.name)

        def put_total(row: Row, value: Any) -> None:
            if value:
                totals[table.key_of(row)] = value

        return put_total
    if prop.field is None:
        return _currency if prop.calc == "currencyCode" else _nothing
    name, blank = prop.field.name, prop.field.blank
    if prop.kind == "DateTime":
        return lambda row, value: row.__setitem__(name, milliseconds_of(value)) if value else None

    def put(row: Row, value: Any) -> None:
        if value is not None and value != blank:
            row[name] = value

    return put


def _via_putter(company: Company, via: tuple[str, str]) -> Put:
    related = company.table(via[1])

    def put(row: Row, value: Any) -> None:
        if value and value != NO_GUID:
            if value not in related.rows:
                raise ControlRefused(f"no row {value} in table {via[1]}: load it before the rows that name it")
            row[via[0]] = related.key_of(related.rows[value])

    return put


def _currency(row: Row, value: Any) -> None:
    if value:
        row["Currency Code"] = value


def _nothing(row: Row, value: Any) -> None:
    """Values that BC calculates are not stored."""


def _company_contacts(company: Company) -> None:
    """The company contacts of customers that have none yet, made in bulk."""
    relations = company.table("Contact Business Relation")
    related = {row.get("No.") for row in relations.rows.values()}
    made: tuple[list[Row], list[Row]] = ([], [])
    for customer in company.table("Customer").rows.values():
        if customer["No."] not in related:
            stamps = {name: customer[name] for name in ("SystemModifiedAt", "SystemCreatedAt")}
            for rows, row in zip(made, contacts.company_contact_rows(company, "Customer", customer), strict=True):
                rows.append({**row, **stamps, "SystemId": new_id()})
    company.table("Contact").load(made[0])
    relations.load(made[1])
