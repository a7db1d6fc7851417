"""One write on its way, as the rules see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.sales.database import Caller, Database
from sandbox.sales.schema import Table
from sandbox.sales.store import Row

if TYPE_CHECKING:
    from sandbox.sales.rows import Rows


@dataclass
class Write:
    """`old` is None for a create; after a delete `row` is the old row."""

    db: Database
    table: Table
    row_id: str
    old: Row | None
    row: Row
    changes: Row
    caller: Caller
    rows: Rows

    @property
    def creating(self) -> bool:
        return self.old is None

    def changed(self, key: str) -> bool:
        """Whether a value really differs from what it was (always for a create that gives it)."""
        return key in self.changes and (self.old is None or self.old.get(key) != self.changes[key])

    def target(self, table: str, column: str) -> Row | None:
        """The row of `table` that a lookup of the new row points at."""
        return self.db.referenced(table, self.row, column)
