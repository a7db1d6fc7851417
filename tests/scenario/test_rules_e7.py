"""Rule E7: an active quote of Sales becomes a quote of BC, a revision fills the same one anew, a won one leaves it to its order."""

from __future__ import annotations

import pytest

from mapping.policies import LeavingPolicy
from sync.heart.plan import Side
from tests.scenario.by_hand import couple
from tests.scenario.engine import Engine
from tests.scenario.order_company import DOLLARS
from tests.scenario.orders import write_in
from tests.scenario.quotes import NAME, QuoteDesk
from tests.scenario.world import Row

pytestmark = pytest.mark.rule("E7")

LONG = "The text of this line goes on and on. " * 8


LOST = 5
"""quote.statuscode of one that was lost."""


def sold(lines: list[Row]) -> list[tuple[object, ...]]:
    """What lines of BC sell."""
    return [(each["lineType"], each["lineObjectNumber"], each["quantity"], each["unitPrice"], each["discountAmount"]) for each in lines]


@pytest.mark.case("T542", "T544", "T547", "T550", "T551", "T554", "T556")
@pytest.mark.feature("F143")
async def test_active_quotes_become_quotes_of_bc_with_every_kind_of_line(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    draft = await desk.quote(
        desk.line("ITEM-0", 3, 12.5, manualdiscountamount=2),
        desk.line("RES-1", 2, 80, description=LONG),
        write_in("Engraved", description=LONG),
        name="Quote of Anja, for the new house by the sea",
        description="Please call\nbefore you come",
        effectiveto="2026-12-24T00:00:00Z",
        freightamount=7.9,
        discountamount=5,
        discountpercentage=10,
    )
    await engine.look(NAME)
    assert await engine.bc.rows("salesQuotes") == []

    await desk.activate(draft)
    dollars = await desk.active(desk.line("ITEM-0", 1, 10), list_=DOLLARS, by="account", of="C1")
    to_person = await desk.active(desk.line("ITEM-0", 1, 10), by="contact", of="C2")
    assert await engine.problems() == []
    made, lines = await desk.quoted(draft), await desk.lines_of(draft)
    assert (made["externalDocumentNumber"], made["workDescription"]) == (
        "QUOTE OF ANJA, FOR THE NEW HOUSE BY",
        "Please call\nbefore you come",
    )
    assert (made["validUntilDate"], made["documentStatus"], made["paymentDiscountPercent"]) == ("2026-12-24", "Open", 0)
    assert sold([each for each in lines if each["lineType"] != "Comment"]) == [
        ("Item", "ITEM-0", 3, 12.5, 2),
        ("Resource", "RES-1", 2, 80, 0),
        ("Item", "WRITE-IN", 1, 5, 0),
        ("Account", "8710", 1, 7.9, 0),
    ]
    comments = [(each["attachedToLineNumber"], each["description"]) for each in lines if each["lineType"] == "Comment"]
    own, written_in = lines[1]["sequence"], next(each for each in lines if each["lineObjectNumber"] == "WRITE-IN")
    assert "".join(text for to, text in comments if to == own) == LONG.strip()
    assert written_in["description"] + "".join(text for to, text in comments if to == written_in["sequence"]) == LONG.strip()
    assert made["discountAmount"] == pytest.approx(5 + (3 * 12.5 - 2 + 160 + 5) / 10)
    assert [(await desk.quoted(each))["currencyCode"] for each in (draft, dollars)] == ["", "USD"]
    assert (await desk.quoted(to_person))["customerNumber"] == "C2"
    assert await desk.state(draft) == "coupled"


@pytest.mark.case("T545", "T548", "T730", "T731", "T734")
@pytest.mark.feature("F142")
async def test_a_quote_is_processed_by_hand_and_what_stands_in_the_way_of_others_is_named(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine, automatic=False)
    quote = await desk.active(desk.line("ITEM-0", 3, 12.5))
    assert await engine.bc.rows("salesQuotes") == []
    await couple(engine, NAME, sales=quote["quoteid"], createNew=True)
    assert sold(await desk.lines_of(quote)) == [("Item", "ITEM-0", 3, 12.5, 0)]

    second = await desk.revised(quote)
    await desk.activate(second)
    assert (await desk.state(quote), await desk.state(second), await engine.problems()) == (None, "coupled", [])

    await engine.switch(NAME, onlyCoupled=False)
    [setup] = await engine.bc.rows("salesReceivablesSetup")
    await engine.bc.edit("salesReceivablesSetup", setup["id"], writeInProductType="Resource", writeInProductNumber="RES-0")
    engine.forget()
    made = await desk.active(write_in("Engraved"))
    assert sold(await desk.lines_of(made)) == [("Resource", "RES-0", 1, 5, 0)]

    await engine.bc.edit("salesReceivablesSetup", setup["id"], writeInProductNumber="", freightGLAccNumber="")
    await engine.bc.edit("customers", desk.accounts["C1"]["couplet_bcid"], blocked="All")
    engine.forget()
    refused = [
        await desk.active(desk.line("ITEM-0"), write_in("Engraved"), freightamount=5),
        await desk.active(desk.line("ITEM-0"), of="C1"),
        await desk.active(desk.line("ITEM-0", 0)),
    ]
    codes = {code for code, _ in await engine.problems(NAME)}
    assert codes == {"no_write_in_product", "no_freight_account", "customer_blocked", "bad_quantity"}
    assert [await engine.bc.rows("salesQuotes", yourReference=each["quotenumber"]) for each in refused] == [[], [], []]
    assert [await desk.state(each) for each in refused] == [None] * 3
    await engine.switch(NAME, enabled=False)
    await engine.sales.hand("activate", id=(later := await desk.quote(desk.line("ITEM-0")))["quoteid"])
    await engine.ask_for_a_look(NAME)
    await engine.drain()
    assert await engine.bc.rows("salesQuotes", yourReference=later["quotenumber"]) == [], "switched off, nobody asks for quotes"


async def test_a_revision_archives_the_quote_of_bc_and_fills_the_same_one_anew(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    first = await desk.active(desk.line("ITEM-0", 3, 12.5), desk.line("ITEM-1", 1, 10), name="First", discountamount=3, description="Old")
    before = await desk.quoted(first)
    await engine.bc.hand("release", id=before["id"])
    seen = await desk.quoted(first)

    second = await desk.revised(first)
    await engine.look(NAME)
    assert (await desk.quoted(first), await desk.state(first)) == (seen, "coupled"), "a draft of a revision changes nothing"

    await engine.sales.edit("quotes", second["quoteid"], name="Second", discountamount=None, description=None)
    await desk.add(second, desk.line("RES-1", 2, 80), after=2)
    await engine.sales.hand("activate", id=second["quoteid"])
    told = (await engine.api.get(f"explain/{NAME}/sales/{second['quoteid']}")).json
    assert any("follows a version that is coupled to" in sentence for sentence in told["sentences"])
    assert ([each["do"] for each in told["plan"]], await desk.quoted(second)) == (["together"], seen)
    await engine.look(NAME)
    assert await engine.problems() == []
    after = await desk.quoted(second)
    assert (after["id"], after["number"], after["externalDocumentNumber"]) == (before["id"], before["number"], "SECOND")
    assert (after["workDescription"], after["discountAmount"], after["totalAmountExcludingTax"]) == ("", 0, 207.5)
    assert [each["lineObjectNumber"] for each in await desk.lines_of(second)] == ["ITEM-0", "ITEM-1", "RES-1"]
    assert [(each["number"], each["versionNumber"]) for each in await engine.bc.rows("salesQuoteArchives")] == [(before["number"], 1)]
    assert (await desk.state(first), await desk.state(second)) == (None, "coupled")

    await engine.reset_counters()
    await engine.look(NAME)
    assert (await engine.written(), await engine.problems()) == ({"bc": 0, "sales": 0}, [])
    await revised_before_anybody_looked(engine, desk)


async def revised_before_anybody_looked(engine: Engine, desk: QuoteDesk) -> None:
    """Two more versions, of which Couplet sees the last one only."""
    first = await desk.active(desk.line("ITEM-0", 3, 12.5))
    before = await desk.quoted(first)
    second = await desk.revised(first)
    await engine.sales.hand("activate", id=second["quoteid"])
    await engine.bc.hand("release", id=before["id"])
    third = await desk.revised(second)
    await engine.sales.edit("quotes", third["quoteid"], discountamount=4)
    await desk.add(third, desk.line("RES-1", 2, 80), after=1)
    await desk.activate(third)
    after = await desk.quoted(third)
    assert (after["id"], after["documentStatus"], after["discountAmount"]) == (before["id"], "Open", 4), "nobody has released this version"
    assert len(await desk.lines_of(third)) == 2
    assert [await desk.state(each) for each in (first, second, third)] == [None, None, "coupled"]
    assert (len(await engine.bc.rows("salesQuotes")), await engine.problems()) == (2, [])


async def test_a_worker_who_dies_over_a_revision_leaves_no_second_quote_and_no_half_one(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    for when in ("before", "after"):
        first = await desk.active(desk.line("ITEM-0", 3, 12.5), name=when)
        before = await desk.quoted(first)
        second = await desk.revised(first)
        await desk.add(second, desk.line("RES-1", 2, 80), after=1)
        await engine.sales.hand("activate", id=second["quoteid"])
        await engine.ask_for_a_look(NAME)
        await engine.die(Side.BC, when)
        await engine.leases_run_out(NAME)
        await engine.drain()
        await engine.look(NAME)
        assert (await desk.quoted(second))["id"] == before["id"]
        assert [each["lineObjectNumber"] for each in await desk.lines_of(second)] == ["ITEM-0", "RES-1"]
        assert (await desk.state(first), await desk.state(second), await engine.problems()) == (None, "coupled", [])


async def test_lost_and_canceled_quotes_stay_in_bc_unless_a_policy_says_otherwise(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    lost, canceled = await desk.active(desk.line("ITEM-0")), await desk.active(desk.line("ITEM-0"))
    await engine.sales.hand("lose", set="quotes", id=lost["quoteid"], status=LOST)
    await engine.sales.hand("cancel", set="quotes", id=canceled["quoteid"])
    await engine.look(NAME)
    assert (len(await engine.bc.rows("salesQuotes")), await engine.problems()) == (2, [])
    assert [await desk.state(each) for each in (lost, canceled)] == ["coupled", "coupled"]

    again = await desk.revised(lost)
    await desk.activate(again)
    assert (len(await engine.bc.rows("salesQuotes")), await desk.state(again)) == (2, "coupled")

    engine.change(NAME, leaving=LeavingPolicy.DELETE_COUNTERPART)
    draft = await desk.revised(again)
    await engine.look(NAME)
    assert len(await engine.bc.rows("salesQuotes")) == 2, "a revision is being written"
    await desk.activate(draft)
    await engine.sales.hand("lose", set="quotes", id=draft["quoteid"], status=LOST)
    await engine.look(NAME)
    assert [row["yourReference"] for row in await engine.bc.rows("salesQuotes")] == [canceled["quotenumber"]]
