"""Rule E7: an active quote of Sales becomes a quote of BC, a revision fills the same one anew, a won one leaves it to its order."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.orders import NAME as ORDERS
from tests.scenario.orders import write_in
from tests.scenario.quotes import NAME, QuoteDesk

pytestmark = pytest.mark.rule("E7")


async def test_an_active_quote_becomes_a_quote_of_bc_with_every_kind_of_line(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    draft = await desk.quote(
        desk.line("ITEM-0", 3, 12.5, manualdiscountamount=2),
        desk.line("RES-1", 2, 80),
        write_in("Engraved"),
        name="Quote of Anja, for the new house by the sea",
        description="Please call\nbefore you come",
        effectiveto="2026-12-24T00:00:00Z",
        freightamount=7.9,
    )
    await engine.look(NAME)
    assert await engine.bc.rows("salesQuotes") == []

    await desk.activate(draft)
    assert await engine.problems() == []
    made, lines = await desk.quoted(draft), await desk.lines_of(draft)
    assert (made["externalDocumentNumber"], made["workDescription"]) == (
        "QUOTE OF ANJA, FOR THE NEW HOUSE BY",
        "Please call\nbefore you come",
    )
    assert (made["validUntilDate"], made["documentStatus"], made["paymentDiscountPercent"]) == ("2026-12-24", "Open", 0)
    sold = [(each["lineType"], each["lineObjectNumber"], each["quantity"], each["unitPrice"], each["discountAmount"]) for each in lines]
    assert sold == [
        ("Item", "ITEM-0", 3, 12.5, 2),
        ("Resource", "RES-1", 2, 80, 0),
        ("Item", "WRITE-IN", 1, 5, 0),
        ("Account", "8710", 1, 7.9, 0),
    ]
    assert await desk.state(draft) == "coupled"


async def test_a_revision_archives_the_quote_of_bc_and_fills_the_same_one_anew(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    first = await desk.active(desk.line("ITEM-0", 3, 12.5), desk.line("ITEM-1", 1, 10), name="First")
    before = await desk.quoted(first)

    second = await desk.revised(first)
    await engine.look(NAME)
    assert (await desk.quoted(first), await desk.state(first)) == (before, "coupled"), "a draft of a revision changes nothing"

    await engine.sales.edit("quotes", second["quoteid"], name="Second")
    await desk.add(second, desk.line("RES-1", 2, 80), after=2)
    await desk.activate(second)
    assert await engine.problems() == []
    after = await desk.quoted(second)
    assert (after["id"], after["number"], after["externalDocumentNumber"]) == (before["id"], before["number"], "SECOND")
    assert [each["lineObjectNumber"] for each in await desk.lines_of(second)] == ["ITEM-0", "ITEM-1", "RES-1"]
    assert [(each["number"], each["versionNumber"]) for each in await engine.bc.rows("salesQuoteArchives")] == [(before["number"], 1)]
    assert (await desk.state(first), await desk.state(second)) == (None, "coupled")

    await engine.reset_counters()
    await engine.look(NAME)
    assert (await engine.written(), await engine.problems()) == ({"bc": 0, "sales": 0}, [])


async def test_a_won_quote_is_archived_and_gone_once_its_order_is_there(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    quote = await desk.active(desk.line("ITEM-0", 3, 12.5))
    quoted = await desk.quoted(quote)
    order = await desk.ordered(quote)
    await desk.win(quote)
    await engine.look(NAME, ORDERS)
    assert ((await desk.quoted(quote))["documentStatus"], await desk.state(quote)) == ("Released", "coupled")

    await desk.submit(order)
    await engine.look(ORDERS)
    assert await engine.problems() == []
    made = await desk.in_bc(order)
    assert made["quoteNumber"] == quoted["number"]
    assert (await engine.bc.rows("salesQuotes"), await desk.state(quote)) == ([], "done")
