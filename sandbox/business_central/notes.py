"""Notes on sales documents: record links with a text."""

from __future__ import annotations

from sandbox.business_central import errors
from sandbox.business_central.amounts import HEADERS
from sandbox.business_central.company import Company
from sandbox.business_central.drafts import Draft
from sandbox.business_central.masters import BEFORE_DELETE, before_insert
from sandbox.business_central.tables import Row

TABLE = "Record Link"


@before_insert(TABLE)
def _new_note(draft: Draft) -> None:
    document = draft.row.get("Document Id", "")
    if not any(document in draft.company.table(name).rows for name in HEADERS):
        raise errors.Refused("Internal_RecordNotFound", "The document of the note does not exist.")
    links = draft.company.table(TABLE)
    draft.row["Link ID"] = links.order[-1] + 1 if links.order else 1
    draft.row["Created"] = draft.company.environment.clock.stamp()


def drop(company: Company, document: Row) -> None:
    """Notes go with their document."""
    links = company.table(TABLE)
    for link in links.lookup("Document Id", document["SystemId"]):
        links.delete(link["SystemId"])


def move(company: Company, document: Row, to: Row) -> None:
    """Notes of a document that becomes another one go with it."""
    links = company.table(TABLE)
    for link in list(links.lookup("Document Id", document["SystemId"])):
        links.modify({**link, "Document Id": to["SystemId"]})


BEFORE_DELETE.setdefault("Sales Header", []).append(drop)
