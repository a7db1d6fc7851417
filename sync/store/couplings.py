"""The couplings: two rows each, made in one transaction, so that no record of either side is coupled twice in a mapping."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Side
from sync.store import coupling_rows as rows
from sync.store import keys, lives, tables
from sync.store.jobs import Listing
from sync.store.places import rearranged
from sync.store.tables import Operation, Refusal, Table

BULK = 4
"""Transactions of one call in flight."""

SINGLY = 2
"""How many culprits are taken out of a transaction one by one before all its rows are looked at."""


BC_ROWS = f"{Side.BC}:"


@dataclass(frozen=True, slots=True)
class Taken:
    """A coupling that was not inserted: `by` is the one that holds its BC or Sales id, None when that one is gone already."""

    by: Coupling | None


_Outcome = tuple[Coupling | None, Coupling | None]
"""What was stored, or else what stands in the way."""

_Chunk = dict[int, tuple[Coupling, list[Operation]]]
"""Couplings of one transaction by their place in the list, with their operations."""

_Operations = Callable[[Coupling], list[Operation]]
_Look = Callable[[Sequence[Coupling]], Awaitable[list[Coupling | None]]]


class Couplings:
    """All couplings of all mappings and companies."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def load(self, company: str, mapping: str, side: Side, ids: Iterable[str]) -> dict[str, Coupling]:
        """The couplings of the records with these ids on one side, by the id as asked for; one that has none is left out."""
        asked = {id: keys.record(side, id) for id in ids}
        partition = keys.partition(company, mapping)
        found = await self._table.rows(partition, asked.values())
        if side is Side.SALES:
            bc_keys = {key: keys.record(Side.BC, pointer["bc"]) for key, pointer in found.items()}
            full = await self._table.rows(partition, bc_keys.values())
            found = {key: full[bc_key] for key, bc_key in bc_keys.items() if bc_key in full}
        return {id: rows.from_row(found[key]) for id, key in asked.items() if key in found}

    async def partners(self, company: str, mapping: str, side: Side, ids: Iterable[str]) -> dict[str, str]:
        """The id on the other side of each record that is coupled, tombstones included, by the id as asked for.

        Cheaper than `load` from the Sales side: only pointers are read, which lie dense for a page in order of its ids.
        """
        asked = {id: keys.record(side, id) for id in ids}
        other = side.other.value
        found = await self._table.rows(keys.partition(company, mapping), asked.values(), (other,))
        return {id: found[key][other] for id, key in asked.items() if key in found}

    async def walk(self, company: str, mapping: str, *, everything: bool = False) -> AsyncGenerator[Coupling, None]:
        """All couplings of a mapping in order of their BC keys; without `held`, lease and intent unless `everything` is asked for."""
        columns = () if everything else rows.FEW
        async for row in self._table.range(keys.partition(company, mapping), BC_ROWS, BC_ROWS + tables.LAST, columns=columns):
            yield rows.from_row(row)

    async def keys_of(self, company: str, mapping: str, side: Side) -> AsyncGenerator[tuple[str, str], None]:
        """The key of each coupled record on one side, in order, with the id of its BC record; tombstones included."""
        low = f"{side.value}:"
        async for row in self._table.range(keys.partition(company, mapping), low, low + tables.LAST, columns=("bc",)):
            yield row["RowKey"], row["bc"]

    async def claims(self, company: str, mapping: str) -> list[Coupling]:
        """The couplings of which one row is, or was, about to be made, with all that is remembered; the store looks through all of them."""
        found = self._table.range(
            keys.partition(company, mapping), BC_ROWS, BC_ROWS + tables.LAST, where="life eq @life", life=Life.CLAIMED.value
        )
        return [rows.from_row(row) async for row in found]

    async def count(self, company: str, mapping: str) -> int:
        """How many couplings a mapping has, tombstones included, but not those that are done: they grow without end."""
        partition, last = keys.partition(company, mapping), BC_ROWS + tables.LAST
        found = self._table.range(partition, BC_ROWS, last, columns=("bc",), where="life ne @life", life=Life.DONE.value)
        return sum([1 async for _ in found])

    async def insert(self, couplings: Sequence[Coupling]) -> list[Coupling | Taken]:
        """Store new couplings, each with its own outcome in order: the coupling with its etag, or who holds one of its ids."""

        def operations(coupling: Coupling) -> list[Operation]:
            return [tables.create(rows.to_row(coupling)), tables.create(rows.pointer(coupling))]

        outcomes = await self._bulk([replace(coupling, etag="") for coupling in couplings], operations, self._holders)
        return [stored or Taken(in_the_way) for stored, in_the_way in outcomes]

    async def save(self, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        """Replace couplings that still have their etag, each with its own outcome in order: None when somebody else wrote meanwhile."""

        def operations(coupling: Coupling) -> list[Operation]:
            return [tables.replace(rows.to_row(coupling), coupling.etag)]

        return [stored for stored, _ in await self._bulk(couplings, operations, self._present)]

    async def remove(self, coupling: Coupling) -> bool:
        """Delete both rows; False when somebody else wrote meanwhile."""
        gone = [tables.delete(rows.bc_key(coupling), coupling.etag), tables.delete(rows.sales_key(coupling))]
        return not isinstance(await self._table.transact(gone), Refusal)

    async def part(self, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        """Delete couplings that still have their etag, and keep their life numbers for both records (rule A6).

        Each has its own outcome in order: None when somebody else wrote meanwhile.
        """

        def operations(coupling: Coupling) -> list[Operation]:
            gone = [tables.delete(rows.bc_key(coupling), coupling.etag), tables.delete(rows.sales_key(coupling))]
            return [*gone, *lives.remembered(coupling)]

        return [parted for parted, _ in await self._bulk(couplings, operations, self._present)]

    async def move(self, old: Coupling, new: Coupling) -> Coupling | Taken | None:
        """Couple other ids instead (rule C4), in one transaction; None when somebody else wrote `old` meanwhile."""
        operations: list[Operation] = []
        if rows.bc_key(old) == rows.bc_key(new):
            operations.append(tables.replace(rows.to_row(new), old.etag))
        else:
            operations += [tables.delete(rows.bc_key(old), old.etag), tables.create(rows.to_row(new))]
        position = len(operations) - 1
        if rows.sales_key(old) != rows.sales_key(new):
            operations += [tables.delete(rows.sales_key(old)), tables.create(rows.pointer(new))]
        elif len(operations) > 1:  # the pointer leads to another BC record
            operations.append(tables.put(rows.pointer(new)))
        done = await self._table.transact(operations)
        if isinstance(done, list):
            return replace(new, etag=done[position])
        return Taken(await self._other_holder(old, new)) if done.status == 409 else None

    async def rearrange(self, new: Coupling | None, standing: Sequence[Coupling], freed: Collection[Side] = ()) -> bool:
        """Put a coupling into the place of those that stand in its way, in one transaction; False when somebody else wrote meanwhile."""
        return not isinstance(await self._table.transact(rearranged(new, standing, freed)), Refusal)

    async def page(
        self, company: str, mapping: str, *, life: Life | None = None, limit: int = 50, cursor: str | None = None, whole: bool = False
    ) -> Listing:
        """Couplings in order of their BC keys, those of one life or all; only `whole` ones say what the records held."""
        given = {"life": life.value} if life else {}
        where = "RowKey lt @end" + " and life eq @life" * bool(life)
        after, columns = max(cursor or "", BC_ROWS), () if whole else rows.FEW
        partition = keys.partition(company, mapping)
        found = await self._table.page(
            partition,
            limit,
            after,
            columns=columns,
            where=where,
            end=BC_ROWS + tables.LAST,
            **given,
        )
        return Listing([rows.from_row(row) for row in found], found[-1]["RowKey"] if len(found) == limit else None)

    async def counts(self, company: str, mapping: str) -> dict[Life, int]:
        """How many couplings a mapping has, by where they stand."""
        found = self._table.range(keys.partition(company, mapping), BC_ROWS, BC_ROWS + tables.LAST, columns=("life",))
        counted = Counter([Life(row["life"]) async for row in found])
        return {life: counted[life] for life in Life}

    async def _other_holder(self, old: Coupling, new: Coupling) -> Coupling | None:
        """Who stands in the way of moving a coupling."""
        for side, id, own in ((Side.BC, new.bc_id, old.bc_id), (Side.SALES, new.sales_id, old.sales_id)):
            found = {} if id == own else await self.load(new.company, new.mapping, side, [id])
            if id in found:
                return found[id]
        return None

    async def _bulk(self, couplings: Sequence[Coupling], operations: _Operations, look: _Look) -> list[_Outcome]:
        """Carry out the couplings' operations in full transactions, several in flight; outcomes in the order given."""
        gate = asyncio.Semaphore(BULK)
        outcomes: dict[int, _Outcome] = {}

        async def work(chunk: _Chunk) -> None:
            async with gate:
                outcomes.update(await self._settle(chunk, look))

        numbers = sorted(range(len(couplings)), key=lambda number: rows.partition(couplings[number]))
        packs = tables.packed(numbers, lambda number: operations(couplings[number]))
        await asyncio.gather(*(work({number: (couplings[number], steps) for number, steps in pack}) for pack in packs))
        return [outcomes[number] for number in range(len(couplings))]

    async def _settle(self, chunk: _Chunk, look: _Look) -> dict[int, _Outcome]:
        """One transaction; what stands in its way is found and left out, so that everything else is stored."""
        refused: dict[int, Coupling] = {}
        stored: dict[int, _Outcome] = {}
        while chunk:
            answer = await self._table.transact([operation for _, operations in chunk.values() for operation in operations])
            if isinstance(answer, list):
                places = accumulate((len(operations) for _, operations in chunk.values()), initial=0)
                stored = {
                    number: (replace(coupling, etag=answer[place]), None)
                    for (number, (coupling, _)), place in zip(chunk.items(), places, strict=False)
                }
                break
            out = [_culprit(chunk, answer.index)] if len(refused) < SINGLY else await self._blocked(chunk, look, answer.index)
            refused |= {number: chunk.pop(number)[0] for number in out}
        return stored | await self._explain(refused, look)

    async def _blocked(self, chunk: _Chunk, look: _Look, index: int) -> list[int]:
        """All of a transaction that cannot be stored, and in any case the one that is known."""
        present = await look([coupling for coupling, _ in chunk.values()])
        pairs = zip(chunk.items(), present, strict=True)
        blocked = {number for (number, (coupling, _)), row in pairs if (row.etag if row else "") != coupling.etag}
        return sorted(blocked | {_culprit(chunk, index)})

    async def _explain(self, refused: dict[int, Coupling], look: _Look) -> dict[int, _Outcome]:
        """Who stands in the way of each."""
        present = await look(list(refused.values()))
        return {number: (None, row) for number, row in zip(refused, present, strict=True)}

    async def _present(self, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        """What is stored now under the BC ids of couplings of one mapping."""
        if not couplings:
            return []
        first = couplings[0]
        found = await self.load(first.company, first.mapping, Side.BC, [coupling.bc_id for coupling in couplings])
        return [found.get(coupling.bc_id) for coupling in couplings]

    async def _holders(self, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        """Who holds the BC id, or else the Sales id, of couplings of one mapping."""
        by_bc = await self._present(couplings)
        free = [coupling for coupling, holder in zip(couplings, by_bc, strict=True) if holder is None]
        if not free:
            return by_bc
        by_sales = await self.load(free[0].company, free[0].mapping, Side.SALES, [coupling.sales_id for coupling in free])
        return [holder or by_sales.get(coupling.sales_id) for coupling, holder in zip(couplings, by_bc, strict=True)]


def _culprit(chunk: _Chunk, index: int) -> int:
    """Whose operation stands at this place in the transaction."""
    owners = [number for number, (_, operations) in chunk.items() for _ in operations]
    return owners[index]
