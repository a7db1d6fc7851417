"""Totals of documents: when two are the same, and where they part."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.totals import Difference, Lines, Sums, Totals, difference
from mapping.values import Row, Side

TOTALS = Totals(
    sums={
        Side.BC: Sums(net=("excl",), tax="vat", discount="reduced"),
        Side.SALES: Sums(gross="total", tax="tax", discount="reduced", freight="freight"),
    },
    lines={
        Side.BC: Lines(
            nested="lines",
            order="sequence",
            names=("text",),
            sums=Sums(net=("net", "allocated"), tax="vat", percent="rate"),
            kind="kind",
            texts=("Comment",),
            freight=("Account",),
        ),
        Side.SALES: Lines(nested="details", order="number", names=("name",), sums=Sums(gross="extended", tax="tax")),
    },
)
CENT = Decimal("0.01")


def apart(bc: Row, sales: Row, bc_lines: Sequence[Row] = (), sales_lines: Sequence[Row] = (), within: Decimal = CENT) -> Difference | None:
    return difference(TOTALS, {Side.BC: bc, Side.SALES: sales}, {Side.BC: bc_lines, Side.SALES: sales_lines}, within)


def bc_line(number: int, net: float | Decimal, vat: float = 0, kind: str = "Item", **more: Any) -> Row:
    return {"sequence": number, "net": net, "vat": vat, "kind": kind, **more}


@pytest.mark.parametrize(
    ("bc", "sales"),
    [
        ({"excl": 100, "vat": 19}, {"total": 119, "tax": 19}),
        ({"excl": 100, "vat": 19}, {"total": 100, "tax": 0}),
        ({"excl": 100, "vat": 19}, {"total": 119, "tax": None}),
        ({"excl": 100.004, "vat": 0}, {"total": 100, "tax": 0}),
        ({"excl": 0, "vat": 0}, {"total": None}),
    ],
    ids=["with tax", "without tax", "prices that include tax", "within the tolerance", "nothing"],
)
def test_totals_that_mean_the_same_are_no_difference(bc: Row, sales: Row) -> None:
    assert apart(bc, sales) is None


def test_a_difference_names_both_sums_and_the_lines_in_which_they_part() -> None:
    found = apart(
        {"excl": 128, "vat": 24.32},
        {"total": 130, "tax": 0},
        [bc_line(10000, 98, 18.62, text="Bolt"), bc_line(15000, 0, kind="Comment", text="M8"), bc_line(20000, 30, 5.7, text="Nut")],
        [{"number": 2, "extended": 30, "name": "Nut"}, {"number": 1, "extended": 100, "name": "Bolt"}],
    )
    assert str(found) == (
        "the total is 130.00 in Sales and 128.00 in Business Central; they part (Sales / BC) in line 1 Bolt 100.00 / 98.00"
    )


def test_a_difference_names_discount_freight_and_lines_that_one_side_has_alone() -> None:
    found = apart(
        {"excl": 150, "reduced": 10},
        {"total": 97, "reduced": 8, "freight": 5},
        [bc_line(1, 90, allocated=10), bc_line(2, 50, text="Hammer"), bc_line(3, 10, kind="Account")],
        [{"number": 1, "extended": 100}],
    )
    assert found
    assert list(map(str, found.shares)) == [
        "line 2 Hammer (only in Business Central) 0.00 / 50.00",
        "freight 5.00 / 10.00",
        "discount -8.00 / -10.00",
    ]


def test_a_line_that_only_says_something_moves_no_other_line_away_from_its_own() -> None:
    details: list[Row] = [{"number": 1, "extended": 0, "name": "Thank you"}, {"number": 2, "extended": 100}, {"number": 3, "extended": 31}]
    found = apart({"excl": 130}, {"total": 131}, [bc_line(1, 100), bc_line(2, 30)], details)
    assert found
    assert list(map(str, found.shares)) == ["line 2 31.00 / 30.00"]


def test_tax_that_differs_stands_in_the_lines() -> None:
    found = apart({"excl": 100, "vat": 19}, {"total": 107, "tax": 7}, [bc_line(1, 100, 19)], [{"number": 1, "extended": 107, "tax": 7}])
    assert str(found) == "the total is 107.00 in Sales and 119.00 in Business Central; they part (Sales / BC) in line 1 107.00 / 119.00"


def test_prices_with_tax_beside_prices_without_it_are_no_difference_where_every_line_agrees() -> None:
    bc = {"excl": 150, "vat": 28.5}
    lines = [bc_line(1, 100, 19), bc_line(2, 50, 9.5)]
    details = [{"number": 1, "extended": 119}, {"number": 2, "extended": 50}]
    assert apart(bc, {"total": 169, "tax": 0}, lines, details) is None
    assert apart(bc, {"total": 170, "tax": 0}, lines, [details[0], {"number": 2, "extended": 51}])
    assert apart(bc, {"total": 169, "tax": 0}), "nobody looked at the lines"


def test_a_price_with_tax_agrees_also_where_the_whole_is_reduced_and_so_its_tax() -> None:
    lines = [bc_line(1, 90, 17.1, allocated=10, rate=19), bc_line(2, 45, 8.55, allocated=5, rate=19)]
    details = [{"number": 1, "extended": 119}, {"number": 2, "extended": 50}]
    bc = {"excl": 135, "vat": 25.65, "reduced": 15}
    assert apart(bc, {"total": 154, "reduced": 15}, lines, details) is None
    assert apart(bc, {"total": 155, "reduced": 15}, lines, [details[0], {"number": 2, "extended": 51}])


def test_of_many_places_the_largest_are_named_and_the_rest_counted() -> None:
    lines = [bc_line(number, number) for number in range(1, 14)]
    found = apart({"excl": 91}, {"total": 0}, lines, [{"number": number, "extended": 0} for number in range(1, 14)])
    assert str(found).endswith("line 4 0.00 / 4.00 and 3 more")
    assert "in line 13 0.00 / 13.00, line 12" in str(found)


MONEY = st.decimals(-1000, 1000, places=2)


@given(st.lists(MONEY, max_size=5), st.lists(MONEY, max_size=5), MONEY)
def test_whatever_two_documents_hold_what_is_named_accounts_for_the_difference(
    mine: list[Decimal], theirs: list[Decimal], off: Decimal
) -> None:
    found = apart(
        {"excl": sum(mine) - off, "reduced": off},
        {"total": sum(theirs)},
        [bc_line(place, net) for place, net in enumerate(mine)],
        [{"number": place, "extended": value} for place, value in enumerate(theirs)],
    )
    total = sum(theirs) - (sum(mine) - off)
    assert (found is None) == (abs(total) <= CENT)
    if found:
        assert sum(share.sales - share.bc for share in found.shares) == total
