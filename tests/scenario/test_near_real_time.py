"""Near real time: both services tell of changes. What they tell makes a mapping due and is never believed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.hooks.hints import hints_of
from tests.scenario.hooked import MINE, THEIRS, Hooked, hooked_on, jobs, looks, phones
from tests.scenario.world import customer

SIDES = [pytest.param(Side.BC, id="bc"), pytest.param(Side.SALES, id="sales")]


@pytest.fixture
async def hooked(sandbox_processes: Sandbox) -> AsyncIterator[Hooked]:
    """Couplet that is told of changes, in a company where nothing has happened for a while."""
    async with hooked_on(sandbox_processes, OVERLAP_SECONDS="1") as told:
        await told.begin()
        yield told


EDITS: dict[Side, Any] = {Side.BC: (MINE, {"phoneNumber": "+49 30 1"}), Side.SALES: (THEIRS, {"telephone1": "+49 30 1"})}


@pytest.mark.feature("F157")
@pytest.mark.case("T089", "T091")
@pytest.mark.feature("F112", "F113")
@pytest.mark.parametrize("side", SIDES)
async def test_an_edit_arrives_without_any_timer(hooked: Hooked, side: Side) -> None:
    record, values = EDITS[side]
    await hooked.engine.edit(record, **values)
    await hooked.told(side)
    await hooked.engine.drain()
    assert await phones(hooked) == {"+49 30 1"}


@pytest.mark.rule("F2")
@pytest.mark.parametrize("side", SIDES)
async def test_after_one_edit_the_looks_come_to_rest(hooked: Hooked, side: Side) -> None:
    await hooked.come_to_rest()
    await hooked.engine.reset_counters()
    record, values = EDITS[side]
    await hooked.engine.edit(record, **values)
    await hooked.come_to_rest()
    assert await phones(hooked) == {"+49 30 1"}
    assert await hooked.engine.written() == {"bc": int(side is Side.SALES), "sales": int(side is Side.BC)}
    # One for the edit, one for what Sales and one for what BC tells of our own write
    assert await looks(hooked) <= 3 * 2, "a look and the reading of its rows"


@pytest.mark.parametrize("fault", ["lose", "double", "reverse"])
async def test_lost_and_doubled_notifications_of_bc_change_nothing_but_the_time(hooked: Hooked, fault: str) -> None:
    engine = hooked.engine
    await engine.bc.switch(webhookFault=fault)
    await engine.edit(MINE, phoneNumber="+49 30 1")
    await engine.edit(MINE, phoneNumber="+49 30 2")
    await hooked.come_to_rest()
    if fault == "lose":
        assert await phones(hooked) == {"+49 30 2", None}
        await engine.look("CUSTOMER")  # the schedule
    await hooked.come_to_rest()
    assert await phones(hooked) == {"+49 30 2"}
    assert not await engine.problems()


@pytest.mark.parametrize("switch", ["webhooksLost", "webhooksDoubled"])
async def test_lost_and_doubled_notifications_of_sales_change_nothing_but_the_time(hooked: Hooked, switch: str) -> None:
    engine = hooked.engine
    await engine.sales.switch(**{switch: True})
    await engine.edit(THEIRS, telephone1="+49 30 1")
    await hooked.come_to_rest()
    if switch == "webhooksLost":
        assert await phones(hooked) == {"+49 30 1", None}
        await engine.look("CUSTOMER")  # the schedule
    assert await phones(hooked) == {"+49 30 1"}
    assert not await engine.problems()


async def test_a_late_notification_finds_everything_done_and_writes_nothing(hooked: Hooked) -> None:
    engine = hooked.engine
    await engine.edit(MINE, phoneNumber="+49 30 1")
    await engine.look("CUSTOMER")
    await hooked.come_to_rest()
    await engine.edit(MINE, phoneNumber="+49 30 2")
    await engine.look("CUSTOMER")
    await hooked.come_to_rest()
    await engine.reset_counters()
    for target, body in [each for each in hooked.door.heard if "validationToken" not in each[0]]:
        assert (await engine.api.post(target, body, **{"x-couplet-key": hooked.keys.sales_key})).status == 202
    await hooked.come_to_rest()
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await phones(hooked) == {"+49 30 2"}


async def test_what_a_notification_says_is_never_written(hooked: Hooked) -> None:
    engine = hooked.engine
    item = {"resource": f"/api/v2.0/companies({engine.ctx.company})/customers({MINE.id})", "changeType": "updated"}
    forged = {"value": [{**item, "clientState": hooked.keys.bc_state(engine.ctx.company), "phoneNumber": "+49 30 666"}]}
    assert (await engine.api.post(hooked.bc_route, forged)).status == 202
    context = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
    target = {"Attributes": [{"key": "telephone1", "value": "+49 30 666"}]}
    body = {**context, "InputParameters": [{"key": "Target", "value": target}]}
    assert (await engine.api.post("hooks/sales", body, **{"x-couplet-key": hooked.keys.sales_key})).status == 202
    assert await hooked.come_to_rest() > 0, "both make the mapping due"
    assert await phones(hooked) == {None}


async def test_while_the_connection_is_on_hold_hints_put_no_looks_on_the_queue(hooked: Hooked) -> None:
    engine = hooked.engine
    await engine.api.post("connection/hold", {"reason": "month end"})
    context = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
    assert (await engine.api.post("hooks/sales", context, **{"x-couplet-key": hooked.keys.sales_key})).status == 202
    assert await engine.ctx.store.queue.length() == 0


@pytest.mark.rule("F1")
async def test_a_rate_entered_in_bc_arrives_too(hooked: Hooked) -> None:
    engine = hooked.engine
    await engine.sync("CURRENCY")
    await hooked.come_to_rest()
    await engine.bc.hand("enterRate", currencyCode="USD", exchangeRateAmount=1.3, relationalExchangeRateAmount=1)
    await hooked.come_to_rest()
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    assert dollar["exchangerate"] == pytest.approx(1.3)


@pytest.mark.rule("C2")
@pytest.mark.parametrize("side", SIDES)
async def test_a_deletion_is_told_and_looked_at_at_once(hooked: Hooked, side: Side) -> None:
    engine = hooked.engine
    await engine.delete(EDITS[side][0])
    await hooked.come_to_rest()
    assert [code for code, _ in await engine.problems("CUSTOMER")] == ["counterpart_deleted"]
    assert not any((await engine.ctx.store.hooks.said_gone(engine.ctx.company, "CUSTOMER")).values())


@pytest.mark.rule("C2")
async def test_many_deletions_that_bc_does_not_name_are_found_by_a_comparison(hooked: Hooked) -> None:
    engine = hooked.engine
    await engine.seed(*(customer(number) for number in ("C2", "C3", "C4")))
    await engine.sync("CUSTOMER", create="toSales")
    before_noon = datetime.now(UTC) - timedelta(hours=2)
    await engine.ctx.store.entries.merge(engine.ctx.company, "CUSTOMER", last_compared=before_noon)
    await engine.bc.switch(webhookMergeLimit=0)
    await engine.delete(MINE)
    await hooked.come_to_rest()
    await engine.bc.switch(webhookMergeLimit=1000)
    [told, *_] = [item for body in hooked.door.told(Side.BC) for item in json.loads(body)["value"] if "customers" in item["resource"]]
    assert (told["changeType"], told["resource"].rpartition("/")[2]) == ("collection", "customers")
    assert [code for code, _ in await engine.problems("CUSTOMER")] == ["counterpart_deleted"]
    assert "comparison" in {job.kind for job in await jobs(hooked)}


@pytest.mark.rule("C2")
async def test_a_row_that_is_said_to_be_deleted_and_is_there_stays_coupled(hooked: Hooked) -> None:
    engine = hooked.engine
    item = {"resource": f"api/v2.0/companies({engine.ctx.company})/customers({MINE.id})", "changeType": "deleted"}
    body = {"value": [{**item, "clientState": hooked.keys.bc_state(engine.ctx.company)}]}
    assert (await engine.api.post(hooked.bc_route, body)).status == 202
    assert await hooked.come_to_rest() > 0
    assert not await engine.problems()
    coupling = await engine.coupling("CUSTOMER", MINE)
    assert coupling and coupling.sales_id == THEIRS.id


async def test_a_mapping_on_hold_is_not_woken_and_sees_it_all_when_it_is_resumed(hooked: Hooked) -> None:
    engine = hooked.engine
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "audit"})
    await engine.edit(MINE, phoneNumber="+49 30 1")
    await hooked.come_to_rest()
    assert await phones(hooked) == {"+49 30 1", None}
    await engine.api.post("mappings/CUSTOMER/resume")
    await engine.look("CUSTOMER")
    assert await phones(hooked) == {"+49 30 1"}


@pytest.mark.feature("F046")
async def test_a_mapping_need_not_be_woken_by_changes(hooked: Hooked) -> None:
    engine = hooked.engine
    assert (await engine.api.patch("mappings/CUSTOMER", {"wake": False})).status == 200
    await engine.edit(MINE, phoneNumber="+49 30 1")
    await hooked.come_to_rest()
    assert await phones(hooked) == {"+49 30 1", None}
    await engine.look("CUSTOMER")  # the schedule
    assert await phones(hooked) == {"+49 30 1"}
    await hints_of(engine.environment).write_counts(Side.BC)
    assert not (await engine.ctx.store.hooks.sources())[Side.BC].refused


async def test_what_is_told_while_the_app_cannot_work_is_told_again(hooked: Hooked) -> None:
    engine = hooked.engine
    hooked.door.shut = 503
    await engine.edit(MINE, phoneNumber="+49 30 1")
    await hooked.told(Side.BC)
    hooked.door.shut = None
    await hooked.come_to_rest(quiet=1.5)
    assert await phones(hooked) == {"+49 30 1"}
    assert json.loads(hooked.door.told(Side.BC)[0]) == json.loads(hooked.door.told(Side.BC)[1])


async def test_an_edit_of_a_column_that_nobody_synchronises_wakes_nothing(hooked: Hooked) -> None:
    await hooked.engine.edit(THEIRS, sic="1")
    assert await hooked.come_to_rest() == 0


async def test_while_bc_is_away_hints_of_sales_add_no_tries_to_those_that_go_on_by_themselves(hooked: Hooked) -> None:
    engine = hooked.engine
    await hooked.come_to_rest()
    await engine.bc.fault(status=503, path="customers", times=1000)
    for number in range(12):
        await engine.edit(THEIRS, telephone1=f"+49 30 {number}")
        await hooked.told(Side.SALES, number + 1)
        await engine.drain()
    assert await engine.ctx.store.queue.length() == 1, "one look that comes back"
    await engine.bc.heal()
    await engine.look("CUSTOMER")  # the schedule
    assert await phones(hooked) == {"+49 30 11"}
