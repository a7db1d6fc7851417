"""The subscriptions of both services: made, answered, renewed before they end, and repaired whatever happened to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.hooks.hints import hints_of
from sync.hooks.keep import keep
from tests.scenario.hooked import SECRET, Hooked, hooked_on
from tests.scenario.world import account, customer

BC_TABLES = {"currencies", "currencyexchangerates", "customers"}
STEPS = {f"Couplet: {message} of {table}" for message in ("Create", "Update", "Delete") for table in ("account", "transactioncurrency")}
DAY_MS = 24 * 3600 * 1000
OTHER = "another secret of the tests, long enough"


@pytest.fixture
async def hooked(sandbox_processes: Sandbox) -> AsyncIterator[Hooked]:
    """Couplet with webhooks on and no subscription yet."""
    async with hooked_on(sandbox_processes) as told:
        told.only("CURRENCY", "CUSTOMER")
        yield told
        await told.engine.bc.switch(doubleSubscriptions=False)


async def subscriptions(hooked: Hooked) -> dict[str, dict[str, Any]]:
    """BC's subscriptions by table; no table has two."""
    rows = await hooked.engine.bc.rows("subscriptions")
    found = {row["resource"].rpartition("/")[2].lower(): row for row in rows}
    assert len(found) == len(rows)
    return found


async def shown(hooked: Hooked, side: str = "businessCentral") -> dict[str, Any]:
    """What GET hooks says of a side."""
    answer = await hooked.engine.api.get("hooks")
    assert answer.status == 200
    side_shown: dict[str, Any] = answer.json[side]
    return side_shown


async def test_they_are_planned_made_and_then_left_alone(hooked: Hooked) -> None:
    planned = await hooked.keep(dry_run=True)
    assert {(side, resource) for side, resource, do in planned if do == "make"} == {
        *(("bc", table) for table in BC_TABLES),
        *(("sales", name) for name in STEPS | {"Couplet"}),
    }
    assert not await subscriptions(hooked), "a dry run writes nothing"
    assert await hooked.keep() == planned
    assert (await subscriptions(hooked)).keys() == BC_TABLES
    steps = await hooked.engine.sales.rows("sdkmessageprocessingsteps")
    assert {row["name"] for row in steps} == STEPS
    assert {(row["mode"], row["stage"], row["asyncautodelete"]) for row in steps} == {(1, 40, True)}
    assert await hooked.keep() == []


async def test_each_has_a_secret_of_its_own_and_none_is_shown(hooked: Hooked) -> None:
    await hooked.keep()
    told = {row["clientState"] for row in (await subscriptions(hooked)).values()}
    [endpoint] = await hooked.engine.sales.rows("serviceendpoints")
    answer = (await hooked.engine.api.get("hooks")).body.decode() + (await hooked.engine.api.post("hooks/repair")).body.decode()
    secrets = [SECRET, *told, hooked.keys.sales_key, hooked.keys.bc_url.partition("key=")[2]]
    assert len(set(secrets)) == 4
    assert not [secret for secret in secrets if secret in answer]
    assert not [secret for secret in secrets if secret in str(endpoint["description"])]


async def test_they_are_renewed_two_days_before_they_end(hooked: Hooked) -> None:
    await hooked.keep()
    before = await subscriptions(hooked)
    await hooked.engine.bc.switch(clockOffsetMs=DAY_MS // 2)
    assert await hooked.keep() == []
    later = DAY_MS * 3 // 2
    await hooked.engine.bc.switch(clockOffsetMs=later)
    hooked.clock_is_late_by(later)
    assert {(resource, do) for _, resource, do in await hooked.keep()} == {(table, "renew") for table in BC_TABLES}
    after = await subscriptions(hooked)
    assert all(after[table]["expirationDateTime"] > before[table]["expirationDateTime"] for table in BC_TABLES)
    assert {each["expiresAt"][:19] for each in (await shown(hooked))["subscriptions"]} == {
        row["expirationDateTime"][:19] for row in after.values()
    }


async def test_one_that_bc_dropped_because_it_was_refused_is_made_again(hooked: Hooked) -> None:
    await hooked.engine.seed(customer("C1"))
    await hooked.keep()
    hooked.door.shut = 401
    await hooked.engine.edit(customer("C1"), phoneNumber="+49 30 1")
    await hooked.told(Side.BC)
    await hooked.until(lambda rows: not rows, hooked.engine.bc, "subscriptions")
    hooked.door.shut = None
    assert {do for side, _, do in await hooked.keep() if side == "bc"} == {"make"}
    assert (await subscriptions(hooked)).keys() == BC_TABLES


async def test_our_own_doors_never_refuse_so_that_none_is_dropped(hooked: Hooked) -> None:
    await hooked.keep()
    for body in (b"", b"no json", b"[" * 5000, b'{"value": 5}', b"x" * 300_000):
        for route in ("hooks/business-central", hooked.bc_route, "hooks/sales"):
            assert (await hooked.engine.api.post(route, body)).status == 202


async def test_one_that_was_deleted_or_doubled_by_somebody_is_repaired(hooked: Hooked) -> None:
    await hooked.keep()
    service = hooked.engine.ctx.bc.subscriptions
    [one, other, *_] = await service.all()
    await service.remove(one["subscriptionId"], one["@odata.etag"], one["resource"])
    await hooked.engine.bc.switch(doubleSubscriptions=True)
    await service.make({name: other[name] for name in ("notificationUrl", "resource", "clientState")})
    assert sorted(do for side, _, do in await hooked.keep() if side == "bc") == ["drop", "make"]
    assert (await subscriptions(hooked)).keys() == BC_TABLES


async def test_those_of_others_are_left_alone(hooked: Hooked) -> None:
    service = hooked.engine.ctx.bc.subscriptions
    resource = await hooked.engine.ctx.bc.resource("items")
    hooked.door.echo = True
    theirs = await service.make({"notificationUrl": f"{hooked.door.url}/api/theirs", "resource": resource, "clientState": "theirs"})
    await hooked.keep()
    await hooked.keep()
    assert theirs["subscriptionId"] in {row["subscriptionId"] for row in await service.all()}
    assert len(await service.all()) == len(BC_TABLES) + 1


async def test_another_secret_is_told_to_both_and_the_old_one_is_taken_meanwhile(sandbox_processes: Sandbox) -> None:
    async with hooked_on(sandbox_processes) as hooked:
        await hooked.begin()
        await hooked.keep()
        hooked.settings_become(webhook_secrets=(OTHER, SECRET))
        await hooked.engine.edit(customer("C1"), phoneNumber="+49 30 1")
        await hooked.come_to_rest()
        assert (await hooked.engine.row(account("A1")))["telephone1"] == "+49 30 1", "told with the old one"
        repaired = await hooked.keep()
        assert {do for side, _, do in repaired if side == "bc"} == {"renew"}
        assert [(resource, do) for side, resource, do in repaired if side == "sales"] == [("Couplet", "change")]
        assert await hooked.keep() == []
        hooked.settings_become(webhook_secrets=(OTHER,))
        await hooked.engine.edit(account("A1"), telephone1="+49 30 2")
        await hooked.come_to_rest()
        assert (await hooked.engine.row(customer("C1")))["phoneNumber"] == "+49 30 2", "told with the new one"


async def test_an_app_at_another_address_takes_its_subscriptions_along(hooked: Hooked) -> None:
    await hooked.keep()
    hooked.settings_become(webhook_url=hooked.door.url.replace("127.0.0.1", "localhost"))
    assert {do for _, _, do in await hooked.keep()} == {"renew", "change"}
    assert all("localhost" in row["notificationUrl"] for row in (await subscriptions(hooked)).values())
    [endpoint] = await hooked.engine.sales.rows("serviceendpoints")
    assert "localhost" in endpoint["url"]


async def test_an_address_that_does_not_answer_is_named_with_the_remedy(hooked: Hooked) -> None:
    hooked.door.shut = 403
    await hooked.keep()
    [*failed] = (await shown(hooked))["subscriptions"]
    assert {each["code"] for each in failed} == {"handshake_failed"}
    assert all("WEBHOOK_URL" in each["remedy"] and each["failingSince"] for each in failed)
    hooked.door.shut = None
    await hooked.keep()
    assert not [each for each in (await shown(hooked))["subscriptions"] if "code" in each]


async def test_one_that_is_about_to_end_and_cannot_be_renewed_is_told_in_the_log(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    await hooked.keep()
    hooked.door.shut = 403
    late = DAY_MS * 5 // 2
    await hooked.engine.bc.switch(clockOffsetMs=late)
    hooked.clock_is_late_by(late)
    caplog.clear()
    await hooked.keep()
    alerts = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(alerts) == len(BC_TABLES)
    assert {getattr(record, "code", None) for record in alerts} == {"handshake_failed"}


async def test_a_full_environment_is_named(hooked: Hooked) -> None:
    await hooked.engine.bc.fault(status=400, method="POST", path="subscriptions", code="Application_DialogException", times=3)
    await hooked.keep()
    assert {each["code"] for each in (await shown(hooked))["subscriptions"]} == {"too_many_subscriptions"}


async def test_a_table_that_bc_does_not_tell_of_is_named_and_left_to_the_schedule(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    resources = {await hooked.engine.ctx.bc.resource(table) for table in ("customers", "currencies")}
    supported = [{"resource": resource} for resource in resources]
    hooked.supports(supported)
    await hooked.keep()
    codes = {each["resource"].rpartition("/")[2]: each.get("code") for each in (await shown(hooked))["subscriptions"]}
    assert codes == {"customers": None, "currencies": None, "currencyexchangerates": "no_webhooks"}
    caplog.clear()
    await hooked.keep()
    assert not caplog.records, "told once"


async def test_without_the_right_to_register_sales_is_named_and_bc_goes_on(hooked: Hooked) -> None:
    await hooked.engine.sales.fault(status=403, method="POST", path="serviceendpoints", code="0x80040220")
    await hooked.keep()
    [endpoint] = (await shown(hooked, "sales"))["subscriptions"]
    assert endpoint["code"] == "access_denied"
    assert (await subscriptions(hooked)).keys() == BC_TABLES
    await hooked.keep()
    assert {each["resource"] for each in (await shown(hooked, "sales"))["subscriptions"]} == STEPS | {"Couplet"}


async def test_a_service_that_is_away_is_named_and_the_other_is_looked_after(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    await hooked.engine.bc.fault(status=503, path="subscriptions", times=50)
    await hooked.keep()
    await hooked.engine.bc.heal()
    assert (await shown(hooked))["code"] == "unavailable"
    assert "could not be looked at" in caplog.text
    assert len(await hooked.engine.sales.rows("sdkmessageprocessingsteps")) == len(STEPS)
    await hooked.keep()
    assert "code" not in await shown(hooked)


async def test_a_step_that_somebody_switched_off_stays_off_and_is_named(hooked: Hooked) -> None:
    await hooked.keep()
    [step, *_] = await hooked.engine.sales.rows("sdkmessageprocessingsteps", name="Couplet: Update of account")
    await hooked.engine.sales.edit("sdkmessageprocessingsteps", step["sdkmessageprocessingstepid"], statecode=1, statuscode=2)
    assert await hooked.keep() == []
    assert [each.why for each in await keep(hooked.engine.environment) if each.resource == step["name"]] == ["switched off in Sales"]


async def test_what_is_not_woken_any_more_is_not_told_of_any_more(hooked: Hooked) -> None:
    await hooked.keep()
    hooked.engine.change("CURRENCY", wakes=False)
    assert {do for _, _, do in await hooked.keep()} == {"drop"}
    assert (await subscriptions(hooked)).keys() == {"customers"}
    assert len(await hooked.engine.sales.rows("sdkmessageprocessingsteps")) == 3
    assert {each["resource"].rpartition("/")[2] for each in (await shown(hooked))["subscriptions"]} == {"customers"}


async def test_switched_off_they_are_taken_away(hooked: Hooked) -> None:
    await hooked.keep()
    hooked.settings_become(webhook_secrets=(), webhook_url="")
    assert (await hooked.engine.api.get("hooks")).json["on"] is False
    assert {do for _, _, do in await hooked.keep()} == {"drop"}
    assert not await subscriptions(hooked)
    assert not await hooked.engine.sales.rows("sdkmessageprocessingsteps")
    assert not await hooked.engine.sales.rows("serviceendpoints")
    assert await hooked.keep() == []
    assert (await hooked.engine.api.post("hooks/business-central?validationToken=x", b"")).body == b""


async def test_what_somebody_else_took_away_is_forgotten_when_they_are_switched_off(hooked: Hooked) -> None:
    await hooked.keep()
    for table, key in (("sdkmessageprocessingsteps", "sdkmessageprocessingstepid"), ("serviceendpoints", "serviceendpointid")):
        for row in await hooked.engine.sales.rows(table):
            await hooked.engine.sales.delete(table, row[key])
    hooked.settings_become(webhook_secrets=(), webhook_url="")
    await hooked.keep()
    assert not await hooked.engine.ctx.store.hooks.subscriptions(hooked.engine.ctx.company, "*")


async def test_what_is_refused_is_counted(hooked: Hooked) -> None:
    await hooked.keep()
    for _ in range(3):
        assert (await hooked.engine.api.post("hooks/sales", {"MessageName": "Update"})).status == 202
    await hints_of(hooked.engine.environment).write_counts(Side.SALES)
    seen = await shown(hooked, "sales")
    assert (seen["taken"], seen["refused"]) == (0, 3)
    assert seen["lastRefused"] and not seen["lastTaken"]
