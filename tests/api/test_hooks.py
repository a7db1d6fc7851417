"""HTTP: near real time behind the local host, with no timer running; and what a stranger can do at the doors, which is nothing."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.command_line import FINE
from infra.setup.systems import webhooks
from sandbox.running import SECONDS, Options, Sandbox
from tests.api.conftest import NEVER, seed
from tests.scenario.company import Company
from tests.scenario.world import customer, salesperson, standard_world

BC_DELAY = 2.0
"""Seconds that Business Central waits here before it tells; 30 in life."""

WITHIN_BC, WITHIN_SALES = 60.0, 15.0
"""Seconds within which an edit of that side has arrived on the other."""

WAITS = 30.0
"""Seconds that Business Central itself waits."""

MINE = customer("C1", salespersonCode="AB")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company with webhooks on and timers stopped, at the pace of the real host's queue."""
    options = Options(scale=0, pace=SECONDS, home=tmp_path_factory.mktemp("told"), settings=NEVER, webhooks=True)
    with Sandbox(options) as sandbox:
        seed(sandbox, *standard_world(), salesperson("CC", "Carla Conti"), MINE)
        switched(sandbox, webhookDelaySeconds=BC_DELAY)
        company = Company(sandbox)
        company.full_sync(createNew="toSales")
        company.settled()
        yield company
        company.close()


def switched(sandbox: Sandbox, **switches: Any) -> None:
    httpx.post(f"{sandbox.business_central}/_control/switches", json=switches, trust_env=False).raise_for_status()


def arrives(company: Company, side: str, table: str, column: str, value: str, seconds: float) -> float:
    """Seconds until a value has arrived."""
    begun = time.monotonic()
    company.wait(lambda: any(row[column] == value for row in company.rows(side, table)), seconds)
    return time.monotonic() - begun


def edit_in_bc(company: Company, value: str) -> None:
    company.hand("bc", "edit", set="customers", id=MINE.id, values={"phoneNumber": value})


def test_an_edit_in_bc_is_in_sales_within_a_minute_of_which_bc_waits_half(told: Company) -> None:
    edit_in_bc(told, "+49 30 11")
    assert arrives(told, "sales", "accounts", "telephone1", "+49 30 11", 30) < WITHIN_BC - WAITS + BC_DELAY


@pytest.mark.slow
def test_an_edit_in_bc_is_in_sales_within_a_minute(told: Company) -> None:
    time.sleep(2 * BC_DELAY)  # a look at an echo of the edit before would find this one, too
    told.settled()
    switched(told.sandbox, webhookDelaySeconds=WAITS)
    try:
        edit_in_bc(told, "+49 30 12")
        assert WAITS <= arrives(told, "sales", "accounts", "telephone1", "+49 30 12", 90) < WITHIN_BC
    finally:
        switched(told.sandbox, webhookDelaySeconds=BC_DELAY)


def test_an_edit_in_sales_is_in_bc_within_fifteen_seconds(told: Company) -> None:
    [theirs] = [row for row in told.rows("sales", "accounts") if row["accountnumber"] == "C1"]
    told.hand("sales", "edit", set="accounts", id=theirs["accountid"], values={"telephone1": "+49 30 13"})
    assert arrives(told, "bc", "customers", "phoneNumber", "+49 30 13", 30) < WITHIN_SALES


def test_the_subscriptions_are_shown_with_their_end_and_what_was_told(told: Company) -> None:
    shown = told.api.get("/hooks").json()
    assert shown["on"]
    resources = {each["resource"].rpartition("/")[2] for each in shown["businessCentral"]["subscriptions"]}
    assert {"customers", "contacts", "items", "currencies", "currencyexchangerates"} <= resources
    known = shown["businessCentral"]["subscriptions"]
    untold = {each["resource"].rpartition("/")[2] for each in known if each.get("code") == "no_webhooks"}
    assert untold == {"salesorderlines"}, "lines are found by the schedule"
    told_of = [each for each in known if "code" not in each]
    assert all(each["id"] and each["expiresAt"] for each in told_of)
    assert "Couplet: Update of account" in {each["resource"] for each in shown["sales"]["subscriptions"]}
    assert shown["businessCentral"]["taken"] and shown["sales"]["taken"] and not shown["sales"]["refused"]
    assert all("code" not in shown[side] for side in ("businessCentral", "sales"))


def test_what_is_in_order_needs_no_repair(told: Company) -> None:
    planned = told.api.post("/hooks/repair", json={"dryRun": True}).json()
    lines = [each for each in planned["value"] if each["resource"].endswith("salesorderlines")]
    assert planned["dryRun"] and {each["do"] for each in planned["value"] if each not in lines} == {"keep"}
    assert told.api.post("/hooks/repair", json={"dryRun": "yes"}).status_code == 400


@pytest.mark.parametrize("apply", [False, True])
def test_setting_up_makes_the_webhooks_by_the_running_app(told: Company, capsys: pytest.CaptureFixture[str], apply: bool) -> None:
    address = str(told.api.base_url).removesuffix("/").removesuffix("/api")
    kept = [each for each in told.rows("sales", "sdkmessageprocessingsteps") if each["name"].startswith("Couplet")]
    told.hand("sales", "delete", set="sdkmessageprocessingsteps", id=kept[0]["sdkmessageprocessingstepid"])
    given = argparse.Namespace(app=address, key=told.api.headers["x-functions-key"], token=None, company=None, apply=apply)
    assert asyncio.run(webhooks(given)) == FINE
    assert ("done: make the webhook" if apply else "to do: make the webhook") in capsys.readouterr().out
