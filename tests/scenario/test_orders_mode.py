"""ORDERS=fromSales and ORDERS=both exclude each other: what was coupled in one is not kept in step in the other (section 15.2)."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.values import Side
from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.orders import NAME, Desk

pytestmark = pytest.mark.rule("E6")


@pytest.mark.feature("F139")
async def test_orders_of_the_other_mode_hold_the_mapping_back_until_they_are_uncoupled(engine: Engine, sandbox_processes: Sandbox) -> None:
    desk = await Desk.opened(engine)
    mine = await desk.submitted(desk.line("ITEM-0", 2))
    await engine.look(NAME)
    theirs = await desk.in_bc(mine)
    async with engine_on(sandbox_processes, ORDERS="both") as changed:
        refused = await changed.api.post(f"mappings/{NAME}/run")
        assert (refused.status, refused.json["type"]) == (409, "urn:couplet:coupled_otherwise")
        assert "ORDERS=fromSales" in refused.json["detail"] and "uncouple" in refused.json["remedy"]
        listed = (await changed.api.get("mappings")).json
        assert NAME in listed["coupledOtherwise"] and "CUSTOMER" in {each["name"] for each in listed["value"]}
    engine.ctx = await engine.environment.context(None)
    answer = await engine.api.delete(f"couplings/{NAME}", {"bcId": theirs["id"]})
    assert answer.status == 200, answer.json
    async with engine_on(sandbox_processes, ORDERS="both") as changed:
        assert NAME in {each["name"] for each in (await changed.api.get("mappings")).json["value"]}
        declared = changed.ctx.mappings[NAME]
        assert declared.creates == frozenset(Side)


async def test_only_finished_orders_go_both_ways_whatever_filters_people_declare_and_the_check_asks_for_archives(
    sandbox_processes: Sandbox,
) -> None:
    async with engine_on(sandbox_processes, fresh=True, ORDERS="both") as engine:
        desk = await Desk.opened(engine)
        engine.change(NAME, keep={})
        draft = await desk.order(desk.line("ITEM-0", 2))
        customer = (await engine.bc.rows("customers", number="C0"))[0]["id"]
        line = {"lineType": "Item", "lineObjectNumber": "ITEM-0", "quantity": 1}
        await engine.bc.insert("salesOrders", customerId=customer, salesOrderLines=[line])
        await engine.look(NAME)
        assert await engine.couplings(NAME) == []
        assert await engine.bc.rows("salesOrders", yourReference=draft["ordernumber"]) == []
        assert (await archives(engine))["met"]
        [setup] = await engine.bc.rows("salesReceivablesSetup")
        await engine.bc.edit("salesReceivablesSetup", setup["id"], archiveOrders=False)
        lacking = await archives(engine)
        assert not lacking["met"] and not lacking["needed"] and "Archive Orders" in lacking["remedy"]


async def archives(engine: Engine) -> dict[str, Any]:
    """What the check of the set-up says of archived orders."""
    answer = (await engine.api.get("setup/check")).json
    return next(each for each in answer["requirements"] if each["name"] == "archives")
