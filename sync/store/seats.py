"""Which state this is, told by an id of its own and by tokens that change: a copy or a backup knows only tokens of the past (rule G3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import uuid4

from sync.errors import Conflict
from sync.store import keys, tables
from sync.store.entries import OWNER
from sync.store.tables import Refusal, Table

ROW = "seat"
KEPT = 20
"""Tokens that are remembered: several instances renew them at the same time."""

ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Seat:
    """The state's own id, and the last tokens under which it said in Sales that it is there; the newest is the last."""

    state: str
    tokens: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """The one to be written."""
        return self.tokens[-1]


class Seats:
    """One row a company."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def get(self, company: str) -> Seat | None:
        """The company's seat; None before it was first taken."""
        row = await self._table.get(_key(company))
        return _seat(row) if row else None

    async def renew(self, company: str, standing: str | None = None) -> Seat:
        """The seat with one more token, which is stored before anybody writes it.

        The one that is `standing` in Sales stays known, however often a newer one could not be written.
        """
        key = _key(company)
        for _ in range(ATTEMPTS):
            row = await self._table.get(key)
            known = _seat(row) if row else Seat(str(uuid4()))
            kept = [token for token in known.tokens if token == standing]
            others = [token for token in known.tokens if token != standing]
            seat = Seat(known.state, (*kept, *others[len(kept) + 1 - KEPT :], str(uuid4())))
            written: tables.Entity = {"PartitionKey": key[0], "RowKey": key[1], "state": seat.state, "tokens": json.dumps(seat.tokens)}
            answer = await self._table.transact([tables.replace(written, row["etag"]) if row else tables.create(written)])
            if not isinstance(answer, Refusal):
                return seat
        raise Conflict(company=company)


def _seat(row: tables.Entity) -> Seat:
    return Seat(row["state"], tuple(json.loads(row["tokens"])))


def _key(company: str) -> tuple[str, str]:
    return keys.own_partition(company, kind=OWNER), ROW
