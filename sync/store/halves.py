"""Broken couplings: a coupling is two rows made in one transaction, so that half of one is damage done behind the app's back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from sync.heart.plan import Side
from sync.store import keys, tables
from sync.store.tables import Operation, Refusal, Table

COLUMNS = ("bc", "sales")
FIRST, LAST = {side: f"{side.value}:" for side in Side}, {side: f"{side.value}:{tables.LAST}" for side in Side}


@dataclass(frozen=True, slots=True)
class Half:
    """One row without the other: `side` is where the row that exists stands, `key` its key, `other` the key of the row it misses."""

    side: Side
    key: str
    other: str


class Halves:
    """The halves among all couplings of a mapping."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def find(self, company: str, mapping: str) -> list[Half]:
        """All halves: pairs of keys are compared by their hashes, which is small however many couplings there are."""
        partition = keys.partition(company, mapping)
        pairs = {hash(pair) async for pair in self._pairs(partition, Side.BC)}
        strange = [Half(Side.SALES, sales, bc) async for bc, sales in self._pairs(partition, Side.SALES) if hash((bc, sales)) not in pairs]
        pointers = {hash(pair) async for pair in self._pairs(partition, Side.SALES)}
        return strange + [
            Half(Side.BC, bc, sales) async for bc, sales in self._pairs(partition, Side.BC) if hash((bc, sales)) not in pointers
        ]

    async def _pairs(self, partition: str, side: Side) -> AsyncGenerator[tuple[str, str], None]:
        """The keys of BC row and pointer, as the rows of one side tell them."""
        other = side.other
        async for row in self._table.range(partition, FIRST[side], LAST[side], columns=COLUMNS):
            pair = {side: str(row["RowKey"]), other: keys.record(other, str(row[other.value]))}
            yield pair[Side.BC], pair[Side.SALES]

    async def mend(self, company: str, mapping: str, halves: Sequence[Half]) -> None:
        """Take away pointers that lead nowhere and make those that are missing; a row whose record somebody else holds is taken away."""
        partition = keys.partition(company, mapping)
        for half in halves:
            gone: list[Operation] = [tables.delete((partition, half.key))]
            if half.side is Side.SALES:
                await self._table.transact(gone)
                continue
            row = await self._table.get((partition, half.key), ("bc",))
            made = [tables.create({"PartitionKey": partition, "RowKey": half.other, "bc": row["bc"]})] if row else []
            if made and isinstance(await self._table.transact(made), Refusal):
                await self._table.transact(gone)
