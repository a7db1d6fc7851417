"""Units of items and resources: the base unit is one of them, and Couplet's extension keeps a unit group for each."""

from __future__ import annotations

from sandbox.business_central.company import Company
from sandbox.business_central.drafts import Draft
from sandbox.business_central.masters import after_write
from sandbox.business_central.tables import Row, new_id

SOURCES = {"Item": "Item Unit of Measure", "Resource": "Resource Unit of Measure"}
"""Tables whose rows have unit groups, and the table of their units."""


@after_write(*SOURCES)
def _written(draft: Draft) -> None:
    """The base unit is one of the units; the extension makes the group that Business Central itself makes for its own connector only."""
    company, table, row = draft.company, draft.table.name, draft.row
    number, unit = row["No."], row.get("Base Unit of Measure", "")
    units = company.table(SOURCES[table])
    if unit and (number, unit) not in units.ids:
        units.insert({f"{table} No.": number, "Code": unit, "Qty. per Unit of Measure": 1})
    groups = company.table("Unit Group")
    if (table, row["SystemId"]) not in groups.ids:
        groups.insert(_group(table, row))


def _group(table: str, row: Row) -> Row:
    return {"Source Type": table, "Source Id": row["SystemId"], "Source No.": row["No."]}


def load_groups(company: Company) -> None:
    """What the installation of the extension does: a unit group for each item and resource that has none."""
    groups, stamp = company.table("Unit Group"), company.environment.clock.stamp()
    for table in SOURCES:
        missing = [row for row in company.table(table).rows.values() if (table, row["SystemId"]) not in groups.ids]
        stamps = {"SystemModifiedAt": stamp, "SystemCreatedAt": stamp}
        groups.load({**_group(table, row), **stamps, "SystemId": new_id()} for row in missing)
