from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.sandbox.business_central.client import BASE, Client, connect, token

REFUSED = (401, "Authentication_InvalidCredentials")


@pytest.mark.fidelity("bc-2-token", "bc-5-401")
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic abc",
        "Bearer nonsense",
        f"Bearer {token(key='another key, also long enough for HS256')}",
        f"Bearer {token(audience='http://127.0.0.1:1')}",
        f"Bearer {token(lifetime=-10)}",
    ],
)
async def test_missing_foreign_and_expired_tokens_are_refused(bc: Client, authorization: str) -> None:
    assert await bc.refused("GET", f"{BASE}/companies", authorization=authorization) == REFUSED


@pytest.mark.fidelity("bc-15-empty-401")
async def test_a_refused_token_may_be_answered_without_a_body() -> None:
    client = connect(switches={"empty401": True})
    answer = await client.get("customers", authorization="Bearer nonsense")
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.fidelity("bc-10-rate", "bc-5-429", "bc-15-retry-after")
async def test_the_rate_is_limited_per_user(bc: Client) -> None:
    await bc.switch(rateLimit=2)
    for _ in range(2):
        assert (await bc.get("customers")).status_code == 200
    answer = await bc.get("customers")
    assert answer.status_code == 429
    assert answer.json()["error"] == {
        "code": "Application_TooManyRequests",
        "message": "Too many requests reached. Actual (3). Maximum (2).",
    }
    assert answer.headers["retry-after"] == "1"
    await bc.switch(retryAfterOn429=False)
    assert "retry-after" not in (await bc.get("customers")).headers
    assert (await bc.get("customers", authorization=f"Bearer {token(client_id='somebody else')}")).status_code == 200


@pytest.mark.fidelity("bc-10-concurrent", "bc-10-queue")
async def test_five_run_at_once_and_the_queue_behind_them_has_an_end(bc: Client) -> None:
    await bc.switch(concurrent=2, queue=3, workMs=30)
    started = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(bc.get("customers") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429]
    assert asyncio.get_running_loop().time() - started >= 0.09  # five by twos: three rounds


@pytest.mark.fidelity("bc-5-gateway", "bc-15-after-write")
async def test_a_gateway_may_fail_after_the_write(bc: Client) -> None:
    await bc.ask("POST", "/_control/faults", {"kind": "status", "status": 504, "when": "after", "method": "POST", "path": "customers"})
    assert (await bc.ask("POST", "customers", {"displayName": "Adatum"})).status_code == 504
    assert [row["displayName"] for row in await bc.rows("customers")] == ["Adatum"]


async def test_a_part_of_a_batch_can_be_made_to_fail(bc: Client) -> None:
    await bc.ask("POST", "/_control/faults", {"kind": "status", "status": 503, "method": "GET", "path": "items"})
    requests = [{"id": "1", "method": "GET", "url": f"{Client.url('items').removeprefix(BASE)}"}] * 2
    answers = await bc.batch(requests, prefer="odata.continue-on-error")
    assert [answer["status"] for answer in answers] == [503, 200]


async def test_clients_of_asgi_can_time_out_on_a_slow_answer(bc: Client) -> None:
    await bc.ask("POST", "/_control/latency", {"ms": 20})
    started = asyncio.get_running_loop().time()
    assert isinstance(await bc.get("customers"), httpx.Response)
    assert asyncio.get_running_loop().time() - started >= 0.02
