"""The unit in which a product is priced or sold: one of the product's own unit group in Sales (rules E3, E5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mapping.beside import Related
from mapping.field import FieldMapping, Kind
from mapping.values import Refusal, Row, Scalar, Side, Written
from mapping.world import World

BASE_UNIT = "*"
"""What stands for the blank unit of a price: the base unit of the item or resource."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceUnit(Kind):
    """The unit of a price: that of the product's own unit group with the code; blank is the base unit. It serves both modes of units."""

    product: FieldMapping
    nav: str = "uomid"

    def shown(self, field: FieldMapping, side: Side) -> str:
        return f"_{field.sales}_value" if side is Side.SALES else field.bc

    def read(self, field: FieldMapping, side: Side, row: Row, world: World) -> Scalar | Refusal:
        value = row[self.shown(field, side)]
        return (str(value).upper() if value else BASE_UNIT) if side is Side.BC else value

    def write(self, field: FieldMapping, side: Side, value: Scalar, pair: Mapping[Side, Row], world: World) -> Written | Refusal:
        product = product_of(self.product, pair.get(Side.BC, {}), world)
        if isinstance(product, Refusal):
            return product
        if not product:  # A dry run knows of products that are not there yet.
            return Written(values={}, holds=None)
        units = world.rows("units", product.get("_defaultuomscheduleid_value"))
        named = (unit["uomid"] for unit in units if str(unit["name"]).casefold() == str(value).casefold())
        unit = product.get("_defaultuomid_value") if value == BASE_UNIT else next(named, None)
        if unit is None:
            return Refusal(code="unknown_unit", detail=f"the product's unit group in Sales has no unit {value}")
        return Written(values={f"{self.nav}@odata.bind": f"/uoms({unit})"}, holds=unit)

    def put_back(self, field: FieldMapping, side: Side, row: Row) -> Mapping[str, Any]:
        return {f"{self.nav}@odata.bind": f"/uoms({row[self.shown(field, side)]})"}


def product_of(field: FieldMapping, row: Row, world: World) -> Row | Refusal:
    """The product of a price in Sales; the reason why there is none."""
    value = field.read(Side.BC, row, world)
    written = value if isinstance(value, Refusal) else field.write(Side.SALES, value, {Side.BC: row}, world)
    return written if isinstance(written, Refusal) else world.row("product", str(written.holds))


def products_with_units(product: str) -> tuple[Related, ...]:
    """What a unit is looked for in: the product in Sales that the field row names, with the units of its unit group."""
    return (
        Related(
            name="product",
            side=Side.SALES,
            table="products",
            by=product,
            always=True,
            columns=("productid", "_defaultuomscheduleid_value", "_defaultuomid_value", "statecode"),
        ),
        Related(
            name="units",
            side=Side.SALES,
            table="uoms",
            key="_uomscheduleid_value",
            of="_defaultuomscheduleid_value",
            beside="product",
            columns=("uomid", "name", "_uomscheduleid_value"),
            always=True,
        ),
    )
