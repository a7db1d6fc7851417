"""Small twins of both services and of the store: one table a side, kept in memory, with versions, etags and gates.

A side remembers which people's edits went into the value that it holds of a field, so that a write over an edit that it does not know
is seen as what it is: an edit lost.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from mapping.field import Direction
from mapping.fields import both, on
from mapping.model import Table, TableMapping
from mapping.values import Side
from mapping.world import SalesCurrency
from sync.around.currencies import Money
from sync.around.reference import Reference
from sync.context import Context
from sync.errors import AlreadyExists, NotFound, Stale, Unavailable
from sync.heart.coupling import Coupling, Held
from sync.heart.plan import Create, Row, Step
from sync.services.model import Answer, Profile, ProfileName
from sync.settings import CountryFormat, Discount
from sync.store import ProblemRow, Taken
from tests.engine.stage import ACTOR, Clock, Stage

T = TypeVar("T")

COMPANY = "company"
FIELDS = ("name", "city")
IDS = {Side.BC: "00000000-0000-0000-0000-00000000000b", Side.SALES: "00000000-0000-0000-0000-00000000000c"}
PAIR = TableMapping(
    name="PAIR",
    bc=Table(name="left"),
    sales=Table(name="right"),
    direction=Direction.BOTH,
    fields=on("left", "right", *(both(name, name) for name in FIELDS)),
)


class Lost(AssertionError):
    """An edit of a person was written over by somebody who did not know it."""


@dataclass(frozen=True)
class Text:
    """What a field held, and the edits that went into it."""

    text: str
    edits: frozenset[int] = frozenset()


@dataclass
class Service:
    """One side: rows by id, and everything each field ever held."""

    side: Side
    stage: Stage
    rows_by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    past: dict[str, list[Text]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    writes: list[tuple[Step, int | None]] = field(default_factory=list)
    other: Service = field(init=False)
    on_write: Callable[[Step], None] = lambda step: None

    async def organization(self) -> None:
        """Never asked: it is known already."""

    async def profile(self) -> Profile:
        """With the extension."""
        return Profile(name=ProfileName.EXTENDED)

    async def takes_ids(self, table: str) -> bool:
        """Rows are made under the ids that the steps give."""
        return True

    async def rows(self, table: str, ids: Sequence[str], columns: Sequence[str] = ()) -> dict[str, Row]:
        """The rows that exist, as they stand when the script lets the answer through."""
        await self.stage.gate()
        return {id_: dict(self.rows_by_id[id_]) for id_ in ids if id_ in self.rows_by_id}

    async def write(self, steps: Sequence[Step]) -> list[Answer]:
        """Each step under the rules of a real service; the answer to the whole call may get lost."""
        await self.stage.gate()
        answers = [self._write(step) for step in steps]
        if self.stage.loses_answer():
            raise Unavailable(side=self.side)
        return answers

    def _write(self, step: Step) -> Answer:
        id_ = str(step.id)
        row = self.rows_by_id.get(id_)
        if isinstance(step, Create):
            if row is not None:
                return Answer(step=step, error=AlreadyExists(side=self.side))
        elif row is None:
            return Answer(step=step, error=NotFound(side=self.side))
        elif getattr(step, "version", None) not in (None, row["@odata.etag"]):
            return Answer(step=step, error=Stale(side=self.side))
        self.on_write(step)
        self.writes.append((step, ACTOR.get()))
        for name, text in getattr(step, "values", {}).items():
            self._take(name, str(text))
        self.store(id_, getattr(step, "values", {}))
        stored = dict(self.rows_by_id[id_])
        return Answer(step=step, id=id_, row=stored if self.side is Side.BC else None, version=stored["@odata.etag"])

    def store(self, id_: str, values: Row) -> None:
        """Put values into a row; its version moves."""
        row = self.rows_by_id.setdefault(id_, {"id": id_, "version": 0})
        row |= {**values, "version": row["version"] + 1}
        row["@odata.etag"] = f'W/"{row["version"]}"'

    def begin(self) -> None:
        """The row as it is before anything happens."""
        self.store(IDS[self.side], dict.fromkeys(FIELDS, "first"))
        for name in FIELDS:
            self.past[name] = [Text("first")]

    def edit(self, name: str, text: str, number: int) -> None:
        """A person writes into a field."""
        self.past[name].append(Text(text, self.past[name][-1].edits | {number}))
        for id_ in self.rows_by_id:
            self.store(id_, {name: text})

    def earlier(self, name: str) -> str | None:
        """What a field held before what it holds now."""
        return next((one.text for one in reversed(self.past[name]) if one.text != self.past[name][-1].text), None)

    def _take(self, name: str, text: str) -> None:
        """A worker writes what the other side held: the edits that went into that are now in this side, too; others must not vanish."""
        source = next((one for one in reversed(self.other.past[name]) if one.text == text), None)
        if source is None:
            raise Lost(f"{text!r} was never in {self.side.other}")
        if not self.past[name]:
            self.past[name] = [source]
            return
        target = self.past[name][-1]
        known = next((one for one in reversed(self.past[name]) if one.edits <= source.edits), None)
        if not target.edits <= source.edits and (known is None or known.text != target.text):
            raise Lost(f"{name} in {self.side}: {target.text!r} was replaced by {text!r}, which came before it")
        # Edits of the target that the source does not know were put back again: what is written now holds nothing of them.
        self.past[name].append(Text(text, source.edits))


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


class Known(Reference):
    """The organisation and its one currency, never forgotten."""

    def __init__(self) -> None:
        super().__init__(seconds=float("inf"))
        euro = SalesCurrency("euro", "EUR", Decimal(1))
        organization = SimpleNamespace(id="organisation", pricing_precision=2, currency_precision=2, base_currency_id="euro")
        self._known = {
            "organization": (float("inf"), organization),
            "currencies": (float("inf"), Money(local_iso="EUR", base_iso="EUR", currencies=(euro,))),
        }

    def forget(self, *names: str) -> None:
        """Nothing here was ever written to."""


class Twins:
    """Both services, the store and the context over them."""

    def __init__(self, stage: Stage, *, there: Sequence[Side]) -> None:
        self.stage = stage
        self.services = {side: Service(side, stage) for side in Side}
        for side, service in self.services.items():
            service.other = self.services[side.other]
            if side in there:
                service.begin()
        self.couplings = Couplings(stage)
        self.problems = Problems()
        if len(there) == len(Side):
            held = dict.fromkeys(FIELDS, Held("first", "first"))
            pair = Coupling(company=COMPANY, mapping=PAIR.name, bc_id=IDS[Side.BC], sales_id=IDS[Side.SALES], held=held)
            self.couplings._put(pair)
        self.edits: Counter[tuple[Side, str]] = Counter()
        self.ctx = self._context()

    def _context(self) -> Context:
        store = SimpleNamespace(couplings=self.couplings, problems=self.problems, changes=Changes(), lives=FirstLives())
        settings = SimpleNamespace(
            lease_seconds=3600, country_format=CountryFormat.CODE, order_discount=Discount.KEEP, owner_fallback=None, bc_time_zone=UTC
        )
        bc, sales = self.services[Side.BC], self.services[Side.SALES]
        parts: dict[str, Any] = {"bc": bc, "sales": sales, "services": self.services, "store": store, "settings": settings}
        return Context(company=COMPANY, reference=Known(), mappings={PAIR.name: PAIR}, **cast(Any, parts))

    def ids(self, side: Side) -> list[str]:
        """The rows that one side holds."""
        return list(self.services[side].rows_by_id)

    @property
    def in_lease(self) -> bool:
        """Whether somebody who is alive holds a lease that has not run out, or is about to."""
        leases = [each.lease for each in self.couplings.by_bc.values() if each.lease and each.lease.until > Clock.now(UTC)]
        owners = [self.couplings.leased_by[lease.owner] for lease in leases]
        return bool(self.stage.saving) or any(owner is not None and self.stage.alive(owner) for owner in owners)
