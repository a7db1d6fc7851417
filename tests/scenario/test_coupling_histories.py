"""Random histories of coupling, uncoupling, moving and creating by hand: one row, one coupling, whatever people do (rules A4 to A6)."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from sync.heart.coupling import Coupling, Life
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import account, customer

STEPS = 30


class Hands:
    """People who do things to a few customers and accounts, at random, and what must hold after each."""

    def __init__(self, engine: Engine, seed: int, ids: dict[Side, list[str]]) -> None:
        self.engine, self.random, self.ids = engine, random.Random(seed), ids
        self.made: list[str] = []
        self.answers: Counter[tuple[str, int]] = Counter()

    def some(self, side: Side) -> str:
        """One of the records of a side."""
        return self.random.choice(self.ids[side])

    async def step(self) -> None:
        """One thing that a person does."""
        deed = self.random.choice([self.couple, self.couple, self.uncouple, self.uncouple, self.move, self.create])
        answer = await deed()
        assert answer.status in (200, 409), answer.json
        self.answers[deed.__name__, answer.status] += 1

    async def couple(self) -> Any:
        body = {f"{side}Id": self.some(side) for side in Side} | {"sync": self.random.choice(["none", "merge"])}
        return await self.engine.api.post("couplings/CUSTOMER", body)

    async def uncouple(self) -> Any:
        side = self.random.choice(list(Side))
        return await self.engine.api.delete("couplings/CUSTOMER", {f"{side}Id": self.some(side)})

    async def move(self) -> Any:
        side = self.random.choice(list(Side))
        first, second = self.random.sample(self.ids[side], 2)
        return await self.engine.api.post("couplings/CUSTOMER/move", {f"{side}Id": first, "to": second})

    async def create(self) -> Any:
        side = self.random.choice(list(Side))
        answer = await self.engine.api.post("couplings/CUSTOMER", {f"{side}Id": self.some(side), "createNew": True, "force": True})
        if answer.status == 200:
            assert answer.json["outcome"] == "created"
            new = answer.json[f"{side.other}Id"]
            assert new not in self.made + self.ids[side.other], "an id of an earlier life"
            self.made.append(new)
            self.ids[side.other].append(new)
        return answer

    async def check(self) -> list[Coupling]:
        """Every row is in one coupling at most, and both sides lead to the same one."""
        store, company = self.engine.ctx.store, self.engine.ctx.company
        known = await self.engine.couplings("CUSTOMER")
        for side in Side:
            held = Counter(each.of(side) for each in known)
            assert not [id_ for id_, count in held.items() if count > 1]
            found = await store.couplings.load(company, "CUSTOMER", side, held)
            assert {id_: each.ids for id_, each in found.items()} == {each.of(side): each.ids for each in known}
        return known


@pytest.mark.rule("A4", "A5", "A6")
@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_people_do_a_row_is_coupled_once_and_stays_parted_from_runs(engine: Engine, seed: int) -> None:
    customers = [customer(f"C{n}") for n in range(3)]
    accounts = [account(f"A{n}", name=f"Adler {n}") for n in range(3)]
    await engine.seed(*customers, *accounts)
    hands = Hands(engine, seed, {Side.BC: [each.id for each in customers], Side.SALES: [each.id for each in accounts]})
    for _ in range(STEPS):
        await hands.step()
        await hands.check()
    assert {status for _, status in hands.answers} == {200, 409}
    await engine.api.delete("couplings/CUSTOMER", {"bcId": next(each.bc_id for each in await hands.check() if each.life is Life.COUPLED)})
    before = await hands.check()
    await engine.sync("CUSTOMER", create="none")
    after = await hands.check()
    assert {(each.bc_id, each.sales_id) for each in after} >= {(each.bc_id, each.sales_id) for each in before}
    parted = {(each.bc_id, each.sales_id) for each in before if each.life is Life.TOMBSTONE}
    assert parted
    assert parted == {(each.bc_id, each.sales_id) for each in after if each.life is Life.TOMBSTONE}
