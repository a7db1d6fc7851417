"""The environment with its companies: tables, number series, totals that BC calculates, switches."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from sandbox.business_central import errors, schema
from sandbox.business_central.clock import Clock
from sandbox.business_central.schema import NO_GUID
from sandbox.business_central.tables import Journal, Row, Table, new_id

DEFAULT_COMPANY = "3f1d7a52-8c64-4e0b-9a2f-61d0c5b7e834"

SWITCHES: dict[str, Any] = {
    "profile": "extended",
    "cards": False,
    "staleStatus": 409,
    "duplicateKeyStatus": 400,
    "deleteNeedsEtag": False,
    "idOnPost": False,
    "retryAfterOn429": True,
    "empty401": False,
    "allowNot": False,
    "filterOnVariables": False,
    "emptyLastPage": True,
    "keepCodeCase": False,
    "manualNumbers": True,
    "companyContacts": True,
    "linesMoveHeaders": True,
    "inheritFromCompany": False,
    "commitLagMs": 0,
    "clockOffsetMs": 0,
    "missingSets": [],
    "localizedErrors": False,
    "concurrent": 5,
    "queue": 95,
    "workMs": 0,
    "rateLimit": 6000,
    "rateWindowSeconds": 300,
    "maxPageSize": 20000,
    "webhookDelaySeconds": 30,
    "webhookLifetimeSeconds": 3 * 24 * 3600,
    "webhookRetrySeconds": [60, 60, 60, 600, 6000],
    "webhookMergeLimit": 1000,
    "webhookHandshakeSeconds": 5,
    "webhookFault": "",
    "doubleSubscriptions": False,
}
"""Every switch with its default: what is not proven about the real service, what changes with its versions, and the simulator's sizes."""

SERIES = {
    "Customer": ("C", 10),
    "Contact": ("CT", 1),
    "Item": ("I", 1000),
    "Vendor": ("V", 10),
    "Opportunity": ("OP", 1),
    "Order": ("S-ORD", 101001),
    "Quote": ("S-QUO", 1001),
    "Invoice": ("S-INV", 102001),
    "Posted Invoice": ("PS-INV", 103001),
    "Shipment": ("S-SHPT", 102001),
    "Resource": ("R", 10),
    "Assembly": ("A", 1001),
    "Payment": ("PMT", 1),
    "Credit Memo": ("PS-CR", 104001),
    "Prepayment Invoice": ("PS-PRE", 105001),
}
DOMESTIC, FOREIGN = {"Code": "DOMESTIC"}, {"Code": "FOREIGN"}
BUSINESS = {"Gen. Bus. Posting Group": "DOMESTIC", "VAT Bus. Posting Group": "DOMESTIC"}
GOODS = {"Gen. Prod. Posting Group": "RETAIL", "Inventory Posting Group": "RESALE", "VAT Prod. Posting Group": "NORMAL"}
SETUP_ROWS: dict[str, list[Row]] = {
    "Customer Posting Group": [DOMESTIC, FOREIGN],
    "Vendor Posting Group": [DOMESTIC, FOREIGN],
    "Gen. Business Posting Group": [DOMESTIC, FOREIGN],
    "VAT Business Posting Group": [DOMESTIC, FOREIGN],
    "Gen. Product Posting Group": [{"Code": "RETAIL"}, {"Code": "SERVICES"}],
    "VAT Product Posting Group": [{"Code": "NORMAL"}, {"Code": "REDUCED"}],
    "Inventory Posting Group": [{"Code": "RESALE"}],
    "Salutation": [{"Code": "F", "Description": "Ms."}, {"Code": "M", "Description": "Mr."}],
    "Customer Templ.": [{"Code": "COMPANY", "Description": "Customer in our country", "Customer Posting Group": "DOMESTIC", **BUSINESS}],
    "Vendor Templ.": [{"Code": "COMPANY", "Description": "Vendor in our country", "Vendor Posting Group": "DOMESTIC", **BUSINESS}],
    "Item Templ.": [{"Code": "ITEM", "Description": "Goods for sale", "Base Unit of Measure": "PCS", **GOODS}],
    "Sales & Receivables Setup": [{"Order Nos.": "S-ORD", "Quote Nos.": "S-QUO", "Customer Nos.": "CUST", "Stockout Warning": True}],
}


class Company:
    """One company: its tables are made when first asked for; totals are kept beside the rows, because they move no stamp."""

    def __init__(self, environment: Environment, name: str, company_id: str, local_currency: str) -> None:
        self.environment = environment
        self.id = company_id
        self.name = name
        self.display_name = name
        self.created = environment.clock.stamp()
        self.tables: dict[str, Table] = {}
        self.views: dict[Any, Any] = {}
        self.totals: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self.series = {kind: number for kind, (_, number) in SERIES.items()}
        self.templates: dict[str, Row] = {}
        self.unsettled: set[str] = set()
        """Documents whose lines are just being made: they are added up at the end."""
        for table, rows in SETUP_ROWS.items():
            for row in rows:
                self.table(table).insert(dict(row))
        self.table("General Ledger Setup").insert({"LCY Code": local_currency})
        self.table("Company Information").insert({"Name": name})
        environment.journal.entries.clear()

    @property
    def local_currency(self) -> str:
        for row in self.table("General Ledger Setup").rows.values():
            return str(row.get("LCY Code", ""))
        return ""

    def table(self, name: str) -> Table:
        table = self.tables.get(name)
        if table is None:
            definition = schema.tables()[name]
            table = self.tables[name] = Table(definition, self.environment.clock, self.environment.journal, self.id)
        return table

    def next_number(self, kind: str) -> str:
        """The next free number of a series, such as `C00010`."""
        prefix, _ = SERIES[kind]
        while True:
            number = f"{prefix}{self.series[kind]:05d}" if kind in ("Customer", "Item", "Vendor") else f"{prefix}{self.series[kind]:06d}"
            self.series[kind] += 10 if kind in ("Customer", "Vendor") else 1
            if kind not in schema.tables() or number not in self.table(kind).ids:
                return number

    def next_of_series(self, code: str) -> str:
        """The next number of a series that somebody named: the last one used, with its digits counted up."""
        table = self.table("No. Series")
        row = table.rows[table.ids[code]]
        last = row.get("Last No. Used", "")
        number = re.sub(r"\d+$", lambda digits: f"{int(digits[0]) + 1:0{len(digits[0])}d}", last) if last else row["Starting No."]
        table.modify({**row, "Last No. Used": number})
        return str(number)

    def id_of(self, table: str, key: Any) -> str:
        return self.table(table).ids.get(key, NO_GUID)

    def total(self, field: str, key: Any, blank: Any = 0) -> Any:
        """A calculated field such as `Balance (LCY)` of one customer number."""
        return self.totals[field].get(key, blank)

    def add_total(self, field: str, key: Any, amount: float) -> None:
        self.totals[field][key] = tidy(self.totals[field].get(key, 0) + amount)


def tidy(number: float) -> float:
    """A decimal without noise: rounded to five places, whole numbers as int."""
    rounded = round(number, 5)
    return int(rounded) if rounded == int(rounded) else rounded


class Environment:
    """All companies of one environment, with the clock, journal and switches that they share."""

    def __init__(self, switches: dict[str, Any]) -> None:
        self.switches = switches
        self.clock = Clock()
        self.journal = Journal()
        self.companies: dict[str, Company] = {}
        self.reset()

    def reset(self) -> None:
        for company in self.companies.values():
            company.tables.clear()
            company.views.clear()
        self.companies.clear()
        self.clock.forget()
        self.add_company("Demo Company", DEFAULT_COMPANY)

    def add_company(self, name: str, company_id: str | None = None, local_currency: str = "USD") -> Company:
        company = Company(self, name, company_id or new_id(), local_currency)
        self.companies[company.id] = company
        return company

    @property
    def first(self) -> Company:
        return next(iter(self.companies.values()))

    def company(self, wanted: str) -> Company:
        """By id or name. Raises Refused."""
        found = self.companies.get(wanted.lower())
        for company in self.companies.values():
            if found is None and company.name.lower() == wanted.lower():
                found = company
        if found is None:
            raise errors.Refused("Internal_CompanyNotFound", f"Cannot find company '{wanted}'.")
        return found
