"""The coupling: the ids of one record on both sides, and what each side held when they were last in step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from mapping.ids import derived_id
from mapping.values import Side, Value

BESIDE = "~"
"""Begins the names of all that a coupling remembers beside the units of its mapping."""

DEPARTED = f"{BESIDE}departed"
"""The name under which a coupling remembers who left the filters, and what its counterpart held in the columns set then (rule C1)."""

OPENED = f"{BESIDE}opened"
"""The name under which an intent says that a row is opened to be written, and not closed before all is written."""

RULES = f"{BESIDE}rules."
"""Begins the names under which a coupling remembers what rules of its mapping want to know."""

VERSION = f"{BESIDE}version"
"""The name under which a coupling remembers of which version of its document the row of BC was made (rule E7)."""


@dataclass(frozen=True, slots=True)
class Held:
    """What both sides held in one field when they were last in step; they may differ (rule B1).

    `accepted`: a person left both as they were, so that nothing is made up for later.
    """

    bc: Value
    sales: Value
    accepted: bool = False

    def of(self, side: Side) -> Value:
        """What one side held."""
        return self.bc if side is Side.BC else self.sales


@dataclass(frozen=True, slots=True)
class Turn:
    """A two-way value that was carried to a side: which side, a digest of the value, when (rule B7)."""

    side: str
    digest: str
    at: datetime


class Life(StrEnum):
    """Where a coupling stands."""

    CLAIMED = "claimed"  # a row with an id of our choosing is being created on one side
    COUPLED = "coupled"
    TOMBSTONE = "tombstone"  # a person uncoupled it: it stays so (rule A5)
    DONE = "done"  # one row is gone for good, as an invoiced order is: it stays listed, and nothing more happens to it (rule C5)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works on the record, and until when nobody else may."""

    owner: str
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Coupling:
    """One pair of records.

    `held` maps a field mapping's name to what each side held. `intent` is what both sides will hold once the present
    worker has written, per written side ("bc", "sales") and field name: a crash leaves it behind, and the next worker compares.
    `turns` keeps the last carryings of two-way values, so that two systems that rewrite each other are noticed. `life_number` counts
    up at every uncoupling, deletion and restore (rule A6). `claimed_at` is BC's clock before a row was made whose id BC gives, until that
    row is known. `asked` are units in which both rows differed when they were coupled, and a person was asked (rule A3).
    `etag` is the stored row's, empty for one that was never stored.
    """

    company: str
    mapping: str
    bc_id: str
    sales_id: str
    life: Life = Life.COUPLED
    life_number: int = 1
    held: Mapping[str, Held] = field(default_factory=dict)
    bc_version: str | None = None
    sales_version: str | None = None
    lease: Lease | None = None
    claimed_at: datetime | None = None
    intent: Mapping[str, Mapping[str, Held]] = field(default_factory=dict)
    turns: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    synced_at: datetime | None = None
    job: str | None = None
    etag: str = ""

    @property
    def closed(self) -> bool:
        """Whether nothing more happens to the pair by itself."""
        return self.life in (Life.TOMBSTONE, Life.DONE)

    @property
    def joined(self) -> bool:
        """Whether either record stands for the other, as long as that one is there or for good."""
        return self.life in (Life.COUPLED, Life.DONE)

    def of(self, side: Side) -> str:
        """The id of the record on one side."""
        return self.bc_id if side is Side.BC else self.sales_id

    @property
    def ids(self) -> dict[Side, str]:
        """The ids of both records."""
        return {Side.BC: self.bc_id, Side.SALES: self.sales_id}

    def left_over(self, side: Side) -> Coupling:
        """The tombstone of one record of this one, once the other is coupled with somebody else: its partner's place is nobody's."""
        ids = {**self.ids, side.other: self._nobody(side)}
        return replace(self, bc_id=ids[Side.BC], sales_id=ids[Side.SALES], etag="")

    def nobody(self, side: Side) -> bool:
        """Whether a side of this tombstone is nobody's."""
        return self.life is Life.TOMBSTONE and self.of(side) == self._nobody(side.other)

    def _nobody(self, side: Side) -> str:
        return derived_id("nobody", self.company, self.mapping, side, self.of(side))
