"""The orders of the long story hold what it is to go through, so that it cannot pass by leaving something out."""

from __future__ import annotations

from decimal import Decimal

from tests.scenario.random_orders import TEXT_LENGTH, Fate, Line, Sort, random_orders

ORDERS = random_orders(5, 200, customers=8, products=6)


def test_every_sort_of_line_every_fate_and_every_discount_is_there() -> None:
    lines = [line for order in ORDERS for line in order.lines]
    assert {line.sort for line in lines} == set(Sort)
    assert all(sum(order.fate is fate for order in ORDERS) >= 16 for fate in Fate)
    assert any(line.manual and line.volume for line in lines) and any(line.quantity % 1 for line in lines)
    assert any(order.percent and order.off and order.freight for order in ORDERS)
    assert {order.currency for order in ORDERS} == {"EUR", "USD"} and any(order.by_contact for order in ORDERS)


def test_they_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    assert random_orders(5, 200, customers=8, products=6) == ORDERS
    assert random_orders(6, 200, customers=8, products=6) != ORDERS


def test_nothing_costs_less_than_nothing() -> None:
    assert all(line.amount > 0 for order in ORDERS for line in order.lines) and all(order.total > 0 for order in ORDERS)


def test_a_long_text_is_cut_into_lines_of_a_description() -> None:
    line = Line(Sort.TOLD, 0, Decimal(1), Decimal(1), text="a" * (TEXT_LENGTH + 1) + "\nb")
    assert line.texts == ["a" * TEXT_LENGTH, "a", "b"]
