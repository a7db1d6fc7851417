"""Where a mapping's records have their stock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """The columns of BC that say how much of a record is there, in which unit, and what it is called."""

    number: str
    name: str
    quantity: str
    unit: str
