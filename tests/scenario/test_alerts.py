"""What an alert waits for is told when it happens: the events that the queries in sync/telemetry/queries/alerts look for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mapping.policies import Bound, DeletionPolicy
from mapping.values import Side
from sync.entry.connection import pause
from sync.entry.pulse import tell_pulse
from sync.environment import Environment
from sync.errors import AccessDenied, CoupletError
from sync.run import messages
from sync.run.work import give_up
from sync.services.connections import Connections
from sync.services.http import Patience
from sync.store import Store, Subscription
from sync.store.hooks import EVERYBODY
from tests.scenario.engine import Engine
from tests.scenario.hooked import SECRET
from tests.scenario.world import account, customer

IMPATIENT = Patience(total=0.2, first=0.05, connect=2.0, answer=10.0)

Told = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """The events of a name that were told so far, with their fields."""
    caplog.set_level(logging.INFO, "couplet")

    def of(name: str) -> list[dict[str, Any]]:
        return [vars(record) for record in caplog.records if getattr(record, "event", None) == name]

    return of


async def pulse_of_a_new_process(engine: Engine, **settings: Any) -> None:
    """The pulse, told by a process that was started for it."""
    known = replace(engine.environment.settings, **settings)
    fresh = Environment(known, Store.open(known), Connections(known, patience=IMPATIENT))
    try:
        await tell_pulse(fresh)
    finally:
        await fresh.close()


async def test_a_mapping_that_nobody_looked_at_for_three_schedules_is_silent(engine: Engine, told: Told) -> None:
    await engine.sync("CUSTOMER", "SALESPEOPLE")
    await engine.look("CUSTOMER", "SALESPEOPLE")
    await pulse_of_a_new_process(engine)
    assert not any(each["silent"] for each in told("pulse"))
    hours_ago = datetime.now(UTC) - timedelta(hours=2)
    await engine.ctx.store.entries.merge(engine.ctx.company, "CUSTOMER", last_looked=hours_ago)
    await pulse_of_a_new_process(engine)
    [silent] = [each for each in told("pulse") if each["silent"]]
    assert (silent["mapping"], silent["company"]) == ("CUSTOMER", engine.ctx.company)
    assert silent["lagSeconds"] >= 7200


async def test_an_entry_in_error_and_how_many_problems_are_open(engine: Engine, told: Told) -> None:
    await give_up(engine.environment, messages.scan(engine.ctx.company, "CUSTOMER"))
    await pulse_of_a_new_process(engine)
    [pulse] = [each for each in told("pulse") if each["mapping"] == "CUSTOMER"]
    assert (pulse["status"], pulse["openProblems"]) == ("Error", 1)
    [connection] = told("connection")
    assert (connection["status"], connection["openProblems"]) == ("Ready", 1)
    [given_up] = told("given up")
    assert (given_up["mapping"], given_up["kind"], given_up["code"]) == ("CUSTOMER", "scan", "work_failed")


async def test_a_connection_that_paused_itself_says_why(engine: Engine, told: Told) -> None:
    await pause(engine.ctx.store, engine.ctx.company, AccessDenied(side=Side.SALES), None)
    await pulse_of_a_new_process(engine)
    [connection] = told("connection")
    assert (connection["by"], connection["code"], connection["status"]) == ("app", "access_denied", "On Hold")


async def test_a_service_out_of_reach_is_told_though_no_company_is_known(engine: Engine, told: Told) -> None:
    with pytest.raises(CoupletError):
        await pulse_of_a_new_process(engine, sales_url="http://127.0.0.1:9")
    [connection] = told("connection")
    assert (connection["status"], connection["code"]) == ("Out of Reach", "unreachable")
    assert told("pulse") == []


async def test_the_brake_opens_a_problem_of_its_code(engine: Engine, told: Told) -> None:
    pairs = [(customer(f"C{n}"), account(f"A{n}", accountnumber=f"C{n}", name=f"Company C{n}")) for n in range(3)]
    await engine.seed(*(record for pair in pairs for record in pair))
    await engine.sync("CUSTOMER", create="none")
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART, bound=Bound(percent=5, least=1))
    for _, theirs in pairs[:2]:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    assert [(each["outcome"], each["mapping"]) for each in told("problem") if each["code"] == "mass_change"] == [("opened", "CUSTOMER")]


async def test_a_subscription_tells_how_many_hours_are_left(engine: Engine, told: Told) -> None:
    ends = Subscription(company=engine.ctx.company, side=Side.BC, resource="customers", expires=datetime.now(UTC) + timedelta(hours=10))
    never = Subscription(company=EVERYBODY, side=Side.SALES, resource="accounts", code="access_denied")
    await engine.ctx.store.hooks.put([ends, never])
    await pulse_of_a_new_process(engine, webhook_secrets=(SECRET,))
    mine, theirs = sorted(told("subscription"), key=lambda each: each["service"])
    assert (mine["resource"], round(mine["hoursLeft"])) == ("customers", 10)
    assert (theirs["company"], theirs["code"], "hoursLeft" in theirs) == ("*", "access_denied", False)
