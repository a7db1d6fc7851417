"""Units of items and resources, as they stand in both systems."""

from __future__ import annotations

from typing import Any

from tests.scenario.engine import Engine
from tests.scenario.world import Record, in_bc

UNITS = ("UNIT GROUP", "ITEM UOM", "RESOURCE UOM")
ALL = (*UNITS, "ITEM-PRODUCT", "RESOURCE-PRODUCT")


def item_unit(number: str, code: str, quantity: float = 1) -> Record:
    """A unit of an item that counts so many of its base unit."""
    return in_bc("itemUnitsOfMeasure", f"{number}/{code}", itemNumber=number, code=code, quantityPerUnitOfMeasure=quantity)


def resource(number: str, *, unit: str = "PCS", **values: Any) -> Record:
    """A resource with a price and a base unit."""
    row = {"number": number, "name": f"Resource {number}", "type": "Machine", "baseUnitOfMeasure": unit, "unitPrice": 50, "blocked": False}
    return in_bc("resources", number, **{**row, **values})


def resource_unit(number: str, code: str, quantity: float = 1) -> Record:
    """A unit of a resource that counts so many of its base unit."""
    return in_bc("resourceUnitsOfMeasure", f"{number}/{code}", resourceNumber=number, code=code, quantityPerUnitOfMeasure=quantity)


async def units_of(engine: Engine, group: str) -> dict[str, float]:
    """The units of a unit group in Sales with their quantities."""
    [found] = await engine.sales.rows("uomschedules", name=group)
    return {row["name"]: row["quantity"] for row in await engine.sales.rows("uoms", _uomscheduleid_value=found["uomscheduleid"])}
