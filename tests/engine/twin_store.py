"""A small twin of the store: what is remembered of couplings and problems, kept in memory, with etags and gates."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapping.values import Side
from sync.heart.coupling import Coupling
from sync.store import ProblemRow, Taken
from tests.engine.stage import ACTOR, Stage


class FirstLives:
    """Nothing was ever uncoupled here."""

    async def numbers(self, _company: str, _mapping: str, _side: Side, ids: Iterable[str]) -> dict[str, int]:
        """The first life for everybody."""
        return dict.fromkeys(ids, 1)


@dataclass
class Couplings:
    """The coupling rows, changed only on the etag that was read."""

    stage: Stage
    by_bc: dict[str, Coupling] = field(default_factory=dict)
    saves: int = 0
    leased_by: dict[str, int | None] = field(default_factory=dict)

    async def load(self, company: str, mapping: str, side: Side, ids: Iterable[str]) -> dict[str, Coupling]:
        """The couplings by the id asked for."""
        wanted = list(ids)
        if wanted:
            await self.stage.gate()
        known = {each.bc_id if side is Side.BC else each.sales_id: each for each in self.by_bc.values()}
        return {id_: known[id_] for id_ in wanted if id_ in known}

    async def insert(self, couplings: Sequence[Coupling]) -> list[Coupling | Taken]:
        """New ones; neither id may be coupled already."""
        if couplings:
            await self.stage.gate(saves=True)
        return [self._insert(each) for each in couplings]

    def _insert(self, coupling: Coupling) -> Coupling | Taken:
        for each in self.by_bc.values():
            if coupling.bc_id == each.bc_id or coupling.sales_id == each.sales_id:
                return Taken(each)
        return self._put(coupling)

    async def save(self, couplings: Sequence[Coupling]) -> list[Coupling | None]:
        """Replace those that nobody wrote meanwhile."""
        if couplings:
            await self.stage.gate(saves=True)
        return [self._put(each) if self._unchanged(each) else None for each in couplings]

    async def remove(self, coupling: Coupling) -> bool:
        """Delete one that nobody wrote meanwhile."""
        await self.stage.gate(saves=True)
        unchanged = self._unchanged(coupling)
        if unchanged:
            del self.by_bc[coupling.bc_id]
        return unchanged

    def _unchanged(self, coupling: Coupling) -> bool:
        stored = self.by_bc.get(coupling.bc_id)
        return stored is not None and stored.etag == coupling.etag

    def _put(self, coupling: Coupling) -> Coupling:
        self.saves += 1
        if coupling.lease:
            self.leased_by[coupling.lease.owner] = ACTOR.get()
        stored = replace(copy.deepcopy(coupling), etag=str(self.saves))
        self.by_bc[coupling.bc_id] = stored
        return stored


@dataclass
class Problems:
    """The open problems."""

    rows: dict[str, ProblemRow] = field(default_factory=dict)

    async def put(self, problems: Sequence[ProblemRow], schedule: Any) -> None:
        """Open problems."""
        self.rows |= {each.key: each for each in problems}

    async def resolve(self, company: str, mapping: str, record_keys: Iterable[str]) -> list[str]:
        """Close problems."""
        return [key for key in record_keys if self.rows.pop(key, None)]

    async def of(self, company: str, mapping: str, record_keys: Iterable[str]) -> dict[str, ProblemRow]:
        """Those of some records."""
        return {key: self.rows[key] for key in record_keys if key in self.rows}

    async def waiters(self, company: str, mapping: str, ids: Iterable[str]) -> Sequence[Any]:
        """Nobody waits for anybody here."""
        return []

    async def release(self, waits: Sequence[Any]) -> None:
        """Nobody waits for anybody here."""


class Changes:
    """What was replaced: kept for people, read by no worker."""

    async def put(self, company: str, mapping: str, job: str, changes: Sequence[Any]) -> Sequence[str]:
        """Nothing is kept here."""
        return []

    async def withdraw(self, company: str, mapping: str, names: Iterable[str], writes: Any) -> None:
        """Nothing was kept."""
