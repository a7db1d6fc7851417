"""What is told of the engine's work, with an exporter in memory: one id from the edit to the request, and what stands in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from mapping.policies import DeletionPolicy
from sandbox.running import Sandbox
from sync.entry.pulse import tell_pulse
from sync.heart.plan import Side
from sync.run.work import give_up
from sync.store.jobs import Jobs
from sync.telemetry.events import Volume
from sync.telemetry.trace import begun, following
from tests.scenario.engine import Engine
from tests.scenario.hooked import MINE, THEIRS, Hooked, hooked_on
from tests.scenario.troubles import PLUG_IN, refusing
from tests.scenario.world import account, customer
from tests.telemetry.memory import Memory, memory

CALLER = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def told() -> Iterator[Memory]:
    """All that is told during a test."""
    with memory() as kept:
        yield kept


@pytest.fixture
async def hooked(sandbox_processes: Sandbox) -> AsyncIterator[Hooked]:
    """Couplet that is told of changes."""
    async with hooked_on(sandbox_processes, OVERLAP_SECONDS="1") as listening:
        await listening.begin()
        yield listening


async def test_an_edit_in_sales_is_followed_from_the_tick_to_the_request_at_bc_by_one_id(engine: Engine, told: Memory) -> None:
    mine, theirs = await engine.coupled()
    await engine.edit(theirs, telephone1="+49 30 5")
    told.forget()
    with begun("timer"):
        await engine.ask_for_a_look("CUSTOMER")
    await engine.drain()
    [record] = told.events("record", record=f"sales:{theirs.id}")
    assert record.fields.items() >= {"partner": f"bc:{mine.id}", "direction": "fromSales", "outcome": "modified"}.items()
    [work], [call] = told.work(operation=None), [each for each in told.calls(service="bc") if each.fields["method"] != "GET"]
    assert {record.operation} == {work.operation, call.operation} == {each.operation for each in told.calls()}
    assert call.fields.items() >= {"mapping": "CUSTOMER", "kind": "scan", "status": "200"}.items()
    assert len(str(call.fields["requestId"])) == 36


async def test_work_that_is_sent_on_stays_in_the_trace_of_who_asked_for_it(engine: Engine, told: Memory) -> None:
    await engine.seed(customer("C1"), account("A1", accountnumber="C1", name="Company C1"))
    told.forget()
    started = await engine.api.post("full-sync", {"mappings": ["CUSTOMER"]}, traceparent=f"00-{CALLER}-00f067aa0ba902b7-01")
    assert started.status == 202
    await engine.drain()
    kinds = [(each.fields["kind"], each.operation) for each in told.work()]
    assert {operation for _, operation in kinds} == {CALLER} and {kind for kind, _ in kinds} == {"advance", "page"}
    [job] = (await engine.api.get("jobs?mapping=CUSTOMER")).json["value"]
    assert job["operationId"] == CALLER == (await engine.api.get(f"full-sync/{started.json['id']}")).json["operationId"]
    [ended] = told.events("job")
    assert ended.operation == CALLER and ended.fields.items() >= {"job": job["id"], "kind": "full", "coupled": 1}.items()


async def test_a_notification_gives_its_trace_to_the_look_that_it_causes(hooked: Hooked, told: Memory) -> None:
    await hooked.come_to_rest()
    told.forget()
    await hooked.engine.edit(MINE, phoneNumber="+49 30 1")
    await hooked.told(Side.BC)
    await hooked.engine.drain()
    [record] = told.events("record", record=f"bc:{MINE.id}")
    [look] = [each for each in told.work(mapping="CUSTOMER") if each.operation == record.operation]
    assert look.span and look.span.parent and look.span.parent.is_remote
    assert {each.operation for each in told.calls(mapping="CUSTOMER", service="sales") if each.fields["method"] != "GET"} == {
        look.operation
    }


async def test_the_next_notifications_of_a_burst_link_to_the_look_that_sees_their_change(sandbox_processes: Sandbox, told: Memory) -> None:
    async with hooked_on(sandbox_processes, WEBHOOK_DELAY_SECONDS="1") as hooked:
        await hooked.begin()
        told.forget()
        context = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
        for _ in range(15):
            answer = await hooked.engine.api.post("hooks/sales", context, **{"x-couplet-key": hooked.keys.sales_key})
            assert answer.status == 202
        await hooked.come_to_rest(quiet=1.5)
    [look] = told.work(mapping="CUSTOMER", kind="scan")
    hints = told.hints(mapping="CUSTOMER", side="sales")
    assert {f"{link.context.trace_id:032x}" for each in hints if each.span for link in each.span.links} == {look.operation}
    assert len({each.operation for each in hints} - {look.operation}) == len(hints) == 10


async def test_what_a_service_refused_is_found_by_its_own_id_of_the_request(engine: Engine, told: Memory) -> None:
    mine = customer("C1")
    await engine.seed(mine)
    async with refusing(engine):
        await engine.sync("CUSTOMER", create="toSales")
    [failed] = told.events("record", outcome="failed")
    [opened] = told.events("problem", outcome="opened", mapping="CUSTOMER")
    refused = told.calls(service="sales", status="400")
    assert failed.fields["requestId"] == opened.fields["requestId"] in {each.fields["requestId"] for each in refused}
    assert failed.fields.items() >= {"service": "sales", "status": "400", "record": f"bc:{mine.id}", "code": opened.fields["code"]}.items()
    [shown] = (await engine.api.get("problems?mapping=CUSTOMER")).json["value"]
    assert shown["operationId"] == failed.operation == opened.operation
    assert PLUG_IN not in str([each.fields for each in (failed, opened, *refused)]), "what the service said stays in the store"
    assert (await engine.api.post("problems/retry", {"mapping": "CUSTOMER"})).status == 200
    await engine.drain()
    assert [each.fields["record"] for each in told.events("problem", outcome="resolved")] == [shown["record"]]


async def test_throttling_and_repetition_are_seen_on_the_requests(engine: Engine, told: Memory) -> None:
    await engine.coupled()
    await engine.sales.fault(status=429, method="GET", path="accounts", times=1, retryAfter=0)
    told.forget()
    await engine.look("CUSTOMER")
    [throttled] = told.calls(status="429")
    assert throttled.fields["attempt"] == 1 and throttled.span and not throttled.span.status.is_ok
    assert [each.fields["status"] for each in told.calls(service="sales", resource=throttled.fields["resource"], attempt=2)] == ["200"]


async def test_work_that_is_given_up_is_told_in_its_own_trace(engine: Engine, told: Memory) -> None:
    await engine.ask_for_a_look("CUSTOMER")
    message = await engine.message()
    assert message
    with following(message):
        await give_up(engine.environment, message)
    [lost] = told.events("given up")
    assert lost.operation in message["traceparent"]
    assert lost.fields.items() >= {"mapping": "CUSTOMER", "kind": "scan", "code": "work_failed", "count": 1}.items()


async def test_a_run_that_the_brake_stopped_and_a_mapping_on_hold_are_told(engine: Engine, told: Memory) -> None:
    pairs = [(customer(f"C{n}"), account(f"A{n}", accountnumber=f"C{n}", name=f"Company C{n}")) for n in range(24)]
    await engine.seed(*(record for pair in pairs for record in pair))
    await engine.sync("CUSTOMER", create="none")
    engine.change("CUSTOMER", deletion=DeletionPolicy.DELETE_COUNTERPART)
    for _, theirs in pairs:
        await engine.delete(theirs)
    await engine.look("CUSTOMER")
    [stopped] = told.events("problem", code="mass_change")
    assert stopped.fields["outcome"] == "opened"
    await tell_pulse(engine.environment)
    [pulse] = told.events("pulse", mapping="CUSTOMER")
    assert pulse.fields.items() >= {"status": "On Hold", "openProblems": 1, "backlog": 0}.items()


@pytest.mark.parametrize(("volume", "kept"), [(Volume.CHANGED, {"inserted", "failed"}), (Volume.FAILED, {"failed"}), (Volume.NONE, set())])
async def test_a_setting_says_of_which_records_is_told(engine: Engine, told: Memory, volume: Volume, kept: set[str]) -> None:
    engine._use(replace(engine.ctx, settings=replace(engine.ctx.settings, telemetry_records=volume)))
    await engine.seed(customer("C1"))
    await engine.sync("CUSTOMER", create="toSales")
    await engine.seed(customer("C2"))
    async with refusing(engine):
        await engine.sync("CUSTOMER", create="toSales")
    assert {each.fields["outcome"] for each in told.events("record")} == kept
    assert told.events("totals", mapping="CUSTOMER", direction="toSales")


async def test_what_people_do_by_hand_is_in_the_history_of_the_record(engine: Engine, told: Memory) -> None:
    mine, theirs = await engine.coupled({"phoneNumber": "+49 30 1"}, {"telephone1": "+49 30 2"})
    [modified] = told.events("record", record=f"bc:{mine.id}", outcome="modified")
    undone = (await engine.api.post(f"jobs/{modified.fields['job']}/undo", {"dryRun": False})).json
    assert undone["putBack"] == 1
    [back] = told.events("record", job=undone["job"])
    assert back.fields.items() >= {"outcome": "modified", "direction": "toSales"}.items()
    parted = await engine.api.delete("couplings/CUSTOMER", {"bcId": mine.id})
    assert parted.status == 200
    [uncoupled] = told.events("record", outcome="uncoupled")
    assert uncoupled.fields.items() >= {"record": f"bc:{mine.id}", "partner": f"sales:{theirs.id}", "mapping": "CUSTOMER"}.items()


async def test_an_error_that_nobody_foresaw_is_answered_with_the_id_under_which_the_log_has_it(
    engine: Engine, told: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jobs, "list", None)
    answer = await engine.api.get("jobs")
    assert (answer.status, answer.json["type"]) == (500, "urn:couplet:internal")
    assert answer.json["operationId"] in {each.operation for each in told.events("line")}
