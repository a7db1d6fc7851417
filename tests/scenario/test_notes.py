"""Notes on orders that are coupled: written, changed and cleaned of HTML, both ways (native: notes of order integration)."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.timeline import STATUS
from mapping.values import Side
from sync.heart.coupling import Coupling, Life
from tests.scenario import by_hand
from tests.scenario.engine import Engine
from tests.scenario.orders import Desk
from tests.scenario.people import Row
from tests.scenario.test_account_figures import bolt, buyer, ordered
from tests.scenario.world import Record

NAME, ORDERS = "ORDER-NOTE", "SALESORDER-ORDER"


async def on(engine: Engine) -> Record:
    """A customer with an account; orders are switched on, and looked at from now on."""
    mine = buyer("C1")
    await engine.seed(mine, bolt())
    await engine.sync("CUSTOMER", create="toSales")
    await engine.switch(ORDERS, enabled=True)
    await engine.look(NAME)
    return mine


async def order(engine: Engine, mine: Record, *, coupled: bool = True) -> tuple[str, str]:
    """An order on both sides: its id in BC and in Sales."""
    account = (await engine.partner("CUSTOMER", mine))["accountid"]
    in_bc = (await ordered(engine, mine))["id"]
    made = await engine.sales.insert("salesorders", **{"name": "Order", "customerid_account@odata.bind": f"/accounts({account})"})
    await engine.sales.hand("submit", id=made["salesorderid"])
    if coupled:
        await couple(engine, in_bc, made["salesorderid"])
    return in_bc, made["salesorderid"]


async def couple(engine: Engine, in_bc: str, in_sales: str) -> None:
    await engine.ctx.store.couplings.insert([Coupling(company=engine.ctx.company, mapping=ORDERS, bc_id=in_bc, sales_id=in_sales)])


async def write(engine: Engine, side: Side, document: str, text: str, **values: Any) -> Row:
    """Somebody writes a note on an order."""
    if side is Side.BC:
        return await engine.bc.insert("notes", documentId=document, note=text)
    bind = {"objectid_salesorder@odata.bind": f"/salesorders({document})"}
    return await engine.sales.insert("annotations", notetext=text, **bind, **values)


async def notes(engine: Engine, in_bc: str, in_sales: str) -> tuple[list[str], list[str]]:
    """The notes of an order on both sides."""
    bc = [row["note"] for row in await engine.bc.rows("notes") if row["documentId"] == in_bc]
    sales = [row["notetext"] for row in await engine.sales.rows("annotations") if row["_objectid_value"] == in_sales]
    return sorted(bc), sorted(sales)


@pytest.mark.case("T521", "T524")
@pytest.mark.feature("F137")
async def test_a_note_on_a_coupled_order_appears_on_the_other_side_once(engine: Engine) -> None:
    mine = await on(engine)
    ids = await order(engine, mine)
    await write(engine, Side.SALES, ids[1], "<p>Call before <b>noon</b></p><p>Ask for Ada &amp; Bo</p>", subject="Delivery")
    await write(engine, Side.BC, ids[0], "Fragile\nNo forklift")
    await engine.look(NAME)
    await engine.look(NAME)
    shown = "Call before noon\nAsk for Ada & Bo"
    assert await notes(engine, *ids) == (
        [shown, "Fragile\nNo forklift"],
        ["<p>Call before <b>noon</b></p><p>Ask for Ada &amp; Bo</p>", "Fragile\nNo forklift"],
    )
    [mirrored] = await engine.sales.rows("annotations", notetext="Fragile\nNo forklift")
    assert not mirrored["isdocument"]
    assert not await engine.problems()
    await engine.reset_counters()
    await engine.look(NAME)
    assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T523")
async def test_a_changed_note_replaces_the_text_on_the_other_side(engine: Engine) -> None:
    ids = await order(engine, await on(engine))
    theirs = await write(engine, Side.SALES, ids[1], "Call before noon")
    mine = await write(engine, Side.BC, ids[0], "Fragile")
    await engine.look(NAME)
    await engine.sales.edit("annotations", theirs["annotationid"], notetext="<div>Call after noon</div>")
    await engine.bc.edit("notes", mine["id"], note="Very fragile")
    await engine.look(NAME)
    assert await notes(engine, *ids) == (["Call after noon", "Very fragile"], ["<div>Call after noon</div>", "Very fragile"])
    [mirrored] = await engine.sales.rows("annotations", notetext="Very fragile")
    await engine.sales.edit("annotations", mirrored["annotationid"], notetext="<p>Very fragile</p><p>Glass</p>")
    await engine.look(NAME)
    assert (await engine.bc.row("notes", mine["id"]))["note"] == "Very fragile\nGlass"
    await engine.reset_counters()
    await engine.sales.edit("annotations", mirrored["annotationid"], notetext="<div>Very <i>fragile</i></div><div>Glass</div>")
    await engine.look(NAME)
    assert (await engine.written())["bc"] == 0, "only its looks changed"


@pytest.mark.case("T523")
@pytest.mark.rule("B3", "H1")
async def test_of_two_changes_the_one_in_sales_stays_and_the_other_is_kept(engine: Engine) -> None:
    ids = await order(engine, await on(engine))
    mine = await write(engine, Side.BC, ids[0], "Fragile")
    await engine.look(NAME)
    [mirrored] = await engine.sales.rows("annotations")
    await engine.sales.edit("annotations", mirrored["annotationid"], notetext="Not fragile")
    await engine.bc.edit("notes", mine["id"], note="Very fragile")
    await engine.look(NAME)
    assert await notes(engine, *ids) == (["Not fragile"], ["Not fragile"])
    job = (await engine.api.get(f"jobs?mapping={NAME}")).json["value"][0]["id"]
    assert "Very fragile" in str((await engine.api.get(f"jobs/{job}/changes")).json)


async def test_only_notes_of_people_on_coupled_orders_travel(engine: Engine) -> None:
    mine = await on(engine)
    ids = await order(engine, mine)
    other = await order(engine, mine, coupled=False)
    account = (await engine.partner("CUSTOMER", mine))["accountid"]
    await write(engine, Side.SALES, ids[1], "The order was shipped", subject=STATUS)
    await write(
        engine, Side.SALES, ids[1], "See the drawing", isdocument=True, filename="a.txt", mimetype="text/plain", documentbody="YQ=="
    )
    await write(engine, Side.SALES, ids[1], "<p><br></p>")
    await write(engine, Side.SALES, other[1], "An order of Sales alone")
    await engine.sales.insert("annotations", notetext="A good customer", **{"objectid_account@odata.bind": f"/accounts({account})"})
    await write(engine, Side.BC, other[0], "An order of Business Central alone")
    before = await engine.bc.rows("notes"), await engine.sales.rows("annotations")
    await engine.look(NAME)
    assert (await engine.bc.rows("notes"), await engine.sales.rows("annotations")) == before
    assert not await engine.couplings(NAME)
    assert not await engine.problems()


@pytest.mark.case("T520")
@pytest.mark.rule("C5")
async def test_the_notes_of_an_order_come_with_it_also_when_it_is_submitted_once_more(engine: Engine) -> None:
    desk = await Desk.opened(engine)
    order = await desk.order(desk.line("ITEM-0"))
    for text in ("<p>Call before noon</p>", "Fragile"):
        await write(engine, Side.SALES, order["salesorderid"], text)
    await engine.look(NAME)
    assert not await engine.bc.rows("notes")
    await desk.submit(order)
    await desk.submitted(desk.line("ITEM-1"))
    await engine.look(ORDERS)
    wanted = ["Call before noon", "Fragile"], ["<p>Call before noon</p>", "Fragile"]
    first = await desk.in_bc(order)
    assert await notes(engine, first["id"], order["salesorderid"]) == wanted
    await engine.bc.delete("salesOrders", first["id"])
    for name in (ORDERS, NAME):
        await engine.api.post(f"mappings/{name}/compare", {})
    await engine.drain()
    assert not await engine.bc.rows("notes")
    await desk.submit(order)
    await engine.look(ORDERS)
    second = await desk.in_bc(order)
    assert await notes(engine, second["id"], order["salesorderid"]) == wanted
    assert second["id"] != first["id"]


@pytest.mark.rule("A1")
async def test_notes_that_were_written_before_the_order_was_coupled_come_with_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.desk.brought.LATER", 0.0)
    ids = await order(engine, await on(engine), coupled=False)
    await write(engine, Side.SALES, ids[1], "Call before noon")
    await write(engine, Side.BC, ids[0], "Fragile")
    await write(engine, Side.SALES, ids[1], "<p>Both know</p>")
    await write(engine, Side.BC, ids[0], "Both know")
    await engine.look(NAME)
    assert not await engine.couplings(NAME)
    await by_hand.couple(engine, ORDERS, bc=ids[0], sales=ids[1])
    await engine.drain()
    assert await notes(engine, *ids) == (
        ["Both know", "Call before noon", "Fragile"],
        ["<p>Both know</p>", "Call before noon", "Fragile"],
    )
    assert len(await engine.couplings(NAME)) == 3


@pytest.mark.rule("C2", "A5")
async def test_a_deleted_note_is_gone_on_its_side_alone_and_does_not_come_back(engine: Engine) -> None:
    ids = await order(engine, await on(engine))
    mine = await write(engine, Side.BC, ids[0], "Fragile")
    theirs = await write(engine, Side.SALES, ids[1], "Call before noon")
    await engine.look(NAME)
    await engine.sales.delete(
        "annotations", next(row["annotationid"] for row in await engine.sales.rows("annotations", notetext="Fragile"))
    )
    await engine.bc.delete("notes", next(row["id"] for row in await engine.bc.rows("notes") if row["note"] == "Call before noon"))
    await engine.look(NAME)
    await engine.sales.edit("annotations", theirs["annotationid"], notetext="Call after noon")
    await engine.bc.edit("notes", mine["id"], note="Very fragile")
    await engine.look(NAME)
    await engine.sync(NAME)
    assert await notes(engine, *ids) == (["Very fragile"], ["Call after noon"])
    assert not await engine.problems(NAME)


@pytest.mark.rule("C3")
async def test_an_order_that_is_posted_takes_its_notes_along_and_leaves_those_in_sales(engine: Engine) -> None:
    ids = await order(engine, await on(engine))
    for number in range(25):
        await write(engine, Side.BC, ids[0], f"Note {number}")
    await engine.look(NAME)
    for verb in ("release", "ship", "invoice"):
        await engine.bc.hand(verb, id=ids[0])
    await engine.reset_counters()
    assert (await engine.api.post(f"mappings/{NAME}/compare", {})).status == 202
    await engine.drain()
    assert not [each for each in await engine.couplings(NAME) if each.life is Life.COUPLED]
    assert (await engine.requests())["sales"] <= 3, "only coupled notes are asked for"
    in_bc, in_sales = await notes(engine, *ids)
    assert (len(in_bc), len(in_sales)) == (0, 25)
    assert not await engine.problems(NAME)


async def test_what_looks_like_html_and_what_is_long_arrives_as_it_reads(engine: Engine) -> None:
    ids = await order(engine, await on(engine))
    tag = await write(engine, Side.BC, ids[0], "Label: <b>5 < 6</b>\nR&amp;D")
    await write(engine, Side.BC, ids[0], "long " * 30_000)
    await engine.look(NAME)
    shown = sorted((row["notetext"] for row in await engine.sales.rows("annotations")), key=len)
    assert shown[0] == "Label: &lt;b&gt;5 &lt; 6&lt;/b&gt;<br>R&amp;amp;D"
    assert len(shown[1]) == 99_999
    assert (await engine.totals(NAME))["toSales"]["shortened"] == 1
    await engine.reset_counters()
    await engine.sync(NAME)
    assert await engine.written() == {"bc": 0, "sales": 0}
    [there] = await engine.sales.rows("annotations", notetext=shown[0])
    await engine.sales.edit("annotations", there["annotationid"], notetext=shown[0] + "<br>Ask Ada")
    await engine.look(NAME)
    assert (await engine.bc.row("notes", tag["id"]))["note"] == "Label: <b>5 < 6</b>\nR&amp;D\nAsk Ada"


@pytest.mark.rule("A1", "A6")
async def test_notes_are_not_doubled_when_nothing_is_known_of_them_any_more(engine: Engine) -> None:
    ids = await order(engine, await on(engine))
    await write(engine, Side.BC, ids[0], "Fragile")
    await write(engine, Side.SALES, ids[1], "<p>Call before noon</p>")
    await engine.look(NAME)
    before = await notes(engine, *ids)
    await engine.forget_everything()
    await engine.switch(ORDERS, enabled=True)
    await couple(engine, *ids)
    await engine.sync(NAME)
    assert await notes(engine, *ids) == before
    assert len(await engine.couplings(NAME)) == 2


@pytest.mark.rule("A6")
@pytest.mark.parametrize(("side", "when"), [(Side.BC, "after"), (Side.SALES, "before")])
async def test_a_worker_who_dies_over_a_note_leaves_it_once(engine: Engine, side: Side, when: str) -> None:
    ids = await order(engine, await on(engine))
    await write(engine, side.other, ids[0] if side is Side.SALES else ids[1], "Fragile")
    await engine.ask_for_a_look(NAME)
    await engine.die(side, when)
    await engine.leases_run_out(NAME)
    await engine.drain()
    await engine.look(NAME)
    assert await notes(engine, *ids) == (["Fragile"], ["Fragile"])


async def test_without_the_extension_notes_are_named_as_unavailable(standard: Engine) -> None:
    assert NAME not in standard.ctx.mappings
    assert [one.why for one in standard.ctx.unavailable if one.mapping == NAME] == ["API v2.0 does not serve the table notes"]


@pytest.mark.case("T553")
async def test_notes_on_a_quote_come_with_it_and_go_both_ways(engine: Engine) -> None:
    mine = await on(engine)
    await engine.switch("QUOTE", enabled=True, onlyCoupled=False)
    await engine.look("QUOTE", NAME)
    account = (await engine.partner("CUSTOMER", mine))["accountid"]
    quote = await engine.sales.insert("quotes", **{"name": "Quote", "customerid_account@odata.bind": f"/accounts({account})"})
    bind = {"objectid_quote@odata.bind": f"/quotes({quote['quoteid']})"}
    await engine.sales.insert("annotations", notetext="<p>They want blue ones</p>", **bind)
    await engine.look(NAME)
    assert not await engine.bc.rows("notes")
    await engine.sales.hand("activate", id=quote["quoteid"])
    await engine.look("QUOTE")
    [coupling] = await engine.couplings("QUOTE")
    [arrived] = await engine.bc.rows("notes")
    assert (arrived["note"], arrived["documentId"]) == ("They want blue ones", coupling.bc_id)
    await engine.bc.insert("notes", documentId=coupling.bc_id, note="Blue is out of stock")
    await engine.look(NAME)
    [shown] = await engine.sales.rows("annotations", notetext="Blue is out of stock")
    assert shown["_objectid_value"] == quote["quoteid"]
