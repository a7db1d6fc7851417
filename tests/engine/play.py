"""One history: two workers on one record, people who edit either side, crashes, lost answers, leases that run out; and its judgement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum

from mapping.values import Side
from sync.errors import Unavailable
from sync.heart.plan import Create, Run, Step
from sync.record.records import Seen, synchronize
from tests.engine.stage import Clock, Stage
from tests.engine.twin import FIELDS, PAIR, Twins

RUN = Run(creates=frozenset(Side), couples=True)
MOST_CALLS = 60
"""More calls than any worker makes for one record."""

MOST_ROUNDS = 6
"""So many runs in a row, nobody disturbing them, must come to an end."""


class Do(StrEnum):
    """What may happen next."""

    GO = "go"
    CRASH = "crash"
    LOSE_ANSWER = "lose answer"
    EDIT = "edit"
    REVERT = "revert"
    WAIT = "wait"


@dataclass(frozen=True)
class Act:
    """One thing that happens: to a worker, or by a person to a field of one side."""

    do: Do
    worker: int = 0
    times: int = 1
    side: Side = Side.BC
    name: str = FIELDS[0]


@dataclass(frozen=True)
class Script:
    """Where both workers come from, which rows exist at the beginning, and what happens.

    `announced` has every write compared with lease and intent; `untold` lets people do what nobody can be told of (see `Play`).
    """

    acts: Sequence[Act]
    sides: tuple[Side, Side] = (Side.BC, Side.SALES)
    there: tuple[Side, ...] = tuple(Side)
    announced: bool = True
    untold: bool = False


class Play:
    """A script on the stage."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.stage = Stage()
        self.twins = Twins(self.stage, there=script.there)
        self.count = 0
        if script.announced:
            for service in self.twins.services.values():
                service.on_write = self._announced

    async def run(self) -> Twins:
        """Play it to its end, then let one worker after the other bring all into step, and judge."""
        try:
            for act in self.script.acts:
                await self._act(act)
            for actor in self.stage.tasks:
                await self._act(Act(Do.GO, actor, MOST_CALLS))
                assert not self.stage.alive(actor), "a worker does not come to an end"
        finally:
            errors = await self.stage.clear()
        for error in errors:
            if not isinstance(error, Unavailable):
                raise error
        Clock.present += timedelta(hours=2)
        await self._finish()
        self._judge()
        return self.twins

    async def _act(self, act: Act) -> None:
        if act.do in (Do.GO, Do.CRASH, Do.LOSE_ANSWER):
            await self._worker(act)
        elif act.do is Do.WAIT:
            Clock.present += timedelta(0) if self.twins.in_lease else timedelta(hours=2)
        else:
            self._person(act)

    async def _worker(self, act: Act) -> None:
        if act.worker not in self.stage.tasks:
            await self.stage.enter(act.worker, self._work(self.script.sides[act.worker]))
        if act.do is Do.CRASH:
            await self.stage.crash(act.worker)
        elif act.do is Do.LOSE_ANSWER:
            self.stage.lost.add(act.worker)
        else:
            for _ in range(act.times):
                await self.stage.go(act.worker)

    async def _work(self, side: Side) -> None:
        seen = await Seen.read(self.twins.ctx, PAIR, side, self.twins.ids(side))
        await synchronize(self.twins.ctx, PAIR, seen, RUN, "job")

    def _person(self, act: Act) -> None:
        service = self.twins.services[act.side]
        self.count += 1
        text = f"{act.side} {self.count}" if act.do is Do.EDIT else service.earlier(act.name)
        if service.rows_by_id and text is not None and not self._cannot_be_told(act, text):
            service.edit(act.name, text, self.count)
            self.twins.edits[act.side, act.name] += 1

    def _cannot_be_told(self, act: Act, text: str) -> bool:
        """Whether a person would put back what a worker wrote who may crash before he remembers it.

        The row then looks as if the write had never taken place, and it takes place again: the one edit that lease and intent miss.
        """
        if self.script.untold:
            return False
        crashes = any(each.do in (Do.CRASH, Do.LOSE_ANSWER) for each in self.script.acts)
        meant = [each.intent.get(act.side, {}).get(act.name) for each in self.twins.couplings.by_bc.values()]
        present = self.twins.services[act.side].past[act.name][-1].text
        return crashes and any(each is not None and each.of(act.side) == present for each in meant)

    def _announced(self, step: Step) -> None:
        """Nothing is written but under a live lease that tells of it."""
        [coupling] = self.twins.couplings.by_bc.values()
        assert coupling.lease and coupling.lease.until > Clock.now(UTC), "written without a lease"
        told = set(coupling.intent.get(step.side, {}))
        assert isinstance(step, Create) or told == set(getattr(step, "values", {})), "written without having said so"

    async def _finish(self) -> None:
        for _ in range(MOST_ROUNDS):
            before = self._written
            for side in Side:
                await self._work(side)
                Clock.present += timedelta(minutes=5)
            if self._written == before:
                return
        raise AssertionError("it does not come to rest")

    @property
    def _written(self) -> tuple[int, int]:
        return sum(len(service.writes) for service in self.twins.services.values()), self.twins.couplings.saves

    def _judge(self) -> None:
        for side, service in self.twins.services.items():
            assert len(service.rows_by_id) == 1, f"{side} holds {len(service.rows_by_id)} rows of one record"
        assert len(self.twins.couplings.by_bc) == 1, "one record, one coupling"
        [coupling] = self.twins.couplings.by_bc.values()
        assert coupling.lease is None and not coupling.intent, "the coupling is not given back"
        for name in FIELDS:
            self._judge_field(name)

    def _judge_field(self, name: str) -> None:
        shown = {side: next(iter(service.rows_by_id.values()))[name] for side, service in self.twins.services.items()}
        in_conflict = {named for problem in self.twins.problems.rows.values() for named in problem.fields}
        if shown[Side.BC] != shown[Side.SALES]:
            assert name in in_conflict, f"{name} differs and nobody is told: {shown}"
            assert all(self.twins.edits[side, name] for side in Side), f"{name} is no conflict, only one side was edited: {shown}"
        else:
            assert name not in in_conflict, f"{name} is in step and yet a problem"
