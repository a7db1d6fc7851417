"""Quotes that were won: the order of Sales that came from one is BC's order, once, and its quote in BC is archived and gone (rule E7)."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.run import messages
from tests.scenario.by_hand import couple
from tests.scenario.engine import Engine, engine_on
from tests.scenario.orders import NAME as ORDERS
from tests.scenario.quotes import NAME, QuoteDesk

pytestmark = pytest.mark.rule("E7")


async def archived(engine: Engine, number: str) -> int:
    """How many versions of a quote BC's archive has."""
    return len(await engine.bc.rows("salesQuoteArchives", number=number))


@pytest.mark.case("T110", "T557", "T559")
async def test_whichever_comes_first_the_order_is_there_once_and_the_quote_is_archived(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    quotes = {name: await desk.active(desk.line("ITEM-0", 3, 12.5)) for name in ("quote first", "order first", "at once", "unseen")}
    numbers = {name: (await desk.quoted(quote))["number"] for name, quote in quotes.items()}
    orders = {name: await desk.ordered(quote) for name, quote in quotes.items()}

    await desk.win(quotes["quote first"])
    await engine.look(NAME, ORDERS)
    released = await desk.quoted(quotes["quote first"])
    assert (released["documentStatus"], await desk.state(quotes["quote first"])) == ("Released", "coupled")
    await desk.submit(orders["quote first"])
    await engine.look(ORDERS)

    await desk.submit(orders["order first"])
    await engine.look(ORDERS)
    assert (await desk.quoted(quotes["order first"]))["documentStatus"] == "Open", "it is not won yet"
    await desk.win(quotes["order first"])
    await engine.look(NAME)

    await desk.win(quotes["at once"])
    await desk.submit(orders["at once"])
    await engine.look(NAME, ORDERS)

    await desk.submit(orders["unseen"])
    await desk.win(quotes["unseen"])
    await engine.look(ORDERS, NAME)

    assert await engine.problems() == []
    assert {name: (await desk.in_bc(order))["quoteNumber"] for name, order in orders.items()} == numbers
    assert (await engine.bc.rows("salesQuotes"), len(await engine.bc.rows("salesOrders"))) == ([], 4)
    assert [await archived(engine, number) for number in numbers.values()] == [1] * 4
    assert {await desk.state(quote) for quote in quotes.values()} == {"done"}

    await engine.reset_counters()
    for quote in quotes.values():
        answer = await engine.api.post(f"records/{NAME}/sales/{quote['quoteid']}/sync", {})
        assert answer.json["outcome"] == "done"
    await engine.look(NAME, ORDERS)
    assert await engine.written() == {"bc": 0, "sales": 0}, "processing a won quote twice works"


async def test_a_quote_won_unseen_comes_while_its_order_is_not_there_and_one_without_order_is_a_problem(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    alone, drafted, over = [await desk.quote(desk.line("ITEM-0")) for _ in range(3)]
    for quote in (alone, drafted, over):
        await engine.sales.hand("activate", id=quote["quoteid"])
    await desk.ordered(drafted)
    order = await desk.ordered(over)
    for quote in (alone, drafted, over):
        await desk.win(quote)
    await desk.submit(order)
    await engine.look(ORDERS)
    await engine.look(NAME)
    assert [row["yourReference"] for row in await engine.bc.rows("salesQuotes")] == [drafted["quotenumber"]]
    assert ((await desk.quoted(drafted))["documentStatus"], (await desk.in_bc(order))["quoteNumber"]) == ("Released", "")
    assert await engine.problems() == []

    won = await desk.active(desk.line("ITEM-0"))
    order = await desk.ordered(won)
    await engine.sales.hand("cancel", set="salesorders", id=order["salesorderid"])
    await desk.win(won)
    await engine.look(NAME)
    assert await engine.problems() == [("won_without_order", None)]
    assert ((await desk.quoted(won))["documentStatus"], await desk.state(won)) == ("Open", "coupled")

    order = await desk.ordered(won)
    await desk.submit(order)
    await engine.look(ORDERS)
    assert (await engine.problems(), await desk.state(won), await engine.bc.rows("salesQuotes", yourReference=won["quotenumber"])) == (
        [],
        "done",
        [],
    )


async def test_a_quote_that_people_of_bc_made_into_an_order_gets_no_second_one(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    quote = await desk.active(desk.line("ITEM-0", 3, 12.5))
    order = await desk.ordered(quote)
    quoted = await desk.quoted(quote)
    await engine.bc.hand("makeOrder", id=quoted["id"])
    [made] = await engine.bc.rows("salesOrders")
    await engine.ctx.store.queue.send_many(messages.records(engine.ctx.company, NAME, Side.BC, [quoted["id"]]))
    await engine.drain()
    assert (await desk.state(quote), await engine.problems()) == ("done", []), "its order bears its reference"

    await desk.submit(order)
    await engine.look(ORDERS)
    assert (await engine.problems(), await engine.bc.rows("salesOrders")) == ([("quote_ordered", None)], [made])
    await couple(engine, ORDERS, bc=made["id"], sales=order["salesorderid"])
    assert ((await desk.now(order))["couplet_bcid"], len(await engine.bc.rows("salesOrders"))) == (made["id"], 1)
    assert await engine.problems() == []

    sold = await desk.active(desk.line("ITEM-0", 3, 12.5))
    order = await desk.ordered(sold)
    await engine.bc.hand("makeOrder", id=(await desk.quoted(sold))["id"])
    [made] = await engine.bc.rows("salesOrders", yourReference=sold["quotenumber"])
    for verb in ("release", "ship", "invoice"):
        await engine.bc.hand(verb, id=made["id"])
    await desk.submit(order)
    await engine.look(ORDERS)
    assert await engine.problems() == [("quote_ordered", None)], "its order is an invoice by now"
    assert len(await engine.bc.rows("salesOrders")) == 1


async def test_a_worker_who_dies_over_a_won_quote_is_followed_by_one_who_ends_it(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    for when in ("before", "after"):
        quote = await desk.active(desk.line("ITEM-0"))
        number = (await desk.quoted(quote))["number"]
        order = await desk.ordered(quote)
        await desk.submit(order)
        await engine.look(ORDERS)
        await desk.win(quote)
        await engine.ask_for_a_look(NAME)
        await engine.die(Side.BC, when)
        await engine.leases_run_out(NAME)
        await engine.drain()
        await engine.look(NAME)
        assert (await engine.bc.rows("salesQuotes"), await desk.state(quote), await engine.problems()) == ([], "done", [])
        assert (await archived(engine, number), (await desk.in_bc(order))["quoteNumber"]) == (1, number)


async def test_with_the_standard_api_a_quote_is_taken_over_and_revised_but_not_archived(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, BC_PROFILE="standard") as engine:
        missing = {one.field for one in engine.ctx.unavailable if one.mapping == NAME}
        assert {"archive", "release", "reopen", "setInvoiceDiscount"} <= missing
        desk = await QuoteDesk.opened(engine)
        quote = await desk.active(desk.line("ITEM-0", 3, 12.5, description="Handle with care"))
        [made] = await engine.bc.rows("salesQuotes")
        told = [(each["lineType"], each["description"]) for each in await engine.bc.rows("salesQuoteLines", documentId=made["id"])]
        assert ("Comment", "Handle with care") in told
        assert (made["externalDocumentNumber"], made["totalAmountExcludingTax"]) == ("QUOTE OF ANJA", 37.5)
        second = await desk.revised(quote)
        await desk.add(second, desk.line("ITEM-1", 1, 10), after=1)
        await desk.activate(second)
        [again] = await engine.bc.rows("salesQuotes")
        assert (again["id"], again["totalAmountExcludingTax"], await engine.problems()) == (made["id"], 47.5, [])
        order = await desk.ordered(second)
        await desk.submit(order)
        await desk.win(second)
        await engine.look(ORDERS)
        await engine.look(NAME)
        assert (len(await engine.bc.rows("salesOrders")), len(await engine.bc.rows("salesQuotes"))) == (1, 1)
        assert (await desk.state(second), await engine.problems(NAME)) == ("done", [])
