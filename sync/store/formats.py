"""The format of the state as a whole: one row that every app reads before it works, so that an older one refuses at once."""

from __future__ import annotations

import time

from sync.store import keys, tables
from sync.store.migrations import FORMAT
from sync.store.tables import Refusal, Table

KEY = (keys.OWN + "state", "format")

AGAIN = 60.0
"""Seconds until a process looks again whether a newer app has begun to work on its state."""


class StateFormat:
    """The row. It has nothing but what every row has: its format."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._looked = float("-inf")

    async def settle(self) -> None:
        """From now on the state is of this app's format; NewerFormat when a newer app has worked on it."""
        row = await self._table.get(KEY, ("stored",))
        if row is None or row["format"] < FORMAT:
            written: tables.Entity = {"PartitionKey": KEY[0], "RowKey": KEY[1]}
            answer = await self._table.transact([tables.replace(written, row["etag"]) if row else tables.create(written)])
            if isinstance(answer, Refusal):  # by another instance, of this format or a newer one
                await self.check(at_once=True)
        self._looked = time.monotonic()

    async def check(self, *, at_once: bool = False) -> None:
        """Raise NewerFormat when a newer app works on the state; asked of the store once a minute, or `at_once`."""
        if at_once or time.monotonic() - self._looked >= AGAIN:
            await self._table.get(KEY, ("stored",))  # a table refuses every row of a newer format
            self._looked = time.monotonic()
