"""UNIT_GROUPS is changed while units are coupled: nothing of them goes on until a conversion has moved them, a dry run first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import pytest

from mapping.values import Side
from sandbox.running import Sandbox
from tests.scenario.engine import Engine, engine_on
from tests.scenario.front_door import Answer
from tests.scenario.units import item_unit, resource, resource_unit, units_of
from tests.scenario.world import Record, item

CONVERT = "unit-groups/convert"
DESK, LAMP, LIFT = item("1000", displayName="Desk"), item("2000", displayName="Lamp"), resource("LIFT")


@pytest.fixture
async def before(engine: Engine) -> Engine:
    """Two items and a resource that are products already, counted in the groups of single units; an item that is none."""
    await engine.seed(DESK, LAMP, LIFT, *(item_unit(each.values["number"], "PCS") for each in (DESK, LAMP)), item_unit("1000", "BOX", 12))
    await engine.seed(resource_unit("LIFT", "PCS"))
    await engine.sync("UNIT OF MEASURE", "ITEM-PRODUCT", "RESOURCE-PRODUCT")
    await engine.seed(item("3000", displayName="Nobody's"))
    return engine


@pytest.fixture
async def changed(before: Engine, sandbox_processes: Sandbox) -> AsyncIterator[Engine]:
    """The same company after UNIT_GROUPS was set to true."""
    async with engine_on(sandbox_processes, UNIT_GROUPS="true") as engine:
        yield engine


async def converted(engine: Engine, **body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the call answered, and what came of the job."""
    answer = await engine.api.post(CONVERT, body)
    assert answer.status == 202, answer.json
    await engine.drain()
    engine.ctx = await engine.environment.context(None)
    return answer.json, (await engine.api.get(f"{CONVERT}/{answer.json['job']}")).json


async def test_mappings_of_units_are_held_back_and_name_the_call(changed: Engine) -> None:
    for name in ("UNIT%20GROUP", "ITEM-PRODUCT"):
        refused: Answer = await changed.api.post(f"mappings/{name}/run")
        assert (refused.status, refused.json["type"]) == (409, "urn:couplet:unconverted")
        assert "UNIT OF MEASURE" in refused.json["detail"] and CONVERT in refused.json["remedy"]
    listed = (await changed.api.get("mappings")).json
    assert {"UNIT GROUP", "ITEM UOM", "RESOURCE UOM", "ITEM-PRODUCT", "RESOURCE-PRODUCT"} <= listed["unconverted"].keys()
    assert "CUSTOMER" in {each["name"] for each in listed["value"]}


async def test_the_dry_run_says_what_would_be_made_and_refused_and_does_nothing(changed: Engine) -> None:
    await changed.reset_counters()
    told, done = await converted(changed, dryRun=True)
    assert (told["uncouples"], told["confirm"]) == ({"UNIT OF MEASURE": 2}, 2)
    assert (done["status"], done["totals"]["toSales"]["inserted"]) == ("success", 3 + 4)
    made = [each["bc"]["name"] for each in done["records"]["UNIT GROUP"]["toSales"]["inserted"]]
    assert sorted(made) == ["Item 1000", "Item 2000", "Resource LIFT"]
    fixed = done["records"]["ITEM-PRODUCT"]["toSales"]["failed"]
    assert sorted(each["bc"]["name"] for each in fixed) == ["1000 Desk", "2000 Lamp"]
    assert {problem["code"] for each in fixed for problem in each["problems"]} == {"unit_group_fixed"}
    assert await changed.written() == {"bc": 0, "sales": 0}
    assert (await changed.api.post("mappings/ITEM-PRODUCT/run")).status == 409


async def test_without_the_number_of_the_dry_run_nothing_is_converted(changed: Engine) -> None:
    for body in ({}, {"confirm": 1}):
        refused = await changed.api.post(CONVERT, body)
        assert (refused.status, refused.json["type"]) == (409, "urn:couplet:dry_run_first")
        assert refused.json["uncouples"] == {"UNIT OF MEASURE": 2}


async def test_a_bad_order_is_400(engine: Engine) -> None:
    bad: list[Any] = [{"confirm": "2"}, {"confirm": True}, {"confirm": -1}, {"dryRun": "yes"}, {"force": True}, []]
    assert [(await engine.api.post(CONVERT, body)).status for body in bad] == [400] * len(bad)


@pytest.mark.rule("D5")
@pytest.mark.feature("F124")
async def test_the_conversion_makes_groups_and_units_couples_them_and_names_products_that_stay(changed: Engine) -> None:
    await converted(changed, confirm=2)
    assert not await changed.couplings("UNIT OF MEASURE")
    assert {name: len(await changed.couplings(name)) for name in ("UNIT GROUP", "ITEM UOM", "RESOURCE UOM")} == {
        "UNIT GROUP": 3,
        "ITEM UOM": 3,
        "RESOURCE UOM": 1,
    }
    assert await units_of(changed, "ITEM 1000 UOM GR") == {"ITEM 1000 UOM GR": 1, "PCS": 1, "BOX": 12}
    assert await changed.problems() == [("unit_group_fixed", "defaultUnit")] * 3
    assert (await changed.api.post("mappings/ITEM-PRODUCT/run")).status == 202
    await changed.drain()
    await changed.edit(DESK, displayName="Standing desk")
    await changed.look("ITEM-PRODUCT")
    assert (await changed.partner("ITEM-PRODUCT", DESK))["name"] == "Standing desk"


async def test_a_second_conversion_finds_everything_done(changed: Engine) -> None:
    await converted(changed, confirm=2)
    await changed.reset_counters()
    told, done = await converted(changed, confirm=0)
    assert (told["uncouples"], done["totals"]["toSales"]["failed"]) == ({}, 3)
    assert await changed.written() == {"bc": 0, "sales": 0}


@pytest.mark.rule("C6")
async def test_a_message_that_comes_twice_converts_once(changed: Engine) -> None:
    assert (await changed.api.post(CONVERT, {"confirm": 2})).status == 202
    running = await changed.api.post(CONVERT, {"confirm": 2})
    assert (running.status, running.json["type"]) == (409, "urn:couplet:in_the_way")
    message = await changed.message()
    assert message
    for _ in range(2):
        await changed.work(message)
    await changed.drain()
    assert len(await changed.sales.rows("uomschedules", name="ITEM 1000 UOM GR")) == 1
    assert len(await changed.couplings("ITEM UOM")) == 3


async def test_a_product_follows_when_it_is_made_anew_as_the_remedy_says(changed: Engine) -> None:
    await converted(changed, confirm=2)
    old = await changed.partner("ITEM-PRODUCT", DESK)
    await changed.edit(Record(Side.SALES, "products", old["productid"], {}), productnumber="1000 (old)", statecode=1, statuscode=2)
    assert (await changed.api.delete("couplings/ITEM-PRODUCT", {"bcId": DESK.id})).status == 200
    made = await changed.api.post("couplings/ITEM-PRODUCT", {"bcId": DESK.id, "createNew": True})
    assert made.status == 200, made.json
    new = await changed.partner("ITEM-PRODUCT", DESK)
    assert new["productid"] != old["productid"]
    [group] = await changed.sales.rows("uomschedules", name="ITEM 1000 UOM GR")
    assert (new["statecode"], new["_defaultuomscheduleid_value"]) == (0, group["uomscheduleid"])
    assert len(await changed.problems("ITEM-PRODUCT")) == 1


def back(sandbox: Sandbox) -> AbstractAsyncContextManager[Engine]:
    """The same company with single units again."""
    return partial(engine_on, sandbox)()


async def test_the_way_back_uncouples_groups_and_units_and_couples_single_units(changed: Engine, sandbox_processes: Sandbox) -> None:
    await converted(changed, confirm=2)
    async with back(sandbox_processes) as engine:
        told, _ = await converted(engine, dryRun=True)
        assert told["uncouples"] == {"UNIT GROUP": 3, "ITEM UOM": 3, "RESOURCE UOM": 1}
        await converted(engine, confirm=told["confirm"])
        assert [len(await engine.couplings(name)) for name in ("UNIT OF MEASURE", "UNIT GROUP")] == [1, 0]
        assert not await engine.problems()
