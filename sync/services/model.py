"""What the engine asks of a service and gets from it, the same for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sync.errors import ServiceError
from sync.heart.plan import Row, Side, Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """Which rows of a table to read, page by page.

    `filter` and `order` are in the service's own dialect, with values written by `odata.literal()`. `changed_since` (UTC) is
    added to the filter by the client, which knows the name of the stamp.
    """

    table: str
    columns: Sequence[str] = ()
    filter: str | None = None
    order: str | None = None
    size: int = 500
    changed_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some rows, the link to the rest, and the service's own clock when it answered (UTC)."""

    rows: list[Row]
    next: str | None
    clock: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What change tracking says: ids that were made or changed, ids deleted; `next` while there is more, then `delta`."""

    ids: list[str]
    deleted: list[str]
    next: str | None
    delta: str | None
    clock: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of one step: `error`, or the row's id, and what the service sent of it (row, version) if it did.

    `parts` are the answers to steps that went together, where the service gives them; `untouched`: of these certainly none was done.
    """

    step: Step
    id: str | None = None
    row: Row | None = None
    version: str | None = None
    error: ServiceError | None = None
    parts: tuple[Answer, ...] = ()
    untouched: bool = False


class ProfileName(StrEnum):
    """How much of Business Central can be reached (design: two profiles)."""

    STANDARD = "standard"
    EXTENDED = "extended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """The profile in force, and the tables that the extension serves."""

    name: ProfileName
    tables: frozenset[str] = frozenset()

    def serves(self, table: str) -> bool:
        """Whether the extension has a page of its own for the table; such a page takes ids that we choose."""
        return table in self.tables


@dataclass(frozen=True, kw_only=True, slots=True)
class Organization:
    """The Sales organisation: its id, base currency, decimals and language, and which of its settings that mappings need are on."""

    id: str
    name: str
    base_currency_id: str
    pricing_precision: int
    currency_precision: int
    language: int
    features: frozenset[str] = frozenset()


class Service(Protocol):
    """What both clients have in common: enough to scan and to apply."""

    side: Side

    async def page(self, query: Query | str, *, size: int = 500) -> Page:
        """One page of a query, or of the next link that a page gave (then with the page size asked before)."""

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows with these ids that exist, by id."""

    async def count(self, table: str) -> int:
        """How many rows a table holds, at the price of one request or two; of a very large one, how many it held lately."""

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Carry out the steps in order; an answer for each, in order.

        What the service says about one step is in its answer. Raised is what concerns the service as a whole (`ServiceUnusable`).
        """
