"""What the Sales solution checks and fills in around writes, one module per family of tables.

`BEFORE` runs on the new row before it is written, `AFTER` on the written one, `BEFORE_DELETE` on a row about
to go, `AFTER_DELETE` on one that is gone. Rules change
`write.row` (the whole row as it will be) and read `write.changes` (what was asked for).
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.sales.rules import catalogue, currencies, documents, forms, notes, people, units
from sandbox.sales.rules.write import Write

Rule = Callable[[Write], None]
BEFORE: dict[str, tuple[Rule, ...]] = {
    **people.BEFORE,
    **currencies.BEFORE,
    **units.BEFORE,
    **catalogue.BEFORE,
    **documents.BEFORE,
    **notes.BEFORE,
    **forms.BEFORE,
}
AFTER: dict[str, tuple[Rule, ...]] = {**units.AFTER, **documents.AFTER, **people.AFTER}
AFTER_DELETE: dict[str, tuple[Rule, ...]] = {**documents.AFTER_DELETE}
BEFORE_DELETE: dict[str, tuple[Rule, ...]] = {**currencies.BEFORE_DELETE, **units.BEFORE_DELETE, **documents.BEFORE_DELETE}

__all__ = ["AFTER", "AFTER_DELETE", "BEFORE", "BEFORE_DELETE", "Write"]
