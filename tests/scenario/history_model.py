"""The model of a random history: what both systems hold, what was last in step, and what the rules make of it.

It knows the rules and nothing of the engine: it reads both systems, works out what a run has to leave behind, and compares.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.heart.plan import Side
from tests.scenario.engine import Engine

Value = Any

UNITS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "displayName": (("displayName",), ("name",)),
    "phoneNumber": (("phoneNumber",), ("telephone1",)),
    "contact": (("contact",), ("address1_primarycontactname",)),
    "address": (("addressLine1", "city"), ("address1_line1", "address1_city")),
}
"""Two-way units: BC's properties and Sales' columns; the address is merged as one value."""

CREDIT = ("creditLimit", "creditlimit")
"""The one-way field: BC's amount, to Sales."""

FEWEST = 3
"""Pairs that are left, so that the story goes on."""

SALES_GONE, BC_GONE = "its account is gone", "its customer is gone"


@dataclass
class Pair:
    """One coupling, and what both rows held when they were last in step. `torn` are units of which both sides were edited.

    `heir` is the account that the one of this pair was merged into, while that is somebody else's.
    """

    bc: str
    sales: str
    agreed: dict[str, Value] = field(default_factory=dict)
    torn: set[str] = field(default_factory=set)
    gone: str | None = None
    noticed: bool = False
    heir: str | None = None


class Broken(AssertionError):
    """The history went another way than the rules say."""


class Story:
    """The company, and what must be true of it."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.dice = engine, random.Random(seed)
        self.pairs: list[Pair] = []
        self.parted: set[str] = set()
        self.doubtful: set[str] = set()
        self.numbers = 100
        self.told: list[str] = []
        self.rows: dict[Side, dict[str, Any]] = {}

    async def read(self) -> None:
        """Both tables as they are now, by id."""
        self.rows = {
            Side.BC: {row["id"]: row for row in await self.engine.bc.rows("customers")},
            Side.SALES: {row["accountid"]: row for row in await self.engine.sales.rows("accounts")},
        }

    def unit(self, side: Side, id_: str, name: str) -> Value:
        columns = UNITS[name][0 if side is Side.BC else 1]
        return tuple(self.rows[side][id_].get(column) or None for column in columns)

    def coupled(self, side: Side) -> set[str]:
        return {pair.bc if side is Side.BC else pair.sales for pair in self.pairs}

    def free(self, side: Side) -> list[str]:
        """Records that are in no coupling, merged away ones left out."""
        return sorted(id_ for id_, row in self.rows[side].items() if id_ not in self.coupled(side) and not row.get("statecode"))

    def whole(self) -> list[Pair]:
        """Pairs of which both rows are there."""
        return [pair for pair in self.pairs if pair.gone is None]

    def fresh(self, what: str) -> str:
        """A text that nobody typed before."""
        self.numbers += 1
        return f"{what} {self.numbers}"

    def tell(self, *words: object) -> None:
        self.told.append(" ".join(map(str, words)))

    def later_merge(self, pair: Pair) -> dict[str, tuple[Value, Value]]:
        """What each unit holds on both sides after a run (rules B1 to B4)."""
        after = {}
        for name in UNITS:
            mine, theirs = self.unit(Side.BC, pair.bc, name), self.unit(Side.SALES, pair.sales, name)
            before = pair.agreed.get(name)
            if mine in (theirs, before):
                after[name] = (theirs, theirs)
            elif theirs == before:
                after[name] = (mine, mine)
            else:
                after[name] = (mine, theirs)
        return after

    def first_merge(self, pair: Pair) -> dict[str, tuple[Value, Value]]:
        """What each unit holds once a pair was coupled: blanks are filled, else BC wins (rule A3)."""
        after = {}
        for name in UNITS:
            mine, theirs = self.unit(Side.BC, pair.bc, name), self.unit(Side.SALES, pair.sales, name)
            contradict = any(one != other and one is not None and other is not None for one, other in zip(mine, theirs, strict=True))
            filled = tuple(one if one is not None else other for one, other in zip(mine, theirs, strict=True))
            after[name] = (mine, mine) if contradict else (filled, filled)
        return after

    def compare(self, pair: Pair, wanted: Mapping[str, tuple[Value, Value]]) -> None:
        """Both rows hold what the rules say, and the amount is BC's."""
        for name, values in wanted.items():
            held = (self.unit(Side.BC, pair.bc, name), self.unit(Side.SALES, pair.sales, name))
            self.expect(
                held == values, f"{name} of {pair.bc} and {pair.sales}: {held} in place of {values}, last in step {pair.agreed.get(name)}"
            )
            if held[0] == held[1]:
                pair.agreed[name] = held[0]
        pair.torn = {name for name, (mine, theirs) in wanted.items() if mine != theirs}
        amounts = self.rows[Side.BC][pair.bc][CREDIT[0]], self.rows[Side.SALES][pair.sales].get(CREDIT[1])
        self.expect(amounts[0] == amounts[1], f"the credit limit of {pair.bc}: {amounts}")

    async def check(self) -> None:
        """One row, one coupling; and every exception is a problem, and nothing else is one."""
        held = [each for each in await self.engine.couplings("CUSTOMER") if each.life == "coupled"]
        couplings = {each.bc_id: each.sales_id for each in held}
        self.expect(len(held) == len(set(couplings.values())) == len(couplings), "a row is coupled twice", couplings)
        expected = {pair.bc: pair.sales for pair in self.whole()}
        self.expect({bc: couplings.get(bc) for bc in expected} == expected, "couplings differ", couplings, expected)
        open_problems = {row.key.partition(":")[2]: row for row in await self.engine.problem_rows("CUSTOMER")}
        for pair in self.pairs:
            problem = open_problems.get(pair.bc) or open_problems.get(pair.sales)
            if pair.gone:
                self.expect(not pair.noticed or problem is not None, f"{pair.bc}: {pair.gone}, and nobody is told")
                continue
            fields = {each["field"] for each in problem.details["problems"]} if problem else set()
            self.expect(fields == pair.torn, f"problems of {pair.bc}: {fields}, in conflict {pair.torn}")
        known = {id_ for pair in self.pairs for id_ in (pair.bc, pair.sales)}
        self.doubtful -= known
        self.expect(self.doubtful <= open_problems.keys(), "in doubt, and nobody is told", self.doubtful - open_problems.keys())
        known |= self.doubtful
        self.expect(open_problems.keys() <= known, "problems of records that are in step or nobody's", open_problems.keys() - known)

    def expect(self, is_so: bool, *words: object) -> None:
        if not is_so:
            raise Broken("\n".join([" ".join(map(str, words)), "", *self.told]))
