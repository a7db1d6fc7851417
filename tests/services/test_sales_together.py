"""Steps of Sales that go together, against the simulator: all of them or none."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from mapping.order_states import BILLED, COMPLETE, IN_PROGRESS, NEW, PENDING, toggled
from sync.errors import NotFound, ServiceError, Stale
from sync.heart.plan import Create, Delete, Row, Side, Step, Together, Update
from sync.services.model import Query
from sync.services.sales import Sales
from tests.services.conftest import Desk

COLUMNS = ("name", "description", "statecode", "statuscode")


async def order(client: Sales, name: str, **state: int) -> dict[str, Any]:
    """An order for a new account, in a state."""
    account, id_ = str(uuid4()), str(uuid4())
    base = (await client.organization()).base_currency_id
    currency = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({base})"}
    prices = Create(side=Side.SALES, table="pricelevels", id=str(uuid4()), values={"name": id_, **currency})
    who = {"customerid_account@odata.bind": f"/accounts({account})", "pricelevelid@odata.bind": f"/pricelevels({prices.id})"}
    steps: list[Step] = [
        Create(side=Side.SALES, table="accounts", id=account, values={"name": name}),
        prices,
        Create(side=Side.SALES, table="salesorders", id=id_, values={"name": name, **who, **currency}),
    ]
    answers = await client.write([*steps, Update(side=Side.SALES, table="salesorders", id=id_, values=state or dict(NEW))])
    assert [answer.error for answer in answers] == [None] * 4
    return await shown(client, id_)


async def shown(client: Sales, id_: str) -> dict[str, Any]:
    return dict((await client.rows("salesorders", [id_], COLUMNS))[id_])


def change(row: dict[str, Any], **values: Any) -> Update:
    return Update(side=Side.SALES, table="salesorders", id=row["salesorderid"], values=values, version=row["@odata.etag"])


def state(row: Row) -> dict[str, int]:
    return {"statecode": row["statecode"], "statuscode": row["statuscode"]}


async def test_a_submitted_order_is_written_and_stays_submitted_in_one_request(sales_client: Sales, sales_desk: Desk) -> None:
    before = await order(sales_client, "Chairs", **IN_PROGRESS)
    asked = await sales_desk.requests()
    step = toggled(change(before, description="Delivered to the back door"), before)
    [answer] = await sales_client.write([step])
    assert await sales_desk.requests() - asked == 1
    after = await shown(sales_client, before["salesorderid"])
    assert (answer.error, answer.step, answer.id) == (None, step, before["salesorderid"])
    assert (after["description"], state(after)) == ("Delivered to the back door", IN_PROGRESS)


async def test_an_order_that_somebody_wrote_meanwhile_stays_as_it_is(sales_client: Sales) -> None:
    before = await order(sales_client, "Chairs", **IN_PROGRESS)
    await sales_client.write([toggled(change(before, description="Mine"), before)])
    [answer] = await sales_client.write([toggled(change(before, description="Too late"), before)])
    assert isinstance(answer.error, Stale)
    after = await shown(sales_client, before["salesorderid"])
    assert (after["description"], state(after)) == ("Mine", IN_PROGRESS)


async def test_what_one_step_is_refused_for_undoes_the_others_and_is_named(sales_client: Sales) -> None:
    before = await order(sales_client, "Chairs", **IN_PROGRESS)
    whole = toggled(change(before, description="Half", name="x" * 301), before)
    [answer, other] = await sales_client.write([whole, change(await order(sales_client, "Tables"), description="By itself")])
    assert isinstance(answer.error, ServiceError)
    assert (answer.error.field, answer.error.record, other.error) == ("name", before["salesorderid"], None)
    after = await shown(sales_client, before["salesorderid"])
    assert (after["description"], state(after)) == (None, IN_PROGRESS)


async def test_a_row_that_is_gone_is_deleted_by_itself_but_not_together(sales_client: Sales) -> None:
    before = await order(sales_client, "Chairs", **IN_PROGRESS)
    line = Delete(side=Side.SALES, table="salesorderdetails", id=str(uuid4()))
    [answer] = await sales_client.write([toggled(change(before, description="Never"), before, line)])
    assert isinstance(answer.error, NotFound) and answer.error.record == line.id
    assert (await shown(sales_client, before["salesorderid"]))["description"] is None


async def test_many_orders_are_written_in_few_requests_each_whole(sales_client: Sales, sales_desk: Desk) -> None:
    rows = [await order(sales_client, f"Order {number}", **IN_PROGRESS) for number in range(5)]
    asked = await sales_desk.requests()
    answers = await sales_client.write([toggled(change(row, description=row["name"]), row) for row in rows])
    assert [answer.error for answer in answers] == [None] * 5 and await sales_desk.requests() - asked == 1
    found = (await sales_client.page(Query(table="salesorders", columns=COLUMNS))).rows
    assert all(row["description"] == row["name"] and state(row) == IN_PROGRESS for row in found) and len(found) == 5


async def test_an_order_comes_to_each_state_as_sales_allows_it(sales_client: Sales) -> None:
    id_ = (await order(sales_client, "Chairs"))["salesorderid"]
    for number, wanted in enumerate([IN_PROGRESS, COMPLETE, BILLED, PENDING, IN_PROGRESS, BILLED]):
        row = await shown(sales_client, id_)
        [answer] = await sales_client.write([toggled(change(row, description=str(number), **wanted), row)])
        assert answer.error is None
        after = await shown(sales_client, id_)
        assert (after["description"], state(after)) == (str(number), wanted)


async def test_nothing_to_write_is_no_more_than_the_change_itself(sales_client: Sales) -> None:
    row = await order(sales_client, "Chairs", **IN_PROGRESS)
    nothing = change(row)
    assert toggled(nothing, row) == nothing
    assert toggled(change(row, **BILLED), row) == change(row, **BILLED)
    assert isinstance(toggled(change(row, description="x"), row), Together)
