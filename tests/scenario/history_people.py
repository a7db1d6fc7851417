"""What people do in a random history."""

from __future__ import annotations

from sync.heart.plan import Side
from tests.scenario.history_model import BC_GONE, CREDIT, FEWEST, SALES_GONE, UNITS, Pair, Story, Value
from tests.scenario.world import Record, account, customer


class People(Story):
    """The people of both systems; each method is something that one of them does, if it can be done."""

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
        if self.whole() and self.dice.random() < 0.2:
            other = self.dice.choice(self.whole())
            refused = await self.engine.api.post("couplings/CUSTOMER", {"bcId": bc, "salesId": other.sales})
            self.expect(refused.status in (404, 409), "a second coupling was not refused", refused.json)
        pair = Pair(bc, sales)
        wanted = self.first_merge(pair)
        answer = await self.engine.api.post("couplings/CUSTOMER", {"bcId": bc, "salesId": sales, "sync": "merge", "startRule": "bcWins"})
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
        answer = await self.engine.api.delete("couplings/CUSTOMER", {"bcId": pair.bc})
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
        if answer.json.get("type") == "urn:couplet:changed_meanwhile":
            return  # somebody typed something else since the problem was shown: nothing is written
        self.expect(answer.status == 200, "the conflict was not settled", answer.json)
        await self.read()
        self.compare(pair, wanted)

    async def two_houses_join_on_both_sides(self) -> None:
        """Customers whose accounts somebody typed by himself, one of them perhaps twice."""
        for _ in range(2):
            name = self.fresh("House")
            await self.engine.seed(customer(f"C{self.numbers}", displayName=name, creditLimit=100 + self.numbers, city=self.fresh("City")))
            for copy in range(self.dice.choice([1, 1, 2])):
                await self.engine.seed(account(f"A{self.numbers}-{copy}", name=name.upper(), telephone1=self.fresh("7")))
        await self.read()
