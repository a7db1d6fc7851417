"""What is to be done to one pair of records, as data: a dry run prints it, `apply` carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mapping.policies import StartRule
from mapping.steps import Call, Create, Delete, Step, Together, Update
from mapping.values import Awaited, Refusal, Row, Side, Value
from sync.heart.choice import Choice
from sync.heart.coupling import Held, Turn

__all__ = [
    "Act",
    "Call",
    "Create",
    "Delete",
    "Outcome",
    "Pair",
    "Plan",
    "Problem",
    "Row",
    "Run",
    "Side",
    "StartRule",
    "Step",
    "Together",
    "Update",
]


class Outcome(StrEnum):
    """What became of one record in one direction; the native counters, and what they lack."""

    INSERTED = "inserted"
    MODIFIED = "modified"
    UNCHANGED = "unchanged"
    COUPLED = "coupled"
    SKIPPED = "skipped"
    FAILED = "failed"
    WAITING = "waiting"
    OUT_OF_FILTER = "outOfFilter"
    SHORTENED = "shortened"
    SET_BACK = "setBack"
    DELETED = "deleted"
    UNCOUPLED = "uncoupled"
    RESTORED = "restored"


class Act(StrEnum):
    """What a run does by itself only to so many records (rule C3)."""

    DELETE = "delete"
    DEACTIVATE = "deactivate"
    RESTORE = "restore"
    UNCOUPLE = "uncouple"
    BLANK = "blank"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What a run may do: the sides on which it may create, and the start rule for new pairs (rules A2, A3).

    `couples` says that uncoupled records are looked at, too; a scheduled run of an only-coupled mapping leaves them alone. `choices` are
    a person's decisions about units in conflict, by unit name. `forced` is the side whose values win in every unit that travels from
    it. An `unconditional` run trusts nothing that is remembered: every pair is merged as for the first time. `rehearsal` is the dry run
    that this is a part of: nothing is written. `agreed` are the acts that may be carried out at once (None: all of them); a run whose
    size nobody knows yet may carry out none (rule C3).
    """

    creates: frozenset[Side] = frozenset()
    couples: bool = False
    start_rule: StartRule = StartRule.BC_WINS
    choices: Mapping[str, Choice] = field(default_factory=dict)
    forced: Side | None = None
    unconditional: bool = False
    agreed: frozenset[Act] | None = None
    rehearsal: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One record as both sides show it now, its ids, and what is remembered of it.

    `held` is what each side held; None for a pair that was never merged. `intent` is what a crashed worker was about to write.
    `turns` keeps the last carryings of two-way values (rule B7). `stamps` says when each row was last changed, `synced_at` when we
    last wrote to the pair (rule B8); `claimed` says that a row was being created when the last worker stopped. `asked` are units of which
    a person was asked at the first merge. An `unmarked` pair is written without whose it is: another row says so.
    """

    rows: Mapping[Side, Row]
    ids: Mapping[Side, str]
    held: Mapping[str, Held] = field(default_factory=dict)
    intent: Mapping[str, Mapping[str, Held]] = field(default_factory=dict)
    turns: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict)
    stamps: Mapping[Side, datetime] = field(default_factory=dict)
    synced_at: datetime | None = None
    coupled: bool = False
    claimed: bool = False
    asked: frozenset[str] = frozenset()
    unmarked: bool = False

    @property
    def lost(self) -> bool:
        """Whether one row of the pair is gone."""
        return self.coupled and not self.claimed and self.only_side is not None

    @property
    def only_side(self) -> Side | None:
        """The side that holds the only row; None when both do."""
        return next(iter(self.rows)) if len(self.rows) == 1 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a record, or one of its fields, could not be kept in step.

    `values` is what both sides hold in the unit, and `held` what each held when they were last in step: what a person needs to choose.
    `service` is what a service answered, in full; `sums` are the total of a document and the places where the two sides part.
    """

    code: str
    detail: str
    field: str | None = None
    waits: Awaited | None = None
    left_out: bool = False
    noted: bool = False
    values: Mapping[Side, Value] | None = None
    held: Held | None = None
    service: Mapping[str, Any] | None = None
    sums: Sequence[Mapping[str, str]] = ()

    @property
    def holds_back(self) -> bool:
        """Whether the record, or one of its fields, does not go through because of this."""
        return not (self.left_out or self.noted)


def because(refusal: Refusal) -> Problem:
    """A refusal as the problem of a whole record."""
    return Problem(code=refusal.code, detail=refusal.detail, waits=refusal.waits)


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeLine:
    """A line that is made with its document: its mapping, the ids of both rows, what both hold then, and how people call it.

    A service that refuses the document tells by one of its `names` which line is meant.
    """

    mapping: str
    ids: Mapping[Side, str]
    held: Mapping[str, Held]
    called: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The steps for one pair, what both sides will hold once they are done, and what stands in the way.

    `intent` names per side about to be written, and unit, what both sides hold then. `arrived` are those writes of a crashed worker
    that got through: what both sides held then. `asked` are the units that wait for a person's first choice (rule A3), None where the
    units were not looked at. `why` tells in words why nothing is done. `act` is what the brake counts; `restores` is the side whose row
    is to begin a new life, `parts` says that the pair is uncoupled once the steps are done (rules C2, C3), and
    `frees` that either record may be coupled again; `done` says that the coupling is closed then (rule C5). `lines` are made with it.
    """

    steps: tuple[Step, ...] = ()
    outcomes: Mapping[Side, Outcome] = field(default_factory=dict)
    held: Mapping[str, Held] = field(default_factory=dict)
    arrived: Mapping[str, Held] = field(default_factory=dict)
    intent: Mapping[str, Mapping[str, Held]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    creates: Side | None = None
    shortened: bool = False
    set_back: bool = False
    asked: frozenset[str] | None = None
    why: str | None = None
    act: Act | None = None
    restores: Side | None = None
    parts: bool = False
    frees: bool = False
    done: bool = False
    lines: tuple[MadeLine, ...] = ()

    @property
    def claimed(self) -> Mapping[str, Held]:
        """What a row that is about to be made surely holds once it is there; nothing where none is made."""
        unsure = self.intent.get(self.creates, {}) if self.creates else {}
        return {name: held for name, held in self.held.items() if name not in unsure} if self.creates else {}
