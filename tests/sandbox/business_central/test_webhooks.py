from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.control import Receive, Scope, Send
from tests.sandbox.business_central.client import BASE, COMPANY, EXTENSION, Client, Row, connect, customers, guid

URL = "http://receiver.test/hook"
RESOURCE = f"/api/v2.0/{COMPANY}/customers"


class Receiver:
    """Takes notifications; `answers` are statuses to give, then 202 for ever."""

    def __init__(self) -> None:
        self.items: list[Row] = []
        self.answers: list[int] = []
        self.calls = 0
        self.honest = True
        self.came = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        token = request.query_params.get("validationToken")
        if token:
            await PlainTextResponse(token if self.honest else "something else")(scope, receive, send)
            return
        self.calls += 1
        status = self.answers.pop(0) if self.answers else 202
        if status == 202:
            self.items += (await request.json())["value"]
        await Response(status_code=status)(scope, receive, send)
        self.came.set()

    async def wait(self) -> list[Row]:
        """The items of the next successful or failed call."""
        await asyncio.wait_for(self.came.wait(), 5)
        self.came.clear()
        items, self.items = self.items, []
        return items


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def bc(receiver: Receiver) -> AsyncIterator[Client]:
    transport: Any = httpx.ASGITransport(receiver)
    switches = {"webhookDelaySeconds": 0.02, "webhookRetrySeconds": [0.01, 0.01]}
    client = connect(switches=switches, connect=lambda: httpx.AsyncClient(transport=transport))
    yield client
    await client.http.aclose()


async def subscribe(bc: Client, resource: str = RESOURCE, url: str = URL) -> Row:
    body = {"notificationUrl": url, "resource": resource, "clientState": "secret"}
    answer = await bc.ask("POST", f"{BASE}/subscriptions", body)
    assert answer.status_code == 201, answer.text
    row: Row = answer.json()
    return row


@pytest.mark.fidelity("bc-13-create", "bc-13-lifetime", "bc-1-subscriptions")
async def test_a_subscription_is_made_with_a_handshake_and_lives_three_days(bc: Client, receiver: Receiver) -> None:
    row = await subscribe(bc)
    assert (row["notificationUrl"], row["clientState"]) == (URL, "secret")
    assert row["expirationDateTime"][:10] > row["lastModifiedDateTime"][:10]
    assert [each["subscriptionId"] for each in await bc.rows(f"{BASE}/subscriptions")] == [row["subscriptionId"]]
    assert (await bc.one(f"{BASE}/subscriptions('{row['subscriptionId']}')"))["resource"] == RESOURCE
    await bc.switch(clockOffsetMs=4 * 24 * 3600 * 1000)
    assert await bc.rows(f"{BASE}/subscriptions") == []


@pytest.mark.fidelity("bc-13-handshake")
async def test_without_the_right_token_there_is_no_subscription(bc: Client, receiver: Receiver) -> None:
    row = await subscribe(bc)
    receiver.honest = False
    body = {"notificationUrl": URL, "resource": f"/api/v2.0/{COMPANY}/items"}
    assert await bc.refused("POST", f"{BASE}/subscriptions", body) == (400, "BadRequest")
    one = f"{BASE}/subscriptions('{row['subscriptionId']}')"
    assert await bc.refused("PATCH", one, {}, if_match="*") == (400, "BadRequest")


@pytest.mark.fidelity("bc-13-renew", "bc-13-delete")
async def test_renewing_and_deleting_need_the_version(bc: Client) -> None:
    row = await subscribe(bc)
    one = f"{BASE}/subscriptions('{row['subscriptionId']}')"
    await bc.switch(clockOffsetMs=24 * 3600 * 1000)
    assert await bc.refused("PATCH", one, {}) == (400, "BadRequest_InvalidToken")
    renewed = await bc.change(one, row["@odata.etag"], clientState="other")
    assert renewed["expirationDateTime"] > row["expirationDateTime"]
    assert await bc.refused("DELETE", one, if_match=row["@odata.etag"]) == (409, "Request_EntityChanged")
    assert (await bc.ask("DELETE", one, if_match=renewed["@odata.etag"])).status_code == 204
    assert await bc.rows(f"{BASE}/subscriptions") == []


@pytest.mark.fidelity("bc-13-eligible", "bc-13-double", "bc-10-subscriptions")
async def test_what_cannot_be_subscribed_to(bc: Client) -> None:
    await subscribe(bc)
    again = {"notificationUrl": URL, "resource": RESOURCE.lstrip("/")}
    assert await bc.refused("POST", f"{BASE}/subscriptions", again) == (400, "Internal_EntityWithSameKeyExists")
    await bc.switch(doubleSubscriptions=True)
    await subscribe(bc)
    for entity_set in ("salesOrderLines", "contactsInformation", "nosuch"):
        body = {"notificationUrl": URL, "resource": f"/api/v2.0/{COMPANY}/{entity_set}"}
        assert await bc.refused("POST", f"{BASE}/subscriptions", body) == (400, "BadRequest")
    supported = await bc.rows(f"{BASE.removesuffix('v2.0')}microsoft/runtime/beta/{COMPANY}/webhookSupportedResources")
    assert {"resource": RESOURCE} in supported
    for at in range(198):
        await subscribe(bc, url=f"{URL}/{at}")
    body = {"notificationUrl": f"{URL}/over", "resource": RESOURCE}
    assert await bc.refused("POST", f"{BASE}/subscriptions", body) == (400, "Application_DialogException")


@pytest.mark.fidelity("bc-13-notify", "bc-13-delay", "bc-13-own")
async def test_changes_are_told_after_a_delay_merged_and_without_values(bc: Client, receiver: Receiver) -> None:
    await bc.seed(customers=customers(2))
    subscription = await subscribe(bc)
    row = await bc.create("customers", displayName="new")
    await bc.change(f"customers({row['id']})", city="Bern")
    await bc.change(f"customers({guid(0)})", city="Bern")
    await bc.ask("DELETE", f"customers({guid(1)})")
    items = await receiver.wait()
    assert receiver.calls == 1
    told = {item["resource"].rpartition("(")[2][:-1]: item["changeType"] for item in items}
    assert told == {row["id"]: "created", guid(0): "updated", guid(1): "deleted"}
    assert set(items[0]) == {"subscriptionId", "clientState", "expirationDateTime", "resource", "changeType", "lastModifiedDateTime"}
    assert (items[0]["subscriptionId"], items[0]["clientState"]) == (subscription["subscriptionId"], "secret")


@pytest.mark.fidelity("bc-13-extension")
async def test_pages_of_the_extension_are_told_under_their_own_resource(bc: Client, receiver: Receiver) -> None:
    resource = f"/api/couplet/sales/v1.0/{COMPANY}/customers"
    answer = await bc.ask("POST", f"{EXTENSION}/subscriptions", {"notificationUrl": URL, "resource": resource})
    assert answer.status_code == 201
    row = await bc.create("customers", displayName="new")
    assert [item["resource"] for item in await receiver.wait()] == [f"{resource}({row['id']})"]


@pytest.mark.fidelity("bc-13-collection", "bc-15-collection")
async def test_many_changes_become_one_for_the_collection(bc: Client, receiver: Receiver) -> None:
    await subscribe(bc)
    await bc.switch(webhookMergeLimit=2)
    rows = [await bc.create("customers", displayName=str(at)) for at in range(3)]
    (item,) = await receiver.wait()
    assert item["changeType"] == "collection"
    assert item["resource"].startswith(f"{RESOURCE}?$filter=lastModifiedDateTime%20gt%20")
    for row in rows:
        await bc.ask("DELETE", f"customers({row['id']})")
    assert (await receiver.wait())[0]["resource"] == RESOURCE


@pytest.mark.fidelity("bc-13-retry")
async def test_a_busy_receiver_is_asked_again(bc: Client, receiver: Receiver) -> None:
    await subscribe(bc)
    receiver.answers = [503, 429]
    await bc.create("customers", displayName="x")
    while not (items := await receiver.wait()):
        pass
    assert (len(items), receiver.calls) == (1, 3)
    assert len(await bc.rows(f"{BASE}/subscriptions")) == 1


@pytest.mark.fidelity("bc-13-refusal")
async def test_a_refusal_ends_the_subscription(bc: Client, receiver: Receiver) -> None:
    await subscribe(bc)
    receiver.answers = [401]
    await bc.create("customers", displayName="x")
    await receiver.wait()
    await asyncio.sleep(0.01)
    assert await bc.rows(f"{BASE}/subscriptions") == []


@pytest.mark.fidelity("bc-15-webhooks")
async def test_notifications_can_be_lost_doubled_and_turned_round(bc: Client, receiver: Receiver) -> None:
    await subscribe(bc)
    await bc.switch(webhookFault="lose")
    await bc.create("customers", displayName="lost")
    await bc.switch(webhookFault="double")
    await bc.create("customers", displayName="doubled")
    items = await receiver.wait()
    if len(items) < 2:
        items += await receiver.wait()
    assert len({item["resource"] for item in items}) == 1
    await bc.switch(webhookFault="reverse")
    ids = [(await bc.create("customers", displayName=str(at)))["id"] for at in range(2)]
    assert [item["resource"] for item in await receiver.wait()] == [f"{RESOURCE}({each})" for each in reversed(ids)]


@pytest.mark.fidelity("bc-13-lines")
async def test_a_new_line_is_told_as_a_change_of_its_order(bc: Client, receiver: Receiver) -> None:
    customer = await bc.create("customers", displayName="x")
    order = await bc.create("salesOrders", customerId=customer["id"])
    await subscribe(bc, f"/api/v2.0/{COMPANY}/salesOrders")
    await bc.create(f"salesOrders({order['id']})/salesOrderLines", lineType="Comment", description="x")
    assert [(item["changeType"], item["resource"]) for item in await receiver.wait()] == [
        ("updated", f"/api/v2.0/{COMPANY}/salesOrders({order['id']})")
    ]
