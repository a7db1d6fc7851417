"""Rule E5: posted invoices go to Sales, whole and once, and their state follows what was paid."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.invoicing import BILLED, CANCELED, COMPLETE, NAME, PARTIAL, in_sales, invoiced, state, switched_on

pytestmark = pytest.mark.rule("E5")


@pytest.mark.case("T410", "T412", "T565", "T566", "T568")
@pytest.mark.feature("F144", "F145")
async def test_an_invoice_arrives_when_it_is_posted_and_follows_its_payments(engine: Engine) -> None:
    await switched_on(engine)
    posted = await invoiced(engine)
    await engine.look(NAME)
    assert not await engine.problems(NAME)
    mine = await in_sales(engine, posted)
    assert state(mine) == BILLED
    steps = [("pay", {"amount": 5}, PARTIAL), ("pay", {}, COMPLETE), ("unapply", {}, BILLED), ("cancel", {}, CANCELED)]
    for hand, given, expected in steps:
        await engine.bc.hand(hand, id=posted, **given)
        await engine.look(NAME)
        assert state(await in_sales(engine, posted)) == expected, hand
    assert not await engine.problems(NAME)
