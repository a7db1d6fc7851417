"""A random history of a tiny company, told step by step, with a model of its own that says what must come of each run.

The model knows the rules and nothing of the engine: before every run it reads both systems, works out what the run has to leave behind,
and compares. It keeps, per pair, what both rows held when they were last in step.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sync.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer

Value = Any
Values = Mapping[str, Value]

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


class History:
    """The company, its people, and what must be true of it."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.dice = engine, random.Random(seed)
        self.pairs: list[Pair] = []
        self.parted: set[str] = set()
        self.doubtful: set[str] = set()
        self.numbers = 100
        self.told: list[str] = []
        self.rows: dict[Side, dict[str, Any]] = {}

    # --- the world

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

    # --- what people do

    async def somebody_joins(self) -> None:
        """A new customer, or a new account that nobody knows in BC."""
        self.numbers += 1
        record: Record
        if self.dice.random() < 0.5:
            record = customer(f"C{self.numbers}", displayName=self.fresh("Customer"), creditLimit=100 + self.numbers)
        else:
            names = [self.rows[Side.BC][id_]["displayName"].upper() for id_ in self.free(Side.BC)]
            name = self.dice.choice([*names, self.fresh("Account")])
            record = account(f"A{self.numbers}", name=name, telephone1=self.dice.choice([None, self.fresh("7")]))
        await self.engine.seed(record)
        self.tell("joins", record.table, record.id)

    async def somebody_edits(self) -> None:
        """A person types something new into a row of a pair; sometimes two people type the same on both sides."""
        pairs = self.whole()
        if not pairs:
            return
        pair, name = self.dice.choice(pairs), self.dice.choice(list(UNITS))
        sides = self.dice.choice([[Side.BC], [Side.SALES], [Side.BC], [Side.SALES], list(Side)])
        same = self.fresh("9" if name == "phoneNumber" else "Text")
        for side in sides:
            text = same if self.dice.random() < 0.5 else self.fresh("8" if name == "phoneNumber" else "Own")
            await self._type(pair, side, self.dice.choice(UNITS[name][0 if side is Side.BC else 1]), text)

    async def somebody_edits_the_credit_limit(self) -> None:
        """The amount is BC's: what is typed in Sales is set back."""
        pairs = self.whole()
        if pairs:
            self.numbers += 1
            side = self.dice.choice(list(Side))
            await self._type(self.dice.choice(pairs), side, CREDIT[0 if side is Side.BC else 1], 1000 + self.numbers)

    async def _type(self, pair: Pair, side: Side, column: str, value: Value) -> None:
        id_, table = (pair.bc, "customers") if side is Side.BC else (pair.sales, "accounts")
        await self.engine.people(side).edit(table, id_, **{column: value})
        self.tell("edits", side, id_, column, value)

    async def somebody_deletes(self) -> None:
        """A row of a pair goes; one pair at a time, so that no list of ids is too short to be believed."""
        pairs = self.whole()
        if len(pairs) <= FEWEST or len(pairs) <= len(self.pairs) / 2:
            return
        pair, side = self.dice.choice(pairs), self.dice.choice(list(Side))
        table, id_ = ("customers", pair.bc) if side is Side.BC else ("accounts", pair.sales)
        await self.engine.people(side).delete(table, id_)
        pair.gone, pair.noticed = (BC_GONE, False) if side is Side.BC else (SALES_GONE, False)
        self.tell("deletes", side, id_)

    async def somebody_couples(self) -> None:
        """By hand, and BC wins; a record that is coupled already is refused with nothing half done."""
        customers, accounts = self.free(Side.BC), self.free(Side.SALES)
        if not customers or not accounts:
            return
        bc, sales = self.dice.choice(customers), self.dice.choice(accounts)
        if self.pairs and self.dice.random() < 0.2:
            other = self.dice.choice(self.pairs)
            refused = await self.engine.api.post("couplings/CUSTOMER", {"bc": bc, "sales": other.sales})
            self.expect(refused.status in (404, 409), "a second coupling was not refused", refused.json)
        pair = Pair(bc, sales)
        wanted = self.first_merge(pair)
        answer = await self.engine.api.post("couplings/CUSTOMER", {"bc": bc, "sales": sales, "sync": "merge", "startRule": "bcWins"})
        self.tell("couples", bc, sales, answer.status)
        self.expect(answer.status == 200 and answer.json["outcome"] == "coupled", "not coupled", answer.json)
        self.pairs.append(pair)
        self.parted -= {bc, sales}
        await self.read()
        self.compare(pair, wanted)

    async def somebody_uncouples(self) -> None:
        if len(self.pairs) <= FEWEST:
            return
        pair = self.dice.choice(self.pairs)
        answer = await self.engine.api.delete("couplings/CUSTOMER", {"bc": pair.bc})
        self.tell("uncouples", pair.bc, pair.sales, answer.status, answer.json)
        self.expect(answer.status == 200 and answer.json["records"][0]["outcome"] == "uncoupled", "not uncoupled", answer.json)
        self.pairs.remove(pair)
        self.parted |= {pair.bc, pair.sales}

    async def somebody_merges_accounts(self) -> None:
        """Two accounts turn out to be one house: the coupling goes with the one that is left, if that is free."""
        accounts = [pair.sales for pair in self.whole()] + self.free(Side.SALES)
        if len(self.whole()) <= FEWEST or len(accounts) < 2:
            return
        loser, survivor = self.dice.sample(accounts, 2)
        await self.engine.sales.hand("merge", set="accounts", id=survivor, other=loser, values={})
        self.tell("merges", loser, "into", survivor)
        mine = next((pair for pair in self.pairs if pair.sales == loser), None)
        for pair in self.pairs:
            pair.heir = survivor if pair.heir == loser else pair.heir
        if mine is None:
            return
        if survivor in self.coupled(Side.SALES):
            mine.gone, mine.noticed, mine.heir = SALES_GONE, False, survivor
        else:
            mine.sales = survivor
            self.parted.discard(survivor)

    async def somebody_decides(self) -> None:
        """A conflict is settled: one side for all of the record's units."""
        torn = [pair for pair in self.whole() if pair.torn]
        if not torn:
            return
        pair, side = self.dice.choice(torn), self.dice.choice(list(Side))
        problem = await self.engine.ctx.store.problems.get(self.engine.ctx.company, "CUSTOMER", f"bc:{pair.bc}")
        if problem is None:
            return
        settled = {name: self.unit(side, pair.bc if side is Side.BC else pair.sales, name) for name in pair.torn}
        wanted = {**self.later_merge(pair), **{name: (value, value) for name, value in settled.items()}}
        choices = dict.fromkeys(sorted(pair.torn), side.value)
        answer = await self.engine.api.post("problems/resolve", {"mapping": "CUSTOMER", "record": f"bc:{pair.bc}", "choices": choices})
        self.tell("decides", pair.bc, choices, answer.status, answer.json.get("code"))
        self.expect(answer.status == 200, "the conflict was not settled", answer.json)
        await self.read()
        self.compare(pair, wanted)

    # --- what runs leave behind

    async def couplet_looks(self) -> None:
        """The timers' look: what changed on either side."""
        await self._run("looks", self._look)

    async def couplet_dies_and_goes_on(self) -> None:
        """A worker dies around a write of a look; after a while another one takes up what he left."""
        for _ in range(3):
            await self.somebody_edits()
        await self.read()
        await self._run("looks, dies and goes on", self._look_of_two_workers)

    async def couplet_compares(self) -> None:
        """A look, and the comparison of ids that finds what nobody told of."""
        await self._run("looks and compares", self._look_and_compare)

    async def couplet_synchronises_in_full(self) -> None:
        """A full synch, which also makes accounts of customers that nobody parted from theirs."""
        makes = [id_ for id_ in self.free(Side.BC) if id_ not in self.parted]
        before = len(self.rows[Side.SALES])
        await self._run("synchronises in full", self._full_synch)
        self.expect(len(self.rows[Side.SALES]) == before + len(makes), f"{len(makes)} accounts were to be made", sorted(makes))
        for id_ in makes:
            coupling = await self.engine.ctx.store.couplings.load(self.engine.ctx.company, "CUSTOMER", Side.BC, [id_])
            self.expect(id_ in coupling, "no account was made", id_)
            pair = Pair(id_, coupling[id_].sales_id)
            self.pairs.append(pair)
            self.compare(pair, {name: (self.unit(Side.BC, id_, name),) * 2 for name in UNITS})

    async def couplet_matches(self) -> None:
        """Match-based coupling by name: those of one name on each side, whatever its case; two of a name are somebody's to decide."""
        await self._two_houses_join_on_both_sides()
        await self.couplet_looks()
        named = {side: self._by_name(side) for side in Side}
        both = named[Side.BC].keys() & named[Side.SALES].keys()
        clear = {name for name in both if all(len(named[side][name]) == 1 for side in Side)}
        pairs = [Pair(named[Side.BC][name][0], named[Side.SALES][name][0]) for name in sorted(clear)]
        wanted = [self.first_merge(pair) for pair in pairs]
        self.doubtful = {id_ for name in both - clear for id_ in named[Side.BC][name]}
        self.tell("Couplet matches", len(pairs), "pairs,", len(self.doubtful), "in doubt")
        answer = await self.engine.api.post("couplings/CUSTOMER/match", {"criteria": [{"field": "displayName"}]})
        self.expect(answer.status == 202, "no match", answer.json)
        await self.engine.drain()
        await self.read()
        self.pairs += pairs
        for pair, values in zip(pairs, wanted, strict=True):
            self.compare(pair, values)
        await self.check()

    async def _two_houses_join_on_both_sides(self) -> None:
        """Customers whose accounts somebody typed by himself, one of them perhaps twice."""
        for _ in range(2):
            name = self.fresh("House")
            await self.engine.seed(customer(f"C{self.numbers}", displayName=name, creditLimit=100 + self.numbers, city=self.fresh("City")))
            for copy in range(self.dice.choice([1, 1, 2])):
                await self.engine.seed(account(f"A{self.numbers}-{copy}", name=name.upper(), telephone1=self.fresh("7")))
        await self.read()

    def _by_name(self, side: Side) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id_ in self.free(side):
            if id_ not in self.parted:
                name = self.rows[side][id_]["displayName" if side is Side.BC else "name"].replace(" ", "").casefold()
                found.setdefault(name, []).append(id_)
        return found

    async def _look(self) -> None:
        await self.engine.look("CUSTOMER")

    async def _look_of_two_workers(self) -> None:
        await self.engine.ask_for_a_look("CUSTOMER")
        # With nothing to write nobody dies
        with suppress(AssertionError):
            await self.engine.die(self.dice.choice(list(Side)), self.dice.choice(["before", "after"]))
            self.tell("a worker died")
        await self.engine.leases_run_out("CUSTOMER")
        await self.engine.drain()

    async def _look_and_compare(self) -> None:
        await self.engine.look("CUSTOMER")
        answer = await self.engine.api.post("mappings/CUSTOMER/compare")
        self.expect(answer.status == 202, "no comparison", answer.json)
        await self.engine.drain()
        for pair in self.pairs:
            pair.noticed |= pair.gone is not None

    async def _full_synch(self) -> None:
        await self.engine.sync("CUSTOMER", create="toSales")

    async def _run(self, what: str, run: Any) -> None:
        self.tell("Couplet", what)
        wanted = {pair.bc: self.later_merge(pair) for pair in self.whole()}
        heirs = {id(pair): self.later_merge(replace(pair, sales=pair.heir)) for pair in self.pairs if pair.heir in self.free(Side.SALES)}
        await run()
        await self.read()
        for pair in [pair for pair in self.pairs if id(pair) in heirs]:
            await self._inherited(pair, heirs[id(pair)], wanted)
        for pair in self.whole():
            self.compare(pair, wanted[pair.bc])
        for pair in self.pairs:
            # Sales tells of its deletions itself; those of BC are found by comparing ids.
            pair.noticed |= pair.gone == SALES_GONE and "looks" in what
        await self.check()

    async def _inherited(self, pair: Pair, values: dict[str, tuple[Value, Value]], wanted: dict[str, Any]) -> None:
        """The account that is left became free: as soon as the pair is looked at, the coupling goes there."""
        coupling = await self.engine.coupling("CUSTOMER", Record(Side.BC, "customers", pair.bc, {}))
        if coupling and coupling.sales_id == pair.heir:
            pair.sales, pair.gone, pair.heir, wanted[pair.bc] = coupling.sales_id, None, None, values
            self.parted.discard(pair.sales)

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
