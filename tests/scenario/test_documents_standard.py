"""Orders and invoices where Business Central serves API v2.0 alone: taken over all the same, and what is missing is named."""

from __future__ import annotations

import pytest

from sandbox.running import Sandbox
from tests.scenario.engine import engine_on
from tests.scenario.orders import NAME, Desk, write_in

pytestmark = [pytest.mark.rule("C5"), pytest.mark.rule("E5"), pytest.mark.rule("E6")]
INVOICES = "POSTEDSALESINV-INV"
MISSING = {(NAME, "yourReference"), (NAME, "workDescription"), (NAME, "shippingAgentCode"), ("QUOTE", "release"), ("ORDER-NOTE", None)}


async def test_an_order_is_taken_over_shipped_and_invoiced_without_the_extension(sandbox_processes: Sandbox) -> None:
    async with engine_on(sandbox_processes, fresh=True, BC_PROFILE="standard") as engine:
        desk = await Desk.opened(engine)
        await engine.switch(INVOICES, enabled=True, onlyCoupled=False)
        await engine.look(INVOICES)
        assert {(one.mapping, one.field) for one in engine.ctx.unavailable} >= MISSING
        told = desk.line("ITEM-1", 1, description="Engraved\nin two lines")
        order = await desk.submitted(desk.line("ITEM-0", 2, manualdiscountamount=1), told, discountamount=1.5)
        unsold = [await desk.submitted(write_in("Engraving")), await desk.submitted(desk.line("ITEM-0"), freightamount=7)]
        await engine.look(NAME)
        assert sorted(await engine.problems(NAME)) == [("no_freight_account", None), ("no_write_in_product", None)]
        assert [(await desk.now(each))["lastbackofficesubmit"] for each in unsold] == [None, None]

        [made] = await engine.bc.rows("salesOrders")
        lines = [row for row in await engine.bc.rows("salesOrderLines") if row["documentId"] == made["id"]]
        assert [(row["lineType"], row["description"]) for row in sorted(lines, key=lambda row: int(row["sequence"]))] == [
            ("Item", "Item ITEM-0"),
            ("Item", "Item ITEM-1"),
            ("Comment", "Engraved"),
            ("Comment", "in two lines"),
        ]
        assert (made["discountAmount"], made["totalAmountExcludingTax"]) == (1.5, 27.5)
        assert (await desk.now(order))["totalamount"] == 27.5

        await engine.bc.hand("ship", id=made["id"])
        await engine.look(NAME)
        assert (await desk.now(order))["statecode"] == 3, "fulfilled"
        posted = await engine.bc.hand("invoice", id=made["id"])
        await engine.look(NAME)
        assert (await desk.now(order))["statecode"] == 4, "invoiced"

        await engine.look(INVOICES)
        await engine.bc.hand("pay", id=posted["id"])
        await engine.look(INVOICES)
        [invoice] = await engine.sales.rows("invoices")
        assert (invoice["invoicenumber"], invoice["statecode"], invoice["statuscode"]) == (posted["number"], 2, 100001)
        assert invoice["totalamount"] == 32.73, "with 19 % of VAT"
        sold = [line for line in await engine.sales.rows("invoicedetails") if line["_productid_value"]]
        assert sorted(line["quantity"] for line in sold) == [1, 2]
