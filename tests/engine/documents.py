"""A document with lines in memory, on both sides: people finish it, and then neither side takes a write until it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.field import Direction
from mapping.fields import both, on
from mapping.filters import equals
from mapping.ids import derived_id
from mapping.kinds import Exact, Number
from mapping.model import Table, TableMapping
from mapping.order_states import ACTIVE, REOPENED, SUBMITTED, reopened, toggled
from mapping.policies import DeletionPolicy
from mapping.steps import Call, Create, Delete, Single, Update, singles
from mapping.values import Row, Side
from mapping.world import World
from sync.heart.coupling import Coupling, Held, Life
from sync.heart.line_pairs import Line, paired
from sync.heart.plan import Pair, Plan, Run
from sync.heart.reconcile import held_of_new_row, reconcile

BC, SALES = Side.BC, Side.SALES
IDS = {BC: "00000000-0000-0000-0000-00000000000b", SALES: "00000000-0000-0000-0000-00000000000c"}

LINES = TableMapping(
    name="LINES",
    bc=Table(name="bcLines"),
    sales=Table(name="salesLines"),
    direction=Direction.BOTH,
    deletion=DeletionPolicy.DELETE_UNCHANGED,
    natural_keys=(("product", "quantity"), ("product",)),
    part_of="DOCUMENT",
    fields=on("bcLines", "salesLines", both("item", "product", Exact(), name="product"), both("quantity", "quantity", Number())),
)
DOCUMENT = TableMapping(
    name="DOCUMENT",
    bc=Table(name="bcOrders"),
    sales=Table(name="salesOrders"),
    direction=Direction.BOTH,
    keep={BC: [equals("documentStatus", "Released")], SALES: [equals("statecode", SUBMITTED)]},
    reopens={BC: reopened, SALES: toggled},
    halfway={BC: REOPENED},
    fields=on("bcOrders", "salesOrders", both("text", "text")),
)


class Killed(Exception):
    """The worker died."""


@dataclass
class Side_:
    """One side: the document's row, its lines by id, and how many steps it still takes before the worker dies over it."""

    side: Side
    row: dict[str, Any]
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    reopenings: int = 0
    dies_after: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it takes writes."""
        return bool(self.row["statecode"] == ACTIVE if self.side is SALES else self.row["documentStatus"] == "Open")

    def take(self, step: Single) -> None:
        """One step, under the rules of the service."""
        if self.dies_after == 0:
            raise Killed
        self.dies_after = None if self.dies_after is None else self.dies_after - 1
        if isinstance(step, Call):
            self.row["documentStatus"] = "Open" if step.name == "reopen" else "Released"
            self.reopenings += step.name == "reopen"
        elif isinstance(step, Update) and step.id == self.row["id"]:
            states = {"statecode", "statuscode", "yourReference"} & step.values.keys()
            assert self.is_open or states == step.values.keys(), f"{self.side} is read-only"
            self.row |= step.values
            self.reopenings += step.values.get("statecode") == ACTIVE
        else:
            self._line(step)

    def _line(self, step: Single) -> None:
        assert self.is_open, f"the lines of {self.side} are read-only"
        if isinstance(step, Delete):
            del self.lines[step.id]
        elif isinstance(step, Create):
            assert step.id and step.id not in self.lines
            self.lines[step.id] = {"id": step.id, **step.values}
        elif isinstance(step, Update):
            self.lines[step.id] |= step.values


@dataclass
class Document:
    """Both sides and what is remembered of them."""

    bc: Side_
    sales: Side_
    held: Mapping[str, Held] = field(default_factory=dict)
    intent: Mapping[str, Mapping[str, Held]] = field(default_factory=dict)
    couplings: list[Coupling] = field(default_factory=list)
    problems: Sequence[str] = ()

    @classmethod
    def of(cls, bc: Sequence[Row], sales: Sequence[Row]) -> Document:
        """A Released order and a Submitted one with these lines."""
        row = {"id": IDS[BC], "text": "", "documentStatus": "Released", "yourReference": ""}
        other = {"id": IDS[SALES], "text": None, "statecode": SUBMITTED, "statuscode": 3}
        return cls(Side_(BC, row, _numbered(BC, bc)), Side_(SALES, other, _numbered(SALES, sales)))

    def side(self, side: Side) -> Side_:
        """One side."""
        return self.bc if side is BC else self.sales

    def shown(self, side: Side) -> list[tuple[str, float]]:
        """Product and quantity of each line, whatever their order."""
        product = "item" if side is BC else "product"
        return sorted((line[product], float(line["quantity"])) for line in self.side(side).lines.values())

    def synchronize(self) -> Plan:
        """One pass as a worker makes it: plan, say what is meant, write, remember."""
        lines = self._planned()
        pair = Pair(rows={side: dict(self.side(side).row) for side in Side}, ids=IDS, held=self.held, intent=self.intent, coupled=True)
        plan = reconcile(DOCUMENT, pair, World(), Run(), lines=[line for _, line in lines])
        merges = plan.why is None
        if plan.steps:
            self.intent = plan.intent
            self.couplings = [_meant(coupling, line) for coupling, line in lines]
            for side in Side:
                self._carry_out([step for step in singles(plan.steps) if step.side is side], self.side(side))
        if merges:
            self.held, self.intent = {**self.held, **plan.arrived, **plan.held}, {}
            self.couplings = [after for coupling, line in lines if (after := _after(coupling, line))]
        self.problems = [problem.code for problem in plan.problems]
        return plan

    @staticmethod
    def _carry_out(steps: Sequence[Single], side: Side_) -> None:
        """In one transaction; what an action of BC has done stays done."""
        before = {id_: dict(line) for id_, line in side.lines.items()}, dict(side.row)
        try:
            for step in steps:
                side.take(step)
                if isinstance(step, Call):
                    before = {id_: dict(line) for id_, line in side.lines.items()}, dict(side.row)
        except Killed:
            side.lines, side.row = before
            raise

    def _planned(self) -> list[tuple[Coupling, Line]]:
        rows = {side: self.side(side).lines for side in Side}
        found = []
        for known, both_ in paired(LINES, rows, self.couplings, World()):
            ids = known.ids if known else _ids(both_)
            coupling = known or Coupling(company="c", mapping=LINES.name, bc_id=ids[BC], sales_id=ids[SALES], life=Life.CLAIMED)
            pair = Pair(
                rows={side: dict(row) for side, row in both_.items()},
                ids=ids,
                held=coupling.held,
                intent=coupling.intent,
                coupled=known is not None,
                claimed=coupling.life is Life.CLAIMED and known is not None,
            )
            plan = reconcile(LINES, pair, World(), Run(creates=frozenset(Side), couples=True))
            found.append((coupling, Line(pair=pair, plan=plan, called="line")))
        return found


def _ids(rows: Mapping[Side, Row]) -> dict[Side, str]:
    return {side: str(rows[side]["id"]) if side in rows else derived_id("line", rows[side.other]["id"]) for side in Side}


def _numbered(side: Side, lines: Sequence[Row]) -> dict[str, dict[str, Any]]:
    product = "item" if side is BC else "product"
    return {
        f"{side}-{number}": {"id": f"{side}-{number}", product: line["product"], "quantity": line["quantity"]}
        for number, line in enumerate(lines)
    }


def _meant(coupling: Coupling, line: Line) -> Coupling:
    """The coupling of a line before its document is written."""
    return replace(coupling, held=line.plan.claimed if line.plan.creates else coupling.held, intent=line.plan.intent)


def _after(coupling: Coupling, line: Line) -> Coupling | None:
    """The coupling of a line once its document is written; none of one that is gone."""
    if line.plan.parts:
        return None
    held = {**coupling.held, **line.plan.arrived, **line.plan.held}
    if line.plan.creates:
        held = dict(held_of_new_row(LINES, replace(line.pair, held=held), held, World(), line.plan.creates))
    return replace(coupling, life=Life.COUPLED, held=held, intent={})
