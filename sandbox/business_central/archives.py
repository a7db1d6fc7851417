"""The archive of quotes and orders: copies of a document with its lines, by version."""

from __future__ import annotations

from sandbox.business_central.amounts import lines_of
from sandbox.business_central.company import Company
from sandbox.business_central.masters import BEFORE_DELETE
from sandbox.business_central.schema import NO_DATE
from sandbox.business_central.tables import Row, Table

HEADERS, LINES = "Sales Header Archive", "Sales Line Archive"


def archive(company: Company, document: Row) -> int:
    """Keep a copy of a quote or order as it is now; the number of the version."""
    headers, lines = company.table(HEADERS), company.table(LINES)
    number, kind = document["No."], document["Document Type"]
    older = [row["Version No."] for row in headers.lookup("No.", number) if row["Document Type"] == kind]
    version = {"Doc. No. Occurrence": 1, "Version No.": max(older, default=0) + 1}
    when = {"Date Archived": company.environment.clock.today(), "Order Date": document.get("Document Date", NO_DATE)}
    kept = headers.insert({**_kept(headers, document), **version, **when})
    for line in lines_of(company, document):
        of = {"Document Id": kept["SystemId"], "Document No.": number, "Document Type": kind}
        lines.insert({**_kept(lines, line), **version, **of})
    return version["Version No."]


def archive_if_wanted(company: Company, document: Row) -> None:
    """What BC does before an order goes: a last version, where the set-up says so."""
    setup = next(iter(company.table("Sales & Receivables Setup").rows.values()), {})
    wanted = setup.get("Archive Orders") if document["Document Type"] == "Order" else setup.get("Archive Quotes") == "Always"
    if wanted:
        archive(company, document)


BEFORE_DELETE.setdefault("Sales Header", []).append(archive_if_wanted)


def _kept(table: Table, row: Row) -> Row:
    return {name: value for name, value in row.items() if name in table.definition.fields and not name.startswith("System")}
