"""Small twins of both services: one table a side, kept in memory, with versions and gates.

A side remembers which people's edits went into the value that it holds of a field, so that a write over an edit that it does not know
is seen as what it is: an edit lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
from sync.telemetry.events import Volume
from tests.engine.stage import ACTOR, Clock, Stage
from tests.engine.twin_store import Changes, Couplings, FirstLives, Problems

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
            lease_seconds=3600,
            country_format=CountryFormat.CODE,
            order_discount=Discount.KEEP,
            owner_fallback=None,
            bc_time_zone=UTC,
            telemetry_records=Volume.NONE,
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
