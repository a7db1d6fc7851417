"""One table: transactions, point reads, ranges and pages over the Azure SDK, with what every row has in common.

Every row carries a format number. A row of a newer format is refused wherever it is read; an older one is migrated, read with the
defaults of what it lacks, and written in the present format.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableErrorCode, TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient

from sync.errors import NewerFormat, StoreTooBig
from sync.store.failures import code_of, failure
from sync.store.meter import Meter
from sync.store.migrations import FORMAT, migrated

OPERATIONS = 100
TRANSACTION_BYTES = 1_000_000  # the service takes 4 MiB; above 1 MiB aiohttp warns that a body blocks the loop
ROW_BYTES = 1_000_000
TEXT_UNITS = 32_000
IN_FLIGHT = 16
PAGE = 1000
DENSE_FROM = 8
"""From how many keys on a range is tried before point reads."""

RETRIED = frozenset({"POST", "PUT", "PATCH"})
"""All methods that write rows: a call that was carried out already is known by its token."""

LAST = "~~~~"
"""Behind every key."""

NOT_A_ROWS = frozenset({TableErrorCode.TABLE_NOT_FOUND, TableErrorCode.TABLE_BEING_DELETED, TableErrorCode.ACCOUNT_IS_DISABLED})
"""Codes with a status that a row can have, too."""

Entity = dict[str, Any]
Operation = tuple[str, Entity] | tuple[str, Entity, dict[str, Any]]
Key = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A transaction that was not carried out because of one operation: the row exists, is gone, or has another etag."""

    index: int
    status: int


def create(row: Entity) -> Operation:
    """Make a row that must not exist."""
    return ("create", {**row, "format": FORMAT})


def put(row: Entity) -> Operation:
    """Make a row or replace the one that exists."""
    return ("upsert", {**row, "format": FORMAT}, {"mode": UpdateMode.REPLACE})


def replace(row: Entity, etag: str) -> Operation:
    """Replace a row that still has the etag."""
    return ("update", {**row, "format": FORMAT}, {"mode": UpdateMode.REPLACE, **_unless(etag)})


def merge(row: Entity, etag: str | None = None) -> Operation:
    """Write some properties of a row that exists (and still has the etag)."""
    return ("update", row, {"mode": UpdateMode.MERGE, **_unless(etag)})


def merge_or_create(row: Entity) -> Operation:
    """Write some properties of a row, which need not exist."""
    return ("upsert", {**row, "format": FORMAT}, {"mode": UpdateMode.MERGE})


def delete(key: Key, etag: str | None = None) -> Operation:
    """Delete a row that exists (and still has the etag)."""
    return ("delete", {"PartitionKey": key[0], "RowKey": key[1]}, _unless(etag))


def _unless(etag: str | None) -> dict[str, Any]:
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified} if etag else {}


def row_bytes(row: Mapping[str, Any]) -> int:
    """What the service counts for a row at most: texts are UTF-16 there."""
    return sum(12 + 2 * len(name) + (2 * units(value) if isinstance(value, str) else 8) for name, value in row.items())


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def operation_bytes(operation: Operation) -> int:
    """What an operation takes in a transaction's body at most, escapes and headers included."""
    texts = (value for value in operation[1].values() if isinstance(value, str))
    return 1500 + 30 * len(operation[1]) + sum(len(text) * (2 if text.isascii() else 12) for text in texts)


def packed(items: Iterable[T], operations: Callable[[T], list[Operation]], spare: int = 0) -> Iterator[list[tuple[T, list[Operation]]]]:
    """Items with their operations as transactions: one partition, a row once, within the service's bounds less `spare` operations.

    Items of one partition come one after the other.
    """
    pack: list[tuple[T, list[Operation]]] = []
    size, count, used = 0, spare, set[Key]()
    for item in items:
        steps = operations(item)
        rows = {(step[1]["PartitionKey"], step[1]["RowKey"]) for step in steps}
        weight = sum(operation_bytes(step) for step in steps)
        foreign = bool(used) and next(iter(used))[0] != next(iter(rows))[0]
        if pack and (foreign or rows & used or count + len(steps) > OPERATIONS or size + weight > TRANSACTION_BYTES):
            yield pack
            pack, size, count, used = [], 0, spare, set()
        pack.append((item, steps))
        size, count, used = size + weight, count + len(steps), used.union(rows)
    if pack:
        yield pack


class Table:
    """One table. Its methods count what they read and write in the meter."""

    def __init__(self, client: TableClient, meter: Meter) -> None:
        self._client = client
        self._meter = meter

    async def transact(self, operations: Sequence[Operation]) -> list[str] | Refusal:
        """Carry out up to 100 operations on one partition, all or none; the new etags in order, or which one stood in the way.

        A transaction whose answer got lost is sent again, and then refused by its own rows: they are known by the token of this call.
        """
        if not operations:
            return []
        if len(operations) > OPERATIONS:
            raise ValueError(f"{len(operations)} operations in one transaction")
        token = uuid4().hex
        stamped = [_stamped(operation, token) for operation in operations]
        try:
            answers = await self._send(stamped)
        except HttpResponseError as error:
            if error.status_code not in (404, 409, 412) or code_of(error) in NOT_A_ROWS:
                raise failure(error) from error
            refused = error.index if isinstance(error, TableTransactionError) else 0
            return await self._carried_out(operations, token) or Refusal(refused, error.status_code)
        except AzureError as error:
            raise failure(error) from error
        self._meter.written += len(operations)
        return [str(answer.get("etag") or "") for answer in answers]  # a deletion leaves none

    async def _send(self, operations: Sequence[Operation]) -> Sequence[Mapping[str, Any]]:
        """A single update goes by itself, which spares the parts of a transaction; the SDK tells less of a single creation or deletion."""
        name, row, *options = operations[0]
        send = {"update": self._client.update_entity, "upsert": self._client.upsert_entity}.get(name)
        if send and len(operations) == 1:
            return [await send(row, retry_on_methods=RETRIED, **options[0])]
        answers: Sequence[Mapping[str, Any]] = await self._client.submit_transaction(operations, retry_on_methods=RETRIED)
        return answers

    async def _carried_out(self, operations: Sequence[Operation], token: str) -> list[str] | None:
        """The etags of the rows of a transaction that was carried out by an earlier attempt of the same call."""
        keys = [(operation[1]["PartitionKey"], operation[1]["RowKey"]) for operation in operations if operation[0] != "delete"]
        seen = await self.get(keys[0], ("token",)) if keys else None
        if seen is None or seen.get("token") != token:
            return None
        etags = {key[1]: row["etag"] for key in keys if (row := await self.get(key, ("token",)))}
        return ["" if operation[0] == "delete" else etags.get(operation[1]["RowKey"], "") for operation in operations]

    async def get(self, key: Key, columns: Sequence[str] = ()) -> Entity | None:
        """One row, or None."""
        try:
            row = await self._client.get_entity(*key, select=[*columns, "format"] if columns else None)
        except AzureError as error:
            if isinstance(error, ResourceNotFoundError) and code_of(error) not in NOT_A_ROWS:
                return None
            raise failure(error) from error
        return self._seen(row)

    async def range(
        self,
        partition: str,
        low: str = "",
        high: str = LAST,
        *,
        columns: Sequence[str] = (),
        where: str = "",
        page: int = PAGE,
        **values: Any,
    ) -> AsyncGenerator[Entity, None]:
        """The rows of one partition from `low` to `high`, both included, in order of their keys."""
        condition = "PartitionKey eq @partition and RowKey ge @low and RowKey le @high"
        parameters = {"partition": partition, "low": low, "high": high, **values}
        async for row in self.find(f"{condition} and {where}" if where else condition, columns, page, **parameters):
            yield row

    async def find(self, where: str, columns: Sequence[str] = (), page: int = PAGE, **values: Any) -> AsyncGenerator[Entity, None]:
        """All rows that meet a condition, whose @names are given as keywords."""
        select = ["PartitionKey", "RowKey", "format", *columns] if columns else None
        try:
            async for row in self._client.query_entities(where, parameters=values, select=select, results_per_page=page):
                yield self._seen(row)
        except AzureError as error:
            raise failure(error) from error

    async def rows(self, partition: str, keys: Iterable[str], columns: Sequence[str] = (), probe: int = 0) -> dict[str, Entity]:
        """The rows of a partition that exist among the keys, by key.

        Keys that lie dense are read by ranges; as soon as these cost more than ten rows for each key settled (found, or known to be
        missing) the rest is read key by key. `probe` is the size of the first page where the caller knows the partition to be small.
        """
        wanted = sorted(set(keys))
        found: dict[str, Entity] = {}
        if len(wanted) >= DENSE_FROM:
            wanted = await self._dense(partition, wanted, found, columns, probe or min(PAGE, len(wanted) + len(wanted) // 4))
        gate = asyncio.Semaphore(IN_FLIGHT)

        async def read(key: str) -> None:
            async with gate:
                row = await self.get((partition, key), columns)
            if row is not None:
                found[key] = row

        await asyncio.gather(*(read(key) for key in wanted))
        return found

    async def _dense(self, partition: str, wanted: list[str], found: dict[str, Entity], columns: Sequence[str], page: int) -> list[str]:
        """Read ranges into `found` as long as it pays; the keys that are still to be read."""
        keys, seen = set(wanted), 0
        async with aclosing(self.range(partition, wanted[0], wanted[-1], columns=columns, page=page)) as rows:
            async for row in rows:
                key = row["RowKey"]
                seen += 1
                if key in keys:
                    found[key] = row
                if seen % page == 0:
                    settled = bisect_right(wanted, key)
                    if settled * 10 < seen:
                        return wanted[settled:]
        return []

    async def empty(self, partition: str) -> None:
        """Delete the rows of a partition; one that is gone meanwhile is no matter."""
        gone = [delete((partition, row["RowKey"])) async for row in self.range(partition, columns=("format",))]
        for start in range(0, len(gone), OPERATIONS):
            steps = gone[start : start + OPERATIONS]
            while isinstance(answer := await self.transact(steps), Refusal):
                del steps[answer.index]

    async def page(
        self, partition: str, limit: int, after: str = "", *, columns: Sequence[str] = (), where: str = "", **values: Any
    ) -> list[Entity]:
        """Up to `limit` rows of a partition behind the key `after`."""
        rows: list[Entity] = []
        low = after + "\x20" if after else ""  # the least key behind `after`: a blank is never in a key
        async with aclosing(self.range(partition, low, columns=columns, where=where, page=min(limit, PAGE), **values)) as found:
            async for row in found:
                rows.append(row)
                if len(rows) == limit:
                    break
        return rows

    def _seen(self, row: Any) -> Entity:
        self._meter.read += 1
        if row.get("format", 0) > FORMAT:
            raise NewerFormat.of("The state", row["format"], FORMAT)
        return dict(migrated(self._client.table_name, row), etag=row.metadata["etag"])


def _stamped(operation: Operation, token: str) -> Operation:
    """The operation with the mark of the call that carries it out; refused at once when the service would refuse its size."""
    _guard(operation[1])
    return operation if operation[0] == "delete" else (operation[0], {**operation[1], "token": token}, *operation[2:])


def _guard(row: Entity) -> None:
    if row_bytes(row) > ROW_BYTES or any(isinstance(value, str) and units(value) > TEXT_UNITS for value in row.values()):
        raise StoreTooBig(row=row.get("RowKey"), bytes=row_bytes(row))
