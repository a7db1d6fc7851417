"""Posted invoices where Business Central serves API v2.0 alone: drafts stand on the same page, and payments move the invoice itself."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.invoicing import BILLED, COMPLETE, NAME, details, invoiced, posted_as, sold, state, switched_on
from tests.scenario.order_company import FREIGHT

pytestmark = pytest.mark.rule("E5")


async def test_a_draft_goes_nowhere_until_it_is_posted(standard: Engine) -> None:
    engine = standard
    await switched_on(engine)
    lines = [sold(quantity=3), sold(FREIGHT, 1, "Account", unitPrice=5), sold("HELP", 1, "Resource")]
    draft = posted_as(await engine.bc.insert("salesInvoices", customerNumber="C1", salesInvoiceLines=lines))
    await engine.look(NAME)
    assert not await engine.sales.rows("invoices")
    await engine.bc.hand("post", id=draft.id)
    others = [await invoiced(engine, sold(quantity=quantity)) for quantity in (5, 7)]
    await engine.look(NAME)
    assert not await engine.problems(NAME)
    found = [[line["quantity"] for line in await details(engine, each)] for each in others]
    assert found == [[5], [7]], "API v2.0 gives the lines of one document only, whatever it is asked"
    mine, theirs = await engine.partner(NAME, draft), await engine.row(draft)
    assert (state(mine), mine["invoicenumber"], mine["totalamount"]) == (BILLED, theirs["number"], theirs["totalAmountIncludingTax"])
    shown = [(line["invoicedetailname"], line["isproductoverridden"]) for line in await details(engine, draft)]
    assert shown == [("Item BOLT", False), (f"{FREIGHT} Freight", True), ("HELP Resource HELP", True)]
    await engine.bc.hand("pay", id=draft.id)
    await engine.look(NAME)
    assert state(await engine.partner(NAME, draft)) == COMPLETE
    assert not await engine.problems(NAME)
