"""The connection as a whole: held and resumed by people, or by itself when it lost what it needs (rule G4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from sync.entry.upkeep import probe, sweep, tick
from sync.environment import Environment
from sync.heart.plan import Side
from sync.run.work import handle
from sync.services.connections import Connections
from tests.scenario.engine import Engine
from tests.scenario.front_door import Api
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("G4")

LACKING: dict[str, Any] = {"status": 403, "code": "0x80040220", "times": 1000}
"""What Dataverse answers without the privilege, or in administration mode."""


async def held(engine: Engine, reason: str = "month-end closing") -> dict[str, Any]:
    """The connection, put on hold by a person."""
    answer = await engine.api.post("connection/hold", {"reason": reason})
    assert answer.status == 200, answer.json
    shown: dict[str, Any] = answer.json
    return shown


async def connection(engine: Engine) -> dict[str, Any]:
    """The connection as people see it."""
    shown: dict[str, Any] = (await engine.api.get("connection")).json
    return shown


async def resumed(engine: Engine) -> None:
    """A person resumes it, and everything is worked."""
    assert (await engine.api.post("connection/resume")).status == 200
    await engine.drain()


@pytest.mark.case("T737", "T749")
@pytest.mark.feature("F007")
@pytest.mark.case("T724", "T725")
@pytest.mark.feature("F094", "F114")
async def test_on_hold_all_entries_are_on_hold_and_resumed_all_are_ready(engine: Engine) -> None:
    assert (await connection(engine))["entries"] == {"Ready": len(engine.ctx.mappings)}
    shown = await held(engine)
    assert (shown["status"], shown["hold"]["reason"], shown["hold"]["by"]) == ("On Hold", "month-end closing", "person")
    assert shown["entries"] == {"On Hold": len(engine.ctx.mappings)}
    assert {each["status"] for each in (await engine.api.get("mappings")).json["value"]} == {"On Hold"}
    await resumed(engine)
    shown = await connection(engine)
    assert (shown["status"], shown["hold"], shown["entries"]) == ("Ready", None, {"Ready": len(engine.ctx.mappings)})


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


@pytest.mark.feature("F023")
async def test_a_lost_privilege_pauses_everything_with_its_reason_instead_of_failing_record_by_record(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.sales.fault(path="accounts", **LACKING)
    await engine.look("CUSTOMER")
    shown = await connection(engine)
    assert (shown["status"], shown["hold"]["by"], shown["hold"]["code"]) == ("On Hold", "app", "access_denied")
    assert "security role" in shown["hold"]["remedy"]
    assert await engine.problems() == []
    jobs = len((await engine.api.get("jobs?mapping=CUSTOMER")).json["value"])
    for _ in range(3):
        await tick(engine.environment, "CUSTOMER")
        await engine.drain()
    assert len((await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]) == jobs, "jobs do not pile up"


@pytest.mark.feature("F023")
async def test_it_resumes_by_itself_when_a_probe_gets_through(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.sales.fault(path="accounts", **LACKING)
    await engine.look("CUSTOMER")
    await probe(engine.environment)
    assert (await connection(engine))["status"] == "On Hold", "the privilege is still missing"
    await engine.sales.heal()
    await probe(engine.environment)
    assert (await connection(engine))["status"] == "On Hold", "probes come more and more rarely"
    await a_pause_is_over(engine)
    await probe(engine.environment)
    assert (await connection(engine))["status"] == "Ready"
    await engine.drain()
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


async def a_pause_is_over(engine: Engine) -> None:
    """As after half an hour: the next probe is due."""

    def long_ago(last: Any) -> Any:
        return replace(last, probed=last.probed - timedelta(minutes=31))

    assert await engine.ctx.store.entries.change_hold(engine.ctx.company, long_ago)


@pytest.mark.feature("F023")
async def test_a_lost_right_to_write_pauses_before_it_becomes_a_problem_of_each_record(engine: Engine) -> None:
    await engine.seed(*(customer(f"C{number}") for number in range(5)))
    await engine.sales.switch(privilegesLost=["prvCreateAccount"])
    full = await engine.begin_sync("CUSTOMER", create="toSales")
    await engine.drain()
    shown = await connection(engine)
    assert (shown["status"], shown["hold"]["code"], "prvCreateAccount" in shown["hold"]["reason"]) == ("On Hold", "access_denied", True)
    assert await engine.problems() == []
    await probe(engine.environment)
    await engine.drain()
    assert (await connection(engine))["status"] == "On Hold", "tables can be read, and then the first write fails again"
    await probe(engine.environment)
    assert (await connection(engine))["status"] == "On Hold", "and it is tried more and more rarely"
    await engine.sales.switch(privilegesLost=[])
    await a_pause_is_over(engine)
    await probe(engine.environment)
    await engine.leases_run_out("CUSTOMER")
    await engine.drain()
    assert await engine.ended(full)
    assert len(await engine.sales.rows("accounts")) == 5 == len(await engine.couplings("CUSTOMER"))
    assert await engine.problems() == []


async def test_an_owner_who_lacks_a_privilege_is_his_records_problem(engine: Engine) -> None:
    await engine.seed(customer("C1", salespersonCode="AB"))
    await engine.sync("SALESPEOPLE", "CUSTOMER", create="toSales")
    await engine.sales.switch(ownerNeedsRole=True)
    await engine.seed(customer("C2", salespersonCode="AB"))
    await engine.sync("CUSTOMER", create="toSales")
    assert [row.code for row in await engine.problem_rows("CUSTOMER")] == ["access_denied"]
    assert (await connection(engine))["status"] == "Ready"


async def test_an_app_that_is_not_admitted_any_more_pauses_and_resumes_by_itself(engine: Engine) -> None:
    """The role was taken away, the card Microsoft Entra Applications was disabled, or consent is missing."""
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    faults: dict[Side, dict[str, Any]] = {
        Side.SALES: {"status": 403, "code": "0x80042f09"},
        Side.BC: {"status": 401, "code": "Authentication_InvalidCredentials"},
    }
    for side, fault in faults.items():
        await engine.people(side).fault(times=1000, **fault)
        await engine.look("CUSTOMER")
        shown = await connection(engine)
        assert (shown["status"], shown["hold"]["code"]) == ("On Hold", "app_not_admitted"), side
        await engine.people(side).heal()
        await resumed(engine)
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


async def test_a_full_synch_that_meets_a_lost_privilege_waits_and_comes_to_its_end(engine: Engine) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    full = await engine.begin_sync("CUSTOMER")
    await engine.bc.fault(path="customers", status=403, code="Authorization_RequestDenied", times=1000)
    await engine.drain()
    assert (await connection(engine))["status"] == "On Hold"
    assert not await engine.ended(full)
    await engine.bc.heal()
    await probe(engine.environment)
    await engine.drain()
    assert await engine.ended(full)
    assert await engine.problems() == []
    assert len(await engine.couplings("CUSTOMER")) == 1


async def test_a_person_holds_what_paused_itself_and_only_a_person_resumes_it(engine: Engine) -> None:
    await engine.coupled()
    await engine.sales.fault(path="accounts", **LACKING)
    await engine.look("CUSTOMER")
    await held(engine, "I look into it")
    await engine.sales.heal()
    await probe(engine.environment)
    shown = await connection(engine)
    assert (shown["status"], shown["hold"]["by"]) == ("On Hold", "person")
    await resumed(engine)
    assert (await connection(engine))["status"] == "Ready"


@pytest.mark.case("T701")
async def test_resumed_by_a_person_while_a_privilege_is_still_missing_it_pauses_again_with_the_reason(engine: Engine) -> None:
    await engine.coupled()
    await engine.sales.fault(path="accounts", **LACKING)
    await engine.look("CUSTOMER")
    await resumed(engine)
    shown = await connection(engine)
    assert (shown["status"], shown["hold"]["code"]) == ("On Hold", "access_denied")


@pytest.mark.case("T700")
async def test_resumed_by_a_person_when_the_privilege_is_there_it_works(engine: Engine) -> None:
    mine, _ = await engine.coupled()
    await engine.look("CUSTOMER")
    await engine.edit(mine, phoneNumber="+49 30 1")
    await engine.sales.fault(path="accounts", **LACKING)
    await engine.look("CUSTOMER")
    await engine.sales.heal()
    await resumed(engine)
    assert (await connection(engine))["status"] == "Ready"
    assert (await engine.partner("CUSTOMER", mine))["telephone1"] == "+49 30 1"


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
