"""What strangers and broken senders can do at the doors of the webhooks: be counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.running import Sandbox
from sync.heart.plan import Side
from sync.hooks.hints import hints_of
from tests.scenario.hooked import MINE, THEIRS, Hooked, hooked_on, phones


@pytest.fixture
async def hooked(sandbox_processes: Sandbox) -> AsyncIterator[Hooked]:
    """Couplet that is told of changes, in a company where nothing has happened for a while."""
    async with hooked_on(sandbox_processes) as told:
        await told.begin()
        yield told


def strange_notifications(hooked: Hooked) -> dict[str, tuple[str, Any, dict[str, str]]]:
    """Every way in which a notification can be wrong: route, body, headers."""
    company, keys = hooked.engine.ctx.company, hooked.keys
    customers = f"api/v2.0/companies({company})/customers({MINE.id})"
    item = {"resource": customers, "changeType": "updated", "clientState": keys.bc_state(company)}
    other = "3f1d7a52-8c64-4e0b-9a2f-000000000000"
    context = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
    key = {"x-couplet-key": keys.sales_key}
    bc, route = "hooks/business-central", hooked.bc_route
    return {
        "bc, no key": (bc, {"value": [item]}, {}),
        "bc, wrong key": (f"{bc}?key={keys.sales_key}", {"value": [item]}, {}),
        "bc, host key": (f"{bc}?code=host", {"value": [item]}, {"x-functions-key": "host"}),
        "bc, no JSON": (route, b"no json", {}),
        "bc, too deep": (route, b"[" * 100_000, {}),
        "bc, nothing": (route, b"", {}),
        "bc, wrong secret": (route, {"value": [{**item, "clientState": keys.bc_state(other)}]}, {}),
        "bc, other company": (
            route,
            {"value": [{**item, "resource": customers.replace(company, other), "clientState": keys.bc_state(other)}]},
            {},
        ),
        "bc, foreign table": (route, {"value": [{**item, "resource": customers.replace("customers", "employees")}]}, {}),
        "bc, strange token": (f"{route}&validationToken=%3Cscript%3E", b"", {}),
        "sales, no key": ("hooks/sales", context, {}),
        "sales, key in the address": (f"hooks/sales?key={keys.sales_key}", context, {}),
        "sales, wrong key": ("hooks/sales", context, {"x-couplet-key": keys.bc_state(company)}),
        "sales, too large": ("hooks/sales", {**context, "x": "x" * 300_000}, key),
        "sales, says it is too large": ("hooks/sales", context, {**key, "content-length": "9" * 30}),
        "sales, no JSON": ("hooks/sales", b"\xff\xfe", key),
        "sales, foreign table": ("hooks/sales", {**context, "PrimaryEntityName": "lead"}, key),
        "sales, other organisation": ("hooks/sales", context, {**key, "x-ms-dynamics-organization": "fabrikam.crm4.dynamics.com"}),
        "sales, no id": ("hooks/sales", {**context, "PrimaryEntityId": "1 or 1 eq 1"}, key),
    }


async def test_whatever_is_sent_is_answered_alike_counted_and_wakes_nothing(hooked: Hooked) -> None:
    engine = hooked.engine
    await hooked.come_to_rest()
    hints = hints_of(engine.environment)
    for what, (route, body, headers) in strange_notifications(hooked).items():
        answer = await engine.api.post(route, body, **headers)
        assert (answer.status, answer.body) == (202, b""), what
        assert await engine.ctx.store.queue.length() == 0, what
    for side, wrong in ((Side.BC, 10), (Side.SALES, 9)):
        await hints.write_counts(side)
        assert (await engine.ctx.store.hooks.sources())[side].refused == wrong


async def test_a_body_that_is_too_large_to_be_read_makes_everything_due_that_bc_tells_of(hooked: Hooked) -> None:
    engine = hooked.engine
    await hooked.come_to_rest()
    await engine.bc.switch(webhookFault="lose")
    await engine.edit(MINE, phoneNumber="+49 30 1")
    assert (await engine.api.post(hooked.bc_route, b"x" * 300_000)).status == 202
    assert await hooked.come_to_rest() > 0
    assert await phones(hooked) == {"+49 30 1"}


async def test_a_notification_that_dataverse_cut_because_of_its_size_is_taken(hooked: Hooked) -> None:
    key = {"x-couplet-key": hooked.keys.sales_key, "x-ms-dynamics-msg-size-exceeded": "true"}
    body = {"MessageName": "Update", "PrimaryEntityName": "account", "PrimaryEntityId": THEIRS.id}
    assert (await hooked.engine.api.post("hooks/sales", body, **key)).status == 202
    assert await hooked.engine.ctx.store.queue.length() == 1
