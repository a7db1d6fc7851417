"""Merge of two accounts or two contacts: the subordinate is closed and points at its master, what hung on it hangs on the master."""

from __future__ import annotations

from sandbox.sales.database import Caller
from sandbox.sales.errors import Refused
from sandbox.sales.references import Resolver
from sandbox.sales.rows import Rows
from sandbox.sales.schema import Table
from sandbox.sales.store import Row

MERGEABLE = ("account", "contact")


def merge(rows: Rows, table: Table, master_id: str, subordinate_id: str, content: Row, caller: Caller) -> None:
    """`content` are columns that the master takes over, as a PATCH body."""
    db = rows.db
    if table.name not in MERGEABLE:
        raise Refused("0x80040203", f"Rows of {table.name} cannot be merged.")
    master, subordinate = db.get(table.name, master_id), db.get(table.name, subordinate_id)
    if master_id == subordinate_id or master["statecode"] != 0 or subordinate.get("merged") is True:
        raise Refused("0x80040203", "A row can be merged only into another one that is active, and only once.")
    with db.transaction():
        if content:
            rows.update(table, master_id, content, caller, Resolver(db))
        for other, column in db.schema.pointing_at(table.name):
            for row_id in db.store(other.name).with_value(column.key, subordinate_id) if db.rows(other.name) else ():
                if row_id != master_id:
                    db.put(other, row_id, {**db.rows(other.name)[row_id], column.key: master_id, "modifiedon": db.now()})
        closed = {"statecode": 1, "statuscode": 2, "merged": True, "_masterid_value": master_id}
        rows.change(table, subordinate_id, closed, caller)
