"""Rule E5: posted invoices go to Sales, whole and once, and their state follows what was paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.invoicing import (
    BILLED,
    CANCELED,
    COMPLETE,
    NAME,
    PARENTS,
    PARTIAL,
    company,
    details,
    invoiced,
    said,
    sold,
    state,
    switched_on,
)
from tests.scenario.order_company import FREIGHT, WRITE_IN
from tests.scenario.world import Record

pytestmark = pytest.mark.rule("E5")


@pytest.mark.rule("F1")
@pytest.mark.case("T410", "T412", "T413", "T565", "T566", "T568", "T569")
@pytest.mark.feature("F144", "F145")
async def test_an_invoice_arrives_when_it_is_posted_and_follows_its_payments(engine: Engine) -> None:
    await switched_on(engine)
    posted = await invoiced(engine)
    await engine.look(NAME)
    assert not await engine.problems(NAME)
    assert len(await engine.sales.rows("invoices")) == 1
    mine = await engine.partner(NAME, posted)
    theirs = Record(Side.SALES, "invoices", mine["invoiceid"], mine)
    assert (state(mine), mine["name"], mine["invoicenumber"]) == (BILLED, posted.values["number"], posted.values["number"])

    await engine.bc.hand("pay", id=posted.id, amount=5)
    await engine.look(NAME)
    assert state(await engine.row(theirs)) == PARTIAL
    await engine.bc.hand("pay", id=posted.id)
    await engine.bc.edit("salesInvoices", posted.id, dueDate="2031-01-01")
    await engine.look(NAME)
    paid = await engine.row(theirs)
    assert (state(paid), paid["duedate"]) == (COMPLETE, mine["duedate"]), "what is paid keeps its header"
    await engine.sales.hand("cancel", set="invoices", id=theirs.id)
    await engine.look(NAME)
    assert state(await engine.row(theirs)) == COMPLETE, "BC knows what was paid"
    await engine.bc.hand("unapply", id=posted.id)
    await engine.look(NAME)
    assert state(await engine.row(theirs)) == BILLED
    await engine.look(NAME)
    open_again = await engine.row(theirs)
    assert (state(open_again), open_again["duedate"]) == (BILLED, "2031-01-01"), "what is open again is in step again"
    await engine.bc.hand("cancel", id=posted.id)
    await engine.look(NAME)
    canceled = await engine.row(theirs)
    assert (state(canceled), canceled["totalamount"], canceled["_ownerid_value"]) == (CANCELED, mine["totalamount"], mine["_ownerid_value"])

    await engine.look(NAME)
    await engine.reset_counters()
    await engine.look(NAME)
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert not await engine.problems(NAME)


async def test_what_was_posted_before_somebody_switched_invoices_on_stays_where_it_is_even_when_it_is_paid(engine: Engine) -> None:
    await engine.seed(*company())
    await engine.sync(*PARENTS)
    old = await invoiced(engine)
    report = await engine.api.get(f"mappings/{NAME}/readiness")
    assert (report.json["ready"], report.json["value"]) == (1, []), "it says so while all is off"
    await engine.switch(NAME, enabled=True)
    await engine.look(NAME)
    await engine.ctx.store.entries.merge(engine.ctx.company, NAME, bc_watermark=datetime.now(UTC) + timedelta(minutes=2))
    await engine.bc.hand("pay", id=old.id)
    await engine.look(NAME)
    assert not await engine.sales.rows("invoices")
    await engine.api.post(f"couplings/{NAME}", {"bcId": old.id, "createNew": True})
    assert state(await engine.partner(NAME, old)) == COMPLETE, "but a person can have it"


@pytest.mark.case("T503", "T677")
async def test_each_sort_of_line_arrives_with_its_amounts(engine: Engine) -> None:
    await switched_on(engine)
    one = await invoiced(
        engine,
        sold(quantity=3, discountAmount=4),
        sold("HELP", 1.5, "Resource"),
        sold(FREIGHT, 1, "Account", unitPrice=12.5, discountAmount=2.5),
        sold(WRITE_IN, 1, unitPrice=7, description="By hand"),
        said("Thank you"),
    )
    whole = await invoiced(engine, *(sold(quantity=3, unitPrice=9.99) for _ in range(3)), pricesIncludeTax=True)
    dollars = await invoiced(engine, sold(quantity=7, unitPrice=3.33335), currencyCode="USD")
    await engine.look(NAME)
    assert not await engine.problems(NAME)
    for each in (one, whole, dollars):
        theirs, mine = await engine.row(each), await engine.partner(NAME, each)
        lines = await details(engine, each)
        assert mine["totalamount"] == theirs["totalAmountIncludingTax"]
        assert mine["totalamountlessfreight"] == pytest.approx(theirs["totalAmountExcludingTax"])
        assert sum(line["extendedamount"] for line in lines) == pytest.approx(theirs["totalAmountIncludingTax"])
    shown = [(line["invoicedetailname"], line["isproductoverridden"], line["extendedamount"]) for line in await details(engine, one)]
    assert shown == [
        ("Item BOLT", False, 30.94),
        ("Resource HELP", False, 142.8),
        (f"{FREIGHT} Freight", True, 10),
        (f"{WRITE_IN} By hand", True, 8.33),
        ("Thank you", True, 0),
    ]
    assert (await details(engine, whole))[-1]["productdescription"] == "Rounding"
    listed = (await engine.partner(NAME, dollars))["_pricelevelid_value"]
    assert (await engine.sales.row("pricelevels", listed))["name"] == "Couplet Price List in USD"
    [price] = await engine.sales.rows("productpricelevels", _pricelevelid_value=listed)
    assert price["amount"] == 3.33


async def test_a_worker_who_dies_when_he_has_made_an_invoice_leaves_one_invoice_with_its_totals_and_state(engine: Engine) -> None:
    await switched_on(engine)
    posted = await invoiced(engine, sold(), sold("HELP", 1, "Resource"), currencyCode="USD")
    await engine.bc.hand("pay", id=posted.id, amount=10)
    await engine.ask_for_a_look(NAME)
    await engine.die(Side.SALES, "after")
    await engine.leases_run_out(NAME)
    await engine.drain()
    await engine.look(NAME)
    [mine] = await engine.sales.rows("invoices")
    assert (state(mine), mine["totalamount"]) == (PARTIAL, (await engine.row(posted))["totalAmountIncludingTax"])
    assert len(await details(engine, posted)) == 2
    assert not await engine.problems(NAME)
    assert len(await engine.sales.rows("productpricelevels", _pricelevelid_value=mine["_pricelevelid_value"])) == 2
