"""The state of an invoice in Sales by what BC says of its payments (rule E5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mapping.model import Draft
from mapping.payments import BILLED, CANCELED, COMPLETE, PARTIAL, paid_as_in_bc, state_of
from mapping.steps import Together, Update
from mapping.values import Side
from mapping.world import World

pytestmark = pytest.mark.rule("E5")


@pytest.mark.case("T410", "T412", "T415")
@pytest.mark.parametrize(
    ("status", "remaining", "total", "expected"),
    [
        ("Open", 119, 119, BILLED),
        ("Open", 118.99, 119, PARTIAL),
        ("Paid", 0, 119, COMPLETE),
        ("Canceled", 0, 119, CANCELED),
        ("Corrective", 119, 119, BILLED),
        ("Open", -20, -50, PARTIAL),
        ("Paid", 0, 0, COMPLETE),
    ],
)
def test_the_state_goes_by_what_remains_to_be_paid_whatever_bills_were_made_of_it(
    status: str, remaining: float, total: float, expected: Mapping[str, Any]
) -> None:
    assert state_of({"status": status, "remainingAmount": remaining, "totalAmountIncludingTax": total}) == expected


@pytest.mark.parametrize("before", [BILLED, PARTIAL, COMPLETE, CANCELED, {"statecode": 0, "statuscode": 1}])
@pytest.mark.parametrize("paid", [(0, COMPLETE), (5, PARTIAL), (10, BILLED)])
def test_one_closed_state_is_left_for_another_by_way_of_active_and_in_one_go(
    before: Mapping[str, Any], paid: tuple[float, Mapping[str, Any]]
) -> None:
    remaining, wanted = paid
    bc = {"status": "Open", "remainingAmount": remaining, "totalAmountIncludingTax": 10}
    draft = Draft(rows={Side.BC: bc, Side.SALES: before}, ids={Side.SALES: "invoice-1"}, values={})
    steps = paid_as_in_bc(draft, World()).after
    values = [each.values for step in steps for each in (step.steps if isinstance(step, Together) else [step]) if isinstance(each, Update)]
    closed = before["statecode"] != 0 and wanted["statecode"] != 0
    assert values == ([] if before == wanted else [BILLED, wanted] if closed else [wanted])
    assert len(steps) == min(len(values), 1)
