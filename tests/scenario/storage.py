"""The store as on the first day."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from azure.data.tables.aio import TableClient

from sync.store import Store
from sync.store.store import TABLES


async def empty(store: Store) -> None:
    """Forget everything that the store holds."""
    emptied = [_empty_table(store._tables.get_table_client(name)) for name in TABLES]
    await asyncio.gather(*emptied, store.queue._client.clear_messages(), store.poison._client.clear_messages())


async def _empty_table(table: TableClient) -> None:
    """Delete all rows, a hundred of a partition in one transaction."""
    partitions: dict[str, list[dict[str, str]]] = defaultdict(list)
    async for row in table.list_entities(select=["PartitionKey", "RowKey"]):
        partitions[row["PartitionKey"]].append({"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]})
    packs = [rows[start : start + 100] for rows in partitions.values() for start in range(0, len(rows), 100)]
    await asyncio.gather(*(table.submit_transaction([("delete", row) for row in pack]) for pack in packs))
