"""Rule C6 under load: people edit both sides while several workers, one of them dying now and then, keep them in step."""

from __future__ import annotations

import asyncio
import random

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.world import Record, account, customer

PAIRS = 8
ROUNDS = 6


class People:
    """Two offices: one types phone numbers in Business Central, the other e-mail addresses in Sales. Remembers who typed what last."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.dice = engine, random.Random(seed)
        self.pairs = [
            (customer(f"C{n}", phoneNumber="0"), account(f"A{n}", accountnumber=f"C{n}", emailaddress1="0@example.com"))
            for n in range(PAIRS)
        ]
        self.last: dict[str, str] = {}

    async def type_something(self) -> None:
        mine, theirs = self.dice.choice(self.pairs)
        number = str(self.dice.randrange(1000))
        await (self._phone(mine, number) if self.dice.random() < 0.5 else self._email(theirs, f"{number}@example.com"))

    async def _phone(self, mine: Record, number: str) -> None:
        await self.engine.edit(mine, phoneNumber=number)
        self.last[mine.id] = number

    async def _email(self, theirs: Record, address: str) -> None:
        await self.engine.edit(theirs, emailaddress1=address)
        self.last[theirs.id] = address

    async def shown(self) -> list[tuple[str, str, str | None, str | None]]:
        customers = {row["id"]: row for row in await self.engine.bc.rows("customers")}
        accounts = {row["accountid"]: row for row in await self.engine.sales.rows("accounts")}
        return [
            (
                customers[one.id]["phoneNumber"],
                customers[one.id]["email"],
                accounts[two.id]["telephone1"],
                accounts[two.id]["emailaddress1"],
            )
            for one, two in self.pairs
        ]

    def expected(self) -> list[tuple[str, str, str | None, str | None]]:
        typed = [(self.last.get(one.id, "0"), self.last.get(two.id, "0@example.com")) for one, two in self.pairs]
        return [(phone, mail, phone, mail) for phone, mail in typed]


async def _worker(engine: Engine) -> None:
    await engine.drain()
    await asyncio.sleep(0)


@pytest.mark.rule("C6")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_edit_is_lost_while_two_workers_race_with_two_offices(engine: Engine, seed: int) -> None:
    people = People(engine, seed)
    await engine.seed(*(record for pair in people.pairs for record in pair))
    await engine.sync("CUSTOMER")
    for _ in range(ROUNDS):
        for _ in range(4):
            await people.type_something()
        await engine.ask_for_a_look("CUSTOMER")
        await asyncio.gather(_worker(engine), people.type_something(), _worker(engine), people.type_something())
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    assert await people.shown() == people.expected()
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("C6")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_edit_is_lost_when_workers_die_at_their_writes(engine: Engine, seed: int) -> None:
    people, dice = People(engine, seed), random.Random(seed)
    await engine.seed(*(record for pair in people.pairs for record in pair))
    await engine.sync("CUSTOMER")
    for _ in range(ROUNDS):
        mine, theirs = dice.choice(people.pairs)
        side = dice.choice(list(Side))
        await engine.look("CUSTOMER")
        await (
            people._phone(mine, str(dice.randrange(1000, 2000)))
            if side is Side.SALES
            else people._email(theirs, f"{dice.random()}@x.example")
        )
        await engine.ask_for_a_look("CUSTOMER")
        await engine.die(side, dice.choice(["before", "after"]))
        for _ in range(3):
            await people.type_something()
        await engine.leases_run_out("CUSTOMER")
        await engine.drain()
    await engine.look("CUSTOMER")
    await engine.look("CUSTOMER")
    assert await people.shown() == people.expected()
    assert await engine.problems("CUSTOMER") == []
