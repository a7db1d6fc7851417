"""Where a mapping's records have their stock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mapping.values import Row

TIME = "couplet_stockasof"
"""Couplet's column in Sales that says when BC had the stock shown (rule D8)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """The columns of BC that say how much of a record is there, in which unit, and what it is called; `shown` is the column of Sales."""

    number: str
    name: str
    quantity: str
    unit: str
    shown: str

    def stamped(self, sent: Row, columns: Collection[str], now: datetime) -> Row:
        """The time of the stock, when stock is about to be written to a table with a column for it (rule F1)."""
        return {TIME: now.strftime("%Y-%m-%dT%H:%M:%SZ")} if self.shown in sent and TIME in columns else {}
