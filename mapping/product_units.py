"""What products count in where each item and resource has a unit group of its own (behaviour.md, section 14.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mapping.beside import Related
from mapping.counted import CountedIn
from mapping.field import FieldMapping
from mapping.fields import both, needed, to_sales
from mapping.kinds import too_long, utf16
from mapping.lookups import Lookup, PartOf
from mapping.model import Addition, Draft, Unit
from mapping.policies import Brings
from mapping.unit_groups import SUFFIX, UNIT_GROUP, shared
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

DEFAULT, BORN, UNITS = "default unit", "unit of a product born in Sales", "units"
GROUP = "_defaultuomscheduleid_value"


@dataclass(frozen=True, kw_only=True, slots=True)
class DefaultUnit(PartOf):
    """The base unit of the item, and the default unit of the product, which is always one of the product's unit group (rule D5)."""

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = PartOf.read(self, field, side, row, world)
        return Refusal(code="no_base_unit", detail="the record has no base unit of measure") if value is None and side is Side.BC else value

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if side is Side.BC and Side.BC not in pair and value is not None:
            born = self._born(field, str(value), world)
            if born:
                return born
        written = PartOf.write(self, field, side, value, pair, world)
        if side is Side.SALES and Side.SALES in pair and isinstance(written, Written) and written.holds:
            return self._in_its_group(pair[side], str(written.holds), world) or written
        return written

    def _in_its_group(self, product: Row, unit: str, world: World) -> Refusal | None:
        if world.row(DEFAULT, unit).get("_uomscheduleid_value") == product.get(GROUP):
            return None
        return Refusal(code="unit_group_fixed", detail="the product counts in another unit group than that of its item or resource")

    def _born(self, field: FieldMapping, unit: str, world: World) -> Written | Refusal | None:
        """The unit of an item about to be made: BC makes it with the item, and both are coupled afterwards."""
        if self.partner(Side.SALES, unit, world) or not {self.mapping, UNIT_GROUP.name}.isdisjoint(world.only_coupled):
            return None
        code, limit = str(world.row(BORN, unit).get("name") or "").upper(), field.length(Side.BC)
        if limit is not None and utf16(code) > limit:
            return too_long(field, Side.BC, limit)
        return Written(values={field.bc: code}, holds=unit) if code else None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnGroup(Lookup):
    """The unit group of the item or resource; a product that is there keeps the one that it has (rule D5)."""

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        if side is Side.SALES and Side.SALES in pair:
            return Written(values={}, holds=pair[side].get(GROUP))
        return Lookup.write(self, field, side, value, pair, world)


def unit_rows(base: str, units: str, mapping: str, groups: str) -> tuple[Unit, Unit]:
    """The field rows of default unit and unit group: BC's column, its table of units with their mapping, and its unit groups."""
    return (
        needed(
            both(
                base,
                "defaultuomid",
                DefaultUnit(mapping=mapping, target="uoms", nav="defaultuomid", codes=units, many=True),
                name="defaultUnit",
            )
        ),
        to_sales(
            "number",
            "defaultuomscheduleid",
            OwnGroup(mapping=UNIT_GROUP.name, target="uomschedules", nav="defaultuomscheduleid", codes=groups, many=True),
            name="unitGroup",
            once=Side.SALES,
        ),
    )


def related(base: str, mapping: str) -> tuple[Related, ...]:
    """The default unit, the units of the group, and of a product born in Sales its unit and who else counts in its group."""
    columns = ("uomid", "name", "_uomscheduleid_value", "quantity", "isschedulebaseuom")
    return (
        Related(name=DEFAULT, side=Side.SALES, table="uoms", key="uomid", of=base, through=mapping, columns=columns),
        Related(
            name=UNITS,
            side=Side.SALES,
            table="uoms",
            key="_uomscheduleid_value",
            of="number",
            through=UNIT_GROUP.name,
            columns=columns,
        ),
        Related(name=BORN, side=Side.SALES, table="uoms", key="uomid", of="_defaultuomid_value", columns=("uomid", "name")),
        Related(
            name="products",
            side=Side.SALES,
            table="products",
            key=GROUP,
            of=GROUP,
            columns=("productid", "productnumber", "name", GROUP),
        ),
    )


def brought(mapping: str, number: str, base: str) -> tuple[Brings, ...]:
    """The unit group and the units that come with an item or resource: `number` is the column of a unit that names it."""
    return (
        Brings(mapping=UNIT_GROUP.name, column="sourceId", of="id", sales=GROUP),
        Brings(mapping=mapping, column=number, of="number", sales="_defaultuomid_value", same=(("code", base),)),
    )


def counted_in(mapping: str, number: str) -> tuple[CountedIn, ...]:
    """The unit group and the units that an item or resource is counted in: `number` is the column of a unit that names it."""
    return CountedIn(UNIT_GROUP.name, key="sourceId", of="id"), CountedIn(mapping, key=number, of="number")


def has_a_group_of_its_own(draft: Draft, world: World) -> Addition:
    """A product that several share a unit group with becomes no item: its group can be that of none (behaviour.md, section 14.4)."""
    if draft.creates is not Side.BC:
        return Addition()
    product = draft.rows[Side.SALES]
    return Addition(refusal=shared(world, product.get(GROUP), f"of {product.get('productnumber')}"))


def units_of(group: str | None, world: World) -> dict[str, str]:
    """The quantities of the units of a group, without the neutral base unit that Sales makes with a group."""
    rows = (row for row in world.rows(UNITS, group) if not (row["isschedulebaseuom"] and str(row["name"]).endswith(SUFFIX)))
    return {str(row["uomid"]): str(row["quantity"]) for row in rows}
