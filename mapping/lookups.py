"""References to records of other mappings: by id or code in BC, by lookup or option value in Sales (rules B6, D1, D4, D6, D7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from mapping.field import FieldMapping, Kind
from mapping.values import Awaited, Refusal, Row, Scalar, Side, Written
from mapping.world import NO_ID, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup(Kind):
    """A reference to a record of another mapping, compared by id, so that a rename is no edit (rule D4).

    `codes` names the code table that BC's property speaks in; without it the property holds an id. `target` and `nav` are the entity
    set and navigation property in Sales; an option has none. `blank` leaves the value out while the partner is not coupled (rule B6).
    `many` partners are looked up by id; of a few, all couplings are read at once. `others` are further mappings whose records the
    reference may name, searched in this order: an item or a resource. Which of them is waited for, BC's column `told_by` says by `sorts`.
    Where it is missing, `first` has it made together with the record, whatever the runs of its mapping make.
    """

    mapping: str
    target: str = ""
    nav: str = ""
    codes: str | None = None
    blank: bool = False
    many: bool = False
    others: tuple[str, ...] = ()
    told_by: str = ""
    sorts: Mapping[str, str] = field(default_factory=dict, hash=False)
    first: bool = False

    @property
    def mappings(self) -> tuple[str, ...]:
        """The mappings whose records the reference may name, in the order in which they are searched."""
        return (self.mapping, *self.others)

    def partner(self, side: Side, id_: str, world: World) -> str | None:
        """The other side's id of the coupled record that `side` knows by `id_`."""
        found = (world.partner(name, side, id_) for name in self.mappings)
        return next((partner for partner in found if partner), None)

    def without(self, gone: Collection[str]) -> Self | None:
        """The reference where these mappings are not there; None when nothing is left that it could name."""
        left = [name for name in self.mappings if name not in gone]
        if len(left) == len(self.mappings):
            return self
        return replace(self, mapping=left[0], others=tuple(left[1:])) if left else None

    def sales_column(self, field: FieldMapping) -> str:
        """The column that Sales shows the reference in."""
        return f"_{field.sales}_value"

    def refers(self, field: FieldMapping, row: Row, world: World) -> str | None:
        """The id in Sales of what a row there names; `world` has the related rows that are read first."""
        return row.get(self.sales_column(field))

    def shown(self, field: FieldMapping, side: Side) -> str:
        return self.sales_column(field) if side is Side.SALES else field.column(side)

    def spoken(self, field: FieldMapping, row: Row) -> str:
        """The id, code or number by which a row of BC names the record; empty where it names none."""
        return str(row[field.column(Side.BC)] or "").strip()

    def told(self, spoken: str) -> str:
        """What BC's column holds of it."""
        return spoken

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        if side is Side.SALES:
            value = row[self.sales_column(field)]
            return None if value is None else str(value)
        value = self.spoken(field, row)
        if not self.codes:
            return None if value in ("", NO_ID) else value.lower()
        return world.codes[self.codes].ids.get(value.upper(), value.upper()) if value else None

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if value is None:
            return self.write_blank(field, side, pair, world)
        partner = self.partner(side.other, str(value), world)
        if partner is None:
            return self.refuse(side.other, str(value), pair.get(Side.BC, {}))
        return self.write_partner(field, side, partner, world)

    def write_blank(self, field: FieldMapping, side: Side, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        """No reference at all, made ready for `side`."""
        if side is Side.SALES:
            return Written(values={f"{self.nav}@odata.bind": None}, holds=None)
        return Written(values={field.column(Side.BC): "" if self.codes else NO_ID}, holds=None)

    def write_partner(self, field: FieldMapping, side: Side, partner: str, world: World) -> Written | Refusal:
        """The coupled partner, made ready for `side`."""
        if side is Side.SALES:
            return Written(values={f"{self.nav}@odata.bind": f"/{self.target}({partner})"}, holds=partner)
        spoken = world.codes[self.codes].codes.get(partner) if self.codes else partner
        if spoken is None:
            return self.refuse(Side.BC, partner, {})
        return Written(values={field.column(Side.BC): self.told(spoken)}, holds=partner)

    def put_back(self, field: FieldMapping, side: Side, row: Row) -> Mapping[str, Any]:
        if side is Side.BC:
            return Kind.put_back(self, field, side, row)
        id_ = row.get(self.sales_column(field))
        return {f"{self.nav}@odata.bind": f"/{self.target}({id_})" if id_ else None}

    def refuse(self, side: Side, id_: str, bc_row: Row) -> Refusal:
        """The partner that `side` knows by `id_` is not coupled."""
        told = self.sorts.get(str(bc_row.get(self.told_by)))
        awaited = told if told in self.mappings else self.mapping
        return Refusal(
            code="waiting_for_parent", detail=f"its {awaited} is not coupled", waits=Awaited(awaited, side, id_), blank=self.blank
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PartOf(Lookup):
    """A reference by a code that only together with the row's own number names the record: the unit of an item.

    `number` is the column of BC that holds the row's number.
    """

    number: str = "number"

    def looks_at(self, side: Side) -> tuple[str, ...]:
        return (self.number,) if side is Side.BC else ()

    def spoken(self, field: FieldMapping, row: Row) -> str:
        code = str(row[field.column(Side.BC)] or "").strip()
        return f"{row.get(self.number) or ''}{PARTED}{code}" if code else ""

    def told(self, spoken: str) -> str:
        return spoken.rpartition(PARTED)[2]


PARTED = "\t"
"""Between number and code: neither can hold it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Currency(Lookup):
    """A currency; blank in BC is the Sales currency with the local ISO code, which needs no coupling (rule D1)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        local = world.local_currency
        if side is Side.BC and local and value == local.id:
            return self.write_blank(field, side, pair, world)
        return Lookup.write(self, field, side, value, pair, world)

    def write_blank(self, field: FieldMapping, side: Side, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        local = world.local_currency
        if side is Side.BC:
            return Lookup.write_blank(self, field, side, pair, world)
        if local is None:
            return Refusal(code="no_local_currency", detail=f"Sales has no currency with the ISO code {world.local_iso}")
        return self.write_partner(field, side, local.id, world)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option(Lookup):
    """A BC code that Sales keeps as the value of a choice column (rule D6)."""

    def sales_column(self, field: FieldMapping) -> str:
        return field.column(Side.SALES)

    def put_back(self, field: FieldMapping, side: Side, row: Row) -> Mapping[str, Any]:
        return Kind.put_back(self, field, side, row)

    def write_blank(self, field: FieldMapping, side: Side, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if side is Side.SALES:
            return Written(values={field.column(Side.SALES): None}, holds=None)
        return Lookup.write_blank(self, field, side, pair, world)

    def write_partner(self, field: FieldMapping, side: Side, partner: str, world: World) -> Written | Refusal:
        if side is Side.SALES:
            return Written(values={field.column(Side.SALES): int(partner)}, holds=partner)
        return Lookup.write_partner(self, field, side, partner, world)


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner(Lookup):
    """The owner in Sales is the user coupled to the salesperson; blank leaves the owner as he is (rule D7)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        written = Lookup.write(self, field, side, value, pair, world)
        if isinstance(written, Refusal) and world.owner_fallback:
            table, _, id_ = world.owner_fallback.partition("/")
            return Written(values={f"{self.nav}@odata.bind": f"/{table}({id_})"}, holds=id_, instead=written)
        return written

    def write_blank(self, field: FieldMapping, side: Side, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        return Written(values={}, holds=None, unminded=True)

    def refuse(self, side: Side, id_: str, bc_row: Row) -> Refusal:
        return Refusal(code="no_owner", detail="its salesperson has no enabled user in Sales", waits=Awaited(self.mapping, side, id_))
