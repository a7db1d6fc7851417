"""What a dry run would couple, and samples of what it would do: kept apart from the couplings, under the id of the run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Side
from sync.store import keys, tables
from sync.store.couplings import Couplings, Taken
from sync.store.jobs import Listing
from sync.store.records import join, split, to_json
from sync.store.tables import Table

SAMPLES = "sample"

NEW = "(new)"
"""What stands for the number that Business Central will give to a row that is only planned."""


class PlannedCouplings(Couplings):
    """The couplings as a dry run sees them: those that there are, and those that its earlier pages would have made.

    What is written goes apart. What the page in work itself would couple is left out, so that a page worked twice says the same twice.
    """

    def __init__(self, stored: Couplings, table: Table, run: str) -> None:
        super().__init__(table)
        self._stored, self._apart, self._run = stored, Couplings(table), run
        self.at = ""
        self.planned: set[str] = set()
        """Ids in BC of rows that are not there yet, as far as they were met since the page began."""

    def begin(self, page: str) -> None:
        """The page that is worked from now on."""
        self.at = page
        self.planned.clear()

    async def load(self, company: str, mapping: str, side: Side, ids: Iterable[str]) -> dict[str, Coupling]:
        """The couplings of these records, stored or planned."""
        asked = list(ids)
        found = await self._stored.load(company, mapping, side, asked)
        rest = [id_ for id_ in asked if id_ not in found]
        apart = await self._apart.load(self._own(company), mapping, side, rest) if rest else {}
        earlier = {id_: each for id_, each in apart.items() if each.job != self.at}
        self.planned |= {each.bc_id for each in earlier.values() if each.bc_version == NEW}
        return found | earlier

    async def partners(self, company: str, mapping: str, side: Side, ids: Iterable[str]) -> dict[str, str]:
        """The id on the other side of each record that is coupled or would be."""
        asked = list(ids)
        found = await self._stored.partners(company, mapping, side, asked)
        planned = await self.load(company, mapping, side, [id_ for id_ in asked if id_ not in found])
        return found | {id_: each.sales_id if side is Side.BC else each.bc_id for id_, each in planned.items()}

    async def walk(self, company: str, mapping: str, *, everything: bool = False) -> AsyncGenerator[Coupling, None]:
        """All couplings of a mapping, then the planned ones."""
        async for each in self._stored.walk(company, mapping, everything=everything):
            yield each
        async for each in self._apart.walk(self._own(company), mapping, everything=everything):
            if each.job != self.at:
                yield each

    async def page(
        self, company: str, mapping: str, *, life: Life | None = None, limit: int = 50, cursor: str | None = None, whole: bool = False
    ) -> Listing:
        """Some of the couplings that there are."""
        return await self._stored.page(company, mapping, life=life, limit=limit, cursor=cursor, whole=whole)

    async def claims(self, company: str, mapping: str) -> list[Coupling]:
        """None: who was interrupted is finished by a run that writes."""
        return []

    async def count(self, company: str, mapping: str) -> int:
        """How many couplings there are."""
        return await self._stored.count(company, mapping)

    async def insert(self, couplings: Sequence[Coupling]) -> list[Coupling | Taken]:
        """Note what would be coupled by the page in work."""
        return await self._apart.insert([replace(each, company=self._own(each.company), job=self.at) for each in couplings])

    async def save(self, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        """Nothing: what both sides would hold is not remembered."""
        return list(couplings)

    async def remove(self, coupling: Coupling) -> bool:
        """Nothing is removed."""
        return True

    async def move(self, old: Coupling, new: Coupling) -> Coupling | Taken | None:
        """Nothing is moved."""
        return new

    async def forget(self, company: str, mappings: Iterable[str]) -> None:
        """Forget what this run planned."""
        for mapping in mappings:
            await self._table.empty(keys.partition(self._own(company), mapping))

    def _own(self, company: str) -> str:
        return f"{company}/{self._run}"


class Samples:
    """A few records of each sort that a dry run met, by mapping, direction and outcome."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def counts(self, company: str, run: str, mapping: str) -> Counter[tuple[str, str]]:
        """How many samples there are of each direction and outcome."""
        rows = self._table.range(_partition(company, run, mapping), columns=("direction", "outcome"))
        return Counter([(row["direction"], row["outcome"]) async for row in rows])

    async def put(self, company: str, run: str, mapping: str, samples: Mapping[tuple[str, str, str], Any]) -> None:
        """Keep samples, by direction, outcome and record; twice is once."""
        partition = _partition(company, run, mapping)
        rows: list[tables.Entity] = [
            {
                "PartitionKey": partition,
                "RowKey": keys.SEPARATOR.join((direction, outcome, keys.named(record))),
                "direction": direction,
                "outcome": outcome,
                **split("sample", to_json(sample)),
            }
            for (direction, outcome, record), sample in samples.items()
        ]
        for pack in tables.packed(rows, lambda row: [tables.put(row)]):
            await self._table.transact([operation for _, operations in pack for operation in operations])

    async def of(self, company: str, run: str, mapping: str, most: int) -> dict[str, dict[str, list[Any]]]:
        """The samples of a mapping by direction and outcome, at most so many of each."""
        found: dict[str, dict[str, list[Any]]] = {}
        async for row in self._table.range(_partition(company, run, mapping)):
            sort = found.setdefault(row["direction"], {}).setdefault(row["outcome"], [])
            if len(sort) < most:
                sort.append(json.loads(join(row, "sample")))
        return found

    async def forget(self, company: str, run: str, mappings: Iterable[str]) -> None:
        """Forget the samples of a run: they hold data of people."""
        for mapping in mappings:
            await self._table.empty(_partition(company, run, mapping))


def _partition(company: str, run: str, mapping: str) -> str:
    return keys.own_partition(company, run, mapping, kind=SAMPLES)
