"""Rule E6: an order that was submitted in Sales is taken over by BC, right and once; what stands in its way is told by name."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.orders import NAME, Desk, write_in

pytestmark = pytest.mark.rule("E6")


async def test_a_submitted_order_becomes_an_order_of_bc_with_every_kind_of_line(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.submitted(
        desk.line("ITEM-0", 3, 12.5, volumediscountamount=0, manualdiscountamount=2),
        desk.line("RES-1", 2, 80),
        write_in("Engraved", 1, 5),
        name="Order of Anja, for the new house by the sea",
        description="Please call\nbefore you come",
        freightamount=7.9,
        shipto_line1="Back Door 1",
        shipto_city="Hamburg",
    )
    await engine.look(NAME)

    assert await engine.problems() == []
    made, lines = await desk.in_bc(order), await desk.lines_in_bc(order)
    assert (made["externalDocumentNumber"], made["workDescription"]) == (
        "ORDER OF ANJA, FOR THE NEW HOUSE BY",
        "Please call\nbefore you come",
    )
    assert (made["shipToAddressLine1"], made["shipToCity"], made["billToCity"]) == ("Back Door 1", "Hamburg", "Bonn")
    sold = [(each["lineType"], each["lineObjectNumber"], each["quantity"], each["unitPrice"], each["discountAmount"]) for each in lines]
    assert sold == [
        ("Item", "ITEM-0", 3, 12.5, 2),
        ("Resource", "RES-1", 2, 80, 0),
        ("Item", "WRITE-IN", 1, 5, 0),
        ("Account", "8710", 1, 7.9, 0),
    ]
    theirs = await desk.now(order)
    assert (theirs["statecode"], theirs["couplet_bcid"]) == (1, made["id"])
    assert (theirs["couplet_ordernumber"], theirs["couplet_bcnumber"]) == (made["number"], made["number"])
    assert theirs["lastbackofficesubmit"]
