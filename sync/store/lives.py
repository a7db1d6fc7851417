"""Earlier lives: the number of the next life of records that were uncoupled and are free again (rule A6).

A coupling and a tombstone hold their own number. Once both rows of a coupling are deleted, a row for each of its records, in the same
partition, says how often the record was parted, so that nothing that is made for it later bears an id of before.
"""

from __future__ import annotations

from collections.abc import Iterable

from mapping.values import Side
from sync.heart.coupling import Coupling
from sync.store import keys, tables
from sync.store.tables import Operation, Table

FIRST = 1
"""The number of a record's first life."""

WAS = "was:"


def remembered(coupling: Coupling, sides: Iterable[Side] = tuple(Side)) -> list[Operation]:
    """What keeps a coupling's life number for its records after its own rows are gone."""
    partition = keys.partition(coupling.company, coupling.mapping)
    return [
        tables.put({"PartitionKey": partition, "RowKey": _row_key(side, coupling.of(side)), "number": coupling.life_number})
        for side in sides
    ]


def _row_key(side: Side, id: str) -> str:
    return WAS + keys.record(side, id)


class Lives:
    """The life numbers of records that are in no coupling."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def numbers(self, company: str, mapping: str, side: Side, ids: Iterable[str]) -> dict[str, int]:
        """The number of the life that each of these uncoupled records would begin now; one query when none was ever coupled."""
        asked = {id: _row_key(side, id) for id in ids}
        found = await self._table.rows(keys.partition(company, mapping), asked.values(), ("number",), PROBE)
        return {id: int(found[key]["number"]) if key in found else FIRST for id, key in asked.items()}


PROBE = 1000
"""Rows of the one query that this costs: few records were ever parted."""
