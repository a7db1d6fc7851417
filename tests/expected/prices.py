"""Price lists and their prices as the tests read them: what equal means, and what a synch would have written."""

from __future__ import annotations

from typing import Any

from tests.expected.model import Field, Row, World, blank

LISTS, PRODUCTS = "PLHEADER-PRICE", ("ITEM-PRODUCT", "RESOURCE-PRODUCT")


def day(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The same day, which the company counts in UTC; a blank is none."""
    ours, theirs = str(bc.get(field.bc) or ""), str(sales.get(field.sales) or "")
    return theirs == "" if blank(ours) else theirs[:10] == ours


def list_state(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """Active is active; drafts and inactive lists are inactive."""
    return sales.get(field.sales) == _state(bc)


def price_list(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The list that is coupled to the line's."""
    return sales.get(field.sales) is not None and sales.get(field.sales) == _list(world, bc)


def asset(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The product that is coupled to the line's item or resource."""
    return sales.get(field.sales) is not None and sales.get(field.sales) == _product(world, bc)


def price_unit(world: World, field: Field, bc: Row, sales: Row) -> bool:
    """The unit of that name in the product's group; blank is the product's own."""
    return sales.get(field.sales) is not None and sales.get(field.sales) == _unit(world, bc)


def _state(bc: Row) -> int:
    return 0 if bc["status"] == "Active" else 1


def _list(world: World, bc: Row) -> str | None:
    head = world.bc_by("priceListHeaders", "code", bc["priceListCode"])
    return world.partner(LISTS, head["id"]) if head else None


def _product(world: World, bc: Row) -> str | None:
    return next(filter(None, (world.partner(mapping, bc["assetID"]) for mapping in PRODUCTS)), None)


def _unit(world: World, bc: Row) -> Any:
    product = world.sales.get("products", {}).get(_product(world, bc) or "", {})
    if blank(bc["unitOfMeasureCode"]):
        return product.get("_defaultuomid_value")
    units = world.sales.get("uoms", {}).items()
    mine = (id for id, unit in units if unit["_uomscheduleid_value"] == product.get("_defaultuomscheduleid_value"))
    return next((id for id in mine if world.sales["uoms"][id]["name"] == bc["unitOfMeasureCode"]), None)


def by_itself(world: World, mapping: str, id: str) -> bool:
    """Price lists and prices of Sales that are no list's of BC: people's, and what every product has in the default price list."""
    if mapping == LISTS:
        return world.bc_by("priceListHeaders", "code", str(world.sales["pricelevels"][id]["name"])) is None
    row = world.sales.get("productpricelevels", {}).get(id, {})
    return mapping == "PLLINE-PRODPRICE" and world.bc_partner(LISTS, str(row.get("_pricelevelid_value"))) is None


EQUAL = (day, list_state, price_list, asset, price_unit)
MOVES: dict[str, Any] = {
    "day": lambda world, field, bc, sales: None if blank(bc[field.bc]) else f"{bc[field.bc]}T00:00:00Z",
    "list_state": lambda world, field, bc, sales: _state(bc),
    "price_list": lambda world, field, bc, sales: _list(world, bc),
    "asset": lambda world, field, bc, sales: _product(world, bc),
    "price_unit": lambda world, field, bc, sales: _unit(world, bc),
}
