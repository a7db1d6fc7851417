"""A second Couplet on the same pair, with a state of its own, is seen in Sales and does nothing until a person lets it (rule G3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.entry.upkeep import guard, probe
from sync.environment import Environment
from sync.services.connections import Connections
from sync.store.seats import KEPT
from tests.scenario.engine import HURRIED, Engine
from tests.scenario.front_door import Api
from tests.scenario.storage import empty
from tests.scenario.world import customer

pytestmark = pytest.mark.rule("G3")

ELSEWHERE = "22222222-3333-4444-5555-666666666666"


async def row(engine: Engine) -> dict[str, Any]:
    """What stands in Sales."""
    [found] = await engine.sales.rows("couplet_connections")
    return found


async def somebody_else(engine: Engine) -> dict[str, Any]:
    """Another app took the company over, with a state of its own."""
    there = await row(engine)
    await engine.sales.edit("couplet_connections", there["couplet_connectionid"], couplet_stateid=ELSEWHERE, couplet_token=ELSEWHERE)
    return there


@asynccontextmanager
async def started(engine: Engine) -> AsyncIterator[Api]:
    """An app that starts on the engine's storage account."""
    settings = engine.environment.settings
    environment = Environment(settings, engine.environment.store, Connections(settings, patience=HURRIED))
    try:
        yield Api(environment)
    finally:
        await environment.connections.close()


async def hold_of(api: Api) -> Any:
    """The hold of the connection, or None."""
    return (await api.get("connection")).json["hold"]


async def test_an_app_says_that_it_is_there_once_and_again_every_hour(engine: Engine) -> None:
    there = await row(engine)
    assert there["couplet_companyid"] == engine.ctx.company
    assert there["couplet_name"] == "Demo Company" and there["couplet_lastseen"]
    async with started(engine) as api:
        assert await hold_of(api) is None
    assert (await row(engine))["couplet_token"] == there["couplet_token"], "another instance of the same app writes nothing"
    await guard(engine.environment)
    now = await row(engine)
    assert (now["couplet_stateid"], now["couplet_token"] != there["couplet_token"]) == (there["couplet_stateid"], True)
    assert await hold_of(engine.api) is None


async def test_an_app_with_another_storage_account_is_held_before_it_does_anything(engine: Engine) -> None:
    there = await row(engine)
    await empty(engine.environment.store)
    await engine.seed(customer("C1"))
    async with started(engine) as api:
        hold = await hold_of(api)
        assert (hold["code"], hold["by"]) == ("another_couplet", "app")
        assert there["couplet_stateid"] in hold["reason"] and there["couplet_lastseen"][:10] in hold["reason"]
        refused = await api.post("full-sync", {})
        assert (refused.status, refused.json["type"]) == (409, "urn:couplet:on_hold")
        resumed = await api.post("connection/resume", {})
        assert (resumed.status, resumed.json["type"]) == (409, "urn:couplet:another_couplet")
        assert "take-over" in resumed.json["remedy"]
    assert await row(engine) == there


async def test_a_person_lets_an_app_take_over_and_the_other_one_pauses(engine: Engine) -> None:
    there = await somebody_else(engine)
    await guard(engine.environment)
    assert (await hold_of(engine.api))["code"] == "another_couplet"
    answer = await engine.api.post("connection/take-over", {})
    assert (answer.status, answer.json["hold"]) == (200, None)
    assert ELSEWHERE in answer.json["note"]
    assert (await row(engine))["couplet_stateid"] == there["couplet_stateid"]
    again = await engine.api.post("connection/take-over", {})
    assert again.json["note"] == "no other app was there"


async def test_when_the_other_app_s_mark_is_taken_away_work_goes_on_by_itself(engine: Engine) -> None:
    there = await somebody_else(engine)
    await guard(engine.environment)
    await probe(engine.environment)
    assert (await hold_of(engine.api))["code"] == "another_couplet"
    await engine.sales.delete("couplet_connections", there["couplet_connectionid"])
    await engine.ctx.store.entries.change_hold(engine.ctx.company, lambda last: last and _probed_long_ago(last))
    await probe(engine.environment)
    assert await hold_of(engine.api) is None
    assert (await row(engine))["couplet_stateid"] == there["couplet_stateid"]


def _probed_long_ago(hold: Any) -> Any:
    from dataclasses import replace

    return replace(hold, probed=None)


async def test_a_state_of_yesterday_is_taken_for_another_app(engine: Engine) -> None:
    """A backup knows the state's id, but no token of those that were said since."""
    there = await row(engine)
    for _ in range(KEPT + 1):
        await engine.ctx.store.seats.renew(engine.ctx.company)
    assert (await row(engine))["couplet_token"] == there["couplet_token"]
    await guard(engine.environment)
    assert (await hold_of(engine.api))["code"] == "another_couplet"


async def test_a_table_that_may_not_be_read_or_is_not_there_refuses_nobody(engine: Engine) -> None:
    await somebody_else(engine)
    await engine.sales.fault(path="couplet_connections", status=403, code="0x80040220", times=10)
    async with started(engine) as api:
        assert await hold_of(api) is None


async def test_without_the_right_to_write_the_mark_the_app_works_all_the_same(engine: Engine) -> None:
    await engine.sales.fault(path="couplet_connections", method="PATCH", status=403, code="0x80040220", times=10)
    await guard(engine.environment)
    assert await hold_of(engine.api) is None


async def test_an_app_that_could_not_write_its_mark_for_a_day_knows_its_own(engine: Engine) -> None:
    there = await row(engine)
    for _ in range(KEPT + 1):
        await engine.ctx.store.seats.renew(engine.ctx.company, there["couplet_token"])
    await guard(engine.environment)
    assert await hold_of(engine.api) is None
    assert (await row(engine))["couplet_token"] != there["couplet_token"]


async def test_the_call_takes_nothing_else(engine: Engine) -> None:
    assert (await engine.api.post("connection/take-over", {"force": True})).status == 400


async def test_a_fresh_sandbox_is_free(sandbox_processes: Sandbox, engine: Engine) -> None:
    await engine.sales.reset()
    async with started(engine) as api:
        assert await hold_of(api) is None
    assert (await row(engine))["couplet_stateid"]
