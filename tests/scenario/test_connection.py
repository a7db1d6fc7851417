"""The connection as a whole: held and resumed by people, or by itself when it lost what it needs (rule G4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from sync.entry.upkeep import sweep, tick
from sync.environment import Environment
from sync.heart.plan import Side
from sync.run.work import handle
from sync.services.connections import Connections
from tests.in_force import ENABLED
from tests.scenario.engine import Engine
from tests.scenario.front_door import Api
from tests.scenario.holding import connection, held, resumed
from tests.scenario.world import customer

pytestmark = pytest.mark.rule("G4")


@pytest.mark.case("T737", "T749", "T754")
@pytest.mark.feature("F007", "F025")
@pytest.mark.case("T712", "T713", "T724", "T725")
@pytest.mark.feature("F094", "F114")
async def test_on_hold_all_entries_are_on_hold_and_resumed_all_are_ready(engine: Engine) -> None:
    on, off = len(ENABLED), {"Switched Off": len(engine.ctx.mappings) - len(ENABLED)}
    assert (await connection(engine))["entries"] == {"Ready": on, **off}
    shown = await held(engine)
    assert (shown["status"], shown["hold"]["reason"], shown["hold"]["by"]) == ("On Hold", "month-end closing", "person")
    assert shown["entries"] == {"On Hold": on, **off}
    assert {each["status"] for each in (await engine.api.get("mappings")).json["value"]} == {"On Hold", *off}
    await resumed(engine)
    shown = await connection(engine)
    assert (shown["status"], shown["hold"], shown["entries"]) == ("Ready", None, {"Ready": on, **off})


async def test_an_edit_made_while_on_hold_arrives_after_it(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await held(engine)
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.reset_counters()
    for name in engine.ctx.mappings:
        await tick(engine.environment, name)
    await engine.look("CUSTOMER")
    assert await engine.requests() == {"bc": 0, "sales": 0}
    await resumed(engine)
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


async def test_a_walk_in_work_pauses_behind_its_page_and_goes_on_without_losing_anything(engine: Engine) -> None:
    await engine.seed(*(customer(f"C{number}") for number in range(7)))
    engine.environment.settings.__dict__["page_size"] = 2
    full = await engine.begin_sync("CUSTOMER", create="toSales")

    async def somebody_holds() -> None:
        await held(engine)

    async with engine.before_the_next_write(Side.SALES, somebody_holds):
        await engine.drain()
    made = len(await engine.sales.rows("accounts"))
    assert 0 < made < 7
    assert not await engine.ended(full)
    await resumed(engine)
    assert await engine.ended(full)
    assert len(await engine.sales.rows("accounts")) == 7 == len(await engine.couplings("CUSTOMER"))


async def test_work_goes_round_while_on_hold_and_no_attempt_is_counted(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await engine.begin_sync("CUSTOMER")
    await held(engine)
    message = await engine.message()
    assert message
    await handle(engine.environment, message)
    assert await engine.ctx.store.queue.length() == 1
    assert not await engine.sales.rows("accounts")
    assert await engine.problems() == []


@pytest.mark.feature("F024")
@pytest.mark.case("T571")
async def test_every_answer_tells_the_reason_and_calls_for_work_are_refused(engine: Engine) -> None:
    await engine.coupled()
    await held(engine, "Jahresabschluß")
    for url in ("mappings", "mappings/CUSTOMER", "jobs", "full-sync", "problems", "couplings/CUSTOMER", "connection"):
        answer = await engine.api.get(url)
        assert answer.status == 200, url
        assert answer.json["onHold"]["reason"] == "Jahresabschluß", url
        assert unquote(answer.headers["Couplet-On-Hold"]) == "Jahresabschluß"
    for url in ("mappings/CUSTOMER/run", "full-sync", "synchronize-modified"):
        refused = await engine.api.post(url)
        assert refused.status == 409, url
        assert (refused.json["type"], "Jahresabschluß" in refused.json["detail"]) == ("urn:couplet:on_hold", True), url
    assert (await engine.api.patch("mappings/CUSTOMER", {"minutes": 5})).status == 200, "settings can be made meanwhile"
    assert (await engine.api.post("problems/skip", {"mapping": "CUSTOMER"})).status != 409, "and trouble can be put aside"
    assert (await engine.api.get("jobs/none")).json["onHold"], "refusals tell it, too"
    await resumed(engine)
    answer = await engine.api.get("mappings")
    assert "onHold" not in answer.json and "Couplet-On-Hold" not in answer.headers


async def test_a_hold_without_a_usable_reason_is_refused_and_holds_nothing(engine: Engine) -> None:
    bodies: list[Any] = [None, {}, {"reason": ""}, {"reason": "  "}, {"reason": 5}, {"reason": "x" * 501}, {"why": "x"}, ["x"]]
    for body in bodies:
        assert (await engine.api.post("connection/hold", body)).status == 400, body
    assert (await connection(engine))["status"] == "Ready"


async def test_resuming_what_is_not_on_hold_says_so(engine: Engine) -> None:
    answer = await engine.api.post("connection/resume")
    assert (answer.status, answer.json["note"]) == (200, "the connection was not on hold")
    assert await engine.ctx.store.queue.length() == 0


@pytest.mark.case("T697")
async def test_opening_the_app_talks_to_nobody(engine: Engine) -> None:
    await engine.reset_counters()
    opened = Environment(engine.environment.settings, engine.environment.store, Connections(engine.environment.settings))
    assert (await Api(opened).get("health")).status == 200
    assert await engine.requests() == {"bc": 0, "sales": 0}


async def test_the_sweeper_leaves_work_alone_that_goes_round(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await engine.begin_sync("CUSTOMER")
    await held(engine)
    await engine.drain()
    assert await sweep(engine.environment) == 0
