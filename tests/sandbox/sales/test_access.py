"""Who gets in: tokens, application users, roles, impersonation; service protection; faults of the control desk."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.identity import CLIENT_ID, TENANT, issue
from tests.sandbox.sales.desk import KEY, ORIGIN, Desk, error_of, token


@pytest.mark.fidelity("sales-1-unauthorized")
@pytest.mark.parametrize(
    "bearer",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        f"Bearer {token('https://other.example')}",
        f"Bearer {token(lifetime=-5)}",
        f"Bearer {issue('another key, of somebody else entirely', tenant=TENANT, client_id=CLIENT_ID, audience=ORIGIN)}",
        f"Bearer {issue(KEY, tenant='00000000-0000-0000-0000-000000000001', client_id=CLIENT_ID, audience=ORIGIN)}",
    ],
)
async def test_missing_foreign_and_expired_tokens_are_challenged(desk: Desk, bearer: str) -> None:
    response = await desk.call("GET", "accounts", Authorization=bearer)
    assert response.status_code == 401
    assert (
        response.headers["WWW-Authenticate"].startswith("Bearer authorization_uri=https://")
        and ORIGIN in response.headers["WWW-Authenticate"]
    )


@pytest.mark.fidelity("sales-1-application-user")
async def test_an_application_needs_a_user_and_the_user_a_role(desk: Desk) -> None:
    other = "11111111-2222-3333-4444-555555555555"
    headers = {"Authorization": f"Bearer {token(client_id=other)}"}
    assert (await desk.call("GET", "WhoAmI()", **headers)).status_code == 403
    unit = (await desk.rows("businessunits"))[0]["businessunitid"]
    user = await desk.create("systemusers", {"applicationid": other, "businessunitid@odata.bind": f"/businessunits({unit})"})
    assert error_of(await desk.call("GET", "WhoAmI()", **headers)) == (403, "0x80042f09")
    role = (await desk.rows("roles"))[0]["roleid"]
    await desk.call(
        "POST", f"systemusers({user['systemuserid']})/systemuserroles_association/$ref", {"@odata.id": f"{desk.base}roles({role})"}
    )
    assert (await desk.call("GET", "WhoAmI()", **headers)).json()["UserId"] == user["systemuserid"]
    await desk.patch(f"systemusers({user['systemuserid']})", {"isdisabled": True})
    assert (await desk.call("GET", "WhoAmI()", **headers)).status_code == 403


@pytest.mark.fidelity("sales-2-impersonation")
async def test_somebody_can_be_impersonated_but_not_before_who_am_i(desk: Desk) -> None:
    person = (await desk.rows("systemusers?$filter=lastname eq 'Box'"))[0]
    me = (await desk.get("WhoAmI()"))["UserId"]
    for header in ({"MSCRMCallerID": person["systemuserid"]}, {"CallerObjectId": person["azureactivedirectoryobjectid"]}):
        row = await desk.create("accounts", {"name": "x"}, **header)
        assert (row["_createdby_value"], row["_createdonbehalfby_value"], row["_ownerid_value"]) == (
            person["systemuserid"],
            me,
            person["systemuserid"],
        )
        assert (await desk.get("WhoAmI()", **header))["UserId"] == me
    nobody = await desk.call("GET", "accounts", MSCRMCallerID="00000000-0000-0000-0000-000000000009")
    assert error_of(nobody) == (403, "0x80040204")


@pytest.mark.fidelity("sales-7-requests")
async def test_too_many_requests_are_throttled_with_a_growing_wait(desk: Desk) -> None:
    await desk.switch(limitRequests=3)
    for left in ("2", "1", "0"):
        response = await desk.call("GET", "WhoAmI()")
        assert response.headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == left
    first, second = await desk.call("GET", "WhoAmI()"), await desk.call("GET", "WhoAmI()")
    assert error_of(first) == (429, "0x80072322")
    assert first.json()["error"]["message"] == "Number of requests exceeded the limit of 3 over time window of 300 seconds."
    assert 0 < int(first.headers["Retry-After"]) < int(second.headers["Retry-After"])
    other = await desk.call("GET", "WhoAmI()", Authorization=f"Bearer {token(lifetime=900)}")
    assert other.status_code == 429
    await desk.control("POST", "reset")
    assert (await desk.call("GET", "WhoAmI()")).status_code == 200


@pytest.mark.fidelity("sales-7-window")
async def test_the_window_slides(desk: Desk) -> None:
    await desk.switch(limitRequests=1, limitSeconds=0.2)
    assert (await desk.call("GET", "WhoAmI()")).status_code == 200
    assert (await desk.call("GET", "WhoAmI()")).status_code == 429
    await asyncio.sleep(0.25)
    assert (await desk.call("GET", "WhoAmI()")).status_code == 200


@pytest.mark.fidelity("sales-7-time")
async def test_execution_time_is_limited_latency_included(desk: Desk) -> None:
    await desk.switch(limitExecutionMs=30)
    await desk.control("POST", "latency", {"ms": 40})
    assert (await desk.call("GET", "WhoAmI()")).status_code == 200
    assert error_of(await desk.call("GET", "WhoAmI()")) == (429, "0x80072321")


@pytest.mark.fidelity("sales-7-concurrency")
async def test_requests_at_once_are_limited(desk: Desk) -> None:
    await desk.switch(limitConcurrent=3)
    await desk.control("POST", "latency", {"ms": 50})
    answers = await asyncio.gather(*(desk.call("GET", "WhoAmI()") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429]
    assert error_of(next(answer for answer in answers if answer.status_code == 429))[1] == "0x80072326"


async def test_faults_come_as_the_service_writes_them(desk: Desk) -> None:
    await desk.control("POST", "faults", {"kind": "status", "status": 429, "retryAfter": 2, "method": "POST", "path": "accounts"})
    failed = await desk.call("POST", "accounts", {"name": "x"})
    assert error_of(failed) == (429, "0x80072322") and failed.headers["Retry-After"] == "2"
    await desk.control("POST", "faults", {"kind": "status", "status": 503, "when": "after", "method": "POST"})
    assert (await desk.call("POST", "accounts", {"name": "written anyway"})).status_code == 503
    assert [row["name"] for row in await desk.rows("accounts")] == ["written anyway"]


async def test_sign_in_can_be_switched_off(desk: Desk) -> None:
    await desk.switch(signIn=False)
    desk.headers = {}
    assert (await desk.call("GET", "WhoAmI()")).status_code == 200
