"""Patience, lanes and pauses of a connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from sync.errors import AppNotAdmitted, Stale, Throttled, TimedOut, Unavailable, UnexpectedAnswer, Unreachable
from sync.services.bc_dialect import DIALECT
from sync.services.http import Connection, Patience, Request, on_behalf_of_a_person
from sync.telemetry.trace import begun
from tests.services.conftest import HURRIED, OneToken
from tests.services.scripted import DROPS, Says, Scripted
from tests.telemetry.memory import memory


@pytest.fixture
async def connection(service: Scripted, tokens: OneToken) -> AsyncIterator[Connection]:
    made = Connection(DIALECT, url=service.url, setting="BC_URL", tokens=tokens, lanes=2, patience=HURRIED)
    yield made
    await made.close()


def get(service: Scripted) -> Request:
    return Request(method="GET", url=f"{service.url}/x")


def post(service: Scripted, *, repeatable: bool) -> Request:
    return Request(method="POST", url=f"{service.url}/x", content=b"{}", repeatable=repeatable)


@pytest.mark.parametrize("trouble", [Says(500), Says(502), Says(503), Says(504), Says(408), DROPS, Says(delay=0.6)])
async def test_a_passing_trouble_is_waited_out(service: Scripted, connection: Connection, trouble: Says) -> None:
    service.will_say(trouble, Says(200, {"value": []}))
    assert (await connection.send(get(service))).json() == {"value": []}
    assert connection.counts == {"requests": 2, "repeated": 1}


@pytest.mark.parametrize("trouble", [Says(502), Says(504), DROPS])
async def test_a_write_that_must_not_happen_twice_is_not_repeated(service: Scripted, connection: Connection, trouble: Says) -> None:
    service.will_say(trouble)
    with pytest.raises(TimedOut) as caught:
        await connection.send(post(service, repeatable=False))
    assert caught.value.ambiguous
    assert len(service.asked) == 1


async def test_a_write_under_an_id_of_our_choosing_is_repeated_after_a_lost_answer(service: Scripted, connection: Connection) -> None:
    service.will_say(DROPS, Says(201, {"id": "x"}))
    assert (await connection.send(post(service, repeatable=True))).status_code == 201


async def test_a_refused_connection_is_repeated_even_for_a_write_and_then_names_the_setting(tokens: OneToken) -> None:
    connection = Connection(DIALECT, url="http://127.0.0.1:9", setting="BC_URL", tokens=tokens, lanes=1, patience=HURRIED)
    with pytest.raises(Unreachable, match="BC_URL"):
        await connection.send(Request(method="POST", url="http://127.0.0.1:9/x", repeatable=False))
    assert connection.counts["requests"] > 1
    await connection.close()


async def test_patience_ends(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(503))
    start = time.monotonic()
    with pytest.raises(Unavailable):
        await connection.send(get(service))
    assert time.monotonic() - start < HURRIED.total + 0.5


async def test_a_short_throttling_is_waited_for(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(429, headers={"Retry-After": "0.3"}), Says(200, {}))
    start = time.monotonic()
    await connection.send(post(service, repeatable=False))
    assert time.monotonic() - start >= 0.3
    assert connection.counts["throttled"] == 1


async def test_a_long_throttling_is_told_at_once_and_closes_all_lanes(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(429, headers={"Retry-After": "300"}), Says(200, {}))
    with pytest.raises(Throttled) as first:
        await connection.send(get(service))
    assert first.value.retry_after == 300
    with pytest.raises(Throttled) as second:
        await connection.send(get(service))
    assert 290 < second.value.retry_after <= 300
    assert len(service.asked) == 1


async def test_whoever_waits_for_a_lane_keeps_the_pause_too(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(429, headers={"Retry-After": "0.4"}), Says(200, {}))
    waiting = [asyncio.create_task(connection.send(get(service))) for _ in range(8)]
    await asyncio.sleep(0.25)
    assert len(service.asked) == 2  # both lanes were on their way
    await asyncio.gather(*waiting)
    assert len(service.asked) == 9


async def test_a_throttling_without_a_time_is_waited_out_in_growing_steps(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(429), Says(429), Says(200, {}))
    await connection.send(get(service))
    assert len(service.asked) == 3


async def test_no_more_requests_at_once_than_there_are_lanes(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(200, {}, delay=0.05))
    await asyncio.gather(*(connection.send(get(service)) for _ in range(8)))
    assert service.most_at_once == 2


async def test_a_person_does_not_wait_behind_a_full_synch(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(200, {}, delay=0.3), Says(200, {}, delay=0.3), Says(200, {}))
    busy = [asyncio.create_task(connection.send(get(service))) for _ in range(6)]
    await asyncio.sleep(0.1)
    with on_behalf_of_a_person():
        start = time.monotonic()
        await connection.send(get(service))
    assert time.monotonic() - start < 0.15
    await asyncio.gather(*busy)


async def test_a_refused_token_is_renewed_once(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(401), Says(200, {}))
    await connection.send(get(service))
    assert [each.headers["authorization"] for each in service.asked] == ["Bearer token-1", "Bearer token-2"]


async def test_an_app_that_is_not_admitted_is_told_so(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(401))
    with pytest.raises(AppNotAdmitted):
        await connection.send(get(service))
    assert len(service.asked) == 2


async def test_a_refusal_is_not_repeated(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(409, {"error": {"code": "Request_EntityChanged", "message": "x"}}, {"request-id": "r-1"}))
    with pytest.raises(Stale) as caught:
        await connection.send(get(service))
    assert caught.value.request_id == "r-1"
    assert len(service.asked) == 1


async def test_redirects_are_not_followed_and_cookies_not_kept(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(200, {}, {"Set-Cookie": "ARRAffinity=a; Path=/"}), Says(302, headers={"Location": f"{service.url}/elsewhere"}))
    await connection.send(get(service))
    with pytest.raises(UnexpectedAnswer):
        await connection.send(get(service))
    assert "cookie" not in service.asked[1].headers
    assert service.targets == ["GET /x", "GET /x"]


async def test_the_trace_goes_along(service: Scripted, connection: Connection) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with begun("call", caller=trace):
        await connection.send(get(service))
    assert service.asked[0].headers["traceparent"] == trace


async def test_every_attempt_is_a_span_whose_context_the_service_gets(service: Scripted, connection: Connection) -> None:
    service.will_say(Says(503), Says(200, {}, {"request-id": "5d115c9c"}))
    with memory() as told, begun("call"):
        await connection.send(get(service))
        first, second = told.calls()
    sent = [asked.headers["traceparent"].split("-")[1:3] for asked in service.asked]
    assert sent == [[each.operation, f"{each.span.context.span_id:016x}"] for each in (first, second) if each.span and each.span.context]
    assert first.fields.items() >= {"attempt": 1, "status": "503", "service": "bc", "method": "GET"}.items()
    assert second.fields.items() >= {"attempt": 2, "status": "200", "requestId": "5d115c9c"}.items()


async def test_the_log_holds_no_address_with_a_value_in_it(
    service: Scripted, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await connection.send(Request(method="GET", url=f"{service.url}/customers?$filter=email%20eq%20'jane@example.com'"))
    assert "jane" not in caplog.text


def test_patience_is_twenty_seconds_unless_told_otherwise() -> None:
    assert Patience().total == 20


async def test_what_every_address_of_a_service_asks_for_is_added_once(service: Scripted, tokens: OneToken) -> None:
    connection = Connection(DIALECT, url=service.url, setting="BC_URL", tokens=tokens, lanes=1, query="tenant=north", patience=HURRIED)
    for target in ("/x", "/x?$top=1", "/x?tenant=north&$skiptoken=1", "/x?$filter=no%20eq%20'tenant=north'"):
        await connection.send(Request(method="GET", url=f"{service.url}{target}"))
    await connection.close()
    assert [asked.target for asked in service.asked] == [
        "/x?tenant=north",
        "/x?$top=1&tenant=north",
        "/x?tenant=north&$skiptoken=1",
        "/x?$filter=no%20eq%20'tenant=north'&tenant=north",
    ]
