"""Rule C5 and the status of orders: what becomes of an order in Business Central is what people read on the order in Sales."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mapping.policies import Bound
from mapping.values import Side
from sandbox.running import Sandbox
from sync.run import messages
from tests.scenario.engine import Engine, engine_on
from tests.scenario.orders import NAME, Desk
from tests.scenario.world import Row

SUBMITTED, CANCELED, FULFILLED, INVOICED, PENDING = (1, 3), (2, 4), (3, 100001), (4, 100003), (0, 2)
"""statecode and statuscode of an order in Sales."""


INVOICES = "POSTEDSALESINV-INV"


class Story:
    """Orders that were submitted in Sales and taken over, what people do with them in BC, and what Sales says of them."""

    def __init__(self, engine: Engine, desk: Desk) -> None:
        self.engine, self.desk = engine, desk

    @classmethod
    async def begun(cls, engine: Engine) -> Story:
        return cls(engine, await Desk.opened(engine))

    async def orders(self, *customers: str) -> list[Row]:
        """An order of two lines for each of these customers."""
        lines = self.desk.line("ITEM-0", 4), self.desk.line("ITEM-1", 2)
        orders = [await self.desk.submitted(*lines, of=customer) for customer in customers]
        await self.look()
        assert await self.engine.problems(NAME) == []
        return orders

    async def look(self) -> None:
        await self.engine.look(NAME)

    async def mine(self, order: Row) -> Row:
        """The order in BC."""
        return await self.engine.bc.row("salesOrders", (await self.desk.now(order))["couplet_bcid"])

    async def does(self, verb: str, order: Row, **more: object) -> Row:
        """The back office does something with an order."""
        answer: Row = await self.engine.bc.hand(verb, id=(await self.mine(order))["id"], **more)
        return answer

    async def ships(self, *orders: Row) -> None:
        for order in orders:
            await self.does("release", order)
            await self.does("ship", order)

    async def delete(self, order: Row) -> None:
        await self.engine.bc.delete("salesOrders", (await self.mine(order))["id"])

    async def hears(self, *mine: Row) -> None:
        """BC tells that these orders are no longer there."""
        ids = [each["id"] for each in mine]
        await self.engine.ctx.store.queue.send_many(messages.records(self.engine.ctx.company, NAME, Side.BC, ids))
        await self.engine.drain()

    async def state(self, order: Row) -> tuple[int, int]:
        now = await self.desk.now(order)
        return now["statecode"], now["statuscode"]

    async def life(self, order: Row) -> str | None:
        id_ = order["salesorderid"]
        known = await self.engine.ctx.store.couplings.load(self.engine.ctx.company, NAME, Side.SALES, [id_])
        return known[id_].life if known else None

    async def quantities(self, order: Row, column: str = "quantity") -> list[float]:
        """How much each line of an order sells in Sales, or of what else there is a quantity."""
        return [row[column] or 0 for row in await self.desk.lines_in_sales(order)]

    async def notes(self, id_: str) -> list[str]:
        """What the timeline of a row tells of BC, in no order."""
        rows = await self.engine.sales.rows("annotations", _objectid_value=id_)
        return sorted(row["notetext"] for row in rows if row["subject"] == "Business Central")

    async def ended(self, orders: Sequence[Row]) -> None:
        """All of them are Invoiced, each once, and nothing is open."""
        assert [await self.state(each) for each in orders] == [INVOICED] * len(orders)
        assert [await self.life(each) for each in orders] == ["done"] * len(orders)
        assert await self.engine.problems(NAME) == []


async def paid_and_taken_back(story: Story, order: Row, invoice: Row) -> None:
    """A payment is told of, what takes it back and a credit memo are not."""
    engine, id_ = story.engine, order["salesorderid"]
    await engine.look(INVOICES)
    await engine.bc.hand("pay", id=invoice["id"])
    await engine.look(INVOICES)
    assert f"Invoice {invoice['number']} was paid." in await story.notes(id_)
    await engine.bc.hand("unapply", id=invoice["id"])
    await engine.look(INVOICES)
    told = await story.notes(id_) + await story.notes(story.desk.accounts["C0"]["accountid"])
    await engine.reset_counters()
    await engine.bc.hand("cancel", id=invoice["id"])
    await story.look()
    assert await engine.written() == {"bc": 0, "sales": 0}
    await engine.look(INVOICES)
    now = await story.notes(id_) + await story.notes(story.desk.accounts["C0"]["accountid"])
    assert now == told, "a credit memo is told to nobody"


@pytest.mark.rule("C5")
@pytest.mark.case("T487", "T488", "T490", "T509", "T538")
@pytest.mark.feature("F138")
async def test_released_shipped_and_invoiced_the_order_says_so_and_its_timeline_tells_each_step_once(engine: Engine) -> None:
    story = await Story.begun(engine)
    [order] = await story.orders("C0")
    id_, mine = order["salesorderid"], await story.mine(order)
    await story.does("release", order)
    await story.look()
    assert await story.notes(id_) == [f"Released as order {mine['number']}."]
    first = (await story.desk.lines_in_bc(order))[0]
    part = await story.does("shipPart", order, lines={first["id"]: 1})
    await story.look()
    assert await story.state(order) == SUBMITTED, "a part is not all"
    assert len(await story.notes(id_)) == 2 and any(part["number"] in text for text in await story.notes(id_))
    some = await story.does("invoice", order)
    await story.look()
    assert (await story.state(order), await story.life(order)) == (SUBMITTED, "coupled"), "a part is not all"
    assert len(await story.notes(id_)) == 3 and f"Invoice {some['number']} was posted." in await story.notes(id_)
    await engine.reset_counters()
    await story.look()
    assert await engine.written() == {"bc": 0, "sales": 0}
    rest = await story.does("ship", order)
    await story.look()
    assert await story.state(order) == FULFILLED
    assert len(await story.notes(id_)) == 4 and any(rest["number"] in text for text in await story.notes(id_))
    await engine.switch(INVOICES, enabled=True)
    await engine.look(INVOICES)
    invoice = await story.does("invoice", order)
    await story.look()
    await story.ended([order])
    assert str((await story.desk.now(order))["datefulfilled"])[:10] == (await engine.bc.rows("salesShipments"))[-1]["postingDate"]
    assert len(await story.notes(id_)) == 5 and f"Invoice {invoice['number']} was posted." in await story.notes(id_)
    bills = [f"Invoice {each['number']} was posted for order {order['ordernumber']}." for each in (some, invoice)]
    assert await story.notes(story.desk.accounts["C0"]["accountid"]) == bills
    await paid_and_taken_back(story, order, invoice)


@pytest.mark.rule("C5")
@pytest.mark.case("T508", "T530", "T532")
@pytest.mark.feature("F140")
async def test_one_invoice_for_several_orders_makes_each_of_them_invoiced_whatever_became_of_customer_or_order(engine: Engine) -> None:
    story = await Story.begun(engine)
    three, [lonely, lost, other] = await story.orders("C0", "C0", "C0"), await story.orders("C1", "C2", "C3")
    first, second = await story.desk.lines_in_bc(other)
    await engine.bc.edit("salesOrderLines", first["id"], quantity=3)
    await engine.bc.delete("salesOrderLines", second["id"])
    await engine.bc.edit("salesOrders", (await story.mine(other))["id"], paymentDiscountPercent=2)
    await story.ships(*three, lonely, lost, other)
    await story.look()
    ids = [(await story.mine(each))["id"] for each in three]
    await engine.api.delete("couplings/CUSTOMER", {"salesId": story.desk.accounts["C1"]["accountid"]})
    await engine.sales.delete("salesorders", lost["salesorderid"])
    await engine.bc.hand("combineShipments", ids=ids)
    for order in (lonely, other):
        await story.does("invoice", order)
    [left] = await engine.bc.rows("salesOrders", yourReference=lost["ordernumber"])
    await engine.bc.hand("invoice", id=left["id"])
    assert "refers to it" in await engine.sales.refused("delete", set="accounts", id=story.desk.accounts["C3"]["accountid"])
    await engine.sales.fault(method="POST", path="annotations", status=404, code="0x80040217", times=2)
    await story.look()
    await story.ended([*three, lonely, other])
    assert await engine.sales.unused_faults() == 0
    assert [await story.quantities(each) for each in (lonely, other)] == [[4, 2], [3]], "the last lines (C5)"
    assert (await story.desk.now(other))["discountpercentage"] == 2, "and the last discount"
    assert await story.life(lost) is None


@pytest.mark.rule("C5", "A6", "C3")
@pytest.mark.case("T511")
@pytest.mark.feature("F141")
async def test_a_deleted_order_goes_back_to_pending_and_can_be_submitted_once_more(engine: Engine) -> None:
    story = await Story.begun(engine)
    order, canceled, kept = await story.orders("C0", "C1", "C2")
    mine, other = await story.mine(order), await story.mine(canceled)
    await engine.sales.hand("cancel", set="salesorders", id=canceled["salesorderid"])
    await story.delete(order)
    await story.delete(canceled)
    engine.change(NAME, bound=Bound(percent=0, least=1))
    await story.hears(mine, other)
    assert [code for code, _ in await engine.problems(NAME)] == ["mass_change"], "so many at once are asked about first (rule C3)"
    assert (await story.state(order), await story.life(order)) == (SUBMITTED, "coupled")
    [problem] = (await engine.api.get(f"problems?mapping={NAME}")).json["value"]
    assert (await engine.api.post(f"mappings/{NAME}/confirm", {"problem": problem["record"]})).status in (200, 202)
    await engine.drain()
    engine.change(NAME, bound=Bound())
    now = await story.desk.now(order)
    assert (await story.state(order), now["lastbackofficesubmit"], now["couplet_bcnumber"], await story.life(order)) == (PENDING,) + (
        None,
    ) * 3
    assert (await story.state(canceled), await story.life(canceled), await story.life(kept)) == (CANCELED, None, "coupled")
    await story.look()
    assert await story.life(order) is None, "nobody submitted it"
    await story.desk.submit(order)
    await story.look()
    again = await story.mine(order)
    assert again["id"] != mine["id"] and again["number"] != mine["number"]
    assert (await story.life(order), await engine.problems(NAME)) == ("coupled", [])
    await story.ships(order)
    await story.does("invoice", order)
    await story.look()
    await story.ended([order])


@pytest.mark.rule("C5")
async def test_with_api_v2_alone_an_order_is_looked_for_in_invoices_and_shipments(standard: Engine) -> None:
    story = await Story.begun(standard)
    single, one, other, gone = await story.orders("C0", "C1", "C1", "C2")
    mine = {each["salesorderid"]: await story.mine(each) for each in (single, one, other, gone)}
    for order in (single, one, other):
        for hand in ("release", "ship"):
            await standard.bc.hand(hand, id=mine[order["salesorderid"]]["id"])
    await story.look()
    assert [await story.state(each) for each in (single, one, other)] == [FULFILLED] * 3
    await standard.bc.hand("invoice", id=mine[single["salesorderid"]]["id"])
    await story.look()
    await story.ended([single])
    await standard.bc.hand("combineShipments", ids=[mine[each["salesorderid"]]["id"] for each in (one, other)])
    await standard.bc.delete("salesOrders", mine[gone["salesorderid"]]["id"])
    await story.hears(*mine.values())
    await story.ended([single, one, other])
    assert (await story.state(gone), await story.life(gone)) == (PENDING, None)


@pytest.mark.rule("C5", "A6")
async def test_a_worker_who_dies_while_an_order_ends_is_carried_on(engine: Engine) -> None:
    story = await Story.begun(engine)
    *invoiced, before, after = await story.orders("C0", "C1", "C2", "C3")
    cases = list(zip([*invoiced, before, after], ["before", "after"] * 2, strict=True))
    mine = {order["salesorderid"]: await story.mine(order) for order, _ in cases}
    await story.ships(*invoiced)
    for order in invoiced:
        await story.does("invoice", order)
    for order in (before, after):
        await story.delete(order)
    for order, when in cases:
        ids = [mine[order["salesorderid"]]["id"]]
        await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, NAME, Side.BC, ids))
        await engine.die(Side.SALES, when)
        await engine.leases_run_out(NAME)
        await engine.drain()
    await story.ended(invoiced)
    assert [(await story.state(each), await story.life(each)) for each in (before, after)] == [(PENDING, None)] * 2
    assert [len(await story.notes(each["salesorderid"])) for each in invoiced] == [2, 2]


@pytest.mark.rule("C5", "E6")
@pytest.mark.case("T538")
async def test_where_orders_go_both_ways_their_lines_say_what_was_shipped(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, ORDERS="both") as engine:
        story = await Story.begun(engine)
        [order] = await story.orders("C0")
        first = (await story.desk.lines_in_bc(order))[0]
        await story.does("shipPart", order, lines={first["id"]: 1})
        await story.look()
        assert (await story.state(order), await story.quantities(order, "quantityshipped")) == (SUBMITTED, [1, 0])
        await story.does("ship", order)
        await story.look()
        assert (await story.state(order), await story.quantities(order, "quantityshipped")) == (FULFILLED, [4, 2])
        await engine.reset_counters()
        await story.look()
        assert await engine.written() == {"bc": 0, "sales": 0}
        await story.does("invoice", order)
        await story.look()
        await story.ended([order])
        assert await story.quantities(order) == [4, 2]
        other = (await story.orders("C1"))[0]
        mine = await story.mine(other)
        await story.delete(other)
        await story.hears(mine)
        assert (await story.state(other), await story.life(other)) == (PENDING, None)
