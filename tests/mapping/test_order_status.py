"""What an order of Sales is told of its order in BC, rule by rule (rule C5)."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.gone import Became, Ending
from mapping.model import Draft
from mapping.order_states import BILLED, COMPLETE, IN_PROGRESS, PENDING
from mapping.order_status import (
    ARCHIVED_LINES,
    ARCHIVES,
    DETAILS,
    INVOICED_LINES,
    INVOICES,
    PRODUCTS,
    SHIPMENTS,
    fulfilled_when_shipped,
    last_lines,
    what_became_of_it,
)
from mapping.steps import Delete, Update
from mapping.values import Row, Side
from mapping.world import World

pytestmark = pytest.mark.rule("C5")
NUMBER = "S-1"
ORDER: Row = {
    "salesorderid": "o",
    "couplet_bcnumber": NUMBER,
    "statecode": 1,
    "statuscode": 3,
    "ordernumber": "ORD-1",
    "datefulfilled": None,
}


def world(**rows: list[dict[str, Any]]) -> World:
    names = {"shipments": SHIPMENTS, "invoices": INVOICES, "lines": INVOICED_LINES, "archives": ARCHIVES, "archived": ARCHIVED_LINES}
    return World(related={names[name]: {NUMBER: found} for name, found in rows.items()})


def became(found: World, **order: Any) -> Became:
    known = what_became_of_it({**ORDER, **order}, found)
    assert known
    return known


def test_nobody_can_tell_of_an_order_without_its_number_in_bc() -> None:
    assert what_became_of_it({**ORDER, "couplet_bcnumber": None}, world(invoices=[{"number": "I-1"}])) is None


def test_of_which_nothing_is_found_was_deleted_and_may_be_submitted_again() -> None:
    never_invoiced = world(archived=[{"invoicedQuantity": 0, "sequence": 1, "lineObjectNumber": "A", "occurrence": 1, "version": 1}])
    for found in (world(), never_invoiced):
        known = became(found, lastbackofficesubmit="2026-11-23T00:00:00Z")
        assert (known.ending, known.values) == (Ending.FREE, {**PENDING, "lastbackofficesubmit": None})
    assert became(world()).values == {}, "it was put back before, and is submitted anew"
    canceled = became(world(), statecode=2, lastbackofficesubmit="2026-11-23T00:00:00Z")
    assert (canceled.ending, canceled.values) == (Ending.FREE, {}), "a canceled one stays canceled"


@pytest.mark.parametrize(
    "found",
    [
        world(shipments=[{"number": "SH-1", "postingDate": "2026-11-23"}]),
        world(invoices=[{"number": "I-1"}]),
        world(lines=[{"documentNumber": "I-1"}]),
        world(archived=[{"invoicedQuantity": 2, "sequence": 1, "lineObjectNumber": "A", "occurrence": 1, "version": 1}]),
    ],
)
def test_whatever_was_posted_of_it_makes_it_invoiced(found: World) -> None:
    known = became(found)
    assert known.ending is Ending.DONE and known.values.items() >= BILLED.items()
    assert became(found, statecode=2).values == {}


def line(sequence: int, product: str, quantity: float, version: int = 2) -> dict[str, Any]:
    return {"sequence": sequence, "lineObjectNumber": product, "quantity": quantity, "occurrence": 1, "version": version}


def detail(place: int, product: str | None, quantity: float) -> dict[str, Any]:
    return {
        "salesorderdetailid": f"d{place}",
        "sequencenumber": place,
        "_productid_value": product and f"id of {product}",
        "quantity": quantity,
    }


def test_the_last_lines_are_known_by_product_and_order_and_write_ins_are_left_alone() -> None:
    details = [detail(1, "A", 1), detail(2, "A", 2), detail(3, None, 5), detail(4, "B", 3), detail(5, "C", 1)]
    archived = [line(10000, "A", 9, version=1), line(10000, "A", 1), line(20000, "A", 7), line(30000, "WRITE-IN", 6), line(40000, "B", 3)]
    found = World(
        related={
            ARCHIVES: {NUMBER: [{"occurrence": 1, "version": number, "paymentDiscountPercent": 0} for number in (1, 2)]},
            ARCHIVED_LINES: {NUMBER: archived},
            DETAILS: {"o": details},
            PRODUCTS: {f"id of {product}": [{"productnumber": product}] for product in "ABC"},
        }
    )
    changed, gone = last_lines(ORDER, NUMBER, found)
    assert isinstance(changed, Update) and (changed.id, changed.values) == ("d2", {"quantity": 7})
    assert isinstance(gone, Delete) and gone.id == "d5"
    assert list(last_lines(ORDER, NUMBER, World(related={DETAILS: {"o": details}}))) == [], "without an archive nothing is known"


@pytest.mark.parametrize(
    ("state", "shipped", "ours", "wanted"),
    [
        (1, True, None, COMPLETE),
        (3, False, True, IN_PROGRESS),
        (3, False, None, None),
        (3, True, True, None),
        (1, False, None, None),
        (0, True, None, None),
        (2, True, None, None),
        (4, True, None, None),
    ],
)
def test_only_a_submitted_order_is_fulfilled_and_only_what_we_fulfilled_is_taken_back(
    state: int, shipped: bool, ours: bool | None, wanted: dict[str, int] | None
) -> None:
    rows = {Side.BC: {"fullyShipped": shipped}, Side.SALES: {**ORDER, "statecode": state}}
    draft = Draft(rows=rows, ids={}, values={side: {} for side in Side}, remembered={"fulfilled": ours} if ours else {})
    assert fulfilled_when_shipped(draft, World()).values == ({Side.SALES: wanted} if wanted else {})


@pytest.mark.case("T508")
@pytest.mark.parametrize("state", range(5))
def test_an_order_that_bc_keeps_though_it_is_invoiced_is_invoiced(state: int) -> None:
    rows = {Side.BC: {"fullyShipped": True, "fullyInvoiced": True}, Side.SALES: {**ORDER, "statecode": state}}
    draft = Draft(rows=rows, ids={}, values={side: {} for side in Side})
    assert fulfilled_when_shipped(draft, World()).values == ({Side.SALES: BILLED} if state in (1, 3) else {})
