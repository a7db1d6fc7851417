"""What Sales is told of a posted line, so that it comes to BC's amounts; and what is left over (rule E5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mapping.amounts import left_over, line_amounts
from mapping.world import World

pytestmark = pytest.mark.rule("E5")

WORLD = World()


def line(quantity: float, price: float, discount: float = 0, tax: float = 0) -> dict[str, Any]:
    return {"quantity": quantity, "unitPrice": price, "discountAmount": discount, "netTaxAmount": tax}


def header(total: float, discount: float = 0, **more: Any) -> dict[str, Any]:
    return {"currencyId": "", "totalAmountIncludingTax": total, "discountAmount": discount, **more}


@pytest.mark.case("T677")
@pytest.mark.parametrize(
    ("row", "with_tax", "price", "discount", "extended"),
    [
        (line(3, 10, 4, 4.94), False, "10.00", "4.00", "30.94"),
        (line(2, 119, 11.9, 36.1), True, "100.95", "11.90", "226.10"),
        (line(-2, 10, -1, -3.61), False, "9.50", "0.00", "-22.61"),
        (line(7, 3.33335), False, "3.33", "0.00", "23.31"),
        (line(0, 0), True, "0.00", "0.00", "0.00"),
    ],
)
def test_price_and_discount_make_sales_come_to_the_amount(
    row: dict[str, Any], with_tax: bool, price: str, discount: str, extended: str
) -> None:
    found = line_amounts(row, header(0, pricesIncludeTax=with_tax), WORLD)
    assert (found.price, found.discount, found.extended) == (Decimal(price), Decimal(discount), Decimal(extended))


@pytest.mark.parametrize(
    ("rows", "total", "discount", "left"),
    [
        ([line(3, 10, 4, 4.94)], 30.94, 0, "0"),
        ([line(3, 10, 4, 4.94)], 27.94, 3, "0"),
        ([line(7, 3.33335)], 23.33, 0, "0.02"),
        ([line(1000, 0.00333)], 3.33, 0, "3.33"),
        ([line(1000, 0.01)], 1000, 0, None),
        ([line(1, 10)], 40, 0, None),
        ([], 12, 0, None),
    ],
)
def test_what_is_left_over_is_a_rounding_or_lines_are_missing(
    rows: list[dict[str, Any]], total: float, discount: float, left: str | None
) -> None:
    assert left_over(rows, header(total, discount), WORLD) == (None if left is None else Decimal(left))
