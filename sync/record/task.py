"""One record in work: what was loaded of it, what is planned, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mapping.model import TableMapping
from mapping.values import Side
from sync.errors import CoupletError
from sync.heart.coupling import Coupling, Held, Life
from sync.heart.plan import Act, Outcome, Pair, Plan, Problem, Row
from sync.services.model import Answer


@dataclass(kw_only=True, eq=False)
class Task:
    """One record in work.

    `ids` holds the ids of both rows, the planned one included; `rows` those that exist; `creates` the sides on which a missing one may be
    made (rule A2). `life_number` is that of a coupling about to be made (rule A6). `again` asks for another round, `first_look` is
    true until the first one, `busy` says that somebody else works on the record. `refused` keeps units that a service refused in this run.
    `orphaned` says that a row was made and the one that it was made of is gone. `held_back` is what this run may not do before it is known
    to how many records (rule C3); `in_doubt` names what was kept for writes that may have got through; `inherits` is the coupling of an
    older version that the row takes over (rule E7); `unmarked` says that another row of Sales is marked with the record, `parted` and
    `restored` what became of it. `lines` are those of a document, as people have `called` them, and `refused_lines` those that a service
    refused in this run. The rows of sides `at_hand` need not be read again.
    """

    mapping: TableMapping
    source: Side
    ids: dict[Side, str]
    rows: dict[Side, Row]
    coupling: Coupling | None = None
    creates: frozenset[Side] = frozenset()
    life_number: int = 1
    matched: bool = False
    plan: Plan = field(default_factory=Plan)
    answers: list[Answer] = field(default_factory=list)
    refused: dict[str, Problem] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    outcomes: dict[Side, Outcome] = field(default_factory=dict)
    shortened: bool = False
    set_back: bool = False
    became_coupled: bool = False
    first_look: bool = True
    again: bool = False
    busy: bool = False
    orphaned: bool = False
    held_back: Act | None = None
    in_doubt: dict[Side, Sequence[str]] = field(default_factory=dict)
    inherits: Coupling | None = None
    parted: bool = False
    restored: bool = False
    unmarked: bool = False
    at_hand: frozenset[Side] = frozenset()
    lines: list[Task] = field(default_factory=list)
    refused_lines: dict[str, Problem] = field(default_factory=dict)
    called: str = ""

    @property
    def key(self) -> str:
        """The record's name in problems and waiting rows: by its BC id where it has one."""
        exists = Side.BC in self.rows or (self.coupling and self.coupling.life is not Life.CLAIMED)
        side = Side.BC if exists and Side.BC in self.ids else Side.SALES
        return f"{side}:{self.ids[side]}"

    @property
    def pair(self) -> Pair:
        """The record as `reconcile` wants it."""
        coupling = self.coupling
        return Pair(
            rows=self.rows,
            ids=self.ids,
            held=coupling.held if coupling else {},
            intent=coupling.intent if coupling else {},
            turns=coupling.turns if coupling else {},
            stamps={side: moment(row[column]) for side, row in self.rows.items() if row.get(column := self.mapping.table(side).changed)},
            synced_at=coupling.synced_at if coupling else None,
            coupled=coupling is not None,
            claimed=coupling is not None and coupling.life is Life.CLAIMED and not self.orphaned,
            asked=coupling.asked if coupling else frozenset(),
            unmarked=self.unmarked,
        )

    def fail(self, problem: Problem) -> None:
        """The record did not get through in this run, on the sides where its steps were refused or not reached."""
        self.problems.append(problem)
        done = next((place for place, answer in enumerate(self.answers) if answer.error), len(self.plan.steps))
        for side in {step.side for step in self.plan.steps[done:]} or {self.source.other}:
            self.outcomes[side] = Outcome.FAILED

    def was_to_be_written(self, side: Side) -> bool:
        """Whether the plan has steps on a side."""
        return any(step.side is side for step in self.plan.steps)

    def held_after(self) -> Mapping[str, Held]:
        """What both sides hold once the plan is carried out."""
        return {**(self.coupling.held if self.coupling else {}), **self.plan.arrived, **self.plan.held}


def moment(stamp: str) -> datetime:
    """A stamp as a service writes it."""
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def refused_unit(task: Task, error: CoupletError) -> str | None:
    """The name of the unit that the service named in its refusal (rule B9)."""
    named = (error.field or "").partition("@")[0]
    for unit in task.mapping.fields:
        for member in unit.members:
            if named and named in (member.bc, member.sales, member.shown(Side.SALES), getattr(member.kind, "nav", None)):
                return unit.name
    return None
