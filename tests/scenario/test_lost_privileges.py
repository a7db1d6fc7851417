"""Lost privileges pause the connection with their reason, and it resumes by itself (rule G4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync.entry.upkeep import probe, tick
from sync.heart.plan import Side
from tests.scenario.engine import Engine
from tests.scenario.holding import LACKING, connection, held, resumed
from tests.scenario.world import account, customer

pytestmark = pytest.mark.rule("G4")


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
