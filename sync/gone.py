"""Rows that are said to be deleted: a hint, looked at like any other (rule C2)."""

from __future__ import annotations

from collections.abc import Sequence

from mapping.model import TableMapping
from mapping.values import Side
from sync import messages
from sync.context import Context


async def deleted(ctx: Context, mapping: TableMapping, side: Side, ids: Sequence[str]) -> None:
    """Somebody says that these rows of one side were deleted, such as a webhook.

    They are looked at: rows that are there after all are synchronised, ids of an earlier life or without coupling are nobody's.
    """
    await ctx.store.queue.send_many(messages.records(ctx.company, mapping.name, side, sorted(set(ids))))
