"""A field mapping, one BC field and one Sales column, and what a kind of value must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from mapping import schema
from mapping.normal import Form
from mapping.transform import Transformation, transformed
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World


class Direction(StrEnum):
    """Which way values travel."""

    BOTH = "both"
    TO_SALES = "toSales"
    FROM_SALES = "fromSales"

    def reaches(self, side: Side) -> bool:
        """Whether values may travel to `side`."""
        return self is Direction.BOTH or self is (Direction.TO_SALES if side is Side.SALES else Direction.FROM_SALES)


class Kind(ABC):
    """How one sort of value is read from either row into comparable form, and written to either side; pure.

    `caseless` values are the same in whatever case; `form` says how values are compared to find a partner.
    """

    __slots__ = ()

    form: ClassVar[Form] = Form.CODE

    caseless: bool = True

    @abstractmethod
    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        """What `side` holds in this row."""

    @abstractmethod
    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        """A value as the other side holds it, made ready for `side`."""

    def shown(self, field: FieldMapping, side: Side) -> str:
        """The property or column that a row of this side shows the value in."""
        return field.column(side)

    def looks_at(self, side: Side) -> tuple[str, ...]:
        """The columns of a side that are looked at beside the field's own."""
        return ()

    def put_back(self, field: FieldMapping, side: Side, row: Row) -> Mapping[str, Any]:
        """The properties to send that make a row of this side hold again what this one shows (rule H1)."""
        return {field.column(side): row.get(field.column(side))}


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldMapping:
    """One BC field and one Sales column.

    `once` names the sides that take the value only at creation (rule D5). `at_once` marks numbers: a number that BC gave is written
    to Sales in the same run (rule B2). `keep_typed` leaves a differing value that people typed before the pair was made (rule E9).
    Without a `needed` value no row is made. A blank of a `not_null` field overwrites nothing. A `late` one is written right after the row
    was made, not with it. Of a `digest` one only digests are kept, never values (rule G2). `transform` names per side the steps that a
    value takes on its way there. `own` are the facts of columns that
    only this company has.
    """

    bc: str
    sales: str
    direction: Direction = Direction.BOTH
    kind: Kind
    name: str = ""
    once: frozenset[Side] = frozenset()
    at_once: bool = False
    keep_typed: bool = False
    needed: bool = False
    not_null: bool = False
    late: bool = False
    digest: bool = False
    transform: Mapping[Side, Sequence[Transformation]] = field(default_factory=dict)
    own: Mapping[Side, Mapping[str, Any]] = field(default_factory=dict)
    bc_table: str = ""
    sales_table: str = ""

    def column(self, side: Side) -> str:
        """The property or column on one side."""
        return self.bc if side is Side.BC else self.sales

    def shown(self, side: Side) -> str:
        """The property or column that a row of this side shows the value in."""
        return self.kind.shown(self, side)

    def length(self, side: Side) -> int | None:
        """How many characters the column takes."""
        if side in self.own:
            return self.own[side].get("length")
        return schema.length(side, self.bc_table if side is Side.BC else self.sales_table, self.column(side))

    def read(self, side: Side, row: Row, world: World) -> Scalar | Refusal:
        """What this side holds in a row."""
        return self.kind.read(self, side, row, world)

    def write(self, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        """A value as the other side holds it, transformed and made ready for `side`."""
        ready = transformed(value, self.transform.get(side, ()))
        return ready if isinstance(ready, Refusal) else self.kind.write(self, side, ready, pair, world)
