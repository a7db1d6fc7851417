"""A company that sells by orders and quotes goes over from the native connector to Couplet, and nobody notices."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.native import adopted, as_native, listed
from tests.scenario.quotes import NAME as QUOTES
from tests.scenario.quotes import QuoteDesk


@pytest.mark.rule("A3")
@pytest.mark.rule("E7")
async def test_a_company_with_orders_and_quotes_is_taken_over_whole_and_its_first_full_synch_asks_nothing(engine: Engine) -> None:
    desk = await QuoteDesk.opened(engine)
    await desk.active(desk.line("ITEM-0", 3, 12.5), desk.line("RES-1", 2, 80))
    await desk.submitted(desk.line("ITEM-0", 2, 10))
    await engine.look("SALESORDER-ORDER")
    before = await as_native(engine, without_name={QUOTES: "SALESORDER-ORDER"})
    assert before[QUOTES] and before["SALESORDER-ORDER"]
    dry = await adopted(engine, dryRun=True, switches=False)
    await adopted(engine, switches=False)
    after = {name: {(each.bc_id, each.sales_id) for each in await engine.couplings(name)} for name in before}
    assert after == before
    told = {(each["mapping"], field["direction"]) for each in await listed(engine, dry, "differing") for field in each["fields"]}
    assert told == {("SALESORDER-ORDER", "toSales")}, "what BC made of the order, and Sales does not hold yet"
    for name in (QUOTES, "SALESORDER-ORDER"):
        await engine.switch(name, enabled=True)
    await engine.reset_counters()
    await engine.sync(*before, create="none", rule="ask")
    assert await engine.problems() == [] and (await engine.written())["bc"] == 0
