"""What runs would do to many pairs and have not done: by job, the pairs with the act that waits for its number, or for a person."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mapping.values import Side
from sync.heart.plan import Act
from sync.store import keys, tables
from sync.store.tables import Table

KIND = "withheld"


@dataclass(frozen=True, slots=True)
class Withheld:
    """One pair of a job, by its BC id, and what would be done."""

    id: str
    act: Act


class WithheldActs:
    """The lists of all jobs: one partition a job, one row a pair."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def add(self, company: str, job: str, acts: Mapping[Act, Iterable[str]]) -> None:
        """Put pairs on the list of a job; twice is once."""
        rows = [(id_, act) for act, ids in acts.items() for id_ in ids]
        partition = keys.own_partition(company, job, kind=KIND)
        made = [{"PartitionKey": partition, "RowKey": keys.record(Side.BC, id_), "id": id_, "act": act} for id_, act in rows]
        for pack in tables.packed(made, lambda row: [tables.put(row)]):
            await self._table.transact([operation for _, operations in pack for operation in operations])

    async def of(self, company: str, job: str) -> AsyncGenerator[Withheld, None]:
        """The list of a job, in the order of its keys."""
        async for row in self._table.range(keys.own_partition(company, job, kind=KIND)):
            yield Withheld(str(row["id"]), Act(row["act"]))

    async def jobs(self, company: str, before: datetime) -> list[str]:
        """The jobs that began before a moment and have a list."""
        low = keys.partition(company) + keys.SEPARATOR
        where = "PartitionKey ge @low and PartitionKey lt @end and act ne ''"
        found = self._table.find(where, ("act",), low=low, end=low + tables.LAST)
        names = {keys.decode(row["PartitionKey"].split(keys.SEPARATOR)[1]) async for row in found}
        began = {name: keys.split_job_id(name) for name in names}
        return sorted(name for name, parts in began.items() if parts and parts[1] > keys.newest_first(before))

    async def clear(self, company: str, job: str) -> None:
        """Forget the list of a job."""
        partition = keys.own_partition(company, job, kind=KIND)
        gone = [row["RowKey"] async for row in self._table.range(partition, columns=("act",))]
        for start in range(0, len(gone), tables.OPERATIONS):
            await self._table.transact([tables.delete((partition, name)) for name in gone[start : start + tables.OPERATIONS]])
