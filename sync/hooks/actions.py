"""What is done to a subscription, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync.errors import CoupletError
from sync.heart.plan import Side


class Do(StrEnum):
    """What is to be done, in the order in which it is done where the order matters: there may be too many, so that some go first."""

    DROP = "drop"
    RENEW = "renew"
    MAKE = "make"
    CHANGE = "change"
    KEEP = "keep"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True)
class Done:
    """One thing that was to be done, why in words, and what stood in the way."""

    side: Side
    company: str
    resource: str
    do: Do
    why: str = ""
    id: str | None = None
    expires: datetime | None = None
    error: CoupletError | None = None
