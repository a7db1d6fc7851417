"""What items and resources have in common, as pure functions: the price line of a product, and the product that nobody knows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mapping.model import Draft
from mapping.products import NotWriteIn, price_list_names, priced_and_published
from mapping.steps import Create, Update
from mapping.values import Side
from mapping.world import SalesCurrency, World

EURO = SalesCurrency("euro", "EUR", Decimal(1))
LISTED = World(currencies=(EURO,), related={"price list": {"*": [{"pricelevelid": "list"}]}})
ROWS = {Side.BC: {}, Side.SALES: {"_defaultuomid_value": "unit", "price": 10}}
NOTHING: dict[Side, dict[str, object]] = {side: {} for side in Side}


@pytest.mark.rule("E2")
@pytest.mark.case("T401")
def test_a_product_without_an_id_gets_no_price_line() -> None:
    draft = Draft(rows=ROWS, ids={Side.BC: "item"}, values=NOTHING, fresh=True)
    assert not priced_and_published(draft, LISTED).after


@pytest.mark.rule("E2")
@pytest.mark.case("T403")
def test_a_new_product_gets_its_line_first_and_then_list_and_state_in_one_update() -> None:
    draft = Draft(rows=ROWS, ids={Side.BC: "item", Side.SALES: "product"}, values=NOTHING, creates=Side.SALES, fresh=True)
    line, publish = priced_and_published(draft, LISTED).after
    assert isinstance(line, Create) and isinstance(publish, Update)
    assert (line.values["amount"], line.values["uomid@odata.bind"]) == (10, "/uoms(unit)")
    assert publish.values == {"pricelevelid@odata.bind": "/pricelevels(list)", "statecode": 0, "statuscode": 1}


@pytest.mark.rule("E2", "D1")
@pytest.mark.parametrize(("world", "code"), [(World(currencies=(EURO,)), "no_price_list"), (World(), "no_local_currency")])
def test_without_a_price_list_the_reason_is_told(world: World, code: str) -> None:
    world = World(currencies=world.currencies, related={"price list": {"*": [{}]}})
    draft = Draft(rows=ROWS, ids={Side.BC: "item", Side.SALES: "product"}, values=NOTHING, creates=Side.SALES)
    refusal = priced_and_published(draft, world).refusal
    assert refusal and refusal.code == code
    assert len(price_list_names(world)) == (2 if world.currencies else 0)


@pytest.mark.rule("E2")
@pytest.mark.parametrize(
    ("kind", "number", "row", "outside"),
    [("Item", "FREE", "free", True), ("Item", "FREE", "I1", False), ("Resource", "FREE", "FREE", False), ("Item", "", "", False)],
)
def test_the_write_in_product_is_the_one_of_its_sort_in_whatever_case(kind: str, number: str, row: str, outside: bool) -> None:
    setup = {"writeInProductType": kind, "writeInProductNumber": number}
    world = World(related={"sales setup": {"*": [setup]}})
    assert bool(NotWriteIn("Item")({"number": row}, world)) is outside
    assert NotWriteIn("Item")({"number": row}, World()) is None, "without a setup nothing is it"
