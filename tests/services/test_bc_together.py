"""Steps of Business Central that go together, against the simulator: a Released order is written and stays Released, or nothing is."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from mapping.order_states import reopened
from sync.errors import ServiceError, Stale
from sync.heart.plan import Call, Create, Delete, Row, Side, Together, Update
from sync.services.business_central import BusinessCentral
from sync.services.http import Patience
from sync.services.model import Query
from tests.services.conftest import Desk

COLUMNS = ("number", "yourReference", "documentStatus", "workDescription", "totalAmountExcludingTax")
LINES = ("quantity", "description", "sequence")


@pytest.fixture
def patience() -> Patience:
    """A hundred lines in one request take the simulator longer than other calls, the more so on a busy machine."""
    return Patience(total=30, answer=20)


async def released(client: BusinessCentral, *quantities: int) -> tuple[Row, list[Row]]:
    """A Released order with so many lines, and those lines."""
    customer, item, order = (str(uuid4()) for _ in range(3))
    number = f"I{item[:8]}".upper()
    lines = [{"id": str(uuid4()), "type": "Item", "lineObjectNumber": number, "quantity": each, "unitPrice": 10} for each in quantities]
    bc: dict[str, Any] = {"side": Side.BC}
    answers = await client.write(
        [
            Create(**bc, table="customers", id=customer, values={"displayName": "Adatum"}),
            Create(**bc, table="items", id=item, values={"displayName": "Chair", "number": number, "type": "Inventory"}),
            Create(**bc, table="salesOrders", id=order, values={"customerId": customer, "salesOrderLines": lines}),
            Call(**bc, table="salesOrders", id=order, name="release", body={}),
        ]
    )
    assert [answer.error for answer in answers] == [None] * 4
    return await shown(client, order)


async def shown(client: BusinessCentral, order: str) -> tuple[Row, list[Row]]:
    rows = await client.rows("salesOrders", [order], COLUMNS)
    page = await client.page(Query(table="salesOrderLines", columns=("id", *LINES), filter=f"documentNumber eq '{rows[order]['number']}'"))
    return rows[order], sorted(page.rows, key=lambda row: int(row["sequence"]))


def change(order: Row, **values: Any) -> Update:
    return Update(side=Side.BC, table="salesOrders", id=order["id"], values=values, version=order["@odata.etag"])


def quantity(line: Row, value: float) -> Update:
    return Update(side=Side.BC, table="salesOrderLines", id=line["id"], values={"quantity": value}, version=line["@odata.etag"])


async def test_a_released_order_and_its_lines_are_written_in_one_request_and_stay_released(
    bc_client: BusinessCentral, bc_desk: Desk
) -> None:
    order, [one, two] = await released(bc_client, 1, 2)
    asked = await bc_desk.requests()
    gone = Delete(side=Side.BC, table="salesOrderLines", id=two["id"], version=two["@odata.etag"])
    step = reopened(change(order, workDescription="To the back door"), order, quantity(one, 5), gone)
    [answer] = await bc_client.write([step])
    assert await bc_desk.requests() - asked == 1
    after, lines = await shown(bc_client, order["id"])
    assert (answer.error, answer.step, answer.id, answer.version) == (None, step, order["id"], after["@odata.etag"])
    assert (after["documentStatus"], after["workDescription"], after["totalAmountExcludingTax"]) == ("Released", "To the back door", 50)
    assert [(line["id"], line["quantity"]) for line in lines] == [(one["id"], 5)]
    told = {part.id: part.row for part in answer.parts if part.step.table == "salesOrderLines" and part.row}
    assert told[one["id"]] and told[one["id"]]["quantity"] == 5


async def test_an_order_that_somebody_wrote_meanwhile_stays_as_he_left_it(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    order, [line] = await released(bc_client, 1)
    await bc_desk.post("hands/reopen", id=order["id"])
    [answer] = await bc_client.write([reopened(change(order, workDescription="Too late"), order, quantity(line, 7))])
    assert isinstance(answer.error, Stale)
    after, [kept] = await shown(bc_client, order["id"])
    assert (after["documentStatus"], after["workDescription"], kept["quantity"]) == ("Open", "", 1)


async def test_what_one_line_is_refused_for_undoes_the_other_writes_and_is_named(bc_client: BusinessCentral) -> None:
    order, [one, two] = await released(bc_client, 1, 2)
    wrong = Update(side=Side.BC, table="salesOrderLines", id=two["id"], values={"lineObjectNumber": "NOBODY"})
    [answer] = await bc_client.write([reopened(change(order, workDescription="Half"), order, quantity(one, 5), wrong)])
    assert isinstance(answer.error, ServiceError) and answer.error.record == two["id"]
    after, lines = await shown(bc_client, order["id"])
    assert (after["workDescription"], [line["quantity"] for line in lines]) == ("", [1, 2])
    assert after["documentStatus"] == "Open"  # what an action did is not undone: whoever asked for it goes on with it


async def test_an_order_with_more_lines_than_a_batch_takes_ends_released(bc_client: BusinessCentral, bc_desk: Desk) -> None:
    order, lines = await released(bc_client, *[1] * 120)
    asked = await bc_desk.requests()
    [answer] = await bc_client.write([reopened(change(order), order, *(quantity(line, 2) for line in lines))])
    assert (answer.error, await bc_desk.requests() - asked, len(answer.parts)) == (None, 2, 123)
    after, lines = await shown(bc_client, order["id"])
    assert (after["documentStatus"], {line["quantity"] for line in lines}) == ("Released", {2})


async def test_a_row_that_is_deleted_with_what_goes_together_is_not_asked_for_again(bc_client: BusinessCentral) -> None:
    order, _ = await released(bc_client, 2)
    bc: dict[str, Any] = {"side": Side.BC}
    gone = Delete(**bc, table="salesOrders", id=order["id"])
    [answer] = await bc_client.write(
        [Together(side=Side.BC, steps=(Call(**bc, table="salesOrders", id=order["id"], name="archive", body={}), gone))]
    )
    assert (answer.error, answer.row) == (None, None)
    assert await bc_client.rows("salesOrders", [order["id"]]) == {}
