"""Webhooks: what is sent, when, with which secret, and what happens when nobody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import uvicorn

from tests.sandbox.sales.desk import Desk, Row


class Listener:
    """An endpoint on a real port: remembers what it was told; answers with `statuses` in turn, then 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str, bytes]] = []
        self.statuses: list[int] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.heard.append((headers, scope["query_string"].decode(), body))
        await send({"type": "http.response.start", "status": self.statuses.pop(0) if self.statuses else 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    server = uvicorn.Server(uvicorn.Config(made, host="127.0.0.1", port=0, log_level="error", lifespan="off", loop="asyncio"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield made
    server.should_exit = True
    await serving


async def subscribe(desk: Desk, url: str, message: str = "Update", table: str = "account", endpoint: Row | None = None, **step: Any) -> Row:
    """Register an endpoint and a step the way a set-up does."""
    service = await desk.create(
        "serviceendpoints", {"name": "hook", "url": url, "contract": 8, "authtype": 4, "authvalue": "secret", **(endpoint or {})}
    )
    messages = await desk.rows(f"sdkmessages?$select=name&$filter=name eq '{message}'")
    filters = await desk.rows(f"sdkmessagefilters?$filter=sdkmessageid/name eq '{message}' and primaryobjecttypecode eq '{table}'")
    return await desk.create(
        "sdkmessageprocessingsteps",
        {
            "name": "step",
            "mode": 1,
            "stage": 40,
            "rank": 1,
            "supporteddeployment": 0,
            "asyncautodelete": True,
            "sdkmessageid@odata.bind": f"/sdkmessages({messages[0]['sdkmessageid']})",
            "sdkmessagefilterid@odata.bind": f"/sdkmessagefilters({filters[0]['sdkmessagefilterid']})",
            "eventhandler_serviceendpoint@odata.bind": f"/serviceendpoints({service['serviceendpointid']})",
            **step,
        },
    )


async def settle(app: Any) -> None:
    await app.service.webhooks.drain()


@pytest.mark.fidelity("sales-11-context")
async def test_an_update_is_told_with_its_changed_columns(desk: Desk, app: Any, listener: Listener) -> None:
    await subscribe(desk, listener.url)
    account = await desk.create("accounts", {"name": "Adatum"})
    person = (await desk.rows("systemusers?$filter=lastname eq 'Box'"))[0]["systemuserid"]
    await desk.patch(
        f"accounts({account['accountid']})?tag=couplet",
        {"creditlimit": 5, "customertypecode": 3, "ownerid@odata.bind": f"/systemusers({person})"},
    )
    await settle(app)
    headers, query, raw = listener.heard[0]
    body = orjson.loads(raw)
    assert len(listener.heard) == 1 and query == "code=secret"
    assert (headers["x-ms-dynamics-entity-name"], headers["x-ms-dynamics-request-name"]) == ("account", "Update")
    assert (body["MessageName"], body["PrimaryEntityName"], body["PrimaryEntityId"], body["Depth"]) == (
        "Update",
        "account",
        account["accountid"],
        1,
    )
    target = body["InputParameters"][0]["value"]
    values = {item["key"]: item["value"] for item in target["Attributes"]}
    assert values["creditlimit"]["Value"] == 5 and values["customertypecode"]["Value"] == 3
    assert (values["ownerid"]["LogicalName"], values["ownerid"]["Id"]) == ("systemuser", person)
    assert "name" not in values and {"key": "tag", "value": "couplet"} in body["SharedVariables"]
    assert b"\\/Date(" in raw


@pytest.mark.fidelity("sales-11-filtering")
async def test_only_the_columns_of_the_step_count(desk: Desk, app: Any, listener: Listener) -> None:
    await subscribe(desk, listener.url, filteringattributes="name,telephone1")
    account = await desk.create("accounts", {"name": "Adatum"})
    await desk.patch(f"accounts({account['accountid']})", {"fax": "1"})
    await settle(app)
    assert listener.heard == []
    await desk.patch(f"accounts({account['accountid']})", {"telephone1": "1", "fax": "2"})
    await settle(app)
    assert len(listener.heard) == 1


@pytest.mark.fidelity("sales-11-messages")
async def test_creates_and_deletes_and_rows_of_bulk_messages_are_told_one_by_one(desk: Desk, app: Any, listener: Listener) -> None:
    await subscribe(desk, listener.url, "Create")
    await subscribe(desk, listener.url, "Delete")
    answer = await desk.act("accounts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": [{"name": "A"}, {"name": "B"}]})
    await desk.call("DELETE", f"accounts({answer.json()['Ids'][0]})")
    await desk.call("POST", "accounts/Microsoft.Dynamics.CRM.CreateMultiple", {"Targets": [{"name": "A"}, {"nothing": "B"}]})
    await settle(app)
    assert sorted(orjson.loads(body)["MessageName"] for _, _, body in listener.heard) == ["Create", "Create", "Delete"]


@pytest.mark.fidelity("sales-11-secrets")
async def test_secrets_go_where_the_endpoint_says_and_are_never_shown(desk: Desk, app: Any, listener: Listener) -> None:
    settings = '<settings><setting name="x-key" value="abc" /></settings>'
    await subscribe(desk, listener.url, endpoint={"authtype": 5, "authvalue": settings})
    await subscribe(desk, listener.url, endpoint={"authtype": 6, "authvalue": settings})
    await desk.hand("insert", {"set": "contacts", "values": {"lastname": "not watched"}})
    account = await desk.create("accounts", {"name": "Adatum"})
    await desk.hand("edit", {"set": "accounts", "id": account["accountid"], "values": {"fax": "1"}})
    await settle(app)
    assert {(headers.get("x-key", ""), query) for headers, query, _ in listener.heard} == {("abc", ""), ("", "x-key=abc")}
    assert all("authvalue" not in row for row in await desk.rows("serviceendpoints"))


@pytest.mark.fidelity("sales-11-size")
async def test_over_256_kilobytes_the_big_parts_are_left_out(desk: Desk, app: Any, listener: Listener) -> None:
    await subscribe(desk, listener.url, "Create", "annotation")
    await desk.create("annotations", {"subject": "big", "notetext": "x" * 50, "documentbody": "QUJD" * 100_000, "filename": "a.txt"})
    await settle(app)
    headers, _, raw = listener.heard[0]
    body = orjson.loads(raw)
    assert headers["x-ms-dynamics-msg-size-exceeded"] and "InputParameters" not in body and body["PrimaryEntityName"] == "annotation"


@pytest.mark.fidelity("sales-11-retry")
async def test_gateway_errors_are_tried_once_more_others_end_the_job(desk: Desk, app: Any, listener: Listener) -> None:
    await subscribe(desk, listener.url)
    account = await desk.create("accounts", {"name": "Adatum"})
    for statuses, calls, failed in (([503], 2, 0), ([503, 503], 2, 1), ([500], 1, 2)):
        listener.heard.clear()
        listener.statuses = statuses
        await desk.patch(f"accounts({account['accountid']})", {"fax": str(statuses)})
        await settle(app)
        assert len(listener.heard) == calls
        assert len(await desk.rows("asyncoperations?$filter=statuscode eq 31")) == failed


@pytest.mark.fidelity("sales-11-switches")
async def test_hints_can_be_lost_or_doubled_and_steps_disabled(desk: Desk, app: Any, listener: Listener) -> None:
    step = await subscribe(desk, listener.url)
    account = await desk.create("accounts", {"name": "Adatum"})
    heard = []
    for switches in ({"webhooksLost": True}, {"webhooksLost": False, "webhooksDoubled": True}):
        await desk.switch(**switches)
        await desk.patch(f"accounts({account['accountid']})", {"fax": str(switches)})
        await settle(app)
        heard.append(len(listener.heard))
    await desk.patch(f"sdkmessageprocessingsteps({step['sdkmessageprocessingstepid']})", {"statecode": 1, "statuscode": 2})
    await desk.patch(f"accounts({account['accountid']})", {"fax": "silent"})
    await settle(app)
    assert [*heard, len(listener.heard)] == [0, 2, 2]
