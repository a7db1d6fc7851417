"""What happens by itself when people disagree, delete or leave a filter: policies, the bound of the brake, and modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mapping.values import Side


class ConflictPolicy(StrEnum):
    """Who wins when both sides changed one field to different values (rule B3)."""

    MANUAL = "manual"
    BC_WINS = "bcWins"
    SALES_WINS = "salesWins"
    NEWEST = "newest"


class StartRule(StrEnum):
    """Who wins where the two rows of a new pair differ (rule A3)."""

    BC_WINS = "bcWins"
    SALES_WINS = "salesWins"
    ASK = "ask"


class DeletionPolicy(StrEnum):
    """What follows when one row of a pair was deleted (rule C2)."""

    MANUAL = "manual"
    RESTORE = "restore"
    REMOVE_COUPLING = "removeCoupling"
    DELETE_COUNTERPART = "deleteCounterpart"
    DEACTIVATE_COUNTERPART = "deactivateCounterpart"
    FOLLOW_SOURCE = "followSource"
    """In one direction: what is gone at the source is deleted on the receiving side, what is gone there is made again."""
    DELETE_UNCHANGED = "deleteUnchanged"
    """The counterpart is deleted unless somebody changed it since: then the conflict policy decides, or a person."""


class LeavingPolicy(StrEnum):
    """What follows when one row of a pair left the mapping's filters (rule C1)."""

    KEEP = "keep"
    REMOVE_COUPLING = "removeCoupling"
    DEACTIVATE_COUNTERPART = "deactivateCounterpart"
    DELETE_COUNTERPART = "deleteCounterpart"


class Companies(StrEnum):
    """Which rows of Sales a company takes for its own, by the company that they are marked with (rule G1)."""

    OWN_OR_NONE = "ownOrNone"
    OWN = "own"
    ANY = "any"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """How many records one run may delete, deactivate, restore, uncouple or blank by itself (rule C3)."""

    percent: int = 5
    least: int = 20

    @property
    def none(self) -> bool:
        """Whether there is no such bound: every row that goes can be made again."""
        return self.percent >= 100

    def of(self, couplings: int) -> int:
        """The most that a mapping with so many couplings lets through: so many percent of them, and in any case `least`."""
        return max(self.least, couplings * self.percent // 100)


class Mode(StrEnum):
    """One of the ways in which an organisation is run that decides which mappings there are: the app setting that chooses it."""

    SINGLE_UNITS = "UNIT_GROUPS=false"
    UNIT_GROUPS = "UNIT_GROUPS=true"
    PRICE_LISTS = "PRICING=priceLists"
    PRICE_GROUPS = "PRICING=priceGroups"
    PERSON = "OWNERSHIP=person"
    TEAM = "OWNERSHIP=team"
    ORDERS_FROM_SALES = "ORDERS=fromSales"
    ORDERS_BOTH = "ORDERS=both"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cascade:
    """Records of `mapping` that are uncoupled with a record of this one: those whose `field` names it on both sides."""

    mapping: str
    field: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Brings:
    """Records of `mapping` that are due when a record of this one was coupled: their `column` on a `side` holds what its `of` column does.

    Those that are `part` of the record are coupled with what belongs to its counterpart: where that is new, they are free. With `sales`,
    only what a record born in Sales brings: its row in BC, with the same values in `same` (its column, the record's), is
    coupled with the row that this column of the record names in Sales.
    """

    mapping: str
    column: str
    of: str
    side: Side = Side.BC
    part: bool = False
    sales: str = ""
    same: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What the first full synch goes by beside the number of records.

    A side with no more than its `own` rows, which every organisation has from its first day, counts as empty. `always_full` needs no
    counting; without records on the side `needs` there is nothing to do.
    """

    own: Mapping[Side, int] = field(default_factory=dict)
    always_full: bool = False
    needs: Side | None = None
