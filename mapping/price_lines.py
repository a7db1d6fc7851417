"""Lines of the default price list: one for each unit that a product counts in, its price times the quantity of the unit (section 14.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from mapping.ids import derived_id
from mapping.kinds import decimal_text, number
from mapping.steps import Create, Step, Update
from mapping.values import Row, Side
from mapping.world import World

TABLE = "productpricelevels"
COLUMNS = ("productpricelevelid", "_productid_value", "_pricelevelid_value", "_uomid_value", "amount")


def steps_of_lines(product: str, price_list: str, price: str, units: Mapping[str, str], lines: Sequence[Row], world: World) -> list[Step]:
    """What brings the lines of a product into step: `price` is that of its base unit, `units` are quantities by unit.

    A product with one unit keeps the one line that it has, whatever unit that is in.
    """
    known = {str(line["_uomid_value"]): line for line in lines if line["_pricelevelid_value"] == price_list}
    only = next(iter(known.values()), None) if len(units) == 1 else None
    found = [_step(product, price_list, unit, _amount(price, size, world), known.get(unit, only)) for unit, size in units.items()]
    return [step for step in found if step]


def _amount(price: str, quantity: str, world: World) -> float | int:
    if Decimal(quantity) == 1:
        return number(price)
    return number(decimal_text(Decimal(price) * Decimal(quantity), world.pricing_precision))


def _step(product: str, price_list: str, unit: str, amount: float, line: Row | None) -> Step | None:
    if line is None:
        return new_line(product, price_list, unit, amount)
    if line["amount"] is not None and float(line["amount"]) == float(amount):
        return None
    return Update(side=Side.SALES, table=TABLE, id=line["productpricelevelid"], values={"amount": amount})


def new_line(product: str, price_list: str, unit: str, amount: float) -> Create:
    """A price of a product in a unit; made twice it is the same row."""
    values = {
        "pricelevelid@odata.bind": f"/pricelevels({price_list})",
        "productid@odata.bind": f"/products({product})",
        "uomid@odata.bind": f"/uoms({unit})",
        "amount": amount,
    }
    return Create(side=Side.SALES, table=TABLE, id=derived_id("price line", product, price_list, unit), values=values)
