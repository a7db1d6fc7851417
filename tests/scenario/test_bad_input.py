"""Bad settings and failing services: one clear message that names the setting, and nothing lost or doubled."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.environment import Environment
from sync.errors import CompanyNotFound, CoupletError, Refused, SettingsError, SignInRefused, Unreachable
from sync.heart.plan import Side
from sync.run import messages
from sync.run.work import give_up, handle
from sync.services.connections import Connections
from sync.services.http import Patience
from sync.settings import Settings
from sync.store import Store
from tests.scenario.engine import Engine, engine_on
from tests.scenario.world import account, customer


def _nobody_listens() -> str:
    """An address at which nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


WRONG = [
    pytest.param({"ENTRA_CLIENT_SECRET": "wrong"}, SignInRefused, "ENTRA_CLIENT_SECRET", id="wrong secret"),
    pytest.param({"BC_COMPANY": "Nowhere Ltd."}, CompanyNotFound, "BC_COMPANY", id="wrong company"),
    pytest.param({"BC_ENVIRONMENT": "moon"}, CoupletError, "BC_ENVIRONMENT", id="wrong environment"),
    pytest.param({"BC_URL": f"{_nobody_listens()}/v2.0"}, Unreachable, "BC_URL", id="Business Central unreachable"),
    pytest.param({"SALES_URL": _nobody_listens()}, Unreachable, "SALES_URL", id="Sales unreachable"),
    pytest.param({"ENTRA_AUTHORITY": _nobody_listens()}, CoupletError, "ENTRA_AUTHORITY", id="sign-in unreachable"),
]


@pytest.mark.parametrize(("settings", "error", "named"), WRONG)
async def test_a_wrong_setting_is_named_in_one_clear_message(
    engine: Engine, sandbox_processes: Sandbox, settings: dict[str, Any], error: type[CoupletError], named: str
) -> None:
    with pytest.raises(error) as caught:
        async with engine_on(sandbox_processes, **settings) as wrong:
            await wrong.sync("CUSTOMER")
    told = f"{caught.value} {caught.value.remedy}"
    assert named in told, told
    assert "wrong" not in str(caught.value), "a secret is never shown"


def test_all_missing_settings_are_named_at_once(sandbox_processes: Sandbox) -> None:
    known = {name: value for name, value in sandbox_processes.app_settings.items() if name not in ("SALES_URL", "BC_COMPANY")}
    with pytest.raises(SettingsError) as caught:
        Settings.load(known)
    assert all(name in str(caught.value) for name in ("SALES_URL", "BC_COMPANY"))


async def _numbers(engine: Engine) -> list[str]:
    return sorted(row["accountnumber"] for row in await engine.sales.rows("accounts"))


async def test_long_throttling_sends_the_message_round_again_and_loses_nothing(engine: Engine) -> None:
    await engine.seed(customer("C1"), customer("C2"))
    await engine.sales.fault(status=429, retryAfter=4, path="accounts", times=1)
    full = await engine.begin_sync("CUSTOMER")
    await engine.drain()
    assert not await engine.ended(full)
    assert await engine.ctx.store.queue.length() == 1
    await asyncio.sleep(4.2)
    await engine.drain()
    assert await engine.ended(full)
    assert await _numbers(engine) == ["C1", "C2"]
    assert await engine.problems("CUSTOMER") == []


async def test_short_throttling_is_waited_for(engine: Engine) -> None:
    await engine.seed(customer("C1"))
    await engine.sales.fault(status=429, retryAfter=1, method="POST", path="accounts")
    await engine.sync("CUSTOMER")
    assert await _numbers(engine) == ["C1"]


@pytest.mark.parametrize("side", list(Side))
async def test_a_service_that_is_down_for_a_while_delays_and_loses_nothing(engine: Engine, side: Side) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await engine.edit(mine, phoneNumber="222")
    await engine.edit(theirs, emailaddress1="adler@example.com")
    await engine.people(side).fault(status=503, path="(accounts|customers|batch)", times=1000)
    await engine.look("CUSTOMER")
    assert await engine.ctx.store.queue.length() == 1
    await engine.people(side).heal()
    await asyncio.sleep(2.2)
    await engine.drain()
    assert (await engine.row(theirs))["telephone1"] == "222"
    assert (await engine.row(mine))["email"] == "adler@example.com"
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.parametrize("side", list(Side))
async def test_a_lost_answer_to_an_update_writes_nothing_twice_and_overwrites_nobody(engine: Engine, side: Side) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "111"})
    await (engine.edit(theirs, telephone1="222") if side is Side.BC else engine.edit(mine, phoneNumber="222"))
    await engine.people(side).fault("drop", method="PATCH" if side is Side.BC else None, path="(customers|accounts|batch)", when="after")
    await engine.look("CUSTOMER")
    assert await engine.people(side).unused_faults() == 0
    assert ((await engine.row(mine))["phoneNumber"], (await engine.row(theirs))["telephone1"]) == ("222", "222")
    assert await engine.problems("CUSTOMER") == []


async def test_a_refused_bulk_creation_falls_back_and_one_bad_row_holds_back_only_itself(engine: Engine) -> None:
    """Nothing in the answer says which row was bad."""
    await engine.seed(*(customer(f"C{n}") for n in range(6)))
    await engine.sales.fault(status=400, code="0x80040265", method="POST", path="CreateMultiple")
    await engine.sales.fault(status=400, code="0x80040265", method="POST", path="accounts$")
    await engine.reset_counters()
    await engine.sync("CUSTOMER")
    assert await engine.sales.unused_faults() == 0
    assert len(await _numbers(engine)) == 5
    assert len(await engine.problems("CUSTOMER")) == 1
    routes = (await engine.sales.counters())["byRoute"]
    assert sum(count for route, count in routes.items() if "CreateMultiple" in route) <= 1
    await engine.sync("CUSTOMER")
    assert len(await _numbers(engine)) == 6
    assert await engine.problems("CUSTOMER") == []


async def test_a_refused_bulk_creation_of_good_rows_makes_all_of_them_once(engine: Engine) -> None:
    await engine.seed(*(customer(f"C{n}") for n in range(6)))
    await engine.sales.fault(status=500, method="POST", path="CreateMultiple", times=10)
    await engine.sync("CUSTOMER")
    await engine.sales.heal()
    await engine.drain()
    assert await _numbers(engine) == [f"C{n}" for n in range(6)]


async def test_one_bad_row_in_a_batch_of_business_central_holds_back_only_itself(engine: Engine) -> None:
    await engine.seed(*(account(f"A{n}", name=f"Falke {n}") for n in range(6)))
    await engine.bc.fault(status=400, code="Application_DialogException", method="POST", path="customers")
    await engine.sync("CUSTOMER")
    assert await engine.bc.unused_faults() == 0
    assert len(await engine.bc.rows("customers")) == 5
    assert len(await engine.problems("CUSTOMER")) == 1


async def _refused(engine: Engine) -> tuple[dict[str, Any], CoupletError]:
    """The message that cannot be worked, and why."""
    while message := await engine.message():
        try:
            await handle(engine.environment, message)
        except CoupletError as error:
            return message, error
    raise AssertionError("every message was worked")


@pytest.mark.parametrize("place", ["changes", "rows"])
async def test_what_a_service_refuses_for_good_ends_the_full_synch_with_a_problem_that_says_what_to_do(engine: Engine, place: str) -> None:
    """Refused is what asks for changes when the walk begins, or what reads the counterparts in its middle."""
    await engine.seed(customer("C1"), account("A1", accountnumber="C1"))
    full = await engine.begin_sync("CUSTOMER", "UNIT OF MEASURE")
    path = {"changes": "accounts", "rows": "accounts.*filter"}[place]
    await engine.sales.fault(status=400, code="0x80040216", path=path, times=1000)
    message, error = await _refused(engine)
    assert isinstance(error, Refused)
    assert error.remedy
    await give_up(engine.environment, message, error)
    await engine.drain()
    assert await engine.ended(full)
    assert [row.code for row in await engine.problem_rows()] == ["refused"]
    assert len(await engine.couplings("UNIT OF MEASURE")) == 2
    await engine.sales.heal()
    await engine.sync("CUSTOMER")
    assert await engine.problem_rows() == []


async def test_a_service_that_cannot_be_reached_when_the_process_starts_sends_the_message_round_again(
    engine: Engine, sandbox_processes: Sandbox
) -> None:
    known = Settings.load({**sandbox_processes.app_settings, "SALES_URL": _nobody_listens()})
    store, connections = Store.open(known), Connections(known, patience=Patience(total=0.2, first=0.1))
    newly_started = Environment(known, store, connections)
    try:
        await handle(newly_started, messages.scan(engine.ctx.company, "CUSTOMER"))
        assert await store.queue.length() == 1
    finally:
        await newly_started.close()
