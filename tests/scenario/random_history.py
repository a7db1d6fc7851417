"""What Couplet does in a random history, and what each run must leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sync.heart.plan import Side
from tests.scenario.history_model import SALES_GONE, UNITS, Broken, Pair, Value
from tests.scenario.history_people import People
from tests.scenario.world import Record


class History(People):
    """A tiny company, its people, and Couplet; before every run the model works out what must come of it."""

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
        before, self.doubtful = len(self.rows[Side.SALES]), self.doubtful - set(makes)
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
        await self.two_houses_join_on_both_sides()
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
        self.pairs += pairs

        async def as_it_should_be() -> None:
            for pair, values in zip(pairs, wanted, strict=True):
                self.compare(pair, values)
            await self.check()

        await self._eventually(as_it_should_be)

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
        for pair in self.pairs:
            # Sales tells of its deletions itself; those of BC are found by comparing ids.
            pair.noticed |= pair.gone == SALES_GONE and "looks" in what

        async def as_it_should_be() -> None:
            for pair in [pair for pair in self.pairs if id(pair) in heirs and pair.heir]:
                await self._inherited(pair, heirs[id(pair)], wanted)
            for pair in self.whole():
                self.compare(pair, wanted[pair.bc])
            await self.check()

        await self._eventually(as_it_should_be)

    async def _eventually(self, as_it_should_be: Callable[[], Awaitable[None]]) -> None:
        """What does not get through at once, as a service was too slow, is tried again within seconds."""
        for _ in range(20):
            await self.read()
            with suppress(Broken):
                return await as_it_should_be()
            await asyncio.sleep(0.5)
            await self.engine.drain()
        await self.read()
        await as_it_should_be()

    async def _inherited(self, pair: Pair, values: dict[str, tuple[Value, Value]], wanted: dict[str, Any]) -> None:
        """The account that is left became free: as soon as the pair is looked at, the coupling goes there."""
        coupling = await self.engine.coupling("CUSTOMER", Record(Side.BC, "customers", pair.bc, {}))
        if coupling and coupling.sales_id == pair.heir:
            pair.sales, pair.gone, pair.heir, wanted[pair.bc] = coupling.sales_id, None, None, values
            self.parted.discard(pair.sales)
