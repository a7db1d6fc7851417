"""What is known of the webhooks: subscriptions with their end, how much was told and refused, and rows that are said to be deleted.

All of it stands in the table of entries, in partitions of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.errors import Conflict, CoupletError
from sync.heart.plan import Side
from sync.store import keys, tables
from sync.store.records import from_row, moment, to_row
from sync.store.tables import Refusal, Table

ATTEMPTS = 20
EVERYBODY = "*"
"""In place of a company, for what belongs to none."""

SUBSCRIPTION, SOURCE = "sub:", "src:"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """One table of one side, of whose changes we are told (`company` is `*` for Sales).

    `id` is that of the subscription or step, None while there is none. `code` and `message` say what stands in the way, since
    `failing_since`.
    """

    company: str
    side: Side
    resource: str
    id: str | None = None
    expires: datetime | None = None
    code: str | None = None
    message: str | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """What one side has told so far, what was refused of it, and when its subscriptions were last looked at."""

    side: Side
    taken: int = 0
    refused: int = 0
    last_taken: datetime | None = None
    last_refused: datetime | None = None
    checked: datetime | None = None
    code: str | None = None
    message: str | None = None


class Hooks:
    """The state of all webhooks."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def subscriptions(self, *companies: str) -> list[Subscription]:
        """What is known of the companies' subscriptions."""
        return [
            from_row(Subscription, row)
            for company in companies
            async for row in self._table.range(_partition(company), SUBSCRIPTION, SUBSCRIPTION + tables.LAST)
        ]

    async def put(self, subscriptions: Sequence[Subscription]) -> None:
        """Write these subscriptions."""
        for pack in tables.packed(subscriptions, lambda each: [tables.put(to_row(each, _key(each)))]):
            await self._table.transact([step for _, steps in pack for step in steps])

    async def remove(self, subscriptions: Sequence[Subscription]) -> None:
        """Forget these subscriptions."""
        for pack in tables.packed(subscriptions, lambda each: [tables.delete(_key(each))]):
            await self._table.transact([step for _, steps in pack for step in steps])

    async def sources(self) -> dict[Side, Source]:
        """What each side has told."""
        rows = await self._table.rows(_partition(EVERYBODY), [SOURCE + side for side in Side])
        return {side: from_row(Source, row) if (row := rows.get(SOURCE + side)) else Source(side=side) for side in Side}

    async def count(self, side: Side, *, taken: int = 0, refused: int = 0, now: datetime | None = None) -> None:
        """Add to what a side has told."""
        now = now or datetime.now(UTC)
        key = _partition(EVERYBODY), SOURCE + side
        for _ in range(ATTEMPTS):
            row = await self._table.get(key)
            known = from_row(Source, row) if row else Source(side=side)
            sums = {"taken": known.taken + taken, "refused": known.refused + refused}
            last = {name: moment(now) for name, many in (("lastTaken", taken), ("lastRefused", refused)) if many}
            counted = {"PartitionKey": key[0], "RowKey": key[1], "side": str(side), **sums, **last}
            answer = await self._table.transact([tables.merge(counted, row["etag"]) if row else tables.create(counted)])
            if not isinstance(answer, Refusal):
                return
        raise Conflict(side=side)

    async def checked(self, side: Side, error: CoupletError | None = None, *, now: datetime | None = None) -> None:
        """A side's subscriptions were looked at, or could not be."""
        row = {"PartitionKey": _partition(EVERYBODY), "RowKey": SOURCE + side, "side": str(side)}
        row |= {"checked": moment(now or datetime.now(UTC)), "code": error.code if error else "", "message": str(error) if error else ""}
        await self._table.transact([tables.merge_or_create(row)])

    async def say_gone(self, company: str, mapping: str, side: Side, ids: Sequence[str]) -> None:
        """Remember rows that are said to be deleted, for the mapping's next look."""
        partition = keys.own_partition(company, mapping, kind="gone")
        rows = [{"PartitionKey": partition, "RowKey": keys.record(side, id_), "side": str(side), "id": id_} for id_ in dict.fromkeys(ids)]
        for pack in tables.packed(rows, lambda row: [tables.put(row)]):
            await self._table.transact([step for _, steps in pack for step in steps])

    async def said_gone(self, company: str, mapping: str) -> Mapping[Side, list[str]]:
        """Rows that are said to be deleted, by side."""
        gone: dict[Side, list[str]] = {side: [] for side in Side}
        async for row in self._table.range(keys.own_partition(company, mapping, kind="gone")):
            gone[Side(row["side"])].append(row["id"])
        return gone

    async def forget_gone(self, company: str, mapping: str, gone: Mapping[Side, Sequence[str]]) -> None:
        """These rows were looked at."""
        partition = keys.own_partition(company, mapping, kind="gone")
        rows = [(partition, keys.record(side, id_)) for side, ids in gone.items() for id_ in ids]
        for pack in tables.packed(rows, lambda key: [tables.delete(key)]):
            await self._table.transact([step for _, steps in pack for step in steps])


def _partition(company: str) -> str:
    return keys.own_partition(company, kind="hooks")


def _key(each: Subscription) -> tuple[str, str]:
    return _partition(each.company), SUBSCRIPTION + keys.named(f"{each.side}:{each.resource}")
