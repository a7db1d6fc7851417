"""From one document to the next: quote to order, order to invoice, a quote's revision."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.sales.database import Caller, Database
from sandbox.sales.errors import Refused
from sandbox.sales.rows import Rows
from sandbox.sales.states import LINE_OF
from sandbox.sales.store import Row

SYSTEM = (
    "createdon",
    "modifiedon",
    "versionnumber",
    "statecode",
    "statuscode",
    "_createdby_value",
    "_modifiedby_value",
    "_createdonbehalfby_value",
    "_modifiedonbehalfby_value",
    "_owninguser_value",
    "_owningteam_value",
    "_owningbusinessunit_value",
    "ispricelocked",
    "closedon",
    "datedelivered",
)


@dataclass(frozen=True)
class Conversion:
    """`link` is the column of the new header that points back, `line_link` that of its lines."""

    source: str
    target: str
    link: str
    line_link: str
    states: tuple[int, ...]
    refusal: str


QUOTE_TO_ORDER = Conversion(
    "quote", "salesorder", "_quoteid_value", "_quotedetailid_value", (1, 2), "Only an active or won quote becomes an order."
)
ORDER_TO_INVOICE = Conversion(
    "salesorder",
    "invoice",
    "_salesorderid_value",
    "_salesorderdetailid_value",
    (0, 1, 3),
    "A canceled or invoiced order does not become an invoice.",
)


def detail_of(header: str) -> str:
    return next(name for name, (parent, _) in LINE_OF.items() if parent == header)


def lines_of(db: Database, header: str, header_id: str) -> list[Row]:
    """The lines of a document in their order."""
    detail = detail_of(header)
    store = db.store(detail)
    return [store.rows[row_id] for row_id in store.with_value(f"_{LINE_OF[detail][1]}_value", header_id)]


def convert(rows: Rows, conversion: Conversion, source_id: str, caller: Caller) -> str:
    """Make the next document with its lines; the id of the new one."""
    db = rows.db
    source = db.get(conversion.source, source_id)
    if source["statecode"] not in conversion.states:
        raise Refused("0x80040233", conversion.refusal)
    new_id = db.new_id()
    with db.transaction():
        header = _copy(db, conversion.source, conversion.target, source)
        rows.insert(db.schema.tables[conversion.target], new_id, {**header, conversion.link: source_id}, caller)
        _copy_lines(rows, conversion, source_id, new_id, caller)
    return new_id


def _copy_lines(rows: Rows, conversion: Conversion, source_id: str, new_id: str, caller: Caller) -> None:
    db, source, target = rows.db, detail_of(conversion.source), detail_of(conversion.target)
    table = db.schema.tables[target]
    for line in lines_of(db, conversion.source, source_id):
        values = _copy(db, source, target, line)
        values[f"_{LINE_OF[target][1]}_value"] = new_id
        if conversion.line_link in table.by_key:
            values[conversion.line_link] = line[db.schema.tables[source].id]
        rows.insert(table, db.new_id(), values, caller)


def _copy(db: Database, source: str, target: str, row: Row) -> Row:
    """Columns that both tables have and that the source fills, without ids, numbers, stamps and what is computed."""
    mine, theirs = db.schema.tables[source], db.schema.tables[target]
    skipped = {*SYSTEM, mine.id, theirs.id, "quotenumber", "ordernumber", "invoicenumber", "revisionnumber"}
    return {
        key: value
        for key, value in row.items()
        if key in theirs.by_key and value is not None and key not in skipped and not key.endswith("_base") and not key.startswith("total")
    }


def revise(rows: Rows, quote_id: str, caller: Caller) -> str:
    """Close an active quote as revised and make a draft with the same number and the next revision."""
    db = rows.db
    quote = db.get("quote", quote_id)
    if quote["statecode"] not in (1, 3):
        raise Refused("0x80040233", "Only an active or closed quote can be revised.")
    if _active_sibling(db, quote):
        raise Refused("0x80048d00", "Another revision of this quote is active.")
    table, new_id = db.schema.tables["quote"], db.new_id()
    revision = (
        max(int(other.get("revisionnumber") or 0) for other in db.rows("quote").values() if other["quotenumber"] == quote["quotenumber"])
        + 1
    )
    with db.transaction():
        if quote["statecode"] == 1:
            rows.change(table, quote_id, {"statecode": 3, "statuscode": 7}, caller, by_action=True)
        values = {**_copy(db, "quote", "quote", quote), "quotenumber": quote["quotenumber"], "revisionnumber": revision}
        rows.insert(table, new_id, values, caller)
        _copy_lines(rows, Conversion("quote", "quote", "", "", (), ""), quote_id, new_id, caller)
    return new_id


def _active_sibling(db: Database, quote: Row) -> bool:
    return any(
        other["quotenumber"] == quote["quotenumber"] and other["statecode"] == 1 and other["quoteid"] != quote["quoteid"]
        for other in db.rows("quote").values()
    )
