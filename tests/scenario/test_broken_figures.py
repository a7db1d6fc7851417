"""Figures whose customer or row is broken, in one run: each is as it should be, and the rest of the list goes through."""

from __future__ import annotations

import pytest

from tests.scenario.engine import Engine
from tests.scenario.test_account_figures import FIGURES, LINK, NAME, buyer, figures
from tests.scenario.world import account


@pytest.mark.rule("B9", "B2")
async def test_each_broken_row_of_figures_is_mended_or_left_and_the_rest_goes_through(engine: Engine) -> None:
    """Nobody's customer, one that was blocked, a row typed over, one deleted and one whose link was taken away, and a healthy one."""
    stranger, blocked, typed, deleted, parted, healthy = (buyer(f"C{number}", creditLimit=100 + number) for number in range(1, 7))
    others = blocked, typed, deleted, parted, healthy
    await engine.seed(*others)
    await engine.sync("CUSTOMER", NAME, create="toSales")
    await engine.seed(stranger, account("A1", name="Nobody's"))
    rows = {each.id: await engine.partner("CUSTOMER", each) for each in others}
    await engine.edit(blocked, blocked="All")
    await engine.sales.edit(FIGURES, rows[typed.id][LINK], couplet_creditlimit=1, couplet_name="typed")
    await engine.sales.delete(FIGURES, rows[deleted.id][LINK])
    await engine.sales.edit("accounts", rows[parted.id]["accountid"], **{"couplet_AccountFiguresId@odata.bind": None})
    await engine.sync(NAME, create="toSales")
    shown = {each.values["number"]: (await figures(engine, each))["creditlimit"] for each in (blocked, typed, parted, healthy)}
    assert shown == {"C2": 102, "C3": 103, "C5": 105, "C6": 106}
    assert (await figures(engine, typed))["name"] == typed.values["displayName"]
    assert await engine.coupling(NAME, stranger) is None
    assert await engine.problems() == []
    await engine.api.post(f"mappings/{NAME}/compare")
    await engine.drain()
    assert (await figures(engine, deleted))["creditlimit"] == 104, "what is gone in a copy is made again"
    assert await engine.problems() == []
