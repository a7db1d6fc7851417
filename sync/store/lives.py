"""Earlier lives: the number of the next life of records that were uncoupled and are free again (rule A6).

A coupling and a tombstone hold their own number. Once both rows of a coupling are deleted, a row for each of its records, in the same
partition, says how often the record was parted, so that nothing that is made for it later bears an id of before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mapping.values import Side
from sync.heart.coupling import Coupling
from sync.store import keys, tables
from sync.store.jobs import Listing
from sync.store.tables import Entity, Operation, Table

FIRST = 1
"""The number of a record's first life."""

WAS = "was:"
END = WAS + tables.LAST


def remembered(coupling: Coupling, sides: Iterable[Side] = tuple(Side)) -> list[Operation]:
    """What keeps a coupling's life number for its records after its own rows are gone."""
    partition = keys.partition(coupling.company, coupling.mapping)
    return [tables.put(_row(partition, side, coupling.of(side), coupling.life_number)) for side in sides]


def _row(partition: str, side: Side, id: str, number: int) -> Entity:
    return {"PartitionKey": partition, "RowKey": _row_key(side, id), "number": number}


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

    async def page(self, company: str, mapping: str, *, limit: int, cursor: str | None = None) -> Listing:
        """Side, id and number of records that were parted, in order of their keys."""
        partition, columns = keys.partition(company, mapping), ("number",)
        rows = await self._table.page(partition, limit, max(cursor or "", WAS), columns=columns, where="RowKey lt @end", end=END)
        found = [(*keys.recorded(row["RowKey"].removeprefix(WAS)), int(row["number"])) for row in rows]
        return Listing(found, rows[-1]["RowKey"] if len(rows) == limit else None)

    async def keep(self, company: str, mapping: str, side: Side, numbers: Mapping[str, int]) -> None:
        """Let the next lives of these records bear at least these numbers."""
        known = await self.numbers(company, mapping, side, numbers)
        partition = keys.partition(company, mapping)
        rows = [(id, number) for id, number in numbers.items() if number > known[id]]
        packs = tables.packed(rows, lambda row: [tables.put(_row(partition, side, *row))])
        for pack in packs:
            await self._table.transact([operation for _, operations in pack for operation in operations])


PROBE = 1000
"""Rows of the one query that this costs: few records were ever parted."""
